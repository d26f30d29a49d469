//! The line of what desks sent, and how their conversations stand.

use rusqlite::{OptionalExtension, Row, params};

use super::{DeliveryFile, NewEvent, Settlement, StoredEvent, Turn};
use crate::store::database::{number, unsigned};
use crate::store::{StoreError, unix_now};

impl DeliveryFile {
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

    /// The first event of each conversation, those that came first before the others.
    ///
    /// # Errors
    /// The disk.
    pub fn next_events(&self, limit: usize) -> Result<Vec<Turn>, StoreError> {
        let query = "SELECT number, desk, conversation FROM event AS e
             WHERE number = (SELECT min(number) FROM event WHERE desk = e.desk AND conversation = e.conversation)
             ORDER BY number LIMIT ?1";
        self.turns(query, params![number(limit as u64)])
    }

    /// Number of the last event that the conversation has in line.
    ///
    /// # Errors
    /// The disk.
    pub fn last_event(&self, desk: &str, conversation: &str) -> Result<Option<u64>, StoreError> {
        let query = "SELECT max(number) FROM event WHERE desk = ?1 AND conversation = ?2";
        let connection = &self.database.connection;
        let last: Option<i64> =
            connection.prepare_cached(query)?.query_row([desk, conversation], |row| row.get(0))?;
        Ok(last.map(unsigned))
    }

    /// An event, if it is still in line; its payload is empty where it is damaged.
    ///
    /// # Errors
    /// The disk.
    pub fn event(&self, event: u64) -> Result<Option<StoredEvent>, StoreError> {
        let query = "SELECT desk, conversation, received, sealed FROM event WHERE number = ?1";
        let row = |row: &Row<'_>| {
            let sealed: Vec<u8> = row.get(3)?;
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get(2)?, sealed))
        };
        let connection = &self.database.connection;
        let found = connection.prepare_cached(query)?.query_row([number(event)], row).optional()?;
        let Some((desk, conversation, received, sealed)) = found else { return Ok(None) };
        let payload = self.opened(&event_place(&desk, &conversation), &sealed).unwrap_or_default();
        Ok(Some(StoredEvent { number: event, desk, conversation, received: unsigned(received), payload }))
    }

    /// Takes the event out of its line and puts what follows from it into the other; does nothing where the event
    /// has left its line already.
    ///
    /// # Errors
    /// The disk.
    pub fn settle(&self, event: &StoredEvent, what: &Settlement) -> Result<(), StoreError> {
        let StoredEvent { number: at, desk, conversation, .. } = event;
        let connection = &self.database.connection;
        let left =
            connection.prepare_cached("DELETE FROM event WHERE number = ?1")?.execute([number(*at)])?;
        if left == 0 {
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

    /// How the conversation stands.
    ///
    /// # Errors
    /// The disk, or the payload is damaged.
    pub fn conversation(&self, desk: &str, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let query = "SELECT sealed FROM conversation WHERE desk = ?1 AND name = ?2";
        let connection = &self.database.connection;
        let sealed: Option<Vec<u8>> =
            connection.prepare_cached(query)?.query_row([desk, name], |row| row.get(0)).optional()?;
        let damaged = || StoreError::Damaged { what: "a conversation of a desk".to_owned() };
        sealed.map(|sealed| self.opened(&state_place(desk, name), &sealed).ok_or_else(damaged)).transpose()
    }

    /// When something last happened in the conversation, in seconds since 1970.
    ///
    /// # Errors
    /// The disk.
    pub fn last_used(&self, desk: &str, name: &str) -> Result<Option<u64>, StoreError> {
        let query = "SELECT used FROM conversation WHERE desk = ?1 AND name = ?2";
        let connection = &self.database.connection;
        let used = connection.prepare_cached(query)?.query_row([desk, name], |row| row.get(0)).optional()?;
        Ok(used.map(unsigned))
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
}

fn event_place(desk: &str, conversation: &str) -> String {
    format!("event {desk} {conversation}")
}

fn state_place(desk: &str, conversation: &str) -> String {
    format!("conversation {desk} {conversation}")
}
