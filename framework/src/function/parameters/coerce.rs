//! Small, exact conversions of what a language model sends into what was asked for.
//!
//! Each takes the value and gives it back as the error where it does not fit, so that a message can
//! show it. None of them guesses: where digits would be lost, the value is refused.

use serde_json::{Number, Value};

use super::number::{integer_of, integral};
use super::shape::Choice;

/// A string; a number or a boolean becomes its text.
pub(super) fn text(value: Value) -> Result<String, Value> {
    match value {
        Value::String(text) => Ok(text),
        Value::Bool(flag) => Ok(flag.to_string()),
        // An integer that JSON could only read as a float has lost digits.
        Value::Number(n) if exact(&n) => Ok(n.to_string()),
        other => Err(other),
    }
}

fn exact(n: &Number) -> bool {
    n.is_i64() || n.is_u64() || n.as_f64().is_some_and(|n| n.fract() != 0.0 || integral(n).is_some())
}

/// An integer; a float without a fraction and a string that holds an integer are read as one.
pub(super) fn integer(value: Value) -> Result<(i128, Value), Value> {
    let found = match &value {
        Value::Number(n) if n.is_i64() || n.is_u64() => {
            return match integer_of(n) {
                Some(found) => Ok((found, value)),
                None => Err(value),
            };
        }
        Value::Number(n) => integer_of(n),
        Value::String(text) => integer_in(text.trim()),
        _ => None,
    };
    match found.and_then(|n| Some((n, Number::from_i128(n)?))) {
        Some((n, number)) => Ok((n, Value::Number(number))),
        None => Err(value),
    }
}

fn integer_in(text: &str) -> Option<i128> {
    text.parse().ok().or_else(|| float_in(text).and_then(integral))
}

/// A finite number; a string that holds one is read as one.
pub(super) fn number(value: Value) -> Result<(f64, Value), Value> {
    let found = match &value {
        Value::Number(n) => n.as_f64().map(|float| (float, n.clone())),
        Value::String(text) => number_in(text.trim()),
        _ => None,
    };
    match found {
        Some((float, number)) => Ok((float, Value::Number(number))),
        None => Err(value),
    }
}

fn number_in(text: &str) -> Option<(f64, Number)> {
    if let Some(number) = text.parse::<i128>().ok().and_then(Number::from_i128) {
        return Some((number.as_f64()?, number));
    }
    let float = float_in(text)?;
    Some((float, Number::from_f64(float)?))
}

/// Rust also reads `inf`, `nan` and `infinity`; those are words here.
fn float_in(text: &str) -> Option<f64> {
    let numeric = |b: u8| b.is_ascii_digit() || b"+-.eE".contains(&b);
    if !text.bytes().all(numeric) {
        return None;
    }
    text.parse().ok().filter(|n: &f64| n.is_finite())
}

pub(super) fn boolean(value: Value) -> Result<bool, Value> {
    match &value {
        Value::Bool(flag) => return Ok(*flag),
        Value::String(text) => {
            let text = text.trim();
            let is = |word: &str| text.eq_ignore_ascii_case(word);
            if is("true") || is("yes") {
                return Ok(true);
            }
            if is("false") || is("no") {
                return Ok(false);
            }
        }
        _ => {}
    }
    Err(value)
}

/// The choice that is meant: the same string or, where only one qualifies, the same but for case and
/// blanks around it.
pub(super) fn choice(choices: &[Choice], value: &Value) -> Option<String> {
    let text = text(value.clone()).ok()?;
    if choices.iter().any(|choice| choice.value == text) {
        return Some(text);
    }
    let folded = text.trim().to_lowercase();
    let mut alike = choices.iter().filter(|choice| choice.value.trim().to_lowercase() == folded);
    match (alike.next(), alike.next()) {
        (Some(only), None) => Some(only.value.clone()),
        _ => None,
    }
}

/// An array or object that arrived as the JSON text of one.
pub(super) fn unpacked(value: &Value) -> Option<Value> {
    let Value::String(text) = value else {
        return None;
    };
    // The parser refuses what is nested more than 128 levels deep.
    text.trim_start().starts_with(['{', '[']).then(|| serde_json::from_str(text).ok()).flatten()
}
