//! The queues of messages in memory.

use std::collections::{HashMap, VecDeque};

use async_trait::async_trait;
use tokio::time::Instant;

use super::super::{ConversationKey, MESSAGE_LIFE, MESSAGES_WAITING, Messages, StoreError};
use super::{MemoryStore, lock};

/// Conversations whose messages are kept; beyond it the one that got none for longest goes.
const CONVERSATIONS: usize = 10_000;

#[derive(Default)]
pub(super) struct Queues(HashMap<ConversationKey, Queue>);

#[derive(Default)]
struct Queue(VecDeque<(String, Instant)>);

impl Queue {
    fn drop_expired(&mut self, now: Instant) {
        while self.0.front().is_some_and(|(_, ends)| *ends <= now) {
            self.0.pop_front();
        }
    }

    /// When its newest message expires.
    fn ends(&self) -> Option<Instant> {
        self.0.back().map(|(_, ends)| *ends)
    }
}

impl Queues {
    /// Makes room for one more conversation.
    fn make_room(&mut self, now: Instant) {
        if self.0.len() < CONVERSATIONS {
            return;
        }
        self.0.retain(|_, queue| queue.ends().is_some_and(|ends| ends > now));
        if self.0.len() >= CONVERSATIONS
            && let Some(key) = self.0.iter().min_by_key(|(_, queue)| queue.ends()).map(|(key, _)| *key)
        {
            self.0.remove(&key);
        }
    }
}

#[async_trait]
impl Messages for MemoryStore {
    async fn push(&self, key: &ConversationKey, text: &str) -> Result<Option<usize>, StoreError> {
        let mut queues = lock(&self.messages);
        let now = Instant::now();
        if !queues.0.contains_key(key) {
            queues.make_room(now);
        }
        let queue = queues.0.entry(*key).or_default();
        queue.drop_expired(now);
        if queue.0.len() >= MESSAGES_WAITING {
            return Ok(None);
        }
        queue.0.push_back((text.to_owned(), now + MESSAGE_LIFE));
        Ok(Some(queue.0.len()))
    }

    async fn take(&self, key: &ConversationKey) -> Result<Vec<String>, StoreError> {
        let Some(mut queue) = lock(&self.messages).0.remove(key) else { return Ok(Vec::new()) };
        queue.drop_expired(Instant::now());
        Ok(queue.0.into_iter().map(|(text, _)| text).collect())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn key(conversation: &str) -> ConversationKey {
        ConversationKey::new("mfa", "7", conversation).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_message_that_waited_too_long_is_gone_and_makes_room() {
        let store = MemoryStore::default();
        for _ in 0..MESSAGES_WAITING {
            store.push(&key("a"), "old").await.unwrap();
        }
        tokio::time::advance(MESSAGE_LIFE.checked_sub(Duration::from_secs(1)).unwrap()).await;
        assert_eq!(store.push(&key("a"), "new").await.unwrap(), None);
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(store.push(&key("a"), "new").await.unwrap(), Some(1));
        assert_eq!(store.take(&key("a")).await.unwrap(), ["new"]);
    }

    #[tokio::test(start_paused = true)]
    async fn the_number_of_conversations_is_bounded_and_the_oldest_goes_first() {
        let store = MemoryStore::default();
        for number in 0..=CONVERSATIONS {
            store.push(&key(&number.to_string()), "text").await.unwrap();
            tokio::time::advance(Duration::from_millis(1)).await;
        }
        assert_eq!(lock(&store.messages).0.len(), CONVERSATIONS);
        assert!(store.take(&key("0")).await.unwrap().is_empty());
        assert_eq!(store.take(&key("1")).await.unwrap(), ["text"]);
    }
}
