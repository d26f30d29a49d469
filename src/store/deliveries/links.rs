//! Which chats of our own go on in which conversations of a desk.

use rusqlite::{OptionalExtension, Row, params};

use super::DeliveryFile;
use crate::store::database::number;
use crate::store::{StoreError, unix_now};

impl DeliveryFile {
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

    /// Remembers the chat `session`, the conversation in which it goes on, and the one named `line`, for as long as if
    /// they were new.
    ///
    /// # Errors
    /// The disk.
    pub fn touch(&self, session: &str, line: &str) -> Result<(), StoreError> {
        let Some((desk, conversation)) = self.linked(session)? else { return Ok(()) };
        let (connection, now) = (&self.database.connection, number(unix_now()));
        let update = "UPDATE link SET used = ?2 WHERE session = ?1";
        connection.prepare_cached(update)?.execute(params![session, now])?;
        let update = "UPDATE conversation SET used = ?4 WHERE desk = ?1 AND name IN (?2, ?3)";
        connection.prepare_cached(update)?.execute(params![desk, line, conversation, now])?;
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
}
