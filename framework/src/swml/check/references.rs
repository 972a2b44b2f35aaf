//! References between the parts of a document: sections and labels.

use std::collections::HashSet;
use std::ptr;

use super::describe::list;
use super::inline::is_like_a_document;
use super::place::Place;
use super::report::Finding;
use super::suggest::did_you_mean;
use super::walk::StepAt;
use crate::swml::document::SECTIONS;
use crate::swml::dynamic::has_placeholder;
use crate::swml::json::Json;

/// Checks that sections and labels exist.
pub(super) fn check(steps: &[StepAt<'_>], findings: &mut Vec<Finding>) {
    let mut labels: HashSet<(*const Json, &str, &str)> = HashSet::new();
    for step in steps.iter().filter(|step| step.verb == "label") {
        let Some(label) = step.body.as_str() else { continue };
        if !labels.insert((ptr::from_ref(step.scope.document), step.scope.section, label)) {
            findings.push(Finding::lint(
                "duplicate-label",
                &Place::At(&step.place),
                format!("the section has the label `{label}` twice"),
                "give each label a name of its own",
            ));
        }
    }
    for step in steps {
        match step.verb {
            "goto" => {
                let known = |label: &str| {
                    labels.contains(&(ptr::from_ref(step.scope.document), step.scope.section, label))
                };
                findings.extend(goto(step, known));
            }
            "execute" | "transfer" => findings.extend(destination(step)),
            _ => {}
        }
    }
}

fn goto(step: &StepAt<'_>, known: impl Fn(&str) -> bool) -> Option<Finding> {
    let label = step.body.get("label")?.as_str()?;
    (!has_placeholder(label) && !known(label)).then(|| {
        Finding::error(
            "unknown-label",
            &Place::At(&step.place).key("label"),
            format!("the section `{}` has no label `{label}`", step.scope.section),
            "add the label to this section, or run another section with `execute` or `transfer`",
        )
    })
}

fn destination(step: &StepAt<'_>) -> Option<Finding> {
    let dest = step.body.get("dest")?.as_str()?;
    let sections = step.scope.document.get(SECTIONS)?.as_object()?;
    if !is_section_name(dest) || sections.contains_key(dest) {
        return None;
    }
    let names = || sections.keys().map(String::as_str);
    let remedy = did_you_mean(dest, names())
        .unwrap_or_else(|| format!("add the section, or choose one of {}", list(names())));
    let place = Place::At(&step.place);
    let make = if step.scope.nested { Finding::lint } else { Finding::error };
    Some(make("unknown-section", &place.key("dest"), format!("there is no section `{dest}`"), remedy))
}

/// A destination is the name of a section unless it is a URL, an address, a document as text, or not known
/// before the call runs.
fn is_section_name(dest: &str) -> bool {
    let is_document = is_like_a_document(dest) || dest.trim_start().starts_with('[');
    let is_address = dest.contains("://") || dest.starts_with('/');
    !has_placeholder(dest) && !is_document && !is_address
}
