//! The counters in SQLite.

use std::time::Duration;

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::super::{Bound, Full, LimitKey, Limits, Mark, StoreError};
use super::{SqliteStore, milliseconds, now};

/// The first of the longest waits.
fn look(connection: &Connection, bounds: &[Bound], now: i64) -> rusqlite::Result<Option<Full>> {
    let mut longest: Option<Full> = None;
    for (place, bound) in bounds.iter().enumerate() {
        if let Some(room_in) = room_in(connection, bound, now)?
            && longest.is_none_or(|longest| room_in > longest.room_in)
        {
            longest = Some(Full { bound: place, room_in });
        }
    }
    Ok(longest)
}

/// How long it takes until there is room; `None` where there is now.
fn room_in(connection: &Connection, bound: &Bound, now: i64) -> rusqlite::Result<Option<Duration>> {
    let Some(before_it) = bound.most.checked_sub(1) else { return Ok(Some(bound.window)) };
    // The one that has to leave the window before another one fits.
    let last = "SELECT at FROM limits WHERE key = ?1 ORDER BY at DESC LIMIT 1 OFFSET ?2";
    let mut statement = connection.prepare_cached(last)?;
    let at: Option<i64> =
        statement.query_row(params![bound.key.as_bytes(), before_it], |row| row.get(0)).optional()?;
    let Some(at) = at else { return Ok(None) };
    let wait = at + milliseconds(bound.window) - now;
    Ok(u64::try_from(wait).ok().filter(|wait| *wait > 0).map(Duration::from_millis))
}

/// Whether there are events in the future: the clock was set back since then.
fn is_ahead(connection: &Connection, bounds: &[Bound], now: i64) -> rusqlite::Result<bool> {
    let mut later = connection.prepare_cached("SELECT 1 FROM limits WHERE key = ?1 AND at > ?2")?;
    for bound in bounds {
        if later.exists(params![bound.key.as_bytes(), now])? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Has events that are in the future happen now, so that none counts for longer than its window from now.
fn pull_back(connection: &Connection, bounds: &[Bound], now: i64) -> rusqlite::Result<()> {
    let pull = "UPDATE OR REPLACE limits SET at = ?2, ends = ends - (at - ?2) WHERE key = ?1 AND at > ?2";
    let mut pull = connection.prepare_cached(pull)?;
    for bound in bounds {
        pull.execute(params![bound.key.as_bytes(), now])?;
    }
    Ok(())
}

fn count(connection: &Connection, bounds: &[Bound], mark: Mark) -> rusqlite::Result<Option<Full>> {
    let now = now();
    pull_back(connection, bounds, now)?;
    let full = look(connection, bounds, now)?;
    if full.is_none() {
        for bound in bounds {
            // Of two bounds of one key the longer one says how long it is kept.
            let insert = "INSERT INTO limits (key, at, mark, ends) VALUES (?1, ?2, ?3, ?4) \
                ON CONFLICT DO UPDATE SET ends = max(ends, excluded.ends)";
            let ends = now + milliseconds(bound.window);
            connection.prepare_cached(insert)?.execute(params![bound.key.as_bytes(), now, mark, ends])?;
        }
    }
    Ok(full)
}

#[async_trait]
impl Limits for SqliteStore {
    async fn count(&self, bounds: &[Bound], mark: Mark) -> Result<Option<Full>, StoreError> {
        let bounds = bounds.to_vec();
        self.write(move |connection| count(connection, &bounds, mark)).await
    }

    async fn look(&self, bounds: &[Bound]) -> Result<Option<Full>, StoreError> {
        let asked = bounds.to_vec();
        let look_now = move |connection: &Connection| {
            let now = now();
            Ok((look(connection, &asked, now)?, is_ahead(connection, &asked, now)?))
        };
        let (full, ahead) = self.read(look_now).await?;
        if full.is_none() || !ahead {
            return Ok(full);
        }
        let bounds = bounds.to_vec();
        self.write(move |connection| {
            let now = now();
            pull_back(connection, &bounds, now)?;
            look(connection, &bounds, now)
        })
        .await
    }

    async fn uncount(&self, keys: &[LimitKey], mark: Mark) -> Result<(), StoreError> {
        let keys = keys.to_vec();
        self.write(move |connection| {
            let mut statement =
                connection.prepare_cached("DELETE FROM limits WHERE key = ?1 AND mark = ?2")?;
            for key in &keys {
                statement.execute(params![key.as_bytes(), mark])?;
            }
            Ok(())
        })
        .await
    }

    async fn clear(&self, key: &LimitKey) -> Result<(), StoreError> {
        let key = *key.as_bytes();
        self.write(move |connection| {
            connection.prepare_cached("DELETE FROM limits WHERE key = ?1")?.execute([key]).map(drop)
        })
        .await
    }
}
