//! The file: its table and what is asked of it.

use std::path::Path;

use rusqlite::{OptionalExtension, params};

use super::{DatedQuestion, UnansweredLimits, UnansweredQuestion, mask, today};
use crate::store::database::{Database, Schema, number, unsigned};
use crate::store::{Key, StoreError};

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS question (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        day INTEGER NOT NULL,
        sealed BLOB NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS question_day ON question (day);";

const SCHEMA: Schema = Schema { what: "unanswered questions", tables: TABLES, format: 1, exclusive: false };

/// Questions as they were kept, in the order of their coming.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeptQuestions {
    /// Those that can be read.
    pub questions: Vec<DatedQuestion>,
    /// How many are damaged on disk.
    pub damaged: u64,
}

/// The file, for whoever may wait for the disk; a server may have it open.
pub struct UnansweredFile {
    pub(super) database: Database,
}

impl std::fmt::Debug for UnansweredFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UnansweredFile").finish_non_exhaustive()
    }
}

impl UnansweredFile {
    /// Opens or makes the file.
    ///
    /// # Errors
    /// It cannot be opened, is another program's, of another version, or made with another key.
    pub fn open(path: &Path, key: &Key) -> Result<Self, StoreError> {
        Ok(Self { database: Database::open(path, key, SCHEMA)? })
    }

    /// The questions from `day` on.
    ///
    /// # Errors
    /// The disk.
    pub fn questions_from(&self, day: u64) -> Result<KeptQuestions, StoreError> {
        let mut kept = KeptQuestions::default();
        let query = "SELECT day, sealed FROM question WHERE day >= ?1 ORDER BY number";
        let mut query = self.database.connection.prepare_cached(query)?;
        let mut rows = query.query([number(day)])?;
        while let Some(row) = rows.next()? {
            let (day, sealed): (i64, Vec<u8>) = (row.get(0)?, row.get(1)?);
            match self.unsealed(day, &sealed) {
                Some(question) => kept.questions.push(DatedQuestion { day: unsigned(day), question }),
                None => kept.damaged += 1,
            }
        }
        Ok(kept)
    }

    /// Erases what is past its time and what is too much; gives how many.
    ///
    /// # Errors
    /// The disk.
    pub fn sweep(&self, limits: UnansweredLimits) -> Result<usize, StoreError> {
        let connection = &self.database.connection;
        // What came at the first moment of that day is so many days old now.
        let last = today().checked_sub(limits.days).map_or(-1, number);
        let old = connection.prepare_cached("DELETE FROM question WHERE day <= ?1")?.execute([last])?;
        let excess = "DELETE FROM question WHERE number IN
             (SELECT number FROM question ORDER BY number DESC LIMIT -1 OFFSET ?1)";
        Ok(old + connection.prepare_cached(excess)?.execute([number(limits.entries)])?)
    }

    /// Erases everything; gives how many that were.
    ///
    /// # Errors
    /// The disk.
    pub fn forget(&self) -> Result<usize, StoreError> {
        Ok(self.database.connection.execute("DELETE FROM question", [])?)
    }

    /// Empties the log beside the file, which still holds what was erased. False where another program is reading it.
    ///
    /// # Errors
    /// The disk.
    pub fn empty_log(&self) -> Result<bool, StoreError> {
        self.database.empty_log()
    }

    /// Adds a question without its personal details; gives its number.
    pub(super) fn insert(&self, day: u64, question: &UnansweredQuestion) -> Result<i64, StoreError> {
        let sealed = self.sealed(number(day), question)?;
        let connection = &self.database.connection;
        let insert = "INSERT INTO question (day, sealed) VALUES (?1, ?2)";
        connection.prepare_cached(insert)?.execute(params![number(day), sealed])?;
        Ok(connection.last_insert_rowid())
    }

    /// Puts `question` in the place of the one of this number, if that is still there.
    pub(super) fn replace(&self, at: i64, question: &UnansweredQuestion) -> Result<(), StoreError> {
        let connection = &self.database.connection;
        let mut find = connection.prepare_cached("SELECT day FROM question WHERE number = ?1")?;
        let Some(day) = find.query_row([at], |row| row.get::<_, i64>(0)).optional()? else { return Ok(()) };
        let sealed = self.sealed(day, question)?;
        let update = "UPDATE question SET sealed = ?2 WHERE number = ?1";
        connection.prepare_cached(update)?.execute(params![at, sealed])?;
        Ok(())
    }

    fn sealed(&self, day: i64, question: &UnansweredQuestion) -> Result<Vec<u8>, StoreError> {
        let question = UnansweredQuestion { question: mask::masked(&question.question), ..question.clone() };
        let plain = postcard::to_stdvec(&question).map_err(|_| StoreError::Stopped)?;
        self.database.sealed(&place(day), &plain)
    }

    fn unsealed(&self, day: i64, sealed: &[u8]) -> Option<UnansweredQuestion> {
        postcard::from_bytes(&self.database.unsealed(&place(day), sealed)?).ok()
    }
}

/// What an entry belongs to: none can be passed off as one of another day, and so as a younger one.
fn place(day: i64) -> String {
    format!("question of day {day}")
}
