//! What can be wrong with what a program registers, and where.

use std::borrow::Cow;
use std::fmt;
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

use crate::error_chain::chain;
use crate::function::parameters::SchemaError;
use crate::remote::IncludeError;
use crate::setup::SetupError;
use crate::swml::check::Finding;

/// Where a function or an agent was registered.
///
/// ```standalone_crate
/// use swaig::{Problem, Server, Setup, StartError};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let setup = Setup::test([("SWAIG_AGENTS", "all")]);
/// let Err(error) = Server::start(setup, "127.0.0.1:0").await else { panic!("it has no agents") };
/// if let StartError::Registry(error) = error {
///     for problem in error.problems {
///         if let Problem::Clash { first, second, .. } = problem {
///             println!("{first} and {second}"); // type, crate, file and line
///         }
///     }
/// }
/// # }
/// ```
#[derive(Clone, Copy)]
pub struct Origin {
    pub(crate) type_name: fn() -> &'static str,
    pub(crate) krate: &'static str,
    pub(crate) file: &'static str,
    pub(crate) line: u32,
}

impl Origin {
    /// Another place in the code of the same type.
    pub(crate) fn at(self, place: &'static Location<'static>) -> Self {
        Self { file: place.file(), line: place.line(), ..self }
    }
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
///
/// ```standalone_crate
/// use swaig::{Problem, Server, Setup, StartError};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// // An agent that this program does not link.
/// let setup = Setup::test([("SWAIG_AGENTS", "nobody")]);
/// let Err(StartError::Registry(error)) = Server::start(setup, "127.0.0.1:0").await else { panic!("it cannot start") };
/// assert!(matches!(&error.problems[0], Problem::NoSuchAgent { name, .. } if name == "nobody"));
/// # }
/// ```
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
    /// A prompt's file that is to be watched is not there.
    #[error(
        "the prompt of the agent {agent} ({origin}) cannot be read from {path}; --watch needs the files that the program was built from: start it without, or build it again"
    )]
    PromptFile {
        /// The agent's name.
        agent: &'static str,
        /// Where it was registered.
        origin: Origin,
        /// The file.
        path: String,
        /// Why not.
        source: std::io::Error,
    },
    /// `SWAIG_AGENTS` names an agent that is not linked.
    #[error("SWAIG_AGENTS names the agent {name:?}, and there is none; agents: {known}, or all")]
    NoSuchAgent {
        /// The name.
        name: String,
        /// Those that are linked.
        known: String,
    },
    /// A name that the platform or the server uses itself.
    #[error("the {kind} name {name:?} of {origin} is reserved; choose another one")]
    Reserved {
        /// `function` or `agent`.
        kind: &'static str,
        /// The name.
        name: Cow<'static, str>,
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
        name: Cow<'static, str>,
        /// Where it was registered.
        origin: Origin,
    },
    /// The type of the arguments has no SWML form.
    #[error("the arguments of the function {name:?}, {origin}, cannot be described to the model")]
    Arguments {
        /// The function.
        name: Cow<'static, str>,
        /// Where it was registered.
        origin: Origin,
        /// Why not.
        source: Arc<SchemaError>,
    },
    /// A function asks for no time, or for more than there is.
    #[error(
        "the function {name:?}, {origin}, has a DEADLINE of {deadline:?}: it must be more than zero and at most {longest:?}, because SignalWire gives up after about 10s"
    )]
    Deadline {
        /// The function.
        name: &'static str,
        /// Where it was registered.
        origin: Origin,
        /// What it asks for.
        deadline: Duration,
        /// The most that it may ask for.
        longest: Duration,
    },
    /// A function may never run.
    #[error(
        "the function {name:?}, {origin}, has a MAX_CONCURRENT of 0, so it could never run: it must be at least 1, or None for the setting"
    )]
    NeverRuns {
        /// The function.
        name: &'static str,
        /// Where it was registered.
        origin: Origin,
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
    /// An agent mounts a function for verified callers, and nothing to verify them with.
    #[error(
        "the agent {agent:?}, {origin}, mounts the function {function:?}, which is for verified callers, but not {starts_with:?}, which a verification starts with; mount it as well"
    )]
    StepUp {
        /// The agent.
        agent: &'static str,
        /// Where it was registered.
        origin: Origin,
        /// The function.
        function: String,
        /// What it needs beside it.
        starts_with: &'static str,
    },
    /// An agent mounts a function twice.
    #[error(
        "the agent {agent:?} mounts two functions named {function:?}: {first} and {second}; remove one, or rename it"
    )]
    MountedTwice {
        /// The agent.
        agent: &'static str,
        /// The function.
        function: String,
        /// Where it is mounted first.
        first: Origin,
        /// Where it is mounted again.
        second: Origin,
    },
    /// An agent includes functions of another server, and cannot have them.
    #[error("the agent {agent:?}, {origin}, cannot include the functions of {url}")]
    Include {
        /// The agent.
        agent: &'static str,
        /// Where it was registered.
        origin: Origin,
        /// The URL, without credentials.
        url: String,
        /// Why.
        source: IncludeError,
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
///
/// ```standalone_crate
/// use swaig::{Server, Setup, StartError};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let setup = Setup::test([("SWAIG_AGENTS", "nobody")]);
/// let Err(StartError::Registry(error)) = Server::start(setup, "127.0.0.1:0").await else { panic!("it cannot start") };
/// assert_eq!(error.problems.len(), 1);
/// println!("{error}"); // names all of them, with what to do
/// # }
/// ```
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
            write!(f, "\n  - {}", chain(problem))?;
        }
        Ok(())
    }
}
