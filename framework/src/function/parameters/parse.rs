//! From checked arguments to the Rust type, with messages for what that type refuses.

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::Segment;

use super::error::ArgumentError;
use super::place::{add_index, add_name, shown};
use super::redact;
use super::shape::{Kind, Others, Shape};
use super::words;

pub(super) fn parse<A: DeserializeOwned>(
    root: &Shape,
    names: &[String],
    arguments: &Value,
) -> Result<A, ArgumentError> {
    // To note on the way where it is costs as much again, and nearly all arguments fit.
    if let Ok(read) = A::deserialize(arguments) {
        return Ok(read);
    }
    serde_path_to_error::deserialize(arguments).map_err(|error| {
        let spot = Spot::of(error.path(), root, arguments);
        // The text of the error often quotes the value.
        if spot.hidden {
            let expected = match spot.shapes.first() {
                Some(shape) => words::expected(shape),
                None => "another value".to_owned(),
            };
            return ArgumentError::Wrong { argument: spot.path, expected, got: None };
        }
        ArgumentError::Refused {
            argument: spot.path,
            reason: error.inner().to_string(),
            got: match spot.shapes.first() {
                Some(shape) => shown(&redact::value(shape, names, spot.value)),
                None => shown(spot.value),
            },
        }
    })
}

/// Where `Deserialize` stopped.
struct Spot<'a> {
    path: String,
    value: &'a Value,
    /// What may be there: one shape, or one for each variant of a union.
    shapes: Vec<&'a Shape>,
    /// Whether a sensitive value is at, above or below it.
    hidden: bool,
}

impl<'a> Spot<'a> {
    fn of(path: &serde_path_to_error::Path, root: &'a Shape, arguments: &'a Value) -> Spot<'a> {
        let mut spot =
            Spot { path: String::new(), value: arguments, shapes: vec![root], hidden: root.sensitive };
        for segment in path {
            match segment {
                Segment::Seq { index } => spot.enter_item(*index),
                Segment::Map { key } => spot.enter_property(key),
                // The name of an externally tagged variant is a property of the JSON.
                Segment::Enum { variant } if spot.value.get(variant).is_some() => {
                    spot.enter_property(variant);
                }
                Segment::Enum { .. } => {}
                // What is below is told apart by nothing; the last known place is the one to name.
                Segment::Unknown => break,
            }
        }
        spot.hidden |= spot.shapes.iter().any(|shape| shape.guarded);
        spot
    }

    fn enter_item(&mut self, index: usize) {
        add_index(&mut self.path, index);
        self.descend(self.value.get(index), |shape| match &shape.kind {
            Kind::Array(array) => Some(&array.items),
            _ => None,
        });
    }

    fn enter_property(&mut self, name: &str) {
        add_name(&mut self.path, name);
        self.descend(self.value.get(name), |shape| match &shape.kind {
            Kind::Object(object) => match (object.field(name), &object.others) {
                (Some(field), _) => Some(&field.shape),
                (None, Others::Values(values)) => Some(&values.shape),
                (None, Others::Keep | Others::Drop) => None,
            },
            _ => None,
        });
    }

    fn descend(&mut self, value: Option<&'a Value>, step: impl Fn(&'a Shape) -> Option<&'a Shape>) {
        let mut open = std::mem::take(&mut self.shapes);
        let mut guarded = false;
        while let Some(shape) = open.pop() {
            guarded |= shape.guarded;
            match shape.variants() {
                Some(variants) => open.extend(variants),
                None => self.shapes.extend(step(shape)),
            }
        }
        self.hidden |= self.shapes.iter().any(|shape| shape.sensitive);
        // A place that the type does not know, within something that guards a secret.
        self.hidden |= guarded && self.shapes.is_empty();
        self.value = value.unwrap_or(&Value::Null);
    }
}
