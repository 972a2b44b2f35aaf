//! The queues of messages in SQLite.

use async_trait::async_trait;
use rusqlite::params;

use super::super::{ConversationKey, MESSAGE_LIFE, MESSAGES_WAITING, Messages, StoreError};
use super::{SqliteStore, milliseconds, now};

#[async_trait]
impl Messages for SqliteStore {
    async fn push(&self, key: &ConversationKey, text: &str) -> Result<Option<usize>, StoreError> {
        let (key, text) = (*key.as_bytes(), text.to_owned());
        self.write(move |connection| {
            let now = now();
            let expired = "DELETE FROM messages WHERE key = ?1 AND ends <= ?2";
            connection.prepare_cached(expired)?.execute(params![key, now])?;
            let count = "SELECT count(*) FROM messages WHERE key = ?1";
            let waiting: usize = connection.prepare_cached(count)?.query_row([key], |row| row.get(0))?;
            if waiting >= MESSAGES_WAITING {
                return Ok(None);
            }
            let insert = "INSERT INTO messages (key, text, ends) VALUES (?1, ?2, ?3)";
            connection.prepare_cached(insert)?.execute(params![
                key,
                text,
                now + milliseconds(MESSAGE_LIFE)
            ])?;
            Ok(Some(waiting + 1))
        })
        .await
    }

    async fn take(&self, key: &ConversationKey) -> Result<Vec<String>, StoreError> {
        let key = *key.as_bytes();
        // Polls come every few seconds, and most find nothing: those do not have to wait for a commit.
        let waits = move |connection: &rusqlite::Connection| {
            connection.prepare_cached("SELECT 1 FROM messages WHERE key = ?1")?.exists([key])
        };
        if !self.read(waits).await? {
            return Ok(Vec::new());
        }
        self.write(move |connection| {
            let all = "SELECT text FROM messages WHERE key = ?1 AND ends > ?2 ORDER BY id";
            let mut statement = connection.prepare_cached(all)?;
            let texts =
                statement.query_map(params![key, now()], |row| row.get(0))?.collect::<Result<_, _>>()?;
            connection.prepare_cached("DELETE FROM messages WHERE key = ?1")?.execute([key])?;
            Ok(texts)
        })
        .await
    }
}
