//! The server: one hyper listener that serves documents, webhooks, events and the console.
//!
//! A request's way can be read file by file: `listen` (the socket) → `service` (who may ask what) → `document`, `swaig`
//! and `dispatch`, `report`, `events`.

mod accept;
pub(crate) mod app;
pub(crate) mod auth;
mod body;
mod conversation;
mod dispatch;
mod document;
mod events;
mod inbound;
mod input;
mod listen;
mod metrics;
pub(crate) mod query;
mod report;
pub(crate) mod response;
pub(crate) mod route;
pub(crate) mod service;
mod swaig;
mod urls;

#[cfg(any(feature = "cli", feature = "console"))]
pub(crate) use app::App;
pub use app::StartError;
#[cfg(feature = "cli")]
pub(crate) use app::{STORE, public_url};
#[cfg(feature = "cli")]
pub(crate) use auth::Access;
pub use auth::Credentials;
pub(crate) use dispatch::dispatch;
pub use listen::Server;
pub(crate) use urls::{Urls, set_credentials};
