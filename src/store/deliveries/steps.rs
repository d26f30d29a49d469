//! The line of what desks are to get.

use rusqlite::{Row, params};

use super::{DeliveryFile, NewStep, StoredStep, Turn};
use crate::store::database::{number, unsigned};
use crate::store::{StoreError, unix_now};

const STEP: &str =
    "SELECT number, desk, conversation, made, attempts, due, is_dead, error, sealed, unsure, since FROM step";

/// Longest that a step may be put off, in seconds.
pub const MAX_WAIT_SECS: u64 = 24 * 3600;

/// What was never tried waits for no hour, and nothing waits longer than it may: the clock may have been ahead when
/// the hour was set. The time now is `?1`, the longest wait from now `?2`.
const IS_DUE: &str = "is_dead = 0 AND (attempts = 0 OR due <= ?1 OR due > ?2)";

/// Between the name of a text and the number of a step that said it, and what sorts right after it.
const BEFORE_NUMBER: char = '\n';
const AFTER_NUMBERS: char = '\u{b}';

impl DeliveryFile {
    /// Puts `steps` in line to be sent.
    ///
    /// # Errors
    /// The disk.
    pub fn put(&self, desk: &str, conversation: &str, steps: &[NewStep]) -> Result<(), StoreError> {
        let now = number(unix_now());
        for step in steps {
            if let Some(own) = &step.own {
                self.note(desk, own)?;
            }
            let sealed = self.database.sealed(&step_place(desk, conversation), &step.payload)?;
            let insert = "INSERT INTO step (desk, conversation, made, since, is_reply, due, sealed)
                 VALUES (?1, ?2, ?3, ?3, ?4, ?3, ?5)";
            self.database.connection.prepare_cached(insert)?.execute(params![
                desk,
                conversation,
                now,
                step.is_reply,
                sealed
            ])?;
        }
        Ok(())
    }

    /// The first waiting step of each conversation where it is due.
    ///
    /// # Errors
    /// The disk.
    pub fn due_steps(&self, now: u64, limit: usize) -> Result<Vec<Turn>, StoreError> {
        let query = format!(
            "SELECT number, desk, conversation FROM step AS s WHERE {IS_DUE} AND number =
                 (SELECT min(number) FROM step WHERE is_dead = 0 AND desk = s.desk AND conversation = s.conversation)
             ORDER BY due, number LIMIT ?3"
        );
        let latest = now.saturating_add(MAX_WAIT_SECS);
        self.turns(&query, params![number(now), number(latest), number(limit as u64)])
    }

    /// Steps that wait or are dead, the oldest first. The payload of one that is damaged is empty.
    ///
    /// # Errors
    /// The disk.
    pub fn all_steps(&self, limit: usize) -> Result<Vec<StoredStep>, StoreError> {
        self.steps(&format!("{STEP} ORDER BY number LIMIT ?1"), params![number(limit as u64)])
    }

    /// Numbers of the steps that are dead, the oldest first: all, or that of `step` alone.
    ///
    /// # Errors
    /// The disk.
    pub fn dead_steps(&self, step: Option<u64>) -> Result<Vec<u64>, StoreError> {
        let query =
            "SELECT number FROM step WHERE is_dead = 1 AND number = coalesce(?1, number) ORDER BY number";
        let mut query = self.database.connection.prepare_cached(query)?;
        let numbers = query.query_map([step.map(number)], |row| row.get(0).map(unsigned))?;
        Ok(numbers.collect::<Result<_, _>>()?)
    }

    /// What waits to be sent to the conversation, at most `limit` steps, the oldest first.
    ///
    /// # Errors
    /// The disk.
    pub fn waiting_steps(
        &self,
        desk: &str,
        conversation: &str,
        limit: usize,
    ) -> Result<Vec<StoredStep>, StoreError> {
        let query =
            format!("{STEP} WHERE is_dead = 0 AND desk = ?1 AND conversation = ?2 ORDER BY number LIMIT ?3");
        self.steps(&query, params![desk, conversation, number(limit as u64)])
    }

    fn steps(&self, query: &str, values: impl rusqlite::Params) -> Result<Vec<StoredStep>, StoreError> {
        let mut query = self.database.connection.prepare_cached(query)?;
        let mut rows = query.query(values)?;
        let mut steps = Vec::new();
        while let Some(row) = rows.next()? {
            steps.push(self.step(row)?);
        }
        Ok(steps)
    }

