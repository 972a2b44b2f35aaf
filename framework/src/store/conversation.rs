//! Conversations: the end-of-call reports, as received but masked.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::key::digest;
use super::{ConversationKey, StoreError};
use crate::call::Report;

/// A stored end-of-call report.
///
/// ```
/// use swaig::store::{Conversations as _, MemoryStore};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), swaig::store::StoreError> {
/// let store = MemoryStore::default();
/// for conversation in store.list(Some("mfa"), None, 20).await? {
///     println!("{} at {}", conversation.id, conversation.received_at);
/// }
/// assert!(store.get(1).await?.is_none());
/// # Ok(()) }
/// ```
#[derive(Clone, Serialize, Deserialize)]
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
    #[serde(with = "as_json")]
    pub report: Arc<Report>,
    /// Why the report is a dead letter: what came was not JSON. Then it is a JSON text that holds what came, masked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dead_letter: Option<String>,
}

/// A report is not serialised by itself: it would be too easy to write down one that is not masked.
mod as_json {
    use std::sync::Arc;

    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};
    use serde_json::Value;

    use crate::call::Report;

    pub(super) fn serialize<S: Serializer>(report: &Report, to: S) -> Result<S::Ok, S::Error> {
        report.raw().serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Arc<Report>, D::Error> {
        Value::deserialize(from).map(|body| Arc::new(Report::new(body)))
    }
}

/// Where a report is kept.
///
/// ```
/// use swaig::store::Stored;
///
/// // The platform has sent a report again: it is where it was.
/// let stored = Stored { id: 7, again: true };
/// assert!(stored.again);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its id.
    pub id: u64,
    /// Whether it was there already.
    pub again: bool,
}

impl Conversation {
    pub(crate) fn new(
        agent: Arc<str>,
        agent_id: Arc<str>,
        key: Option<ConversationKey>,
        report: Report,
    ) -> Self {
        let call_id = report.call_id().map(str::to_owned);
        Self {
            id: 0,
            received_at: Timestamp::now(),
            agent,
            agent_id,
            call_id,
            key,
            report: Arc::new(report),
            dead_letter: None,
        }
    }

    /// The same with the call's id as all its events have it: in a masked report it may be masked.
    pub(crate) fn of_call(self, call_id: Option<String>) -> Self {
        Self { call_id, ..self }
    }

    /// What came where an end-of-call report was expected, masked, and why it cannot be read as one.
    pub(crate) fn dead_letter(agent: Arc<str>, agent_id: Arc<str>, masked: String, why: String) -> Self {
        let report = Report::new(masked.into());
        Self { dead_letter: Some(why), ..Self::new(agent, agent_id, None, report) }
    }

    /// A digest of the report, of its call, and of whom it was posted for: a report that comes twice has the same. The call
    /// counts beside the report, since an id may be masked in there.
    pub fn digest(&self) -> [u8; 32] {
        let call_id = self.call_id.as_deref().unwrap_or_default();
        digest([&*self.agent, &*self.agent_id, call_id, &self.report.raw().to_string()])
    }

    /// What a later call is told of it: the report's `conversation_summary`, where there is one.
    pub fn remembered(&self) -> Option<Summary> {
        let text = self.report.conversation_summary().filter(|text| !text.trim().is_empty())?;
        Some(Summary { at: self.received_at, call_id: self.call_id.clone(), text: text.to_owned() })
    }
}

/// The platform's summary of a conversation, for the next call of the same conversation.
///
/// ```
/// use swaig::store::Summary;
///
/// let summary = Summary { at: jiff::Timestamp::UNIX_EPOCH, call_id: None, text: "A table for 4.".into() };
/// assert_eq!(summary.text, "A table for 4.");
/// ```
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
///
/// ```
/// use swaig::store::{Conversations as _, MemoryStore};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), swaig::store::StoreError> {
/// let store = MemoryStore::default();
/// for conversation in store.list(Some("mfa"), None, 20).await? {
///     println!("{} at {}", conversation.id, conversation.received_at);
/// }
/// assert!(store.get(1).await?.is_none());
/// # Ok(()) }
/// ```
#[async_trait]
pub trait Conversations: Send + Sync {
    /// Stores a report under an id that the store gives. One with the same [`digest`](Conversation::digest) is not stored
    /// twice: the platform sends a report again when it did not hear the answer.
    async fn put(&self, conversation: &Conversation) -> Result<Stored, StoreError>;

    /// Up to `limit` conversations, of one agent or of all, with an id below `before` (`None`: the newest), newest first.
    async fn list(
        &self,
        agent: Option<&str>,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Conversation>, StoreError>;

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
