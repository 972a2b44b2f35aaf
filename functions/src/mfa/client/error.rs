//! What can go wrong, told apart by what the caller can do about it.
//!
//! Two questions matter to a function that has to answer a model: was this request refused, or is
//! the service out of reach ([`MfaError::outcome`])? And may a code have gone out all the same
//! ([`MfaError::effect_unknown`])? No error holds a phone number, a code or the API token.

use std::time::Duration;

use serde_json::Value;
use swaig::BreakerOpen;

use super::reply::ReplyError;
use super::request::InvalidRequest;
use super::scrub::scrub;

/// Why a client could not be made. A mistake in the settings, found at start-up.
///
/// ```
/// use swaig_functions::mfa::{ClientError, Credentials, MfaClient};
///
/// let credentials = Credentials::new("p1", "PT1".into());
/// let client = MfaClient::new("mailto:desk@example.com".parse().unwrap(), credentials);
/// assert!(matches!(client.err(), Some(ClientError::Base)));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The base is something else than scheme, host and port.
    #[error("the API's address must be http(s)://host[:port], without path, query, user or password")]
    Base,
    /// Empty, or a project id with a colon, which HTTP Basic cannot carry.
    #[error("the project id and the API token must not be empty, and the id must not have a colon")]
    Credentials,
    /// The TLS settings could not be made. On Linux the usual reason is that the machine has no
    /// root certificates: install the package `ca-certificates`, or set `SSL_CERT_FILE`.
    #[error("cannot set up TLS (are root certificates installed?)")]
    Tls(#[source] rustls::Error),
    /// The HTTP client could not be made.
    #[error("cannot set up the HTTP client")]
    Http(#[source] reqwest::Error),
}

/// Why a code was not sent, or not verified.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use swaig::PhoneNumber;
/// use swaig_functions::mfa::{Channel, Credentials, MfaClient, MfaError, Outcome, SendRequest};
///
/// // Nobody listens there.
/// let client = MfaClient::new("http://127.0.0.1:1".parse()?, Credentials::new("p1", "PT1".into()))?;
/// let request = SendRequest::new(PhoneNumber::parse("+15554422333")?);
/// let error: MfaError = client.send(Channel::Sms, &request).await.unwrap_err();
/// assert_eq!(error.outcome(), Outcome::Unavailable);
/// // Nothing was sent, so it may be tried again.
/// assert!(!error.effect_unknown());
/// # Ok(()) }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MfaError {
    /// Refused here, before anything was sent.
    #[error("the request is not valid")]
    Invalid(#[from] InvalidRequest),
    /// 401. With good credentials it usually means the token's scope.
    #[error("the MFA API does not accept the credentials (401)")]
    Unauthorized,
    /// 403. The token lacks the scope.
    #[error("the API token may not use the MFA API (403)")]
    Forbidden,
    /// 400 or 422: the API read the request and will not do it.
    #[error("the MFA API refused the request{}", list(.0))]
    Refused(Vec<Problem>),
    /// 200 with `success: false` on sending: the code was not queued.
    #[error("the MFA API did not queue the code")]
    NotQueued,
    /// 429.
    #[error("the MFA API asks for fewer requests (429)")]
    RateLimited {
        /// How long it asks to wait, if it says so.
        retry_after: Option<Duration>,
    },
    /// 5xx.
    #[error("the MFA API failed ({status})")]
    Server {
        /// The HTTP status.
        status: u16,
    },
    /// A status that the API does not document, such as a redirect. 404 on sending means that
    /// the address is not that of a SignalWire space.
    #[error("the MFA API answered with an unexpected status ({status})")]
    Unexpected {
        /// The HTTP status.
        status: u16,
    },
    /// 2xx, but the body is not a reply of this API.
    #[error("the MFA API's reply cannot be understood")]
    Decode(#[from] ReplyError),
    /// 2xx, but the body is longer than any reply of this API.
    #[error("the MFA API's reply is longer than {limit} bytes")]
    TooLarge {
        /// The most that is read, in bytes.
        limit: usize,
    },
    /// No answer in time.
    #[error("the MFA API did not answer in time")]
    Timeout {
        /// Whether any part of the request may have left; `false` if no connection was made.
        sent: bool,
    },
    /// The connection failed.
    #[error("the connection to the MFA API failed")]
    Transport {
        /// Whether any part of the request may have left; `false` if no connection was made.
        sent: bool,
        /// The failure, without the request's address.
        #[source]
        source: reqwest::Error,
    },
    /// It failed again and again, so it was left alone this time: nothing was sent.
    #[error("the MFA API was not asked")]
    Open(#[from] BreakerOpen),
}

/// The two kinds of failure that need different words.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use swaig::PhoneNumber;
/// use swaig_functions::mfa::{Channel, Credentials, MfaClient, MfaError, Outcome, SendRequest};
///
/// // Nobody listens there.
/// let client = MfaClient::new("http://127.0.0.1:1".parse()?, Credentials::new("p1", "PT1".into()))?;
/// let request = SendRequest::new(PhoneNumber::parse("+15554422333")?);
/// let error: MfaError = client.send(Channel::Sms, &request).await.unwrap_err();
/// assert_eq!(error.outcome(), Outcome::Unavailable);
/// // Nothing was sent, so it may be tried again.
/// assert!(!error.effect_unknown());
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// This request was looked at and will not be done. Nothing happened, and the same request
    /// again would fare no better.
    Refused,
    /// The service cannot be used now, whatever is asked of it.
    Unavailable,
}

impl MfaError {
    /// Which of the two kinds of failure this is.
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Invalid(_) | Self::Refused(_) | Self::NotQueued => Outcome::Refused,
            Self::Unauthorized
            | Self::Forbidden
            | Self::RateLimited { .. }
            | Self::Server { .. }
            | Self::Unexpected { .. }
            | Self::Decode(_)
            | Self::TooLarge { .. }
            | Self::Timeout { .. }
            | Self::Transport { .. }
            | Self::Open(_) => Outcome::Unavailable,
        }
    }

    /// Whether the API may have done what was asked although it failed: a code may be on its way,
    /// or an attempt may be used up. Such a request must not be repeated by a machine.
    pub fn effect_unknown(&self) -> bool {
        match self {
            Self::Server { .. } | Self::Decode(_) | Self::TooLarge { .. } => true,
            Self::Timeout { sent } | Self::Transport { sent, .. } => *sent,
            Self::Invalid(_)
            | Self::Unauthorized
            | Self::Forbidden
            | Self::Refused(_)
            | Self::NotQueued
            | Self::RateLimited { .. }
            | Self::Unexpected { .. }
            | Self::Open(_) => false,
        }
    }

    /// Whether the API itself failed, or asked for fewer requests. An answer that says what is wrong with the request, or
    /// with the credentials, shows that it works.
    pub(super) fn is_failure(&self) -> bool {
        match self {
            Self::RateLimited { .. }
            | Self::Server { .. }
            | Self::Decode(_)
            | Self::TooLarge { .. }
            | Self::Timeout { .. }
            | Self::Transport { .. } => true,
            Self::Unexpected { status } => !(400..=499).contains(status),
            Self::Invalid(_)
            | Self::Unauthorized
            | Self::Forbidden
            | Self::Refused(_)
            | Self::NotQueued
            | Self::Open(_) => false,
        }
    }

    pub(super) fn from_reqwest(error: reqwest::Error) -> Self {
        // Only a failure to connect proves that nothing left.
        let sent = !(error.is_connect() || error.is_builder());
        // The address holds the request's id.
        let source = error.without_url();
        if source.is_timeout() { Self::Timeout { sent } } else { Self::Transport { sent, source } }
    }
}

