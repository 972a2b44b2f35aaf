//! The checker: what the platform refuses in a document, and what it would take but should not be there.
//!
//! [`check`] walks the tables of the document's types, so that whatever the builders know, the checker knows.
//! Its errors come from the published schema of SWML, from references that cannot be followed when the call
//! runs, and from what the reference requires in words. Lints are for what the platform takes.
//!
//! ```
//! use swaig::swml::check::Severity;
//! use swaig::swml::{Json, check};
//!
//! let document = Json::parse(
//!     r#"{"sections": {"main": [{"record_call": {"stereo": "true"}}, {"execute": {"dest": "goodbye"}}]}}"#,
//! )?;
//! let report = check(&document);
//! assert!(!report.is_valid());
//! let paths: Vec<_> = report.findings.iter().map(|finding| finding.path.as_str()).collect();
//! assert_eq!(paths, ["/sections/main/0/record_call/stereo", "/sections/main/1/execute/dest"]);
//! assert_eq!(report.findings[0].severity, Severity::Error);
//! assert_eq!(report.findings[0].remedy, "write true without quotes");
//! # Ok::<(), swaig::swml::JsonError>(())
//! ```

mod agent;
mod contexts;
mod credentials;
mod describe;
mod documented;
mod inline;
mod limits;
mod object;
mod place;
mod references;
mod report;
mod step;
mod suggest;
#[cfg(test)]
mod tests;
mod walk;

use super::json::Json;
use super::value::Kind;

pub use report::{Finding, Report, Severity};

/// Checks a document.
///
/// The findings stand in the order of their places in the document.
///
/// ```
/// use swaig::swml::Json;
/// use swaig::swml::check::check;
///
/// let document = Json::parse(r#"{"version": "1.0.0", "sections": {"main": [{"goto": {}}]}}"#)?;
/// let report = check(&document);
/// assert_eq!(report.errors().next().map(|finding| finding.path.as_str()), Some("/sections/main/0/goto"));
/// # Ok::<(), swaig::swml::JsonError>(())
/// ```
pub fn check(document: &Json) -> Report {
    Report::new(document, whole(document, false))
}

/// What is found in a document, `nested` when another one holds it.
fn whole(document: &Json, nested: bool) -> Vec<Finding> {
    let mut found = walk::structure(document, nested);
    references::check(&found.steps, &mut found.findings);
    for step in &found.steps {
        if ["ai", "ai_sidecar", "amazon_bedrock"].contains(&step.verb) {
            agent::check(step.body, &step.place, &mut found.findings);
        }
        documented::check(step, &mut found.findings);
        inline::check(step, &mut found.findings);
    }
    credentials::check(document, &mut found.findings);
    found.findings
}

/// Checks a value that stands alone, such as a definition of a function.
#[cfg_attr(
    not(feature = "server"),
    allow(dead_code, reason = "definitions of other servers are checked with it")
)]
pub(crate) fn check_value(kind: Kind, json: &Json) -> Report {
    Report::new(json, walk::value(kind, json).findings)
}

/// Whether a value is what the tables ask for.
pub(super) fn accepts(kind: Kind, json: &Json) -> bool {
    !walk::value(kind, json).findings.iter().any(Finding::is_error)
}

/// What the published schema has to say about a document, without references and lints of other sources.
#[cfg(test)]
pub(super) fn published(document: &Json) -> Vec<Finding> {
    walk::structure(document, false).findings.into_iter().filter(Finding::is_error).collect()
}
