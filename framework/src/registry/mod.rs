//! All functions and agents that the program links, checked against each other at start-up.
//!
//! Whatever is wrong is found here, before the first call, and told with both places.

mod problem;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::agent::{AgentDefinition, AgentRegistration, ErasedAgent, render};
use crate::function::{ErasedFunction, FunctionRegistration, Parameters};
use crate::server::Urls;
use crate::setup::Setup;

pub use problem::{Origin, Problem, RegistryError};

/// Names that the platform itself uses for functions (SWML reference, `ai.SWAIG`), in any agent.
const RESERVED_FUNCTIONS: [&str; 15] = [
    "startup_hook",
    "hangup_hook",
    "summarize_conversation",
    "check_for_input",
    "check_time",
    "wait_seconds",
    "wait_for_user",
    "adjust_response_latency",
    "next_step",
    "change_context",
    "gather_submit",
    "get_visual_input",
    "get_ideal_strategy",
    "pause_conversation",
    "none",
];

/// Paths that the server itself answers.
const RESERVED_AGENTS: [&str; 4] = ["health", "ready", "metrics", "console"];

/// A function that is registered, and built where an agent mounts it and the server runs.
#[derive(Clone)]
pub(crate) struct RegisteredFunction {
    pub(crate) registration: FunctionRegistration,
    pub(crate) parameters: Arc<Parameters>,
    pub(crate) instance: Option<Arc<dyn ErasedFunction>>,
}

/// An agent that is registered and built.
pub(crate) struct RegisteredAgent {
    pub(crate) name: Arc<str>,
    #[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "pages and lists show it"))]
    pub(crate) registration: AgentRegistration,
    pub(crate) agent: Arc<dyn ErasedAgent>,
    pub(crate) definition: AgentDefinition,
}

impl RegisteredAgent {
    /// Whether its definition mounts the function.
    pub(crate) fn mounts(&self, function: &str) -> bool {
        self.definition.mounts().iter().any(|mount| mount.name() == function)
    }
}

/// All functions and agents.
pub(crate) struct Registry {
    functions: BTreeMap<&'static str, RegisteredFunction>,
    agents: BTreeMap<&'static str, Arc<RegisteredAgent>>,
}

impl Registry {
    /// Collects what the program links, builds the agents and checks everything. Functions are not built yet.
    pub(crate) fn load(setup: &Setup) -> Result<Self, RegistryError> {
        Self::of(inventory::iter::<FunctionRegistration>(), inventory::iter::<AgentRegistration>(), setup)
    }

