//! The connections that read.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::super::StoreError;
use super::{error, open};

/// How many reads go on at once.
const CONNECTIONS: u32 = 4;

/// Connections that are made when they are needed first.
pub(super) struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    turns: Arc<Semaphore>,
}

impl Readers {
    pub(super) fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            idle: Mutex::default(),
            turns: Arc::new(Semaphore::new(CONNECTIONS as usize)),
        }
    }

    /// Reads on a thread that may block.
    pub(super) async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let turn = self.turns.clone().acquire_owned().await.map_err(StoreError::unavailable)?;
        let readers = self.clone();
        let read = move || {
            // Until the end of the read, also where nobody waits for it any more.
            let _turn = turn;
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

    /// Closes the connections. No read begins any more.
    pub(super) async fn close(&self) {
        // All turns: those that still read have ended.
        let turns = self.turns.acquire_many(CONNECTIONS).await;
        self.turns.close();
        drop(turns);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn take(&self) -> Option<Connection> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }
}
