//! Any store, with figures of what it does and how long that takes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;

use super::{
    Bound, Claim, Conversation, ConversationKey, Conversations, EventBatch, EventId, EventLog, Full,
    LimitKey, Limits, Mark, Messages, RecordedEvent, ReplyKey, ReplyMemory, Store, StoreError, Stored,
    Summary, metrics,
};

/// A store that is measured.
pub(super) struct Measured(pub(super) Arc<dyn Store>);

impl Measured {
    async fn run<T>(
        &self,
        operation: &'static str,
        asked: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let started = Instant::now();
        let answer = asked.await;
        metrics::operation(operation, started.elapsed(), answer.is_ok());
        answer
    }
}

#[async_trait]
impl EventLog for Measured {
    async fn append(&self, batch: &EventBatch) -> Result<(), StoreError> {
        self.run("append", self.0.append(batch)).await
    }

    async fn after(
        &self,
        agent_id: &str,
        after: EventId,
        limit: usize,
    ) -> Result<Vec<Arc<RecordedEvent>>, StoreError> {
        self.run("after", self.0.after(agent_id, after, limit)).await
    }

    async fn newest(&self, agent_id: &str, limit: usize) -> Result<Vec<Arc<RecordedEvent>>, StoreError> {
        self.run("newest", self.0.newest(agent_id, limit)).await
    }

    async fn latest(&self, agent_id: &str) -> Result<EventId, StoreError> {
        self.run("latest", self.0.latest(agent_id)).await
    }

    // It waits for something to happen, so its time says nothing of the store.
    async fn changed(&self, agent_id: &str, after: EventId) -> Result<(), StoreError> {
        self.0.changed(agent_id, after).await
    }
}

#[async_trait]
impl Conversations for Measured {
    async fn put(&self, conversation: &Conversation) -> Result<Stored, StoreError> {
        self.run("put", self.0.put(conversation)).await
    }

    async fn list(
        &self,
        agent: Option<&str>,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Conversation>, StoreError> {
        self.run("list", self.0.list(agent, before, limit)).await
    }

    async fn get(&self, id: u64) -> Result<Option<Conversation>, StoreError> {
        self.run("get", self.0.get(id)).await
    }

    async fn summaries(
        &self,
        key: &ConversationKey,
        since: Timestamp,
        limit: usize,
    ) -> Result<Vec<Summary>, StoreError> {
        self.run("summaries", self.0.summaries(key, since, limit)).await
    }
}

#[async_trait]
impl Limits for Measured {
    async fn count(&self, bounds: &[Bound], mark: Mark) -> Result<Option<Full>, StoreError> {
        self.run("count", self.0.count(bounds, mark)).await
    }

    async fn look(&self, bounds: &[Bound]) -> Result<Option<Full>, StoreError> {
        self.run("look", self.0.look(bounds)).await
    }

    async fn uncount(&self, keys: &[LimitKey], mark: Mark) -> Result<(), StoreError> {
        self.run("uncount", self.0.uncount(keys, mark)).await
    }

    async fn clear(&self, key: &LimitKey) -> Result<(), StoreError> {
        self.run("clear", self.0.clear(key)).await
    }
}

#[async_trait]
impl Messages for Measured {
    async fn push(&self, key: &ConversationKey, text: &str) -> Result<Option<usize>, StoreError> {
        self.run("push", self.0.push(key, text)).await
    }

    async fn take(&self, key: &ConversationKey) -> Result<Vec<String>, StoreError> {
        self.run("take", self.0.take(key)).await
    }
}

#[async_trait]
impl ReplyMemory for Measured {
    async fn claim(&self, key: &ReplyKey, lease: Duration, window: Duration) -> Result<Claim, StoreError> {
        self.run("claim", self.0.claim(key, lease, window)).await
    }

    async fn finish(&self, key: &ReplyKey, reply: Bytes, window: Duration) -> Result<(), StoreError> {
        self.run("finish", self.0.finish(key, reply, window)).await
    }

    async fn release(&self, key: &ReplyKey) -> Result<(), StoreError> {
        self.run("release", self.0.release(key)).await
    }

    // As `changed`.
    async fn wait(&self, key: &ReplyKey) -> Result<Option<Bytes>, StoreError> {
        self.0.wait(key).await
    }

    async fn forget(&self, agent_id: &str, call_id: &str, function: &str) -> Result<(), StoreError> {
        self.run("forget", self.0.forget(agent_id, call_id, function)).await
    }
}

#[async_trait]
impl Store for Measured {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn is_here_alone(&self) -> bool {
        self.0.is_here_alone()
    }

    fn place(&self) -> Option<String> {
        self.0.place()
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.run("ping", self.0.ping()).await
    }

    async fn close(&self) {
        self.0.close().await;
    }
}
