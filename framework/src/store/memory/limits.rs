//! The counters in memory.

use std::collections::{BTreeSet, HashMap, VecDeque};

use async_trait::async_trait;
use tokio::time::Instant;

use super::super::{Bound, Full, LimitKey, Limits, Mark, StoreError};
use super::{MemoryStore, lock};

/// Keys whose events are kept; beyond it the one whose events end soonest goes.
const KEYS: usize = 100_000;
/// Events kept in all; beyond it the key whose events end soonest goes.
const EVENTS: usize = 1_000_000;

#[derive(Default)]
pub(super) struct Counters {
    keys: HashMap<LimitKey, Counter>,
    /// The keys in the order in which their last event ends.
    ends: BTreeSet<(Instant, LimitKey)>,
    events: usize,
}

struct Counter {
    /// Oldest first.
    events: VecDeque<(Instant, Mark)>,
    ends: Instant,
}

impl Counters {
    /// The first of the longest waits.
    fn look(&self, bounds: &[Bound], now: Instant) -> Option<Full> {
        let waits = bounds.iter().enumerate().filter_map(|(place, bound)| {
            let room_in = self.room_in(bound, now)?;
            Some(Full { bound: place, room_in })
        });
        waits.reduce(|longest, next| if next.room_in > longest.room_in { next } else { longest })
    }

    /// How long it takes until there is room; `None` where there is now.
    fn room_in(&self, bound: &Bound, now: Instant) -> Option<std::time::Duration> {
        let Some(most) = usize::try_from(bound.most).ok().filter(|most| *most > 0) else {
            return Some(bound.window);
        };
        let events = &self.keys.get(&bound.key)?.events;
        // The one that has to leave the window before another one fits.
        let (at, _) = events.get(events.len().checked_sub(most)?)?;
        let wait = (*at + bound.window).saturating_duration_since(now);
        (!wait.is_zero()).then_some(wait)
    }

    fn count(&mut self, bound: &Bound, mark: Mark, now: Instant) {
        let ends = now + bound.window;
        let counter = self.keys.entry(bound.key).or_insert_with(|| Counter { events: VecDeque::new(), ends });
        self.ends.remove(&(counter.ends, bound.key));
        while counter.events.front().is_some_and(|(at, _)| *at + bound.window <= now) {
            counter.events.pop_front();
            self.events -= 1;
        }
        counter.events.push_back((now, mark));
        self.events += 1;
        counter.ends = counter.ends.max(ends);
        self.ends.insert((counter.ends, bound.key));
    }

    /// Drops what is over, and what is too much.
    fn tidy(&mut self, now: Instant) {
        while let Some((ends, key)) = self.ends.first().copied() {
            if ends > now && self.keys.len() <= KEYS && self.events <= EVENTS {
                break;
            }
            self.remove(&key);
        }
    }

    fn remove(&mut self, key: &LimitKey) {
        if let Some(counter) = self.keys.remove(key) {
            self.events -= counter.events.len();
            self.ends.remove(&(counter.ends, *key));
        }
    }

    fn uncount(&mut self, key: &LimitKey, mark: Mark) {
        let Some(counter) = self.keys.get_mut(key) else { return };
        let before = counter.events.len();
        counter.events.retain(|(_, other)| *other != mark);
        self.events -= before - counter.events.len();
        if counter.events.is_empty() {
            self.remove(key);
        }
    }
}

#[async_trait]
impl Limits for MemoryStore {
    async fn count(&self, bounds: &[Bound], mark: Mark) -> Result<Option<Full>, StoreError> {
        let mut counters = lock(&self.limits);
        let now = Instant::now();
        let full = counters.look(bounds, now);
        if full.is_none() {
            for bound in bounds {
                counters.count(bound, mark, now);
            }
            counters.tidy(now);
        }
        Ok(full)
    }

    async fn look(&self, bounds: &[Bound]) -> Result<Option<Full>, StoreError> {
        Ok(lock(&self.limits).look(bounds, Instant::now()))
    }

    async fn uncount(&self, keys: &[LimitKey], mark: Mark) -> Result<(), StoreError> {
        let mut counters = lock(&self.limits);
        for key in keys {
            counters.uncount(key, mark);
        }
        Ok(())
    }

    async fn clear(&self, key: &LimitKey) -> Result<(), StoreError> {
        lock(&self.limits).remove(key);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_window_slides_event_by_event() {
        let store = MemoryStore::default();
        let second = Duration::from_secs(1);
        let bound = Bound { key: LimitKey::new("test", "a"), most: 2, window: 10 * second };
        let count = async |mark: u8| store.count(&[bound], [mark; 16]).await.unwrap();
        assert_eq!(count(1).await, None);
        tokio::time::advance(4 * second).await;
        assert_eq!(count(2).await, None);
        assert_eq!(count(3).await, Some(Full { bound: 0, room_in: 6 * second }));
        tokio::time::advance(6 * second).await;
        assert_eq!(count(4).await, None);
        assert_eq!(count(5).await, Some(Full { bound: 0, room_in: 4 * second }));
        tokio::time::advance(20 * second).await;
        // What is over is dropped with the next event, whoever's it is.
        let other = Bound { key: LimitKey::new("test", "b"), ..bound };
        assert_eq!(store.count(&[other], [1; 16]).await.unwrap(), None);
        let counters = lock(&store.limits);
        assert_eq!((counters.keys.len(), counters.ends.len(), counters.events), (1, 1, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn the_number_of_keys_is_bounded_and_the_first_to_end_goes() {
        let store = MemoryStore::default();
        let bound = |subject: &str, seconds| Bound {
            key: LimitKey::new("test", subject),
            most: 1,
            window: Duration::from_secs(seconds),
        };
        store.count(&[bound("long", 1000)], [0; 16]).await.unwrap();
        for number in 0..KEYS {
            store.count(&[bound(&number.to_string(), 10)], [0; 16]).await.unwrap();
            if number == 0 {
                tokio::time::advance(Duration::from_millis(1)).await;
            }
        }
        assert_eq!(lock(&store.limits).keys.len(), KEYS);
        assert!(store.look(&[bound("long", 1000)]).await.unwrap().is_some());
        assert!(store.look(&[bound("0", 10)]).await.unwrap().is_none());
        assert!(store.look(&[bound("1", 10)]).await.unwrap().is_some());
    }
}
