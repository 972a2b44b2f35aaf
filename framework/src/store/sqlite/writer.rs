//! The thread that writes: what waits is run in one transaction, and answered when that is committed.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ffi};
use tokio::runtime::Handle;
use tokio::sync::mpsc as tasks;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::super::StoreError;
use super::super::tail::Tail;
use super::error;
use super::open::Opened;
use super::retention::Retention;

/// How many changes are committed together.
const GROUP: usize = 256;
/// How many changes wait at most: who comes after them waits until he may wait.
const WAITING: usize = 4096;
/// How often it looks whether there is something to tidy, or whether another process wrote.
const TICK: Duration = Duration::from_secs(1);

/// The way to the thread.
pub(super) struct Writer {
    jobs: mpsc::Sender<Job>,
    room: Arc<Semaphore>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

enum Job {
    Change(Box<dyn Change>),
    Close(oneshot::Sender<()>),
}

/// A change, and who waits for it.
trait Change: Send {
    /// Does it, or says why it failed, where SQLite says so. It is done anew where its group was undone.
    fn run(&mut self, connection: &Connection) -> Result<(), Option<ffi::Error>>;
    /// What has to be done when its group is committed, before anybody hears of it.
    fn committed(&mut self);
    /// Says how it ended. `failed` is why nothing of its group was committed.
    fn answer(self: Box<Self>, path: &Path, failed: Option<&Arc<rusqlite::Error>>);
}

struct Work<F, G, T> {
    change: F,
    then: Option<G>,
    /// `None`: it was not run, or it panicked.
    result: Option<rusqlite::Result<T>>,
    done: oneshot::Sender<Result<T, StoreError>>,
    _room: OwnedSemaphorePermit,
}

impl<F, G, T> Change for Work<F, G, T>
where
    F: FnMut(&Connection) -> rusqlite::Result<T> + Send,
    G: FnOnce(&T) + Send,
    T: Send,
{
    fn run(&mut self, connection: &Connection) -> Result<(), Option<ffi::Error>> {
        self.result = None;
        // What it has changed so far is undone as that of any change that fails, and the others of its group go on.
        let result = catch_unwind(AssertUnwindSafe(|| (self.change)(connection))).map_err(|_| None)?;
        let ended = result.as_ref().map(drop).map_err(|cause| cause.sqlite_error().copied());
        self.result = Some(result);
        ended
    }

    fn committed(&mut self) {
        if let (Some(Ok(value)), Some(then)) = (&self.result, self.then.take()) {
            then(value);
        }
    }

    fn answer(self: Box<Self>, path: &Path, failed: Option<&Arc<rusqlite::Error>>) {
        let answer = match (self.result, failed) {
            (Some(Err(cause)), _) => Err(error::of(path, cause)),
            (Some(Ok(value)), None) => Ok(value),
            (_, Some(cause)) => Err(error::of_group(path, cause)),
            (None, None) => Err(StoreError::unavailable("a change of the store panicked, and was undone")),
        };
        // Who waited may have given up.
        let _ = self.done.send(answer);
    }
}

impl Writer {
    pub(super) fn start(
        Opened { connection, holder }: Opened,
        path: &Path,
        tail: Arc<Tail>,
        retention: Retention,
    ) -> std::io::Result<Self> {
        let (jobs, waiting) = mpsc::channel();
        let (committed, groups) = tasks::unbounded_channel();
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(answer_groups(groups));
        }
        let mut thread = Thread {
            committed,
            connection,
            holder,
            path: path.into(),
            tail,
            retention,
            data_version: None,
            tidied: Instant::now(),
        };
        let thread =
            std::thread::Builder::new().name("store".to_owned()).spawn(move || thread.run(&waiting))?;
        Ok(Self { jobs, room: Arc::new(Semaphore::new(WAITING)), thread: Mutex::new(Some(thread)) })
    }

    /// Has a change made, together with others that wait. `then` is called when it is committed, before the answer, in the
    /// order of the commits.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        work: impl FnMut(&Connection) -> rusqlite::Result<T> + Send + 'static,
        then: impl FnOnce(&T) + Send + 'static,
    ) -> Result<T, StoreError> {
        let (done, wait) = oneshot::channel();
        let room = self.room.clone().acquire_owned().await.map_err(StoreError::unavailable)?;
        let change = Box::new(Work { change: work, then: Some(then), result: None, done, _room: room });
        let closed = || StoreError::unavailable("the store is closed");
        self.jobs.send(Job::Change(change)).map_err(|_| closed())?;
        wait.await.map_err(|_| closed())?
    }

    /// Ends the thread when all that waits is done.
    pub(super) async fn close(&self) {
        let (done, wait) = oneshot::channel();
        if self.jobs.send(Job::Close(done)).is_ok() {
            let _ = wait.await;
        }
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // It has nothing left to do but to drop the connection.
            let _ = tokio::task::spawn_blocking(move || thread.join()).await;
        }
    }
}

/// A group of changes that is committed, or failed.
struct Group {
    changes: Vec<Box<dyn Change>>,
    path: Arc<Path>,
    failed: Option<Arc<rusqlite::Error>>,
}

impl Group {
    fn answer(self) {
        for change in self.changes {
            change.answer(&self.path, self.failed.as_ref());
        }
    }
}

