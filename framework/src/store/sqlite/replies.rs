//! The memory of replies in SQLite.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::super::{Claim, ReplyKey, ReplyMemory, StoreError};
use super::{SqliteStore, milliseconds, now};

/// How often a reply is looked for while its function runs, at first and at most.
const LOOKS: (Duration, Duration) = (Duration::from_millis(20), Duration::from_millis(200));

/// A row: the reply, the end of the lease, and when it is forgotten.
type Slot = (Option<Vec<u8>>, i64, i64);

fn slot(connection: &Connection, key: &ReplyKey) -> rusqlite::Result<Option<Slot>> {
    let one = "SELECT reply, lease, ends FROM replies \
        WHERE agent_id = ?1 AND call_id = ?2 AND function = ?3 AND argument = ?4";
    connection
        .prepare_cached(one)?
        .query_row(params![key.agent_id, key.call_id, key.function, key.argument], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()
}

fn put(
    connection: &Connection,
    key: &ReplyKey,
    reply: Option<&[u8]>,
    lease: i64,
    ends: i64,
) -> rusqlite::Result<()> {
    let put = "INSERT OR REPLACE INTO replies (agent_id, call_id, function, argument, reply, lease, ends) \
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    connection
        .prepare_cached(put)?
        .execute(params![key.agent_id, key.call_id, key.function, key.argument, reply, lease, ends])
        .map(drop)
}

fn claim(connection: &Connection, key: &ReplyKey, lease: i64, window: i64) -> rusqlite::Result<Claim> {
    let now = now();
    if let Some((reply, leased, ends)) = slot(connection, key)?
        && ends > now
    {
        if let Some(reply) = reply {
            return Ok(Claim::Done(reply.into()));
        }
        if leased <= now {
            return Ok(Claim::Interrupted);
        }
        if leased > now + lease {
            // The clock was set back: the claim ends after its lease from now, and not hours later.
            put(connection, key, None, now + lease, now + lease + window)?;
        }
        return Ok(Claim::Running);
    }
    put(connection, key, None, now + lease, now + lease + window)?;
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
        self.write(move |connection| {
            let now = now();
            put(connection, &key, Some(&reply), now, now + window)
        })
        .await
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
        loop {
            let wanted = key.clone();
            let found = self.read(move |connection| slot(connection, &wanted)).await?;
            match found {
                Some((Some(reply), _, ends)) if ends > now() => return Ok(Some(reply.into())),
                Some((None, lease, _)) if lease > now() => {}
                _ => return Ok(None),
            }
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
