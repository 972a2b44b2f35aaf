//! Whether the store works, for those who ask often.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

use super::Store;

/// For how long an answer is good: who asks more often asks the store no more.
const GOOD_FOR: Duration = Duration::from_secs(1);
/// How long the store has for its answer.
const PATIENCE: Duration = Duration::from_millis(500);

/// Asks the store, and keeps what it said for a second.
pub(crate) struct Health {
    store: Arc<dyn Store>,
    last: Mutex<Option<(Instant, bool)>>,
}

impl Health {
    pub(crate) fn of(store: Arc<dyn Store>) -> Self {
        Self { store, last: Mutex::new(None) }
    }

    /// Whether the store works.
    pub(crate) async fn works(&self) -> bool {
        // Those who ask meanwhile wait for the same answer.
        let mut last = self.last.lock().await;
        if let Some((at, works)) = *last
            && at.elapsed() < GOOD_FOR
        {
            return works;
        }
        let works = match tokio::time::timeout(PATIENCE, self.store.ping()).await {
            Ok(Ok(())) => true,
            Ok(Err(error)) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "the store does not work");
                false
            }
            Err(_) => {
                tracing::warn!("the store does not answer");
                false
            }
        };
        *last = Some((Instant::now(), works));
        works
    }
}
