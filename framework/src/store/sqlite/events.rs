//! The log of events in SQLite.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::super::{EventBatch, EventId, EventLog, RecordedEvent, StoreError};
use super::{SqliteStore, milliseconds, now};

/// How long a batch that comes again is known.
const BATCH_MEMORY: Duration = Duration::from_hours(24);

/// What was appended: the agent id, the position, and the event where the agent id was watched then.
type Appended = Vec<(Arc<str>, EventId, Option<Arc<RecordedEvent>>)>;

fn recorded(row: &Row<'_>) -> rusqlite::Result<Arc<RecordedEvent>> {
    let json = row.get_ref(2)?.as_bytes()?;
    Ok(Arc::new(RecordedEvent::new(row.get(0)?, row.get(1)?, json)))
}

fn append(
    connection: &Connection,
    batch: &EventBatch,
    is_watched: impl Fn(&str) -> bool,
) -> rusqlite::Result<Appended> {
    let known = "INSERT OR IGNORE INTO batches (id, ends) VALUES (?1, ?2)";
    let new = connection
        .prepare_cached(known)?
        .execute(params![batch.id.as_bytes(), now() + milliseconds(BATCH_MEMORY)])?;
    if new == 0 {
        return Ok(Vec::new());
    }
    let mut insert = connection
        .prepare_cached("INSERT INTO events (agent_id, call_id, at, json) VALUES (?1, ?2, ?3, ?4)")?;
    let mut appended = Vec::new();
    for event in &batch.events {
        let json = event.to_json();
        insert.execute(params![event.agent_id, event.call_id, event.at.as_millisecond(), json])?;
        let id = u64::try_from(connection.last_insert_rowid()).unwrap_or_default();
        let recorded = is_watched(&event.agent_id)
            .then(|| Arc::new(RecordedEvent::new(id, event.call_id.clone(), &json)));
        appended.push((event.agent_id.clone(), id, recorded));
    }
    Ok(appended)
}

fn latest(connection: &Connection, agent_id: &str) -> rusqlite::Result<EventId> {
    let newest = "SELECT id FROM events WHERE agent_id = ?1 ORDER BY id DESC LIMIT 1";
    let found = connection.prepare_cached(newest)?.query_row([agent_id], |row| row.get(0)).optional()?;
    Ok(found.unwrap_or_default())
}

/// A number as SQLite has it; one that is too large stands for the largest.
fn signed<T: TryInto<i64>>(number: T) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

#[async_trait]
impl EventLog for SqliteStore {
    async fn append(&self, batch: &EventBatch) -> Result<(), StoreError> {
        if batch.events.is_empty() {
            return Ok(());
        }
        let (batch, watched, tail) = (batch.clone(), self.tail.clone(), self.tail.clone());
        let work = move |connection: &Connection| append(connection, &batch, |id| watched.is_watched(id));
        let then = move |appended: &Appended| {
            for (agent_id, id, event) in appended {
                match event {
                    // Ids are given one after the other, so the one before it is no later event of this agent id.
                    Some(event) => tail.push(agent_id, id.saturating_sub(1), [event.clone()]),
                    None => tail.pass_over(agent_id, *id),
                }
            }
        };
        self.writer.write(work, then).await.map(drop)
    }

    async fn after(
        &self,
        agent_id: &str,
        after: EventId,
        limit: usize,
    ) -> Result<Vec<Arc<RecordedEvent>>, StoreError> {
        if let Some(found) = self.tail.after(agent_id, after, limit) {
            return Ok(found);
        }
        let agent_id = agent_id.to_owned();
        self.read(move |connection| {
            let above =
                "SELECT id, call_id, json FROM events WHERE agent_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3";
            let mut statement = connection.prepare_cached(above)?;
            statement.query_map(params![agent_id, signed(after), signed(limit)], recorded)?.collect()
        })
        .await
    }

    async fn newest(&self, agent_id: &str, limit: usize) -> Result<Vec<Arc<RecordedEvent>>, StoreError> {
        let agent_id = agent_id.to_owned();
        let mut newest_first: Vec<_> = self
            .read(move |connection| {
                let newest =
                    "SELECT id, call_id, json FROM events WHERE agent_id = ?1 ORDER BY id DESC LIMIT ?2";
                let mut statement = connection.prepare_cached(newest)?;
                statement.query_map(params![agent_id, signed(limit)], recorded)?.collect()
            })
            .await?;
        newest_first.reverse();
        Ok(newest_first)
    }

    async fn latest(&self, agent_id: &str) -> Result<EventId, StoreError> {
        let agent_id = agent_id.to_owned();
        self.read(move |connection| latest(connection, &agent_id)).await
    }

    async fn changed(&self, agent_id: &str, after: EventId) -> Result<(), StoreError> {
        // First, so that nothing is missed between the look and the wait.
        let mut changes = self.tail.watch(agent_id);
        let above = match self.tail.is_above(agent_id, after) {
            Some(above) => above,
            None => self.latest(agent_id).await? > after,
        };
        if !above {
            // The sender lives as long as somebody waits.
            let _ = changes.changed().await;
        }
        Ok(())
    }
}
