//! What `check` looks at: the document of an agent, of a file, of a URL, or of standard input.

use std::io::Read as _;
use std::path::Path;

use super::render::urls;
use super::{CliError, fetch, runtime};
use crate::agent::render;
use crate::registry::Registry;
use crate::server::Credentials;
use crate::setup::Setup;
use crate::swml::{Json, JsonError};

/// The document that a name stands for: `-` is standard input, then comes a URL, then a file, then an agent.
pub(super) fn document(setup: &Setup, name: &str) -> Result<Json, CliError> {
    let unreadable = |source| CliError::Unreadable { name: name.to_owned(), source };
    if name == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map_err(unreadable)?;
        read(name, &text)
    } else if fetch::is_url(name) {
        let (shown, text) = runtime()?.block_on(fetch::fetch(name))?;
        read(&shown, &text)
    } else if Path::new(name).exists() {
        read(name, &std::fs::read_to_string(name).map_err(unreadable)?)
    } else {
        of_agent(setup, name)
    }
}

/// Reads a document: what is JSON as JSON, anything else as YAML.
fn read(name: &str, text: &str) -> Result<Json, CliError> {
    let JsonError::Syntax(as_json) = match Json::parse(text) {
        Ok(json) => return Ok(json),
        Err(error) => error,
    };
    let json = Json::parse_yaml(text).map_err(|as_yaml| CliError::NotADocument {
        name: name.to_owned(),
        as_json: as_json.to_string(),
        as_yaml,
    })?;
    // YAML takes much that JSON does not, such as a comma too many, and SignalWire may be told that this is JSON.
    if text.trim_start().starts_with(['{', '[']) {
        tracing::warn!("{name} looks like JSON but is not ({as_json}); it was read as YAML");
    }
    Ok(json)
}

/// The document of an agent. It is checked at start-up too: `load` fails on what is refused, and lints are left for
/// here.
fn of_agent(setup: &Setup, name: &str) -> Result<Json, CliError> {
    let registry = Registry::load(setup)?;
    let Some(agent) = registry.agent(name) else {
        let known = registry.agents().map(|agent| agent.name.to_string()).collect::<Vec<_>>().join(", ");
        return Err(CliError::NothingToCheck { name: name.to_owned(), known });
    };
    let credentials = Credentials::new("signalwire", "****");
    let urls = urls(setup, agent, &credentials, &agent.name)?;
    Ok(render::document(&agent.definition, &registry, &urls).into())
}
