//! The memory of replies in this process.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use tokio::sync::watch;
use tokio::time::Instant;

use super::super::{Claim, ReplyKey, ReplyMemory, StoreError};
use super::{MemoryStore, lock};

/// Replies kept.
const REPLIES: usize = 100_000;

/// A reply that is awaited (`None` in the channel) or known.
struct Slot {
    reply: watch::Sender<Option<Bytes>>,
    /// When the lease of a claim ends; a reply has none any more.
    lease: Instant,
    /// When it is forgotten.
    ends: Instant,
    turn: u64,
}

#[derive(Default)]
pub(super) struct Replies {
    slots: HashMap<Arc<ReplyKey>, Slot>,
    /// Keys in the order in which their slots were made or renewed; an entry whose turn is not its slot's is stale.
    order: VecDeque<(u64, Arc<ReplyKey>)>,
    turns: u64,
}

impl Replies {
    fn put(&mut self, key: Arc<ReplyKey>, slot: Slot) {
        self.order.push_back((slot.turn, key.clone()));
        self.slots.insert(key, slot);
        let now = Instant::now();
        // From the front: those that are stale, over, or too many. A longer window in front of a shorter one keeps the
        // shorter one in memory a little longer; `claim` looks at the end itself.
        while let Some((turn, key)) = self.order.front() {
            match self.slots.get(&**key) {
                Some(slot) if slot.turn == *turn => {
                    if slot.ends > now && self.slots.len() <= REPLIES {
                        break;
                    }
                    self.slots.remove(&**key);
                }
                _ => {}
            }
            self.order.pop_front();
        }
    }

    fn turn(&mut self) -> u64 {
        self.turns += 1;
        self.turns
    }
}

#[async_trait]
impl ReplyMemory for MemoryStore {
    async fn claim(&self, key: &ReplyKey, lease: Duration, window: Duration) -> Result<Claim, StoreError> {
        let mut replies = lock(&self.replies);
        let now = Instant::now();
        if let Some(slot) = replies.slots.get(key)
            && slot.ends > now
        {
            return Ok(match slot.reply.borrow().clone() {
                Some(reply) => Claim::Done(reply),
                None if slot.lease > now => Claim::Running,
                None => Claim::Interrupted,
            });
        }
        let (turn, lease) = (replies.turn(), now + lease);
        replies.put(
            Arc::new(key.clone()),
            Slot { reply: watch::Sender::new(None), lease, ends: lease + window, turn },
        );
        Ok(Claim::Run)
    }

    async fn finish(&self, key: &ReplyKey, reply: Bytes, window: Duration) -> Result<(), StoreError> {
        let mut replies = lock(&self.replies);
        let turn = replies.turn();
        let (key, sender) = match replies.slots.remove_entry(key) {
            Some((key, slot)) => (key, slot.reply),
            None => (Arc::new(key.clone()), watch::Sender::new(None)),
        };
        sender.send_replace(Some(reply));
        let now = Instant::now();
        replies.put(key, Slot { reply: sender, lease: now, ends: now + window, turn });
        Ok(())
    }

    async fn release(&self, key: &ReplyKey) -> Result<(), StoreError> {
        lock(&self.replies).slots.remove(key);
        Ok(())
    }

    async fn wait(&self, key: &ReplyKey) -> Result<Option<Bytes>, StoreError> {
        let (mut reply, lease) = {
            let replies = lock(&self.replies);
            let Some(slot) = replies.slots.get(key) else { return Ok(None) };
            (slot.reply.subscribe(), slot.lease)
        };
        let known = tokio::time::timeout_at(lease, reply.wait_for(Option::is_some)).await;
        Ok(known.ok().and_then(Result::ok).and_then(|reply| reply.clone()))
    }

    async fn forget(&self, agent_id: &str, call_id: &str, function: &str) -> Result<(), StoreError> {
        let now = Instant::now();
        lock(&self.replies).slots.retain(|key, slot| {
            let it = key.function == function && key.call_id == call_id && key.agent_id == agent_id;
            // One that still runs is left alone: whoever waits for it gets its reply.
            !it || (slot.reply.borrow().is_none() && slot.lease > now)
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(argument: u8) -> ReplyKey {
        ReplyKey { agent_id: "7".into(), call_id: "c".into(), function: "f".into(), argument: [argument; 32] }
    }

    const LEASE: Duration = Duration::from_secs(9);
    const WINDOW: Duration = Duration::from_secs(30);

    #[tokio::test(start_paused = true)]
    async fn a_reply_is_forgotten_after_its_window() {
        let store = MemoryStore::default();
        store.claim(&key(1), LEASE, WINDOW).await.unwrap();
        store.finish(&key(1), "reply".into(), WINDOW).await.unwrap();
        tokio::time::advance(WINDOW).await;
        assert_eq!(store.claim(&key(1), LEASE, WINDOW).await.unwrap(), Claim::Run);
    }

    #[tokio::test(start_paused = true)]
    async fn a_claim_without_a_reply_is_interrupted_after_its_lease_and_forgotten_after_its_window() {
        let store = MemoryStore::default();
        store.claim(&key(1), LEASE, WINDOW).await.unwrap();
        assert_eq!(store.wait(&key(1)).await.unwrap(), None);
        assert_eq!(store.claim(&key(1), LEASE, WINDOW).await.unwrap(), Claim::Interrupted);
        tokio::time::advance(WINDOW).await;
        assert_eq!(store.claim(&key(1), LEASE, WINDOW).await.unwrap(), Claim::Run);
    }
}
