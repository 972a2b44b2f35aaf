//! One step of a section.

use super::describe::{expected, list};
use super::place::Place;
use super::report::Finding;
use super::suggest::did_you_mean;
use super::walk::{Found, Scope, StepAt};
use crate::swml::json::Json;
use crate::swml::value::Kind;
use crate::swml::verbs::Step;

/// Verbs of older or other languages, and what to write instead.
const OTHER_WORDS: &[(&str, &str)] = &[
    ("condition", "use `cond`"),
    ("dial", "use `connect`"),
    ("gather", "use `prompt`"),
    ("if", "use `cond`"),
    ("on_failure", "test the result in a step of its own, with `cond` or `switch`"),
    ("on_success", "test the result in a step of its own, with `cond` or `switch`"),
    ("pause", "use `sleep`"),
    ("say", "use `play` with a `url` of `say:…`"),
    ("sms", "use `send_sms`"),
];

pub(super) fn check<'a>(
    scope: Scope<'a>,
    allowed: Option<&[&str]>,
    json: &'a Json,
    place: &Place<'_>,
    found: &mut Found<'a>,
) {
    let Some(members) = json.as_object() else {
        found.findings.push(not_an_object(json, place));
        return;
    };
    let (Some((verb, body)), 1) = (members.iter().next(), members.len()) else {
        found.findings.push(not_one_key(members.keys().map(String::as_str), place));
        return;
    };
    let Some(row) = Step::VERBS.iter().find(|row| row.name == verb) else {
        found.findings.push(unknown(verb, place));
        return;
    };
    if let Some(verbs) = allowed.filter(|verbs| !verbs.contains(&verb.as_str())) {
        let remedy = format!("use one of {}", list(verbs.iter().copied()));
        found.findings.push(Finding::error(
            "verb-not-allowed",
            place,
            format!("`{verb}` may not stand here"),
            remedy,
        ));
    }
    let below = place.key(verb);
    found.steps.push(StepAt { verb, body, place: below.to_string(), scope });
    scope.value((row.kind)(), body, &below, found);
}

fn not_an_object(json: &Json, place: &Place<'_>) -> Finding {
    match json.as_str() {
        Some(verb) if Step::VERBS.iter().any(|row| row.name == verb) => {
            let message = format!("a step is an object, not the bare verb `{verb}`");
            Finding::error("not-a-step", place, message, format!("write {{\"{verb}\": {{}}}}"))
        }
        _ => expected("not-a-step", Kind::Step, json, place),
    }
}

fn not_one_key<'k>(keys: impl ExactSizeIterator<Item = &'k str>, place: &Place<'_>) -> Finding {
    if keys.len() == 0 {
        return Finding::error("not-a-step", place, "the step is empty", "name a verb, or take the step out");
    }
    let message = format!("a step has one verb, this one has {}: {}", keys.len(), list(keys));
    Finding::error("not-a-step", place, message, "write one step for each verb")
}

fn unknown(verb: &str, place: &Place<'_>) -> Finding {
    let other = OTHER_WORDS.iter().find(|(word, _)| *word == verb).map(|(_, remedy)| (*remedy).to_owned());
    let remedy = other
        .or_else(|| did_you_mean(verb, Step::VERBS.iter().map(|row| row.name)))
        .unwrap_or_else(|| "use a verb of the SWML reference".into());
    Finding::error("unknown-verb", place, format!("there is no verb `{verb}`"), remedy)
}
