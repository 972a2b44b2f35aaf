//! The memory of replies in this process.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher as _, RandomState};
use std::sync::LazyLock;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use tokio::sync::watch;
use tokio::time::Instant;

use super::super::{Claim, ReplyKey, ReplyMemory, StoreError};
use super::{MemoryStore, lock};

/// Replies kept.
const REPLIES: usize = 100_000;
/// Turns kept: those of slots that were released are there still.
const TURNS: usize = 2 * REPLIES;

/// What a claim is found by. It has no texts of its own: what one thread makes and another forgets costs both.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    call: CallHash,
    argument: [u8; 32],
}

impl Key {
    fn of(key: &ReplyKey) -> Self {
        Self { call: CallHash::of(&key.agent_id, &key.call_id, &key.function), argument: key.argument }
    }
}

/// The function in its call: 128 bits of hashes whose keys this process alone has, so that no two are the same, by chance or
/// on purpose.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct CallHash([u64; 2]);

impl CallHash {
    fn of(agent_id: &str, call_id: &str, function: &str) -> Self {
        static KEYS: LazyLock<[RandomState; 2]> = LazyLock::new(|| [RandomState::new(), RandomState::new()]);
        Self([0, 1].map(|half| KEYS[half].hash_one((agent_id, call_id, function))))
    }
}

/// A reply that is known, or awaited.
struct Slot {
    reply: Option<Bytes>,
    /// Told of the reply, once somebody waits for it: hardly ever.
    awaited: Option<watch::Sender<Option<Bytes>>>,
    /// When the lease of a claim ends; a reply has none any more.
    lease: Instant,
    /// When it is forgotten.
    ends: Instant,
    /// The number of its turn.
    turn: u64,
}

#[derive(Default)]
pub(super) struct Replies {
    slots: HashMap<Key, Slot>,
    order: VecDeque<Turn>,
    turns: u64,
}

/// When a slot is looked at, whether it is to be forgotten.
struct Turn {
    /// The slot has the same; another one means that there is a new slot for this key.
    number: u64,
    key: Key,
    ends: Instant,
}

impl Replies {
    /// Puts a new slot in the place of what there is.
    fn put(&mut self, key: Key, reply: Option<Bytes>, lease: Instant, ends: Instant) {
        self.turns += 1;
        self.order.push_back(Turn { number: self.turns, key, ends });
        self.slots.insert(key, Slot { reply, awaited: None, lease, ends, turn: self.turns });
    }

    /// Forgets what need not be kept.
    fn tidy(&mut self, now: Instant) {
        // From the front: those that are over, or too many. A longer window in front of a shorter one keeps the
        // shorter one in memory a little longer; `claim` looks at the end itself.
        while let Some(turn) = self.order.front() {
            if turn.ends > now && self.slots.len() <= REPLIES && self.order.len() <= TURNS {
                break;
            }
            let is_time = turn.ends <= now;
            let Some(turn) = self.order.pop_front() else { break };
            let Some(slot) = self.slots.get(&turn.key).filter(|slot| slot.turn == turn.number) else {
                continue;
            };
            if is_time && slot.ends > now {
                // Its reply came late, and counts from then on.
                self.order.push_back(Turn { ends: slot.ends, ..turn });
            } else {
                self.slots.remove(&turn.key);
            }
        }
    }
}

#[async_trait]
impl ReplyMemory for MemoryStore {
    async fn claim(&self, key: &ReplyKey, lease: Duration, window: Duration) -> Result<Claim, StoreError> {
        let (key, now) = (Key::of(key), Instant::now());
        let mut replies = lock(&self.replies);
        if let Some(slot) = replies.slots.get(&key)
            && slot.ends > now
        {
            return Ok(match slot.reply.clone() {
                Some(reply) => Claim::Done(reply),
                None if slot.lease > now => Claim::Running,
                None => Claim::Interrupted,
            });
        }
        let lease = now + lease;
        replies.put(key, None, lease, lease + window);
        replies.tidy(now);
        Ok(Claim::Run)
    }

    async fn finish(&self, key: &ReplyKey, reply: Bytes, window: Duration) -> Result<(), StoreError> {
        let (key, now) = (Key::of(key), Instant::now());
        let ends = now + window;
        let mut replies = lock(&self.replies);
        if let Some(slot) = replies.slots.get_mut(&key) {
            if let Some(awaited) = slot.awaited.take() {
                awaited.send_replace(Some(reply.clone()));
            }
            // Its turn is that of the claim, which comes about then.
            (slot.reply, slot.lease, slot.ends) = (Some(reply), now, ends);
        } else {
            replies.put(key, Some(reply), now, ends);
        }
        replies.tidy(now);
        Ok(())
    }

    async fn release(&self, key: &ReplyKey) -> Result<(), StoreError> {
        let key = Key::of(key);
        lock(&self.replies).slots.remove(&key);
        Ok(())
    }

    async fn wait(&self, key: &ReplyKey) -> Result<Option<Bytes>, StoreError> {
        let key = Key::of(key);
        let (mut reply, lease) = {
            let mut replies = lock(&self.replies);
            let Some(slot) = replies.slots.get_mut(&key) else { return Ok(None) };
            if slot.reply.is_some() {
                return Ok(slot.reply.clone());
            }
            (slot.awaited.get_or_insert_with(|| watch::Sender::new(None)).subscribe(), slot.lease)
        };
        let known = tokio::time::timeout_at(lease, reply.wait_for(Option::is_some)).await;
        Ok(known.ok().and_then(Result::ok).and_then(|reply| reply.clone()))
    }

    async fn forget(&self, agent_id: &str, call_id: &str, function: &str) -> Result<(), StoreError> {
        let (call, now) = (CallHash::of(agent_id, call_id, function), Instant::now());
        // One that still runs is left alone: whoever waits for it gets its reply.
        lock(&self.replies)
            .slots
            .retain(|key, slot| key.call != call || (slot.reply.is_none() && slot.lease > now));
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
    async fn a_reply_that_came_late_is_kept_for_its_window_and_no_longer() {
        let store = MemoryStore::default();
        store.claim(&key(1), LEASE, WINDOW).await.unwrap();
        tokio::time::advance(LEASE + WINDOW / 2).await;
        store.finish(&key(1), "reply".into(), WINDOW).await.unwrap();
        tokio::time::advance(WINDOW * 3 / 4).await;
        // The claim alone would be over, and who comes now sees to that.
        store.claim(&key(2), LEASE, WINDOW).await.unwrap();
        assert_eq!(store.claim(&key(1), LEASE, WINDOW).await.unwrap(), Claim::Done("reply".into()));
        // Nothing is forgotten before what stands in front of it.
        tokio::time::advance(LEASE + WINDOW).await;
        store.claim(&key(3), LEASE, WINDOW).await.unwrap();
        assert!(!lock(&store.replies).slots.contains_key(&Key::of(&key(1))));
    }

    #[tokio::test(start_paused = true)]
    async fn the_oldest_are_forgotten_where_there_are_too_many() {
        let store = MemoryStore::default();
        let numbered = |number: usize| ReplyKey { call_id: number.to_string(), ..key(1) };
        for number in 0..=REPLIES {
            store.claim(&numbered(number), LEASE, WINDOW).await.unwrap();
            store.finish(&numbered(number), "reply".into(), WINDOW).await.unwrap();
        }
        assert_eq!(lock(&store.replies).slots.len(), REPLIES);
        assert_eq!(store.wait(&numbered(1)).await.unwrap(), Some("reply".into()));
        assert_eq!(store.claim(&numbered(0), LEASE, WINDOW).await.unwrap(), Claim::Run);
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
