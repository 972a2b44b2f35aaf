//! How a client is set up: account, address, timeouts, TLS.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{redirect, retry};
use secrecy::{ExposeSecret as _, SecretString};
use swaig::Breaker;
use swaig::http::tls;
use url::Url;

use super::error::ClientError;
use super::{Account, MfaClient};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
const TIMEOUT: Duration = Duration::from_secs(5);
/// How long a connection is kept for the next request. Servers commonly close theirs after 60 s or more.
const IDLE: Duration = Duration::from_secs(20);
pub(crate) const BREAKER_FAILURES: u32 = 5;
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The project id and the API token of a SignalWire account: user and password of HTTP Basic.
///
/// ```
/// use swaig_functions::mfa::Credentials;
///
/// let credentials = Credentials::new("p1", "PT1".into());
/// assert!(!format!("{credentials:?}").contains("PT1"));
/// ```
#[derive(Clone)]
pub struct Credentials {
    project_id: String,
    api_token: SecretString,
}

impl Credentials {
    /// Credentials as the account's page shows them. The token needs the scope of the MFA API.
    pub fn new(project_id: impl Into<String>, api_token: SecretString) -> Self {
        Self { project_id: project_id.into(), api_token }
    }

    pub(crate) fn project_id(&self) -> &str {
        &self.project_id
    }

    pub(crate) fn api_token(&self) -> &str {
        self.api_token.expose_secret()
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").finish_non_exhaustive()
    }
}

/// Makes a client with timeouts or TLS settings of its own.
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
pub struct MfaClientBuilder {
    base: Url,
    credentials: Credentials,
    connect_timeout: Duration,
    timeout: Duration,
    breaker_failures: u32,
    tls: Option<rustls::ClientConfig>,
}

impl fmt::Debug for MfaClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MfaClientBuilder")
            .field("connect_timeout", &self.connect_timeout)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

impl MfaClientBuilder {
    pub(super) fn new(base: Url, credentials: Credentials) -> Self {
        Self {
            base,
            credentials,
            connect_timeout: CONNECT_TIMEOUT,
            timeout: TIMEOUT,
            breaker_failures: BREAKER_FAILURES,
            tls: None,
        }
    }

    /// The longest that looking up the host, connecting and the TLS handshake may take together;
    /// by default 2 s.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// The longest that a whole request may take, connecting and reading the reply included; by
    /// default 5 s. A webhook of the platform has to be answered within 10 s.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// After so many failures in a row the API is left alone for a while, 1 to 30 seconds; by default 5. With 0 it never is.
    #[must_use]
    pub fn breaker_failures(mut self, failures: u32) -> Self {
        self.breaker_failures = failures;
        self
    }

    /// TLS settings in place of the default, which trusts the machine's root certificates.
    #[must_use]
    pub fn tls(mut self, config: rustls::ClientConfig) -> Self {
        self.tls = Some(config);
        self
    }

    /// The client.
    ///
    /// # Errors
    /// [`ClientError`]: the base or the credentials cannot be used, or TLS cannot be set up.
    pub fn build(self) -> Result<MfaClient, ClientError> {
        let base = self.base;
        let plain = base.has_host()
            && matches!(base.path(), "" | "/")
            && base.query().is_none()
            && base.fragment().is_none()
            && base.username().is_empty()
            && base.password().is_none();
        if !plain {
            return Err(ClientError::Base);
        }
        let credentials = self.credentials;
        let id = credentials.project_id();
        if id.is_empty() || id.contains(':') || credentials.api_token().is_empty() {
            return Err(ClientError::Credentials);
        }
        let tls = match (base.scheme(), self.tls) {
            ("http" | "https", Some(config)) => config,
            ("https", None) => tls::platform().map_err(ClientError::Tls)?,
            ("http", None) => tls::none().map_err(ClientError::Tls)?,
            _ => return Err(ClientError::Base),
        };
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .user_agent(concat!("swaig/", env!("CARGO_PKG_VERSION")))
            .default_headers(HeaderMap::from_iter([(ACCEPT, JSON), (CONTENT_TYPE, JSON)]))
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            .no_proxy()
            .http1_only()
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(64)
            .connect_timeout(self.connect_timeout)
            .build()
            .map_err(ClientError::Http)?;
        let breaker = Breaker::new("mfa").failures(self.breaker_failures);
        let account = Account { base, credentials, timeout: self.timeout, breaker };
        Ok(MfaClient { http, account: Arc::new(account) })
    }
}
