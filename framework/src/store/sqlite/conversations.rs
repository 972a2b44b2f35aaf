//! The stored reports in SQLite.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::super::{Conversation, ConversationKey, Conversations, StoreError, Stored, Summary};
use super::SqliteStore;
use crate::call::Report;

const COLUMNS: &str = "id, received_at, agent, agent_id, call_id, key, dead_letter, report";

/// A time in nanoseconds; they fit until the year 2262.
fn nanoseconds(at: Timestamp) -> i64 {
    i64::try_from(at.as_nanosecond()).unwrap_or(if at > Timestamp::UNIX_EPOCH { i64::MAX } else { i64::MIN })
}

fn timestamp(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    let nanoseconds: i64 = row.get(column)?;
    Timestamp::from_nanosecond(nanoseconds.into())
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(column, Type::Integer, Box::new(error)))
}

fn conversation(row: &Row<'_>) -> rusqlite::Result<Conversation> {
    let text = row.get_ref(7)?.as_str()?;
    let report = serde_json::from_str(text)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(7, Type::Text, Box::new(error)))?;
    let key: Option<[u8; 32]> = row.get(5)?;
    let mut found = Conversation::new(
        row.get(2)?,
        row.get(3)?,
        key.map(ConversationKey::from_bytes),
        Report::new(report),
    );
    found.id = row.get(0)?;
    found.received_at = timestamp(row, 1)?;
    found.call_id = row.get(4)?;
    found.dead_letter = row.get(6)?;
    Ok(found)
}

fn put(connection: &Connection, conversation: &Conversation) -> rusqlite::Result<Stored> {
    let digest = conversation.digest();
    let known = "SELECT id FROM conversations WHERE digest = ?1";
    let known = connection.prepare_cached(known)?.query_row([digest], |row| row.get(0)).optional()?;
    if let Some(id) = known {
        return Ok(Stored { id, again: true });
    }
    let insert = "INSERT INTO conversations \
        (received_at, agent, agent_id, call_id, key, digest, dead_letter, summary, report) \
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    connection.prepare_cached(insert)?.execute(params![
        nanoseconds(conversation.received_at),
        conversation.agent,
        conversation.agent_id,
        conversation.call_id,
        conversation.key.as_ref().map(ConversationKey::as_bytes),
        digest,
        conversation.dead_letter,
        conversation.remembered().map(|summary| summary.text),
        conversation.report.raw().to_string(),
    ])?;
    Ok(Stored { id: u64::try_from(connection.last_insert_rowid()).unwrap_or_default(), again: false })
}

#[async_trait]
impl Conversations for SqliteStore {
    async fn put(&self, conversation: &Conversation) -> Result<Stored, StoreError> {
        let conversation = conversation.clone();
        self.write(move |connection| put(connection, &conversation)).await
    }

    async fn list(
        &self,
        agent: Option<&str>,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Conversation>, StoreError> {
        let agent: Option<Arc<str>> = agent.map(Into::into);
        let before = before.map_or(i64::MAX, |id| i64::try_from(id).unwrap_or(i64::MAX));
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read(move |connection| {
            if let Some(agent) = agent {
                let of_one = format!(
                    "SELECT {COLUMNS} FROM conversations WHERE agent = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3"
                );
                let mut statement = connection.prepare_cached(&of_one)?;
                return statement.query_map(params![agent, before, limit], conversation)?.collect();
            }
            let of_all = format!("SELECT {COLUMNS} FROM conversations WHERE id < ?1 ORDER BY id DESC LIMIT ?2");
            let mut statement = connection.prepare_cached(&of_all)?;
            statement.query_map(params![before, limit], conversation)?.collect()
        })
        .await
    }

    async fn get(&self, id: u64) -> Result<Option<Conversation>, StoreError> {
        let Ok(id) = i64::try_from(id) else { return Ok(None) };
        self.read(move |connection| {
            let one = format!("SELECT {COLUMNS} FROM conversations WHERE id = ?1");
            connection.prepare_cached(&one)?.query_row([id], conversation).optional()
        })
        .await
    }

    async fn summaries(
        &self,
        key: &ConversationKey,
        since: Timestamp,
        limit: usize,
    ) -> Result<Vec<Summary>, StoreError> {
        let (key, since) = (*key.as_bytes(), nanoseconds(since));
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read(move |connection| {
            let newest = "SELECT received_at, call_id, summary FROM conversations \
                WHERE key = ?1 AND summary IS NOT NULL AND received_at >= ?2 ORDER BY id DESC LIMIT ?3";
            let mut statement = connection.prepare_cached(newest)?;
            let summary = |row: &Row<'_>| {
                Ok(Summary { at: timestamp(row, 0)?, call_id: row.get(1)?, text: row.get(2)? })
            };
            statement.query_map(params![key, since, limit], summary)?.collect()
        })
        .await
    }
}
