//! Where in the arguments a check is, and what a message may say from there.

use serde_json::Value;

use super::error::ArgumentError;
use super::redact;
use super::shape::Shape;
use super::words;

/// How much of a wrong value or of a name a message shows, in characters.
const MOST_SHOWN: usize = 80;

/// Where in the arguments a value is. Kept as a chain on the stack: only a message needs the text.
pub(super) struct Place<'a> {
    up: Option<&'a Place<'a>>,
    step: Step<'a>,
    /// Whether the value, or one that it is part of, is sensitive.
    hidden: bool,
    /// The names of all sensitive properties, which a message masks wherever they turn up.
    names: &'a [String],
}

pub(super) enum Step<'a> {
    Root,
    Name(&'a str),
    Index(usize),
}

impl<'a> Place<'a> {
    pub(super) fn root(hidden: bool, names: &'a [String]) -> Place<'a> {
        Place { up: None, step: Step::Root, hidden, names }
    }

    pub(super) fn within(&'a self, step: Step<'a>, shape: &Shape) -> Place<'a> {
        Place { up: Some(self), step, hidden: self.hidden || shape.sensitive, names: self.names }
    }

    pub(super) fn path(&self) -> String {
        let mut out = self.up.map(Place::path).unwrap_or_default();
        match self.step {
            Step::Root => {}
            Step::Name(name) => add_name(&mut out, name),
            Step::Index(index) => add_index(&mut out, index),
        }
        out
    }

    pub(super) fn wrong(&self, shape: &Shape, got: &Value) -> ArgumentError {
        self.expected(shape, words::expected(shape), got)
    }

    pub(super) fn expected(&self, shape: &Shape, expected: String, got: &Value) -> ArgumentError {
        ArgumentError::Wrong {
            argument: self.path(),
            expected,
            got: (!self.hidden).then(|| shown(&redact::value(shape, self.names, got))),
        }
    }
}

/// Puts a property behind a path.
pub(super) fn add_name(path: &mut String, name: &str) {
    if !path.is_empty() {
        path.push('.');
    }
    // A name that the caller made up may be of any length.
    path.extend(name.chars().take(MOST_SHOWN));
}

/// Puts an item behind a path.
pub(super) fn add_index(path: &mut String, index: usize) {
    path.push('[');
    path.push_str(&index.to_string());
    path.push(']');
}

/// A value as JSON, cut where it gets long.
pub(super) fn shown(value: &Value) -> String {
    let json = value.to_string();
    if json.chars().nth(MOST_SHOWN).is_none() {
        return json;
    }
    json.chars().take(MOST_SHOWN - 1).chain(['…']).collect()
}
