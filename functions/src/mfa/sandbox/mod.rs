//! A stand-in of the MFA API on a loopback port of its own.
//!
//! It speaks the same paths and answers as the documented API does, so that the same client code
//! runs without an account and without sending anything. What would be texted or spoken is handed
//! to a function instead, the "phone". Codes are shown there in clear, so a server that uses the
//! sandbox must say so and must not listen on anything but loopback.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::sync::{Arc, Mutex};
//! use secrecy::ExposeSecret as _;
//! use swaig::PhoneNumber;
//! use swaig_functions::mfa::{Channel, MfaClient, Sandbox, SendRequest, Verdict};
//!
//! let phone = Arc::new(Mutex::new(Vec::new()));
//! let inbox = Arc::clone(&phone);
//! let sandbox = Sandbox::start(move |text| inbox.lock().unwrap().push(text.body))?;
//!
//! let client = MfaClient::new(sandbox.base_url(), sandbox.credentials())?;
//! let request = SendRequest::new(PhoneNumber::parse("+15554422333")?);
//! let ticket = client.send(Channel::Sms, &request).await?;
//!
//! let text = phone.lock().unwrap().pop().expect("a text message");
//! let code = text.expose_secret().rsplit(' ').next().unwrap_or_default();
//! let verdict = client.verify(&ticket.id, &code.into()).await?;
//! assert_eq!(verdict, Verdict::Accepted);
//! # Ok(())
//! # }
//! ```

mod api;
mod codes;
#[cfg(test)]
mod tests;

use std::fmt;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::time::{Duration, Instant};

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use secrecy::SecretString;
use swaig::PhoneNumber;
use tokio::runtime::Handle;
use tokio::task::{AbortHandle, JoinSet};
use url::Url;

use super::client::{Channel, Credentials};
use api::Api;

/// How long a client may take to send the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// How long to wait when no connection can be accepted, e.g. because no file is left to open.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Why the sandbox did not start.
///
/// ```
/// use swaig_functions::mfa::{Sandbox, SandboxError};
///
/// // It serves from a task, so there has to be a runtime.
/// assert!(matches!(Sandbox::start(|_| ()).err(), Some(SandboxError::NoRuntime)));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SandboxError {
    /// It was started outside a Tokio runtime.
    #[error("the MFA sandbox needs a Tokio runtime")]
    NoRuntime,
    /// No loopback port could be opened.
    #[error("cannot open a loopback port for the MFA sandbox")]
    Bind(#[source] std::io::Error),
    /// The operating system gave no random numbers.
    #[error("no random numbers for the MFA sandbox")]
    Random(#[source] getrandom::Error),
}

/// What the API would have texted or spoken. Number and body give themselves away only when asked to.
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
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TextMessage {
    /// The number that it goes to.
    pub to: PhoneNumber,
    /// Text message or call.
    pub channel: Channel,
    /// The message with the code after it. The API does not say how it joins them; here a space is
    /// put between unless the message ends with white space.
    pub body: SecretString,
}

/// A running stand-in of the MFA API. It stops when it is dropped.
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
pub struct Sandbox {
    base: Url,
    credentials: Credentials,
    server: AbortHandle,
}

impl Sandbox {
    /// Starts one on a free port of 127.0.0.1, with credentials of its own.
    ///
    /// `phone` gets what the API would have sent, before the request is answered. It is called on
    /// the runtime, so it must not block.
    ///
    /// # Errors
    /// [`SandboxError`]: no runtime, no port or no random numbers.
    ///
    /// # Panics
    /// The runtime was built without I/O.
    pub fn start(phone: impl Fn(TextMessage) + Send + Sync + 'static) -> Result<Self, SandboxError> {
        Self::start_with_clock(phone, Instant::now)
    }

    /// Like [`start`](Self::start), with a clock that decides when a code expires.
    ///
    /// # Errors
    /// [`SandboxError`]: no runtime, no port or no random numbers.
    ///
    /// # Panics
    /// The runtime was built without I/O.
    pub fn start_with_clock(
        phone: impl Fn(TextMessage) + Send + Sync + 'static,
        clock: impl Fn() -> Instant + Send + Sync + 'static,
    ) -> Result<Self, SandboxError> {
        let runtime = Handle::try_current().map_err(|_| SandboxError::NoRuntime)?;
        let (listener, base) = listen().map_err(SandboxError::Bind)?;
        let credentials = random_credentials().map_err(SandboxError::Random)?;
        let api = Api::new(&credentials, Box::new(phone), Box::new(clock));
        let server = runtime.spawn(serve(listener, Arc::new(api))).abort_handle();
        Ok(Self { base, credentials, server })
    }

    /// Where it listens: `http://127.0.0.1:PORT/`.
    pub fn base_url(&self) -> Url {
        self.base.clone()
    }

    /// The credentials that it accepts, random for each start.
    pub fn credentials(&self) -> Credentials {
        self.credentials.clone()
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("base", &self.base.as_str()).finish_non_exhaustive()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// A listener of the standard library, so that the address is known before anything runs.
fn listen() -> std::io::Result<(tokio::net::TcpListener, Url)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    listener.set_nonblocking(true)?;
    let base = Url::parse(&format!("http://{}", listener.local_addr()?)).map_err(std::io::Error::other)?;
    Ok((tokio::net::TcpListener::from_std(listener)?, base))
}

fn random_credentials() -> Result<Credentials, getrandom::Error> {
    let project_id = codes::random_uuid()?;
    let api_token = format!("PT{}", codes::random_uuid()?.simple());
    Ok(Credentials::new(project_id.to_string(), SecretString::from(api_token)))
}

async fn serve(listener: tokio::net::TcpListener, api: Arc<Api>) {
    // Dropped with this task, and every connection with it.
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        while connections.try_join_next().is_some() {}
        let api = Arc::clone(&api);
        connections.spawn(async move {
            let service = service_fn(move |request| {
                let api = Arc::clone(&api);
                async move { Ok::<_, std::convert::Infallible>(api.answer(request).await) }
            });
            // A connection that breaks is its client's concern: it sees the same.
            let _ = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEAD_TIMEOUT)
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}
