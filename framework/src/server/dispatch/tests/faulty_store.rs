//! A store that fails, or does not answer, when a test says so.

use std::future::pending;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;

use crate::async_trait;
use crate::store::{
    Bound, Claim, Conversation, ConversationKey, Conversations, EventBatch, EventId, EventLog, Full,
    LimitKey, Limits, Mark, MemoryStore, Messages, RecordedEvent, ReplyKey, ReplyMemory, Store, StoreError,
    Stored, Summary,
};

#[derive(Clone, Copy)]
pub(super) enum Health {
    Well,
    Fails,
    Hangs,
}

/// A memory store whose memory of replies is down at times.
#[derive(Default)]
pub(super) struct FaultyStore {
    inner: MemoryStore,
    health: AtomicU8,
}

impl FaultyStore {
    pub(super) fn be(&self, health: Health) {
        self.health.store(health as u8, Ordering::Relaxed);
    }

    async fn up(&self) -> Result<(), StoreError> {
        match self.health.load(Ordering::Relaxed) {
            0 => Ok(()),
            1 => Err(StoreError::unavailable("the store is down")),
            _ => pending().await,
        }
    }
}

#[async_trait]
impl ReplyMemory for FaultyStore {
    async fn claim(&self, key: &ReplyKey, lease: Duration, window: Duration) -> Result<Claim, StoreError> {
        self.up().await?;
        self.inner.claim(key, lease, window).await
    }

    async fn finish(&self, key: &ReplyKey, reply: Bytes, window: Duration) -> Result<(), StoreError> {
        self.up().await?;
        self.inner.finish(key, reply, window).await
    }

    async fn release(&self, key: &ReplyKey) -> Result<(), StoreError> {
        self.up().await?;
        self.inner.release(key).await
    }

    async fn wait(&self, key: &ReplyKey) -> Result<Option<Bytes>, StoreError> {
        self.up().await?;
        self.inner.wait(key).await
    }

    async fn forget(&self, agent_id: &str, call_id: &str, function: &str) -> Result<(), StoreError> {
        self.up().await?;
        self.inner.forget(agent_id, call_id, function).await
    }
}

#[async_trait]
impl EventLog for FaultyStore {
    async fn append(&self, batch: &EventBatch) -> Result<(), StoreError> {
        self.inner.append(batch).await
    }

    async fn after(
        &self,
        agent_id: &str,
        after: EventId,
        limit: usize,
    ) -> Result<Vec<std::sync::Arc<RecordedEvent>>, StoreError> {
        self.inner.after(agent_id, after, limit).await
    }

    async fn latest(&self, agent_id: &str) -> Result<EventId, StoreError> {
        self.inner.latest(agent_id).await
    }

    async fn changed(&self, agent_id: &str, after: EventId) -> Result<(), StoreError> {
        self.inner.changed(agent_id, after).await
    }
}

#[async_trait]
impl Conversations for FaultyStore {
    async fn put(&self, conversation: &Conversation) -> Result<Stored, StoreError> {
        self.inner.put(conversation).await
    }

    async fn list(
        &self,
        agent: Option<&str>,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Conversation>, StoreError> {
        self.inner.list(agent, before, limit).await
    }

    async fn get(&self, id: u64) -> Result<Option<Conversation>, StoreError> {
        self.inner.get(id).await
    }

    async fn summaries(
        &self,
        key: &ConversationKey,
        since: Timestamp,
        limit: usize,
    ) -> Result<Vec<Summary>, StoreError> {
        self.inner.summaries(key, since, limit).await
    }
}

#[async_trait]
impl Messages for FaultyStore {
    async fn push(&self, key: &ConversationKey, text: &str) -> Result<Option<usize>, StoreError> {
        self.inner.push(key, text).await
    }

    async fn take(&self, key: &ConversationKey) -> Result<Vec<String>, StoreError> {
        self.inner.take(key).await
    }
}

#[async_trait]
impl Limits for FaultyStore {
    async fn count(&self, bounds: &[Bound], mark: Mark) -> Result<Option<Full>, StoreError> {
        self.inner.count(bounds, mark).await
    }

    async fn look(&self, bounds: &[Bound]) -> Result<Option<Full>, StoreError> {
        self.inner.look(bounds).await
    }

    async fn uncount(&self, keys: &[LimitKey], mark: Mark) -> Result<(), StoreError> {
        self.inner.uncount(keys, mark).await
    }

    async fn clear(&self, key: &LimitKey) -> Result<(), StoreError> {
        self.inner.clear(key).await
    }
}

impl Store for FaultyStore {
    fn name(&self) -> &'static str {
        "faulty"
    }
}
