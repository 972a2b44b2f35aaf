//! The tables that describe the objects of the document: their fields, limits and rules.
//!
//! The types of this module are their source: each [`object!`](super::object) makes a [`Shape`], and the
//! checker walks the shapes.

use super::value::Kind;

/// What an object of the document may hold.
///
/// ```
/// use swaig::swml::Goto;
///
/// assert_eq!(Goto::SHAPE.name, "Goto");
/// assert!(Goto::SHAPE.field("label").is_some() && Goto::SHAPE.field("where").is_none());
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Shape {
    /// The name of the Rust type; empty for an object that has none of its own.
    pub name: &'static str,
    /// The fields.
    pub fields: &'static [Field],
    /// Which fields go together.
    pub rules: &'static [Rule],
    /// What every other key may hold; `None` when no other key is allowed.
    pub rest: Option<fn() -> Kind>,
}

impl Shape {
    /// A shape with these fields and no others.
    pub(crate) const fn closed(fields: &'static [Field]) -> Self {
        Self { name: "", fields, rules: &[], rest: None }
    }

    pub(crate) const fn new(
        name: &'static str,
        fields: &'static [Field],
        rules: &'static [Rule],
        rest: Option<fn() -> Kind>,
    ) -> Self {
        Self { name, fields, rules, rest }
    }

    /// The row of a key.
    pub fn field(&self, key: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.key == key)
    }
}

/// One row of the `FIELDS` table of an object.
///
/// ```
/// use swaig::swml::Goto;
///
/// let keys: Vec<_> = Goto::FIELDS.iter().map(|field| field.key).collect();
/// assert_eq!(keys, ["label", "when", "max"]);
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Field {
    /// The JSON key.
    pub key: &'static str,
    /// Whether it must be there.
    pub presence: Presence,
    /// What it holds.
    pub kind: fn() -> Kind,
    /// Which values of that kind are allowed.
    pub limit: Limit,
    /// The methods of the Rust type that set it; none where a constructor does, or where the value is fixed.
    pub setters: &'static [&'static str],
}

impl Field {
    pub(crate) const fn new(key: &'static str, presence: Presence, kind: fn() -> Kind) -> Self {
        Self { key, presence, kind, limit: Limit::None, setters: &[] }
    }

    pub(crate) const fn set_by(self, setters: &'static [&'static str]) -> Self {
        Self { setters, ..self }
    }

    pub(crate) const fn limited(self, limit: Limit) -> Self {
        Self { limit, ..self }
    }
}

/// Whether a field must be there.
///
/// ```
/// use swaig::swml::{Goto, Presence};
///
/// assert_eq!(Goto::SHAPE.field("label").map(|field| field.presence), Some(Presence::Required));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Presence {
    /// Always.
    Required,
    /// One of several alternatives; the object's [`Rule`]s say how many there may be.
    OneOf,
    /// May be left out.
    Optional,
    /// Still read, but another field has taken its place.
    Deprecated {
        /// The field to use instead.
        instead: &'static str,
    },
    /// May be left out; the platform reads it, but the published schema does not know it.
    EngineOnly,
}

/// A condition on the keys of one object.
///
/// ```
/// use swaig::swml::{Play, Rule};
///
/// assert_eq!(Play::SHAPE.rules, [Rule::ExactlyOne(&["url", "urls"])]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rule {
    /// One of these keys, and no more.
    ExactlyOne(&'static [&'static str]),
    /// One of these keys, or several.
    AtLeastOne(&'static [&'static str]),
    /// One of these keys, or none.
    AtMostOne(&'static [&'static str]),
    /// A key that is allowed only beside another.
    Needs {
        /// The key that may be there.
        key: &'static str,
        /// The key that must then be there too.
        other: &'static str,
    },
}

/// A limit on the value of a field. Each looks at values of its own type only: a limit on numbers lets a
/// variable pass.
///
/// ```
/// use swaig::swml::{Goto, Limit};
///
/// let max = Goto::SHAPE.field("max").expect("`goto` has it");
/// assert!(matches!(max.limit, Limit::Between(1.0, 100.0)));
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Limit {
    /// Every value of the field's kind.
    None,
    /// Numbers within these bounds.
    Between(f64, f64),
    /// Numbers from this one.
    AtLeast(f64),
    /// Zero, or numbers within these bounds.
    ZeroOrBetween(f64, f64),
    /// A text, list or object with something in it.
    NotEmpty,
    /// Lists of at most so many items.
    MaxItems(usize),
    /// Lists that are all variables, or have none.
    Unmixed,
    /// Texts of this form, also where the field could hold a variable.
    Matching(&'static Pattern),
    /// Texts that are addresses (RFC 3986). The platform finds out when it uses the address; variables are let
    /// through.
    Url,
}

/// The form of a text.
///
/// ```
/// use swaig::swml::{Kind, Sound, Value as _};
///
/// let Kind::OneOf(kinds) = Sound::kind() else { panic!("a sound has several forms") };
/// let Kind::Text(pattern) = kinds[0]() else { panic!("the first is a text") };
/// assert!((pattern.matches)("say:Hello") && !(pattern.matches)("hello"));
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Pattern {
    /// The form in words, such as "a web address".
    pub wanted: &'static str,
    /// Texts of that form.
    pub examples: &'static [&'static str],
    /// Whether a text has that form.
    pub matches: fn(&str) -> bool,
}

impl Pattern {
    pub(crate) const fn new(
        wanted: &'static str,
        examples: &'static [&'static str],
        matches: fn(&str) -> bool,
    ) -> Self {
        Self { wanted, examples, matches }
    }
}

/// The words for [`Limit`]s after `where` in an [`object!`](super::object).
pub(crate) mod limits {
    use super::{Limit, Pattern};

    pub(crate) const fn between(least: f64, most: f64) -> Limit {
        Limit::Between(least, most)
    }

    pub(crate) const fn at_least(least: f64) -> Limit {
        Limit::AtLeast(least)
    }

    pub(crate) const fn zero_or_between(least: f64, most: f64) -> Limit {
        Limit::ZeroOrBetween(least, most)
    }

    pub(crate) const fn not_empty() -> Limit {
        Limit::NotEmpty
    }

    pub(crate) const fn max_items(count: usize) -> Limit {
        Limit::MaxItems(count)
    }

    pub(crate) const fn unmixed() -> Limit {
        Limit::Unmixed
    }

    pub(crate) const fn matching(pattern: &'static Pattern) -> Limit {
        Limit::Matching(pattern)
    }

    pub(crate) const fn url() -> Limit {
        Limit::Url
    }
}