/// One thing that the API found wrong with a request.
///
/// All texts come from the API, on one line, with runs of digits masked.
///
/// ```
/// use swaig_functions::mfa::MfaError;
///
/// fn log(error: &MfaError) {
///     if let MfaError::Refused(problems) = error {
///         for problem in problems {
///             println!("{}: {}", problem.attribute.as_deref().unwrap_or("-"), problem.detail);
///         }
///     }
/// }
/// # log(&MfaError::NotQueued);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// What is wrong, e.g. `To must be a valid E164 number`.
    pub detail: String,
    /// The kind of problem, e.g. `Invalid Attribute`.
    pub title: Option<String>,
    /// The API's code for it, e.g. `422`.
    pub code: Option<String>,
    /// The field that it is about, where the API names it.
    pub attribute: Option<String>,
}

/// The most problems that are kept of one reply.
const MOST_PROBLEMS: usize = 10;

/// The problems that an error body names; none if it is not JSON of a known form.
///
/// SignalWire has two forms: `{"error": "…"}` and `{"errors": […]}`, and the items of the latter
/// are `{detail, title, code, status}` on this API, `{message, type, code, attribute, url}` on others.
pub(super) fn problems(body: &[u8], secrets: &[&str]) -> Vec<Problem> {
    let Ok(Value::Object(body)) = serde_json::from_slice(body) else {
        return Vec::new();
    };
    let items = match body.get("errors") {
        Some(Value::Array(items)) => items.as_slice(),
        Some(item) => std::slice::from_ref(item),
        None => body.get("error").map(std::slice::from_ref).unwrap_or_default(),
    };
    items.iter().filter_map(|item| problem(item, secrets)).take(MOST_PROBLEMS).collect()
}

