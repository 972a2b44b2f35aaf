//! Requests to other servers, with what a request needs when a phone call waits for it: limits on time and size, no
//! redirects, no proxy, and errors that say what to do and show no credentials.
//!
//! A function that fetches an address which the caller or the model has named uses [`AddressPolicy::PublicOnly`]: then
//! it cannot be talked into asking the machines of your own network.
//!
//! ```no_run
//! use swaig::http::{AddressPolicy, HttpClient, HttpError};
//! use swaig::{Call, FunctionError};
//! use url::Url;
//!
//! async fn title_of(client: &HttpClient, page: &str, call: &Call) -> Result<String, FunctionError> {
//!     let page = Url::parse(page).map_err(|_| FunctionError::new("Ask for the address of the page again."))?;
//!     let reply = client.get(&page).timeout(call.remaining()).send().await;
//!     match reply.and_then(|reply| reply.success()?.text().map(str::to_owned)) {
//!         Ok(text) => Ok(text.lines().next().unwrap_or_default().to_owned()),
//!         Err(HttpError::NotPublic { .. }) => Err(FunctionError::new("That address is not on the internet.")),
//!         Err(error) => Err(FunctionError::new("The page cannot be read now.").caused_by(error)),
//!     }
//! }
//! # let _ = |call: Call| async move {
//! let client = HttpClient::new(AddressPolicy::PublicOnly);
//! # title_of(&client, "https://example.com", &call).await
//! # };
//! ```

mod address;
mod error;
mod reply;
mod request;
#[cfg(test)]
mod tests;
pub mod tls;

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use hyper::Method;
use reqwest::{redirect, retry};
use url::Url;

pub use address::AddressPolicy;
pub use error::HttpError;
pub use reply::HttpReply;
#[cfg(feature = "console")]
pub(crate) use reply::HttpStream;
pub use request::HttpRequest;

/// The longest that looking up the host, connecting and the TLS handshake may take together.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// The longest that a whole request may take. A webhook has 8 s.
const TIMEOUT: Duration = Duration::from_secs(5);
/// The most that is read of a reply, in bytes.
const LIMIT: usize = 1 << 20;
/// How long a connection is kept for the next request. Servers commonly close theirs after 60 s or more.
const IDLE: Duration = Duration::from_secs(20);

/// A client of other servers. It keeps its connections; a clone shares them and is cheap.
///
/// One request is one attempt: nothing is sent twice, and a redirect is an answer like another one.
///
/// ```
/// use serde_json::json;
/// use swaig::http::{AddressPolicy, HttpClient, HttpError, HttpReply};
///
/// async fn is_open(client: &HttpClient, date: &str) -> Result<bool, HttpError> {
///     let url = "https://calendar.example.com/days".parse().map_err(|_| HttpError::NotWeb)?;
///     let reply: HttpReply = client.post(&url).json(&json!({"date": date})).send().await?;
///     Ok(reply.success()?.json::<serde_json::Value>()?["open"] == true)
/// }
///
/// let client = HttpClient::new(AddressPolicy::PublicOnly).timeout(std::time::Duration::from_secs(2));
/// # let _ = is_open(&client, "2026-12-24");
/// ```
#[derive(Clone)]
pub struct HttpClient {
    policy: AddressPolicy,
    timeout: Duration,
    limit: usize,
    clients: Arc<Clients>,
}

/// One client for `http`, which needs no root certificates, and one for `https`, made when they are needed.
#[derive(Default)]
struct Clients {
    plain: OnceLock<reqwest::Client>,
    secure: OnceLock<reqwest::Client>,
}

impl HttpClient {
    /// A client that asks the addresses which the policy allows. It waits 5 seconds for a whole answer, 2 of them for
    /// the connection, and reads at most 1 MiB.
    pub fn new(policy: AddressPolicy) -> Self {
        Self { policy, timeout: TIMEOUT, limit: LIMIT, clients: Arc::default() }
    }

    /// The longest that a whole request may take, connecting and reading the answer included. Default: 5 s.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The most that is read of an answer, in bytes. Default: 1 MiB.
    #[must_use]
    pub fn limit(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }

    /// A `GET`. A user name and a password in the URL are sent as HTTP Basic.
    pub fn get(&self, url: &Url) -> HttpRequest<'_> {
        HttpRequest::new(self, Method::GET, url)
    }

    /// A `POST`. A user name and a password in the URL are sent as HTTP Basic.
    pub fn post(&self, url: &Url) -> HttpRequest<'_> {
        HttpRequest::new(self, Method::POST, url)
    }

    /// A request of any method.
    pub(crate) fn request(&self, method: Method, url: &Url) -> HttpRequest<'_> {
        HttpRequest::new(self, method, url)
    }

    /// The client for a scheme.
    fn client(&self, secure: bool) -> Result<&reqwest::Client, HttpError> {
        let place = if secure { &self.clients.secure } else { &self.clients.plain };
        if let Some(client) = place.get() {
            return Ok(client);
        }
        let tls = if secure { tls::platform() } else { tls::none() }.map_err(HttpError::Tls)?;
        let builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .user_agent(concat!("swaig/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            // A proxy would look the host up itself, past the policy.
            .no_proxy()
            .http1_only()
            .pool_idle_timeout(IDLE)
            .connect_timeout(CONNECT_TIMEOUT);
        let client = self.policy.apply(builder).build().map_err(HttpError::Client)?;
        Ok(place.get_or_init(|| client))
    }
}

impl fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpClient")
            .field("policy", &self.policy)
            .field("timeout", &self.timeout)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

/// The name of the header.
const TRACEPARENT: &str = "traceparent";

/// The value of the header `traceparent` (W3C Trace Context) for a request that a function sends with a client of its own:
/// it belongs to the trace of the webhook. `None` outside of a webhook, and in a task that the function has spawned.
///
/// An [`HttpClient`] sends it by itself, unless the request has such a header.
///
/// ```
/// // In a function it is that of the webhook: send it as the header `traceparent`.
/// assert_eq!(swaig::http::traceparent(), None);
/// ```
pub fn traceparent() -> Option<String> {
    crate::trace::traceparent()
}

/// A URL for people: without credentials and fragment, and without its query, which may hold a token.
pub(crate) fn shown(url: &Url) -> String {
    let mut url = url.clone();
    // These fail for a URL that has no host and so no credentials either.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_fragment(None);
    let has_query = url.query().is_some();
    url.set_query(None);
    if has_query { format!("{url}?…") } else { url.into() }
}
