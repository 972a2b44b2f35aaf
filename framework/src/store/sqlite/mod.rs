//! The store in one SQLite file, for one machine.
//!
//! One thread writes: it takes what waits, runs it in one transaction, and answers all when that is committed. Reads have
//! connections of their own, which the write-ahead log does not hold up.

mod conversations;
mod error;
mod events;
mod limits;
mod messages;
mod open;
mod readers;
mod replies;
mod retention;
mod schema;
#[cfg(test)]
mod tests;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use std::time::Instant;

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::Connection;

use super::tail::Tail;
use super::{Store, StoreError};
use crate::setup::{Setup, SetupError};
use readers::Readers;
use retention::Retention;
use writer::Writer;

/// The setting: what a commit survives.
const SYNC: &str = "SWAIG_STORE_SYNC";

/// What a commit survives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Sync {
    /// The end of the process, however it comes.
    #[default]
    Normal,
    /// The end of the machine's power as well: each group is synced to the disk.
    Full,
}

impl std::str::FromStr for Sync {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "normal" => Ok(Self::Normal),
            "full" => Ok(Self::Full),
            _ => Err("expected normal (a commit survives the process) or full (and a loss of power)"),
        }
    }
}

/// A store in a file. It is closed in order by [`close`](Store::close); what was committed is kept without it as well.
pub(crate) struct SqliteStore {
    path: PathBuf,
    writer: Writer,
    readers: Arc<Readers>,
    tail: Arc<Tail>,
}

impl SqliteStore {
    /// Opens the file that the settings name as `sqlite:PATH`, and makes it where it is not there.
    pub(super) fn from_setup(setup: &Setup, path: &str) -> Result<Self, StoreError> {
        if path.is_empty() || path == ":memory:" {
            let expected = "expected sqlite:PATH with the path of a file; memory: keeps nothing";
            return Err(SetupError::invalid(super::STORE, &expected).into());
        }
        let sync = setup.parse(SYNC)?.unwrap_or_default();
        Self::open(Path::new(path), sync, Retention::from_settings(setup.settings())?)
    }

    fn open(path: &Path, sync: Sync, retention: Retention) -> Result<Self, StoreError> {
        let opened = open::writer(path, sync)?;
        let tail = Arc::new(Tail::default());
        let readers = Arc::new(Readers::new(path));
        let writer = Writer::start(opened, path, tail.clone(), retention)
            .map_err(|error| SetupError::failed("cannot start the thread that writes the store", error))?;
        Ok(Self { path: path.to_owned(), writer, readers, tail })
    }

    /// Changes something. When it returns the change is committed.
    async fn write<T: Send + 'static>(
        &self,
        work: impl FnMut(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.writer.write(work, |_| ()).await
    }

    /// Reads something.
    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.readers.read(work).await
    }
}

#[async_trait]
impl Store for SqliteStore {
    fn name(&self) -> &'static str {
        "sqlite"
    }

    fn place(&self) -> Option<String> {
        Some(self.path.display().to_string())
    }

    /// Writes a row, so that a disk without room is noticed.
    async fn ping(&self) -> Result<(), StoreError> {
        self.write(|connection| {
            connection.prepare_cached("UPDATE state SET pings = (pings + 1) % 1000000")?.execute([]).map(drop)
        })
        .await
    }

    async fn close(&self) {
        self.readers.close().await;
        // Last, so that its connection is the last one: SQLite puts the write-ahead log into the file then, and removes it.
        self.writer.close().await;
    }
}

/// The time in milliseconds since 1970, since what is stored outlives the process. The clock of the machine is read once in a
/// process: where it jumps later on, a reply that is remembered for 30 seconds is so all the same.
fn now() -> i64 {
    static START: LazyLock<(i64, Instant)> =
        LazyLock::new(|| (Timestamp::now().as_millisecond(), Instant::now()));
    START.0 + i64::try_from(START.1.elapsed().as_millis()).unwrap_or(i64::MAX / 4)
}

/// A duration in milliseconds, at least one.
fn milliseconds(duration: std::time::Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX / 4).clamp(1, i64::MAX / 4)
}
