//! The file: its tables, what is remembered, and how much waits. The lines are in `events` and `steps`.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::Arc;

use rusqlite::{OptionalExtension, Row, params};

use super::{Backlog, Turn};
use crate::store::database::{Database, Schema, Upgrade, number, unsigned};
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
        sealed BLOB NOT NULL,
        unsure INTEGER NOT NULL DEFAULT 0,
        since INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE INDEX IF NOT EXISTS step_line ON step (is_dead, desk, conversation, number);
    CREATE TABLE IF NOT EXISTS link (
        session TEXT PRIMARY KEY,
        desk TEXT NOT NULL,
        conversation TEXT NOT NULL,
        used INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS link_conversation ON link (desk, conversation);";

const SCHEMA: Schema = Schema { what: "deliveries", tables: TABLES, format: 3, exclusive: false };

/// Format 1 did not tell whether an attempt may have arrived, format 2 not since when a step is tried.
const UPGRADES: &[Upgrade] = &[
    Upgrade {
        from: 1,
        change: "ALTER TABLE step ADD COLUMN unsure INTEGER NOT NULL DEFAULT 0;
                 UPDATE step SET unsure = attempts > 0;",
    },
    Upgrade {
        from: 2,
        change: "ALTER TABLE step ADD COLUMN since INTEGER NOT NULL DEFAULT 0;
                 UPDATE step SET since = made;",
    },
];

/// The two lines, for whoever may wait for the disk.
pub struct DeliveryFile {
    pub(super) database: Database,
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
        Ok(Self { database: Database::open_upgraded(path, key, SCHEMA, UPGRADES)?, _serving: None })
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
        let file = Self { _serving: Some(serving), ..Self::open(path, key)? };
        file.complete_steps()?;
        // What a server that was killed left there. Where it cannot be emptied now, the worker tries again.
        let _ = file.empty_log();
        Ok(file)
    }

    /// Completes the steps that a server of an older format put in line after the file had been brought to this one
    /// beside it.
    fn complete_steps(&self) -> Result<(), StoreError> {
        let update = "UPDATE step SET since = made, unsure = max(unsure, attempts > 0) WHERE since = 0";
        self.database.connection.execute(update, [])?;
        Ok(())
    }

    /// Empties the log beside the file, which still holds what was erased. False where another program is reading it.
    ///
    /// # Errors
    /// The disk.
    pub fn empty_log(&self) -> Result<bool, StoreError> {
        self.database.empty_log()
    }

    /// Does `work`; where it fails nothing of it is there.
    pub(super) fn in_savepoint<T>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let connection = &self.database.connection;
        connection.prepare_cached("SAVEPOINT job")?.execute([])?;
        let outcome = work(self);
        // Then the savepoint is gone too.
        if self.database.is_ended() {
            return outcome;
        }
        if outcome.is_err() {
            connection.prepare_cached("ROLLBACK TO job")?.execute([])?;
        }
        connection.prepare_cached("RELEASE job")?.execute([])?;
        outcome
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

    pub(super) fn turns(&self, query: &str, values: impl rusqlite::Params) -> Result<Vec<Turn>, StoreError> {
        let mut query = self.database.connection.prepare_cached(query)?;
        let turn = |row: &Row<'_>| {
            Ok(Turn { number: unsigned(row.get(0)?), desk: row.get(1)?, conversation: row.get(2)? })
        };
        Ok(query.query_map(values, turn)?.collect::<Result<_, _>>()?)
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
        connection.prepare_cached("DELETE FROM step WHERE is_dead = 1 AND since < ?1")?.execute([old])?;
        Ok(())
    }

    pub(super) fn opened(&self, place: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        self.database.unsealed(place, sealed)
    }
}
