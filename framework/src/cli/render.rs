//! `render`: the document of an agent.

use super::args::{DocumentFormat, Render};
use super::{CliError, address_url, print};
use crate::agent::render;
use crate::registry::{RegisteredAgent, Registry};
use crate::server::{Access, Credentials, Urls, public_url};
use crate::setup::Setup;

pub(super) fn run(setup: &Setup, args: &Render) -> Result<(), CliError> {
    let registry = Registry::load(setup)?;
    let agent = find(&registry, &args.agent)?;
    let base = public_url(setup, &address_url(setup)?)?;
    let mut credentials = Access::from_settings(setup.settings(), &registry)?.of(&agent.name).clone();
    let mut definition = agent.definition.clone();
    if !args.reveal {
        credentials = Credentials::new(credentials.user, "****");
        definition = definition.masked();
    }
    let agent_id = args.agent_id.as_deref().unwrap_or(&agent.name);
    let urls = Urls::new(&base, &credentials, &agent.name, agent_id);
    let document = render::document(&definition, &registry, &urls);
    match args.format {
        DocumentFormat::Json => print(&serde_json::to_string_pretty(&document)?),
        // `print` ends the last line.
        DocumentFormat::Yaml => print(document.to_yaml().trim_end_matches('\n')),
    }
    Ok(())
}

/// The agent of this name.
pub(super) fn find<'a>(
    registry: &'a Registry,
    name: &str,
) -> Result<&'a std::sync::Arc<RegisteredAgent>, CliError> {
    registry.agent(name).ok_or_else(|| CliError::UnknownAgent {
        name: name.to_owned(),
        known: registry.agents().map(|agent| agent.name.to_string()).collect::<Vec<_>>().join(", "),
    })
}
