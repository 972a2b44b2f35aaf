//! The store that several instances share: Redis 6.2 and later, or Valkey.
//!
//! Each step that has to happen as a whole is a script of one slot: the keys of a thing have a common hash tag. Time is that
//! of Redis, so instances need not agree about it.

mod connection;
mod conversations;
mod events;
#[cfg(test)]
mod gate;
mod keys;
mod limits;
mod messages;
mod replies;
mod scripts;
mod secrets;
#[cfg(test)]
mod server;
#[cfg(test)]
mod tests;
mod watch;

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;

use super::tail::Tail;
use super::{Store, StoreError};
use crate::setup::{Setup, SetupError};
use connection::Connection;
use keys::Keys;

pub(super) use secrets::passwords;

/// The setting: what the keys begin with.
const PREFIX: &str = "SWAIG_STORE_PREFIX";
/// The setting: for how many days events and conversations are kept; 0: for ever.
const MAX_AGE: &str = "SWAIG_STORE_MAX_AGE";
const DEFAULT_MAX_AGE: u64 = 30;
/// The setting: how many events are kept for one agent id, about.
const MAX_EVENTS: &str = "SWAIG_STORE_MAX_EVENTS";
const DEFAULT_MAX_EVENTS: u64 = 100_000;

/// A store in Redis. It connects when it is asked for something first, and again when a connection is lost.
pub(crate) struct RedisStore {
    connection: Connection,
    keys: Keys,
    keeps: Keeps,
    tail: Arc<Tail>,
    /// The agent ids whose streams are read as they grow.
    watched: Arc<Mutex<HashSet<Arc<str>>>>,
}

/// How much is kept.
#[derive(Clone, Copy)]
struct Keeps {
    /// Milliseconds; 0: for ever.
    age: u64,
    events: u64,
}

impl RedisStore {
    /// The store at the URL that `SWAIG_STORE` holds. Nothing is asked of it yet.
    pub(super) fn from_setup(setup: &Setup, url: &str) -> Result<Self, StoreError> {
        let settings = setup.settings();
        let days = settings.number(MAX_AGE, 0..=36_500)?.unwrap_or(DEFAULT_MAX_AGE);
        let events = settings.number(MAX_EVENTS, 100..=100_000_000)?.unwrap_or(DEFAULT_MAX_EVENTS);
        let prefix = setup.setting(PREFIX).unwrap_or_else(|| "swaig".to_owned());
        // Braces would decide about the slot.
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
        if prefix.is_empty() || prefix.len() > 64 || !prefix.chars().all(fits) {
            let expected = "expected 1 to 64 ASCII letters, digits, and any of - _ . :";
            return Err(SetupError::invalid(PREFIX, &expected).into());
        }
        Ok(Self {
            connection: Connection::to(url)?,
            keys: Keys::new(&prefix),
            keeps: Keeps { age: days * 24 * 60 * 60 * 1000, events },
            tail: Arc::default(),
            watched: Arc::default(),
        })
    }
}

#[async_trait]
impl Store for RedisStore {
    fn name(&self) -> &'static str {
        "redis"
    }

    fn place(&self) -> Option<String> {
        Some(self.connection.place())
    }

    /// Writes a key that is soon gone, so that a Redis that takes no writes is noticed.
    async fn ping(&self) -> Result<(), StoreError> {
        let mut command = redis::cmd("SET");
        command.arg(self.keys.ping()).arg(1).arg("PX").arg(1000);
        self.connection.run(&command).await
    }
}

/// A duration in milliseconds, at least one.
fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX >> 12).clamp(1, u64::MAX >> 12)
}
