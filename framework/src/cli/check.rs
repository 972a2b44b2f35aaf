//! `check`: what SignalWire would refuse in a document, and what should not be there.

use std::io::Read as _;
use std::path::Path;
use std::process::ExitCode;

use super::args::{Check, Format};
use super::{CliError, address_url, fetch, print, runtime};
use crate::agent::render;
use crate::registry::Registry;
use crate::server::{Credentials, Urls, public_url};
use crate::setup::Setup;
use crate::swml::Json;
use crate::swml::check::{Report, check};

/// The exit status of a document with errors.
const INVALID: u8 = 1;

pub(super) fn run(setup: &Setup, args: &Check) -> Result<ExitCode, CliError> {
    let report = check(&document(setup, &args.document)?);
    match args.format {
        Format::Json => print(&serde_json::to_string_pretty(&serde_json::json!({
            "valid": report.is_valid(),
            "findings": report.findings,
        }))?),
        Format::Text => print(&as_text(&report)),
    }
    Ok(if report.is_valid() { ExitCode::SUCCESS } else { ExitCode::from(INVALID) })
}

/// The document at a URL, else that of a file, else that of an agent of this name; `-` is standard input.
fn document(setup: &Setup, name: &str) -> Result<Json, CliError> {
    let unreadable = |source| CliError::Unreadable { name: name.to_owned(), source };
    if fetch::is_url(name) {
        let (name, text) = runtime()?.block_on(fetch::fetch(name))?;
        return Json::parse(&text).map_err(|source| CliError::NotADocument { name, source });
    }
    let text = if name == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map_err(unreadable)?;
        text
    } else if Path::new(name).exists() {
        std::fs::read_to_string(name).map_err(unreadable)?
    } else {
        // An agent's document is checked at start-up too: `load` fails on what is refused, and lints are left for here.
        let registry = Registry::load(setup)?;
        let Some(agent) = registry.agent(name) else {
            let known = registry.agents().map(|agent| agent.name.to_string()).collect::<Vec<_>>().join(", ");
            return Err(CliError::NothingToCheck { name: name.to_owned(), known });
        };
        let base = public_url(setup, &address_url(setup)?)?;
        let credentials = Credentials::new("signalwire", "****");
        let urls = Urls::new(&base, &credentials, &agent.name, &agent.name);
        return Ok(render::document(&agent.definition, &registry, &urls).into());
    };
    Json::parse(&text).map_err(|source| CliError::NotADocument { name: name.to_owned(), source })
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
