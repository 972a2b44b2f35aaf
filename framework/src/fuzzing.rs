//! Doors to what the fuzz targets drive and users of this crate have no business with.
//!
//! They exist with the cargo feature `fuzzing` only, are no part of the API, and change without notice.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use hyper::service::service_fn;
use hyper::{HeaderMap, Uri};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use url::Url;

use crate::seal::{SealError, Sealer};
use crate::server::app::App;
use crate::server::auth::{CallTokens, Credentials, Proxies, Signatures};
use crate::server::query::Query;
use crate::server::route::Routes;
use crate::server::{StartError, Urls, service};
use crate::setup::{Settings, Setup, SetupError};
use crate::store::Store;

/// Room for a request or an answer, so that neither side waits for the other.
const ROOM: usize = 4 << 20;

/// A server without a socket.
pub struct Service {
    app: Arc<App>,
    routes: Arc<Routes>,
}

impl Service {
    /// Builds all that is linked. It has to be called inside a tokio runtime.
    ///
    /// # Errors
    /// As [`Server::start`](crate::Server::start).
    pub fn new(setup: Setup) -> Result<Self, StartError> {
        let listening =
            Url::parse("http://127.0.0.1:3000").map_err(|error| SetupError::failed("no URL", error))?;
        let routes = Routes::new().map_err(|error| SetupError::failed("no routes", error))?;
        Ok(Self { app: App::build(setup, &listening)?, routes: Arc::new(routes) })
    }

    /// What the server writes on a connection on which a client writes these bytes and then no more.
    pub async fn answer(&self, request: &[u8]) -> Vec<u8> {
        let (mut client, server) = tokio::io::duplex(ROOM);
        let service = service_fn(|request| {
            let (app, routes) = (self.app.clone(), self.routes.clone());
            let peer = IpAddr::V4(Ipv4Addr::LOCALHOST);
            async move { Ok::<_, std::convert::Infallible>(service::answer(app, routes, peer, request).await) }
        });
        let mut builder = hyper::server::conn::http1::Builder::new();
        let connection = builder.half_close(true).serve_connection(TokioIo::new(server), service);
        let exchange = async {
            // The other side may hang up at any time; what it has said by then counts.
            let _ = client.write_all(request).await;
            let _ = client.shutdown().await;
            let mut answer = Vec::new();
            let _ = client.read_to_end(&mut answer).await;
            answer
        };
        tokio::join!(connection, exchange).1
    }

    /// Where its events and conversations are.
    pub fn store(&self) -> &dyn Store {
        &*self.app.store
    }
}

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
        .check("document", headers, &[url.to_owned()], body)
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
        self.0.seal(purpose, bound, value, Duration::from_secs(3600))
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
    credentials.allow(headers)
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
    Query::of(uri).agent_id(agent)
}

/// The webhook URL that a document names for a function of an agent with this id.
pub fn webhook_url(base: &Url, credentials: &Credentials, agent: &str, agent_id: &str) -> String {
    Urls::new(base, credentials, agent, agent_id).function("a_function")
}
