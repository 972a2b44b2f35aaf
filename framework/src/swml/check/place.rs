//! Where in a document something is.

use std::fmt;

/// A place in a document, as a chain up to the root. It prints as a JSON pointer.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place<'p> {
    /// The document.
    Root,
    /// A place that is known as a pointer already.
    At(&'p str),
    /// A member of an object.
    Key(&'p Place<'p>, &'p str),
    /// An item of an array.
    Index(&'p Place<'p>, usize),
}

impl Place<'_> {
    pub(super) const fn key<'p>(&'p self, key: &'p str) -> Place<'p> {
        Place::Key(self, key)
    }

    pub(super) const fn index(&self, index: usize) -> Place<'_> {
        Place::Index(self, index)
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::At(pointer) => f.write_str(pointer),
            Self::Key(parent, key) => write!(f, "{parent}/{}", key.replace('~', "~0").replace('/', "~1")),
            Self::Index(parent, index) => write!(f, "{parent}/{index}"),
        }
    }
}