    fn of<'a>(
        functions: impl IntoIterator<Item = &'a FunctionRegistration>,
        agents: impl IntoIterator<Item = &'a AgentRegistration>,
        setup: &Setup,
    ) -> Result<Self, RegistryError> {
        let mut problems = Vec::new();
        let functions = unique(
            "function",
            functions.into_iter().map(|it| (it.name, it.origin, it)),
            &RESERVED_FUNCTIONS,
            &mut problems,
        );
        let agents = unique(
            "agent",
            agents.into_iter().map(|it| (it.name, it.origin, it)),
            &RESERVED_AGENTS,
            &mut problems,
        );

        let mut registry = Self { functions: BTreeMap::new(), agents: BTreeMap::new() };
        for (name, registration) in functions {
            match (registration.parameters)() {
                Ok(parameters) => {
                    let parameters = Arc::new(parameters);
                    registry.functions.insert(
                        name,
                        RegisteredFunction { registration: *registration, parameters, instance: None },
                    );
                }
                Err(source) => {
                    problems.push(Problem::Arguments { name, origin: registration.origin, source });
                }
            }
        }
        for (name, registration) in agents {
            match (registration.build)(setup) {
                Ok(agent) => {
                    let definition = agent.define();
                    registry.check(registration, &definition, &mut problems);
                    let agent =
                        RegisteredAgent { name: name.into(), registration: *registration, agent, definition };
                    registry.agents.insert(name, Arc::new(agent));
                }
                Err(source) => {
                    problems.push(Problem::Build {
                        kind: "agent",
                        name,
                        origin: registration.origin,
                        source,
                    });
                }
            }
        }
        // A document is only whole when all that it mounts is there.
        if problems.is_empty() {
            for agent in registry.agents.values() {
                registry.check_document(agent, &mut problems);
            }
        }
        if problems.is_empty() { Ok(registry) } else { Err(RegistryError { problems }) }
    }

    fn check(&self, agent: &AgentRegistration, definition: &AgentDefinition, problems: &mut Vec<Problem>) {
        let (name, origin) = (agent.name, agent.origin);
        for (place, mount) in definition.mounts().iter().enumerate() {
            let function = mount.name().to_owned();
            if definition.mounts()[..place].iter().any(|other| other.name() == function) {
                problems.push(Problem::MountedTwice { agent: name, origin, function });
            } else if !self.functions.contains_key(mount.name())
                && !problems
                    .iter()
                    .any(|it| matches!(it, Problem::Arguments { name, .. } if *name == function))
            {
                let known = self.functions.keys().copied().collect::<Vec<_>>().join(", ");
                let known = if known.is_empty() { "none".to_owned() } else { known };
                problems.push(Problem::UnknownFunction { agent: name, origin, function, known });
            } else if let Some(starts_with) = self.step_up(mount.name())
                && !definition.mounts().iter().any(|other| other.name() == starts_with)
            {
                problems.push(Problem::StepUp { agent: name, origin, function, starts_with });
            }
        }
    }

    /// The function that a guarded function's verification starts with.
    fn step_up(&self, function: &str) -> Option<&'static str> {
        Some(self.functions.get(function)?.registration.step_up?.starts_with())
    }

    /// Checks the document that the platform would get. What only the engine knows is the author's own choice.
    fn check_document(&self, agent: &RegisteredAgent, problems: &mut Vec<Problem>) {
        let AgentRegistration { name, origin, .. } = agent.registration;
        let document = render::document(&agent.definition, self, &Urls::example(name));
        let findings = document.check().findings.into_iter();
        let refused = findings.filter(|finding| finding.is_error() && finding.code != "engine-only");
        problems.extend(refused.map(|finding| Problem::Document { agent: name, origin, finding }));
    }

    /// Builds every function that an agent mounts. One that nobody mounts is not built: its settings need not be there.
    pub(crate) fn build_functions(&mut self, setup: &Setup) -> Result<(), RegistryError> {
        let mut problems = Vec::new();
        for (name, function) in &mut self.functions {
            if !self.agents.values().any(|agent| agent.mounts(name)) {
                continue;
            }
            match (function.registration.build)(setup, function.parameters.clone()) {
                Ok(instance) => function.instance = Some(instance),
                Err(source) => {
                    let origin = function.registration.origin;
                    problems.push(Problem::Build { kind: "function", name, origin, source });
                }
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(RegistryError { problems }) }
    }

    pub(crate) fn agent(&self, name: &str) -> Option<&Arc<RegisteredAgent>> {
        self.agents.get(name)
    }

    /// The agents, by name.
    pub(crate) fn agents(&self) -> impl Iterator<Item = &Arc<RegisteredAgent>> {
        self.agents.values()
    }

    pub(crate) fn function(&self, name: &str) -> Option<&RegisteredFunction> {
        self.functions.get(name)
    }

    /// The functions, by name.
    #[cfg(feature = "cli")]
    pub(crate) fn functions(&self) -> impl Iterator<Item = &RegisteredFunction> {
        self.functions.values()
    }

    /// The names of all arguments, of all functions, that must not be seen.
    pub(crate) fn sensitive_arguments(&self) -> impl Iterator<Item = &str> {
        self.functions.values().flat_map(|function| function.parameters.sensitive()).map(String::as_str)
    }
}

/// Sorts registrations by name, and finds names that clash, are reserved, or are not names.
fn unique<'a, T>(
    kind: &'static str,
    registrations: impl Iterator<Item = (&'static str, Origin, &'a T)>,
    reserved: &[&str],
    problems: &mut Vec<Problem>,
) -> BTreeMap<&'static str, &'a T> {
    let mut found: BTreeMap<&'static str, (Origin, &'a T)> = BTreeMap::new();
    for (name, origin, registration) in registrations {
        if !is_name(name) {
            problems.push(Problem::Name { kind, name, origin });
        } else if reserved.contains(&name) {
            problems.push(Problem::Reserved { kind, name, origin });
        } else if let Some((first, _)) = found.get(name) {
            problems.push(Problem::Clash { kind, name, first: *first, second: origin });
        } else {
            found.insert(name, (origin, registration));
        }
    }
    found.into_iter().map(|(name, (_, registration))| (name, registration)).collect()
}

/// `^[A-Za-z_][A-Za-z0-9_]*$`
fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}
