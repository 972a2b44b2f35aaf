//! What is kept for how long, and how much of it. It is deleted in small pieces between the groups of the writer, so that
//! nobody waits for it.

use std::cell::Cell;
use std::time::Duration;

use rusqlite::{Connection, params};

use super::now;
use crate::setup::{Settings, SetupError};

/// The setting: for how many days events and conversations are kept; 0: for ever.
const MAX_AGE: &str = "SWAIG_STORE_MAX_AGE";
const DEFAULT_MAX_AGE: u32 = 30;
/// The setting: how many MiB the file has at most; 0: as many as there are.
const MAX_SIZE: &str = "SWAIG_STORE_MAX_SIZE";
const DEFAULT_MAX_SIZE: u32 = 4096;
const DAY: i64 = 24 * 60 * 60 * 1000;
/// How many rows are deleted at once, at most.
const PIECE: usize = 500;
/// How many reports: one may have a megabyte.
const REPORTS: usize = 20;
/// How often it is looked for something to delete, and how soon after some was.
const PAUSES: (Duration, Duration) = (Duration::from_secs(30), Duration::from_millis(20));

/// The bounds.
pub(super) struct Retention {
    /// In milliseconds.
    max_age: Option<i64>,
    /// In bytes.
    max_size: Option<u64>,
    /// Whether the last piece may not have been the last.
    more: Cell<bool>,
}

impl Retention {
    pub(super) fn from_settings(settings: &Settings) -> Result<Self, SetupError> {
        let days = settings.number(MAX_AGE, 0..=36_500)?.unwrap_or(DEFAULT_MAX_AGE);
        let mebibytes = settings.number(MAX_SIZE, 0..=u32::MAX)?.unwrap_or(DEFAULT_MAX_SIZE);
        Ok(Self {
            max_age: (days > 0).then(|| i64::from(days) * DAY),
            max_size: (mebibytes > 0).then(|| u64::from(mebibytes) << 20),
            more: Cell::new(true),
        })
    }

    #[cfg(test)]
    pub(super) fn of(max_age: Option<i64>, max_size: Option<u64>) -> Self {
        Self { max_age, max_size, more: Cell::new(true) }
    }

    /// How long to wait before the next look.
    pub(super) fn pause(&self) -> Duration {
        if self.more.get() { PAUSES.1 } else { PAUSES.0 }
    }

    /// Deletes one piece of what is too old or too much.
    pub(super) fn tidy(&self, connection: &Connection) -> rusqlite::Result<()> {
        // Where this fails it is not tried again at once.
        self.more.set(false);
        let mut deleted = expired(connection)?;
        if let Some(age) = self.max_age {
            deleted += older_than(connection, now() - age)?;
        }
        if let Some(most) = self.max_size
            && used(connection)? > most
        {
            deleted += oldest(connection)?;
        }
        let given_back = give_back(connection)?;
        self.more.set(deleted > 0 || given_back);
        Ok(())
    }
}

/// Deletes what has expired.
fn expired(connection: &Connection) -> rusqlite::Result<usize> {
    let now = now();
    let mut deleted = 0;
    for statement in [
        "DELETE FROM batches WHERE id IN (SELECT id FROM batches WHERE ends <= ?1 LIMIT ?2)",
        "DELETE FROM messages WHERE id IN (SELECT id FROM messages WHERE ends <= ?1 LIMIT ?2)",
        "DELETE FROM claims WHERE id IN (SELECT id FROM claims WHERE ends <= ?1 LIMIT ?2)",
        "DELETE FROM limits WHERE (key, at, mark) IN (SELECT key, at, mark FROM limits WHERE ends <= ?1 LIMIT ?2)",
    ] {
        deleted += connection.prepare_cached(statement)?.execute(params![now, PIECE])?;
    }
    Ok(deleted)
}

/// Deletes what happened before this time.
fn older_than(connection: &Connection, at: i64) -> rusqlite::Result<usize> {
    let events = "DELETE FROM events WHERE id IN \
        (SELECT id FROM (SELECT id, at FROM events ORDER BY id LIMIT ?2) WHERE at < ?1)";
    let reports = "DELETE FROM conversations WHERE id IN \
        (SELECT id FROM (SELECT id, received_at FROM conversations ORDER BY id LIMIT ?2) WHERE received_at < ?1)";
    let nanoseconds = at.saturating_mul(1_000_000);
    Ok(connection.prepare_cached(events)?.execute(params![at, PIECE])?
        + connection.prepare_cached(reports)?.execute(params![nanoseconds, REPORTS])?)
}

/// How many bytes of the file are in use.
fn used(connection: &Connection) -> rusqlite::Result<u64> {
    let of = |name| connection.pragma_query_value(None, name, |row| row.get::<_, u64>(0));
    Ok((of("page_count")? - of("freelist_count")?) * of("page_size")?)
}

/// Gives some free pages back to the disk, and says whether there were any. An eighth of the file stays: what is written
/// next needs it.
fn give_back(connection: &Connection) -> rusqlite::Result<bool> {
    let of = |name| connection.pragma_query_value(None, name, |row| row.get::<_, u64>(0));
    if of("freelist_count")? <= of("page_count")? / 8 {
        return Ok(false);
    }
    let mut statement = connection.prepare_cached("PRAGMA incremental_vacuum(200)")?;
    let mut pages = statement.query([])?;
    // Each step gives one page back.
    while pages.next()?.is_some() {}
    Ok(true)
}

/// Deletes some of what is oldest: the conversations that came before the oldest events, else events.
fn oldest(connection: &Connection) -> rusqlite::Result<usize> {
    // Of those that go next, since one that waited in the spool, or came while the clock was wrong, is not in its order.
    let next = "SELECT min(at) FROM (SELECT at FROM events ORDER BY id LIMIT ?1)";
    let next: Option<i64> = connection.prepare_cached(next)?.query_row([PIECE], |row| row.get(0))?;
    let before = next.map_or(i64::MAX, |at| at.saturating_mul(1_000_000));
    let reports = "DELETE FROM conversations WHERE id IN \
        (SELECT id FROM (SELECT id, received_at FROM conversations ORDER BY id LIMIT ?2) WHERE received_at <= ?1)";
    let deleted = connection.prepare_cached(reports)?.execute(params![before, REPORTS])?;
    if deleted > 0 {
        return Ok(deleted);
    }
    let events = "DELETE FROM events WHERE id IN (SELECT id FROM events ORDER BY id LIMIT ?1)";
    connection.prepare_cached(events)?.execute([PIECE])
}
