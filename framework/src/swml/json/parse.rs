//! Reading JSON text without losing number lexemes.
//!
//! `serde_json` checks the grammar and builds the tree, but hands numbers over as values. Number tokens
//! come in the same order in the text and in the tree, so a second, trivial scan supplies the lexemes.

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::fmt;

use super::{Json, Number, Object};

/// Why a text could not be read as JSON.
///
/// ```
/// use swaig::swml::{Json, JsonError};
///
/// assert!(matches!(Json::parse("{"), Err(JsonError::Syntax(_))));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JsonError {
    /// The text is not one JSON value. The source says where.
    #[error("text is not valid json")]
    Syntax(#[from] serde_json::Error),
}

pub(super) fn parse(text: &str) -> Result<Json, JsonError> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let json = Tree { lexemes: &mut Lexemes { rest: text } }.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(json)
}

/// The number tokens of a JSON text, from left to right. The text must be valid up to the token that
/// is asked for, which holds because the parser has just read it.
struct Lexemes<'t> {
    rest: &'t str,
}

impl<'t> Iterator for Lexemes<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        loop {
            let start = self.rest.find(|c: char| c == '"' || c == '-' || c.is_ascii_digit())?;
            let (head, token) = self.rest.split_at_checked(start)?;
            debug_assert!(!head.contains('"'));
            if let Some(string) = token.strip_prefix('"') {
                self.rest = after_string(string);
            } else {
                let end = token
                    .find(|c: char| !matches!(c, '0'..='9' | '+' | '-' | '.' | 'e' | 'E'))
                    .unwrap_or(token.len());
                let (lexeme, rest) = token.split_at_checked(end)?;
                self.rest = rest;
                return Some(lexeme);
            }
        }
    }
}

/// What follows the closing quote of a string whose opening quote has been taken.
fn after_string(text: &str) -> &str {
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => break,
            '\\' => drop(chars.next()),
            _ => {}
        }
    }
    chars.as_str()
}

/// Builds the tree; takes one lexeme for each number that the parser reports.
struct Tree<'l, 't> {
    lexemes: &'l mut Lexemes<'t>,
}

impl Tree<'_, '_> {
    fn number<E: Error>(self) -> Result<Json, E> {
        let lexeme = self.lexemes.next().ok_or_else(|| E::custom("number without a token"))?;
        Ok(Json::Number(Number::from_lexeme(lexeme)))
    }
}

impl<'de> DeserializeSeed<'de> for Tree<'_, '_> {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Tree<'_, '_> {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Json, E> {
        self.number()
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Json, E> {
        self.number()
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Json, E> {
        self.number()
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Json, E> {
        Ok(Json::String(text.to_owned()))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Json, E> {
        Ok(Json::String(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Json, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(Tree { lexemes: &mut *self.lexemes })? {
            items.push(item);
        }
        Ok(Json::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let mut object = Object::new();
        while let Some(key) = map.next_key::<String>()? {
            let value = map.next_value_seed(Tree { lexemes: &mut *self.lexemes })?;
            object.insert(key, value);
        }
        Ok(Json::Object(object))
    }
}
