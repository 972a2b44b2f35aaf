//! The memory of replies in SQLite.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use rusqlite::{Connection, OptionalExtension as _, params};
use tokio::time::Instant;

use super::super::{Claim, ReplyKey, ReplyMemory, StoreError};
use super::{SqliteStore, milliseconds, now};

/// How often a reply is looked for while its function runs, at first and at most.
const LOOKS: (Duration, Duration) = (Duration::from_millis(20), Duration::from_millis(200));

/// A row. Its times are those of the clock.
struct Slot {
    reply: Option<Vec<u8>>,
    made: i64,
    /// The end of the claim's lease, or when its reply is forgotten.
    lease: i64,
    /// When a claim is forgotten, and when the row may be deleted.
    ends: i64,
}

impl Slot {
    /// How far it is in the future: the clock was set back since it was made.
    fn ahead(&self, now: i64) -> i64 {
        (self.made - now).max(0)
    }

    /// When it is forgotten.
    fn over(&self) -> i64 {
        if self.reply.is_some() { self.lease } else { self.ends }
    }
}

fn slot(connection: &Connection, key: &ReplyKey) -> rusqlite::Result<Option<Slot>> {
    let one = "SELECT reply, made, lease, ends FROM replies \
        WHERE agent_id = ?1 AND call_id = ?2 AND function = ?3 AND argument = ?4";
    connection
        .prepare_cached(one)?
        .query_row(params![key.agent_id, key.call_id, key.function, key.argument], |row| {
            Ok(Slot { reply: row.get(0)?, made: row.get(1)?, lease: row.get(2)?, ends: row.get(3)? })
        })
        .optional()
}

fn put(connection: &Connection, key: &ReplyKey, slot: &Slot) -> rusqlite::Result<()> {
    let put = "INSERT INTO replies (agent_id, call_id, function, argument, reply, made, lease, ends) \
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) \
        ON CONFLICT DO UPDATE SET (reply, made, lease, ends) = (?5, ?6, ?7, ?8)";
    insert(connection, put, key, slot).map(drop)
}

/// Puts a slot where there is none: whether it did.
fn put_new(connection: &Connection, key: &ReplyKey, slot: &Slot) -> rusqlite::Result<bool> {
    let put = "INSERT INTO replies (agent_id, call_id, function, argument, reply, made, lease, ends) \
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING";
    Ok(insert(connection, put, key, slot)? > 0)
}

fn insert(connection: &Connection, statement: &str, key: &ReplyKey, slot: &Slot) -> rusqlite::Result<usize> {
    let ReplyKey { agent_id, call_id, function, argument } = key;
    let Slot { reply, made, lease, ends } = slot;
    let values = params![agent_id, call_id, function, argument, reply, made, lease, ends];
    connection.prepare_cached(statement)?.execute(values)
}

/// Remembers a reply. Most often there is a claim that may be deleted no sooner, and then no index changes.
fn finish(connection: &Connection, key: &ReplyKey, reply: &[u8], window: i64) -> rusqlite::Result<()> {
    let now = now();
    let over = now + window;
    let ReplyKey { agent_id, call_id, function, argument } = key;
    let of_a_claim = "UPDATE replies SET reply = ?5, made = ?6, lease = ?7 \
        WHERE agent_id = ?1 AND call_id = ?2 AND function = ?3 AND argument = ?4 AND ends >= ?7";
    let values = params![agent_id, call_id, function, argument, reply, now, over];
    if connection.prepare_cached(of_a_claim)?.execute(values)? == 0 {
        put(connection, key, &Slot { reply: Some(reply.into()), made: now, lease: over, ends: over })?;
    }
    Ok(())
}

fn claim(connection: &Connection, key: &ReplyKey, lease: i64, window: i64) -> rusqlite::Result<Claim> {
    let now = now();
    let until = now + lease;
    let new = Slot { reply: None, made: now, lease: until, ends: until + window };
    if put_new(connection, key, &new)? {
        return Ok(Claim::Run);
    }
    if let Some(mut found) = slot(connection, key)? {
        let ahead = found.ahead(now);
        if ahead > 0 {
            // As if it had been made now, so that it blocks nobody for longer than it would have.
            found = Slot { made: now, lease: found.lease - ahead, ends: found.ends - ahead, ..found };
            put(connection, key, &found)?;
        }
        if found.over() > now {
            return Ok(match found.reply {
                Some(reply) => Claim::Done(reply.into()),
                None if found.lease > now => Claim::Running,
                None => Claim::Interrupted,
            });
        }
    }
    put(connection, key, &new)?;
    Ok(Claim::Run)
}

#[async_trait]
impl ReplyMemory for SqliteStore {
    async fn claim(&self, key: &ReplyKey, lease: Duration, window: Duration) -> Result<Claim, StoreError> {
        let (key, lease, window) = (key.clone(), milliseconds(lease), milliseconds(window));
        self.write(move |connection| claim(connection, &key, lease, window)).await
    }

    async fn finish(&self, key: &ReplyKey, reply: Bytes, window: Duration) -> Result<(), StoreError> {
        let (key, window) = (key.clone(), milliseconds(window));
        self.write(move |connection| finish(connection, &key, &reply, window)).await
    }

    async fn release(&self, key: &ReplyKey) -> Result<(), StoreError> {
        let key = key.clone();
        self.write(move |connection| {
            let one = "DELETE FROM replies WHERE agent_id = ?1 AND call_id = ?2 AND function = ?3 AND argument = ?4";
            let mut statement = connection.prepare_cached(one)?;
            statement.execute(params![key.agent_id, key.call_id, key.function, key.argument]).map(drop)
        })
        .await
    }

    async fn wait(&self, key: &ReplyKey) -> Result<Option<Bytes>, StoreError> {
        let mut pause = LOOKS.0;
        // The lease that is waited for, and when it ends by a clock that nobody sets.
        let mut patience: Option<(i64, Instant)> = None;
        loop {
            let wanted = key.clone();
            let found = self.read(move |connection| slot(connection, &wanted)).await?;
            let now = now();
            let Some(found) = found else { return Ok(None) };
            if let Some(reply) = found.reply {
                return Ok((found.lease > now).then(|| reply.into()));
            }
            let left = found.lease - found.made.max(now);
            let left = Duration::from_millis(u64::try_from(left).unwrap_or_default());
            let until = match patience {
                Some((lease, until)) if lease == found.lease => until,
                _ => Instant::now() + left,
            };
            if left.is_zero() || until <= Instant::now() {
                return Ok(None);
            }
            patience = Some((found.lease, until));
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LOOKS.1);
        }
    }

    async fn forget(&self, agent_id: &str, call_id: &str, function: &str) -> Result<(), StoreError> {
        let (agent_id, call_id, function) = (agent_id.to_owned(), call_id.to_owned(), function.to_owned());
        self.write(move |connection| {
            let done = "DELETE FROM replies \
                WHERE agent_id = ?1 AND call_id = ?2 AND function = ?3 AND (reply IS NOT NULL OR lease <= ?4)";
            connection.prepare_cached(done)?.execute(params![agent_id, call_id, function, now()]).map(drop)
        })
        .await
    }
}
