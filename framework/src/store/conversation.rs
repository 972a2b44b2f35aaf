//! Conversations: the end-of-call reports, as received but masked.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;

use super::StoreError;
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
    /// The report: sensitive arguments, codes and credentials are masked, all else is as it came.
    pub report: Arc<Report>,
}

impl Conversation {
    pub(crate) fn new(agent: Arc<str>, agent_id: Arc<str>, report: Report) -> Self {
        let call_id = report.call_id().map(str::to_owned);
        Self { id: 0, received_at: Timestamp::now(), agent, agent_id, call_id, report: Arc::new(report) }
    }
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
}
