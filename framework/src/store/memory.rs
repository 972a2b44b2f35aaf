//! The store in memory: bounded, and gone when the process ends.

mod messages;

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;
use tokio::sync::watch;
use tokio::time::Instant;

use super::{
    Claim, Conversation, ConversationKey, Conversations, EventId, EventLog, NewEvent, RecordedEvent,
    ReplyKey, ReplyMemory, Store, StoreError, Summary,
};

/// Events kept for one agent id.
const EVENTS_PER_AGENT_ID: usize = 10_000;
/// Bytes of events kept for one agent id.
const EVENT_BYTES_PER_AGENT_ID: usize = 8 << 20;
/// Agent ids whose events are kept; beyond it the one that was silent longest goes.
const AGENT_IDS: usize = 1_000;
/// Conversations kept.
const CONVERSATIONS: usize = 1_000;
/// Bytes of conversations kept, measured as JSON.
const CONVERSATION_BYTES: usize = 64 << 20;
/// Replies kept.
const REPLIES: usize = 100_000;

/// A store that forgets the oldest first and ends with the process.
#[derive(Default)]
pub struct MemoryStore {
    events: Mutex<HashMap<Arc<str>, Ring>>,
    conversations: Mutex<Reports>,
    replies: Mutex<Replies>,
    messages: Mutex<messages::Queues>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing below panics while it holds a lock half-way through a change.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Ring {
    events: VecDeque<Arc<RecordedEvent>>,
    bytes: usize,
    newest: watch::Sender<EventId>,
    used: Instant,
}

impl Default for Ring {
    fn default() -> Self {
        Self { events: VecDeque::new(), bytes: 0, newest: watch::Sender::new(0), used: Instant::now() }
    }
}

impl Ring {
    fn push(&mut self, event: NewEvent) {
        let event = Arc::new(RecordedEvent::new(*self.newest.borrow() + 1, event));
        self.bytes += event.json.len();
        self.used = Instant::now();
        let id = event.id;
        self.events.push_back(event);
        while self.events.len() > EVENTS_PER_AGENT_ID || self.bytes > EVENT_BYTES_PER_AGENT_ID {
            let Some(oldest) = self.events.pop_front() else { break };
            self.bytes -= oldest.json.len();
        }
        self.newest.send_replace(id);
    }
}

impl MemoryStore {
    /// The ring of an agent id, made where it is not there yet. A ring that is watched is never dropped.
    fn ring<T>(&self, agent_id: &str, use_it: impl FnOnce(&mut Ring) -> T) -> T {
        let mut rings = lock(&self.events);
        if !rings.contains_key(agent_id) {
            if rings.len() >= AGENT_IDS {
                let silent = rings
                    .iter()
                    .filter(|(_, ring)| ring.newest.receiver_count() == 0)
                    .min_by_key(|(_, ring)| ring.used)
                    .map(|(id, _)| id.clone());
                if let Some(id) = silent {
                    rings.remove(&id);
                }
            }
            rings.insert(agent_id.into(), Ring::default());
        }
        use_it(rings.entry(agent_id.into()).or_default())
    }
}

#[async_trait]
impl EventLog for MemoryStore {
    async fn append(&self, events: Vec<NewEvent>) -> Result<(), StoreError> {
        for event in events {
            let agent_id = event.agent_id.clone();
            self.ring(&agent_id, |ring| ring.push(event));
        }
        Ok(())
    }

    async fn after(
        &self,
        agent_id: &str,
        after: EventId,
        limit: usize,
    ) -> Result<Vec<Arc<RecordedEvent>>, StoreError> {
        let rings = lock(&self.events);
        let Some(ring) = rings.get(agent_id) else { return Ok(Vec::new()) };
        let from = ring.events.partition_point(|event| event.id <= after);
        Ok(ring.events.iter().skip(from).take(limit).cloned().collect())
    }

    async fn latest(&self, agent_id: &str) -> Result<EventId, StoreError> {
        Ok(lock(&self.events).get(agent_id).map_or(0, |ring| *ring.newest.borrow()))
    }

