//! What a check comes back with.

use serde::Serialize;

use super::place::Place;
use crate::swml::json::Json;

/// The code of findings about what the platform reads and the published schema refuses.
pub(super) const ENGINE_ONLY: &str = "engine-only";

/// The outcome of a check.
///
/// ```
/// use swaig::swml::{Answer, Document};
///
/// let report = Document::new().step(Answer::new()).check();
/// assert!(report.is_valid() && report.findings.is_empty());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// What was found, in the order of the document.
    pub findings: Vec<Finding>,
}

/// One thing that was found.
///
/// ```
/// use swaig::swml::{Document, Goto};
///
/// let report = Document::new().step(Goto::new("nowhere")).check();
/// let finding = &report.findings[0];
/// assert_eq!((finding.is_error(), finding.path.as_str()), (true, "/sections/main/0/goto/label"));
/// println!("{}; {}", finding.message, finding.remedy);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// What it is, for programs: a fixed word such as `unknown-field`.
    pub code: &'static str,
    /// Where it is, as a JSON pointer; empty for the document itself.
    pub path: String,
    /// What is wrong. Values of the document that may be secret are not repeated.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
}

/// How bad a finding is.
///
/// ```
/// use swaig::swml::check::Severity;
///
/// assert!(Severity::Error > Severity::Lint);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Severity {
    /// The platform takes it, but it should be otherwise.
    Lint,
    /// The platform refuses it, or the call fails when it comes there.
    Error,
}

impl Report {
    pub(super) fn new(document: &Json, mut findings: Vec<Finding>) -> Self {
        // Stable, so that findings at one place stay in the order in which they were found.
        findings.sort_by_cached_key(|finding| position(document, &finding.path));
        Self { findings }
    }

    /// Whether the platform takes the document: there are no errors.
    pub fn is_valid(&self) -> bool {
        !self.findings.iter().any(Finding::is_error)
    }

    /// The errors.
    pub fn errors(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.is_error())
    }

    /// The lints.
    pub fn lints(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| !finding.is_error())
    }
}

impl Finding {
    pub(super) fn error(
        code: &'static str,
        place: &Place<'_>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        let (message, remedy) = (message.into(), remedy.into());
        Self { severity: Severity::Error, code, path: place.to_string(), message, remedy }
    }

    pub(super) fn lint(
        code: &'static str,
        place: &Place<'_>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self { severity: Severity::Lint, ..Self::error(code, place, message, remedy) }
    }

    /// Whether it is an error.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// The place of a path in the document's own order, as the index of the member at each level.
fn position(document: &Json, path: &str) -> Vec<usize> {
    let mut json = Some(document);
    path.split('/')
        .skip(1)
        .map(|token| {
            let key = token.replace("~1", "/").replace("~0", "~");
            let (index, next) = match json {
                Some(Json::Object(members)) => match members.get_full(&key) {
                    Some((index, _, value)) => (index, Some(value)),
                    None => (usize::MAX, None),
                },
                Some(Json::Array(items)) => match key.parse::<usize>() {
                    Ok(index) => (index, items.get(index)),
                    Err(_) => (usize::MAX, None),
                },
                _ => (usize::MAX, None),
            };
            json = next;
            index
        })
        .collect()
}
