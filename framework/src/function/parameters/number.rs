//! Bounds of integers and numbers, read exactly.

use serde_json::{Number as JsonNumber, Value};

use super::compile::JsonMap;
use super::shape::{Integer, Limit, Number};

/// The largest float up to which every integer has a float of its own: 2^53.
const EXACT: f64 = 9_007_199_254_740_992.0;

pub(super) fn integer(map: &JsonMap) -> Integer {
    let low = |key: &str| map.get(key).and_then(|n| rounded(n, f64::ceil));
    let high = |key: &str| map.get(key).and_then(|n| rounded(n, f64::floor));
    // An exclusive bound of 2.5 excludes nothing more than the inclusive one.
    let above = map.get("exclusiveMinimum").and_then(|n| rounded(n, f64::floor));
    let below = map.get("exclusiveMaximum").and_then(|n| rounded(n, f64::ceil));
    Integer {
        min: low("minimum").max(above.map(|n| n + 1)),
        max: least(high("maximum"), below.map(|n| n - 1)),
        width: map.get("format").and_then(Value::as_str).and_then(width),
        multiple_of: map.get("multipleOf").and_then(exact_integer).filter(|n| *n > 0),
        choices: Vec::new(),
    }
}

pub(super) fn number(map: &JsonMap) -> Number {
    let limit = |key: &str, exclusive| {
        let value = map.get(key).and_then(Value::as_f64)?;
        Some(Limit { value, exclusive })
    };
    // The tighter of the two; at the same value, the one that excludes it.
    let tighter = |one: Option<Limit>, other: Option<Limit>, sign: f64| match (one, other) {
        (Some(a), Some(b)) if b.value * sign >= a.value * sign => Some(b),
        (a, b) => a.or(b),
    };
    Number {
        min: tighter(limit("minimum", false), limit("exclusiveMinimum", true), 1.0),
        max: tighter(limit("maximum", false), limit("exclusiveMaximum", true), -1.0),
        single: map.get("format").and_then(Value::as_str) == Some("float"),
        multiple_of: map.get("multipleOf").and_then(Value::as_f64).filter(|n| *n > 0.0),
        choices: Vec::new(),
    }
}

/// A default as its author wrote it: `0.1_f32` would otherwise read 0.10000000149011612.
pub(super) fn as_written(default: &Value, format: Option<&Value>) -> Value {
    let single = format.and_then(Value::as_str) == Some("float");
    match default {
        Value::Number(n) if single && n.is_f64() => n
            .as_f64()
            .map(single_precision)
            .and_then(|n| n.to_string().parse().ok())
            .and_then(JsonNumber::from_f64)
            .map_or_else(|| default.clone(), Value::Number),
        _ => default.clone(),
    }
}

#[allow(clippy::cast_possible_truncation, reason = "the value was an f32 before it was widened")]
fn single_precision(n: f64) -> f32 {
    n as f32
}

/// The integer that a JSON number is, if it is one and nothing was lost in reading it: `4` and `4.0`
/// are, `4.5` and `1e300` are not.
pub(super) fn exact_integer(value: &Value) -> Option<i128> {
    let Value::Number(n) = value else { return None };
    integer_of(n)
}

pub(super) fn integer_of(n: &JsonNumber) -> Option<i128> {
    if let Some(n) = n.as_i64() {
        return Some(n.into());
    }
    if let Some(n) = n.as_u64() {
        return Some(n.into());
    }
    n.as_f64().and_then(integral)
}

/// A float without a fraction, up to where floats are exact.
pub(super) fn integral(n: f64) -> Option<i128> {
    #[allow(clippy::cast_possible_truncation, reason = "in range and without a fraction")]
    (n.abs() <= EXACT && n.fract() == 0.0).then_some(n as i128)
}

fn rounded(value: &Value, round: fn(f64) -> f64) -> Option<i128> {
    exact_integer(value).or_else(|| value.as_f64().map(round).and_then(integral))
}

fn least(one: Option<i128>, other: Option<i128>) -> Option<i128> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// What the integer type of this `schemars` format holds.
fn width(format: &str) -> Option<(i128, i128)> {
    Some(match format {
        "int8" => (i8::MIN.into(), i8::MAX.into()),
        "int16" => (i16::MIN.into(), i16::MAX.into()),
        "int32" => (i32::MIN.into(), i32::MAX.into()),
        "int64" | "int" => (i64::MIN.into(), i64::MAX.into()),
        "uint8" => (0, u8::MAX.into()),
        "uint16" => (0, u16::MAX.into()),
        "uint32" => (0, u32::MAX.into()),
        "uint64" | "uint" => (0, u64::MAX.into()),
        "uint128" => (0, i128::MAX),
        _ => return None,
    })
}
