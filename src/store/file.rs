//! The file: its tables and what is asked of them.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::{Connection, ErrorCode, OptionalExtension, params};

use super::seal::Seal;
use super::{Key, Retention, SavedFrame, SavedSession, SessionHead, StoreError, unix_now};

const FORMAT: i32 = 1;
const CHECK: &str = "check";

/// `secure_delete` overwrites what is deleted; `exclusive` keeps a second server out; `full` waits for the disk.
const PRAGMAS: &str = "
    PRAGMA locking_mode = EXCLUSIVE;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA secure_delete = ON;
    PRAGMA foreign_keys = ON;";

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, sealed BLOB NOT NULL) STRICT;
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

pub(super) struct File {
    connection: Connection,
    seal: Seal,
    retention: Retention,
}

impl File {
    pub(super) fn open(path: &Path, key: &Key, retention: Retention) -> Result<Self, StoreError> {
        make_private(path)?;
        let opened = |source: rusqlite::Error| match source.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                StoreError::InUse { path: path.to_owned() }
            }
            Some(ErrorCode::NotADatabase) => {
                StoreError::Format { path: path.to_owned(), found: 0, wanted: FORMAT }
            }
            _ => StoreError::Open { path: path.to_owned(), source: Arc::new(source) },
        };
        let connection = Connection::open(path).map_err(opened)?;
        connection.execute_batch(PRAGMAS).map_err(opened)?;
        let found: i32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(opened)?;
        let is_new = found == 0 && is_empty(&connection).map_err(opened)?;
        if !is_new && found != FORMAT {
            return Err(StoreError::Format { path: path.to_owned(), found, wanted: FORMAT });
        }
        connection.execute_batch(TABLES).map_err(opened)?;
        connection.execute_batch(&format!("PRAGMA user_version = {FORMAT}")).map_err(opened)?;
        let mut file = Self { connection, seal: Seal::new(key), retention };
        file.check_key(path)?;
        Ok(file)
    }

    fn check_key(&mut self, path: &Path) -> Result<(), StoreError> {
        let query = "SELECT sealed FROM meta WHERE name = ?1";
        let found: Option<Vec<u8>> =
            self.connection.query_row(query, [CHECK], |row| row.get(0)).optional()?;
        match found {
            Some(sealed) if self.seal.open(CHECK, &sealed).is_some() => Ok(()),
            Some(_) => Err(StoreError::OtherKey { path: path.to_owned() }),
            None => {
                let sealed = self.sealed(CHECK, CHECK.as_bytes())?;
                self.connection
                    .execute("INSERT INTO meta (name, sealed) VALUES (?1, ?2)", params![CHECK, sealed])?;
                Ok(())
            }
        }
    }

    fn sealed(&self, place: &str, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.seal.seal(place, plain).ok_or(StoreError::Stopped)
    }

    /// Does `work` in one transaction.
    pub(super) fn in_transaction(&mut self, work: impl FnOnce(&mut Self)) -> Result<(), StoreError> {
        self.connection.execute_batch("BEGIN IMMEDIATE")?;
        work(self);
        let committed = self.connection.execute_batch("COMMIT");
        if committed.is_err() && !self.connection.is_autocommit() {
            self.connection.execute_batch("ROLLBACK")?;
        }
        Ok(committed?)
    }

    pub(super) fn append(&self, head: &SessionHead, frame: &SavedFrame) -> Result<(), StoreError> {
        let origin =
            head.origin.as_ref().map(|origin| self.sealed(&head.id, origin.as_bytes())).transpose()?;
        self.connection
            .prepare_cached(
                "INSERT INTO session (id, token_hash, origin, began, used) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (id) DO UPDATE SET used = excluded.used",
            )?
            .execute(params![head.id, head.token_hash, origin, number(head.began), number(unix_now())])?;
        let plain = postcard::to_stdvec(frame).map_err(|_| StoreError::Stopped)?;
        let sealed = self.sealed(&frame_place(&head.id, frame.seq), &plain)?;
        self.connection
            .prepare_cached("INSERT OR REPLACE INTO frame (session, seq, sealed) VALUES (?1, ?2, ?3)")?
            .execute(params![head.id, number(frame.seq), sealed])?;
        let oldest = frame.seq.saturating_sub(self.retention.frames);
        self.connection
            .prepare_cached("DELETE FROM frame WHERE session = ?1 AND seq <= ?2")?
            .execute(params![head.id, number(oldest)])?;
        Ok(())
    }

    pub(super) fn load(&self, id: &str) -> Result<Option<SavedSession>, StoreError> {
        let (began_after, used_after) = self.limits();
        let query =
            "SELECT token_hash, origin, began, used FROM session WHERE id = ?1 AND began > ?2 AND used > ?3";
        let row =
            self.connection.prepare_cached(query)?.query_row(params![id, began_after, used_after], |row| {
                let (hash, origin): ([u8; 32], Option<Vec<u8>>) = (row.get(0)?, row.get(1)?);
                Ok((hash, origin, row.get::<_, i64>(2)?, row.get::<_, i64>(3)?))
            });
        let Some((token_hash, origin, began, used)) = row.optional()? else { return Ok(None) };
        let damaged = || StoreError::Damaged { session: id.to_owned() };
        let origin = origin.map(|sealed| self.text(id, &sealed).ok_or_else(damaged)).transpose()?;
        let head = SessionHead { id: id.to_owned(), token_hash, origin, began: unsigned(began) };
        let mut frames: Vec<SavedFrame> = Vec::new();
        let mut query = self
            .connection
            .prepare_cached("SELECT seq, sealed FROM frame WHERE session = ?1 ORDER BY seq")?;
        let mut rows = query.query([id])?;
        while let Some(row) = rows.next()? {
            let (seq, sealed): (i64, Vec<u8>) = (row.get(0)?, row.get(1)?);
            let plain = self.seal.open(&frame_place(id, unsigned(seq)), &sealed).ok_or_else(damaged)?;
            let frame: SavedFrame = postcard::from_bytes(&plain).map_err(|_| damaged())?;
            if frames.last().is_some_and(|last| last.seq + 1 != frame.seq) {
                return Err(damaged());
            }
            frames.push(frame);
        }
        Ok(Some(SavedSession { head, used: unsigned(used), frames }))
    }

    fn text(&self, place: &str, sealed: &[u8]) -> Option<String> {
        String::from_utf8(self.seal.open(place, sealed)?).ok()
    }

    pub(super) fn forget(&self, id: &str) -> Result<(), StoreError> {
        self.connection.prepare_cached("DELETE FROM session WHERE id = ?1")?.execute([id])?;
        Ok(())
    }

    pub(super) fn sweep(&self) -> Result<usize, StoreError> {
        let (began_after, used_after) = self.limits();
        let query = "DELETE FROM session WHERE began <= ?1 OR used <= ?2";
        Ok(self.connection.prepare_cached(query)?.execute(params![began_after, used_after])?)
    }

    /// Moves what was written into the file itself and empties the log beside it, which would still hold what
    /// was erased.
    pub(super) fn empty_log(&self) -> Result<(), StoreError> {
        Ok(self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
    }

    /// Sessions that began or were last used at or before these times are past their time.
    fn limits(&self) -> (i64, i64) {
        let now = unix_now();
        let before = |age: std::time::Duration| number(now.saturating_sub(age.as_secs()));
        (before(self.retention.whole), before(self.retention.idle))
    }
}

/// SQLite's integers are signed; none of ours comes near the bound.
fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

fn frame_place(id: &str, seq: u64) -> String {
    format!("{id}#{seq}")
}

fn is_empty(connection: &Connection) -> Result<bool, rusqlite::Error> {
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| Ok(row.get::<_, i64>(0)? == 0))
}

/// Makes the file before SQLite would, so that nobody else can read it; SQLite gives the files beside it the
/// same rights.
fn make_private(path: &Path) -> Result<(), StoreError> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let made = options.open(path).map(drop);
    made.map_err(|source| StoreError::Make { path: PathBuf::from(path), source: Arc::new(source) })
}
