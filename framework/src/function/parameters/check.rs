//! Checks arguments against the tree, and coerces what a language model writes a little differently.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::coerce;
use super::error::ArgumentError;
use super::place::{Place, Step};
use super::shape::{Array, Field, Integer, Kind, Number, Object, Others, Shape, Text};
use super::words;

/// How deeply arrays and objects may be nested in each other.
pub(super) const MOST_LEVELS: usize = 64;

type Checked = Result<Value, ArgumentError>;

/// The arguments as a whole, as they arrived.
pub(super) fn arguments(root: &Shape, names: &[String], arguments: Value) -> Checked {
    let place = Place::root(root.sensitive, names);
    let absent = match &arguments {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        _ => false,
    };
    if absent {
        return check(root, Value::Object(Map::new()), &place);
    }
    refuse_depth(&arguments)?;
    check(root, arguments, &place)
}

/// Whether the value is right as it is.
pub(super) fn accepts(shape: &Shape, value: &Value) -> bool {
    alone(shape, value).is_some_and(|checked| checked == *value)
}

/// Whether the value is right, as it is or coerced.
pub(super) fn takes(shape: &Shape, value: &Value) -> bool {
    alone(shape, value).is_some()
}

/// The value by itself, where nobody reads what is wrong with it.
fn alone(shape: &Shape, value: &Value) -> Option<Value> {
    let place = Place::root(true, &[]);
    refuse_depth(value).ok()?;
    check(shape, value.clone(), &place).ok()
}

fn check(shape: &Shape, value: Value, place: &Place<'_>) -> Checked {
    if value.is_null() && shape.nullable {
        return Ok(value);
    }
    match &shape.kind {
        Kind::Anything => Ok(value),
        Kind::Text(text) => check_text(shape, text, value, place),
        Kind::Choice(choices) => match coerce::choice(choices, &value) {
            Some(choice) => Ok(Value::String(choice)),
            None => Err(place.wrong(shape, &value)),
        },
        Kind::Integer(integer) => check_integer(shape, integer, value, place),
        Kind::Number(number) => check_number(shape, number, value, place),
        Kind::Boolean => match coerce::boolean(value) {
            Ok(flag) => Ok(Value::Bool(flag)),
            Err(value) => Err(place.wrong(shape, &value)),
        },
        Kind::Null if value.is_null() => Ok(value),
        Kind::Null => Err(place.wrong(shape, &value)),
        Kind::Const(constant) => check_constant(shape, constant, value, place),
        Kind::Array(array) => check_array(shape, array, value, place),
        Kind::Object(object) => check_object(shape, object, value, place),
        Kind::OneOf(variants) | Kind::AnyOf(variants) => check_union(shape, variants, value, place),
    }
}

fn check_text(shape: &Shape, text: &Text, value: Value, place: &Place<'_>) -> Checked {
    let string = match coerce::text(value) {
        Ok(string) => string,
        Err(value) => return Err(place.wrong(shape, &value)),
    };
    let right = (text.length.is_open() || text.length.holds(string.chars().count()))
        && text.format.as_ref().is_none_or(|format| format.holds(&string))
        && text.pattern.as_ref().is_none_or(|pattern| pattern.matches(&string));
    let value = Value::String(string);
    if right { Ok(value) } else { Err(place.wrong(shape, &value)) }
}

fn check_integer(shape: &Shape, integer: &Integer, value: Value, place: &Place<'_>) -> Checked {
    let (n, value) = match coerce::integer(value) {
        Ok(found) => found,
        Err(value) => return Err(place.wrong(shape, &value)),
    };
    let right = integer.min.is_none_or(|min| n >= min)
        && integer.max.is_none_or(|max| n <= max)
        && integer.multiple_of.is_none_or(|of| n % of == 0)
        && (integer.choices.is_empty() || integer.choices.contains(&n));
    if !right {
        return Err(place.wrong(shape, &value));
    }
    match integer.width {
        Some((min, max)) if n < min || n > max => {
            let min = integer.min.unwrap_or(min);
            let max = integer.max.unwrap_or(max);
            let expected = format!("an integer between {min} and {max}");
            Err(place.expected(shape, expected, &value))
        }
        _ => Ok(value),
    }
}

