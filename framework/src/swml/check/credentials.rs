//! Credentials that stand before a URL instead of in it.

use super::place::Place;
use super::report::Finding;
use crate::swml::json::Json;

/// Looks at every text. `user:password@https://host/` is on many pages, and no client reads it.
pub(super) fn check(document: &Json, findings: &mut Vec<Finding>) {
    walk(document, &Place::Root, findings);
}

fn walk(json: &Json, place: &Place<'_>, findings: &mut Vec<Finding>) {
    match json {
        Json::String(text) if is_malformed(text) => findings.push(Finding::lint(
            "malformed-credentials",
            place,
            "the credentials stand before the URL",
            "write https://user:password@host/…",
        )),
        Json::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(item, &place.index(index), findings);
            }
        }
        Json::Object(members) => {
            for (key, value) in members {
                walk(value, &place.key(key), findings);
            }
        }
        _ => {}
    }
}

fn is_malformed(text: &str) -> bool {
    let before = text.split_once("@https://").or_else(|| text.split_once("@http://"));
    before.is_some_and(|(before, _)| !before.is_empty() && !before.contains(char::is_whitespace))
}
