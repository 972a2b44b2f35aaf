//! The store in memory: bounded, and gone when the process ends.

mod conversations;
mod events;
mod limits;
mod messages;
mod replies;

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Store;

/// A store that forgets the oldest first and ends with the process.
///
/// ```
/// use swaig::store::{EventLog as _, MemoryStore, Store as _};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), swaig::store::StoreError> {
/// let store = MemoryStore::default();
/// assert_eq!((store.name(), store.latest("mfa").await?), ("memory", 0));
/// # Ok(()) }
/// ```
#[derive(Default)]
pub struct MemoryStore {
    events: Mutex<events::Log>,
    conversations: Mutex<conversations::Reports>,
    replies: Mutex<replies::Replies>,
    messages: Mutex<messages::Queues>,
    limits: Mutex<limits::Counters>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing below panics while it holds a lock half-way through a change.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Store for MemoryStore {
    fn name(&self) -> &'static str {
        "memory"
    }

    fn is_here_alone(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::store::conformance;

    #[tokio::test]
    async fn it_keeps_the_contract() {
        conformance::all(&(Arc::new(MemoryStore::default()) as Arc<dyn Store>)).await;
    }
}
