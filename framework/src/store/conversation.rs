//! Conversations: the end-of-call reports, as received but masked.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;

use super::{ConversationKey, StoreError};
use crate::call::Report;

/// A stored end-of-call report.
#[derive(Clone)]
#[non_exhaustive]
pub struct Conversation {
    /// Its place in the store; ids grow. 0 until it is stored.
    pub id: u64,
    /// When the report arrived.
    pub received_at: Timestamp,
    /// The agent's name.
    pub agent: Arc<str>,
    /// The agent id that it was posted for.
    pub agent_id: Arc<str>,
    /// The call, where the report names it.
    pub call_id: Option<String>,
    /// The conversation that it continues, where the report names one: `conversation_id`.
    pub key: Option<ConversationKey>,
    /// The report: sensitive arguments, codes and credentials are masked, all else is as it came.
    pub report: Arc<Report>,
}

impl Conversation {
    pub(crate) fn new(
        agent: Arc<str>,
        agent_id: Arc<str>,
        key: Option<ConversationKey>,
        report: Report,
    ) -> Self {
        let call_id = report.call_id().map(str::to_owned);
        Self { id: 0, received_at: Timestamp::now(), agent, agent_id, call_id, key, report: Arc::new(report) }
    }

    /// What a later call is told of it: the report's `conversation_summary`, where there is one.
    pub fn remembered(&self) -> Option<Summary> {
        let text = self.report.conversation_summary().filter(|text| !text.trim().is_empty())?;
        Some(Summary { at: self.received_at, call_id: self.call_id.clone(), text: text.to_owned() })
    }
}

/// The platform's summary of a conversation, for the next call of the same conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// When its report arrived.
    pub at: Timestamp,
    /// The call that it sums up.
    pub call_id: Option<String>,
    /// The text, masked as the report is.
    pub text: String,
}

/// The stored reports.
#[async_trait]
pub trait Conversations: Send + Sync {
    /// Stores a report and returns its id.
    async fn put(&self, conversation: Conversation) -> Result<u64, StoreError>;

    /// Up to `limit` conversations with an id below `before` (`None`: the newest), newest first.
    async fn list(&self, before: Option<u64>, limit: usize) -> Result<Vec<Conversation>, StoreError>;

    /// One conversation.
    async fn get(&self, id: u64) -> Result<Option<Conversation>, StoreError>;

    /// Up to `limit` summaries of a conversation that arrived at `since` or later, newest first.
    async fn summaries(
        &self,
        key: &ConversationKey,
        since: Timestamp,
        limit: usize,
    ) -> Result<Vec<Summary>, StoreError>;
}
