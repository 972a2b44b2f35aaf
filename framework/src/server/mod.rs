//! The server: one hyper listener that serves documents, webhooks, events and the console.
//!
//! A request's way can be read file by file: `listen` (the socket) → `service` (who may ask what) → `document`, `swaig`
//! and `dispatch`, `report`, `events`.

mod accept;
mod app;
pub(crate) mod auth;
pub(crate) mod body;
mod conversation;
mod dispatch;
mod document;
mod documents;
mod events;
pub(crate) mod in_process;
mod inbound;
mod input;
pub(crate) mod listen;
mod live;
pub(crate) mod metrics;
mod one_client;
pub(crate) mod protection;
pub(crate) mod query;
pub(crate) mod ready;
mod report;
pub(crate) mod response;
mod route;
pub(crate) mod service;
mod swaig;
mod turns;
mod unauthorized;
mod urls;
mod viewers;

pub(crate) use app::App;
pub use app::StartError;
#[cfg(feature = "cli")]
pub(crate) use app::{is_in_the_clear, public_url};
pub use auth::Credentials;
#[cfg(feature = "cli")]
pub(crate) use auth::{Access, CallTokens};
pub(crate) use dispatch::dispatch;
pub use listen::Server;
#[cfg(feature = "cli")]
pub(crate) use listen::{Reloader, TLS_CERTIFICATE};
pub(crate) use urls::{USERINFO, Urls, set_credentials};
