//! The file: its tables and what is asked of them.

use std::path::Path;

use rusqlite::{OptionalExtension, params};

use super::super::database::{Database, Schema, number, unsigned};
use super::super::{Key, StoreError, unix_now};
use super::{Retention, SavedFrame, SavedSession, SessionHead};

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS session (
        id TEXT PRIMARY KEY,
        token_hash BLOB NOT NULL,
        origin BLOB,
        began INTEGER NOT NULL,
        used INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS session_used ON session (used);
    CREATE TABLE IF NOT EXISTS frame (
        session TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
        seq INTEGER NOT NULL,
        sealed BLOB NOT NULL,
        PRIMARY KEY (session, seq)
    ) STRICT, WITHOUT ROWID;";

const SCHEMA: Schema = Schema { what: "sessions", tables: TABLES, format: 1, exclusive: true };

pub(super) struct File {
    database: Database,
    retention: Retention,
}

impl File {
    pub(super) fn open(path: &Path, key: &Key, retention: Retention) -> Result<Self, StoreError> {
        Ok(Self { database: Database::open(path, key, SCHEMA)?, retention })
    }

    /// Begins a transaction.
    pub(super) fn begin(&self) -> Result<(), StoreError> {
        self.database.begin()
    }

    /// Ends it; nothing of it is there when that fails.
    pub(super) fn commit(&self) -> Result<(), StoreError> {
        self.database.commit()
    }

    pub(super) fn append(&self, head: &SessionHead, frame: &SavedFrame) -> Result<(), StoreError> {
        let origin = head
            .origin
            .as_ref()
            .map(|origin| self.database.sealed(&head.id, origin.as_bytes()))
            .transpose()?;
        self.database
            .connection
            .prepare_cached(
                "INSERT INTO session (id, token_hash, origin, began, used) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (id) DO UPDATE SET used = excluded.used",
            )?
            .execute(params![head.id, head.token_hash, origin, number(head.began), number(unix_now())])?;
        let plain = postcard::to_stdvec(frame).map_err(|_| StoreError::Stopped)?;
        let sealed = self.database.sealed(&frame_place(&head.id, frame.seq), &plain)?;
        self.database
            .connection
            .prepare_cached("INSERT OR REPLACE INTO frame (session, seq, sealed) VALUES (?1, ?2, ?3)")?
            .execute(params![head.id, number(frame.seq), sealed])?;
        let oldest = frame.seq.saturating_sub(self.retention.frames);
        self.database
            .connection
            .prepare_cached("DELETE FROM frame WHERE session = ?1 AND seq <= ?2")?
            .execute(params![head.id, number(oldest)])?;
        Ok(())
    }

    pub(super) fn load(&self, id: &str) -> Result<Option<SavedSession>, StoreError> {
        let (began_after, used_after) = self.limits();
        let query =
            "SELECT token_hash, origin, began, used FROM session WHERE id = ?1 AND began > ?2 AND used > ?3";
        let row = self.database.connection.prepare_cached(query)?.query_row(
            params![id, began_after, used_after],
            |row| {
                let (hash, origin): ([u8; 32], Option<Vec<u8>>) = (row.get(0)?, row.get(1)?);
                Ok((hash, origin, row.get::<_, i64>(2)?, row.get::<_, i64>(3)?))
            },
        );
        let Some((token_hash, origin, began, used)) = row.optional()? else { return Ok(None) };
        let damaged = || StoreError::Damaged { what: "a session".into() };
        let origin = origin.map(|sealed| self.text(id, &sealed).ok_or_else(damaged)).transpose()?;
        let head = SessionHead { id: id.to_owned(), token_hash, origin, began: unsigned(began) };
        let mut frames: Vec<SavedFrame> = Vec::new();
        let mut query = self
            .database
            .connection
            .prepare_cached("SELECT seq, sealed FROM frame WHERE session = ?1 ORDER BY seq")?;
        let mut rows = query.query([id])?;
        while let Some(row) = rows.next()? {
            let (seq, sealed): (i64, Vec<u8>) = (row.get(0)?, row.get(1)?);
            let plain =
                self.database.unsealed(&frame_place(id, unsigned(seq)), &sealed).ok_or_else(damaged)?;
            let frame = frame_of(plain).ok_or_else(damaged)?;
            // Where one could not be written, nobody can be given what came before it without a gap.
            if frames.last().is_some_and(|last| last.seq.checked_add(1) != Some(frame.seq)) {
                frames.clear();
            }
            frames.push(frame);
        }
        Ok(Some(SavedSession { head, used: unsigned(used), frames }))
    }

    fn text(&self, place: &str, sealed: &[u8]) -> Option<String> {
        String::from_utf8(self.database.unsealed(place, sealed)?).ok()
    }

    pub(super) fn forget(&self, id: &str) -> Result<(), StoreError> {
        self.database.connection.prepare_cached("DELETE FROM session WHERE id = ?1")?.execute([id])?;
        Ok(())
    }

    pub(super) fn touch(&self, ids: &[String]) -> Result<(), StoreError> {
        let mut update =
            self.database.connection.prepare_cached("UPDATE session SET used = ?2 WHERE id = ?1")?;
        for id in ids {
            update.execute(params![id, number(unix_now())])?;
        }
        Ok(())
    }

    pub(super) fn sweep(&self) -> Result<usize, StoreError> {
        let (began_after, used_after) = self.limits();
        let query = "DELETE FROM session WHERE began <= ?1 OR used <= ?2";
        Ok(self.database.connection.prepare_cached(query)?.execute(params![began_after, used_after])?)
    }

    /// Moves what was written into the file itself and empties the log beside it, which would still hold what
    /// was erased.
    pub(super) fn empty_log(&self) -> Result<(), StoreError> {
        Ok(self.database.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
    }

    /// Sessions that began or were last used at or before these times are past their time.
    fn limits(&self) -> (i64, i64) {
        let now = unix_now();
        let before = |age: std::time::Duration| number(now.saturating_sub(age.as_secs()));
        (before(self.retention.whole), before(self.retention.idle))
    }
}

/// A frame as it was kept. One of a version that did not tell where its quotes stand tells of none.
fn frame_of(mut plain: Vec<u8>) -> Option<SavedFrame> {
    if let Ok(frame) = postcard::from_bytes(&plain) {
        return Some(frame);
    }
    plain.push(0);
    postcard::from_bytes(&plain).ok()
}

fn frame_place(id: &str, seq: u64) -> String {
    format!("{id}#{seq}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::Exchange;

    #[test]
    fn a_frame_that_does_not_tell_where_its_quotes_stand_is_read() {
        let exchange = Some(Exchange { question: "is it a carbuncle?".into(), ..Exchange::default() });
        let frame = SavedFrame { seq: 1, in_reply_to: None, is_answer: true, text: "{}".into(), exchange };
        let mut plain = postcard::to_stdvec(&frame).unwrap();
        assert_eq!(plain.pop(), Some(0));
        assert_eq!(frame_of(plain), Some(frame));
        assert_eq!(frame_of(vec![1, 9]), None);
    }
}
