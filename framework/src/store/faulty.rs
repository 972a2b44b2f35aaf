//! A store that fails when a test wants it to.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;
use tokio::sync::watch;

use super::{
    Bound, Claim, Conversation, ConversationKey, Conversations, EventBatch, EventId, EventLog, Full,
    LimitKey, Limits, Mark, MemoryStore, Messages, RecordedEvent, ReplyKey, ReplyMemory, Store, StoreError,
    Stored, Summary,
};

/// How it behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    /// It does nothing and says so.
    Down,
    /// It does what it is asked for, and says that it did not.
    Lies,
    /// It does nothing and never answers.
    Hangs,
}

/// A store in memory with a fault.
pub(crate) struct Faulty {
    pub(crate) inner: MemoryStore,
    fault: watch::Sender<Fault>,
}

impl Faulty {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { inner: MemoryStore::default(), fault: watch::Sender::new(Fault::None) })
    }

    pub(crate) fn set(&self, fault: Fault) {
        self.fault.send_replace(fault);
    }

    async fn run<T>(&self, asked: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        let fault = *self.fault.borrow();
        let failed = || Err(StoreError::unavailable("a test wants it so"));
        match fault {
            Fault::None => asked.await,
            Fault::Down => failed(),
            Fault::Lies => asked.await.and_then(|_| failed()),
            Fault::Hangs => std::future::pending().await,
        }
    }
}

#[async_trait]
impl EventLog for Faulty {
    async fn append(&self, batch: &EventBatch) -> Result<(), StoreError> {
        self.run(self.inner.append(batch)).await
    }

    async fn after(
        &self,
        agent_id: &str,
        after: EventId,
        limit: usize,
    ) -> Result<Vec<Arc<RecordedEvent>>, StoreError> {
        self.run(self.inner.after(agent_id, after, limit)).await
    }

    async fn latest(&self, agent_id: &str) -> Result<EventId, StoreError> {
        self.run(self.inner.latest(agent_id)).await
    }

    async fn changed(&self, agent_id: &str, after: EventId) -> Result<(), StoreError> {
        self.inner.changed(agent_id, after).await
    }
}

#[async_trait]
impl Conversations for Faulty {
    async fn put(&self, conversation: &Conversation) -> Result<Stored, StoreError> {
        self.run(self.inner.put(conversation)).await
    }

    async fn list(
        &self,
        agent: Option<&str>,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Conversation>, StoreError> {
        self.run(self.inner.list(agent, before, limit)).await
    }

    async fn get(&self, id: u64) -> Result<Option<Conversation>, StoreError> {
        self.run(self.inner.get(id)).await
    }

    async fn summaries(
        &self,
        key: &ConversationKey,
        since: Timestamp,
        limit: usize,
    ) -> Result<Vec<Summary>, StoreError> {
        self.run(self.inner.summaries(key, since, limit)).await
    }
}

#[async_trait]
impl Limits for Faulty {
    async fn count(&self, bounds: &[Bound], mark: Mark) -> Result<Option<Full>, StoreError> {
        self.run(self.inner.count(bounds, mark)).await
    }

    async fn look(&self, bounds: &[Bound]) -> Result<Option<Full>, StoreError> {
        self.run(self.inner.look(bounds)).await
    }

    async fn uncount(&self, keys: &[LimitKey], mark: Mark) -> Result<(), StoreError> {
        self.run(self.inner.uncount(keys, mark)).await
    }

    async fn clear(&self, key: &LimitKey) -> Result<(), StoreError> {
        self.run(self.inner.clear(key)).await
    }
}

#[async_trait]
impl Messages for Faulty {
    async fn push(&self, key: &ConversationKey, text: &str) -> Result<Option<usize>, StoreError> {
        self.run(self.inner.push(key, text)).await
    }

    async fn take(&self, key: &ConversationKey) -> Result<Vec<String>, StoreError> {
        self.run(self.inner.take(key)).await
    }
}

#[async_trait]
impl ReplyMemory for Faulty {
    async fn claim(&self, key: &ReplyKey, lease: Duration, window: Duration) -> Result<Claim, StoreError> {
        self.run(self.inner.claim(key, lease, window)).await
    }

    async fn finish(&self, key: &ReplyKey, reply: Bytes, window: Duration) -> Result<(), StoreError> {
        self.run(self.inner.finish(key, reply, window)).await
    }

    async fn release(&self, key: &ReplyKey) -> Result<(), StoreError> {
        self.run(self.inner.release(key)).await
    }

    async fn wait(&self, key: &ReplyKey) -> Result<Option<Bytes>, StoreError> {
        self.inner.wait(key).await
    }

    async fn forget(&self, agent_id: &str, call_id: &str, function: &str) -> Result<(), StoreError> {
        self.run(self.inner.forget(agent_id, call_id, function)).await
    }
}

#[async_trait]
impl Store for Faulty {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    fn place(&self) -> Option<String> {
        self.inner.place()
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.run(self.inner.ping()).await
    }

    async fn close(&self) {
        self.inner.close().await;
    }
}
