//! A digital employee: a prompt, a voice, and the functions that it may call, in one file.
//!
//! An agent is a type that implements [`Agent`]; [`register_agent!`](crate::register_agent) makes it known to every
//! server that links the crate. The server answers `/{NAME}` with the SWML document made from its [`AgentDefinition`].
//!
//! ```
//! use swaig::swml::ai::{Language, Prompt};
//! use swaig::{Agent, AgentDefinition, Setup, SetupError};
//!
//! pub struct Receptionist;
//!
//! impl Agent for Receptionist {
//!     const NAME: &'static str = "receptionist";
//!
//!     fn build(_setup: &Setup) -> Result<Self, SetupError> {
//!         Ok(Self)
//!     }
//!
//!     fn define(&self) -> AgentDefinition {
//!         AgentDefinition::new(Prompt::text("You are Ada, the receptionist. Greet the caller."))
//!             .language(Language::new("English", "en-US", "elevenlabs.rachel"))
//!     }
//! }
//! swaig::register_agent!(Receptionist);
//! ```

mod conversation;
mod data_map;
mod definition;
mod hooks;
mod prompt_file;
mod registration;
pub(crate) mod render;

use async_trait::async_trait;
use serde_json::Value;

use crate::call::{Call, DebugEvent, IncomingCall, Report};
use crate::function::{FunctionError, Reply};
use crate::setup::{Setup, SetupError};

pub(crate) use conversation::CHECK_FOR_INPUT;
pub use data_map::DataMapFunction;
pub use definition::{AgentDefinition, Mount};
pub(crate) use hooks::{Hook, HookFunction};
pub use prompt_file::PromptFile;
pub(crate) use prompt_file::Reading;
pub use registration::AgentRegistration;
pub(crate) use registration::ErasedAgent;

/// A digital employee.
///
/// See the [module's page](self) for one in full.
///
/// ```
/// use swaig::swml::ai::Prompt;
/// use swaig::{Agent, AgentDefinition, Setup, SetupError};
///
/// struct Host;
///
/// impl Agent for Host {
///     const NAME: &'static str = "host";
///
///     fn build(_: &Setup) -> Result<Self, SetupError> {
///         Ok(Self)
///     }
///
///     fn define(&self) -> AgentDefinition {
///         AgentDefinition::new(Prompt::text("You are a friendly host."))
///     }
/// }
///
/// swaig::register_agent!(Host);
/// ```
#[async_trait]
pub trait Agent: Sized + Send + Sync + 'static {
    /// Its name, which is its path on the server: `^[A-Za-z_][A-Za-z0-9_]*$`.
    const NAME: &'static str;

    /// One line about it, for `list` and the console.
    const DESCRIPTION: &'static str = "";

    /// Whether it is served only where the setting `SWAIG_AGENTS` names it. For a crate that brings several agents, of
    /// which a program seldom wants all.
    const ON_REQUEST: bool = false;

    /// Makes the agent, once, at start-up.
    ///
    /// # Errors
    /// A setting that is missing or not valid. The server does not start.
    fn build(setup: &Setup) -> Result<Self, SetupError>;

    /// What it is. Called once, at start-up.
    fn define(&self) -> AgentDefinition;

    /// Changes the definition for one call: greet a caller by name, choose a language. It may mount only functions that
    /// [`define`](Self::define) mounts. The platform waits about 5 seconds for the document; after 4, or after a
    /// panic, the unchanged definition is used.
    async fn for_call(&self, definition: AgentDefinition, call: &IncomingCall) -> AgentDefinition {
        let _ = call;
        definition
    }

    /// Called when the call was answered, where the definition has a
    /// [`startup_hook`](AgentDefinition::startup_hook). The actions of the reply run on the call: set `global_data` or
    /// `meta_data`, say. There are 8 seconds; it runs once for each AI session of a call, however often the platform
    /// posts it.
    ///
    /// # Errors
    /// A [`FunctionError`]: the call goes on, and the cause is in the log and in the events.
    async fn on_start(&self, call: &Call) -> Result<Reply, FunctionError> {
        let _ = call;
        Ok(Reply::text("ok"))
    }

    /// Called when the call has ended, where the definition has a [`hangup_hook`](AgentDefinition::hangup_hook). After an
    /// error that ended the session, [`Call::raw`] holds `fatal_error` and `error_reason` (`token_exhaustion`,
    /// `llm_fatal`, `llm_max_retries`). There are 8 seconds, and it runs once.
    ///
    /// # Errors
    /// A [`FunctionError`]: its cause is in the log and in the events.
    async fn on_hangup(&self, call: &Call) -> Result<(), FunctionError> {
        let _ = call;
        Ok(())
    }

    /// Called when the conversation has ended, with the properties that
    /// [`summarize_conversation`](AgentDefinition::summarize_conversation) asks for, as the model filled them in: they
    /// are not checked. There are 8 seconds, and it runs once.
    ///
    /// # Errors
    /// A [`FunctionError`]: its cause is in the log and in the events.
    async fn on_summary(&self, summary: &Value, call: &Call) -> Result<(), FunctionError> {
        let _ = (summary, call);
        Ok(())
    }

    /// Called with the end-of-call report, as it was received, after it was stored.
    async fn on_report(&self, report: &Report) {
        let _ = report;
    }

    /// Called with each event of the platform's debug feed (see [`AgentDefinition::debug_events`]). The platform may post
    /// several at once: they come one after the other, and share 8 seconds.
    async fn on_event(&self, event: &DebugEvent) {
        let _ = event;
    }
}
