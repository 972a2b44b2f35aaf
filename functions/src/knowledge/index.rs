//! The folder as full text.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use rusqlite::{Connection, params};
use swaig::{Setup, SetupError};

use super::passages::{Passage, cut};

/// The setting of the folder.
const FOLDER: &str = "KNOWLEDGE_FOLDER";
/// In the sandbox, where no folder is named.
const EXAMPLE: &str = include_str!("example.md");
/// How often it is seen whether a file has changed, at most.
const LOOK: Duration = Duration::from_secs(1);
/// How many words of a question count.
const WORDS: usize = 24;
/// How many bytes a file has at most.
const LARGEST: u64 = 4 << 20;

/// A folder of Markdown files, those in folders below it included. Changed files are read again.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use swaig_functions::knowledge::Knowledge;
///
/// # let folder = std::env::temp_dir().join(format!("knowledge-knowledge-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// std::fs::write(folder.join("shop.md"), "# Honey\n\nA jar costs 7 dollars.\n")?;
/// let knowledge = Knowledge::open(Some(folder.clone()))?;
/// let passages = knowledge.search("What does honey cost?", 3).await?;
/// assert_eq!(passages[0].title, "Honey");
/// # std::fs::remove_dir_all(folder)?;
/// # Ok(()) }
/// ```
pub struct Knowledge {
    folder: Option<PathBuf>,
    index: Arc<Mutex<Index>>,
}

struct Index {
    connection: Connection,
    looked: Instant,
    /// The files as they were read: their names, and when they were changed.
    files: Vec<(PathBuf, Option<SystemTime>)>,
}

/// Why nothing can be looked up.
///
/// ```
/// use swaig_functions::knowledge::{Knowledge, KnowledgeError};
///
/// let error = Knowledge::open(Some("/there/is/none".into())).err();
/// assert!(matches!(error, Some(KnowledgeError::File { .. } | KnowledgeError::Empty { .. })));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KnowledgeError {
    /// The folder or a file cannot be read.
    #[error("{path} cannot be read; check the name and the permissions")]
    File {
        /// Which one.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// There is nothing to find.
    #[error("there is no text in the Markdown files of {path}; add files that end in .md")]
    Empty {
        /// The folder.
        path: String,
    },
    /// The index failed.
    #[error("the index cannot be used")]
    Index(#[from] rusqlite::Error),
    /// The work was ended in the middle.
    #[error("the search was interrupted")]
    Interrupted,
}

impl Knowledge {
    /// The settings with their meaning.
    pub const SETTINGS: &'static [(&'static str, &'static str)] = &[(
        FOLDER,
        "folder of Markdown files that knowledge_search answers from [default: an example, in the sandbox only]",
    )];

    /// What all functions of a server share.
    ///
    /// # Errors
    /// A folder that cannot be read or holds nothing; none at all in live mode.
    pub fn shared(setup: &Setup) -> Result<Arc<Self>, SetupError> {
        setup.shared(|setup| {
            let folder = setup.setting(FOLDER);
            if folder.is_none() && !setup.signalwire().is_sandbox() {
                return Err(SetupError::Missing { name: FOLDER.into() });
            }
            Self::open(folder.as_ref().map(PathBuf::from)).map_err(|error| {
                let folder = folder.unwrap_or_default();
                SetupError::failed(format!("cannot read the folder {folder} ({FOLDER})"), error)
            })
        })
    }

    /// Reads a folder; `None` is the example.
    ///
    /// # Errors
    /// [`KnowledgeError`]
    pub fn open(folder: Option<PathBuf>) -> Result<Self, KnowledgeError> {
        let connection = Connection::open_in_memory()?;
        connection.execute_batch(
            "CREATE VIRTUAL TABLE passages USING fts5(title, body, tokenize = 'porter unicode61 remove_diacritics 2')",
        )?;
        let mut index = Index { connection, looked: Instant::now(), files: Vec::new() };
        match &folder {
            Some(folder) => index.read(folder)?,
            None => index.fill(&cut("example", EXAMPLE))?,
        }
        Ok(Self { folder, index: Arc::new(Mutex::new(index)) })
    }

    /// The passages that fit a question best, the best first.
    ///
    /// # Errors
    /// [`KnowledgeError`]
    pub async fn search(&self, question: &str, most: usize) -> Result<Vec<Passage>, KnowledgeError> {
        let (index, folder, question) = (self.index.clone(), self.folder.clone(), question.to_owned());
        let task = tokio::task::spawn_blocking(move || {
            let mut index = index.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(folder) = folder
                && let Err(error) = index.look_again(&folder)
            {
                // What was read before is better than nothing.
                tracing::warn!(error = &error as &dyn std::error::Error, "the knowledge is not read again");
            }
            index.search(&question, most)
        });
        task.await.unwrap_or(Err(KnowledgeError::Interrupted))
    }
}

