//! The connections that read.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::super::StoreError;
use super::{error, open};

/// How many reads go on at once.
const CONNECTIONS: usize = 4;

/// Connections that are made when they are needed first.
pub(super) struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    turns: Semaphore,
}

impl Readers {
    pub(super) fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), idle: Mutex::default(), turns: Semaphore::new(CONNECTIONS) }
    }

    /// Reads on a thread that may block.
    pub(super) async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let _turn = self.turns.acquire().await.map_err(StoreError::unavailable)?;
        let readers = self.clone();
        let read = move || {
            let connection = match readers.take() {
                Some(connection) => connection,
                None => open::reader(&readers.path)?,
            };
            let read = work(&connection);
            // One that failed may be broken.
            if read.is_ok() {
                readers.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
            }
            read
        };
        let read = tokio::task::spawn_blocking(read).await.map_err(StoreError::unavailable)?;
        read.map_err(|cause| error::of(&self.path, cause))
    }

    fn take(&self) -> Option<Connection> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }
}
