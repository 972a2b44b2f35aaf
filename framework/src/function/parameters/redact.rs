//! Masks what must not be shown, in any form in which it may have arrived.
//!
//! Arguments are shown before they are known to be right, so a value that is not of its type is
//! masked as a whole wherever a sensitive one could be in it.

use serde_json::{Map, Value};

use super::check;
use super::coerce;
use super::shape::{Kind, Object, Others, Shape};

/// What is shown instead of a sensitive value.
pub(super) const MASK: &str = "••••••";

fn mask() -> Value {
    Value::from(MASK)
}

/// A copy of the value in which each sensitive property is masked. `names` are the names of all
/// sensitive properties of the arguments: one that turns up where it does not belong is masked too.
pub(super) fn value(shape: &Shape, names: &[String], value: &Value) -> Value {
    if names.is_empty() && !shape.guarded && !shape.sensitive {
        return value.clone();
    }
    Redaction { names: names.iter().map(|name| squashed(name)).collect() }.shaped(shape, value)
}

/// The names of the sensitive properties, squashed.
struct Redaction {
    names: Vec<String>,
}

impl Redaction {
    fn shaped(&self, shape: &Shape, value: &Value) -> Value {
        if shape.sensitive {
            return mask();
        }
        if value.is_null() {
            return Value::Null;
        }
        if let Some(inner) = coerce::unpacked(value).filter(|_| shape.guarded) {
            let inner = self.shaped(shape, &inner);
            return if inner == mask() { inner } else { inner.to_string().into() };
        }
        match (&shape.kind, value) {
            (Kind::Object(object), Value::Object(properties)) => self.object(object, properties),
            (Kind::Array(array), Value::Array(items)) => {
                items.iter().map(|item| self.shaped(&array.items, item)).collect()
            }
            (Kind::Array(array), single) if shape.guarded => self.shaped(&array.items, single),
            (Kind::OneOf(variants) | Kind::AnyOf(variants), _) if shape.guarded => {
                self.union(variants, value)
            }
            _ if shape.guarded => mask(),
            // The type says no more about it, but a misplaced secret may be in it.
            _ => self.named(value, 0),
        }
    }

    fn object(&self, object: &Object, properties: &Map<String, Value>) -> Value {
        let redacted = properties.iter().map(|(name, value)| {
            let redacted = match (object.field(name), &object.others) {
                (Some(field), _) => self.shaped(&field.shape, value),
                (None, _) if self.names(name) => mask(),
                (None, Others::Values(values)) => self.shaped(&values.shape, value),
                (None, Others::Keep | Others::Drop) => self.named(value, 0),
            };
            (name.clone(), redacted)
        });
        Value::Object(redacted.collect())
    }

    /// As each variant that the value may be would have it.
    fn union(&self, variants: &[Shape], value: &Value) -> Value {
        let may_be = |variant: &&Shape| {
            check::means(variant, value) || (variant.guarded && check::takes(variant, value))
        };
        let mut candidates: Vec<&Shape> = variants.iter().filter(may_be).collect();
        if candidates.is_empty() {
            let harmless = variants.iter().find(|variant| !variant.guarded && check::takes(variant, value));
            candidates.extend(harmless);
        }
        if candidates.is_empty() {
            candidates.extend(variants.iter().filter(|variant| variant.guarded));
        }
        candidates.iter().fold(value.clone(), |value, variant| self.shaped(variant, &value))
    }

    /// Masks by name alone, where there is no shape to go by.
    fn named(&self, value: &Value, level: usize) -> Value {
        if self.names.is_empty() {
            return value.clone();
        }
        match value {
            Value::Array(_) | Value::Object(_) if level > check::MOST_LEVELS => mask(),
            Value::Array(items) => items.iter().map(|item| self.named(item, level + 1)).collect(),
            Value::Object(properties) => {
                let redacted = properties.iter().map(|(name, value)| {
                    let hidden = self.names(name);
                    let redacted = if hidden { mask() } else { self.named(value, level + 1) };
                    (name.clone(), redacted)
                });
                Value::Object(redacted.collect())
            }
            other => other.clone(),
        }
    }

    /// Whether a sensitive property is meant, however a model spelt it.
    fn names(&self, name: &str) -> bool {
        self.names.contains(&squashed(name))
    }
}

/// A name without what models vary: case, `_`, `-` and blanks.
fn squashed(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