    async fn changed(&self, agent_id: &str, after: EventId) -> Result<(), StoreError> {
        let mut newest = self.ring(agent_id, |ring| ring.newest.subscribe());
        // An error means that the ring was dropped: the caller looks again.
        let _ = newest.wait_for(|id| *id > after).await;
        Ok(())
    }
}

#[derive(Default)]
struct Reports {
    kept: VecDeque<(Conversation, usize)>,
    bytes: usize,
    last: u64,
}

#[async_trait]
impl Conversations for MemoryStore {
    async fn put(&self, mut conversation: Conversation) -> Result<u64, StoreError> {
        let bytes = conversation.report.raw().to_string().len();
        let mut reports = lock(&self.conversations);
        reports.last += 1;
        conversation.id = reports.last;
        reports.bytes += bytes;
        reports.kept.push_back((conversation, bytes));
        while reports.kept.len() > 1
            && (reports.kept.len() > CONVERSATIONS || reports.bytes > CONVERSATION_BYTES)
        {
            if let Some((_, bytes)) = reports.kept.pop_front() {
                reports.bytes -= bytes;
            }
        }
        Ok(reports.last)
    }

    async fn list(&self, before: Option<u64>, limit: usize) -> Result<Vec<Conversation>, StoreError> {
        let reports = lock(&self.conversations);
        let newest_first = reports.kept.iter().rev().map(|(conversation, _)| conversation);
        let below = newest_first.filter(|conversation| before.is_none_or(|before| conversation.id < before));
        Ok(below.take(limit).cloned().collect())
    }

    async fn get(&self, id: u64) -> Result<Option<Conversation>, StoreError> {
        let reports = lock(&self.conversations);
        let found = reports.kept.binary_search_by_key(&id, |(conversation, _)| conversation.id);
        Ok(found.ok().map(|place| reports.kept[place].0.clone()))
    }

