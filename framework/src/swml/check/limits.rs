//! The limits of fields.

use fluent_uri::Uri;

use super::place::Place;
use super::report::Finding;
use crate::swml::dynamic::{has_placeholder, is_placeholder};
use crate::swml::json::Json;
use crate::swml::shape::Limit;

/// Checks a value against the limit of its field.
pub(super) fn check(limit: Limit, json: &Json, place: &Place<'_>) -> Option<Finding> {
    let range = |wanted: String, found: f64| {
        let remedy = format!("choose a number {wanted}");
        Finding::error("out-of-range", place, format!("{found} is out of range"), remedy)
    };
    match (limit, json) {
        (Limit::Between(least, most), Json::Number(number)) => number
            .as_f64()
            .filter(|value| !(least..=most).contains(value))
            .map(|value| range(format!("from {least} to {most}"), value)),
        (Limit::ZeroOrBetween(least, most), Json::Number(number)) => number
            .as_f64()
            .filter(|value| *value != 0.0 && !(least..=most).contains(value))
            .map(|value| range(format!("from {least} to {most}, or 0"), value)),
        (Limit::AtLeast(least), Json::Number(number)) => number
            .as_f64()
            .filter(|value| *value < least)
            .map(|value| range(format!("that is at least {least}"), value)),
        (Limit::NotEmpty, Json::Array(items)) if items.is_empty() => Some(empty("list", place)),
        (Limit::NotEmpty, Json::String(text)) if text.is_empty() => Some(empty("text", place)),
        (Limit::NotEmpty, Json::Object(members)) if members.is_empty() => Some(empty("object", place)),
        (Limit::MaxItems(most), Json::Array(items)) if items.len() > most => Some(Finding::error(
            "out-of-range",
            place,
            format!("{} items are too many", items.len()),
            format!("keep at most {most}"),
        )),
        (Limit::Unmixed, Json::Array(items)) => {
            let variables = items.iter().filter(|item| item.as_str().is_some_and(is_placeholder)).count();
            (variables > 0 && variables < items.len()).then(|| {
                Finding::error(
                    "mixed-variables",
                    place,
                    "variables and plain values stand in one list",
                    "make every item a variable, or none",
                )
            })
        }
        (Limit::Matching(pattern), Json::String(text)) if !(pattern.matches)(text) => {
            let message = if is_placeholder(text) {
                format!("expected {}; a variable cannot stand here", pattern.wanted)
            } else {
                format!("expected {}", pattern.wanted)
            };
            Some(Finding::error("wrong-form", place, message, format!("write {}", pattern.wanted)))
        }
        (Limit::Url, Json::String(text)) if !has_placeholder(text) && Uri::parse(text.as_str()).is_err() => {
            Some(Finding::lint(
                "malformed-url",
                place,
                "this is no address that a request can go to",
                "write a whole URL, such as https://example.com/path, with special characters as %…",
            ))
        }
        _ => None,
    }
}

fn empty(what: &str, place: &Place<'_>) -> Finding {
    Finding::error("empty", place, format!("the {what} is empty"), "put something in, or leave the field out")
}
