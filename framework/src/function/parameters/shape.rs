//! The tree that a schema is compiled into, once, at start-up.
//!
//! Everything later (what is sent, what is accepted, what is masked) is read from this tree, so the
//! three cannot disagree about a type.

use regex::Regex;
use serde_json::Value;

use super::format::Format;

/// One value: a property, an array's item, a variant of a union, or the arguments as a whole.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    /// What the model is told: the doc comment, then the constraints that SWML has no key for.
    pub description: Option<String>,
    /// Only kept when it is of the shape's own type.
    pub default: Option<Value>,
    /// Whether `null` is a value of its own.
    pub nullable: bool,
    /// Whether the value must never be shown.
    pub sensitive: bool,
    /// Whether this value, or one within it, is sensitive.
    pub guarded: bool,
    pub kind: Kind,
}

#[derive(Debug, Clone)]
pub(super) enum Kind {
    Text(Text),
    Choice(Vec<Choice>),
    Integer(Integer),
    Number(Number),
    Boolean,
    Array(Array),
    Object(Object),
    Null,
    Const(Value),
    OneOf(Vec<Shape>),
    AnyOf(Vec<Shape>),
    Anything,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Text {
    pub pattern: Option<Pattern>,
    pub format: Option<Format>,
    pub length: Span,
}

/// One string of an enum.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    pub value: String,
    pub meaning: Option<String>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Integer {
    pub min: Option<i128>,
    pub max: Option<i128>,
    /// What the Rust type holds. It is checked, but not worth telling a model about.
    pub width: Option<(i128, i128)>,
    pub multiple_of: Option<i128>,
    pub choices: Vec<i128>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Number {
    pub min: Option<Limit>,
    pub max: Option<Limit>,
    /// An `f32`, whose range is smaller than that of a JSON number.
    pub single: bool,
    pub multiple_of: Option<f64>,
    pub choices: Vec<serde_json::Number>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Limit {
    pub value: f64,
    pub exclusive: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Array {
    pub items: Box<Shape>,
    pub length: Span,
    pub unique: bool,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Object {
    pub fields: Vec<Field>,
    pub others: Others,
}

#[derive(Debug, Clone)]
pub(super) struct Field {
    pub name: String,
    pub required: bool,
    pub shape: Shape,
}

/// What becomes of properties that the type does not name.
#[derive(Debug, Clone, Default)]
pub(super) enum Others {
    #[default]
    Keep,
    Drop,
    /// A map: each of them has this shape.
    Values(Box<Values>),
}

#[derive(Debug, Clone)]
pub(super) struct Values {
    pub key: Option<Pattern>,
    pub shape: Shape,
}

/// How many characters or items, both ends included.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Span {
    pub min: Option<u64>,
    pub max: Option<u64>,
}

/// A regular expression and the text that it was written as.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    pub source: String,
    regex: Regex,
}

impl Shape {
    /// Wraps a kind, and works out what it guards.
    pub(super) fn new(kind: Kind) -> Shape {
        let (sensitive, guarded) = guards(&kind);
        Shape { description: None, default: None, nullable: false, sensitive, guarded, kind }
    }

    /// The variants of a union.
    pub(super) fn variants(&self) -> Option<&[Shape]> {
        match &self.kind {
            Kind::OneOf(variants) | Kind::AnyOf(variants) => Some(variants),
            _ => None,
        }
    }

    /// Adds the names of the sensitive properties in this shape, each once.
    pub(super) fn sensitive_names(&self, names: &mut Vec<String>) {
        match &self.kind {
            Kind::Object(object) => {
                for field in &object.fields {
                    if field.shape.sensitive && !names.contains(&field.name) {
                        names.push(field.name.clone());
                    }
                    field.shape.sensitive_names(names);
                }
                if let Others::Values(values) = &object.others {
                    values.shape.sensitive_names(names);
                }
            }
            Kind::Array(array) => array.items.sensitive_names(names),
            Kind::OneOf(variants) | Kind::AnyOf(variants) => {
                for variant in variants {
                    variant.sensitive_names(names);
                }
            }
            _ => {}
        }
    }
}

/// A list of secrets, a map of secrets and a union with a secret are themselves secret: their
/// property is the one that has a name to mark. A struct with a secret only guards one.
fn guards(kind: &Kind) -> (bool, bool) {
    match kind {
        Kind::Array(array) => (array.items.sensitive, array.items.guarded),
        Kind::OneOf(variants) | Kind::AnyOf(variants) => {
            (variants.iter().any(|variant| variant.sensitive), variants.iter().any(|variant| variant.guarded))
        }
        Kind::Object(object) => {
            let values = match &object.others {
                Others::Values(values) => (values.shape.sensitive, values.shape.guarded),
                Others::Keep | Others::Drop => (false, false),
            };
            let fields = object.fields.iter().any(|field| field.shape.guarded);
            (values.0, values.1 || fields)
        }
        _ => (false, false),
    }
}

impl Object {
    pub(super) fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The properties that tell one variant of a tagged enum from another, with their value.
    pub(super) fn tags(&self) -> impl Iterator<Item = (&str, &Choice)> {
        self.fields.iter().filter_map(|field| match &field.shape.kind {
            Kind::Choice(choices) if field.required => match choices.as_slice() {
                [only] => Some((field.name.as_str(), only)),
                _ => None,
            },
            _ => None,
        })
    }
}

impl Span {
    pub(super) fn holds(self, count: usize) -> bool {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        self.min.is_none_or(|min| count >= min) && self.max.is_none_or(|max| count <= max)
    }

    pub(super) fn is_open(self) -> bool {
        self.min.is_none_or(|min| min == 0) && self.max.is_none()
    }
}

impl Pattern {
    /// Compiles a JSON Schema pattern. It is searched for, not anchored, and `\d` and `\w` are ASCII,
    /// as they are in the regular expressions of JSON Schema (ECMA-262).
    pub(super) fn new(source: &str) -> Result<Pattern, regex::Error> {
        Ok(Pattern { source: source.to_owned(), regex: Regex::new(&ascii_classes(source))? })
    }

    pub(super) fn matches(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }
}

fn ascii_classes(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match rest.next() {
            Some('d') => out.push_str("[0-9]"),
            Some('D') => out.push_str("[^0-9]"),
            Some('w') => out.push_str("[0-9A-Za-z_]"),
            Some('W') => out.push_str("[^0-9A-Za-z_]"),
            Some(other) => {
                out.push('\\');
                out.push(other);
            }
            None => out.push('\\'),
        }
    }
    out
}
