//! An answer, read to its end.

use std::fmt;

use std::time::Duration;

use bytes::Bytes;
use hyper::header::CONTENT_TYPE;
use hyper::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;

use super::error::HttpError;

/// An answer whose body is still to be read.
pub(crate) struct HttpStream {
    pub(super) response: reqwest::Response,
    /// How long the whole answer may take.
    pub(super) timeout: Duration,
}

impl HttpStream {
    pub(crate) fn status(&self) -> StatusCode {
        self.response.status()
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// The next part of the body; `None` at its end.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>, HttpError> {
        self.response.chunk().await.map_err(|error| HttpError::from_reqwest(error, self.timeout))
    }
}

/// An answer, read to its end.
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
pub struct HttpReply {
    status: StatusCode,
    content_type: Option<String>,
    body: Vec<u8>,
}

impl HttpReply {
    pub(super) fn new(status: StatusCode, headers: &HeaderMap, body: Vec<u8>) -> Self {
        let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        Self { status, content_type: content_type.map(str::to_owned), body }
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// The answer, when its status is one of success (200 to 299).
    ///
    /// # Errors
    /// [`HttpError::Status`].
    pub fn success(self) -> Result<Self, HttpError> {
        if self.status.is_success() { Ok(self) } else { Err(HttpError::Status { status: self.status() }) }
    }

    /// The `Content-Type`, as it was sent.
    pub fn content_type(&self) -> Option<&str> {
        self.content_type.as_deref()
    }

    /// The body.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The body as text.
    ///
    /// # Errors
    /// [`HttpError::NotText`] when it is not UTF-8.
    pub fn text(&self) -> Result<&str, HttpError> {
        std::str::from_utf8(&self.body).map_err(|_| HttpError::NotText)
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// [`HttpError::NotJson`] when it is not JSON, or JSON of another shape.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, HttpError> {
        serde_json::from_slice(&self.body)
            .map_err(|error| HttpError::NotJson { line: error.line(), column: error.column() })
    }
}

/// The size of the body stands for the body: that may hold what is secret.
impl fmt::Debug for HttpReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpReply")
            .field("status", &self.status())
            .field("content_type", &self.content_type)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
