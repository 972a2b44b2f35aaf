//! The counters: a sorted set for each key, its members the marks, their scores the times.

use std::time::Duration;

use async_trait::async_trait;

use super::super::{Bound, Full, LimitKey, Limits, Mark, StoreError};
use super::{RedisStore, milliseconds, scripts};

impl RedisStore {
    /// Looks at bounds, and counts where there is a mark.
    async fn ask(&self, bounds: &[Bound], mark: &str) -> Result<Option<Full>, StoreError> {
        let Some((first, others)) = bounds.split_first() else { return Ok(None) };
        let mut script = scripts::COUNT.key(self.keys.limit(&first.key));
        for bound in others {
            script.key(self.keys.limit(&bound.key));
        }
        script.arg(mark);
        for bound in bounds {
            script.arg(bound.most).arg(milliseconds(bound.window));
        }
        let full: Vec<u64> = self.connection.invoke(&script).await?;
        let [place, wait] = full[..] else { return Ok(None) };
        let bound = usize::try_from(place.saturating_sub(1)).unwrap_or_default();
        Ok(Some(Full { bound, room_in: Duration::from_millis(wait) }))
    }
}

#[async_trait]
impl Limits for RedisStore {
    async fn count(&self, bounds: &[Bound], mark: Mark) -> Result<Option<Full>, StoreError> {
        self.ask(bounds, &hex::encode(mark)).await
    }

    async fn look(&self, bounds: &[Bound]) -> Result<Option<Full>, StoreError> {
        self.ask(bounds, "").await
    }

    async fn uncount(&self, keys: &[LimitKey], mark: Mark) -> Result<(), StoreError> {
        for key in keys {
            let mut command = redis::cmd("ZREM");
            command.arg(self.keys.limit(key)).arg(hex::encode(mark));
            self.connection.run::<i64>(&command).await?;
        }
        Ok(())
    }

    async fn clear(&self, key: &LimitKey) -> Result<(), StoreError> {
        self.connection.run::<i64>(redis::cmd("DEL").arg(self.keys.limit(key))).await.map(drop)
    }
}
