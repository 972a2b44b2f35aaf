//! The newest events of the agent ids that are watched, so that a thousand viewers do not ask the store a thousand times for
//! each event.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::{EventId, RecordedEvent};

/// How many events are kept for one agent id.
const EVENTS: usize = 1_000;
/// How many bytes of them.
const BYTES: usize = 1 << 20;
/// How long an agent id that nobody watches any more is kept: a viewer that is being written to waits for nothing meanwhile.
const IDLE: Duration = Duration::from_secs(30);

/// The ends of the logs that are watched.
#[derive(Default)]
pub(super) struct Tail(Mutex<HashMap<Arc<str>, End>>);

struct End {
    events: VecDeque<Arc<RecordedEvent>>,
    bytes: usize,
    /// All events with a higher id are here. `None`: nothing is known.
    from: Option<EventId>,
    changes: watch::Sender<u64>,
    used: Instant,
}

impl End {
    fn new() -> Self {
        Self {
            events: VecDeque::new(),
            bytes: 0,
            from: None,
            changes: watch::Sender::new(0),
            used: Instant::now(),
        }
    }

    fn push(&mut self, event: Arc<RecordedEvent>) {
        self.bytes += event.json.len();
        self.events.push_back(event);
        while self.events.len() > EVENTS || self.bytes > BYTES {
            let Some(oldest) = self.events.pop_front() else { break };
            self.bytes -= oldest.json.len();
            self.from = Some(oldest.id);
        }
    }

    fn forget(&mut self) {
        (self.from, self.bytes) = (None, 0);
        self.events.clear();
    }

    fn wake(&self) {
        self.changes.send_modify(|times| *times += 1);
    }

    fn newest(&self) -> Option<EventId> {
        self.events.back().map(|event| event.id)
    }
}

impl Tail {
    fn lock(&self) -> MutexGuard<'_, HashMap<Arc<str>, End>> {
        // Nothing below panics while it holds the lock half-way through a change.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells when there is something new of an agent id; from now on its events are kept here.
    pub(super) fn watch(&self, agent_id: &str) -> watch::Receiver<u64> {
        let mut ends = self.lock();
        if !ends.contains_key(agent_id) {
            ends.retain(|_, end| end.changes.receiver_count() > 0 || end.used.elapsed() < IDLE);
            ends.insert(agent_id.into(), End::new());
        }
        let end = ends.entry(agent_id.into()).or_insert_with(End::new);
        end.used = Instant::now();
        end.changes.subscribe()
    }

    /// Whether events of an agent id are kept here.
    #[cfg(any(test, feature = "sqlite"))]
    pub(super) fn is_watched(&self, agent_id: &str) -> bool {
        self.lock().contains_key(agent_id)
    }

    /// Whether anybody waits for anything.
    #[cfg(any(test, feature = "sqlite"))]
    pub(super) fn is_waited_for(&self) -> bool {
        self.lock().values().any(|end| end.changes.receiver_count() > 0)
    }

    /// Takes new events of an agent id, oldest first. No other event of it has an id above `before` and below theirs.
    pub(super) fn push(
        &self,
        agent_id: &str,
        before: EventId,
        events: impl IntoIterator<Item = Arc<RecordedEvent>>,
    ) {
        let mut ends = self.lock();
        let Some(end) = ends.get_mut(agent_id) else { return };
        if end.from.is_none() {
            end.from = Some(before);
        }
        for event in events {
            end.push(event);
        }
        end.wake();
    }

    /// Says that there is an event which is not kept here: nobody watched its agent id when it was made. Who began to watch
    /// since then has looked for it in vain, and is woken.
    #[cfg(feature = "sqlite")]
    pub(super) fn pass_over(&self, agent_id: &str, id: EventId) {
        if let Some(end) = self.lock().get_mut(agent_id) {
            end.forget();
            end.from = Some(id);
            end.wake();
        }
    }

    /// Up to `limit` events above `after`, oldest first; `None` where the store has to be asked.
    pub(super) fn after(
        &self,
        agent_id: &str,
        after: EventId,
        limit: usize,
    ) -> Option<Vec<Arc<RecordedEvent>>> {
        let mut ends = self.lock();
        let end = ends.get_mut(agent_id)?;
        end.used = Instant::now();
        if after < end.from? {
            return None;
        }
        let first = end.events.partition_point(|event| event.id <= after);
        Some(end.events.iter().skip(first).take(limit).cloned().collect())
    }

    /// Whether there is an event above `after`; `None` where the store has to be asked.
    pub(super) fn is_above(&self, agent_id: &str, after: EventId) -> Option<bool> {
        let ends = self.lock();
        let end = ends.get(agent_id)?;
        if let Some(newest) = end.newest()
            && newest > after
        {
            return Some(true);
        }
        (after >= end.from?).then_some(false)
    }