/// Answers all of a group from inside of the runtime: the thread that writes has to wake it once, and not for each of them.
async fn answer_groups(mut groups: tasks::UnboundedReceiver<Group>) {
    while let Some(group) = groups.recv().await {
        group.answer();
    }
}

struct Thread {
    committed: tasks::UnboundedSender<Group>,
    connection: Connection,
    holder: i64,
    path: Arc<Path>,
    tail: Arc<Tail>,
    retention: Retention,
    /// Changes when another process has written.
    data_version: Option<i64>,
    tidied: Instant,
}

impl Thread {
    fn run(&mut self, waiting: &mpsc::Receiver<Job>) {
        let mut group = Vec::with_capacity(GROUP);
        loop {
            let mut close = None;
            match waiting.recv_timeout(TICK) {
                Ok(Job::Change(change)) => group.push(change),
                Ok(Job::Close(done)) => close = Some(done),
                Err(RecvTimeoutError::Timeout) => {}
                // The store was dropped: as after a kill, what was committed is kept.
                Err(RecvTimeoutError::Disconnected) => return,
            }
            // Whoever is about to ask for a change may do so first where they share a processor: one commit serves more.
            std::thread::yield_now();
            while close.is_none() && group.len() < GROUP {
                match waiting.try_recv() {
                    Ok(Job::Change(change)) => group.push(change),
                    Ok(Job::Close(done)) => close = Some(done),
                    Err(_) => break,
                }
            }
            if !group.is_empty() {
                self.commit(&mut group);
            } else if self.tail.is_waited_for() {
                self.look_for_others();
            }
            if let Some(done) = close {
                self.close();
                let _ = done.send(());
                return;
            }
            self.tidy();
        }
    }

    /// Runs a group, and has those who wait for it answered.
    fn commit(&mut self, group: &mut Vec<Box<dyn Change>>) {
        let failed = self.transaction(group, false).err().map(Arc::new);
        if failed.is_some() && !self.connection.is_autocommit() {
            let _ = self.connection.execute_batch("ROLLBACK");
        }
        if failed.is_none() {
            // Here and not with the answers: what other processes write is looked for between two groups, and comes after it.
            for change in group.iter_mut() {
                change.committed();
            }
        }
        let group = Group { changes: std::mem::take(group), path: self.path.clone(), failed };
        if let Err(unsent) = self.committed.send(group) {
            // The runtime is gone, or has not been there.
            unsent.0.answer();
        }
    }

    /// Runs a group in one transaction. A change that fails is undone alone: then all are done anew, `apart`, so that each can
    /// be. To be ready for that each time would take a tenth of the time, and hardly any fails.
    fn transaction(&mut self, group: &mut [Box<dyn Change>], apart: bool) -> rusqlite::Result<()> {
        self.execute("BEGIN IMMEDIATE")?;
        self.look_for_others();
        let alone = group.len() == 1;
        for change in group.iter_mut() {
            if apart {
                self.execute("SAVEPOINT change")?;
            }
            if let Err(cause) = change.run(&self.connection) {
                if self.connection.is_autocommit() {
                    // SQLite itself has undone all of the group: the disk is full, or broken.
                    return Err(undone(cause));
                }
                if !apart {
                    self.execute("ROLLBACK")?;
                    return if alone { Ok(()) } else { self.transaction(group, true) };
                }
                self.execute("ROLLBACK TO change")?;
            }
            if apart {
                self.execute("RELEASE change")?;
            }
        }
        self.execute("COMMIT")
    }

    fn execute(&self, statement: &str) -> rusqlite::Result<()> {
        self.connection.prepare_cached(statement)?.execute([]).map(drop)
    }

    /// What another process wrote is not in the tail.
    fn look_for_others(&mut self) {
        let version = self
            .connection
            .prepare_cached("PRAGMA data_version")
            .and_then(|mut statement| statement.query_row([], |row| row.get::<_, i64>(0)));
        if let Ok(version) = version
            && self.data_version.replace(version).is_some_and(|last| last != version)
        {
            self.tail.forget();
        }
    }

    fn tidy(&mut self) {
        if self.tidied.elapsed() < self.retention.pause() {
            return;
        }
        if let Err(error) = self.retention.tidy(&self.connection) {
            tracing::warn!(error = &error as &dyn std::error::Error, "the store was not tidied");
        }
        self.tidied = Instant::now();
    }

    fn close(&mut self) {
        // Where another process has opened it since then, that one has to say so.
        let close = "UPDATE state SET open = 0 WHERE open = ?1";
        let closed = self
            .connection
            .execute(close, [self.holder])
            .and_then(|_| self.connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)"));
        if let Err(error) = closed {
            tracing::warn!(error = &error as &dyn std::error::Error, "the store was not closed in order");
        }
    }
}

/// The error of a group that SQLite has undone, because of one of its changes.
fn undone(cause: Option<ffi::Error>) -> rusqlite::Error {
    let cause = cause.unwrap_or_else(|| ffi::Error::new(ffi::SQLITE_ABORT));
    rusqlite::Error::SqliteFailure(cause, Some(format!("all changes of a group were undone: {cause}")))
}
