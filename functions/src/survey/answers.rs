//! The answers: a SQLite file, one row for each question of each call.

use std::path::Path;

use jiff::Timestamp;
use rusqlite::params;

use crate::sqlite::{Interrupted, SqliteFile};

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS answers (
        agent_id TEXT NOT NULL,
        call_id TEXT NOT NULL,
        question TEXT NOT NULL,
        answer TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (agent_id, call_id, question)
    ) STRICT;
";

/// The answers of a survey. Clones are the same file.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use swaig_functions::survey::Answers;
///
/// # let file = std::env::temp_dir().join(format!("answers-{}.db", std::process::id()));
/// let answers = Answers::open(&file)?;
/// answers.put("survey", "c1", "overall", "4").await?;
/// assert_eq!(answers.of("survey", "c1").await?, [("overall".to_owned(), "4".to_owned())]);
/// # drop(answers); std::fs::remove_file(file)?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Answers {
    file: SqliteFile,
}

/// Why answers cannot be kept.
///
/// ```
/// use swaig_functions::survey::{Answers, AnswersError};
///
/// let error = Answers::open("/there/is/no/folder/answers.db").err();
/// assert!(matches!(error, Some(AnswersError::Sqlite(_))));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AnswersError {
    /// SQLite refused.
    #[error("the answers cannot be kept; check the file, and whether its folder can be written to")]
    Sqlite(#[from] rusqlite::Error),
    /// The work was ended in the middle.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}

impl Answers {
    /// Opens the file, and makes it where it is not there.
    ///
    /// # Errors
    /// A file that cannot be opened or written.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, AnswersError> {
        Ok(Self { file: SqliteFile::open(path, TABLES)? })
    }

    /// Keeps an answer; a later one to the same question in the same call takes its place.
    ///
    /// # Errors
    /// The file cannot be written.
    pub async fn put(
        &self,
        agent_id: &str,
        call_id: &str,
        question: &str,
        answer: &str,
    ) -> Result<(), AnswersError> {
        let row = [agent_id, call_id, question, answer].map(str::to_owned);
        self.file
            .run(move |connection| {
                let now = Timestamp::now().to_string();
                let insert = "INSERT OR REPLACE INTO answers VALUES (?1, ?2, ?3, ?4, ?5)";
                connection.execute(insert, params![row[0], row[1], row[2], row[3], now])?;
                Ok(())
            })
            .await
    }

    /// The answers of a call, as question and answer.
    ///
    /// # Errors
    /// The file cannot be read.
    pub async fn of(&self, agent_id: &str, call_id: &str) -> Result<Vec<(String, String)>, AnswersError> {
        let ids = [agent_id, call_id].map(str::to_owned);
        self.file.run(move |connection| {
            let query =
                "SELECT question, answer FROM answers WHERE agent_id = ?1 AND call_id = ?2 ORDER BY rowid";
            let mut statement = connection.prepare_cached(query)?;
            let rows = statement.query_map(ids, |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
    }
}
