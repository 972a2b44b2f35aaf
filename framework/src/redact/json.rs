//! Masks JSON values.

use std::borrow::Cow;

use serde_json::{Map, Number, Value};

use super::{MASK, Redactor, keys};
use crate::{phone_number, spoken};

const DEEPEST: usize = 128;
/// The longest text, in bytes, that is looked at as a part of a code: "double seven" and the like.
const LONGEST_PART: usize = 32;
const TOO_DEEP: &str = "[too deep]";
/// The name, folded, under which a report has the address of the recording. The platform makes it, and its path is often a
/// date: a recording whose address is masked cannot be heard.
const RECORDING: &str = "recordcallurl";

/// Where the walk through a value stands.
#[derive(Clone, Copy)]
pub(super) struct Walk<'a> {
    redactor: &'a Redactor,
    /// How many JSON texts this value is inside of.
    nested: usize,
    depth: usize,
    /// Whether integers may be codes: inside a function's arguments.
    integers: bool,
    /// Whether the value stands under a name of phone numbers.
    phone: bool,
}

impl<'a> Walk<'a> {
    pub(super) fn new(redactor: &'a Redactor, nested: usize) -> Self {
        Self { redactor, nested, depth: 0, integers: false, phone: false }
    }

    pub(super) fn with_integers(self) -> Self {
        Self { integers: true, ..self }
    }

    pub(super) fn value(self, value: Value) -> Value {
        match value {
            Value::Null | Value::Bool(_) => value,
            Value::Number(number) => self.number(number),
            Value::String(text) => self.string(text).into(),
            Value::Array(_) | Value::Object(_) if self.depth >= DEEPEST => TOO_DEEP.into(),
            Value::Array(items) => self.array(items),
            Value::Object(members) => self.object(members),
        }
    }

    fn deeper(self) -> Self {
        Self { depth: self.depth + 1, ..self }
    }

    /// The items, those that spell a code digit by digit as one mask: `[4, 8, 2, 9]`, `["four", "eight", "29"]`.
    fn array(self, items: Vec<Value>) -> Value {
        let inside = self.deeper();
        let mut out = Vec::with_capacity(items.len());
        let mut rest = items.into_iter();
        while !rest.as_slice().is_empty() {
            let parts: Vec<usize> =
                rest.as_slice().iter().map_while(|item| self.part_of_code(item)).collect();
            let run = rest.by_ref().take(parts.len().max(1));
            if parts.iter().sum::<usize>() >= self.redactor.code_length {
                run.for_each(drop);
                out.push(MASK.into());
            } else {
                // None of a run that is too short starts one that is long enough.
                out.extend(run.map(|item| inside.value(item)));
            }
        }
        Value::Array(out)
    }

    /// How many digits an item has that may be a part of a code, and is none alone.
    fn part_of_code(self, item: &Value) -> Option<usize> {
        match item {
            Value::Number(number) => number.as_u64().filter(|digit| *digit < 10).map(|_| 1),
            Value::String(text) if text.len() <= LONGEST_PART => {
                let digits = spoken::digits(text)?.len();
                (1..self.redactor.code_length).contains(&digits).then_some(digits)
            }
            _ => None,
        }
    }

    fn object(self, mut members: Map<String, Value>) -> Value {
        for (name, value) in &mut members {
            *value = self.member(name, value.take());
        }
        if members.keys().all(|name| matches!(self.redactor.plain(name), Cow::Borrowed(_))) {
            return Value::Object(members);
        }
        let mut out = Map::with_capacity(members.len());
        let mut clashes = 1;
        for (name, masked) in &members {
            let shown = self.redactor.plain(name);
            let mut key = shown.clone().into_owned();
            // Two names may look the same once they are masked. The letter
            // keeps a long count from being masked in turn.
            while out.contains_key(&key) || (key != *name && members.contains_key(&key)) {
                clashes += 1;
                key = format!("{shown} (n{clashes})");
            }
            out.insert(key, masked.clone());
        }
        Value::Object(out)
    }

    /// The value of a member.
    fn member(self, name: &str, value: Value) -> Value {
        let folded = keys::folded(name);
        if self.redactor.is_sensitive_folded(&folded) {
            return MASK.into();
        }
        if folded == RECORDING
            && let Value::String(text) = &value
            && let Some(address) = self.redactor.address(text)
        {
            return address.into();
        }
        let integers = self.integers || holds_arguments(name);
        Self { integers, phone: holds_phone(&folded), ..self.deeper() }.value(value)
    }

    fn string(self, text: String) -> String {
        let phone = if self.phone { bare_phone(&text) } else { None };
        if let Some(phone) = phone {
            return phone;
        }
        match self.redactor.nested_text(&text, self.nested) {
            Cow::Borrowed(_) => text,
            Cow::Owned(masked) => masked,
        }
    }

    fn number(self, number: Number) -> Value {
        // Without a name that says what it is, a number stays.
        if !self.integers && !self.phone {
            return Value::Number(number);
        }
        // A model may give a code as 123456.0.
        let text = number.to_string();
        let digits = text.strip_suffix(".0").unwrap_or(&text);
        let digits = digits.trim_start_matches('-');
        let kept = Value::Number(number);
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return kept;
        }
        let phone = if self.phone { bare_phone(digits) } else { None };
        match phone {
            Some(masked) => masked.into(),
            None if self.integers && digits.len() >= self.redactor.code_length => MASK.into(),
            None => kept,
        }
    }
}

/// Names under which the platform sends what a model gave to a function.
fn holds_arguments(name: &str) -> bool {
    matches!(name, "argument" | "arguments" | "args" | "parsed")
}

/// Names of phone numbers, folded.
fn holds_phone(folded: &str) -> bool {
    matches!(folded, "calleridname" | "calleridnum" | "calleridnumber" | "from" | "phonenumber" | "to")
}

/// The masked form of a text that is a phone number, with or without `+`.
fn bare_phone(text: &str) -> Option<String> {
    let text = phone_number::without_tel(text.trim());
    let rest = text.strip_prefix('+').unwrap_or(text);
    let known = |c: char| c.is_ascii_digit() || phone_number::is_separator(c);
    if !rest.chars().all(known) {
        return None;
    }
    let plus = text.chars().filter(|c| *c == '+');
    let number: String = plus.chain(rest.chars().filter(char::is_ascii_digit)).collect();
    let digits = number.trim_start_matches('+').len();
    (7..=15).contains(&digits).then(|| phone_number::mask(&number))
}
