//! JSON that prints as it was read.
//!
//! A document passes through this library without a change that nobody asked for: keys keep their
//! order, and numbers keep their lexeme (`1.0`, `1e3` and `0.70` print back the same). `serde_json`
//! can do the second only with its `arbitrary_precision` feature. That feature is global to a build
//! and breaks `#[serde(flatten)]` and untagged enums in the code of whoever links this crate, so
//! [`Json`] does it alone.
//!
//! ```
//! use swaig::swml::Json;
//!
//! let json = Json::parse(r#"{"temperature": 0.70, "max_tokens": 1e3}"#)?;
//! assert_eq!(json.to_string(), r#"{"temperature":0.70,"max_tokens":1e3}"#);
//! # Ok::<(), swaig::swml::JsonError>(())
//! ```

mod convert;
mod number;
mod object;
mod parse;
#[cfg(test)]
mod tests;
mod write;

use std::fmt;

use serde::{Serialize, Serializer};

pub use number::Number;
pub use object::Object;
pub use parse::JsonError;

/// A JSON value with ordered objects and verbatim numbers.
///
/// ```
/// use swaig::swml::Json;
///
/// let json = Json::parse(r#"{"tier": "gold", "visits": 3}"#)?;
/// assert_eq!(json.get("tier").and_then(Json::as_str), Some("gold"));
/// assert_eq!(json.get("visits").and_then(Json::as_i64), Some(3));
/// # Ok::<(), swaig::swml::JsonError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Json {
    /// `null`.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number as it was written.
    Number(Number),
    /// A string.
    String(String),
    /// An array.
    Array(Vec<Json>),
    /// An object.
    Object(Object),
}

impl Json {
    /// Reads one JSON text.
    ///
    /// Of two members with one name the later value wins, at the place of the first.
    ///
    /// # Errors
    ///
    /// When the text is not JSON, holds anything after the value, nests deeper than 127 levels, or has
    /// a number beyond the range of a double.
    pub fn parse(text: &str) -> Result<Self, JsonError> {
        parse::parse(text)
    }

    /// The same value for code that speaks `serde_json`; an unusual number lexeme is normalised.
    pub fn to_value(&self) -> serde_json::Value {
        self.into()
    }

    /// The member `key`, when this is an object that has it.
    pub fn get(&self, key: &str) -> Option<&Json> {
        self.as_object()?.get(key)
    }

    /// The value, when this is a boolean.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The number, when this is one.
    pub fn as_number(&self) -> Option<&Number> {
        match self {
            Self::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The value, when this is a whole number that fits.
    pub fn as_i64(&self) -> Option<i64> {
        self.as_number()?.as_i64()
    }

    /// The value, when this is a number.
    pub fn as_f64(&self) -> Option<f64> {
        self.as_number()?.as_f64()
    }

    /// The text, when this is a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The items, when this is an array.
    pub fn as_array(&self) -> Option<&[Json]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The members, when this is an object.
    pub fn as_object(&self) -> Option<&Object> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }
}

/// Compact JSON; `{:#}` prints it indented.
impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() {
            return f.write_str(&serde_json::to_string_pretty(self).map_err(|_| fmt::Error)?);
        }
        let mut text = Vec::new();
        self.write(&mut text);
        f.write_str(str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(number) => number.serialize(serializer),
            Self::String(text) => serializer.serialize_str(text),
            Self::Array(items) => serializer.collect_seq(items),
            Self::Object(object) => serializer.collect_map(object),
        }
    }
}
