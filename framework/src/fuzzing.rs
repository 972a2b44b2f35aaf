//! Doors to what the fuzz targets drive and users of this crate have no business with.
//!
//! They exist with the cargo feature `fuzzing` only, are no part of the API, and change without notice.

use std::net::IpAddr;
use std::time::Duration;

use hyper::{HeaderMap, Uri};
use serde_json::Value;
use url::Url;

use crate::seal::{SealError, Sealer};
use crate::server::Urls;
use crate::server::auth::{CallTokens, Credentials, Expected, Proxies, Signatures};
use crate::server::query::Query;
use crate::setup::{Settings, Setup, SetupError};

pub use crate::server::listen::socketless::Socketless;

/// Checks the signatures of a request for a document.
///
/// # Errors
/// Why it is refused, or why the settings cannot be used.
pub fn check_signature(
    settings: &Settings,
    headers: &HeaderMap,
    url: &str,
    body: &[u8],
) -> Result<(), String> {
    Signatures::from_settings(settings)
        .map_err(|error| error.to_string())?
        .check("document", headers, || vec![url.to_owned()], body)
        .map(drop)
        .map_err(|refused| refused.to_string())
}

/// The seals that a setup makes and opens.
pub struct Seals(Sealer);

impl Seals {
    /// Those of this setup.
    pub fn new(setup: &Setup) -> Self {
        Self(setup.sealer().clone())
    }

    /// Seals a value.
    ///
    /// # Errors
    /// [`SealError::Value`].
    pub fn seal(&self, purpose: &str, bound: &[&str], value: &Value) -> Result<String, SealError> {
        self.0.seal(purpose, bound, value, Duration::from_hours(1))
    }

    /// Opens a seal.
    ///
    /// # Errors
    /// Why it is refused.
    pub fn open(&self, purpose: &str, bound: &[&str], token: &str) -> Result<Value, SealError> {
        self.0.open(purpose, bound, token)
    }
}

/// The tokens in webhook URLs that a setup makes and checks.
pub struct Tokens(CallTokens);

/// What a token in a webhook URL is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Webhook<'a> {
    /// The agent's name.
    pub agent: &'a str,
    /// Its id.
    pub agent_id: &'a str,
    /// The call.
    pub call_id: &'a str,
    /// The function.
    pub function: &'a str,
}

impl Tokens {
    /// Those of this setup.
    ///
    /// # Errors
    /// A lifetime that cannot be used.
    pub fn new(setup: &Setup) -> Result<Self, SetupError> {
        CallTokens::from_setup(setup).map(Self)
    }

    /// The token of one webhook; `None` without a call.
    pub fn issue(&self, webhook: Webhook<'_>) -> Option<String> {
        let Webhook { agent, agent_id, call_id, function } = webhook;
        self.0.issue(agent, agent_id, call_id, function)
    }

    /// Whether it is a token of this webhook.
    pub fn accept(&self, token: &str, webhook: Webhook<'_>) -> bool {
        let Webhook { agent, agent_id, call_id, function } = webhook;
        self.0.check(Some(token), agent, agent_id, call_id, function).is_ok()
    }
}

/// Whether the headers of a request carry these credentials.
pub fn allow(credentials: &Credentials, headers: &HeaderMap) -> bool {
    Expected::from(credentials.clone()).allow(headers)
}

/// The client's address, and the public URL where a proxy says it.
///
/// # Errors
/// The list of trusted proxies cannot be read.
pub fn forwarded(
    settings: &Settings,
    peer: IpAddr,
    headers: &HeaderMap,
) -> Result<(IpAddr, Option<Url>), SetupError> {
    let proxies = Proxies::from_settings(settings)?;
    Ok((proxies.client(peer, headers), proxies.base(peer, headers)))
}

/// The agent id that a request names.
///
/// # Errors
/// Why it is not taken.
pub fn agent_id(uri: &Uri, agent: &str) -> Result<String, &'static str> {
    Query::of(uri).agent_id(agent).map(str::to_owned)
}

/// The webhook URL that a document names for a function of an agent with this id.
pub fn webhook_url(base: &Url, credentials: &Credentials, agent: &str, agent_id: &str) -> String {
    Urls::new(base, credentials, agent, agent_id).function("a_function")
}
