//! What is asked of the API, in types that cannot be out of range.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use swaig::PhoneNumber;

use super::limits::{MaxAttempts, TokenLength, ValidFor};
use super::segment::{CALL_LIMIT, Room};

/// How the code reaches the caller.
///
/// ```
/// use swaig_functions::mfa::Channel;
///
/// assert_eq!(Channel::Sms.as_str(), "sms");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// A text message.
    Sms,
    /// A phone call that speaks the code.
    Call,
}

impl Channel {
    /// The word of the API: `sms` or `call`. It is also the last part of the path.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::Call => "call",
        }
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A value that the API would refuse. The text says what is allowed.
///
/// ```
/// use swaig_functions::mfa::{InvalidRequest, TokenLength};
///
/// assert!(matches!("3".parse::<TokenLength>(), Err(InvalidRequest::OutOfRange { min: 4, max: 20, .. })));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidRequest {
    /// A number outside its range.
    #[error("{name} must be between {min} and {max}, not {value}")]
    OutOfRange {
        /// The setting, as the API names it.
        name: &'static str,
        /// The smallest value allowed.
        min: u32,
        /// The largest value allowed.
        max: u32,
        /// The value that was given.
        value: i64,
    },
    /// Text where a whole number was expected.
    #[error("{name} must be a whole number between {min} and {max}")]
    NotANumber {
        /// The setting, as the API names it.
        name: &'static str,
        /// The smallest value allowed.
        min: u32,
        /// The largest value allowed.
        max: u32,
    },
    /// A message without a visible character.
    #[error("message must not be blank")]
    BlankMessage,
    /// A message with a control character other than a line feed.
    #[error("message must not contain control characters")]
    ControlCharacter,
    /// A message that, with its code, is longer than the channel takes.
    #[error("message and code take {taken} characters, but {channel} has room for {limit}")]
    MessageTooLong {
        /// The channel that it was meant for.
        channel: Channel,
        /// Characters of message and code together, as the channel counts them.
        taken: usize,
        /// The most that the channel takes.
        limit: usize,
    },
    /// A code to verify that no code can be: verifying it would only use up an attempt.
    #[error("a code has between 4 and 20 characters")]
    NotAToken,
}

/// The text before the code.
///
/// The API puts the code after it. There is no placeholder: braces would be sent as they are.
///
/// ```
/// use swaig_functions::mfa::{Channel, Message, TokenLength};
///
/// let message = Message::parse("Your code for the desk:")?;
/// message.check(Channel::Sms, TokenLength::default())?;
/// assert!(Message::parse("  ").is_err());
/// # Ok::<(), swaig_functions::mfa::InvalidRequest>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Message(String);

impl Message {
    /// Checks what can be checked without the channel; [`SendRequest::check`] does the rest.
    ///
    /// # Errors
    /// The text is blank, has a control character other than a line feed, or is longer than a
    /// call takes (500 characters with the shortest code).
    pub fn parse(text: &str) -> Result<Self, InvalidRequest> {
        if text.trim().is_empty() {
            return Err(InvalidRequest::BlankMessage);
        }
        if text.chars().any(|c| c.is_control() && c != '\n') {
            return Err(InvalidRequest::ControlCharacter);
        }
        let message = Self(text.to_owned());
        message.check(Channel::Call, TokenLength::MIN)?;
        Ok(message)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this text and a code fit what the channel takes.
    ///
    /// # Errors
    /// [`InvalidRequest::MessageTooLong`]: an SMS must fit one segment (160 characters of the GSM
    /// alphabet, 70 with any other), a call takes 500 characters.
    pub fn check(&self, channel: Channel, token_length: TokenLength) -> Result<(), InvalidRequest> {
        let digits = usize::try_from(token_length.get()).unwrap_or(CALL_LIMIT);
        let room = Room::of(channel, &self.0, digits);
        if room.is_enough() {
            return Ok(());
        }
        Err(InvalidRequest::MessageTooLong { channel, taken: room.taken, limit: room.limit })
    }
}

impl FromStr for Message {
    type Err = InvalidRequest;

    fn from_str(text: &str) -> Result<Self, InvalidRequest> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Message {
    type Error = InvalidRequest;

    fn try_from(text: String) -> Result<Self, InvalidRequest> {
        Self::parse(&text)
    }
}

impl From<Message> for String {
    fn from(message: Message) -> String {
        message.0
    }
}

/// A code to be sent.
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
pub struct SendRequest {
    /// The number that gets the code.
    pub to: PhoneNumber,
    /// The number that it comes from; without it, a verified number of SignalWire's. The
    /// reference asks for one of your own when `message` is set.
    pub from: Option<PhoneNumber>,
    /// The text before the code; without it, the API's own.
    pub message: Option<Message>,
    /// Digits of the code.
    pub token_length: TokenLength,
    /// Seconds for which the code can be verified.
    pub valid_for: ValidFor,
    /// How often the code may be tried.
    pub max_attempts: MaxAttempts,
}

impl SendRequest {
    /// A code of six digits, valid for two hours and four tries, in the API's own words.
    pub fn new(to: PhoneNumber) -> Self {
        Self {
            to,
            from: None,
            message: None,
            token_length: TokenLength::default(),
            valid_for: ValidFor::default(),
            max_attempts: MaxAttempts::default(),
        }
    }

    /// Whether the message, with its code, fits the channel. Sending checks it too; a server that
    /// knows its message asks at start-up.
    ///
    /// # Errors
    /// [`InvalidRequest::MessageTooLong`].
    pub fn check(&self, channel: Channel) -> Result<(), InvalidRequest> {
        self.message.as_ref().map_or(Ok(()), |message| message.check(channel, self.token_length))
    }

    /// The JSON body, with numbers as numbers and booleans as booleans.
    pub(super) fn body(&self) -> Value {
        let mut body = Map::new();
        let mut put = |key: &str, value: Value| body.insert(key.to_owned(), value);
        put("to", self.to.expose().into());
        if let Some(from) = &self.from {
            put("from", from.expose().into());
        }
        if let Some(message) = &self.message {
            put("message", message.as_str().into());
        }
        put("token_length", self.token_length.get().into());
        put("valid_for", self.valid_for.get().into());
        put("max_attempts", self.max_attempts.get().into());
        // A caller reads the code out, and letters are easily misheard.
        put("allow_alphas", false.into());
        Value::Object(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_message_is_visible_text() {
        assert_eq!(Message::parse(" \n"), Err(InvalidRequest::BlankMessage));
        assert_eq!(Message::parse("a\u{7}"), Err(InvalidRequest::ControlCharacter));
        let message = "Your number to verify is: ";
        assert_eq!(Message::parse(message).unwrap().as_str(), message);
        assert!(Message::parse(&"a".repeat(496)).is_ok());
        assert!(Message::parse(&"a".repeat(497)).is_err());
        assert!(serde_json::from_str::<Message>("\" \"").is_err());
    }

    #[test]
    fn a_message_for_a_call_may_be_too_long_for_a_text() {
        let mut request = SendRequest::new(PhoneNumber::parse("+15554422333").unwrap());
        request.message = Some(Message::parse(&"a".repeat(155)).unwrap());
        assert_eq!(request.check(Channel::Call), Ok(()));
        assert_eq!(
            request.check(Channel::Sms).unwrap_err().to_string(),
            "message and code take 161 characters, but sms has room for 160"
        );
    }

    proptest! {
        #[test]
        fn a_message_is_kept_as_it_is_or_refused(text in ".{0,600}") {
            if let Ok(message) = Message::parse(&text) {
                prop_assert_eq!(message.as_str(), text);
            }
        }
    }
}
