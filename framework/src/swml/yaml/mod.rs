//! YAML in and out, for documents that people write by hand.
//!
//! YAML is read into [`Json`] and written from it; nothing else in this crate knows of it. What is read is the
//! core schema of YAML 1.2, as `Json::parse_yaml` says; what is written means the same to a reader of YAML 1.1.

mod error;
mod read;
mod scalar;
#[cfg(test)]
mod tests;
mod write;

use super::Json;

pub use error::{Place, YamlError};

impl Json {
    /// Reads one YAML document.
    ///
    /// Keys keep their order, and numbers their lexeme (`1.0` stays `1.0`). Comments go. Anchors, aliases and
    /// merge keys (`<<`) are resolved: what a mapping says itself wins over what it merges, and an earlier
    /// merged mapping over a later one.
    ///
    /// Plain scalars are what the core schema of YAML 1.2 makes of them:
    ///
    /// | written | read as |
    /// |---|---|
    /// | `null`, `Null`, `NULL`, `~`, nothing | `null` |
    /// | `true`, `True`, `TRUE`, `false`, `False`, `FALSE` | a boolean |
    /// | `12`, `1.0`, `-1e3` | that number, as it is written |
    /// | `+12`, `012`, `.5`, `5.` | `12`, `12`, `0.5`, `5.0`: JSON has no other lexeme for them |
    /// | `0x1F`, `0o17` | `31`, `15` |
    /// | `yes`, `no`, `on`, `off`, `1_000`, `1:30`, `0b1`, `2026-11-24`, anything else | a string |
    ///
    /// So a phone number needs quotes: `+15551230000` is the number 15551230000, and `"+15551230000"` is text.
    /// A key is always text, as it is written: `1: one` has the key `1`. Tags of the core schema (`!!str` and
    /// the like) are obeyed.
    ///
    /// ```
    /// use swaig::swml::Json;
    ///
    /// let json = Json::parse_yaml("to: \"+15551230000\"\nrecord: yes\nvolume: 1.0 # loud\n")?;
    /// assert_eq!(json.to_string(), r#"{"to":"+15551230000","record":"yes","volume":1.0}"#);
    /// # Ok::<(), swaig::swml::YamlError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the text is not YAML, holds no document or several, or holds what JSON cannot say: a key twice in a
    /// mapping, a collection as a key, infinity, not-a-number, a number beyond the range of a double, another
    /// tag. When it nests as deep as [`parse`](Self::parse) refuses, or its anchors and aliases repeat more than
    /// 16 MiB.
    pub fn parse_yaml(text: &str) -> Result<Self, YamlError> {
        read::read(text)
    }

    /// The value as a YAML document in block style, with a line feed at its end.
    ///
    /// Numbers are written as their lexeme. Text of several lines is a literal block (`|`) where a block can
    /// hold it. Text is quoted where a reader of YAML 1.1 or 1.2 might take it for something else, as in `"no"`,
    /// `"1.0.0"` or `"2026-11-24"`. [`parse_yaml`](Self::parse_yaml) reads back an equal value, unless it nests
    /// too deep for it.
    ///
    /// ```
    /// use swaig::swml::Json;
    ///
    /// let json = Json::parse(r#"{"prompt": {"text": "Be brief.\nBe kind.\n", "top_p": 0.70}, "hints": ["no"]}"#)?;
    /// assert_eq!(
    ///     json.to_yaml(),
    ///     "\
    /// prompt:
    ///   text: |
    ///     Be brief.
    ///     Be kind.
    ///   top_p: 0.70
    /// hints:
    ///   - \"no\"
    /// "
    /// );
    /// # Ok::<(), swaig::swml::JsonError>(())
    /// ```
    pub fn to_yaml(&self) -> String {
        write::write(self)
    }
}