fn check_number(shape: &Shape, number: &Number, value: Value, place: &Place<'_>) -> Checked {
    let (n, value) = match coerce::number(value) {
        Ok(found) => found,
        Err(value) => return Err(place.wrong(shape, &value)),
    };
    let above = |limit: f64, exclusive: bool| if exclusive { n > limit } else { n >= limit };
    let below = |limit: f64, exclusive: bool| if exclusive { n < limit } else { n <= limit };
    let right = number.min.is_none_or(|min| above(min.value, min.exclusive))
        && number.max.is_none_or(|max| below(max.value, max.exclusive))
        && number.multiple_of.is_none_or(|of| is_multiple(n, of))
        && (!number.single || n.abs() <= f64::from(f32::MAX))
        && (number.choices.is_empty() || number.choices.iter().any(|choice| choice.as_f64() == Some(n)));
    if right { Ok(value) } else { Err(place.wrong(shape, &value)) }
}

/// 0.3 is a multiple of 0.1, although no float says so.
fn is_multiple(n: f64, of: f64) -> bool {
    let times = n / of;
    (times - times.round()).abs() <= times.abs().max(1.0) * 1e-9
}

fn check_constant(shape: &Shape, constant: &Value, value: Value, place: &Place<'_>) -> Checked {
    if value == *constant {
        return Ok(value);
    }
    let same = match constant {
        Value::Bool(flag) => coerce::boolean(value.clone()) == Ok(*flag),
        _ => coerce::unpacked(&value).as_ref() == Some(constant),
    };
    if same { Ok(constant.clone()) } else { Err(place.wrong(shape, &value)) }
}

fn check_array(shape: &Shape, array: &Array, value: Value, place: &Place<'_>) -> Checked {
    let items = match unpack(value, Value::is_array)? {
        Value::Array(items) => items,
        other => return Err(place.wrong(shape, &other)),
    };
    if !array.length.holds(items.len()) {
        return Err(place.wrong(shape, &Value::Array(items)));
    }
    let mut out = Vec::with_capacity(items.len());
    let mut seen = HashSet::new();
    for (index, item) in items.into_iter().enumerate() {
        let at = place.within(Step::Index(index), &array.items);
        let item = check(&array.items, item, &at)?;
        if array.unique && !seen.insert(item.to_string()) {
            out.push(item);
            return Err(place.wrong(shape, &Value::Array(out)));
        }
        out.push(item);
    }
    Ok(Value::Array(out))
}

fn check_object(shape: &Shape, object: &Object, value: Value, place: &Place<'_>) -> Checked {
    let properties = match unpack(value, Value::is_object)? {
        Value::Object(properties) => properties,
        other => return Err(place.wrong(shape, &other)),
    };
    let mut out = Map::new();
    for (name, value) in properties {
        let checked = match object.field(&name) {
            Some(field) => check_field(field, value, place)?,
            None => check_other(shape, object, &name, value, place)?,
        };
        if let Some(checked) = checked {
            out.insert(name, checked);
        }
    }
    for field in &object.fields {
        if field.required && !out.contains_key(&field.name) {
            return Err(ArgumentError::Missing {
                argument: place.within(Step::Name(&field.name), &field.shape).path(),
                expected: words::expected(&field.shape),
            });
        }
    }
    Ok(Value::Object(out))
}

