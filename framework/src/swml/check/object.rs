//! The members of an object against its table.

use super::describe::{describe, found_in_words, list};
use super::limits;
use super::place::Place;
use super::report::{ENGINE_ONLY, Finding};
use super::suggest::{did_you_mean, nearest};
use super::walk::{Found, Scope};
use crate::swml::json::{Json, Object};
use crate::swml::shape::{Field, Presence, Rule, Shape};
use crate::swml::value::Kind;

pub(super) fn check<'a>(
    scope: Scope<'a>,
    shape: &Shape,
    members: &'a Object,
    place: &Place<'_>,
    found: &mut Found<'a>,
) {
    let mut engine_only = Vec::new();
    for (key, json) in members {
        let below = place.key(key);
        let before = found.findings.len();
        match (shape.field(key), shape.rest) {
            (Some(field), _) => known(scope, field, json, &below, found),
            (None, Some(rest)) => {
                if !shape.fields.is_empty() && matches!(rest(), Kind::Any) {
                    found.findings.push(unpublished(shape, key, &below));
                }
                scope.value(rest(), json, &below, found);
            }
            (None, None) => found.findings.push(unknown(shape, key, &below)),
        }
        let mut news = found.findings[before..].iter().filter(|finding| finding.code == ENGINE_ONLY);
        if news.any(|finding| finding.path == below.to_string()) {
            engine_only.push(key.as_str());
        }
    }
    let required = shape.fields.iter().filter(|field| field.presence == Presence::Required);
    for field in required.filter(|field| !members.contains_key(field.key)) {
        found.findings.push(missing(shape, field, members, place));
    }
    for rule in shape.rules {
        found.findings.extend(together(*rule, shape, members, &engine_only, place));
    }
}

fn known<'a>(scope: Scope<'a>, field: &Field, json: &'a Json, place: &Place<'_>, found: &mut Found<'a>) {
    match field.presence {
        Presence::EngineOnly => found.findings.push(Finding::error(
            ENGINE_ONLY,
            place,
            format!("the engine reads `{}`, but the published schema refuses it", field.key),
            if field.key.contains("_auth_") || field.key.starts_with("auth_") {
                "write the credentials into the URL: https://user:password@host/…"
            } else {
                "leave it out where documents are checked against the schema"
            },
        )),
        Presence::Deprecated { instead } => found.findings.push(Finding::lint(
            "deprecated",
            place,
            format!("`{}` is deprecated", field.key),
            format!("use `{instead}`"),
        )),
        Presence::Required | Presence::OneOf | Presence::Optional => {}
    }
    let before = found.findings.len();
    scope.value((field.kind)(), json, place, found);
    if !found.findings[before..].iter().any(Finding::is_error) {
        found.findings.extend(limits::check(field.limit, json, place));
    }
}

fn unknown(shape: &Shape, key: &str, place: &Place<'_>) -> Finding {
    let remedy = match nearest(key, usable(shape)) {
        Some(name) => format!("did you mean `{name}`? Otherwise take it out"),
        None if usable(shape).next().is_none() => "take it out: this object has no fields".into(),
        None if usable(shape).count() > 12 => "take it out".into(),
        None => format!("take it out; the fields here are {}", list(usable(shape))),
    };
    Finding::error("unknown-field", place, format!("there is no field `{key}` here"), remedy)
}

/// A key that an open object takes without knowing it.
fn unpublished(shape: &Shape, key: &str, place: &Place<'_>) -> Finding {
    let remedy = did_you_mean(key, usable(shape))
        .unwrap_or_else(|| "check the spelling: the platform passes over what it does not know".into());
    Finding::lint("unknown-field", place, format!("no published field is called `{key}`"), remedy)
}

fn usable(shape: &Shape) -> impl Iterator<Item = &'static str> {
    let usable =
        |field: &&Field| matches!(field.presence, Presence::Required | Presence::OneOf | Presence::Optional);
    shape.fields.iter().filter(usable).map(|field| field.key)
}

fn missing(shape: &Shape, field: &Field, members: &Object, place: &Place<'_>) -> Finding {
    let old = shape.fields.iter().find(|old| {
        matches!(old.presence, Presence::Deprecated { instead } if instead == field.key)
            && members.contains_key(old.key)
    });
    let remedy = match old {
        Some(old) => format!("rename `{}` to `{}`", old.key, field.key),
        None => format!("add `{}`: {}", field.key, describe((field.kind)())),
    };
    Finding::error("missing-field", place, format!("`{}` is missing", field.key), remedy)
}

/// The finding about keys that do not go together. What is engine-only stands outside the published
/// alternatives: to ask for one of them beside it would lead astray.
fn together(
    rule: Rule,
    shape: &Shape,
    members: &Object,
    engine_only: &[&str],
    place: &Place<'_>,
) -> Option<Finding> {
    let presence = |key: &str| shape.field(key).map(|field| field.presence);
    let is_excused = || engine_only.iter().any(|key| presence(key) == Some(Presence::OneOf));
    let present = |keys: &[&'static str]| -> Vec<&'static str> {
        keys.iter().copied().filter(|key| members.contains_key(*key)).collect()
    };
    let none = |keys: &[&'static str]| {
        let published = keys.iter().copied().filter(|key| presence(key) != Some(Presence::EngineOnly));
        let remedy = format!("add one of {}", list(published));
        Finding::error("missing-field", place, "an alternative is missing", remedy)
    };
    let many = |keys: Vec<&'static str>| {
        let message = format!("{} exclude each other", list(keys));
        Finding::error("conflicting-fields", place, message, "keep one of them")
    };
    match rule {
        Rule::ExactlyOne(keys) => match present(keys) {
            some if some.len() > 1 => Some(many(some)),
            some if some.is_empty() && !is_excused() => Some(none(keys)),
            _ => None,
        },
        Rule::AtLeastOne(keys) => present(keys).is_empty().then(|| none(keys)),
        Rule::AtMostOne(keys) => Some(present(keys)).filter(|some| some.len() > 1).map(many),
        Rule::Needs { key, other } => {
            let is_wrong = members.contains_key(key) && !members.contains_key(other);
            (is_wrong && !engine_only.contains(&key)).then(|| {
                let message = format!("`{key}` stands only beside `{other}`");
                Finding::error("missing-field", place, message, format!("add `{other}`, or take `{key}` out"))
            })
        }
    }
}

/// The tags in words, when the kinds are objects that are told apart by `type` and none has this value's.
pub(super) fn unknown_tag(kinds: &[fn() -> Kind], json: &Json, place: &Place<'_>) -> Option<Finding> {
    let tag = json.get("type")?;
    let mut tags = Vec::new();
    for kind in kinds {
        if let Kind::Object(shape) = kind()
            && let Some(field) = shape.field("type")
            && let Kind::Choice(choices) = (field.kind)()
        {
            tags.extend_from_slice(choices);
        }
    }
    let known = tag.as_str().is_some_and(|tag| tags.contains(&tag));
    (!known && !tags.is_empty()).then(|| {
        let tags = list(tags);
        Finding::error(
            "not-a-choice",
            &place.key("type"),
            format!("expected one of {tags}, found {}", found_in_words(tag)),
            format!("set `type` to one of {tags}"),
        )
    })
}
