//! The queues of messages: a list for each conversation.

use async_trait::async_trait;

use super::super::{ConversationKey, MESSAGE_LIFE, MESSAGES_WAITING, Messages, StoreError};
use super::{RedisStore, milliseconds, scripts};

#[async_trait]
impl Messages for RedisStore {
    async fn push(&self, key: &ConversationKey, text: &str) -> Result<Option<usize>, StoreError> {
        let mut script = scripts::PUSH.key(self.keys.messages(key));
        script.arg(text).arg(milliseconds(MESSAGE_LIFE)).arg(MESSAGES_WAITING);
        let waiting: i64 = self.connection.invoke_once(&script).await?;
        Ok(usize::try_from(waiting).ok())
    }

    async fn take(&self, key: &ConversationKey) -> Result<Vec<String>, StoreError> {
        self.connection.invoke_once(&scripts::TAKE.key(self.keys.messages(key))).await
    }
}
