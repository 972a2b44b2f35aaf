//! A typed client of SignalWire's Multi-Factor Authentication REST API.
//!
//! The API sends a one-time code ([`MfaClient::send`]) and later says whether the code that a caller
//! read out is the right one ([`MfaClient::verify`]). It has no way to list, cancel or send again.
//!
//! One call of a client is one request, made once. Sending twice would text the caller twice, and
//! verifying twice would use up two attempts. Only a connection that could not be made, when
//! nothing has left this machine, is tried a second time. Connections are kept for the next request,
//! for less time than servers commonly keep them: a request on a connection that the other side has
//! just closed fails in a way that cannot be told from one that was served.
//!
//! A [`Breaker`] stands before the API: after five failures in a row it is left alone for a while, and requests fail at
//! once with [`MfaError::Open`], which is honest and fast.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use swaig::PhoneNumber;
//! use swaig_functions::mfa::{Channel, Credentials, MfaClient, SendRequest, Verdict};
//!
//! let client = MfaClient::new(
//!     "https://example.signalwire.com".parse()?,
//!     Credentials::new("project id", "API token".into()),
//! )?;
//! let request = SendRequest::new(PhoneNumber::parse("+15554422333")?);
//! let ticket = client.send(Channel::Sms, &request).await?;
//!
//! let verdict = client.verify(&ticket.id, &"123456".into()).await?;
//! assert_eq!(verdict, Verdict::Accepted);
//! # Ok(())
//! # }
//! ```

mod builder;
mod error;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod limits;
mod reply;
mod request;
mod scrub;
mod segment;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use reqwest::Response;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use swaig::Breaker;
use url::Url;

pub(crate) use builder::BREAKER_FAILURES;
pub use builder::{Credentials, MfaClientBuilder};
pub use error::{ClientError, MfaError, Outcome, Problem};
pub use limits::{MaxAttempts, TokenLength, ValidFor};
pub use reply::{ReplyError, RequestId, Ticket, Verdict};
pub use request::{Channel, InvalidRequest, Message, SendRequest};
pub(crate) use segment::Room;

/// The most that is read of a reply, in bytes. A reply of this API has about a hundred.
const BODY_LIMIT: usize = 64 * 1024;

/// A client of one account's MFA API. A clone shares the settings and is cheap.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use std::sync::{Arc, Mutex};
/// use swaig::PhoneNumber;
/// use swaig_functions::mfa::{Channel, MfaClient, Sandbox, SendRequest, Verdict};
///
/// // The phone of the sandbox stands for SignalWire's.
/// let phone = Arc::new(Mutex::new(Vec::new()));
/// let inbox = Arc::clone(&phone);
/// let sandbox = Sandbox::start(move |text| inbox.lock().unwrap().push(text))?;
/// let client = MfaClient::builder(sandbox.base_url(), sandbox.credentials()).build()?;
/// let request = SendRequest::new(PhoneNumber::parse("+15554422333")?);
/// let ticket = client.send(Channel::Sms, &request).await?;
/// assert_eq!(phone.lock().unwrap()[0].channel, Channel::Sms);
/// assert_eq!(client.verify(&ticket.id, &"000000000000".into()).await?, Verdict::WrongToken);
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct MfaClient {
    http: reqwest::Client,
    account: Arc<Account>,
}

struct Account {
    base: Url,
    credentials: Credentials,
    timeout: Duration,
    /// For sending and verifying alike: both ask the same service.
    breaker: Breaker,
}

impl fmt::Debug for MfaClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MfaClient").field("base", &self.account.base.as_str()).finish_non_exhaustive()
    }
}

impl MfaClient {
    /// A client of the API at `base`, which is `scheme://host[:port]`.
    ///
    /// # Errors
    /// [`ClientError`]: the base or the credentials cannot be used, or TLS cannot be set up.
    pub fn new(base: Url, credentials: Credentials) -> Result<Self, ClientError> {
        Self::builder(base, credentials).build()
    }

