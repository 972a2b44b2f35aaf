//! Replies that are given again: the memory that makes a repeated webhook run its function once.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

use super::StoreError;

/// What makes two function calls the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ReplyKey {
    /// The agent id.
    pub agent_id: String,
    /// The call.
    pub call_id: String,
    /// The function.
    pub function: String,
    /// A digest of the raw argument: the argument itself may be a code.
    pub argument: [u8; 32],
}

/// What a claim found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Nobody has run it: the claimant runs it and then calls [`finish`](ReplyMemory::finish) or
    /// [`release`](ReplyMemory::release).
    Run,
    /// It runs now: [`wait`](ReplyMemory::wait) for it.
    Running,
    /// It ran, and this was the reply.
    Done(Bytes),
}

/// The memory of replies.
#[async_trait]
pub trait ReplyMemory: Send + Sync {
    /// Claims a call. A claim that is neither finished nor released ends after `window`.
    async fn claim(&self, key: &ReplyKey, window: Duration) -> Result<Claim, StoreError>;

    /// Remembers the reply for `window`.
    async fn finish(&self, key: &ReplyKey, reply: Bytes, window: Duration) -> Result<(), StoreError>;

    /// Forgets the claim: nothing was done.
    async fn release(&self, key: &ReplyKey) -> Result<(), StoreError>;

    /// Waits for the reply of a call that runs; `None` when its claim was released or ended.
    async fn wait(&self, key: &ReplyKey) -> Result<Option<Bytes>, StoreError>;

    /// Forgets all replies of a function in a call.
    async fn forget(&self, agent_id: &str, call_id: &str, function: &str) -> Result<(), StoreError>;
}
