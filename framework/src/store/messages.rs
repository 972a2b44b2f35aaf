//! Messages that wait until the platform asks for them with `check_for_input`.

use std::time::Duration;

use async_trait::async_trait;

use super::{ConversationKey, StoreError};

/// How many messages wait for one conversation at most.
///
/// ```
/// assert_eq!(swaig::store::MESSAGES_WAITING, 32);
/// ```
pub const MESSAGES_WAITING: usize = 32;

/// How many bytes a message has at most.
///
/// ```
/// assert_eq!(swaig::store::MESSAGE_LENGTH, 4096);
/// ```
pub const MESSAGE_LENGTH: usize = 4096;

/// How long a message waits. What nobody asked for within an hour is not an answer any more.
///
/// ```
/// assert_eq!(swaig::store::MESSAGE_LIFE.as_secs(), 3600);
/// ```
pub const MESSAGE_LIFE: Duration = Duration::from_hours(1);

/// The queues of messages, one for each conversation.
///
/// ```
/// use swaig::store::{ConversationKey, MemoryStore, Messages as _};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), swaig::store::StoreError> {
/// let key = ConversationKey::new("mfa", "mfa", "c1").expect("it names one");
/// let store = MemoryStore::default();
/// assert_eq!(store.push(&key, "The courier is there.").await?, Some(1));
/// assert_eq!(store.take(&key).await?, ["The courier is there."]);
/// # Ok(()) }
/// ```
#[async_trait]
pub trait Messages: Send + Sync {
    /// Appends a message and returns how many wait now; `None` where [`MESSAGES_WAITING`] wait already, and nothing was
    /// appended then.
    async fn push(&self, key: &ConversationKey, text: &str) -> Result<Option<usize>, StoreError>;

    /// Takes all messages that wait, in the order in which they came. Each is given once, also when two ask at the same
    /// moment. Those that waited longer than [`MESSAGE_LIFE`] are gone.
    async fn take(&self, key: &ConversationKey) -> Result<Vec<String>, StoreError>;
}
