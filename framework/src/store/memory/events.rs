//! The log of events in memory.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::sync::watch;
use uuid::Uuid;

use super::super::event::Written;
use super::super::{EventBatch, EventId, EventLog, RecordedEvent, StoreError};
use super::{MemoryStore, lock};

/// Events kept for one agent id.
const EVENTS_PER_AGENT_ID: usize = 10_000;
/// Bytes of events kept for one agent id.
const EVENT_BYTES_PER_AGENT_ID: usize = 8 << 20;
/// Agent ids whose events are kept; beyond it the one that was silent longest goes.
const AGENT_IDS: usize = 1_000;
/// Batches that are known when they come again. They do so at once, if at all: nothing here fails half-way.
const BATCHES: usize = 1_000;

struct Ring {
    events: VecDeque<Arc<RecordedEvent>>,
    bytes: usize,
    newest: watch::Sender<EventId>,
    /// When its newest event happened.
    used: Timestamp,
}

impl Default for Ring {
    fn default() -> Self {
        Self { events: VecDeque::new(), bytes: 0, newest: watch::Sender::new(0), used: Timestamp::MIN }
    }
}

impl Ring {
    /// Takes an event, and gives back those that are too many.
    fn push(&mut self, at: Timestamp, event: Written, over: &mut Vec<Arc<RecordedEvent>>) {
        self.used = at;
        // The log is locked, so that nobody begins to watch meanwhile, and who wakes up finds the event.
        let watched = self.newest.receiver_count() > 0;
        let mut id = 0;
        self.newest.send_if_modified(|newest| {
            *newest += 1;
            id = *newest;
            watched
        });
        let event = Arc::new(event.at(id));
        self.bytes += event.json.len();
        self.events.push_back(event);
        while self.events.len() > EVENTS_PER_AGENT_ID || self.bytes > EVENT_BYTES_PER_AGENT_ID {
            let Some(oldest) = self.events.pop_front() else { break };
            self.bytes -= oldest.json.len();
            over.push(oldest);
        }
    }
}

/// The rings of all agent ids, and the batches that were appended.
#[derive(Default)]
pub(super) struct Log {
    rings: HashMap<Arc<str>, Ring>,
    batches: HashSet<Uuid>,
    batches_in_order: VecDeque<Uuid>,
}

impl Log {
    /// The ring of an agent id, made where it is not there yet. A ring that is watched is never dropped.
    fn ring(&mut self, agent_id: &Arc<str>) -> &mut Ring {
        if self.rings.len() >= AGENT_IDS && !self.rings.contains_key(agent_id) {
            let silent = self
                .rings
                .iter()
                .filter(|(_, ring)| ring.newest.receiver_count() == 0)
                .min_by_key(|(_, ring)| ring.used)
                .map(|(id, _)| id.clone());
            if let Some(id) = silent {
                self.rings.remove(&id);
            }
        }
        self.rings.entry(agent_id.clone()).or_default()
    }

    /// Whether a batch is new; it is known from then on.
    fn is_new(&mut self, batch: Uuid) -> bool {
        if !self.batches.insert(batch) {
            return false;
        }
        self.batches_in_order.push_back(batch);
        if self.batches_in_order.len() > BATCHES
            && let Some(oldest) = self.batches_in_order.pop_front()
        {
            self.batches.remove(&oldest);
        }
        true
    }
}

#[async_trait]
impl EventLog for MemoryStore {
    async fn append(&self, batch: &EventBatch) -> Result<(), StoreError> {
        // All threads come by here, so little is done while it is locked.
        let written: Vec<_> = batch.events.iter().map(Written::of).collect();
        let mut over = Vec::new();
        let mut log = lock(&self.events);
        if log.is_new(batch.id) {
            for (event, written) in batch.events.iter().zip(written) {
                log.ring(&event.agent_id).push(event.at, written, &mut over);
            }
        }
        drop(log);
        drop(over);
        Ok(())
    }

    async fn after(
        &self,
        agent_id: &str,
        after: EventId,
        limit: usize,
    ) -> Result<Vec<Arc<RecordedEvent>>, StoreError> {
        let log = lock(&self.events);
        let Some(ring) = log.rings.get(agent_id) else { return Ok(Vec::new()) };
        let from = ring.events.partition_point(|event| event.id <= after);
        Ok(ring.events.iter().skip(from).take(limit).cloned().collect())
    }

    async fn newest(&self, agent_id: &str, limit: usize) -> Result<Vec<Arc<RecordedEvent>>, StoreError> {
        let log = lock(&self.events);
        let Some(ring) = log.rings.get(agent_id) else { return Ok(Vec::new()) };
        Ok(ring.events.iter().skip(ring.events.len().saturating_sub(limit)).cloned().collect())
    }

    async fn latest(&self, agent_id: &str) -> Result<EventId, StoreError> {
        Ok(lock(&self.events).rings.get(agent_id).map_or(0, |ring| *ring.newest.borrow()))
    }

    async fn changed(&self, agent_id: &str, after: EventId) -> Result<(), StoreError> {
        let mut newest = lock(&self.events).ring(&agent_id.into()).newest.subscribe();
        // An error means that the ring was dropped: the caller looks again.
        let _ = newest.wait_for(|id| *id > after).await;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::store::conformance::event;

    #[tokio::test]
    async fn events_are_replayed_from_the_oldest_that_is_kept() {
        let store = MemoryStore::default();
        for number in 0..EVENTS_PER_AGENT_ID + 5 {
            store.append(&EventBatch::new(vec![event("7", json!(number))])).await.unwrap();
        }
        let all = store.after("7", 0, usize::MAX).await.unwrap();
        assert_eq!((all.len(), all[0].id), (EVENTS_PER_AGENT_ID, 6));
        assert_eq!(store.latest("7").await.unwrap(), 10_005);
        assert_eq!(store.after("7", 10_003, 1).await.unwrap()[0].id, 10_004);
    }

    #[tokio::test]
    async fn events_are_bounded_in_bytes() {
        let store = MemoryStore::default();
        for _ in 0..3 {
            let large = event("7", json!("x".repeat(EVENT_BYTES_PER_AGENT_ID / 2)));
            store.append(&EventBatch::new(vec![large])).await.unwrap();
        }
        assert_eq!(store.after("7", 0, 9).await.unwrap().len(), 1);
    }
}
