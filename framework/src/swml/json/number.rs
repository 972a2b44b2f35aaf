//! A number that keeps its lexeme.

use std::fmt;

use serde::{Serialize, Serializer, ser::Error as _};
use serde_json::value::RawValue;

/// A JSON number as it was written.
///
/// Two numbers are equal when they print the same: `1`, `1.0` and `1e0` are three numbers. Compare
/// [`as_f64`](Self::as_f64) where only the quantity matters.
///
/// ```
/// use swaig::swml::Json;
///
/// let json = Json::parse("0.70")?;
/// let number = json.as_number().expect("it is one");
/// assert_eq!((number.as_f64(), json.to_string().as_str()), (Some(0.7), "0.70"));
/// # Ok::<(), swaig::swml::JsonError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Number(Repr);

#[derive(Clone, Debug, PartialEq)]
enum Repr {
    /// `serde_json` prints this number exactly as it was written.
    Plain(serde_json::Number),
    /// The lexeme of any other number, known to be valid.
    Lexeme(Box<str>),
}

impl Number {
    /// Takes a lexeme that a JSON parser has accepted.
    pub(super) fn from_lexeme(lexeme: &str) -> Self {
        match lexeme.parse::<serde_json::Number>() {
            Ok(number) if number.to_string() == lexeme => Self(Repr::Plain(number)),
            _ => Self(Repr::Lexeme(lexeme.into())),
        }
    }

    /// The double, unless it is infinite or not a number, which JSON cannot say.
    pub fn from_f64(value: f64) -> Option<Self> {
        serde_json::Number::from_f64(value).map(Self::from)
    }

    /// The value, when it is written as a whole number and fits.
    pub fn as_i64(&self) -> Option<i64> {
        match &self.0 {
            Repr::Plain(number) => number.as_i64(),
            Repr::Lexeme(lexeme) => lexeme.parse().ok(),
        }
    }

    /// The value, when it is written as a whole number and fits.
    pub fn as_u64(&self) -> Option<u64> {
        match &self.0 {
            Repr::Plain(number) => number.as_u64(),
            Repr::Lexeme(lexeme) => lexeme.parse().ok(),
        }
    }

    /// The nearest double.
    pub fn as_f64(&self) -> Option<f64> {
        match &self.0 {
            Repr::Plain(number) => number.as_f64(),
            Repr::Lexeme(lexeme) => lexeme.parse().ok(),
        }
    }

    pub(super) fn to_value(&self) -> serde_json::Value {
        match &self.0 {
            Repr::Plain(number) => number.clone().into(),
            Repr::Lexeme(lexeme) => {
                lexeme.parse::<serde_json::Number>().map_or(serde_json::Value::Null, Into::into)
            }
        }
    }
}

impl From<serde_json::Number> for Number {
    fn from(number: serde_json::Number) -> Self {
        Self(Repr::Plain(number))
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Plain(number) => number.fmt(f),
            Repr::Lexeme(lexeme) => f.write_str(lexeme),
        }
    }
}

/// An unusual lexeme goes out through `serde_json`'s raw value, which only `serde_json` understands;
/// every other number is a plain number for any serializer.
impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Repr::Plain(number) => number.serialize(serializer),
            Repr::Lexeme(lexeme) => {
                RawValue::from_string(lexeme.to_string()).map_err(S::Error::custom)?.serialize(serializer)
            }
        }
    }
}
