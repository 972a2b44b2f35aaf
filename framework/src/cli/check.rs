//! `check`: what SignalWire would refuse in a document, and what should not be there.

use std::process::ExitCode;

use super::args::{Check, Format};
use super::{CliError, print, source};
use crate::setup::Setup;
use crate::swml::check::{Report, check};

/// The exit status of a document with errors.
const INVALID: u8 = 1;

pub(super) fn run(setup: &Setup, args: &Check) -> Result<ExitCode, CliError> {
    let report = check(&source::document(setup, &args.document)?);
    match args.format {
        Format::Json => print(&serde_json::to_string_pretty(&serde_json::json!({
            "valid": report.is_valid(),
            "findings": report.findings,
        }))?),
        Format::Text => print(&as_text(&report)),
    }
    Ok(if report.is_valid() { ExitCode::SUCCESS } else { ExitCode::from(INVALID) })
}

fn as_text(report: &Report) -> String {
    let mut lines: Vec<_> = report
        .findings
        .iter()
        .map(|finding| {
            let severity = if finding.is_error() { "error" } else { "lint" };
            let path = if finding.path.is_empty() { "/" } else { &finding.path };
            format!("{severity} at {path}: {} [{}]\n    {}", finding.message, finding.code, finding.remedy)
        })
        .collect();
    let (errors, hints) = (report.errors().count(), report.lints().count());
    let verdict = if errors == 0 { "valid" } else { "not valid" };
    lines.push(format!("{verdict} (errors: {errors}, lints: {hints})"));
    lines.join("\n")
}