    /// Forgets the events of one agent id, and wakes all who wait for it.
    #[cfg(feature = "redis")]
    pub(super) fn forget_one(&self, agent_id: &str) {
        if let Some(end) = self.lock().get_mut(agent_id) {
            end.forget();
            end.wake();
        }
    }

    /// Whether somebody watches an agent id, or did a moment ago.
    #[cfg(feature = "redis")]
    pub(super) fn is_in_use(&self, agent_id: &str) -> bool {
        let ends = self.lock();
        ends.get(agent_id).is_some_and(|end| end.changes.receiver_count() > 0 || end.used.elapsed() < IDLE)
    }

    /// Keeps the events of an agent id no more.
    #[cfg(feature = "redis")]
    pub(super) fn remove(&self, agent_id: &str) {
        self.lock().remove(agent_id);
    }

    /// Forgets all events, and wakes all who wait: somebody else has written to the store.
    #[cfg(any(test, feature = "sqlite"))]
    pub(super) fn forget(&self) {
        for end in self.lock().values_mut() {
            end.forget();
            end.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: EventId) -> Arc<RecordedEvent> {
        Arc::new(RecordedEvent::new(id, None, b"{\"kind\":\"test\"}"))
    }

    fn ids(events: Option<Vec<Arc<RecordedEvent>>>) -> Option<Vec<EventId>> {
        events.map(|events| events.iter().map(|event| event.id).collect())
    }

    #[test]
    fn it_answers_for_what_it_saw_alone() {
        let tail = Tail::default();
        tail.push("7", 0, [event(1)]);
        assert_eq!(ids(tail.after("7", 0, 9)), None, "nobody watches");
        let mut changes = tail.watch("7");
        assert_eq!((ids(tail.after("7", 0, 9)), tail.is_above("7", 0)), (None, None), "nothing is known yet");
        tail.push("7", 4, [event(5), event(6)]);
        tail.push("8", 6, [event(7)]);
        tail.push("7", 7, [event(8)]);
        assert!(changes.has_changed().unwrap());
        changes.mark_unchanged();
        assert_eq!(ids(tail.after("7", 3, 9)), None, "4 may be there");
        assert_eq!(tail.is_above("7", 3), Some(true));
        assert_eq!(ids(tail.after("7", 4, 9)), Some(vec![5, 6, 8]));
        assert_eq!(ids(tail.after("7", 5, 1)), Some(vec![6]));
        assert_eq!((ids(tail.after("7", 8, 9)), tail.is_above("7", 8)), (Some(vec![]), Some(false)));
        tail.forget();
        assert!(changes.has_changed().unwrap());
        assert_eq!((ids(tail.after("7", 8, 9)), tail.is_above("7", 8)), (None, None));
    }

    #[cfg(feature = "sqlite")]
    #[test]
    fn who_began_to_watch_a_moment_late_is_woken_and_asks_the_store() {
        let tail = Tail::default();
        tail.pass_over("7", 1);
        let mut changes = tail.watch("7");
        tail.pass_over("8", 2);
        assert!(!changes.has_changed().unwrap());
        tail.pass_over("7", 3);
        assert!(changes.has_changed().unwrap());
        changes.mark_unchanged();
        assert_eq!((ids(tail.after("7", 2, 9)), ids(tail.after("7", 3, 9))), (None, Some(vec![])));
        tail.push("7", 3, [event(4)]);
        assert_eq!((ids(tail.after("7", 2, 9)), ids(tail.after("7", 3, 9))), (None, Some(vec![4])));
    }

    #[test]
    fn it_is_bounded_and_knows_what_it_dropped() {
        let tail = Tail::default();
        let _changes = tail.watch("7");
        for id in 1..=EVENTS as u64 + 10 {
            tail.push("7", id - 1, [event(id)]);
        }
        assert_eq!(ids(tail.after("7", 9, 1)), None);
        assert_eq!(ids(tail.after("7", 10, 1)), Some(vec![11]));
        let large =
            RecordedEvent::new(5000, None, format!("{{\"data\":\"{}\"}}", "x".repeat(BYTES)).as_bytes());
        tail.push("7", 4999, [Arc::new(large)]);
        assert_eq!((ids(tail.after("7", 4999, 9)), ids(tail.after("7", 5000, 9))), (None, Some(vec![])));
    }

    #[tokio::test(start_paused = true)]
    async fn what_nobody_watches_is_dropped_after_a_while() {
        let tail = Tail::default();
        drop(tail.watch("7"));
        let _changes = tail.watch("8");
        tokio::time::advance(IDLE).await;
        let _other = tail.watch("9");
        assert!(!tail.is_watched("7") && tail.is_watched("8") && tail.is_watched("9"));
        assert!(tail.is_waited_for());
    }
}
