//! Why YAML cannot be read.

use std::fmt;

use saphyr_parser::{Marker, ScanError};

/// A place in a text: its line and its column, both from 1. A column counts characters.
///
/// ```
/// use swaig::swml::{Json, YamlError};
///
/// let Err(YamlError::DuplicateKey { at, .. }) = Json::parse_yaml("a: 1\na: 2\n") else {
///     panic!("a key stands there twice")
/// };
/// assert_eq!(at.line, 2);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
}

impl From<&Marker> for Place {
    fn from(marker: &Marker) -> Self {
        Self { line: marker.line(), column: marker.col() + 1 }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// Why a text could not be read as YAML.
///
/// ```
/// use swaig::swml::{Json, YamlError};
///
/// assert!(matches!(Json::parse_yaml(""), Err(YamlError::Empty)));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum YamlError {
    /// The text is not YAML.
    #[error("{at}: not valid yaml: {message}")]
    Syntax {
        /// Where the parser stopped.
        at: Place,
        /// What it says.
        message: String,
    },
    /// Nothing but comments and white space.
    #[error("text holds no yaml document")]
    Empty,
    /// A second document.
    #[error("{at}: a second document begins; keep one, and what is after `---` in a file of its own")]
    SecondDocument {
        /// Where the second document begins.
        at: Place,
    },
    /// A key that its mapping has already.
    #[error("{at}: key `{key}` is in this mapping already; remove one of the two")]
    DuplicateKey {
        /// Where the second one is.
        at: Place,
        /// The key.
        key: String,
    },
    /// A sequence or a mapping as a key.
    #[error("{at}: a key must be a scalar, not a collection; quote it if it is text")]
    KeyNotScalar {
        /// Where the key is.
        at: Place,
    },
    /// Infinity, or not-a-number.
    #[error("{at}: `{text}` is not a number that json can say; use a finite one, or quote it if it is text")]
    NotFinite {
        /// Where the scalar is.
        at: Place,
        /// The scalar as it is written.
        text: String,
    },
    /// A number beyond the range of a double.
    #[error("{at}: number is beyond the range of a double; quote it if it is text")]
    OutOfRange {
        /// Where the number is.
        at: Place,
    },
    /// A tag outside the core schema, or one for another kind of node.
    #[error("{at}: tag `{tag}` is not known here; use `!!str` and the like, or none")]
    UnknownTag {
        /// Where the tagged node is.
        at: Place,
        /// The tag in full.
        tag: String,
    },
    /// A scalar that is not what its tag says.
    #[error("{at}: scalar is not what its tag `{tag}` says; remove the tag, or change the scalar")]
    TagMismatch {
        /// Where the scalar is.
        at: Place,
        /// The tag in full.
        tag: String,
    },
    /// What is merged with `<<` is not a mapping, nor a sequence of mappings.
    #[error("{at}: `<<` takes a mapping or a list of mappings; quote it if it is a key like others")]
    MergeNotMapping {
        /// Where the value of `<<` is.
        at: Place,
    },
    /// An alias inside the node that it names.
    #[error("{at}: alias is inside the node that it names; json cannot repeat without an end")]
    RecursiveAlias {
        /// Where the alias is.
        at: Place,
    },
    /// Too many levels.
    #[error("{at}: collections are nested deeper than 127 levels; make the document flatter")]
    TooDeep {
        /// Where the first level that is too deep begins.
        at: Place,
    },
    /// Anchors and aliases that grow a short text into a huge value.
    #[error("{at}: anchors and aliases repeat more than 16 MiB; write less of it by alias")]
    TooManyCopies {
        /// The anchor or alias that is one too many.
        at: Place,
    },
}

impl From<ScanError> for YamlError {
    fn from(error: ScanError) -> Self {
        Self::Syntax { at: error.marker().into(), message: error.info().to_owned() }
    }
}
