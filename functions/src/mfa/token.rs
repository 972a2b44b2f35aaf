//! The one-time code that a caller reads out.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer};
use swaig::spoken;

/// A one-time code, as digits. It is made from what was heard: "123456", "1-2-3 4 5 6", "one two three, double four,
/// oh". It never shows itself: `Debug` is masked, there is no `Display`, and its argument is masked in events.
#[derive(Clone)]
pub struct Token(SecretString);

/// A text that is no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("digits only, such as 123456, as the caller read them out")]
pub struct NotDigits;

impl Token {
    /// Reads a code out of a text; leading zeros are kept.
    ///
    /// # Errors
    /// [`NotDigits`]: the text holds something else than digits.
    pub fn parse(text: &str) -> Result<Self, NotDigits> {
        // The longest code has 20 digits; what is far longer is no code, however it reads.
        spoken::digits(text).filter(|digits| digits.len() <= 64).map(|digits| Self(digits.into())).ok_or(NotDigits)
    }

    /// How many digits it has.
    pub fn digits(&self) -> usize {
        self.0.expose_secret().len()
    }

    pub(crate) fn secret(&self) -> &SecretString {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(••••••)")
    }
}

impl<'de> Deserialize<'de> for Token {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = SecretString::from(String::deserialize(deserializer)?);
        Self::parse(text.expose_secret()).map_err(serde::de::Error::custom)
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
            assert_eq!(Token::parse(text).unwrap().secret().expose_secret(), "012345", "{text}");
        }
        for text in ["", "I did not get it", "12a456", "one potato"] {
            assert!(Token::parse(text).is_err(), "{text}");
        }
        assert!(Token::parse(&"1".repeat(65)).is_err());
    }

    #[test]
    fn it_never_shows_itself() {
        let token: Token = serde_json::from_str("\"123456\"").unwrap();
        assert_eq!(format!("{token:?}"), "Token(••••••)");
        let error = serde_json::from_str::<Token>("\"12345x\"").unwrap_err().to_string();
        assert!(!error.contains("12345"), "{error}");
    }
}
