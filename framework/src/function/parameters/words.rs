//! Constraints in words: for descriptions, where SWML has no key for them, and for messages that
//! tell a model what was expected.

use serde_json::Value;

use super::shape::{Array, Choice, Integer, Kind, Limit, Number, Object, Others, Shape, Span, Text};

/// The description that the model reads: the doc comment, then a sentence for each constraint that
/// SWML has no key for.
pub(super) fn description(doc: Option<&str>, kind: &Kind, examples: &[Value]) -> Option<String> {
    let mut out = doc.map(unwrapped).unwrap_or_default();
    for sentence in constraints(kind) {
        add_sentence(&mut out, &sentence);
    }
    let shown: Vec<String> = examples.iter().take(3).map(Value::to_string).collect();
    if !shown.is_empty() {
        add_sentence(&mut out, &format!("For example {}.", listed(&shown, "or")));
    }
    (!out.is_empty()).then_some(out)
}

/// Puts a sentence behind a text, whose own last sentence it ends first.
pub(super) fn add_sentence(text: &mut String, sentence: &str) {
    if !text.is_empty() {
        if text.ends_with(|c: char| c.is_alphanumeric() || "\"'`)]".contains(c)) {
            text.push('.');
        }
        text.push(' ');
    }
    text.push_str(sentence);
}

/// A doc comment without the line breaks that only its source needed. Paragraphs and list items keep
/// theirs.
fn unwrapped(doc: &str) -> String {
    let mut out = String::with_capacity(doc.len());
    for line in doc.trim().lines() {
        let line = line.trim();
        let starts_block = line.is_empty() || line.starts_with(['-', '*', '#', '|', '>']);
        if starts_block || out.ends_with('\n') {
            if !out.is_empty() {
                out.push('\n');
            }
        } else if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(line);
    }
    out
}

fn constraints(kind: &Kind) -> Vec<String> {
    let mut out = Vec::new();
    match kind {
        Kind::Text(text) => {
            if let Some(format) = text.format.as_ref().filter(|f| f.published().is_none()) {
                out.push(sentence(&format.words()));
            }
            out.extend(length(text.length, "character").map(|words| sentence(&words)));
        }
        Kind::Choice(choices) => {
            // One value with a meaning is a variant of a union: its meaning is its description.
            if let [only] = choices.as_slice() {
                out.extend(only.meaning.clone());
            } else {
                out.extend(choices.iter().filter_map(|choice| {
                    let meaning = choice.meaning.as_deref()?;
                    Some(format!("\"{}\": {}", choice.value, ended(&unwrapped(meaning))))
                }));
            }
        }
        Kind::Integer(integer) if integer.choices.is_empty() => {
            out.extend(integer_range(integer).map(|words| sentence(&words)));
            out.extend(integer.multiple_of.map(|n| format!("A multiple of {n}.")));
        }
        Kind::Number(number) if number.choices.is_empty() => {
            out.extend(number_range(number).map(|words| sentence(&words)));
            out.extend(number.multiple_of.map(|n| format!("A multiple of {n}.")));
        }
        Kind::Array(array) => {
            out.extend(length(array.length, "item").map(|words| sentence(&words)));
            if array.unique {
                out.push("No two items alike.".to_owned());
            }
        }
        Kind::Object(object) => out.extend(map_words(object).map(|words| sentence(&words))),
        _ => {}
    }
    out
}

/// What is asked for, with its article, to follow the word "expected".
pub(super) fn expected(shape: &Shape) -> String {
    match &shape.kind {
        Kind::Text(text) => text_words(text),
        Kind::Choice(choices) => one_of(&choices.iter().map(|c| quoted(&c.value)).collect::<Vec<_>>()),
        Kind::Integer(integer) if !integer.choices.is_empty() => {
            one_of(&integer.choices.iter().map(ToString::to_string).collect::<Vec<_>>())
        }
        Kind::Integer(integer) => in_range("an integer", integer_range(integer), integer.multiple_of),
        Kind::Number(number) if !number.choices.is_empty() => {
            one_of(&number.choices.iter().map(ToString::to_string).collect::<Vec<_>>())
        }
        Kind::Number(number) => in_range("a number", number_range(number), number.multiple_of),
        Kind::Boolean => "true or false".to_owned(),
        Kind::Array(array) => array_words(array),
        Kind::Object(object) => object_words(object),
        Kind::Null => "null".to_owned(),
        Kind::Const(value) => value.to_string(),
        Kind::OneOf(variants) | Kind::AnyOf(variants) => {
            variants.iter().map(expected).collect::<Vec<_>>().join(", or ")
        }
        Kind::Anything => "a value".to_owned(),
    }
}

fn text_words(text: &Text) -> String {
    let mut out = match &text.format {
        Some(format) => format.words(),
        None => "a string".to_owned(),
    };
    if let Some(words) = length(text.length, "character") {
        out.push_str(" of ");
        out.push_str(&words);
    }
    if let Some(pattern) = &text.pattern {
        out.push_str(" that matches the pattern ");
        out.push_str(&pattern.source);
    }
    out
}

