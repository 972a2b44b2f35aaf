//! What the server keeps: events, conversations, messages that wait for a caller's agent, and replies that a repeated
//! call gets again.
//!
//! The traits are the contract of every store; [`MemoryStore`] is bounded and forgets when the process ends. State of a
//! call is not here: it travels in the call's `meta_data`.

mod conversation;
mod event;
mod key;
mod memory;
mod messages;
mod recorder;
mod replies;

use async_trait::async_trait;

pub use conversation::{Conversation, Conversations, Summary};
pub use event::{Event, EventId, EventLog, EventSink, NewEvent, RecordedEvent};
pub use key::ConversationKey;
pub use memory::MemoryStore;
pub use messages::{MESSAGE_LENGTH, MESSAGE_LIFE, MESSAGES_WAITING, Messages};
pub use recorder::Recorder;
pub use replies::{Claim, ReplyKey, ReplyMemory};

/// All that a server needs of a store.
#[async_trait]
pub trait Store: EventLog + Conversations + Messages + ReplyMemory {
    /// Its name for people: `memory`, `sqlite`, ….
    fn name(&self) -> &'static str;
}

/// Why the store did not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// `SWAIG_STORE` names a store that this build does not have.
    #[error("SWAIG_STORE names the store {0:?}, which this build does not have: use memory:")]
    Unknown(String),
    /// The store cannot be reached, or refused.
    #[error("the store is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Opens the store that `SWAIG_STORE` names.
pub(crate) fn open(name: &str) -> Result<std::sync::Arc<dyn Store>, StoreError> {
    match name.split(':').next() {
        Some("memory") => Ok(std::sync::Arc::new(MemoryStore::default())),
        // A URL may hold a password: only the scheme is repeated.
        scheme => Err(StoreError::Unknown(format!("{}:", scheme.unwrap_or_default()))),
    }
}
