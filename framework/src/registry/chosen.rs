//! Which of the linked agents are served.

use std::collections::BTreeMap;

use super::Problem;
use crate::agent::AgentRegistration;
use crate::setup::Setup;

/// The setting: names with commas between them, or [`ALL`].
const AGENTS: &str = "SWAIG_AGENTS";
/// Serves all that are linked.
const ALL: &str = "all";

/// The agents that are served, and those that are not. Without the setting it is all but those on request.
pub(super) fn choose<'a>(
    agents: BTreeMap<&'static str, &'a AgentRegistration>,
    setup: &Setup,
    problems: &mut Vec<Problem>,
) -> (BTreeMap<&'static str, &'a AgentRegistration>, Vec<AgentRegistration>) {
    let setting = setup.setting(AGENTS);
    let named: Option<Vec<&str>> = setting
        .as_deref()
        .map(|names| names.split(',').map(str::trim).filter(|name| !name.is_empty()).collect());
    for name in named.iter().flatten().filter(|name| **name != ALL) {
        if !agents.contains_key(name) {
            let known = agents.keys().copied().collect::<Vec<_>>().join(", ");
            problems.push(Problem::NoSuchAgent { name: (*name).to_owned(), known });
        }
    }
    let is_chosen = |agent: &AgentRegistration| match &named {
        Some(these) => these.contains(&ALL) || these.contains(&agent.name),
        None => !agent.on_request,
    };
    let (chosen, others): (BTreeMap<_, _>, BTreeMap<_, _>) =
        agents.into_iter().partition(|(_, agent)| is_chosen(agent));
    (chosen, others.into_values().copied().collect())
}
