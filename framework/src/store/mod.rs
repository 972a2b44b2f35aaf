//! What the server keeps: events, conversations, messages that wait for a caller's agent, replies that a repeated call
//! gets again, and counters of what is limited.
//!
//! The traits are the contract of every store; [`MemoryStore`] is bounded and forgets when the process ends. State of a
//! call is not here: it travels in the call's `meta_data`.

#[cfg(test)]
pub(crate) mod conformance;
mod conversation;
mod event;
mod event_data;
#[cfg(test)]
pub(crate) mod faulty;
mod health;
mod in_time;
mod key;
mod limits;
mod measured;
mod memory;
mod messages;
mod metrics;
#[cfg(any(feature = "redis", feature = "sqlite"))]
mod private;
mod recorder;
#[cfg(feature = "redis")]
mod redis;
mod replies;
mod spool;
#[cfg(feature = "sqlite")]
mod sqlite;
#[cfg(any(feature = "redis", feature = "sqlite"))]
mod tail;

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::SecretString;

use crate::setup::{Setup, SetupError};

#[cfg(feature = "redis")]
pub(crate) use self::redis::RedisStore;
pub use conversation::{Conversation, Conversations, Stored, Summary};
pub use event::{Event, EventBatch, EventId, EventLog, NewEvent, RecordedEvent};
pub(crate) use event::{EventSink, Told};
pub use event_data::EventData;
pub(crate) use event_data::OwnData;
pub(crate) use health::Health;
pub(crate) use in_time::in_time;
pub use key::ConversationKey;
pub use limits::{Bound, Full, LimitKey, Limits, Mark};
pub use memory::MemoryStore;
pub use messages::{MESSAGE_LENGTH, MESSAGE_LIFE, MESSAGES_WAITING, Messages};
pub(crate) use recorder::{Kept, NotKept, Recorder};
pub use replies::{Claim, ReplyKey, ReplyMemory};
#[cfg(feature = "sqlite")]
pub(crate) use sqlite::SqliteStore;

/// All that a server needs of a store.
///
/// ```
/// use swaig::store::{MemoryStore, Store};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), swaig::store::StoreError> {
/// let store: Box<dyn Store> = Box::new(MemoryStore::default());
/// store.ping().await?;
/// assert!(store.is_here_alone());
/// # Ok(()) }
/// ```
#[async_trait]
pub trait Store: EventLog + Conversations + Limits + Messages + ReplyMemory {
    /// Its name for people: `memory`, `sqlite`, `redis`.
    fn name(&self) -> &'static str;

    /// Where it is, for people, without credentials: a path, a host; `None` where that says nothing.
    fn place(&self) -> Option<String> {
        None
    }

    /// Whether it is the memory of this process alone, which neither fails nor makes anybody wait. By default it is not.
    fn is_here_alone(&self) -> bool {
        false
    }

    /// Asks whether it works now.
    async fn ping(&self) -> Result<(), StoreError> {
        Ok(())
    }

    /// Ends its work: all that was given to it is where it belongs when this returns. Nothing is asked of it after that.
    async fn close(&self) {}
}

/// Why the store did not do what was asked.
///
/// ```
/// use swaig::store::StoreError;
///
/// // What a store of one's own says when its database is away.
/// let error = StoreError::unavailable("connection refused");
/// println!("{error}");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// `SWAIG_STORE` names a store that this build does not have.
    #[error("SWAIG_STORE names the store {0:?}, which this build does not have: use {known}", known = KNOWN)]
    Unknown(String),
    /// `SWAIG_STORE`, or a setting of a store, is not valid.
    #[error(transparent)]
    Setting(#[from] SetupError),
    /// The store cannot be reached, or refused.
    #[error("the store is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// There is no room left on the disk, or in the store.
    #[error("the store has no room left: free some, or lower SWAIG_STORE_MAX_AGE or SWAIG_STORE_MAX_SIZE")]
    Full(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Another program holds the store.
    #[error(
        "the store {place} is locked by another program: stop that one, or name another store in SWAIG_STORE"
    )]
    Locked {
        /// Where it is.
        place: String,
    },
    /// A newer version of this program wrote the store.
    #[error(
        "the store {place} has version {found} and this program knows up to {known}: use the program that wrote it, or name another store in SWAIG_STORE"
    )]
    Newer {
        /// Where it is.
        place: String,
        /// Its version.
        found: u32,
        /// The newest version that is known.
        known: u32,
    },
    /// What is stored is damaged, or is no store.
    #[error(
        "the store {place} is damaged, or is none: {problem}; restore it from a copy, or move it away to start an empty one"
    )]
    Damaged {
        /// Where it is.
        place: String,
        /// What is wrong.
        problem: String,
    },
}

impl StoreError {
    /// The store failed, for whatever reason.
    pub fn unavailable(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unavailable(cause.into())
    }
}

/// The setting that names the store.
pub(crate) const STORE: &str = "SWAIG_STORE";
/// The stores of this build, for people.
const KNOWN: &str = match (cfg!(feature = "sqlite"), cfg!(feature = "redis")) {
    (true, true) => "sqlite:PATH, redis://HOST or memory:",
    (true, false) => "sqlite:PATH or memory:",
    (false, true) => "redis://HOST or memory:",
    (false, false) => "memory:",
};
/// The store where none is named.
pub(crate) const DEFAULT: &str =
    if cfg!(feature = "sqlite") { "sqlite:digital-employees.db" } else { "memory:" };

/// What of the store's setting must not be seen.
pub(crate) fn secrets(setup: &Setup) -> Vec<SecretString> {
    #[cfg(feature = "redis")]
    return self::redis::passwords(setup);
    #[cfg(not(feature = "redis"))]
    {
        let _ = setup;
        Vec::new()
    }
}

/// Opens the store that `SWAIG_STORE` names. It has to be called inside a tokio runtime.
pub(crate) fn open(setup: &Setup) -> Result<Arc<dyn Store>, StoreError> {
    let name = setup.setting(STORE).unwrap_or_else(|| DEFAULT.to_owned());
    let (scheme, rest) = name.split_once(':').unwrap_or((&name, ""));
    #[cfg(any(feature = "redis", feature = "sqlite"))]
    let private = |store: Arc<dyn Store>| -> Result<Arc<dyn Store>, StoreError> {
        Ok(Arc::new(private::Private::new(store, setup.sealer().store_key())?))
    };
    let store: Arc<dyn Store> = match scheme {
        "memory" if rest.is_empty() => Arc::new(MemoryStore::default()),
        #[cfg(feature = "sqlite")]
        "sqlite" => private(Arc::new(SqliteStore::from_setup(setup, rest)?))?,
        #[cfg(feature = "redis")]
        "redis" | "rediss" | "redis+unix" | "unix" => {
            private(Arc::new(RedisStore::from_setup(setup, &name)?))?
        }
        // A URL may hold a password: only the scheme is repeated.
        scheme => return Err(StoreError::Unknown(format!("{scheme}:"))),
    };
    Ok(Arc::new(measured::Measured(store)))
}
