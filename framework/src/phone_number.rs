//! Phone numbers in E.164 form, and who is calling.
//!
//! A number is personal data. It shows itself masked wherever it is printed or
//! serialised, and gives the digits away only through [`PhoneNumber::expose`].

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

pub use caller::CallerNumber;
pub(crate) use caller::is_withheld_id;

mod caller;
#[cfg(test)]
mod tests;

/// What stands for one hidden digit.
const BULLET: char = '•';

/// A number of at most this many digits shows only its last two.
const SHORT: usize = 7;

/// A phone number in E.164 form: `+`, a country code that does not start with
/// zero, at most 15 digits in all (ITU-T E.164).
///
/// `Display`, `Debug` and `Serialize` give the masked form, so a number that
/// was serialised cannot be read back. Use [`expose`](Self::expose) for the
/// upstream request.
///
/// ```
/// use swaig::PhoneNumber;
///
/// let number = PhoneNumber::parse("+1 (555) 123-0000")?;
/// assert_eq!(number.expose(), "+15551230000");
/// assert_eq!(number.to_string(), "+1••••••0000");
/// # Ok::<(), swaig::PhoneNumberError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PhoneNumber(String);

/// Why a text is not a [`PhoneNumber`]. No variant repeats the text.
///
/// ```
/// use swaig::PhoneNumber;
///
/// let error = PhoneNumber::parse("555-1230").unwrap_err();
/// assert!(error.to_string().contains("E.164"), "{error}");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhoneNumberError {
    /// There is nothing in the text.
    #[error("the phone number is empty; E.164 form is needed, for example +15551230000")]
    Empty,
    /// The text does not start with `+`: a national number, or one with `00`.
    #[error("the phone number has no + and country code; E.164 form is needed, for example +15551230000")]
    NoCountryCode,
    /// The first digit is a zero; no country code starts with it.
    #[error("a country code does not start with 0; E.164 form is needed, for example +15551230000")]
    LeadingZero,
    /// Fewer than 2 digits, or more than 15.
    #[error("a phone number in E.164 form has 2 to 15 digits, for example +15551230000")]
    Length,
    /// A character that is neither a digit nor one of the usual separators.
    #[error(
        "the phone number holds a character that is not a digit; E.164 form is needed, for example +15551230000"
    )]
    Character,
}

impl PhoneNumber {
    /// Reads a number. Spaces, dashes, dots, parentheses and a leading `tel:`
    /// are dropped. A number without `+` is refused: which country it belongs
    /// to would be a guess.
    ///
    /// # Errors
    ///
    /// [`PhoneNumberError`] says what is missing.
    pub fn parse(text: &str) -> Result<Self, PhoneNumberError> {
        let text = without_tel(text.trim()).trim_start();
        if text.is_empty() {
            return Err(PhoneNumberError::Empty);
        }
        let Some(rest) = text.strip_prefix('+') else {
            return Err(PhoneNumberError::NoCountryCode);
        };
        let mut number = String::with_capacity(16);
        number.push('+');
        for c in rest.chars() {
            if c.is_ascii_digit() {
                // One more than allowed is enough to know.
                if number.len() <= 16 {
                    number.push(c);
                }
            } else if !is_separator(c) {
                return Err(PhoneNumberError::Character);
            }
        }
        if number[1..].starts_with('0') {
            return Err(PhoneNumberError::LeadingZero);
        }
        if !(3..=16).contains(&number.len()) {
            return Err(PhoneNumberError::Length);
        }
        Ok(Self(number))
    }

    /// The number in clear, `+15551230000`. Only for the upstream request:
    /// never for a log, an event, the store or a reply.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The form that may be shown: `+`, the first digit, a bullet for each
    /// hidden digit, the last four digits. A number of at most 7 digits shows
    /// only its last two.
    pub fn masked(&self) -> String {
        mask(&self.0)
    }
}

/// Masks a number that holds only ASCII digits after an optional `+`.
pub(crate) fn mask(number: &str) -> String {
    let (plus, digits) = match number.strip_prefix('+') {
        Some(rest) => ("+", rest),
        None => ("", number),
    };
    let count = digits.chars().count();
    let (head, tail) = if count <= SHORT { (0, 2) } else { (1, 4) };
    let shown =
        digits.chars().enumerate().map(|(at, c)| if at < head || at + tail >= count { c } else { BULLET });
    // A bullet takes three bytes.
    let mut masked = String::with_capacity(3 * number.len());
    masked.extend(plus.chars().chain(shown));
    masked
}

/// The characters that people put between the digits of a number.
pub(crate) fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '.' | '(' | ')' | '\u{2010}'..='\u{2013}')
}

/// The text after a leading `tel:`, in any case.
pub(crate) fn without_tel(text: &str) -> &str {
    match text.get(..4) {
        Some(scheme) if scheme.eq_ignore_ascii_case("tel:") => &text[4..],
        _ => text,
    }
}

impl FromStr for PhoneNumber {
    type Err = PhoneNumberError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl TryFrom<String> for PhoneNumber {
    type Error = PhoneNumberError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.masked())
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PhoneNumber({})", self.masked())
    }
}

impl Serialize for PhoneNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.masked())
    }
}

impl<'de> Deserialize<'de> for PhoneNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberVisitor)
    }
}

struct NumberVisitor;

// Numbers are refused here by hand: serde's own message would repeat the value.
impl Visitor<'_> for NumberVisitor {
    type Value = PhoneNumber;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string with a phone number in E.164 form, for example +15551230000")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<PhoneNumber, E> {
        PhoneNumber::parse(text).map_err(E::custom)
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<PhoneNumber, E> {
        Err(E::custom(PhoneNumberError::NoCountryCode))
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<PhoneNumber, E> {
        Err(E::custom(PhoneNumberError::NoCountryCode))
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<PhoneNumber, E> {
        Err(E::custom(PhoneNumberError::NoCountryCode))
    }
}

impl JsonSchema for PhoneNumber {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "PhoneNumber".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        // No `pattern`: it would refuse the separators that `parse` takes.
        json_schema!({
            "type": "string",
            "description": "Phone number in E.164 format, for example +15551230000"
        })
    }
}
