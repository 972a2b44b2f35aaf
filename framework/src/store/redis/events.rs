//! The log of events: a stream for each agent id, whose ids are `<position>-0`.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use redis::streams::{StreamId, StreamRangeReply};

use super::super::{EventBatch, EventId, EventLog, NewEvent, RecordedEvent, StoreError};
use super::{RedisStore, milliseconds, scripts, watch};

/// How long a batch that comes again is known.
const BATCH_MEMORY: Duration = Duration::from_hours(24);
/// How many events are read at once.
const MOST: usize = 100_000;

/// An event as the stream has it; `None` for one that somebody else wrote there.
pub(super) fn recorded(entry: &StreamId) -> Option<Arc<RecordedEvent>> {
    let id = entry.id.split('-').next()?.parse().ok()?;
    let json: Vec<u8> = entry.get("j")?;
    let call_id: Option<String> = entry.get("c").filter(|id: &String| !id.is_empty());
    Some(Arc::new(RecordedEvent::new(id, call_id, &json)))
}

/// Redis lost the events that somebody saw.
#[derive(Debug, thiserror::Error)]
#[error("the log of events begins again: Redis has lost its data")]
struct BeginsAgain;

#[async_trait]
impl EventLog for RedisStore {
    async fn append(&self, batch: &EventBatch) -> Result<(), StoreError> {
        let mut by_agent_id: Vec<(&str, Vec<&NewEvent>)> = Vec::new();
        for event in &batch.events {
            match by_agent_id.iter_mut().find(|(id, _)| **id == *event.agent_id) {
                Some((_, events)) => events.push(event),
                None => by_agent_id.push((&event.agent_id, vec![event])),
            }
        }
        // One that fails is tried again as a whole: those that are there already are known by the batch's id.
        for (agent_id, events) in by_agent_id {
            let mut script = scripts::APPEND.key(self.keys.events(agent_id));
            script.key(self.keys.newest(agent_id)).key(self.keys.batch(agent_id, batch.id));
            script.arg(self.keeps.events).arg(self.keeps.age).arg(milliseconds(BATCH_MEMORY));
            for event in events {
                script.arg(event.call_id.as_deref().unwrap_or_default()).arg(event.to_json());
            }
            let _: i64 = self.connection.invoke(&script).await?;
        }
        Ok(())
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
        let mut command = redis::cmd("XRANGE");
        command.arg(self.keys.events(agent_id)).arg(format!("({after}-0")).arg("+");
        command.arg("COUNT").arg(limit.min(MOST));
        let reply: StreamRangeReply = self.connection.run(&command).await?;
        Ok(reply.ids.iter().filter_map(recorded).collect())
    }

    async fn newest(&self, agent_id: &str, limit: usize) -> Result<Vec<Arc<RecordedEvent>>, StoreError> {
        let mut command = redis::cmd("XREVRANGE");
        command.arg(self.keys.events(agent_id)).arg("+").arg("-").arg("COUNT").arg(limit.min(MOST));
        let reply: StreamRangeReply = self.connection.run(&command).await?;
        Ok(reply.ids.iter().rev().filter_map(recorded).collect())
    }

    async fn latest(&self, agent_id: &str) -> Result<EventId, StoreError> {
        let newest: Option<EventId> =
            self.connection.run(redis::cmd("GET").arg(self.keys.newest(agent_id))).await?;
        Ok(newest.unwrap_or_default())
    }

    async fn changed(&self, agent_id: &str, after: EventId) -> Result<(), StoreError> {
        // First, so that nothing is missed between the look and the wait.
        let mut changes = self.tail.watch(agent_id);
        watch::start(self, agent_id);
        let above = match self.tail.is_above(agent_id, after) {
            // Who is further than the reader here has seen more of the log, or one that is lost.
            Some(above) if !self.tail.is_behind(agent_id, after) => above,
            _ => match self.latest(agent_id).await? {
                latest if latest < after => return Err(StoreError::unavailable(BeginsAgain)),
                latest => latest > after,
            },
        };
        if !above {
            // Where the sender is gone the caller looks again.
            let _ = changes.changed().await;
        }
        Ok(())
    }
}