impl Index {
    fn look_again(&mut self, folder: &Path) -> Result<(), KnowledgeError> {
        if self.looked.elapsed() < LOOK {
            return Ok(());
        }
        self.looked = Instant::now();
        if files(folder)? == self.files { Ok(()) } else { self.read(folder) }
    }

    fn read(&mut self, folder: &Path) -> Result<(), KnowledgeError> {
        let files = files(folder)?;
        let mut passages = Vec::new();
        for (path, _) in &files {
            let text = std::fs::read_to_string(path)
                .map_err(|source| KnowledgeError::File { path: path.display().to_string(), source })?;
            let name = path.file_stem().map(|name| name.to_string_lossy().replace(['-', '_'], " "));
            passages.extend(cut(&name.unwrap_or_default(), &text));
        }
        if passages.is_empty() {
            return Err(KnowledgeError::Empty { path: folder.display().to_string() });
        }
        self.fill(&passages)?;
        self.files = files;
        Ok(())
    }

    fn fill(&mut self, passages: &[Passage]) -> Result<(), KnowledgeError> {
        let transaction = self.connection.transaction()?;
        transaction.execute("DELETE FROM passages", [])?;
        for passage in passages {
            let row = params![passage.title, passage.body];
            transaction.execute("INSERT INTO passages (title, body) VALUES (?1, ?2)", row)?;
        }
        Ok(transaction.commit()?)
    }

    fn search(&self, question: &str, most: usize) -> Result<Vec<Passage>, KnowledgeError> {
        let query = query(question);
        if query.is_empty() {
            return Ok(Vec::new());
        }
        // A word in a heading says more than one in the text.
        let sql = "SELECT title, body FROM passages WHERE passages MATCH ?1 ORDER BY bm25(passages, 4.0, 1.0) LIMIT ?2";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement
            .query_map(params![query, most], |row| Ok(Passage { title: row.get(0)?, body: row.get(1)? }))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

/// A question as a query: any of its words. Each is quoted, so that nothing in it is syntax of FTS5.
fn query(question: &str) -> String {
    let words = question.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    let words: Vec<String> = words.take(WORDS).map(|word| format!("\"{word}\"")).collect();
    words.join(" OR ")
}

/// The Markdown files of a folder, in order, and when they were changed.
fn files(folder: &Path) -> Result<Vec<(PathBuf, Option<SystemTime>)>, KnowledgeError> {
    let failed = |path: &Path| {
        let path = path.display().to_string();
        move |source| KnowledgeError::File { path, source }
    };
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).map_err(failed(&folder))? {
            let entry = entry.map_err(failed(&folder))?;
            let path = entry.path();
            // A link is not followed: it may lead out of the folder.
            let kind = entry.file_type().map_err(failed(&path))?;
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() && path.extension().is_some_and(|it| it.eq_ignore_ascii_case("md")) {
                let data = entry.metadata().map_err(failed(&path))?;
                if data.len() <= LARGEST {
                    found.push((path, data.modified().ok()));
                } else {
                    tracing::warn!(path = %path.display(), "a file of more than 4 MiB is left out of the knowledge");
                }
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[tokio::test]
    async fn the_best_passage_comes_first_and_changes_are_seen() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("shop.md");
        std::fs::write(&file, "# Opening hours\n\nNine to six.\n\n# Bread\n\nRye, baked before we open.\n")
            .unwrap();
        std::fs::write(folder.path().join("notes.txt"), "# Secret\n\nopen sesame").unwrap();
        let knowledge = Knowledge::open(Some(folder.path().to_owned())).unwrap();
        let titles = async |question: &str| {
            let found = knowledge.search(question, 3).await.unwrap();
            found.into_iter().map(|passage| passage.title).collect::<Vec<_>>()
        };
        assert_eq!(titles("When do you OPEN?").await, ["Opening hours", "Bread"]);
        assert_eq!(titles("sesame").await, [""; 0]);
        std::fs::create_dir(folder.path().join("more")).unwrap();
        std::fs::write(folder.path().join("more/cake.md"), "# Cake\n\nSésame cake on Sundays.\n").unwrap();
        knowledge.index.lock().unwrap().looked = Instant::now().checked_sub(LOOK).unwrap();
        assert_eq!(titles("sesame").await, ["Cake"]);
    }

    #[test]
    fn a_folder_that_cannot_be_used_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let open = |path: &Path| Knowledge::open(Some(path.to_owned())).err().unwrap().to_string();
        assert!(open(&folder.path().join("none")).contains("cannot be read"));
        assert!(open(folder.path()).contains("add files that end in .md"));
        let error = Knowledge::shared(&Setup::test([(FOLDER, "/nowhere")])).err().unwrap().to_string();
        assert!(error.contains("cannot read the folder /nowhere (KNOWLEDGE_FOLDER)"), "{error}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_question_is_syntax(question in ".{0,80}") {
            let knowledge = Knowledge::open(None).unwrap();
            let index = knowledge.index.lock().unwrap();
            prop_assert!(index.search(&question, 3).is_ok(), "{question}");
        }
    }
}
