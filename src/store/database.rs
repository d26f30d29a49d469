//! A database file of ours: opened, checked, its texts encrypted.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OptionalExtension, params};

use super::seal::Seal;
use super::{Key, StoreError};

const CHECK: &str = "check";

/// Table that tells whether the key is the one that the file was made with.
const META: &str = "CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, sealed BLOB NOT NULL) STRICT;";

/// `secure_delete` overwrites what is deleted; `full` waits for the disk.
const PRAGMAS: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA secure_delete = ON;
    PRAGMA foreign_keys = ON;";

/// How long to wait for another program that writes.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a file holds and how.
#[derive(Debug, Clone, Copy)]
pub(super) struct Schema {
    /// In messages: "the file of ...".
    pub(super) what: &'static str,
    pub(super) tables: &'static str,
    pub(super) format: i32,
    /// Whether no other program may have it open.
    pub(super) exclusive: bool,
}

/// An open file.
pub(super) struct Database {
    pub(super) connection: Connection,
    seal: Seal,
}

impl Database {
    /// Opens or makes the file, readable by its owner alone.
    pub(super) fn open(path: &Path, key: &Key, schema: Schema) -> Result<Self, StoreError> {
        let Schema { what, tables, format: wanted, exclusive } = schema;
        make_private(path, what)?;
        let path = || path.to_owned();
        let opened = |source: rusqlite::Error| match source.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                StoreError::InUse { what, path: path() }
            }
            Some(ErrorCode::NotADatabase) => StoreError::Format { what, path: path(), found: 0, wanted },
            _ => StoreError::Open { what, path: path(), source: Arc::new(source) },
        };
        let connection = Connection::open(path()).map_err(opened)?;
        if exclusive {
            connection.execute_batch("PRAGMA locking_mode = EXCLUSIVE").map_err(opened)?;
        } else {
            connection.busy_timeout(PATIENCE).map_err(opened)?;
        }
        connection.execute_batch(PRAGMAS).map_err(opened)?;
        let found: i32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(opened)?;
        let is_new = found == 0 && is_empty(&connection).map_err(opened)?;
        if !is_new && found != wanted {
            return Err(StoreError::Format { what, path: path(), found, wanted });
        }
        connection.execute_batch(META).map_err(opened)?;
        connection.execute_batch(tables).map_err(opened)?;
        connection.execute_batch(&format!("PRAGMA user_version = {wanted}")).map_err(opened)?;
        let database = Self { connection, seal: Seal::new(key) };
        if !database.is_key_right()? {
            return Err(StoreError::OtherKey { what, path: path() });
        }
        Ok(database)
    }

    /// Whether the key is the file's; a new file takes it.
    fn is_key_right(&self) -> Result<bool, StoreError> {
        let query = "SELECT sealed FROM meta WHERE name = ?1";
        let found: Option<Vec<u8>> =
            self.connection.query_row(query, [CHECK], |row| row.get(0)).optional()?;
        if let Some(sealed) = found {
            return Ok(self.unsealed(CHECK, &sealed).is_some());
        }
        let sealed = self.sealed(CHECK, CHECK.as_bytes())?;
        let insert = "INSERT INTO meta (name, sealed) VALUES (?1, ?2)";
        self.connection.execute(insert, params![CHECK, sealed])?;
        Ok(true)
    }

    /// `plain` encrypted, as what belongs to `place`.
    pub(super) fn sealed(&self, place: &str, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.seal.seal(place, plain).ok_or(StoreError::Stopped)
    }

    /// What was sealed for `place`.
    pub(super) fn unsealed(&self, place: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        self.seal.open(place, sealed)
    }

    /// Begins a transaction.
    pub(super) fn begin(&self) -> Result<(), StoreError> {
        Ok(self.connection.execute_batch("BEGIN IMMEDIATE")?)
    }

    /// Ends it; nothing of it is there when that fails.
    pub(super) fn commit(&self) -> Result<(), StoreError> {
        let committed = self.connection.execute_batch("COMMIT");
        if committed.is_err() && !self.connection.is_autocommit() {
            self.connection.execute_batch("ROLLBACK")?;
        }
        Ok(committed?)
    }
}

/// SQLite's integers are signed; none of ours comes near the bound.
pub(super) fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// A number as it was before [`number`].
pub(super) fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

fn is_empty(connection: &Connection) -> Result<bool, rusqlite::Error> {
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| Ok(row.get::<_, i64>(0)? == 0))
}

/// Makes the file before SQLite would, so that nobody else can read it; SQLite gives the files beside it the
/// same rights.
fn make_private(path: &Path, what: &'static str) -> Result<(), StoreError> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let made = options.open(path).map(drop);
    made.map_err(|source| StoreError::Make { what, path: PathBuf::from(path), source: Arc::new(source) })
}
