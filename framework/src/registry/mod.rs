//! All functions and agents that the program links, checked against each other at start-up.
//!
//! Whatever is wrong is found here, before the first call, and told with both places.

mod chosen;
mod problem;
#[cfg(test)]
mod tests;
pub(crate) mod watched;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::agent::{
    AgentDefinition, AgentRegistration, DataMapFunction, ErasedAgent, Mount, Reading, render,
};
use crate::function::{ErasedFunction, FunctionRegistration, Parameters};
use crate::remote::{IncludeError, RemoteFunctions};
use crate::server::Urls;
use crate::setup::Setup;
use watched::Watched;

pub use problem::{Origin, Problem, RegistryError};

/// Names that the platform itself uses for functions (SWML reference, `ai.SWAIG`), in any agent.
pub(crate) const RESERVED_FUNCTIONS: [&str; 15] = [
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

/// The longest deadline of a function: the platform gives up after about 10 s, and the reply has to travel.
const LONGEST_DEADLINE: Duration = Duration::from_secs(9);

/// A function that is registered, and built where an agent mounts it and the server runs.
#[derive(Clone)]
pub(crate) struct RegisteredFunction {
    pub(crate) registration: FunctionRegistration,
    pub(crate) parameters: Arc<Parameters>,
    pub(crate) instance: Option<Arc<dyn ErasedFunction>>,
}

/// An agent that is registered and built.
#[derive(Clone)]
pub(crate) struct RegisteredAgent {
    pub(crate) name: Arc<str>,
    pub(crate) registration: AgentRegistration,
    pub(crate) agent: Arc<dyn ErasedAgent>,
    pub(crate) definition: AgentDefinition,
    /// Where the files of its prompts are watched.
    watched: Option<Arc<Watched>>,
}

impl RegisteredAgent {
    /// Whether its definition mounts the function.
    pub(crate) fn mounts(&self, function: &str) -> bool {
        self.mount(function).is_some()
    }

    /// The function as its definition mounts it.
    pub(crate) fn mount(&self, function: &str) -> Option<&Mount> {
        self.definition.mounts().iter().find(|mount| mount.name() == function)
    }

    /// Whether its definition includes these functions of another server.
    pub(crate) fn includes(&self, functions: &RemoteFunctions) -> bool {
        self.definition.includes().iter().any(|include| functions.is_part_of(include))
    }
}

/// All functions and agents.
pub(crate) struct Registry {
    functions: BTreeMap<&'static str, RegisteredFunction>,
    agents: BTreeMap<&'static str, Arc<RegisteredAgent>>,
    /// Agents that are linked and not served.
    #[cfg_attr(not(any(feature = "cli", feature = "console")), allow(dead_code, reason = "lists show it"))]
    not_chosen: Vec<AgentRegistration>,
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

        // A setting that is neither is told where the server starts.
        let watch = setup.flag(watched::WATCH).unwrap_or_default();
        let (agents, not_chosen) = chosen::choose(agents, setup, &mut problems);
        let mut registry = Self { functions: BTreeMap::new(), agents: BTreeMap::new(), not_chosen };
        for (name, registration) in functions {
            check_bounds(registration, &mut problems);
            match (registration.parameters)() {
                Ok(parameters) => {
                    let parameters = Arc::new(parameters);
                    registry.functions.insert(
                        name,
                        RegisteredFunction { registration: *registration, parameters, instance: None },
                    );
                }
                Err(source) => {
                    let (name, source) = (name.into(), Arc::new(source));
                    problems.push(Problem::Arguments { name, origin: registration.origin, source });
                }
            }
        }
        for (name, registration) in agents {
            match (registration.build)(setup) {
                Ok(agent) => {
                    let (definition, watched) = match define(&*agent, watch) {
                        Ok(defined) => defined,
                        Err((path, source)) => {
                            let (origin, path) = (registration.origin, path.display().to_string());
                            problems.push(Problem::PromptFile { agent: name, origin, path, source });
                            continue;
                        }
                    };
                    registry.check(registration, &definition, &mut problems);
                    let (registration, name) = (*registration, name.into());
                    let agent = RegisteredAgent { name, registration, agent, definition, watched };
                    registry.agents.insert(registration.name, Arc::new(agent));
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
                registry.check_document(agent, &agent.definition, &mut problems);
            }
        }
        if problems.is_empty() { Ok(registry) } else { Err(RegistryError { problems }) }
    }

    fn check(&self, agent: &AgentRegistration, definition: &AgentDefinition, problems: &mut Vec<Problem>) {
        let (name, origin) = (agent.name, agent.origin);
        for (place, mount) in definition.mounts().iter().enumerate() {
            let function = mount.name().to_owned();
            if let Some(other) = definition.mounts()[..place].iter().find(|other| other.name() == function) {
                let (first, second) = (origin.at(other.place()), origin.at(mount.place()));
                problems.push(Problem::MountedTwice { agent: name, function, first, second });
            } else if let Some(data_map) = mount.data_map() {
                check_data_map(data_map, origin.at(mount.place()), problems);
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
        let mut taken: Vec<&str> = definition.own_functions().collect();
        for include in definition.includes() {
            let mut found = Vec::from_iter(include.problem());
            for function in include.names() {
                if RESERVED_FUNCTIONS.contains(&function.as_str()) {
                    found.push(IncludeError::Reserved { function: function.clone() });
                } else if taken.contains(&function.as_str()) {
                    found.push(IncludeError::Clash { function: function.clone() });
                }
                taken.push(function);
            }
            let url = include.shown();
            problems.extend(found.into_iter().map(|source| Problem::Include {
                agent: name,
                origin,
                url: url.clone(),
                source,
            }));
        }
    }

    /// The function that a guarded function's verification starts with.
    fn step_up(&self, function: &str) -> Option<&'static str> {
        Some(self.functions.get(function)?.registration.step_up?.starts_with())
    }

    /// Checks the document that the platform would get. What only the engine knows is the author's own choice.
    fn check_document(
        &self,
        agent: &RegisteredAgent,
        definition: &AgentDefinition,
        problems: &mut Vec<Problem>,
    ) {
        let AgentRegistration { name, origin, .. } = agent.registration;
        let document = render::document(definition, self, &Urls::example(name));
        let findings = document.check().findings.into_iter();
        let refused = findings.filter(|finding| finding.is_error() && finding.code != "engine-only");
        problems.extend(refused.map(|finding| Problem::Document { agent: name, origin, finding }));
    }

    /// Builds every function that an agent mounts. One that nobody mounts is not built: its settings need not be there.
    pub(crate) fn build_functions(&mut self, setup: &Setup) -> Result<(), RegistryError> {
        let mut problems = Vec::new();
        for (name, function) in &mut self.functions {
            let runs =
                |agent: &Arc<RegisteredAgent>| agent.mount(name).is_some_and(|mount| !mount.is_data_map());
            if !self.agents.values().any(runs) {
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

    /// Takes functions of another server away from an agent.
    pub(crate) fn leave_out(&mut self, agent: &str, include: &RemoteFunctions) {
        if let Some(agent) = self.agents.get_mut(agent) {
            Arc::make_mut(agent).definition.leave_out(include);
        }
    }

    pub(crate) fn agent(&self, name: &str) -> Option<&Arc<RegisteredAgent>> {
        self.agents.get(name)
    }

    /// The agents that are linked and not served, by name (`SWAIG_AGENTS`).
    #[cfg(any(feature = "cli", feature = "console"))]
    pub(crate) fn not_chosen(&self) -> &[AgentRegistration] {
        &self.not_chosen
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
        let registered = self.functions.values().flat_map(|function| function.parameters.sensitive());
        let mounts = self.agents.values().flat_map(|agent| agent.definition.mounts());
        let data_maps = mounts.filter_map(Mount::data_map).flat_map(DataMapFunction::sensitive);
        registered.chain(data_maps).map(String::as_str)
    }
}

/// Makes a definition, with the files of its prompts as they are now where they are watched.
fn define(agent: &dyn ErasedAgent, watch: bool) -> Result<Defined, (PathBuf, std::io::Error)> {
    if !watch {
        return Ok((agent.define(), None));
    }
    let (definition, reading) = Reading::during(|| agent.define());
    let watched = Arc::new(Watched::of(&reading));
    reading.failed.map_or(Ok((definition, Some(watched))), Err)
}

type Defined = (AgentDefinition, Option<Arc<Watched>>);

/// Sorts registrations by name, and finds names that clash, are reserved, or are not names.
fn unique<'a, T>(
    kind: &'static str,
    registrations: impl Iterator<Item = (&'static str, Origin, &'a T)>,
    reserved: &[&str],
    problems: &mut Vec<Problem>,
) -> BTreeMap<&'static str, &'a T> {
    let mut found: BTreeMap<&'static str, (Origin, &'a T)> = BTreeMap::new();
    for (name, origin, registration) in registrations {
        if let Some(problem) = unusable(kind, name, origin, reserved) {
            problems.push(problem);
        } else if let Some((first, _)) = found.get(name) {
            problems.push(Problem::Clash { kind, name, first: *first, second: origin });
        } else {
            found.insert(name, (origin, registration));
        }
    }
    found.into_iter().map(|(name, (_, registration))| (name, registration)).collect()
}

/// What is wrong with a name: it is none, or it is taken.
fn unusable(
    kind: &'static str,
    name: impl Into<Cow<'static, str>>,
    origin: Origin,
    reserved: &[&str],
) -> Option<Problem> {
    let name = name.into();
    if !is_name(&name) {
        Some(Problem::Name { kind, name, origin })
    } else if reserved.contains(&&*name) {
        Some(Problem::Reserved { kind, name, origin })
    } else {
        None
    }
}

/// Checks the time and the places that a function asks for.
fn check_bounds(function: &FunctionRegistration, problems: &mut Vec<Problem>) {
    let FunctionRegistration { name, origin, deadline, .. } = *function;
    if deadline.is_zero() || deadline > LONGEST_DEADLINE {
        problems.push(Problem::Deadline { name, origin, deadline, longest: LONGEST_DEADLINE });
    }
    if function.max_concurrent == Some(0) {
        problems.push(Problem::NeverRuns { name, origin });
    }
}

/// Checks a function that stands in an agent's definition instead of being registered.
fn check_data_map(function: &DataMapFunction, origin: Origin, problems: &mut Vec<Problem>) {
    let name = function.name().to_owned();
    problems.extend(unusable("function", name.clone(), origin, &RESERVED_FUNCTIONS));
    if let Some(source) = function.problem() {
        problems.push(Problem::Arguments { name: name.into(), origin, source: source.clone() });
    }
}

/// `^[A-Za-z_][A-Za-z0-9_]*$`
fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}
