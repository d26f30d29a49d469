//! The file: its tables and what is asked of them.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::Arc;

use rusqlite::{OptionalExtension, Row, params};

use super::{Backlog, NewEvent, NewStep, Settlement, StoredEvent, StoredStep};
use crate::store::database::{Database, Schema, number, unsigned};
use crate::store::{Key, StoreError, unix_now};

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS seen (
        desk TEXT NOT NULL,
        key TEXT NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (desk, key)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS seen_at ON seen (at);
    CREATE TABLE IF NOT EXISTS event (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        desk TEXT NOT NULL,
        conversation TEXT NOT NULL,
        received INTEGER NOT NULL,
        sealed BLOB NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS event_line ON event (desk, conversation, number);
    CREATE TABLE IF NOT EXISTS conversation (
        desk TEXT NOT NULL,
        name TEXT NOT NULL,
        used INTEGER NOT NULL,
        sealed BLOB NOT NULL,
        PRIMARY KEY (desk, name)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS step (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        desk TEXT NOT NULL,
        conversation TEXT NOT NULL,
        made INTEGER NOT NULL,
        is_reply INTEGER NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        due INTEGER NOT NULL,
        is_dead INTEGER NOT NULL DEFAULT 0,
        error TEXT,
        sealed BLOB NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS step_line ON step (is_dead, desk, conversation, number);
    CREATE TABLE IF NOT EXISTS link (
        session TEXT PRIMARY KEY,
        desk TEXT NOT NULL,
        conversation TEXT NOT NULL,
        used INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS link_conversation ON link (desk, conversation);";

const SCHEMA: Schema = Schema { what: "deliveries", tables: TABLES, format: 1, exclusive: false };

const STEP: &str = "SELECT number, desk, conversation, made, attempts, due, is_dead, error, sealed FROM step";

/// The two lines, for whoever may wait for the disk.
pub struct DeliveryFile {
    database: Database,
    /// Held by the server that sends, so that no second one sends the same.
    _serving: Option<File>,
}

impl std::fmt::Debug for DeliveryFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeliveryFile").finish_non_exhaustive()
    }
}

impl DeliveryFile {
    /// Opens or makes the file to look at it or to change it beside the server that serves it.
    ///
    /// # Errors
    /// It cannot be opened, is another program's, of another version, or made with another key.
    pub fn open(path: &Path, key: &Key) -> Result<Self, StoreError> {
        Ok(Self { database: Database::open(path, key, SCHEMA)?, _serving: None })
    }

    pub(super) fn open_to_serve(path: &Path, key: &Key) -> Result<Self, StoreError> {
        let lock = path.with_added_extension("lock");
        let made =
            |source| StoreError::Make { what: SCHEMA.what, path: lock.clone(), source: Arc::new(source) };
        let serving = File::create(&lock).map_err(made)?;
        match serving.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StoreError::InUse { what: SCHEMA.what, path: path.to_owned() });
            }
            Err(TryLockError::Error(source)) => return Err(made(source)),
        }
        Ok(Self { _serving: Some(serving), ..Self::open(path, key)? })
    }

    pub(super) fn in_transaction(&self, work: impl FnOnce(&Self)) -> Result<(), StoreError> {
        self.database.begin()?;
        work(self);
        self.database.commit()
    }

    /// Does `work`; where it fails nothing of it is there.
    pub(super) fn in_savepoint<T>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let connection = &self.database.connection;
        connection.prepare_cached("SAVEPOINT job")?.execute([])?;
        let outcome = work(self);
        if outcome.is_err() {
            connection.prepare_cached("ROLLBACK TO job")?.execute([])?;
        }
        connection.prepare_cached("RELEASE job")?.execute([])?;
        outcome
    }

    /// Puts `events` in line that did not come before, and says how many these were.
    ///
    /// # Errors
    /// The disk.
    pub fn accept(&self, desk: &str, events: &[NewEvent]) -> Result<usize, StoreError> {
        let mut accepted = 0;
        for event in events {
            if !self.note(desk, &event.key)? {
                continue;
            }
            let sealed = self.database.sealed(&event_place(desk, &event.conversation), &event.payload)?;
            self.database
                .connection
                .prepare_cached(
                    "INSERT INTO event (desk, conversation, received, sealed) VALUES (?1, ?2, ?3, ?4)",
                )?
                .execute(params![desk, event.conversation, number(unix_now()), sealed])?;
            accepted += 1;
        }
        Ok(accepted)
    }

    /// Remembers `key` from now on for as long as conversations are. False if it was known.
    ///
    /// # Errors
    /// The disk.
    pub fn note(&self, desk: &str, key: &str) -> Result<bool, StoreError> {
        let is_new = !self.knows(desk, key)?;
        let insert = "INSERT OR REPLACE INTO seen (desk, key, at) VALUES (?1, ?2, ?3)";
        let connection = &self.database.connection;
        connection.prepare_cached(insert)?.execute(params![desk, key, number(unix_now())])?;
        Ok(is_new)
    }

    /// Whether `key` is remembered.
    ///
    /// # Errors
    /// The disk.
    pub fn knows(&self, desk: &str, key: &str) -> Result<bool, StoreError> {
        let query = "SELECT 1 FROM seen WHERE desk = ?1 AND key = ?2";
        let connection = &self.database.connection;
        Ok(connection.prepare_cached(query)?.query_row([desk, key], |_| Ok(())).optional()?.is_some())
    }

    /// The first event of each conversation, those that came first before the others.
    ///
    /// # Errors
    /// The disk, or a payload is damaged.
    pub fn next_events(&self, limit: usize) -> Result<Vec<StoredEvent>, StoreError> {
        let query = "SELECT number, desk, conversation, received, sealed FROM event AS e
             WHERE number = (SELECT min(number) FROM event WHERE desk = e.desk AND conversation = e.conversation)
             ORDER BY number LIMIT ?1";
        let mut query = self.database.connection.prepare_cached(query)?;
        let mut rows = query.query([number(limit as u64)])?;
        let mut events = Vec::new();
        while let Some(row) = rows.next()? {
            let (desk, conversation): (String, String) = (row.get(1)?, row.get(2)?);
            let payload = self.opened(&event_place(&desk, &conversation), &row.get::<_, Vec<u8>>(4)?)?;
            let (number, received) = (unsigned(row.get(0)?), unsigned(row.get(3)?));
            events.push(StoredEvent { number, desk, conversation, received, payload });
        }
        Ok(events)
    }

    /// How the conversation stands.
    ///
    /// # Errors
    /// The disk, or the payload is damaged.
    pub fn conversation(&self, desk: &str, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let query = "SELECT sealed FROM conversation WHERE desk = ?1 AND name = ?2";
        let connection = &self.database.connection;
        let sealed: Option<Vec<u8>> =
            connection.prepare_cached(query)?.query_row([desk, name], |row| row.get(0)).optional()?;
        sealed.map(|sealed| self.opened(&state_place(desk, name), &sealed)).transpose()
    }

    /// Keeps how the conversation stands.
    ///
    /// # Errors
    /// The disk.
    pub fn keep(&self, desk: &str, name: &str, state: &[u8]) -> Result<(), StoreError> {
        let sealed = self.database.sealed(&state_place(desk, name), state)?;
        let insert = "INSERT OR REPLACE INTO conversation (desk, name, used, sealed) VALUES (?1, ?2, ?3, ?4)";
        let connection = &self.database.connection;
        connection.prepare_cached(insert)?.execute(params![desk, name, number(unix_now()), sealed])?;
        Ok(())
    }

    /// Takes the event out of its line and puts what follows from it into the other. Nothing where it is not
    /// there any more: who read the line before it was settled may come too late.
    ///
    /// # Errors
    /// The disk.
    pub fn settle(&self, event: &StoredEvent, what: &Settlement) -> Result<(), StoreError> {
        let StoredEvent { number: at, desk, conversation, .. } = event;
        let connection = &self.database.connection;
        if connection.prepare_cached("DELETE FROM event WHERE number = ?1")?.execute([number(*at)])? == 0 {
            return Ok(());
        }
        if what.silence {
            let drop =
                "DELETE FROM step WHERE is_dead = 0 AND desk = ?1 AND conversation = ?2 AND is_reply = 1";
            connection.prepare_cached(drop)?.execute([desk, conversation])?;
        }
        if let Some(state) = &what.conversation {
            self.keep(desk, conversation, state)?;
        }
        self.put(desk, conversation, &what.steps)
    }

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
            let insert = "INSERT INTO step (desk, conversation, made, is_reply, due, sealed)
                 VALUES (?1, ?2, ?3, ?4, ?3, ?5)";
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
    /// The disk, or a payload is damaged.
    pub fn due_steps(&self, now: u64, limit: usize) -> Result<Vec<StoredStep>, StoreError> {
        let query = format!(
            "{STEP} AS s WHERE is_dead = 0 AND due <= ?1 AND number =
                 (SELECT min(number) FROM step WHERE is_dead = 0 AND desk = s.desk AND conversation = s.conversation)
             ORDER BY due, number LIMIT ?2"
        );
        self.steps(&query, params![number(now), number(limit as u64)])
    }

    /// Steps that wait or are dead, the oldest first.
    ///
    /// # Errors
    /// The disk, or a payload is damaged.
    pub fn all_steps(&self, limit: usize) -> Result<Vec<StoredStep>, StoreError> {
        self.steps(&format!("{STEP} ORDER BY number LIMIT ?1"), params![number(limit as u64)])
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
        let payload = self.opened(&step_place(&desk, &conversation), &row.get::<_, Vec<u8>>(8)?)?;
        Ok(StoredStep {
            number: unsigned(row.get(0)?),
            made: unsigned(row.get(3)?),
            attempts: row.get(4)?,
            due: unsigned(row.get(5)?),
            is_dead: row.get(6)?,
            error: row.get(7)?,
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

    /// Counts an attempt, before it is made: whoever finds the step after a crash knows that the desk may have it.
    /// False if the step is not there any more, or was tried since it was read with `attempts`.
    ///
    /// # Errors
    /// The disk.
    pub fn begin(&self, step: u64, attempts: u32) -> Result<bool, StoreError> {
        let update = "UPDATE step SET attempts = attempts + 1 WHERE number = ?1 AND attempts = ?2";
        let connection = &self.database.connection;
        Ok(connection.prepare_cached(update)?.execute(params![number(step), attempts])? == 1)
    }

    /// Puts a step off until `due` after an attempt that failed.
    ///
    /// # Errors
    /// The disk.
    pub fn postpone(&self, step: u64, due: u64, error: &str) -> Result<(), StoreError> {
        let update = "UPDATE step SET due = ?2, error = ?3 WHERE number = ?1";
        let connection = &self.database.connection;
        connection.prepare_cached(update)?.execute(params![number(step), number(due), error])?;
        Ok(())
    }

    /// Gives a step up: it stays, and is not tried any more.
    ///
    /// # Errors
    /// The disk.
    pub fn bury(&self, step: u64, error: &str) -> Result<(), StoreError> {
        let update = "UPDATE step SET is_dead = 1, error = ?2 WHERE number = ?1";
        self.database.connection.prepare_cached(update)?.execute(params![number(step), error])?;
        Ok(())
    }

    /// Has a step tried again, now and as long as a new one. False if it is not there.
    ///
    /// # Errors
    /// The disk.
    pub fn revive(&self, step: u64) -> Result<bool, StoreError> {
        let update = "UPDATE step SET is_dead = 0, made = ?2, due = ?2 WHERE number = ?1";
        let connection = &self.database.connection;
        Ok(connection.prepare_cached(update)?.execute([number(step), number(unix_now())])? == 1)
    }

    /// How much waits.
    ///
    /// # Errors
    /// The disk.
    pub fn backlog(&self) -> Result<Backlog, StoreError> {
        let query = "SELECT (SELECT count(*) FROM event), (SELECT count(*) FROM step WHERE is_dead = 0),
                            (SELECT count(*) FROM step WHERE is_dead = 1)";
        let counts = |row: &Row<'_>| {
            let count = |at| row.get(at).map(unsigned);
            Ok(Backlog { events: count(0)?, waiting: count(1)?, dead: count(2)? })
        };
        Ok(self.database.connection.prepare_cached(query)?.query_row([], counts)?)
    }

    /// Says that the chat `session` goes on in a desk's conversation, and not in the one before.
    ///
    /// # Errors
    /// The disk.
    pub fn link(&self, session: &str, desk: &str, conversation: &str) -> Result<(), StoreError> {
        let insert =
            "INSERT OR REPLACE INTO link (session, desk, conversation, used) VALUES (?1, ?2, ?3, ?4)";
        let connection = &self.database.connection;
        connection.prepare_cached(insert)?.execute(params![
            session,
            desk,
            conversation,
            number(unix_now())
        ])?;
        Ok(())
    }

    /// The desk and the conversation in which the chat `session` goes on.
    ///
    /// # Errors
    /// The disk.
    pub fn linked(&self, session: &str) -> Result<Option<(String, String)>, StoreError> {
        let query = "SELECT desk, conversation FROM link WHERE session = ?1";
        let connection = &self.database.connection;
        let row = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
        Ok(connection.prepare_cached(query)?.query_row([session], row).optional()?)
    }

    /// The chat that goes on in a desk's conversation.
    ///
    /// # Errors
    /// The disk.
    pub fn session_of(&self, desk: &str, conversation: &str) -> Result<Option<String>, StoreError> {
        let query = "SELECT session FROM link WHERE desk = ?1 AND conversation = ?2";
        let connection = &self.database.connection;
        Ok(connection.prepare_cached(query)?.query_row([desk, conversation], |row| row.get(0)).optional()?)
    }

    /// The chat `session` goes on in no desk any more.
    ///
    /// # Errors
    /// The disk.
    pub fn unlink(&self, session: &str) -> Result<(), StoreError> {
        self.database.connection.prepare_cached("DELETE FROM link WHERE session = ?1")?.execute([session])?;
        Ok(())
    }

    /// Forgets keys, conversations and dead steps that nothing happened to for `retention_secs`.
    ///
    /// # Errors
    /// The disk.
    pub fn sweep(&self, retention_secs: u64) -> Result<(), StoreError> {
        let connection = &self.database.connection;
        let old = number(unix_now().saturating_sub(retention_secs));
        connection.prepare_cached("DELETE FROM seen WHERE at < ?1")?.execute([old])?;
        connection.prepare_cached("DELETE FROM conversation WHERE used < ?1")?.execute([old])?;
        connection.prepare_cached("DELETE FROM link WHERE used < ?1")?.execute([old])?;
        connection.prepare_cached("DELETE FROM step WHERE is_dead = 1 AND made < ?1")?.execute([old])?;
        Ok(())
    }

    fn opened(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        let damaged = || StoreError::Damaged { what: "an event or a step of the deliveries".to_owned() };
        self.database.unsealed(place, sealed).ok_or_else(damaged)
    }
}

fn event_place(desk: &str, conversation: &str) -> String {
    format!("event {desk} {conversation}")
}

fn state_place(desk: &str, conversation: &str) -> String {
    format!("conversation {desk} {conversation}")
}

fn step_place(desk: &str, conversation: &str) -> String {
    format!("step {desk} {conversation}")
}
