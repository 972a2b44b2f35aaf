//! A request that is being put together.

use std::time::Duration;

use hyper::Method;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use url::Url;

use super::HttpClient;
use super::error::HttpError;
use super::reply::{HttpReply, HttpStream};

/// A request. [`send`](Self::send) sends it.
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
#[must_use = "a request does nothing until it is sent"]
pub struct HttpRequest<'c> {
    client: &'c HttpClient,
    timeout: Duration,
    request: Result<reqwest::RequestBuilder, HttpError>,
}

impl<'c> HttpRequest<'c> {
    pub(super) fn new(client: &'c HttpClient, method: Method, url: &Url) -> Self {
        let request = match url.scheme() {
            "http" | "https" => client.policy.check(url).and_then(|()| {
                let secure = url.scheme() == "https";
                Ok(client.client(secure)?.request(method, url.clone()))
            }),
            _ => Err(HttpError::NotWeb),
        };
        Self { client, timeout: client.timeout, request }
    }

    fn change(mut self, change: impl FnOnce(reqwest::RequestBuilder) -> reqwest::RequestBuilder) -> Self {
        self.request = self.request.map(change);
        self
    }

    /// Adds a header.
    pub fn header(self, name: &str, value: &str) -> Self {
        self.change(|request| request.header(name, value))
    }

    /// The body, as JSON with its content type.
    pub fn json(self, body: &impl Serialize) -> Self {
        match serde_json::to_vec(body) {
            Ok(body) => self.header("content-type", "application/json").change(|request| request.body(body)),
            Err(_) => Self { request: Err(HttpError::NotWritten), ..self },
        }
    }

    /// The body, as the fields of a form with its content type.
    pub fn form<K: AsRef<str>, V: AsRef<str>>(self, fields: impl IntoIterator<Item = (K, V)>) -> Self {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.header("content-type", "application/x-www-form-urlencoded").change(|request| request.body(body))
    }

    /// A user name and a password, as HTTP Basic.
    pub fn basic_auth(self, user: &str, password: &SecretString) -> Self {
        self.change(|request| request.basic_auth(user, Some(password.expose_secret())))
    }

    /// Takes less time than the client would, such as what [`Call::remaining`](crate::Call::remaining) says.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = self.timeout.min(timeout);
        self
    }

    /// Sends the request, and reads the whole answer, whatever its status is.
    ///
    /// # Errors
    /// An [`HttpError`]; a status of 400 and more is none: see [`HttpReply::success`].
    pub async fn send(self) -> Result<HttpReply, HttpError> {
        self.send_and_hear(|_| ()).await
    }

    /// As [`send`](Self::send), and hands on what comes as it comes.
    pub(crate) async fn send_and_hear(self, mut hear: impl FnMut(&[u8])) -> Result<HttpReply, HttpError> {
        let limit = self.client.limit;
        let mut stream = self.open().await?;
        let mut body = Vec::new();
        while let Some(chunk) = stream.chunk().await? {
            if body.len() + chunk.len() > limit {
                return Err(HttpError::TooLarge { limit });
            }
            hear(&chunk);
            body.extend_from_slice(&chunk);
        }
        Ok(HttpReply::new(stream.status(), stream.headers(), body))
    }

    /// Sends the request, and leaves the body of the answer to be read: of whatever length.
    pub(crate) async fn open(self) -> Result<HttpStream, HttpError> {
        let timeout = self.timeout;
        let failed = |error| HttpError::from_reqwest(error, timeout);
        let (client, request) = self.request?.timeout(self.timeout).build_split();
        let mut request = request.map_err(failed)?;
        if let Some(traceparent) = super::traceparent()
            && let Ok(value) = traceparent.parse()
        {
            request.headers_mut().entry(super::TRACEPARENT).or_insert(value);
        }
        let response = client.execute(request).await.map_err(failed)?;
        Ok(HttpStream { response, timeout })
    }
}
