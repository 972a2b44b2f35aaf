//! All functions and agents that the program links, checked against each other at start-up.
//!
//! Whatever is wrong is found here, before the first call, and told with both places.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::agent::{AgentDefinition, AgentRegistration, ErasedAgent, render};
use crate::function::parameters::SchemaError;
use crate::function::{ErasedFunction, FunctionRegistration, Parameters};
use crate::server::Urls;
use crate::setup::{Setup, SetupError};
use crate::swml::check::Finding;

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

/// Where a function or an agent was registered.
#[derive(Clone, Copy)]
pub struct Origin {
    pub(crate) type_name: fn() -> &'static str,
    pub(crate) krate: &'static str,
    pub(crate) file: &'static str,
    pub(crate) line: u32,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (crate {}, {}:{})", (self.type_name)(), self.krate, self.file, self.line)
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What is wrong with a registration.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// Two of one kind share a name.
    #[error("two {kind}s are named {name:?}: {first} and {second}; rename one of them")]
    Clash {
        /// `function` or `agent`.
        kind: &'static str,
        /// The name.
        name: &'static str,
        /// Where it was registered first.
        first: Origin,
        /// Where it was registered again.
        second: Origin,
    },
    /// A name that the platform or the server uses itself.
    #[error("the {kind} name {name:?} of {origin} is reserved; choose another one")]
    Reserved {
        /// `function` or `agent`.
        kind: &'static str,
        /// The name.
        name: &'static str,
        /// Where it was registered.
        origin: Origin,
    },
    /// A name that cannot be one.
    #[error(
        "the {kind} name {name:?} of {origin} is not valid: a name starts with a letter or an underscore and goes on with letters, digits and underscores"
    )]
    Name {
        /// `function` or `agent`.
        kind: &'static str,
        /// The name.
        name: &'static str,
        /// Where it was registered.
        origin: Origin,
    },
    /// The type of the arguments has no SWML form.
    #[error("the arguments of the function {name:?}, {origin}, cannot be described to the model")]
    Arguments {
        /// The function.
        name: &'static str,
        /// Where it was registered.
        origin: Origin,
        /// Why not.
        source: SchemaError,
    },
    /// An agent mounts a function that nobody registered.
    #[error(
        "the agent {agent:?}, {origin}, mounts the function {function:?}, which is not registered (registered: {known}); check the spelling, or link its crate with `use the_crate as _;`"
    )]
    UnknownFunction {
        /// The agent.
        agent: &'static str,
        /// Where it was registered.
        origin: Origin,
        /// The function.
        function: String,
        /// The names that would do.
        known: String,
    },
    /// An agent mounts a function twice.
    #[error("the agent {agent:?}, {origin}, mounts the function {function:?} twice; remove one")]
    MountedTwice {
        /// The agent.
        agent: &'static str,
        /// Where it was registered.
        origin: Origin,
        /// The function.
        function: String,
    },
    /// The agent's document holds something that the platform would refuse, or that leads nowhere.
    #[error("the document of the agent {agent:?}, {origin}, is not valid at {}: {}; {}", finding.path, finding.message, finding.remedy)]
    Document {
        /// The agent.
        agent: &'static str,
        /// Where it was registered.
        origin: Origin,
        /// What is wrong, where, and what to do.
        finding: Finding,
    },
    /// A function or an agent could not be built.
    #[error("the {kind} {name:?}, {origin}, could not be built")]
    Build {
        /// `function` or `agent`.
        kind: &'static str,
        /// Its name.
        name: &'static str,
        /// Where it was registered.
        origin: Origin,
        /// Why.
        source: SetupError,
    },
}

/// All that is wrong, at once.
#[derive(Debug)]
pub struct RegistryError {
    /// The problems, at least one.
    pub problems: Vec<Problem>,
}

impl std::error::Error for RegistryError {}

