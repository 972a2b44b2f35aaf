//! Replies that are given again: the memory that makes a repeated webhook run its function once.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

use super::StoreError;

/// What makes two function calls the same.
///
/// ```
/// use std::time::Duration;
/// use swaig::store::{Claim, MemoryStore, ReplyKey, ReplyMemory as _};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), swaig::store::StoreError> {
/// let (store, time) = (MemoryStore::default(), Duration::from_secs(30));
/// let key = ReplyKey { agent_id: "mfa".into(), call_id: "c1".into(), function: "send_mfa".into(), argument: [0; 32] };
/// assert_eq!(store.claim(&key, time, time).await?, Claim::Run);
/// store.finish(&key, "sent".into(), time).await?;
/// assert_eq!(store.claim(&key, time, time).await?, Claim::Done("sent".into()));
/// # Ok(()) }
/// ```
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
///
/// ```
/// use std::time::Duration;
/// use swaig::store::{Claim, MemoryStore, ReplyKey, ReplyMemory as _};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), swaig::store::StoreError> {
/// let (store, time) = (MemoryStore::default(), Duration::from_secs(30));
/// let key = ReplyKey { agent_id: "mfa".into(), call_id: "c1".into(), function: "send_mfa".into(), argument: [0; 32] };
/// assert_eq!(store.claim(&key, time, time).await?, Claim::Run);
/// store.finish(&key, "sent".into(), time).await?;
/// assert_eq!(store.claim(&key, time, time).await?, Claim::Done("sent".into()));
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Nobody has run it: the claimant runs it and then calls [`finish`](ReplyMemory::finish) or
    /// [`release`](ReplyMemory::release).
    Run,
    /// It runs now: [`wait`](ReplyMemory::wait) for it.
    Running,
    /// It ran, and this was the reply.
    Done(Bytes),
    /// It began, and its lease ended without a reply: who ran it is gone, and nobody knows whether it was done.
    Interrupted,
}

/// The memory of replies.
///
/// ```
/// use std::time::Duration;
/// use swaig::store::{Claim, MemoryStore, ReplyKey, ReplyMemory as _};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), swaig::store::StoreError> {
/// let (store, time) = (MemoryStore::default(), Duration::from_secs(30));
/// let key = ReplyKey { agent_id: "mfa".into(), call_id: "c1".into(), function: "send_mfa".into(), argument: [0; 32] };
/// assert_eq!(store.claim(&key, time, time).await?, Claim::Run);
/// store.finish(&key, "sent".into(), time).await?;
/// assert_eq!(store.claim(&key, time, time).await?, Claim::Done("sent".into()));
/// # Ok(()) }
/// ```
#[async_trait]
pub trait ReplyMemory: Send + Sync {
    /// Claims a call. Of several that ask at the same moment, on whatever instance, one gets [`Claim::Run`]. A claim that is
    /// neither finished nor released within `lease` was interrupted, and stays so for `window` after that.
    async fn claim(&self, key: &ReplyKey, lease: Duration, window: Duration) -> Result<Claim, StoreError>;

    /// Remembers the reply for `window`, also where the claim is gone.
    async fn finish(&self, key: &ReplyKey, reply: Bytes, window: Duration) -> Result<(), StoreError>;

    /// Forgets the claim: nothing was done.
    async fn release(&self, key: &ReplyKey) -> Result<(), StoreError>;

    /// Waits for the reply of a call that runs; `None` when there is no claim any more, or its lease has ended.
    async fn wait(&self, key: &ReplyKey) -> Result<Option<Bytes>, StoreError>;

    /// Forgets all replies of a function in a call, and its interrupted claims. A claim that still runs stays.
    async fn forget(&self, agent_id: &str, call_id: &str, function: &str) -> Result<(), StoreError>;
}
