//! The one-time code that a caller reads out.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use swaig::redact::MASK;
use swaig::spoken;

/// A one-time code as it was heard: "123456", "1-2-3 4 5 6", "one two three, double four, oh". It never shows itself:
/// `Debug`, `Display` and `Serialize` are masked, and its argument is masked in events.
///
/// ```
/// use swaig_functions::mfa::Token;
///
/// assert_eq!(Token::new("one two three, double four, oh").digits(), Some(6));
/// assert_eq!(Token::new("I did not get it").digits(), None);
/// ```
#[derive(Clone)]
pub struct Token(SecretString);

impl Token {
    /// What was heard.
    pub fn new(heard: impl Into<String>) -> Self {
        Self(heard.into().into())
    }

    /// How many digits it has; `None` where it holds something else than digits.
    pub fn digits(&self) -> Option<usize> {
        self.code().map(|code| code.expose_secret().len())
    }

    /// The code as digits, leading zeros kept.
    pub(crate) fn code(&self) -> Option<SecretString> {
        // The longest code has 20 digits; what is far longer is no code, however it reads.
        spoken::digits(self.0.expose_secret()).filter(|digits| digits.len() <= 64).map(SecretString::from)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({MASK})")
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(MASK)
    }
}

impl Serialize for Token {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(MASK)
    }
}

impl<'de> Deserialize<'de> for Token {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // What is no code is told to the model by the function, in words that fit.
        String::deserialize(deserializer).map(Self::new)
    }
}

impl JsonSchema for Token {
    fn schema_name() -> Cow<'static, str> {
        "Token".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        // A number would lose leading zeros.
        json_schema!({"type": "string", "x-swaig-sensitive": true})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_it_is_spoken() {
        for text in ["012345", "0-1-2 3 4 5", "oh one two three four five", " 012 345 "] {
            assert_eq!(Token::new(text).code().unwrap().expose_secret(), "012345", "{text}");
        }
        for text in ["", "I did not get it", "12a456", "one potato"] {
            assert_eq!(Token::new(text).digits(), None, "{text}");
        }
        assert_eq!(Token::new("1".repeat(65)).digits(), None);
    }

    #[test]
    fn it_never_shows_itself() {
        let token: Token = serde_json::from_str("\"123456\"").unwrap();
        assert_eq!(format!("{token:?} {token}"), "Token(••••••) ••••••");
        assert_eq!(serde_json::to_string(&token).unwrap(), "\"••••••\"");
    }
}