impl fmt::Display for RegistryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the functions and agents of this program do not fit together")?;
        for problem in &self.problems {
            write!(f, "\n  - {problem}")?;
            let mut cause = std::error::Error::source(problem);
            while let Some(error) = cause {
                write!(f, ": {error}")?;
                cause = error.source();
            }
        }
        Ok(())
    }
}

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
            }
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::swml::ai::{Context, ContextStep, Contexts, Prompt};
    use crate::{Agent, Call, Function, FunctionError, Reply, async_trait};

    #[derive(serde::Deserialize, schemars::JsonSchema)]
    struct NoArguments {}

    /// A function of this name with these arguments, that needs a setting.
    macro_rules! function {
        ($type:ident, $name:literal, $arguments:ty) => {
            struct $type;
            #[async_trait]
            impl Function for $type {
                const NAME: &'static str = $name;
                const DESCRIPTION: &'static str = "A test";
                type Args = $arguments;
                fn build(setup: &Setup) -> Result<Self, SetupError> {
                    setup.require("NEEDED").map(|_| Self)
                }
                async fn call(&self, _: $arguments, _: &Call) -> Result<Reply, FunctionError> {
                    Ok(Reply::text("done"))
                }
            }
        };
    }

    /// An agent of this name that mounts these functions and names these in a step.
    macro_rules! agent {
        ($type:ident, $name:literal, [$($mounted:literal),*], [$($in_step:literal),*]) => {
            struct $type;
            impl Agent for $type {
                const NAME: &'static str = $name;
                fn build(_: &Setup) -> Result<Self, SetupError> {
                    Ok(Self)
                }
                fn define(&self) -> AgentDefinition {
                    let step = ContextStep::text("only", "Help.").functions(Vec::<String>::from([$($in_step.to_owned()),*]));
                    let prompt = Prompt::text("Hello").contexts(Contexts::new(Context::new([step])));
                    AgentDefinition::new(prompt)$(.function($mounted))*
                }
            }
        };
    }

    fn load(functions: &[FunctionRegistration], agents: &[AgentRegistration]) -> Result<Registry, String> {
        Registry::of(functions, agents, &Setup::test([("X", "y")])).map_err(|error| error.to_string())
    }

    #[track_caller]
    fn assert_refused(functions: &[FunctionRegistration], agents: &[AgentRegistration], expected: &[&str]) {
        let Err(error) = load(functions, agents) else { panic!("it was accepted") };
        for part in expected {
            assert!(error.contains(part), "{part} is not in: {error}");
        }
    }

    #[test]
    fn a_clash_names_type_crate_file_and_line_of_both() {
        function!(First, "pay", NoArguments);
        function!(Second, "pay", NoArguments);
        let first = FunctionRegistration::of::<First>("bank", "src/first.rs", 7);
        let second = FunctionRegistration::of::<Second>("shop", "src/second.rs", 9);
        assert_refused(
            &[first, second],
            &[],
            &[
                "two functions are named \"pay\"",
                "First (crate bank, src/first.rs:7)",
                "Second (crate shop, src/second.rs:9)",
            ],
        );
        agent!(One, "desk", [], []);
        let one = AgentRegistration::of::<One>("a", "a.rs", 1);
        assert_refused(&[], &[one, one], &["two agents are named \"desk\"", "a.rs:1"]);
    }

    #[test]
    fn names_that_are_reserved_or_no_names_are_refused_all_at_once() {
        function!(Hook, "startup_hook", NoArguments);
        function!(Dash, "send-mfa", NoArguments);
        agent!(Health, "health", [], []);
        assert_refused(
            &[
                FunctionRegistration::of::<Hook>("a", "h.rs", 1),
                FunctionRegistration::of::<Dash>("a", "d.rs", 2),
            ],
            &[AgentRegistration::of::<Health>("a", "g.rs", 3)],
            &[
                "\"startup_hook\" of",
                "reserved",
                "\"send-mfa\" of",
                "starts with a letter",
                "the agent name \"health\"",
            ],
        );
    }

    #[test]
    fn an_agent_can_only_mount_and_name_what_is_there() {
        function!(Known, "known", NoArguments);
        agent!(Lost, "lost", ["unknwon", "known", "known"], ["known", "elsewhere"]);
        assert_refused(
            &[FunctionRegistration::of::<Known>("a", "k.rs", 1)],
            &[AgentRegistration::of::<Lost>("a", "l.rs", 2)],
            &[
                "mounts the function \"unknwon\", which is not registered (registered: known)",
                "mounts the function \"known\" twice",
            ],
        );
        agent!(Astray, "astray", ["known"], ["known", "elsewhere"]);
        assert_refused(
            &[FunctionRegistration::of::<Known>("a", "k.rs", 1)],
            &[AgentRegistration::of::<Astray>("a", "s.rs", 3)],
            &[
                "\"astray\"",
                "s.rs:3",
                "/sections/main/1/ai/prompt/contexts/default/steps/0/functions/1",
                "elsewhere",
            ],
        );
    }

    #[test]
    fn a_recursive_type_is_refused_with_the_function_that_has_it() {
        #[derive(serde::Deserialize, schemars::JsonSchema)]
        struct Node {
            #[expect(dead_code, reason = "only its type matters")]
            next: Option<Box<Node>>,
        }
        function!(Walk, "walk", Node);
        assert_refused(
            &[FunctionRegistration::of::<Walk>("a", "w.rs", 1)],
            &[],
            &["\"walk\"", "w.rs:1", "recursive"],
        );
    }

    #[test]
    fn only_mounted_functions_are_built_and_a_missing_setting_is_named() {
        function!(Idle, "idle", NoArguments);
        function!(Used, "used", NoArguments);
        agent!(Bare, "bare", [], []);
        agent!(Busy, "busy", ["used"], []);
        let functions = [
            FunctionRegistration::of::<Idle>("a", "i.rs", 1),
            FunctionRegistration::of::<Used>("a", "u.rs", 2),
        ];
        let agents =
            [AgentRegistration::of::<Bare>("a", "b.rs", 3), AgentRegistration::of::<Busy>("a", "c.rs", 4)];
        let setup = Setup::test([("X", "y")]);
        let mut registry = Registry::of(&functions, &agents[..1], &setup).unwrap();
        assert!(registry.build_functions(&setup).is_ok());
        let mut registry = Registry::of(&functions, &agents, &setup).unwrap();
        let error = registry.build_functions(&setup).unwrap_err().to_string();
        assert!(error.contains("\"used\"") && error.contains("NEEDED is missing"), "{error}");
        assert!(!error.contains("idle"), "{error}");
        let setup = Setup::test([("NEEDED", "y")]);
        assert!(registry.build_functions(&setup).is_ok());
    }
}
