//! The API's three operations: what is asked, whether it may be, and the answer in its form.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{ALLOW, AUTHORIZATION, CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE};
use hyper::{Method, Request, Response, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value, json};
use swaig::PhoneNumber;

use super::TextMessage;
use super::codes::{Attempt, Codes, expiry, random_token};
use crate::mfa::client::{Channel, Credentials, RequestId, Room};

const PREFIX: &str = "/api/relay/rest/mfa/";
const BODY_LIMIT: usize = 64 * 1024;
/// MFA reference, `message`.
const DEFAULT_MESSAGE: &str = "Your Personal Authorization Code is:";

type Phone = Box<dyn Fn(TextMessage) + Send + Sync>;
type Clock = Box<dyn Fn() -> Instant + Send + Sync>;

pub(super) struct Api {
    authorization: String,
    phone: Phone,
    clock: Clock,
    codes: Mutex<Codes>,
}

enum Operation {
    Send(Channel),
    /// No id if the path has something else than a UUID there: no code has that name.
    Verify(Option<RequestId>),
}

/// An answer that is an error: the status, and the problems where it has any.
struct Refusal(StatusCode, Vec<String>);

impl From<StatusCode> for Refusal {
    fn from(status: StatusCode) -> Self {
        Self(status, Vec::new())
    }
}

impl Api {
    pub(super) fn new(credentials: &Credentials, phone: Phone, clock: Clock) -> Self {
        Self { authorization: basic(credentials), phone, clock, codes: Mutex::default() }
    }

    pub(super) async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        match self.operate(request).await {
            Ok(body) => response(StatusCode::OK, &body),
            Err(Refusal(status, problems)) => response(status, &error_body(status, &problems)),
        }
    }

    async fn operate(&self, request: Request<Incoming>) -> Result<Value, Refusal> {
        let operation = operation(request.uri().path()).ok_or(StatusCode::NOT_FOUND)?;
        if request.method() != Method::POST {
            return Err(StatusCode::METHOD_NOT_ALLOWED.into());
        }
        let authorization = request.headers().get(AUTHORIZATION);
        if authorization.is_none_or(|given| given != self.authorization.as_str()) {
            return Err(StatusCode::UNAUTHORIZED.into());
        }
        let body = read(request).await?;
        match operation {
            Operation::Send(channel) => self.send(channel, &body),
            Operation::Verify(id) => self.verify(id, &body),
        }
    }

    fn send(&self, channel: Channel, body: &Map<String, Value>) -> Result<Value, Refusal> {
        let order = Order::read(channel, body)?;
        let unlucky = |_| Refusal::from(StatusCode::INTERNAL_SERVER_ERROR);
        let token = random_token(order.token_length, order.allow_alphas).map_err(unlucky)?;
        let message = order.message.unwrap_or(DEFAULT_MESSAGE);
        let gap = if message.ends_with(char::is_whitespace) { "" } else { " " };
        let body = SecretString::from(format!("{message}{gap}{}", token.expose_secret()));
        let text = TextMessage { to: order.to.clone(), channel, body };
        let expires = expiry((self.clock)(), order.valid_for);
        let id = self
            .codes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .add(token, expires, order.max_attempts)
            .map_err(unlucky)?;
        (self.phone)(text);
        Ok(json!({
            "id": id.to_string(),
            "success": true,
            "to": order.to.expose(),
            "channel": channel.as_str(),
        }))
    }

    fn verify(&self, id: Option<RequestId>, body: &Map<String, Value>) -> Result<Value, Refusal> {
        let Some(token) = body.get("token").and_then(Value::as_str) else {
            return Err(unprocessable(["Token can't be blank".to_owned()]));
        };
        let id = id.ok_or(StatusCode::NOT_FOUND)?;
        let now = (self.clock)();
        let attempt = self.codes.lock().unwrap_or_else(PoisonError::into_inner).try_token(id, token, now);
        match attempt {
            Attempt::Right => Ok(json!({ "success": true })),
            Attempt::Wrong => Ok(json!({ "success": false })),
            Attempt::Dead => Err(StatusCode::NOT_FOUND.into()),
        }
    }
}

/// A request to send, with the documented defaults filled in.
struct Order<'a> {
    to: PhoneNumber,
    message: Option<&'a str>,
    token_length: usize,
    valid_for: u64,
    max_attempts: u32,
    allow_alphas: bool,
}

