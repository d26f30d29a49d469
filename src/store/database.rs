//! A database file of ours: opened, checked, its texts encrypted.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, params};

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

/// What makes a file of an older format one of the next.
#[derive(Debug, Clone, Copy)]
pub(super) struct Upgrade {
    pub(super) from: i32,
    pub(super) change: &'static str,
}

impl Schema {
    fn failed(&self, path: &Path, source: rusqlite::Error) -> StoreError {
        let (what, path) = (self.what, path.to_owned());
        match source.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) if self.exclusive => {
                StoreError::InUse { what, path }
            }
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Locked { what, path },
            Some(ErrorCode::NotADatabase) => StoreError::Format { what, path, found: 0, wanted: self.format },
            _ => StoreError::Open { what, path, source: Arc::new(source) },
        }
    }
}

/// An open file.
pub(super) struct Database {
    pub(super) connection: Connection,
    seal: Seal,
}

impl Database {
    /// Opens or makes the file, readable by its owner alone.
    pub(super) fn open(path: &Path, key: &Key, schema: Schema) -> Result<Self, StoreError> {
        Self::open_upgraded(path, key, schema, &[])
    }

    /// As [`Self::open`]; `upgrades` bring a file of an older format to this one.
    pub(super) fn open_upgraded(
        path: &Path,
        key: &Key,
        schema: Schema,
        upgrades: &[Upgrade],
    ) -> Result<Self, StoreError> {
        make_private(path, schema.what)?;
        let failed = |source| schema.failed(path, source);
        let connection = Connection::open(path).map_err(failed)?;
        if schema.exclusive {
            connection.execute_batch("PRAGMA locking_mode = EXCLUSIVE").map_err(failed)?;
        } else {
            connection.busy_timeout(PATIENCE).map_err(failed)?;
        }
        connection.execute_batch(PRAGMAS).map_err(failed)?;
        let database = Self { connection, seal: Seal::new(key) };
        // In one transaction: a power cut leaves a whole file or none. A failure closes the file, which undoes it.
        database.connection.execute_batch("BEGIN IMMEDIATE").map_err(failed)?;
        database.make_tables(path, schema, upgrades)?;
        if !database.is_key_right()? {
            return Err(StoreError::OtherKey { what: schema.what, path: path.to_owned() });
        }
        database.connection.execute_batch("COMMIT").map_err(failed)?;
        Ok(database)
    }

    fn make_tables(&self, path: &Path, schema: Schema, upgrades: &[Upgrade]) -> Result<(), StoreError> {
        let Schema { what, tables, format: wanted, .. } = schema;
        let failed = |source| schema.failed(path, source);
        let connection = &self.connection;
        let found: i32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(failed)?;
        let is_new = found == 0 && is_empty(connection).map_err(failed)?;
        let mut format = if is_new { wanted } else { found };
        while let Some(upgrade) = upgrades.iter().find(|upgrade| upgrade.from == format && format < wanted) {
            connection.execute_batch(upgrade.change).map_err(failed)?;
            format += 1;
        }
        if format != wanted {
            return Err(StoreError::Format { what, path: path.to_owned(), found, wanted });
        }
        connection.execute_batch(META).map_err(failed)?;
        connection.execute_batch(tables).map_err(failed)?;
        // A file that is as wanted is not written to: it can be opened on a disk that is full.
        if found == wanted {
            return Ok(());
        }
        connection.execute_batch(&format!("PRAGMA user_version = {wanted}")).map_err(failed)
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

    /// Whether SQLite has ended the transaction itself, as it does where the disk is full or fails.
    pub(super) fn is_ended(&self) -> bool {
        self.connection.is_autocommit()
    }

    /// Moves what was written into the file itself and empties the log beside it, which would still hold what was
    /// erased. False where another program is reading it.
    pub(super) fn empty_log(&self) -> Result<bool, StoreError> {
        let is_busy = |row: &Row<'_>| row.get::<_, i64>(0).map(|busy| busy != 0);
        Ok(!self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], is_busy)?)
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

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Schema = Schema {
        what: "tests",
        tables: "CREATE TABLE IF NOT EXISTS a (x TEXT) STRICT;",
        format: 1,
        exclusive: false,
    };
    const SECOND: Schema = Schema {
        tables: "CREATE TABLE IF NOT EXISTS a (x TEXT, y INTEGER NOT NULL DEFAULT 7) STRICT;",
        format: 2,
        ..FIRST
    };
    const UPGRADE: Upgrade =
        Upgrade { from: 1, change: "ALTER TABLE a ADD COLUMN y INTEGER NOT NULL DEFAULT 7;" };

