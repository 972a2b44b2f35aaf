//! What the end-to-end tests share: the program as a child process, SignalWire's side of the wire, and a stand-in of its
//! MFA REST API.
//!
//! Nothing here links the framework: the program is what is tested, through its sockets, its streams and its exit status.

#![allow(clippy::missing_panics_doc, reason = "a helper of a test fails by panicking")]

mod browser;
mod client;
pub mod console;
mod employee;
mod events;
pub mod faults;
mod log;
pub mod made;
mod platform;
mod program;
mod redis;
mod stand_in;
mod tls;

use std::time::Duration;

pub use browser::Browser;
pub use client::{Answer, Client, Credentials};
pub use employee::Employee;
pub use events::{Events, LiveEvent};
pub use log::Log;
pub use platform::{PhoneCall, Reply, function_request};
pub(crate) use program::cargo;
pub use program::{Ended, Program, binary, target_folder, workspace};
pub use redis::{Redis, TlsFront};
pub use stand_in::{Recorded, StandIn, Will};
pub use tls::{Identity, TlsClient};

/// How long an event that has to come is waited for: far more than a loaded machine needs.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// Settings without limits on the codes that are sent, for a test that sends many.
pub const UNLIMITED: [(&str, &str); 6] = [
    ("MFA_SENDS_PER_CALL", "0"),
    ("MFA_SENDS_PER_NUMBER_HOUR", "0"),
    ("MFA_SENDS_PER_NUMBER_DAY", "0"),
    ("MFA_SENDS_PER_CALLER_HOUR", "0"),
    ("MFA_SENDS_PER_CALLER_DAY", "0"),
    ("MFA_SENDS_PER_AGENT_HOUR", "0"),
];

/// Waits for what has to come.
pub async fn soon<T>(what: &str, event: impl Future<Output = T>) -> T {
    let outcome = tokio::time::timeout(PATIENCE, event).await;
    outcome.unwrap_or_else(|_| panic!("waited {PATIENCE:?} in vain for {what}"))
}
