//! Why there is no room under a limit.

use std::time::Duration;

use crate::store::StoreError;

/// A limit that is reached.
///
/// ```
/// use std::time::Duration;
/// use swaig::{Call, Limit, LimitError};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let limiter = Call::test().limits();
/// let limits = [Limit::new("texts", 1, Duration::from_secs(60)).of("+15551230000")];
/// limiter.take(&limits).await.expect("there is room").keep();
/// let Err(LimitError::Reached(reached)) = limiter.take(&limits).await else { panic!("it was full") };
/// assert!(reached.seconds() <= 60);
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the limit {name} is reached: try again in {}", self.wait())]
#[non_exhaustive]
pub struct LimitReached {
    /// The limit's name.
    pub name: &'static str,
    /// When there is room again.
    pub retry_after: Duration,
}

impl LimitReached {
    /// When there is room again, in whole seconds, rounded up.
    pub fn seconds(&self) -> u64 {
        self.retry_after.as_secs() + u64::from(self.retry_after.subsec_nanos() > 0)
    }

    /// When there is room again, in words that read well when spoken: `20 seconds`, `35 minutes`, `3 hours`.
    pub fn wait(&self) -> String {
        let seconds = self.seconds();
        let (number, unit) = match seconds {
            0..=90 => (seconds, "second"),
            91..=5400 => (seconds.div_ceil(60), "minute"),
            _ => (seconds.div_ceil(3600), "hour"),
        };
        if number == 1 { format!("1 {unit}") } else { format!("{number} {unit}s") }
    }
}

/// Why no room was taken.
///
/// ```
/// use std::time::Duration;
/// use swaig::{Call, Limit, LimitError};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let limiter = Call::test().limits();
/// let limits = [Limit::new("texts", 1, Duration::from_secs(60)).of("+15551230000")];
/// limiter.take(&limits).await.expect("there is room").keep();
/// match limiter.take(&limits).await {
///     Err(LimitError::Reached(reached)) => println!("try again in {}", reached.wait()),
///     other => panic!("it was full: {other:?}"),
/// }
/// # }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LimitError {
    /// The limit is reached.
    #[error(transparent)]
    Reached(#[from] LimitReached),
    /// The server has not started.
    #[error("no server runs yet: ask for room under a limit once calls are taken")]
    NotServing,
    /// The store failed, so nobody knows.
    #[error("it cannot be told whether there is room under a limit: try again")]
    Store(#[from] StoreError),
}