    fn key(digit: &str) -> Key {
        Key::parse(&digit.repeat(64)).unwrap()
    }

    /// The format that is not this program's.
    fn found(opened: &Result<Database, StoreError>) -> Option<i32> {
        match opened {
            Err(StoreError::Format { found, .. }) => Some(*found),
            _ => None,
        }
    }

    #[test]
    fn who_has_a_file_is_told_by_whether_it_may_be_shared() {
        let told = |exclusive| {
            let busy = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY);
            let schema = Schema { exclusive, ..FIRST };
            schema.failed(Path::new("a.sqlite"), rusqlite::Error::SqliteFailure(busy, None)).to_string()
        };
        let (alone, shared) = (told(true), told(false));
        assert!(
            alone.contains("the file of tests a.sqlite is in use") && alone.contains("of its own"),
            "{alone}"
        );
        assert!(shared.contains("the file of tests a.sqlite is locked"), "{shared}");
        assert!(shared.contains("try again") && !shared.contains("of its own"), "{shared}");
    }

    #[test]
    fn a_file_that_is_shared_is_locked_while_another_writes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sqlite");
        let database = Database::open(&path, &key("a"), FIRST).unwrap();
        database.begin().unwrap();
        let connection = Connection::open(&path).unwrap();
        connection.busy_timeout(Duration::ZERO).unwrap();
        let source = connection.execute_batch("BEGIN IMMEDIATE").unwrap_err();
        assert!(matches!(FIRST.failed(&path, source), StoreError::Locked { .. }));
    }

    #[test]
    fn what_could_not_be_made_to_the_end_is_made_at_the_next_opening() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sqlite");
        let broken = Schema { tables: "CREATE TABLE a (x TEXT) STRICT; CREATE TABLE", ..FIRST };
        assert!(matches!(Database::open(&path, &key("a"), broken), Err(StoreError::Open { .. })));
        let database = Database::open(&path, &key("b"), FIRST).unwrap();
        database.connection.execute("INSERT INTO a (x) VALUES ('one')", []).unwrap();
        drop(database);
        assert!(Database::open(&path, &key("b"), FIRST).is_ok());
        assert!(matches!(Database::open(&path, &key("a"), FIRST), Err(StoreError::OtherKey { .. })));
    }

    #[test]
    fn a_file_of_an_older_format_is_brought_to_this_one_with_what_is_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sqlite");
        let database = Database::open(&path, &key("a"), FIRST).unwrap();
        database.connection.execute("INSERT INTO a (x) VALUES ('one')", []).unwrap();
        drop(database);
        assert_eq!(found(&Database::open(&path, &key("a"), SECOND)), Some(1));
        let other = Database::open_upgraded(&path, &key("b"), SECOND, &[UPGRADE]);
        assert!(matches!(other, Err(StoreError::OtherKey { .. })), "and nothing is changed");
        assert!(Database::open(&path, &key("a"), FIRST).is_ok());
        let database = Database::open_upgraded(&path, &key("a"), SECOND, &[UPGRADE]).unwrap();
        let row = |row: &Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?));
        let read = database.connection.query_row("SELECT x, y FROM a", [], row).unwrap();
        assert_eq!(read, ("one".to_owned(), 7));
        drop(database);
        assert_eq!(found(&Database::open(&path, &key("a"), FIRST)), Some(2));
        assert!(Database::open_upgraded(&path, &key("a"), SECOND, &[UPGRADE]).is_ok());
    }
}