    fn step(&self, row: &Row<'_>) -> Result<StoredStep, StoreError> {
        let (desk, conversation): (String, String) = (row.get(1)?, row.get(2)?);
        let sealed: Vec<u8> = row.get(8)?;
        let payload = self.opened(&step_place(&desk, &conversation), &sealed).unwrap_or_default();
        Ok(StoredStep {
            number: unsigned(row.get(0)?),
            made: unsigned(row.get(3)?),
            since: unsigned(row.get(10)?),
            attempts: row.get(4)?,
            due: unsigned(row.get(5)?),
            is_dead: row.get(6)?,
            error: row.get(7)?,
            unsure: row.get(9)?,
            desk,
            conversation,
            payload,
        })
    }

    /// Takes a step out of its line: the desk has taken it, or the operator drops it. False if it is not there.
    ///
    /// # Errors
    /// The disk.
    pub fn remove(&self, step: u64) -> Result<bool, StoreError> {
        let connection = &self.database.connection;
        Ok(connection.prepare_cached("DELETE FROM step WHERE number = ?1")?.execute([number(step)])? == 1)
    }

    /// Takes a step out of its line that the desk has, and counts what it says there, if it has a name.
    ///
    /// # Errors
    /// The disk.
    pub fn delivered(&self, step: u64, desk: &str, text: Option<&str>) -> Result<(), StoreError> {
        let was_there = self.remove(step)?;
        if let Some(text) = text.filter(|_| was_there) {
            self.note(desk, &format!("{text}{BEFORE_NUMBER}{step}"))?;
        }
        Ok(())
    }

    /// How often the text of this name was delivered, as far back as is remembered.
    ///
    /// # Errors
    /// The disk.
    pub fn times_delivered(&self, desk: &str, text: &str) -> Result<u64, StoreError> {
        let query = "SELECT count(*) FROM seen WHERE desk = ?1 AND key > ?2 AND key < ?3";
        let (from, to) = (format!("{text}{BEFORE_NUMBER}"), format!("{text}{AFTER_NUMBERS}"));
        let connection = &self.database.connection;
        Ok(unsigned(connection.prepare_cached(query)?.query_row([desk, &from, &to], |row| row.get(0))?))
    }

    /// Erases what waits for the conversations of this name or was given up.
    ///
    /// # Errors
    /// The disk.
    pub fn erase_steps(&self, conversation: &str) -> Result<(), StoreError> {
        let delete = "DELETE FROM step WHERE conversation = ?1";
        self.database.connection.prepare_cached(delete)?.execute([conversation])?;
        Ok(())
    }

    /// Counts an attempt, before it is made: whoever finds the step after a crash knows that the desk may have it.
    /// Gives it as it was before, if it is still in line and due; its payload is empty where it is damaged.
    ///
    /// # Errors
    /// The disk.
    pub fn begin(&self, step: u64) -> Result<Option<StoredStep>, StoreError> {
        let query = format!("{STEP} WHERE number = ?3 AND {IS_DUE}");
        let now = unix_now();
        let latest = now.saturating_add(MAX_WAIT_SECS);
        let found = self.steps(&query, params![number(now), number(latest), number(step)])?.pop();
        if found.is_some() {
            let update = "UPDATE step SET attempts = attempts + 1, unsure = 1 WHERE number = ?1";
            self.database.connection.prepare_cached(update)?.execute([number(step)])?;
        }
        Ok(found)
    }

    /// Puts a step off until `due` after an attempt that failed; `unsure` where the desk may have it all the same.
    ///
    /// # Errors
    /// The disk.
    pub fn postpone(&self, step: u64, due: u64, error: &str, unsure: bool) -> Result<(), StoreError> {
        let update = "UPDATE step SET due = ?2, error = ?3, unsure = ?4 WHERE number = ?1";
        let connection = &self.database.connection;
        connection.prepare_cached(update)?.execute(params![number(step), number(due), error, unsure])?;
        Ok(())
    }

    /// Gives a step up: it stays, and is not tried any more; `unsure` where the desk may have it all the same.
    ///
    /// # Errors
    /// The disk.
    pub fn bury(&self, step: u64, error: &str, unsure: bool) -> Result<(), StoreError> {
        let update = "UPDATE step SET is_dead = 1, error = ?2, unsure = ?3 WHERE number = ?1";
        self.database.connection.prepare_cached(update)?.execute(params![number(step), error, unsure])?;
        Ok(())
    }

    /// Has a step tried again, now and as long as a new one. False if it is not there.
    ///
    /// # Errors
    /// The disk.
    pub fn revive(&self, step: u64) -> Result<bool, StoreError> {
        let update = "UPDATE step SET is_dead = 0, since = ?2, due = ?2 WHERE number = ?1";
        let connection = &self.database.connection;
        Ok(connection.prepare_cached(update)?.execute([number(step), number(unix_now())])? == 1)
    }
}

fn step_place(desk: &str, conversation: &str) -> String {
    format!("step {desk} {conversation}")
}
