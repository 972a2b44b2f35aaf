//! The memory of replies in SQLite.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use rusqlite::{Connection, OptionalExtension as _, params};
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use super::super::{Claim, ReplyKey, ReplyMemory, StoreError};
use super::{SqliteStore, milliseconds, now};

/// How often a reply is looked for while its function runs, at first and at most.
const LOOKS: (Duration, Duration) = (Duration::from_millis(20), Duration::from_millis(200));

/// A claim, with its reply where there is one. Its times are those of the clock.
struct Slot {
    reply: Option<Vec<u8>>,
    made: i64,
    /// The end of the claim's lease, or when its reply is forgotten.
    lease: i64,
    /// When a claim is forgotten, and when it may be deleted with its reply.
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

/// What a claim is found by. Keys have no order, so that each claim changes a page of the index that they have; numbers make
/// it small. Both together are as good as 128 bits of a digest.
#[derive(Clone, Copy)]
struct Numbers {
    /// Of the function in its call.
    call: i64,
    argument: i64,
}

impl Numbers {
    fn of(key: &ReplyKey) -> Self {
        let call = call_number(&key.agent_id, &key.call_id, &key.function);
        Self { call, argument: number_of(&[&key.argument]) }
    }
}

fn call_number(agent_id: &str, call_id: &str, function: &str) -> i64 {
    number_of(&[agent_id.as_bytes(), call_id.as_bytes(), function.as_bytes()])
}

/// The first 64 bits of a digest of some texts. Files have them, so that it never changes.
pub(super) fn number_of(parts: &[&[u8]]) -> i64 {
    let mut digest = Sha256::new();
    for part in parts {
        // Two lists that are the same only when they are joined are not the same.
        digest.update(part.len().to_be_bytes());
        digest.update(part);
    }
    let digest: [u8; 32] = digest.finalize().into();
    digest.first_chunk().map_or(0, |first| i64::from_be_bytes(*first))
}

fn slot(connection: &Connection, numbers: Numbers) -> rusqlite::Result<Option<Slot>> {
    let one = "SELECT reply, ifnull(replies.made, claims.made), ifnull(replies.ends, lease), claims.ends \
        FROM claims LEFT JOIN replies USING (id) WHERE call = ?1 AND argument = ?2";
    connection
        .prepare_cached(one)?
        .query_row(params![numbers.call, numbers.argument], |row| {
            Ok(Slot { reply: row.get(0)?, made: row.get(1)?, lease: row.get(2)?, ends: row.get(3)? })
        })
        .optional()
}

/// Puts a slot in the place of what there is.
fn put(connection: &Connection, numbers: Numbers, slot: &Slot) -> rusqlite::Result<()> {
    // With its reply.
    delete(connection, numbers)?;
    put_new(connection, numbers, slot)?;
    if let Some(reply) = &slot.reply {
        put_reply(connection, numbers, reply, slot.made, slot.lease)?;
    }
    Ok(())
}

/// Puts a claim where there is none: whether it did.
fn put_new(connection: &Connection, numbers: Numbers, slot: &Slot) -> rusqlite::Result<bool> {
    let put = "INSERT INTO claims (call, argument, made, lease, ends) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING";
    let values = params![numbers.call, numbers.argument, slot.made, slot.lease, slot.ends];
    Ok(connection.prepare_cached(put)?.execute(values)? > 0)
}

/// Puts the reply of a claim that may be deleted no sooner: whether there is such a claim.
fn put_reply(
    connection: &Connection,
    numbers: Numbers,
    reply: &[u8],
    made: i64,
    ends: i64,
) -> rusqlite::Result<bool> {
    let put = "INSERT OR REPLACE INTO replies (id, reply, made, ends) SELECT id, ?3, ?4, ?5 FROM claims \
        WHERE call = ?1 AND argument = ?2 AND ends >= ?5";
    let values = params![numbers.call, numbers.argument, reply, made, ends];
    Ok(connection.prepare_cached(put)?.execute(values)? > 0)
}

fn delete(connection: &Connection, numbers: Numbers) -> rusqlite::Result<()> {
    let one = "DELETE FROM claims WHERE call = ?1 AND argument = ?2";
    connection.prepare_cached(one)?.execute(params![numbers.call, numbers.argument]).map(drop)
}

fn finish(connection: &Connection, numbers: Numbers, reply: &[u8], window: i64) -> rusqlite::Result<()> {
    let made = now();
    let ends = made + window;
    if !put_reply(connection, numbers, reply, made, ends)? {
        put(connection, numbers, &Slot { reply: Some(reply.into()), made, lease: ends, ends })?;
    }
    Ok(())
}

fn claim(connection: &Connection, numbers: Numbers, lease: i64, window: i64) -> rusqlite::Result<Claim> {
    let now = now();
    let until = now + lease;
    let new = Slot { reply: None, made: now, lease: until, ends: until + window };
    if put_new(connection, numbers, &new)? {
        return Ok(Claim::Run);
    }
    if let Some(mut found) = slot(connection, numbers)? {
        let ahead = found.ahead(now);
        if ahead > 0 {
            // As if it had been made now, so that it blocks nobody for longer than it would have.
            found = Slot { made: now, lease: found.lease - ahead, ends: found.ends - ahead, ..found };
            put(connection, numbers, &found)?;
        }
        if found.over() > now {
            return Ok(match found.reply {
                Some(reply) => Claim::Done(reply.into()),
                None if found.lease > now => Claim::Running,
                None => Claim::Interrupted,
            });
        }
    }
    put(connection, numbers, &new)?;
    Ok(Claim::Run)
}

#[async_trait]
impl ReplyMemory for SqliteStore {
    async fn claim(&self, key: &ReplyKey, lease: Duration, window: Duration) -> Result<Claim, StoreError> {
        let (numbers, lease, window) = (Numbers::of(key), milliseconds(lease), milliseconds(window));
        self.write(move |connection| claim(connection, numbers, lease, window)).await
    }

    async fn finish(&self, key: &ReplyKey, reply: Bytes, window: Duration) -> Result<(), StoreError> {
        let (numbers, window) = (Numbers::of(key), milliseconds(window));
        self.write(move |connection| finish(connection, numbers, &reply, window)).await
    }

    async fn release(&self, key: &ReplyKey) -> Result<(), StoreError> {
        let numbers = Numbers::of(key);
        self.write(move |connection| delete(connection, numbers)).await
    }

    async fn wait(&self, key: &ReplyKey) -> Result<Option<Bytes>, StoreError> {
        let numbers = Numbers::of(key);
        let mut pause = LOOKS.0;
        // The lease that is waited for, and when it ends by a clock that nobody sets.
        let mut patience: Option<(i64, Instant)> = None;
        loop {
            let found = self.read(move |connection| slot(connection, numbers)).await?;
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
        let call = call_number(agent_id, call_id, function);
        self.write(move |connection| {
            let done = "DELETE FROM claims WHERE call = ?1 \
                AND (lease <= ?2 OR EXISTS (SELECT 1 FROM replies WHERE replies.id = claims.id))";
            connection.prepare_cached(done)?.execute(params![call, now()]).map(drop)
        })
        .await
    }
}