    /// A client with timeouts or TLS settings of its own.
    pub fn builder(base: Url, credentials: Credentials) -> MfaClientBuilder {
        MfaClientBuilder::new(base, credentials)
    }

    /// Has a code sent. The ticket says that it was queued, not that it arrived.
    ///
    /// # Errors
    /// [`MfaError`]; ask [`MfaError::effect_unknown`] whether a code may be on its way all the same.
    pub async fn send(&self, channel: Channel, request: &SendRequest) -> Result<Ticket, MfaError> {
        request.check(channel)?;
        let secrets = [self.account.credentials.api_token()];
        let sending = async {
            let response = self.post(channel.as_str(), &request.body()).await?;
            let body = accepted(response, &secrets).await?;
            reply::ticket(&body, channel)
        };
        self.account.breaker.run(sending, MfaError::is_failure).await
    }

    /// Asks whether `token` is the code that was sent as `id`. Each call uses up one attempt.
    ///
    /// # Errors
    /// [`MfaError`]. A wrong code and a dead one are a [`Verdict`], not an error.
    pub async fn verify(&self, id: &RequestId, token: &SecretString) -> Result<Verdict, MfaError> {
        let token = token.expose_secret();
        if !(4..=20).contains(&token.chars().count()) {
            return Err(InvalidRequest::NotAToken.into());
        }
        let secrets = [self.account.credentials.api_token(), token];
        let path = format!("{id}/verify");
        let verifying = async {
            let response = self.post(&path, &json!({ "token": token })).await?;
            if response.status() == 404 {
                return Ok(Verdict::Gone);
            }
            let body = accepted(response, &secrets).await?;
            Ok(reply::verdict(&body)?)
        };
        self.account.breaker.run(verifying, MfaError::is_failure).await
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Response, MfaError> {
        let body = body.to_string();
        let started = Instant::now();
        let left = || self.account.timeout.saturating_sub(started.elapsed());
        let response = match self.attempt(path, body.clone(), left()).await {
            Err(error) if error.is_connect() && !left().is_zero() => self.attempt(path, body, left()).await,
            first => first,
        };
        response.map_err(MfaError::from_reqwest)
    }

    async fn attempt(&self, path: &str, body: String, timeout: Duration) -> reqwest::Result<Response> {
        let Account { base, credentials, .. } = &*self.account;
        let mut url = base.clone();
        url.set_path(&format!("/api/relay/rest/mfa/{path}"));
        let mut request = self
            .http
            .post(url)
            .basic_auth(credentials.project_id(), Some(credentials.api_token()))
            .timeout(timeout)
            .body(body);
        if let Some(traceparent) = swaig::http::traceparent() {
            request = request.header("traceparent", traceparent);
        }
        request.send().await
    }
}

/// The body of a good reply, or the error that the status stands for. The status is looked at
/// before the body: an error's body may be empty, a page of HTML, or not end.
async fn accepted(response: Response, secrets: &[&str]) -> Result<Vec<u8>, MfaError> {
    let status = response.status();
    match status.as_u16() {
        200..=299 => read(response).await,
        400 | 422 => {
            let body = read(response).await.unwrap_or_default();
            Err(MfaError::Refused(error::problems(&body, secrets)))
        }
        401 => Err(MfaError::Unauthorized),
        403 => Err(MfaError::Forbidden),
        429 => Err(MfaError::RateLimited { retry_after: retry_after(response.headers(), SystemTime::now()) }),
        status @ 500..=599 => Err(MfaError::Server { status }),
        status => Err(MfaError::Unexpected { status }),
    }
}

async fn read(mut response: Response) -> Result<Vec<u8>, MfaError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(MfaError::from_reqwest)? {
        if body.len() + chunk.len() > BODY_LIMIT {
            return Err(MfaError::TooLarge { limit: BODY_LIMIT });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// `Retry-After`, which is a number of seconds or a date (RFC 9110, section 10.2.3).
fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}