    async fn summaries(
        &self,
        key: &ConversationKey,
        since: Timestamp,
        limit: usize,
    ) -> Result<Vec<Summary>, StoreError> {
        let reports = lock(&self.conversations);
        let newest_first = reports.kept.iter().rev().map(|(conversation, _)| conversation);
        // The clock may have been set back, so an older one may follow a newer one.
        let fitting = newest_first
            .filter(|conversation| conversation.key == Some(*key) && conversation.received_at >= since);
        Ok(fitting.filter_map(Conversation::remembered).take(limit).collect())
    }
}

/// A reply that is awaited (`None` in the channel) or known.
struct Slot {
    reply: watch::Sender<Option<Bytes>>,
    ends: Instant,
    turn: u64,
}

#[derive(Default)]
struct Replies {
    slots: HashMap<ReplyKey, Slot>,
    /// Keys in the order in which their slots were made or renewed; an entry whose turn is not its slot's is stale.
    order: VecDeque<(u64, ReplyKey)>,
    turns: u64,
}

impl Replies {
    fn put(&mut self, key: &ReplyKey, slot: Slot) {
        self.order.push_back((slot.turn, key.clone()));
        self.slots.insert(key.clone(), slot);
        let now = Instant::now();
        // From the front: those that are stale, over, or too many. A longer window in front of a shorter one keeps the
        // shorter one in memory a little longer; `claim` looks at the end itself.
        while let Some((turn, key)) = self.order.front() {
            match self.slots.get(key) {
                Some(slot) if slot.turn == *turn => {
                    if slot.ends > now && self.slots.len() <= REPLIES {
                        break;
                    }
                    self.slots.remove(key);
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
    async fn claim(&self, key: &ReplyKey, window: Duration) -> Result<Claim, StoreError> {
        let mut replies = lock(&self.replies);
        let now = Instant::now();
        if let Some(slot) = replies.slots.get(key)
            && slot.ends > now
        {
            return Ok(slot.reply.borrow().clone().map_or(Claim::Running, Claim::Done));
        }
        let turn = replies.turn();
        replies.put(key, Slot { reply: watch::Sender::new(None), ends: now + window, turn });
        Ok(Claim::Run)
    }

    async fn finish(&self, key: &ReplyKey, reply: Bytes, window: Duration) -> Result<(), StoreError> {
        let mut replies = lock(&self.replies);
        let turn = replies.turn();
        let sender = match replies.slots.remove(key) {
            Some(slot) => slot.reply,
            None => watch::Sender::new(None),
        };
        sender.send_replace(Some(reply));
        replies.put(key, Slot { reply: sender, ends: Instant::now() + window, turn });
        Ok(())
    }

    async fn release(&self, key: &ReplyKey) -> Result<(), StoreError> {
        lock(&self.replies).slots.remove(key);
        Ok(())
    }

    async fn wait(&self, key: &ReplyKey) -> Result<Option<Bytes>, StoreError> {
        let (mut reply, ends) = {
            let replies = lock(&self.replies);
            let Some(slot) = replies.slots.get(key) else { return Ok(None) };
            (slot.reply.subscribe(), slot.ends)
        };
        let known = tokio::time::timeout_at(ends, reply.wait_for(Option::is_some)).await;
        Ok(known.ok().and_then(Result::ok).and_then(|reply| reply.clone()))
    }

    async fn forget(&self, agent_id: &str, call_id: &str, function: &str) -> Result<(), StoreError> {
        lock(&self.replies).slots.retain(|key, slot| {
            let it = key.function == function && key.call_id == call_id && key.agent_id == agent_id;
            // One that still runs is left alone: whoever waits for it gets its reply.
            !it || slot.reply.borrow().is_none()
        });
        Ok(())
    }
}

impl Store for MemoryStore {
    fn name(&self) -> &'static str {
        "memory"
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::call::Report;

    fn event(agent_id: &str, data: serde_json::Value) -> NewEvent {
        NewEvent {
            at: Timestamp::UNIX_EPOCH,
            agent: "mfa".into(),
            agent_id: agent_id.into(),
            call_id: None,
            kind: "test".into(),
            data,
        }
    }

    fn key(argument: u8) -> ReplyKey {
        ReplyKey { agent_id: "7".into(), call_id: "c".into(), function: "f".into(), argument: [argument; 32] }
    }

    const WINDOW: Duration = Duration::from_secs(30);

    #[tokio::test]
    async fn events_are_replayed_from_the_oldest_that_is_kept_and_are_apart_by_agent_id() {
        let store = MemoryStore::default();
        for number in 0..EVENTS_PER_AGENT_ID + 5 {
            store.append(vec![event("7", json!(number))]).await.unwrap();
        }
        store.append(vec![event("8", json!("other"))]).await.unwrap();
        let all = store.after("7", 0, usize::MAX).await.unwrap();
        assert_eq!((all.len(), all[0].id), (EVENTS_PER_AGENT_ID, 6));
        assert_eq!(store.latest("7").await.unwrap(), 10_005);
        assert_eq!(store.after("7", 10_003, 1).await.unwrap()[0].id, 10_004);
        assert_eq!(store.after("8", 0, 9).await.unwrap().len(), 1);
    }

    #[tokio::test]
    async fn events_are_bounded_in_bytes() {
        let store = MemoryStore::default();
        for _ in 0..3 {
            store.append(vec![event("7", json!("x".repeat(EVENT_BYTES_PER_AGENT_ID / 2)))]).await.unwrap();
        }
        assert_eq!(store.after("7", 0, 9).await.unwrap().len(), 1);
    }

    #[tokio::test]
    async fn a_watcher_wakes_for_an_event_after_its_own() {
        let store = Arc::new(MemoryStore::default());
        store.append(vec![event("7", json!(1))]).await.unwrap();
        store.changed("7", 0).await.unwrap();
        let waiting = tokio::spawn({
            let store = store.clone();
            async move { store.changed("7", 1).await }
        });
        store.append(vec![event("7", json!(2))]).await.unwrap();
        waiting.await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn a_claimed_call_is_awaited_and_its_reply_is_given_again() {
        let store = Arc::new(MemoryStore::default());
        assert_eq!(store.claim(&key(1), WINDOW).await.unwrap(), Claim::Run);
        assert_eq!(store.claim(&key(1), WINDOW).await.unwrap(), Claim::Running);
        assert_eq!(store.claim(&key(2), WINDOW).await.unwrap(), Claim::Run);
        let waiting = tokio::spawn({
            let store = store.clone();
            async move { store.wait(&key(1)).await.unwrap() }
        });
        store.finish(&key(1), "reply".into(), WINDOW).await.unwrap();
        // The task may ask before or after: it gets the reply either way.
        assert_eq!(waiting.await.unwrap(), Some("reply".into()));
        assert_eq!(store.claim(&key(1), WINDOW).await.unwrap(), Claim::Done("reply".into()));
        store.forget("7", "c", "f").await.unwrap();
        assert_eq!(store.claim(&key(1), WINDOW).await.unwrap(), Claim::Run);
        assert_eq!(store.claim(&key(2), WINDOW).await.unwrap(), Claim::Running);
    }

    #[tokio::test(start_paused = true)]
    async fn a_reply_is_forgotten_after_its_window_and_a_released_claim_at_once() {
        let store = MemoryStore::default();
        store.claim(&key(1), WINDOW).await.unwrap();
        store.finish(&key(1), "reply".into(), WINDOW).await.unwrap();
        tokio::time::advance(WINDOW).await;
        assert_eq!(store.claim(&key(1), WINDOW).await.unwrap(), Claim::Run);
        store.release(&key(1)).await.unwrap();
        assert_eq!(store.wait(&key(1)).await.unwrap(), None);
        assert_eq!(store.claim(&key(1), WINDOW).await.unwrap(), Claim::Run);
    }

    #[tokio::test]
    async fn conversations_are_listed_newest_first_in_pages() {
        let store = MemoryStore::default();
        for number in 1..=5 {
            let report = json!({"call_id": format!("c{number}"), "post_prompt_data": {"raw": " ", "substituted": "ok"}});
            store.put(Conversation::new("mfa".into(), "7".into(), None, Report::new(report))).await.unwrap();
        }
        let page: Vec<_> = store.list(None, 2).await.unwrap().iter().map(|report| report.id).collect();
        assert_eq!(page, [5, 4]);
        let page: Vec<_> = store.list(Some(4), 9).await.unwrap().iter().map(|report| report.id).collect();
        assert_eq!(page, [3, 2, 1]);
        let one = store.get(3).await.unwrap().unwrap();
        assert_eq!((one.call_id.as_deref(), one.report.summary()), (Some("c3"), Some("ok")));
        assert!(store.get(6).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn summaries_are_those_of_one_conversation_since_a_time_newest_first() {
        let store = MemoryStore::default();
        let key = |id| ConversationKey::new("mfa", "7", id);
        let put = async |key, at: i64, summary: serde_json::Value| {
            let report = Report::new(json!({"call_id": "c", "conversation_summary": summary}));
            let mut conversation = Conversation::new("mfa".into(), "7".into(), key, report);
            conversation.received_at = Timestamp::from_second(at).unwrap();
            store.put(conversation).await.unwrap();
        };
        put(key("a"), 1, json!("too old")).await;
        put(key("a"), 2, json!("first")).await;
        put(key("b"), 3, json!("of another")).await;
        put(None, 3, json!("of none")).await;
        put(key("a"), 4, json!(" ")).await;
        put(key("a"), 4, json!({"text": "no text"})).await;
        put(key("a"), 5, json!("second")).await;
        let since = Timestamp::from_second(2).unwrap();
        let texts = async |limit| -> Vec<String> {
            let found = store.summaries(&key("a").unwrap(), since, limit).await.unwrap();
            found.into_iter().map(|summary| summary.text).collect()
        };
        assert_eq!(texts(9).await, ["second", "first"]);
        assert_eq!(texts(1).await, ["second"]);
    }
}
