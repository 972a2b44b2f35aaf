//! Limits: how often something may happen within a time, counted so that all instances count together.

use std::time::Duration;

use async_trait::async_trait;

use super::StoreError;
use super::key::digest;

/// What is counted: one subject under one limit.
///
/// It is a digest: the subject is often a phone number or an address, and a store keeps neither in clear.
///
/// ```
/// use std::time::Duration;
/// use swaig::store::{Bound, LimitKey, Limits as _, MemoryStore};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), swaig::store::StoreError> {
/// let key = LimitKey::new("texts", "+15551230000");
/// let bounds = [Bound { key, most: 1, window: Duration::from_secs(60) }];
/// let store = MemoryStore::default();
/// assert_eq!(store.count(&bounds, [1; 16]).await?, None);
/// let full = store.count(&bounds, [2; 16]).await?.expect("one fits");
/// assert_eq!(full.bound, 0);
/// # Ok(()) }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LimitKey([u8; 32]);

impl LimitKey {
    /// The key of a subject under the limit of this name. Limits of different names count apart.
    pub fn new(limit: &str, subject: &str) -> Self {
        Self(digest([limit, subject]))
    }

    /// Its bytes, for a store that keeps it elsewhere.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The key of these bytes, from a store that keeps it elsewhere.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

/// How much fits under one key: at most `most` events within any `window`.
///
/// ```
/// use std::time::Duration;
/// use swaig::store::{Bound, LimitKey, Limits as _, MemoryStore};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), swaig::store::StoreError> {
/// let key = LimitKey::new("texts", "+15551230000");
/// let bounds = [Bound { key, most: 1, window: Duration::from_secs(60) }];
/// let store = MemoryStore::default();
/// assert_eq!(store.count(&bounds, [1; 16]).await?, None);
/// let full = store.count(&bounds, [2; 16]).await?.expect("one fits");
/// assert_eq!(full.bound, 0);
/// # Ok(()) }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    /// What is counted.
    pub key: LimitKey,
    /// How many events there may be.
    pub most: u32,
    /// Within how much time. It slides: each event leaves it this long after it happened.
    pub window: Duration,
}

/// Tells one event from all others, so that it can be taken back. It is random, and made by who counts.
///
/// ```
/// use std::time::Duration;
/// use swaig::store::{Bound, LimitKey, Limits as _, MemoryStore};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), swaig::store::StoreError> {
/// let key = LimitKey::new("texts", "+15551230000");
/// let bounds = [Bound { key, most: 1, window: Duration::from_secs(60) }];
/// let store = MemoryStore::default();
/// assert_eq!(store.count(&bounds, [1; 16]).await?, None);
/// let full = store.count(&bounds, [2; 16]).await?.expect("one fits");
/// assert_eq!(full.bound, 0);
/// # Ok(()) }
/// ```
pub type Mark = [u8; 16];

/// What does not fit, and until when.
///
/// ```
/// use std::time::Duration;
/// use swaig::store::{Bound, LimitKey, Limits as _, MemoryStore};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), swaig::store::StoreError> {
/// let key = LimitKey::new("texts", "+15551230000");
/// let bounds = [Bound { key, most: 1, window: Duration::from_secs(60) }];
/// let store = MemoryStore::default();
/// assert_eq!(store.count(&bounds, [1; 16]).await?, None);
/// let full = store.count(&bounds, [2; 16]).await?.expect("one fits");
/// assert_eq!(full.bound, 0);
/// # Ok(()) }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full {
    /// The place of the bound in the list. Of several that are full it is the one that is full for longest.
    pub bound: usize,
    /// When there is room again under this bound.
    pub room_in: Duration,
}

/// The counters of what happened.
///
/// Events are kept one by one, so a window slides exactly. In a database an event is a row with key, mark and time; in
/// Redis a member of a sorted set, and one script asks and counts.
///
/// ```
/// use std::time::Duration;
/// use swaig::store::{Bound, LimitKey, Limits as _, MemoryStore};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), swaig::store::StoreError> {
/// let key = LimitKey::new("texts", "+15551230000");
/// let bounds = [Bound { key, most: 1, window: Duration::from_secs(60) }];
/// let store = MemoryStore::default();
/// assert_eq!(store.count(&bounds, [1; 16]).await?, None);
/// let full = store.count(&bounds, [2; 16]).await?.expect("one fits");
/// assert_eq!(full.bound, 0);
/// # Ok(()) }
/// ```
#[async_trait]
pub trait Limits: Send + Sync {
    /// Counts an event under all of these bounds if it fits under all of them, else under none, and says which is full.
    /// Of two who ask at the same moment for the last place, one gets it.
    async fn count(&self, bounds: &[Bound], mark: Mark) -> Result<Option<Full>, StoreError>;

    /// Says which bound is full, and counts nothing.
    async fn look(&self, bounds: &[Bound]) -> Result<Option<Full>, StoreError>;

    /// Takes an event back from under these keys, where it was counted.
    async fn uncount(&self, keys: &[LimitKey], mark: Mark) -> Result<(), StoreError>;

    /// Forgets all events under a key.
    async fn clear(&self, key: &LimitKey) -> Result<(), StoreError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_tells_limits_and_subjects_apart_and_shows_neither() {
        let all = [
            LimitKey::new("sends", "+15551230000"),
            LimitKey::new("sends", "+15559990000"),
            LimitKey::new("sends+", "15551230000"),
            LimitKey::new("tries", "+15551230000"),
        ];
        for (place, one) in all.iter().enumerate() {
            assert!(!all[..place].contains(one));
        }
        assert!(!format!("{:?}", all[0]).contains("5551230000"));
    }
}
