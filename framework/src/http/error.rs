//! Why a request came to nothing.

use std::error::Error;
use std::time::Duration;

use super::CONNECT_TIMEOUT;
use super::address::NotPublic;

/// Why a request came to nothing. No error holds the URL, which may hold credentials.
///
/// ```
/// use swaig::http::{AddressPolicy, HttpClient, HttpError};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let url = "ftp://example.com/".parse().expect("it is a URL");
/// let error = HttpClient::new(AddressPolicy::PublicOnly).get(&url).send().await.err();
/// assert!(matches!(error, Some(HttpError::NotWeb)));
/// # }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HttpError {
    /// Something else than `http://host…` or `https://host…`.
    #[error("the URL is not one of the web; expected http://host/… or https://host/…")]
    NotWeb,
    /// [`AddressPolicy::PublicOnly`](super::AddressPolicy::PublicOnly), and the host has no public address.
    #[error("{host} is not on the internet, and only public addresses may be asked; name another host")]
    NotPublic {
        /// The host.
        host: String,
    },
    /// TLS cannot be set up: most likely the machine has no root certificates.
    #[error(
        "cannot set up TLS; install root certificates (`ca-certificates` on Debian), or set SSL_CERT_FILE"
    )]
    Tls(#[source] rustls::Error),
    /// The client cannot be made.
    #[error("cannot set up the HTTP client")]
    Client(#[source] reqwest::Error),
    /// A body that has no JSON, such as a map whose keys are no texts.
    #[error("the body cannot be written as JSON; make its keys texts and its numbers finite")]
    NotWritten,
    /// A header that cannot be sent.
    #[error("the request cannot be sent as it is; check its headers")]
    Request(#[source] reqwest::Error),
    /// No connection.
    #[error("no connection can be made; check the address, and whether the server runs")]
    Connect(#[source] reqwest::Error),
    /// No whole answer in time.
    #[error("there was no whole answer within {}; {}", seconds(*limit), if *connecting { "check the address, and whether the server runs" } else { "look at what keeps the server, or allow more time" })]
    Timeout {
        /// Whether no connection was made yet.
        connecting: bool,
        /// How long was waited.
        limit: Duration,
    },
    /// The connection broke off.
    #[error("the connection broke off before the answer was whole; look at the server's log")]
    Transport(#[source] reqwest::Error),
    /// A body that is longer than the limit.
    #[error("the answer is longer than {limit} bytes; check the address, or raise the limit")]
    TooLarge {
        /// The most that is read, in bytes.
        limit: usize,
    },
    /// A status that is no success. See [`HttpReply::success`](super::HttpReply::success).
    #[error("the server answered with the status {status}; {}", about(*status))]
    Status {
        /// The HTTP status.
        status: u16,
    },
    /// A body that is not UTF-8.
    #[error("the answer is not text in UTF-8; check the address")]
    NotText,
    /// A body that is not the JSON which was expected. Values are not repeated: they may be secret.
    #[error(
        "the answer is not the JSON that was expected, at line {line}, column {column}; check the address"
    )]
    NotJson {
        /// The line.
        line: usize,
        /// The column.
        column: usize,
    },
}

impl HttpError {
    /// Whether the server may have done what was asked, although there was no good answer: a request that is not harmless
    /// must not be repeated by a machine then.
    pub fn effect_unknown(&self) -> bool {
        match self {
            Self::Timeout { connecting, .. } => !connecting,
            Self::Transport(_) | Self::TooLarge { .. } | Self::NotText | Self::NotJson { .. } => true,
            Self::Status { status } => *status >= 500,
            Self::NotWeb
            | Self::NotPublic { .. }
            | Self::Tls(_)
            | Self::Client(_)
            | Self::NotWritten
            | Self::Request(_)
            | Self::Connect(_) => false,
        }
    }

    /// Whether it is the server's own failure (no connection, no answer, 5xx, 429, an answer that cannot be understood) and
    /// not the request's, for a [`Breaker`](crate::Breaker).
    pub fn is_failure(&self) -> bool {
        match self {
            Self::Connect(_) | Self::Timeout { .. } => true,
            Self::Status { status } => *status >= 500 || *status == 429,
            _ => self.effect_unknown(),
        }
    }

    /// Sorts a failure of the client.
    pub(super) fn from_reqwest(error: reqwest::Error, timeout: Duration) -> Self {
        let error = error.without_url();
        let mut cause: Option<&(dyn Error + 'static)> = Some(&error);
        while let Some(found) = cause {
            if let Some(NotPublic { host }) = found.downcast_ref() {
                return Self::NotPublic { host: host.clone() };
            }
            cause = found.source();
        }
        let connecting = error.is_connect();
        match error {
            error if error.is_builder() => Self::Request(error),
            error if error.is_timeout() => {
                let limit = if connecting { timeout.min(CONNECT_TIMEOUT) } else { timeout };
                Self::Timeout { connecting, limit }
            }
            error if connecting => Self::Connect(error),
            error => Self::Transport(error),
        }
    }
}

/// What to do about a status.
fn about(status: u16) -> &'static str {
    match status {
        300..=399 => "redirects are not followed: use the address that it leads to",
        401 | 403 => "check the user name and the password",
        404 | 410 => "check the path",
        405 => "check the path: that method is not taken there",
        429 => "ask less often",
        500..=599 => "look at that server's log",
        _ => "check the address",
    }
}

fn seconds(limit: Duration) -> String {
    format!("{} s", limit.as_secs_f64())
}
