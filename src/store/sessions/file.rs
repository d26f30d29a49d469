//! The file: its tables and what is asked of them.

use std::cell::Cell;
use std::path::Path;

use rusqlite::{OptionalExtension, ffi, params};

use super::super::database::{Database, Schema, number, unsigned};
use super::super::{Key, StoreError, unix_now};
use super::worker::Append;
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
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS waiting (
        session TEXT PRIMARY KEY REFERENCES session (id) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS unsaid (
        number INTEGER PRIMARY KEY,
        session TEXT NOT NULL UNIQUE REFERENCES session (id) ON DELETE CASCADE
    ) STRICT;";

const SCHEMA: Schema = Schema { what: "sessions", tables: TABLES, format: 1, exclusive: true };

pub(super) struct File {
    database: Database,
    retention: Retention,
    /// Sessions in it, counted anew by every sweep.
    stored: Cell<u64>,
    /// Whether the log beside it may hold what was erased. So it may when the server before was killed.
    log_holds_erased: Cell<bool>,
}

impl File {
    pub(super) fn open(path: &Path, key: &Key, retention: Retention) -> Result<Self, StoreError> {
        let database = Database::open(path, key, SCHEMA)?;
        let file = Self { database, retention, stored: Cell::new(0), log_holds_erased: Cell::new(true) };
        // Where it cannot be emptied now, every sweep tries again.
        let _ = file.empty_log();
        file.count()?;
        Ok(file)
    }

    /// Begins a transaction.
    pub(super) fn begin(&self) -> Result<(), StoreError> {
        self.database.begin()
    }

    /// Ends it; nothing of it is there when that fails.
    pub(super) fn commit(&self) -> Result<(), StoreError> {
        self.database.commit()
    }

    pub(super) fn append(&self, what: &Append) -> Result<(), StoreError> {
        let Append { head, frames, oldest } = what;
        let is_new = !self.use_now(&head.id)?;
        if is_new {
            self.insert(head)?;
        }
        self.note_waiting(head)?;
        // Refusals and goodbyes say nothing.
        let has_said = head.waits || frames.iter().any(|frame| frame.is_answer);
        if is_new || has_said {
            self.note_unsaid(&head.id, !has_said)?;
        }
        for frame in frames {
            self.insert_frame(&head.id, frame)?;
        }
        self.database
            .connection
            .prepare_cached("DELETE FROM frame WHERE session = ?1 AND seq < ?2")?
            .execute(params![head.id, number(*oldest)])?;
        if is_new { self.make_room() } else { Ok(()) }
    }

    /// Counts a session as used now. False where it is not there.
    fn use_now(&self, id: &str) -> Result<bool, StoreError> {
        let update = "UPDATE session SET used = ?2 WHERE id = ?1";
        let mut update = self.database.connection.prepare_cached(update)?;
        Ok(update.execute(params![id, number(unix_now())])? > 0)
    }

    fn insert(&self, head: &SessionHead) -> Result<(), StoreError> {
        let origin = head
            .origin
            .as_ref()
            .map(|origin| self.database.sealed(&head.id, origin.as_bytes()))
            .transpose()?;
        self.database
            .connection
            .prepare_cached(
                "INSERT INTO session (id, token_hash, origin, began, used) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![head.id, head.token_hash, origin, number(head.began), number(unix_now())])?;
        self.stored.set(self.stored.get().saturating_add(1));
        Ok(())
    }

    /// Erases those unused for longest where there are too many, those in which nothing was said before all others, those
    /// that wait for a person after them.
    fn make_room(&self) -> Result<(), StoreError> {
        for query in [
            "DELETE FROM session WHERE id IN (SELECT session FROM unsaid ORDER BY number LIMIT ?1)",
            "DELETE FROM session WHERE id IN (SELECT id FROM session
             WHERE id NOT IN (SELECT session FROM waiting) ORDER BY used LIMIT ?1)",
            "DELETE FROM session WHERE id IN (SELECT id FROM session ORDER BY used LIMIT ?1)",
        ] {
            let excess = self.stored.get().saturating_sub(self.retention.sessions);
            if excess == 0 {
                break;
            }
            let erased = self.database.connection.prepare_cached(query)?.execute([number(excess)])?;
            self.stored.set(self.stored.get().saturating_sub(erased as u64));
            self.log_holds_erased.set(true);
        }
        Ok(())
    }

    fn note_waiting(&self, head: &SessionHead) -> Result<(), StoreError> {
        let query = if head.waits {
            "INSERT OR IGNORE INTO waiting (session) VALUES (?1)"
        } else {
            "DELETE FROM waiting WHERE session = ?1"
        };
        self.database.connection.prepare_cached(query)?.execute([&head.id])?;
        Ok(())
    }

    fn note_unsaid(&self, id: &str, is_unsaid: bool) -> Result<(), StoreError> {
        let query = if is_unsaid {
            "INSERT OR IGNORE INTO unsaid (session) VALUES (?1)"
        } else {
            "DELETE FROM unsaid WHERE session = ?1"
        };
        self.database.connection.prepare_cached(query)?.execute([id])?;
        Ok(())
    }

    fn insert_frame(&self, id: &str, frame: &SavedFrame) -> Result<(), StoreError> {
        let plain = postcard::to_stdvec(frame).map_err(|_| StoreError::Stopped)?;
        let sealed = self.database.sealed(&frame_place(id, frame.seq), &plain)?;
        self.database
            .connection
            .prepare_cached("INSERT OR REPLACE INTO frame (session, seq, sealed) VALUES (?1, ?2, ?3)")?
            .execute(params![id, number(frame.seq), sealed])?;
        Ok(())
    }

    pub(super) fn load(&self, id: &str) -> Result<Option<SavedSession>, StoreError> {
        let (began_after, used_after) = self.limits();
        let query = "SELECT token_hash, origin, began, used, id IN (SELECT session FROM waiting) AS waits
             FROM session WHERE id = ?1 AND began > ?2 AND (used > ?3 OR waits)";
        let row = self.database.connection.prepare_cached(query)?.query_row(
            params![id, began_after, used_after],
            |row| {
                let (hash, origin): ([u8; 32], Option<Vec<u8>>) = (row.get(0)?, row.get(1)?);
                let (began, used): (i64, i64) = (row.get(2)?, row.get(3)?);
                Ok((hash, origin, began, used, row.get::<_, bool>(4)?))
            },
        );
        let Some((token_hash, origin, began, used, waits)) = row.optional()? else { return Ok(None) };
        let damaged = || StoreError::Damaged { what: "a session".into() };
        let origin = origin.map(|sealed| self.text(id, &sealed).ok_or_else(damaged)).transpose()?;
        let head = SessionHead { id: id.to_owned(), token_hash, origin, began: unsigned(began), waits };
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
        let erased =
            self.database.connection.prepare_cached("DELETE FROM session WHERE id = ?1")?.execute([id])?;
        self.stored.set(self.stored.get().saturating_sub(erased as u64));
        self.log_holds_erased.set(true);
        Ok(())
    }

    pub(super) fn touch(&self, ids: &[String]) -> Result<(), StoreError> {
        for id in ids {
            self.use_now(id)?;
        }
        Ok(())
    }

    pub(super) fn sweep(&self) -> Result<usize, StoreError> {
        let (began_after, used_after) = self.limits();
        let query = "DELETE FROM session WHERE began <= ?1
             OR (used <= ?2 AND id NOT IN (SELECT session FROM waiting))";
        let erased =
            self.database.connection.prepare_cached(query)?.execute(params![began_after, used_after])?;
        if erased > 0 {
            self.log_holds_erased.set(true);
        }
        self.count()?;
        Ok(erased)
    }

    fn count(&self) -> Result<(), StoreError> {
        let mut query = self.database.connection.prepare_cached("SELECT count(*) FROM session")?;
        self.stored.set(unsigned(query.query_row([], |row| row.get(0))?));
        Ok(())
    }

    /// Whether something was erased since the log beside the file was emptied.
    pub(super) fn log_holds_erased(&self) -> bool {
        self.log_holds_erased.get()
    }

    /// Empties the log beside the file, which would still hold what was erased.
    pub(super) fn empty_log(&self) -> Result<(), StoreError> {
        if !self.database.empty_log()? {
            return Err(rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_BUSY), None).into());
        }
        self.log_holds_erased.set(false);
        Ok(())
    }

    /// Sessions that began or were last used at or before these times are past their time.
    fn limits(&self) -> (i64, i64) {
        let now = unix_now();
        let before = |age: std::time::Duration| number(now.saturating_sub(age.as_secs()));
        (before(self.retention.whole), before(self.retention.idle))
    }
}

/// What a frame of the first version did not tell: where its quotes stand, which notice was shown, and whether the
/// quotes came with a caution.
const ADDED: usize = 3;

/// A frame as it was kept. What one of an earlier version does not tell is nothing.
fn frame_of(mut plain: Vec<u8>) -> Option<SavedFrame> {
    for _ in 0..ADDED {
        if let Ok(frame) = postcard::from_bytes(&plain) {
            return Some(frame);
        }
        plain.push(0);
    }
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
    fn a_frame_that_does_not_tell_what_later_ones_do_is_read() {
        let exchange = Some(Exchange { question: "is it a carbuncle?".into(), ..Exchange::default() });
        let frame = SavedFrame { seq: 1, in_reply_to: None, is_answer: true, text: "{}".into(), exchange };
        let mut plain = postcard::to_stdvec(&frame).unwrap();
        assert_eq!(frame_of(plain.clone()), Some(frame.clone()));
        for _ in 0..ADDED {
            assert_eq!(plain.pop(), Some(0));
            assert_eq!(frame_of(plain.clone()), Some(frame.clone()));
        }
        assert_eq!(frame_of(vec![1, 9]), None);
    }
}
