//! The memory of replies: a hash for each function of a call, with a field for each argument.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

use super::super::{Claim, ReplyKey, ReplyMemory, StoreError};
use super::{RedisStore, milliseconds, scripts};

/// How often a reply is looked for while its function runs, at first and at most.
const LOOKS: (Duration, Duration) = (Duration::from_millis(20), Duration::from_millis(200));

fn unexpected(word: &str) -> StoreError {
    StoreError::unavailable(format!("Redis answered {word:?}, which no script here does"))
}

/// What a script says of a reply.
type Answer = (String, Option<Vec<u8>>);

/// A list of one or two texts.
fn answer(mut parts: Vec<Vec<u8>>) -> Answer {
    let reply = if parts.len() > 1 { parts.pop() } else { None };
    (String::from_utf8_lossy(&parts.pop().unwrap_or_default()).into_owned(), reply)
}

#[async_trait]
impl ReplyMemory for RedisStore {
    async fn claim(&self, key: &ReplyKey, lease: Duration, window: Duration) -> Result<Claim, StoreError> {
        let mut script = scripts::CLAIM.key(self.keys.replies_of(key));
        script.arg(hex::encode(key.argument)).arg(milliseconds(lease)).arg(milliseconds(window));
        script.arg(uuid::Uuid::new_v4().simple().to_string());
        match answer(self.connection.invoke(&script).await?) {
            (word, Some(reply)) if word == "done" => Ok(Claim::Done(reply.into())),
            (word, _) => match &*word {
                "run" => Ok(Claim::Run),
                "running" => Ok(Claim::Running),
                "interrupted" => Ok(Claim::Interrupted),
                _ => Err(unexpected(&word)),
            },
        }
    }

    async fn finish(&self, key: &ReplyKey, reply: Bytes, window: Duration) -> Result<(), StoreError> {
        let mut script = scripts::FINISH.key(self.keys.replies_of(key));
        script.arg(hex::encode(key.argument)).arg(milliseconds(window)).arg(&*reply);
        self.connection.invoke(&script).await
    }

    async fn release(&self, key: &ReplyKey) -> Result<(), StoreError> {
        let mut command = redis::cmd("HDEL");
        command.arg(self.keys.replies_of(key)).arg(hex::encode(key.argument));
        // Somebody else may have claimed it when it comes for the second time.
        self.connection.run_once::<i64>(&command).await.map(drop)
    }

    async fn wait(&self, key: &ReplyKey) -> Result<Option<Bytes>, StoreError> {
        let mut pause = LOOKS.0;
        loop {
            let mut script = scripts::LOOK.key(self.keys.replies_of(key));
            script.arg(hex::encode(key.argument));
            match answer(self.connection.invoke(&script).await?) {
                (word, Some(reply)) if word == "done" => return Ok(Some(reply.into())),
                (word, _) if word == "running" => {}
                _ => return Ok(None),
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LOOKS.1);
        }
    }

    async fn forget(&self, agent_id: &str, call_id: &str, function: &str) -> Result<(), StoreError> {
        let script = scripts::FORGET.key(self.keys.replies(agent_id, call_id, function));
        self.connection.invoke(&script).await
    }
}