fn problem(item: &Value, secrets: &[&str]) -> Option<Problem> {
    let text = |value: &Value| {
        match value {
            Value::String(text) => Some(scrub(text, secrets)),
            Value::Number(number) => Some(scrub(&number.to_string(), secrets)),
            _ => None,
        }
        .filter(|text| !text.trim().is_empty())
    };
    let field = |names: &[&str]| names.iter().find_map(|name| item.get(*name).and_then(text));

    let title = field(&["title", "type"]);
    let code = field(&["code", "status"]);
    let detail = field(&["detail", "message"])
        .or_else(|| text(item))
        .or_else(|| title.clone())
        .or_else(|| code.clone())?;
    Some(Problem { detail, title, code, attribute: field(&["attribute"]) })
}

fn list(problems: &[Problem]) -> String {
    let details: Vec<&str> = problems.iter().map(|p| p.detail.as_str()).collect();
    if details.is_empty() { String::new() } else { format!(": {}", details.join("; ")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn details(body: &str) -> Vec<String> {
        problems(body.as_bytes(), &[]).into_iter().map(|p| p.detail).collect()
    }

    #[test]
    fn the_documented_form_is_read() {
        let body = r#"{"errors":[{"detail":"To must be a valid E164 number","status":"422","title":"Invalid Attribute","code":"422"}]}"#;
        assert_eq!(
            problems(body.as_bytes(), &[]),
            [Problem {
                detail: "To must be a valid E164 number".into(),
                title: Some("Invalid Attribute".into()),
                code: Some("422".into()),
                attribute: None,
            }]
        );
    }

    #[test]
    fn the_other_form_is_read() {
        let body = r#"{"errors":[{"type":"validation_error","code":"invalid","message":"is not valid","attribute":"to","url":"https://x"}]}"#;
        assert_eq!(
            problems(body.as_bytes(), &[]),
            [Problem {
                detail: "is not valid".into(),
                title: Some("validation_error".into()),
                code: Some("invalid".into()),
                attribute: Some("to".into()),
            }]
        );
    }

    #[test]
    fn a_field_may_be_missing_or_of_another_type() {
        assert_eq!(details(r#"{"error":"Bad Request"}"#), ["Bad Request"]);
        assert_eq!(details(r#"{"errors":["a",{"code":422},{"title":"b"},{},null,[1]]}"#), ["a", "422", "b"]);
        assert_eq!(details(r#"{"errors":{"detail":"c"}}"#), ["c"]);
        for nothing in ["", "<html>", "[]", "null", "{}", r#"{"error":{}}"#] {
            assert!(details(nothing).is_empty(), "{nothing}");
        }
    }

    #[test]
    fn what_the_api_echoes_is_masked() {
        let body = r#"{"errors":[{"detail":"To +15554422333 with PTsecret is bad"}]}"#;
        let error = MfaError::Refused(problems(body.as_bytes(), &["PTsecret"]));
        let texts = format!("{error} {error:?}");
        assert!(!texts.contains("555") && !texts.contains("PTsecret"), "{texts}");
        assert_eq!(error.to_string(), "the MFA API refused the request: To +••••••••••• with ••• is bad");
    }

    #[test]
    fn a_reply_with_many_problems_is_cut() {
        let body = format!(r#"{{"errors":[{}"x"]}}"#, r#""x","#.repeat(500));
        assert_eq!(details(&body).len(), MOST_PROBLEMS);
    }

    #[test]
    fn an_effect_is_unknown_only_when_something_was_sent() {
        for (error, unknown) in [
            (MfaError::Server { status: 503 }, true),
            (MfaError::TooLarge { limit: 1 }, true),
            (MfaError::Decode(ReplyError::NotAnObject), true),
            (MfaError::Timeout { sent: true }, true),
            (MfaError::Timeout { sent: false }, false),
            (MfaError::Unauthorized, false),
            (MfaError::Refused(Vec::new()), false),
            (MfaError::NotQueued, false),
            (MfaError::RateLimited { retry_after: None }, false),
            (MfaError::Unexpected { status: 302 }, false),
        ] {
            assert_eq!(error.effect_unknown(), unknown, "{error:?}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_request_is_no_failure_of_the_api() {
        for (error, failure) in [
            (MfaError::Server { status: 500 }, true),
            (MfaError::RateLimited { retry_after: None }, true),
            (MfaError::Timeout { sent: true }, true),
            (MfaError::Timeout { sent: false }, true),
            (MfaError::Decode(ReplyError::NotAnObject), true),
            (MfaError::TooLarge { limit: 1 }, true),
            (MfaError::Unexpected { status: 302 }, true),
            (MfaError::Unexpected { status: 404 }, false),
            (MfaError::Unauthorized, false),
            (MfaError::Forbidden, false),
            (MfaError::Refused(Vec::new()), false),
            (MfaError::NotQueued, false),
        ] {
            assert_eq!(error.is_failure(), failure, "{error:?}");
        }
    }

    proptest! {
        #[test]
        fn any_body_is_survived(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = problems(&body, &[]);
        }
    }
}
