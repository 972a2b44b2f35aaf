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
                "write one JSON object, or name a section or a URL",
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
        Json::String(text) if text.trim_start().starts_with('{') => match Json::parse(text) {
            Ok(document @ Json::Object(_)) => Some(Ok(Cow::Owned(document))),
            // A variable may stand anywhere in the text.
            Err(error) if !has_placeholder(text) => Some(Err(error.to_string())),
            _ => None,
        },
        _ => None,
    }
}