/// The value of a property; `None` where it counts as not sent.
fn check_field(field: &Field, value: Value, place: &Place<'_>) -> Result<Option<Value>, ArgumentError> {
    let at = place.within(Step::Name(&field.name), &field.shape);
    if field.required {
        // Null is what a model sends for what it does not know.
        let absent = value.is_null() && !accepts(&field.shape, &value);
        return if absent { Ok(None) } else { check(&field.shape, value, &at).map(Some) };
    }
    if value.is_null() {
        return Ok(None);
    }
    let blank = value.as_str().is_some_and(|text| text.trim().is_empty());
    match check(&field.shape, value, &at) {
        // So is an empty string, where it is not a right value.
        Err(_) if blank => Ok(None),
        checked => checked.map(Some),
    }
}

/// The value of a property that the type does not name; `None` where it is dropped.
fn check_other(
    shape: &Shape,
    object: &Object,
    name: &str,
    value: Value,
    place: &Place<'_>,
) -> Result<Option<Value>, ArgumentError> {
    match &object.others {
        Others::Keep => Ok(Some(value)),
        Others::Drop => Ok(None),
        Others::Values(values) => {
            if values.key.as_ref().is_some_and(|key| !key.matches(name)) {
                let whole = Map::from_iter([(name.to_owned(), value)]);
                return Err(place.wrong(shape, &Value::Object(whole)));
            }
            let at = place.within(Step::Name(name), &values.shape);
            check(&values.shape, value, &at).map(Some)
        }
    }
}

/// The variant that takes the value as it is or, failing that, the first that takes it coerced.
fn check_union(shape: &Shape, variants: &[Shape], value: Value, place: &Place<'_>) -> Checked {
    let value = unpack(value, |inner| {
        variants.iter().all(|variant| !matches!(variant.kind, Kind::Text(_)))
            && (inner.is_object() || inner.is_array())
    })?;
    let mut coerced = None;
    for variant in variants {
        if let Ok(checked) = check(variant, value.clone(), place) {
            if checked == value {
                return Ok(checked);
            }
            coerced.get_or_insert(checked);
        }
    }
    if let Some(coerced) = coerced {
        return Ok(coerced);
    }
    // Where the value says which variant it means, what is wrong with it as that one helps most.
    let mut meant = variants.iter().filter(|variant| means(variant, &value));
    if let (Some(variant), None) = (meant.next(), meant.next()) {
        check(variant, value, place)
    } else {
        Err(place.wrong(shape, &value))
    }
}

/// Whether the value names this variant: by all its tags or, for one without, by its only property.
pub(super) fn means(variant: &Shape, value: &Value) -> bool {
    let (Kind::Object(object), Value::Object(properties)) = (&variant.kind, value) else {
        return false;
    };
    let mut tags = object.tags().peekable();
    if tags.peek().is_some() {
        return tags.all(|(name, choice)| {
            properties
                .get(name)
                .is_some_and(|value| coerce::choice(std::slice::from_ref(choice), value).is_some())
        });
    }
    match object.fields.as_slice() {
        [only] => only.required && properties.contains_key(&only.name),
        _ => false,
    }
}

/// The value in a JSON text, if it is what is looked for; otherwise the value itself.
fn unpack(value: Value, wanted: impl Fn(&Value) -> bool) -> Checked {
    if wanted(&value) {
        return Ok(value);
    }
    match coerce::unpacked(&value) {
        Some(inner) if wanted(&inner) => {
            refuse_depth(&inner)?;
            Ok(inner)
        }
        _ => Ok(value),
    }
}

fn refuse_depth(value: &Value) -> Result<(), ArgumentError> {
    if depth_holds(value, 1) { Ok(()) } else { Err(ArgumentError::TooDeep { limit: MOST_LEVELS }) }
}

/// Whether a value of this level has no more levels than are allowed. It goes no deeper than these, so that no value can
/// exhaust the stack.
fn depth_holds(value: &Value, level: usize) -> bool {
    match value {
        Value::Array(items) => level <= MOST_LEVELS && items.iter().all(|item| depth_holds(item, level + 1)),
        Value::Object(map) => level <= MOST_LEVELS && map.values().all(|value| depth_holds(value, level + 1)),
        _ => true,
    }
}
