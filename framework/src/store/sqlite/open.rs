//! Opening the file: it has to be one of ours, whole, and of a version that is known.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OpenFlags};
use uuid::Uuid;

use super::super::{STORE, StoreError};
use super::{Sync, error, schema};
use crate::setup::SetupError;

/// How long one process waits for another that writes.
const BUSY: Duration = Duration::from_secs(5);
/// Up to this size a file is looked through at each start; a larger one only where it was not closed.
const CHECKED: u64 = 64 << 20;

/// The connection that writes, and who has it.
pub(super) struct Opened {
    pub(super) connection: Connection,
    /// The number that stands in the file as long as it is open. It is random.
    pub(super) holder: i64,
}

/// Opens the file to write.
pub(super) fn writer(path: &Path, sync: Sync) -> Result<Opened, StoreError> {
    let size = create(path)?;
    let mut connection =
        connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(|cause| error::of_opening(path, cause))?;
    recognise(&connection, path)?;
    prepare(&mut connection, sync).map_err(|cause| error::of_opening(path, cause))?;
    let holder = check(&connection, path, size)?;
    Ok(Opened { connection, holder })
}

/// A connection that reads.
pub(super) fn reader(path: &Path) -> rusqlite::Result<Connection> {
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

fn connect(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// Makes the file where it is not there, for its owner alone: it holds what callers said. Returns its size.
fn create(path: &Path) -> Result<u64, StoreError> {
    let failed = |source: io::Error| {
        let hint = match source.kind() {
            io::ErrorKind::NotFound => "make its folder, or ",
            io::ErrorKind::PermissionDenied => "give this user the right to write there, or ",
            _ => "",
        };
        let what = format!("cannot open the store {}: {hint}name another file in {STORE}", path.display());
        StoreError::from(SetupError::failed(what, source))
    };
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(failed)?;
    Ok(fs::metadata(path).map_err(failed)?.len())
}

/// Refuses what is another program's, and what a newer version wrote.
fn recognise(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let read = || -> rusqlite::Result<(i32, u32, u32)> {
        // All at one moment: another process may be making the tables right now.
        let moment = connection.unchecked_transaction()?;
        let tables = moment.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        let application = moment.pragma_query_value(None, "application_id", |row| row.get(0))?;
        Ok((application, schema::version(&moment)?, tables))
    };
    let (application, version, tables) = read().map_err(|cause| error::of_opening(path, cause))?;
    if application != schema::APPLICATION && (tables, version, application) != (0, 0, 0) {
        return Err(error::damaged(path, "it is another program's database"));
    }
    if version > schema::newest() {
        return Err(StoreError::Newer {
            place: path.display().to_string(),
            found: version,
            known: schema::newest(),
        });
    }
    Ok(())
}

fn prepare(connection: &mut Connection, sync: Sync) -> rusqlite::Result<()> {
    // Before the first table: the pages of what is deleted are used again, and can be given back.
    connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    write_ahead(connection)?;
    connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
    connection.pragma_update(None, "synchronous", if sync == Sync::Full { "FULL" } else { "NORMAL" })?;
    // Pages after which the log is brought into the file: 32 MiB. Many pages are written again and again until then, and to read
    // so much after a crash takes 25 ms.
    connection.pragma_update(None, "wal_autocheckpoint", 8192)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // Kibibytes of pages in memory.
    connection.pragma_update(None, "cache_size", -16 << 10)?;
    schema::migrate(connection)
}

/// Turns the write-ahead log on.
fn write_ahead(connection: &Connection) -> rusqlite::Result<()> {
    let began = Instant::now();
    loop {
        match connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0)) {
            Ok(mode) if mode == "wal" => return Ok(()),
            Ok(mode) => {
                tracing::warn!(
                    mode,
                    "there is no write-ahead log here: reads and writes of the store wait for each other"
                );
                return Ok(());
            }
            // Where another process does the same, SQLite does not wait by itself.
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && began.elapsed() < BUSY =>
            {
                std::thread::sleep(Duration::from_millis(10));
            }
            Err(error) => return Err(error),
        }
    }
}

/// Looks the file through, and notes who has it open.
fn check(connection: &Connection, path: &Path, size: u64) -> Result<i64, StoreError> {
    let look = |connection: &Connection| -> rusqlite::Result<String> {
        connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
    };
    let holder = i64::try_from(Uuid::new_v4().as_u64_pair().0 >> 1).unwrap_or(i64::MAX);
    let note = || -> rusqlite::Result<bool> {
        let clean = connection.query_row("SELECT open = 0 FROM state", [], |row| row.get(0))?;
        connection.execute("UPDATE state SET open = ?1", [holder])?;
        Ok(clean)
    };
    let clean = note().map_err(|cause| error::of_opening(path, cause))?;
    if size <= CHECKED {
        let found = look(connection).map_err(|cause| error::of_opening(path, cause))?;
        return if found == "ok" { Ok(holder) } else { Err(error::damaged(path, found)) };
    }
    if !clean {
        // It takes minutes where there are gigabytes, and the write-ahead log has seen to the usual case already.
        let path = path.to_owned();
        let started = std::thread::Builder::new().name("store-check".to_owned()).spawn(move || {
            match reader(&path).and_then(|connection| look(&connection)) {
                Ok(found) if found == "ok" => {
                    tracing::info!("the store was not closed in order, and is whole");
                }
                Ok(found) => {
                    tracing::error!(found, path = %path.display(), "the store is damaged: restore it from a copy");
                }
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::error!(error, path = %path.display(), "the store cannot be looked through");
                }
            }
        });
        if let Err(error) = started {
            tracing::warn!(error = &error as &dyn std::error::Error, "the store is not looked through");
        }
    }
    Ok(holder)
}
