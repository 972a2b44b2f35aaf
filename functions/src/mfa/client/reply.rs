//! What the API says when all is well, read leniently.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use swaig::PhoneNumber;
use uuid::Uuid;

use super::error::MfaError;
use super::request::Channel;

/// The id of one code that was sent. It is the only thing that names the code later.
///
/// It becomes part of a path, so it is a UUID and nothing else.
///
/// ```
/// use swaig_functions::mfa::RequestId;
///
/// assert!(RequestId::parse("c89a6cd2-6d8e-4c2c-a5b1-9d1c9d5a7f10").is_ok());
/// assert!(RequestId::parse("../numbers").is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequestId(Uuid);

impl RequestId {
    /// Reads an id.
    ///
    /// # Errors
    /// The text is not a UUID.
    pub fn parse(text: &str) -> Result<Self, uuid::Error> {
        Uuid::try_parse(text.trim()).map(Self)
    }

    pub(crate) const fn new(id: Uuid) -> Self {
        Self(id)
    }
}

impl FromStr for RequestId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        Self::parse(text)
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

/// A code that was queued; not yet one that arrived.
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
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ticket {
    /// Names the code when it is verified.
    pub id: RequestId,
    /// Always true: what was not queued is [`MfaError::NotQueued`]. Kept because the API says it.
    pub success: bool,
    /// The number as the API gave it back, if it did.
    pub to: Option<PhoneNumber>,
    /// How the code is sent.
    pub channel: Channel,
}

/// What the API says of a code that a caller read out.
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It is the right one. It cannot be used again.
    Accepted,
    /// It is wrong, and an attempt is used up.
    WrongToken,
    /// There is nothing to verify any more: unknown, expired, tried too often or already used
    /// (404). Only a new code helps.
    Gone,
}

/// Why a reply with a good status cannot be understood.
///
/// ```
/// use swaig_functions::mfa::{MfaError, ReplyError};
///
/// let error = MfaError::Decode(ReplyError::NotAnObject);
/// assert!(!error.to_string().is_empty());
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReplyError {
    /// Not JSON. The source says where, not what.
    #[error("the body is not JSON")]
    NotJson(#[source] serde_json::Error),
    /// JSON, but no object.
    #[error("the body is not a JSON object")]
    NotAnObject,
    /// A field that must be there is missing or is not what it should be.
    #[error("{field} is missing or not valid")]
    Field {
        /// The field's name.
        field: &'static str,
    },
}

pub(super) fn ticket(body: &[u8], asked: Channel) -> Result<Ticket, MfaError> {
    let body = object(body)?;
    if !success(&body)? {
        return Err(MfaError::NotQueued);
    }
    let text = |field| body.get(field).and_then(Value::as_str);
    let id = text("id").and_then(|id| RequestId::parse(id).ok()).ok_or(ReplyError::Field { field: "id" })?;
    let channel = match text("channel") {
        Some("sms") => Channel::Sms,
        Some("call") => Channel::Call,
        _ => asked,
    };
    Ok(Ticket { id, success: true, to: text("to").and_then(|to| PhoneNumber::parse(to).ok()), channel })
}

pub(super) fn verdict(body: &[u8]) -> Result<Verdict, ReplyError> {
    Ok(if success(&object(body)?)? { Verdict::Accepted } else { Verdict::WrongToken })
}

fn object(body: &[u8]) -> Result<Map<String, Value>, ReplyError> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(body)) => Ok(body),
        Ok(_) => Err(ReplyError::NotAnObject),
        Err(error) => Err(ReplyError::NotJson(error)),
    }
}

/// A JSON boolean, or its word: the platform writes some of its booleans as strings.
fn success(body: &Map<String, Value>) -> Result<bool, ReplyError> {
    match body.get("success") {
        Some(Value::Bool(success)) => Ok(*success),
        Some(Value::String(word)) if word.eq_ignore_ascii_case("true") => Ok(true),
        Some(Value::String(word)) if word.eq_ignore_ascii_case("false") => Ok(false),
        _ => Err(ReplyError::Field { field: "success" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ID: &str = "3fa85f64-5717-4562-b3fc-2c963f66afa6";

    #[test]
    fn the_documented_reply_is_a_ticket() {
        let body = format!(r#"{{"id":"{ID}","success":true,"to":"+15554422333","channel":"sms"}}"#);
        let ticket = ticket(body.as_bytes(), Channel::Call).unwrap();
        assert_eq!(ticket.id.to_string(), ID);
        assert_eq!(ticket.channel, Channel::Sms);
        assert_eq!(ticket.to.as_ref().unwrap().expose(), "+15554422333");
        assert!(!format!("{ticket:?}").contains("5554422333"));
    }

    #[test]
    fn only_id_and_success_are_needed() {
        let body = format!(r#"{{"id":"{ID}","success":"true","to":7,"more":[]}}"#);
        let ticket = ticket(body.as_bytes(), Channel::Call).unwrap();
        assert_eq!((ticket.to, ticket.channel), (None, Channel::Call));
    }

    #[test]
    fn a_ticket_without_a_usable_id_is_an_error_that_does_not_repeat_it() {
        for id in ["", "x/../../sms", "15554422333"] {
            let body = format!(r#"{{"id":"{id}","success":true}}"#);
            let error = ticket(body.as_bytes(), Channel::Sms).unwrap_err();
            assert!(matches!(error, MfaError::Decode(ReplyError::Field { field: "id" })));
            assert!(!format!("{error:?}").contains("15554422333"));
        }
    }

    #[test]
    fn a_reply_without_success_is_not_a_success() {
        for body in [r#"{"id":1}"#, r#"{"success":null}"#, r#"{"success":1}"#] {
            assert!(matches!(verdict(body.as_bytes()), Err(ReplyError::Field { field: "success" })));
        }
        assert!(matches!(verdict(b"<html>"), Err(ReplyError::NotJson(_))));
        assert!(matches!(verdict(b"[]"), Err(ReplyError::NotAnObject)));
    }

    #[test]
    fn an_id_is_a_uuid_and_is_written_one_way() {
        let upper = ID.to_uppercase();
        assert_eq!(RequestId::parse(&upper).unwrap().to_string(), ID);
        assert!(RequestId::parse("").is_err());
        let json = serde_json::to_string(&RequestId::parse(ID).unwrap()).unwrap();
        assert_eq!(json, format!("\"{ID}\""));
        assert!(serde_json::from_str::<RequestId>("\"../sms\"").is_err());
    }

    proptest! {
        #[test]
        fn what_parses_as_an_id_is_safe_in_a_path(text in ".{0,60}") {
            if let Ok(id) = RequestId::parse(&text) {
                let id = id.to_string();
                prop_assert!(id.len() == 36 && id.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit()));
            }
        }
    }
}
