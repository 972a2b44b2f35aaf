//! JSON as it was read: what is where in its text, in one piece of memory for each list and object.

use serde_json::{Map, Number, Value};

/// A text of JSON and what is where in it.
pub(in crate::call) struct Tree {
    pub(super) text: Box<str>,
    /// The texts in it that have escapes, without them, one after the other. Their places are counted on from `text`.
    pub(super) unescaped: String,
    pub(super) root: Node,
}

/// A text in a tree.
#[derive(Clone, Copy)]
pub(super) struct Span {
    pub(super) start: u32,
    pub(super) length: u32,
}

impl Span {
    /// The text, out of that of the tree and those without escapes.
    pub(super) fn of<'a>(self, text: &'a str, unescaped: &'a str) -> &'a str {
        let (start, length) = (self.start as usize, self.length as usize);
        match start.checked_sub(text.len()) {
            Some(start) => unescaped.get(start..start + length),
            None => text.get(start..start + length),
        }
        .unwrap_or_default()
    }

    /// Whether it is this text. Most are told apart by their lengths.
    pub(super) fn is(self, expected: &str, text: &str, unescaped: &str) -> bool {
        self.length as usize == expected.len() && self.of(text, unescaped) == expected
    }
}

/// A value in a tree.
pub(super) enum Node {
    Null,
    Bool(bool),
    Number(Number),
    Text(Span),
    List(Box<[Node]>),
    Object(Box<[(Span, Node)]>),
}

impl Tree {
    pub(super) fn root(&self) -> Place<'_> {
        Place { tree: self, node: &self.root }
    }

    fn at(&self, span: Span) -> &str {
        span.of(&self.text, &self.unescaped)
    }
}

/// A value and the tree that it is in.
#[derive(Clone, Copy)]
pub(in crate::call) struct Place<'a> {
    tree: &'a Tree,
    node: &'a Node,
}

impl<'a> Place<'a> {
    /// The value of a key. Where the key is there twice, the last one counts.
    pub(super) fn get(self, key: &str) -> Option<Self> {
        let Node::Object(entries) = self.node else { return None };
        let is_it = |name: Span| name.is(key, &self.tree.text, &self.tree.unescaped);
        let (_, node) = entries.iter().rev().find(|(name, _)| is_it(*name))?;
        Some(Self { node, ..self })
    }

    pub(super) fn is_object(self) -> bool {
        matches!(self.node, Node::Object(_))
    }

    pub(super) fn is_scalar(&self) -> bool {
        !matches!(self.node, Node::List(_) | Node::Object(_))
    }

    pub(super) fn as_text(self) -> Option<&'a str> {
        match self.node {
            Node::Text(span) => Some(self.tree.at(*span)),
            _ => None,
        }
    }

    pub(super) fn to_value(self) -> Value {
        match self.node {
            Node::Null => Value::Null,
            Node::Bool(flag) => (*flag).into(),
            Node::Number(number) => number.clone().into(),
            Node::Text(span) => self.tree.at(*span).into(),
            Node::List(items) => items.iter().map(|node| Self { node, ..self }.to_value()).collect(),
            Node::Object(entries) => {
                let mut object = Map::with_capacity(entries.len());
                for (name, node) in entries {
                    object.insert(self.tree.at(*name).to_owned(), Self { node, ..self }.to_value());
                }
                object.into()
            }
        }
    }
}
