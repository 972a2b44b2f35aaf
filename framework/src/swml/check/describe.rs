//! Words for what a value should be, and for what it is.

use super::place::Place;
use super::report::{ENGINE_ONLY, Finding};
use super::walk::has_type;
use crate::swml::json::Json;
use crate::swml::shape::{Presence, Shape};
use crate::swml::value::Kind;

/// The finding about a value of another kind.
pub(super) fn expected(code: &'static str, kind: Kind, json: &Json, place: &Place<'_>) -> Finding {
    let wanted = describe(kind);
    let message = match json {
        Json::String(text) if code == "wrong-form" && !is_harmless(text) => {
            format!("expected {wanted}, found another text")
        }
        _ => format!("expected {wanted}, found {}", found_in_words(json)),
    };
    match quoted(kind, json) {
        Some(text) => Finding::error("quoted-value", place, message, format!("write {text} without quotes")),
        None => Finding::error(
            code,
            place,
            message,
            remedy(kind, json).unwrap_or_else(|| format!("write {wanted}")),
        ),
    }
}

/// The finding about a value that is right for the engine alone, among the alternatives of `whole`.
pub(super) fn engine_only(whole: Kind, json: &Json, place: &Place<'_>) -> Finding {
    let published = expected(ENGINE_ONLY, whole, json, place);
    if published.code == ENGINE_ONLY {
        let message =
            format!("the engine reads {} here, but the published schema refuses it", found_in_words(json));
        Finding { message, ..published }
    } else {
        published
    }
}

/// What a kind is in words.
pub(super) fn describe(kind: Kind) -> String {
    match kind {
        Kind::Any => "any value".into(),
        Kind::Null => "null".into(),
        Kind::Bool => "true or false".into(),
        Kind::Integer => "a whole number".into(),
        Kind::Number => "a number".into(),
        Kind::String => "a text".into(),
        Kind::Text(pattern) => pattern.wanted.into(),
        Kind::Choice([only]) => format!("`{only}`"),
        Kind::Choice(choices) => format!("one of {}", list(choices.iter().copied())),
        Kind::Variable => "a variable such as `${vars.name}`".into(),
        Kind::OrVariable(inner) => format!("{}, or {}", describe(inner()), describe(Kind::Variable)),
        Kind::EngineOnly(inner) => describe(inner()),
        Kind::OneOf(kinds) => {
            let mut words: Vec<String> = Vec::new();
            let published =
                kinds.iter().map(|kind| kind()).filter(|kind| !matches!(kind, Kind::EngineOnly(_)));
            for word in published.map(describe) {
                if !words.contains(&word) {
                    words.push(word);
                }
            }
            words.join(", or ")
        }
        Kind::List(_) => "a list".into(),
        Kind::Map(_) | Kind::Object(_) => "an object".into(),
        Kind::Step | Kind::StepOf(_) => "a step, which is an object with one key".into(),
        Kind::Document => "a document".into(),
    }
}

/// What a value is in words. A text is shown only when it is short, since it may be a secret.
pub(super) fn found_in_words(json: &Json) -> String {
    match json {
        Json::Null => "null".into(),
        Json::Bool(value) => value.to_string(),
        Json::Number(number) => number.to_string(),
        Json::String(text) if is_harmless(text) => format!("the text \"{text}\""),
        Json::String(_) => "a text".into(),
        Json::Array(_) => "a list".into(),
        Json::Object(_) => "an object".into(),
    }
}

/// Names in a row, each in back quotes.
pub(super) fn list<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    names.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn is_harmless(text: &str) -> bool {
    text.chars().count() <= 24 && text.chars().all(|c| c.is_ascii_alphanumeric() || " _-.".contains(c))
}

/// The text, when without its quotes it would be the boolean or the number that is wanted.
fn quoted(kind: Kind, json: &Json) -> Option<&str> {
    let text = json.as_str()?;
    let bare = Json::parse(text).ok()?;
    let scalar = matches!(bare, Json::Bool(_) | Json::Number(_));
    (scalar && !takes_free_text(kind) && has_type(kind, &bare)).then_some(text)
}

fn remedy(kind: Kind, json: &Json) -> Option<String> {
    match (kind, json) {
        (_, Json::Null) => Some("leave the field out".into()),
        (Kind::OrVariable(inner), _) => remedy(inner(), json),
        (Kind::OneOf(kinds), _) => kinds.iter().find_map(|kind| remedy(kind(), json)),
        (Kind::Bool, Json::Number(number)) => match number.as_f64() {
            Some(0.0) => Some("write false".into()),
            Some(1.0) => Some("write true".into()),
            _ => None,
        },
        (Kind::Choice(choices), Json::Bool(value)) if choices.contains(&&*value.to_string()) => {
            Some(format!("write \"{value}\" with quotes"))
        }
        (Kind::String, Json::Number(_)) => Some("write the number in quotes".into()),
        (Kind::List(item), _) if super::accepts(item(), json) => {
            Some("write it as a list with one item".into())
        }
        (Kind::Object(shape), Json::String(_)) => {
            Some(format!("write an object such as {{\"{}\": \"…\"}}", text_field(shape)?))
        }
        _ => None,
    }
}

/// The field that a bare text stands for in older documents.
fn text_field(shape: &Shape) -> Option<&'static str> {
    let takes = |presence| {
        let mut fields = shape.fields.iter().filter(|field| field.presence == presence);
        fields.find(|field| takes_free_text((field.kind)()))
    };
    takes(Presence::OneOf).or_else(|| takes(Presence::Required)).map(|field| field.key)
}

fn takes_free_text(kind: Kind) -> bool {
    match kind {
        Kind::String | Kind::Text(_) => true,
        Kind::OrVariable(inner) => takes_free_text(inner()),
        Kind::OneOf(kinds) => kinds.iter().any(|kind| takes_free_text(kind())),
        _ => false,
    }
}
