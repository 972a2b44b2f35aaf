//! A SQLite file of a function's own: what a business keeps, apart from the server's store.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::Connection;

/// How long it is waited for another process that writes.
const BUSY: Duration = Duration::from_secs(3);

/// A file that is written to disk before anybody hears of it. Clones are the same file.
#[derive(Clone)]
pub(crate) struct SqliteFile(Arc<Mutex<Connection>>);

/// The work on a file was ended in the middle.
#[derive(Debug, thiserror::Error)]
#[error("the work on the file was interrupted")]
pub struct Interrupted;

impl SqliteFile {
    /// Opens the file, makes it where it is not there, and brings in the tables.
    pub(crate) fn open(path: impl AsRef<Path>, tables: &str) -> rusqlite::Result<Self> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(BUSY)?;
        connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")?;
        connection.execute_batch(tables)?;
        Ok(Self(Arc::new(Mutex::new(connection))))
    }

    /// Does it on a thread that may wait.
    pub(crate) async fn run<T, E>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Interrupted> + Send + 'static,
    {
        let connection = self.0.clone();
        let task = tokio::task::spawn_blocking(move || {
            // A transaction that was not committed is rolled back where its work panicked.
            work(&mut connection.lock().unwrap_or_else(PoisonError::into_inner))
        });
        task.await.unwrap_or_else(|_| Err(Interrupted.into()))
    }
}