impl<'a> Order<'a> {
    /// Reads the body strictly, so that a client that sends numbers or booleans as text is caught.
    fn read(channel: Channel, body: &'a Map<String, Value>) -> Result<Self, Refusal> {
        let mut problems = Vec::new();
        let get = |key: &str| body.get(key).filter(|value| !value.is_null());
        let mut number = |key: &str, label: &str, default: u32, min: u32, max: u32| {
            let Some(value) = get(key) else {
                return default;
            };
            let value = value.as_u64().and_then(|n| u32::try_from(n).ok());
            value.filter(|n| (min..=max).contains(n)).unwrap_or_else(|| {
                problems.push(format!("{label} must be between {min} and {max}"));
                default
            })
        };
        let token_length = number("token_length", "Token length", 6, 4, 20);
        let valid_for = number("valid_for", "Valid for", 3_600, 0, 604_800);
        let max_attempts = number("max_attempts", "Max attempts", 3, 1, 20);
        let token_length = usize::try_from(token_length).unwrap_or(usize::MAX);

        let to = get("to").and_then(Value::as_str).filter(|to| is_e164(to));
        let to = to.and_then(|to| PhoneNumber::parse(to).ok());
        if to.is_none() {
            problems.push("To must be a valid E164 number".to_owned());
        }
        let from = get("from");
        if from.is_some_and(|from| !from.as_str().is_some_and(is_e164)) {
            problems.push("From must be a valid E164 number".to_owned());
        }
        let message = get("message").map(|message| message.as_str().unwrap_or_default());
        if let Some(message) = message {
            if message.trim().is_empty() {
                problems.push("Message can't be blank".to_owned());
            }
            if !Room::of(channel, message, token_length).is_enough() {
                problems.push("Message is too long".to_owned());
            }
            if from.is_none() {
                problems.push("From can't be blank when message is given".to_owned());
            }
        }
        let allow_alphas = get("allow_alphas").map_or(Some(false), Value::as_bool);
        if allow_alphas.is_none() {
            problems.push("Allow alphas must be true or false".to_owned());
        }
        let (Some(to), true) = (to, problems.is_empty()) else {
            return Err(unprocessable(problems));
        };
        Ok(Self {
            to,
            message,
            token_length,
            valid_for: valid_for.into(),
            max_attempts,
            allow_alphas: allow_alphas.unwrap_or_default(),
        })
    }
}

/// The `Authorization` header that these credentials make (RFC 7617).
pub(super) fn basic(credentials: &Credentials) -> String {
    let pair = format!("{}:{}", credentials.project_id(), credentials.api_token());
    format!("Basic {}", BASE64_STANDARD.encode(pair))
}

fn operation(path: &str) -> Option<Operation> {
    let mut parts = path.strip_prefix(PREFIX)?.split('/');
    match (parts.next()?, parts.next(), parts.next()) {
        ("sms", None, None) => Some(Operation::Send(Channel::Sms)),
        ("call", None, None) => Some(Operation::Send(Channel::Call)),
        (id, Some("verify"), None) => Some(Operation::Verify(RequestId::parse(id).ok())),
        _ => None,
    }
}

async fn read(request: Request<Incoming>) -> Result<Map<String, Value>, Refusal> {
    let body = Limited::new(request.into_body(), BODY_LIMIT)
        .collect()
        .await
        .map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?
        .to_bytes();
    match serde_json::from_slice(&body) {
        Ok(Value::Object(body)) => Ok(body),
        _ => Err(StatusCode::BAD_REQUEST.into()),
    }
}

/// MFA reference: E.164 is a plus, then up to 15 digits of which the first is not zero.
fn is_e164(number: &str) -> bool {
    number.strip_prefix('+').is_some_and(|digits| {
        (2..=15).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0')
    })
}

fn unprocessable(details: impl IntoIterator<Item = String>) -> Refusal {
    Refusal(StatusCode::UNPROCESSABLE_ENTITY, details.into_iter().collect())
}

fn error_body(status: StatusCode, problems: &[String]) -> Value {
    if problems.is_empty() {
        return json!({ "error": status.canonical_reason() });
    }
    let errors: Vec<Value> = problems
        .iter()
        .map(|detail| {
            json!({
                "detail": detail,
                "status": status.as_str(),
                "title": "Invalid Attribute",
                "code": status.as_str(),
            })
        })
        .collect();
    json!({ "errors": errors })
}

fn response(status: StatusCode, body: &Value) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(body.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    match status {
        StatusCode::METHOD_NOT_ALLOWED => {
            headers.insert(ALLOW, HeaderValue::from_static("POST"));
        }
        StatusCode::UNAUTHORIZED => {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Basic"));
        }
        _ => {}
    }
    response
}
