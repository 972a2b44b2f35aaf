//! The stored reports: a text for each, and sorted sets of their ids: of all, of each agent, of each conversation.

use async_trait::async_trait;
use jiff::Timestamp;

use super::super::{Conversation, ConversationKey, Conversations, StoreError, Stored, Summary};
use super::keys::escaped;
use super::{RedisStore, scripts};

/// How many reports are read at once.
const MOST: usize = 1_000;
/// How many reports of a conversation are looked through for summaries, at most.
const LOOKED_THROUGH: usize = 200;

impl RedisStore {
    fn conversation_key(&self, name: &str) -> String {
        self.keys.conversations() + name
    }

    /// The reports of these ids that are there still, in this order.
    async fn bodies(&self, ids: &[u64]) -> Result<Vec<Conversation>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut command = redis::cmd("MGET");
        for id in ids {
            command.arg(self.conversation_key(&format!("body:{id}")));
        }
        let bodies: Vec<Option<Vec<u8>>> = self.connection.run(&command).await?;
        let there = ids.iter().zip(bodies).filter_map(|(id, body)| Some((*id, body?)));
        there
            .map(|(id, body)| {
                let found: Conversation = serde_json::from_slice(&body).map_err(StoreError::unavailable)?;
                Ok(Conversation { id, ..found })
            })
            .collect()
    }
}

#[async_trait]
impl Conversations for RedisStore {
    async fn put(&self, conversation: &Conversation) -> Result<Stored, StoreError> {
        let body = serde_json::to_vec(conversation).map_err(StoreError::unavailable)?;
        let remembered = conversation.key.filter(|_| conversation.remembered().is_some());
        let mut script = scripts::PUT.key(self.keys.conversations());
        script.arg(hex::encode(conversation.digest())).arg(&*escaped(&conversation.agent));
        script.arg(remembered.map(|key| hex::encode(key.as_bytes())).unwrap_or_default());
        script.arg(body).arg(self.keeps.age);
        let (id, again): (u64, u64) = self.connection.invoke(&script).await?;
        Ok(Stored { id, again: again == 1 })
    }

    async fn list(
        &self,
        agent: Option<&str>,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Conversation>, StoreError> {
        let list = match agent {
            Some(agent) => self.conversation_key(&format!("agent:{}", escaped(agent))),
            None => self.conversation_key("all"),
        };
        let mut command = redis::cmd("ZREVRANGEBYSCORE");
        command.arg(list).arg(before.map_or_else(|| "+inf".to_owned(), |id| format!("({id}"))).arg("-inf");
        command.arg("LIMIT").arg(0).arg(limit.min(MOST));
        let ids: Vec<u64> = self.connection.run(&command).await?;
        self.bodies(&ids).await
    }

    async fn get(&self, id: u64) -> Result<Option<Conversation>, StoreError> {
        Ok(self.bodies(&[id]).await?.pop())
    }

    async fn summaries(
        &self,
        key: &ConversationKey,
        since: Timestamp,
        limit: usize,
    ) -> Result<Vec<Summary>, StoreError> {
        let list = self.conversation_key(&format!("key:{}", hex::encode(key.as_bytes())));
        let mut command = redis::cmd("ZREVRANGE");
        command.arg(list).arg(0).arg(LOOKED_THROUGH - 1);
        let ids: Vec<u64> = self.connection.run(&command).await?;
        let mut found = Vec::new();
        for some in ids.chunks(20) {
            let reports = self.bodies(some).await?;
            let fitting = reports.iter().filter(|report| report.received_at >= since);
            found.extend(fitting.filter_map(Conversation::remembered));
            if found.len() >= limit {
                break;
            }
        }
        found.truncate(limit);
        Ok(found)
    }
}
