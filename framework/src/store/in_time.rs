//! How long a store is waited for.

use std::pin::pin;
use std::time::Duration;

use tokio::time::Instant;

use super::StoreError;
use crate::done_by::done_by;

/// A caller waits on the phone meanwhile.
const TIME: Duration = Duration::from_secs(2);

/// The store's answer. One that does not answer has failed.
pub(crate) async fn in_time<T>(asked: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    let answer = done_by(|| Instant::now() + TIME, pin!(asked)).await;
    answer.unwrap_or_else(|_| Err(StoreError::unavailable("it did not answer within 2 seconds")))
}