fn array_words(array: &Array) -> String {
    let mut out = "an array".to_owned();
    if let Some(words) = length(array.length, "item") {
        out.push_str(" of ");
        out.push_str(&words);
    }
    let item = match array.items.kind {
        Kind::Text(_) | Kind::Choice(_) => Some("a string"),
        Kind::Integer(_) => Some("an integer"),
        Kind::Number(_) => Some("a number"),
        Kind::Boolean => Some("true or false"),
        Kind::Object(_) => Some("an object"),
        Kind::Array(_) => Some("an array"),
        _ => None,
    };
    if let Some(item) = item {
        out.push_str(", each of them ");
        out.push_str(item);
    }
    if array.unique {
        out.push_str(", no two alike");
    }
    out
}

fn object_words(object: &Object) -> String {
    if let Some(words) = map_words(object) {
        return words;
    }
    let tags: Vec<String> = object
        .tags()
        .map(|(name, choice)| format!("{} is {}", quoted(name), quoted(&choice.value)))
        .collect();
    if !tags.is_empty() {
        return format!("an object whose {}", listed(&tags, "and"));
    }
    let required: Vec<String> =
        object.fields.iter().filter(|field| field.required).map(|field| quoted(&field.name)).collect();
    if required.is_empty() {
        "an object".to_owned()
    } else {
        format!("an object with {}", listed(&required, "and"))
    }
}

/// For a map; SWML has no key for what its values are.
fn map_words(object: &Object) -> Option<String> {
    let Others::Values(values) = &object.others else {
        return None;
    };
    let mut out = "an object whose ".to_owned();
    if let Some(key) = &values.key {
        out.push_str("keys match the pattern ");
        out.push_str(&key.source);
        out.push_str(" and whose ");
    }
    if !object.fields.is_empty() {
        out.push_str("other ");
    }
    out.push_str("values are each ");
    out.push_str(&expected(&values.shape));
    if values.shape.nullable {
        out.push_str(" or null");
    }
    Some(out)
}

fn in_range(what: &str, range: Option<String>, multiple_of: Option<impl ToString>) -> String {
    let mut out = what.to_owned();
    if let Some(range) = range {
        out.push_str(if range.starts_with("between") { " " } else { " that is " });
        out.push_str(&range);
    }
    if let Some(n) = multiple_of {
        out.push_str(", a multiple of ");
        out.push_str(&n.to_string());
    }
    out
}

fn integer_range(integer: &Integer) -> Option<String> {
    let end = |n: i128| (n.to_string(), false);
    range(integer.min.map(end), integer.max.map(end))
}

fn number_range(number: &Number) -> Option<String> {
    let end = |limit: Limit| (limit.value.to_string(), limit.exclusive);
    range(number.min.map(end), number.max.map(end))
}

/// A range from its ends, each with whether it is left out of the range.
fn range(min: Option<(String, bool)>, max: Option<(String, bool)>) -> Option<String> {
    let above = |(n, exclusive): (String, bool)| {
        if exclusive { format!("more than {n}") } else { format!("{n} or more") }
    };
    let below = |(n, exclusive): (String, bool)| {
        if exclusive { format!("less than {n}") } else { format!("{n} or less") }
    };
    match (min, max) {
        (Some((min, false)), Some((max, false))) => Some(format!("between {min} and {max}")),
        (Some(min), Some(max)) => Some(format!("{} and {}", above(min), below(max))),
        (Some(min), None) => Some(above(min)),
        (None, Some(max)) => Some(below(max)),
        (None, None) => None,
    }
}

fn length(span: Span, thing: &str) -> Option<String> {
    let counted = |n: u64| format!("{n} {thing}{}", if n == 1 { "" } else { "s" });
    if span.is_open() {
        return None;
    }
    match (span.min.filter(|&min| min > 0), span.max) {
        (Some(min), Some(max)) if min == max => Some(format!("exactly {}", counted(max))),
        (Some(min), Some(max)) => Some(format!("between {min} and {}", counted(max))),
        (Some(min), None) => Some(format!("at least {}", counted(min))),
        (None, Some(max)) => Some(format!("at most {}", counted(max))),
        (None, None) => None,
    }
}

fn one_of(values: &[String]) -> String {
    match values {
        [only] => only.clone(),
        many => format!("one of {}", listed(many, "or")),
    }
}

/// `a`, `a or b`, `a, b or c`.
fn listed(items: &[String], last: &str) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., end] => format!("{} {last} {end}", first.join(", ")),
    }
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// A phrase as a sentence.
fn sentence(phrase: &str) -> String {
    let mut rest = phrase.chars();
    match rest.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), rest.as_str()),
        None => String::new(),
    }
}

fn ended(text: &str) -> String {
    let mut out = text.to_owned();
    if !out.ends_with(['.', '!', '?']) {
        out.push('.');
    }
    out
}

/// The meanings of an enum's strings, as `schemars` lists them.
pub(super) fn choice(value: &str, meaning: Option<&str>) -> Choice {
    Choice { value: value.to_owned(), meaning: meaning.map(unwrapped).filter(|meaning| !meaning.is_empty()) }
}
