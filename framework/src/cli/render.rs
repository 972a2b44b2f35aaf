//! `render`: the document of an agent.

use super::args::{DocumentFormat, Render};
use super::{CliError, address_url, print};
use crate::agent::render;
use crate::registry::{RegisteredAgent, Registry};
use crate::server::{Access, CallTokens, Credentials, Urls, public_url};
use crate::setup::Setup;

pub(super) fn run(setup: &Setup, args: &Render) -> Result<(), CliError> {
    let registry = Registry::load(setup)?;
    let agent = find(&registry, &args.agent)?;
    let access = Access::from_settings(setup.settings(), &registry)?;
    let mut credentials = Credentials::clone(access.of(&agent.name));
    let mut definition = agent.definition.clone();
    if !args.reveal {
        credentials = Credentials::new(credentials.user, "****");
        definition = definition.masked();
    }
    let agent_id = args.agent_id.as_deref().unwrap_or(&agent.name);
    let urls = urls(setup, agent, &credentials, agent_id)?;
    let document = render::document(&definition, &registry, &urls);
    match args.format {
        DocumentFormat::Json => print(&serde_json::to_string_pretty(&document)?),
        // `print` ends the last line.
        DocumentFormat::Yaml => print(document.to_yaml().trim_end_matches('\n')),
    }
    Ok(())
}

/// The URLs of an agent as the server puts them into a document that no call asks for.
pub(super) fn urls(
    setup: &Setup,
    agent: &RegisteredAgent,
    credentials: &Credentials,
    agent_id: &str,
) -> Result<Urls, CliError> {
    let base = public_url(setup, &address_url(setup)?)?;
    let tokens = CallTokens::from_setup(setup)?;
    Ok(Urls::of(&base, credentials, agent, agent_id, &tokens, None))
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
