//! The notes: a SQLite file, one row for each note of each caller.

use std::path::Path;

use jiff::Timestamp;
use rusqlite::params;

use super::Caller;
use crate::sqlite::{Interrupted, SqliteFile};

/// What a caller wants forgotten does not stay behind in free pages of the file.
const TABLES: &str = "
    PRAGMA secure_delete = ON;
    CREATE TABLE IF NOT EXISTS notes (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        agent TEXT NOT NULL,
        caller TEXT NOT NULL,
        note TEXT NOT NULL,
        -- seconds since 1970
        at INTEGER NOT NULL,
        UNIQUE (agent, caller, note)
    ) STRICT;
";

/// Notes on callers. Clones are the same file.
///
/// ```
/// use swaig_functions::memory::Notes;
///
/// # let file = std::env::temp_dir().join(format!("notes-{}.db", std::process::id()));
/// let notes = Notes::open(&file)?;
/// # drop(notes); let _ = std::fs::remove_file(file);
/// # Ok::<(), swaig_functions::memory::NotesError>(())
/// ```
#[derive(Clone)]
pub struct Notes {
    file: SqliteFile,
}

/// A note on a caller.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use swaig::{Call, Function as _, NoArgs, Setup};
/// use swaig_functions::memory::{Forget, Recall, Remember, RememberArgs};
///
/// # let file = std::env::temp_dir().join(format!("memory-note-{}.db", std::process::id()));
/// let setup = Setup::test([("MEMORY_FILE", file.to_str().unwrap())]);
/// let call = Call::test().with_caller("+15551230000");
/// let args = RememberArgs { note: "Prefers mornings.".to_owned() };
/// Remember::build(&setup)?.call(args, &call).await.unwrap();
/// let recalled = Recall::build(&setup)?.call(NoArgs {}, &call).await.unwrap();
/// assert!(recalled.spoken().contains("Prefers mornings."));
/// Forget::build(&setup)?.call(NoArgs {}, &call).await.unwrap();
/// # std::fs::remove_file(file)?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Note {
    /// What was noted.
    pub text: String,
    /// When.
    pub at: Timestamp,
}

/// Why notes cannot be kept or found.
///
/// ```
/// use swaig_functions::memory::{Notes, NotesError};
///
/// let error = Notes::open("/there/is/no/folder/notes.db").err();
/// assert!(matches!(error, Some(NotesError::Sqlite(_))));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotesError {
    /// SQLite refused.
    #[error("the notes cannot be kept; check the file, and whether its folder can be written to")]
    Sqlite(#[from] rusqlite::Error),
    /// The work was ended in the middle.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}

impl Notes {
    /// Opens the file, and makes it where it is not there.
    ///
    /// # Errors
    /// A file that cannot be opened or written.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, NotesError> {
        Ok(Self { file: SqliteFile::open(path, TABLES)? })
    }

    /// Keeps a note, and forgets those that are too old (of all callers) or too many (of this one).
    pub(super) async fn put(
        &self,
        of: Caller,
        note: String,
        most: u32,
        since: Timestamp,
    ) -> Result<(), NotesError> {
        self.file
            .run(move |connection| {
                let Caller { agent, caller } = of;
                let transaction = connection.transaction()?;
                transaction.execute("DELETE FROM notes WHERE at < ?1", [since.as_second()])?;
                // What is noted again is the newest.
                transaction.execute(
                    "INSERT OR REPLACE INTO notes (agent, caller, note, at) VALUES (?1, ?2, ?3, ?4)",
                    params![agent, caller, note, Timestamp::now().as_second()],
                )?;
                transaction.execute(
                    "DELETE FROM notes WHERE agent = ?1 AND caller = ?2 AND id NOT IN (
                        SELECT id FROM notes WHERE agent = ?1 AND caller = ?2 ORDER BY id DESC LIMIT ?3)",
                    params![agent, caller, most],
                )?;
                Ok(transaction.commit()?)
            })
            .await
    }

    /// The notes on a caller, the oldest first.
    pub(super) async fn of(&self, of: Caller, since: Timestamp) -> Result<Vec<Note>, NotesError> {
        self.file
            .run(move |connection| {
                let query = "SELECT note, at FROM notes
                    WHERE agent = ?1 AND caller = ?2 AND at >= ?3 ORDER BY id";
                let mut statement = connection.prepare_cached(query)?;
                let rows = statement.query_map(params![of.agent, of.caller, since.as_second()], |row| {
                    let at = Timestamp::from_second(row.get(1)?).unwrap_or_default();
                    Ok(Note { text: row.get(0)?, at })
                })?;
                Ok(rows.collect::<Result<_, _>>()?)
            })
            .await
    }

    /// Forgets a caller; the number of their notes.
    pub(super) async fn forget(&self, of: Caller) -> Result<usize, NotesError> {
        self.file
            .run(move |connection| {
                let delete = "DELETE FROM notes WHERE agent = ?1 AND caller = ?2";
                Ok(connection.execute(delete, params![of.agent, of.caller])?)
            })
            .await
    }
}
