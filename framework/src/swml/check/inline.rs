//! Documents that stand as text where a destination is named.

use std::borrow::Cow;

use super::place::Place;
use super::report::{Finding, Report};
use super::walk::StepAt;
use super::whole;
use crate::swml::dynamic::has_placeholder;
use crate::swml::json::Json;

/// The verbs and their fields that take a document as text (SWML reference, `execute.dest` and the like).
const FIELDS: &[(&str, &str)] = &[
    ("connect", "transfer_after_bridge"),
    ("enter_queue", "transfer_after_bridge"),
    ("execute", "dest"),
    ("transfer", "dest"),
];

/// Checks the documents in one step. Their findings stand at the pointer of the field, with the pointer into the
/// document behind it.
pub(super) fn check(step: &StepAt<'_>, findings: &mut Vec<Finding>) {
    let fields = FIELDS.iter().filter(|(verb, _)| *verb == step.verb);
    for (_, field) in fields {
        let Some(value) = step.body.get(field) else { continue };
        let step = Place::At(&step.place);
        let place = step.key(field);
        match read(value) {
            Some(Ok(document)) => {
                let report = Report::new(&document, whole(&document, true));
                findings.extend(report.findings.into_iter().map(|finding| Finding {
                    path: format!("{place}{}", finding.path),
                    message: format!("in the document in `{field}`: {}", finding.message),
                    ..finding
                }));
            }
            Some(Err(reason)) => findings.push(Finding::lint(
                "unreadable-document",
                &place,
                format!("the text begins like a document but cannot be read: {reason}"),
                "write one object in JSON or YAML, or name a section or a URL",
            )),
            None => {}
        }
    }
}

/// The document in a field; `None` when there is something else, such as the name of a section.
fn read(value: &Json) -> Option<Result<Cow<'_, Json>, String>> {
    match value {
        // The published schema wants it as text, which is a finding of its own.
        Json::Object(_) => Some(Ok(Cow::Borrowed(value))),
        Json::String(text) if is_like_a_document(text) => {
            // What both refuse is told in YAML's words only where it cannot have been meant as JSON.
            let json = Json::parse(text).map_err(|error| error.to_string());
            let parsed = json.or_else(|reason| {
                let is_json = text.trim_start().starts_with('{');
                Json::parse_yaml(text).map_err(|error| if is_json { reason } else { error.to_string() })
            });
            match parsed {
                Ok(document @ Json::Object(_)) => Some(Ok(Cow::Owned(document))),
                // A variable may stand anywhere in the text.
                Err(reason) if !has_placeholder(text) => Some(Err(reason)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Whether a text is a document in JSON or YAML rather than a name or an address.
pub(super) fn is_like_a_document(text: &str) -> bool {
    text.trim_start().starts_with('{') || text.contains('\n')
}
