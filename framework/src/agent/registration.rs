//! How an agent becomes known.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;

use super::{Agent, AgentDefinition};
use crate::call::{Call, DebugEvent, IncomingCall, Report};
use crate::function::{FunctionError, Reply};
use crate::registry::Origin;
use crate::setup::{Setup, SetupError};

/// An agent type that was registered. It holds a constructor, not an instance.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct AgentRegistration {
    pub(crate) name: &'static str,
    #[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "pages and lists show it"))]
    pub(crate) description: &'static str,
    pub(crate) on_request: bool,
    pub(crate) origin: Origin,
    pub(crate) build: fn(&Setup) -> Result<Arc<dyn ErasedAgent>, SetupError>,
}

inventory::collect!(AgentRegistration);

impl AgentRegistration {
    /// Called by [`register_agent!`](crate::register_agent), which knows the place.
    #[doc(hidden)]
    pub const fn of<A: Agent>(krate: &'static str, file: &'static str, line: u32) -> Self {
        Self {
            name: A::NAME,
            description: A::DESCRIPTION,
            on_request: A::ON_REQUEST,
            origin: Origin { type_name: std::any::type_name::<A>, krate, file, line },
            build: |setup| Ok(Arc::new(A::build(setup)?)),
        }
    }
}

/// An agent whose type is forgotten.
#[async_trait]
pub(crate) trait ErasedAgent: Send + Sync {
    fn define(&self) -> AgentDefinition;
    async fn for_call(&self, definition: AgentDefinition, call: &IncomingCall) -> AgentDefinition;
    async fn on_start(&self, call: &Call) -> Result<Reply, FunctionError>;
    async fn on_hangup(&self, call: &Call) -> Result<(), FunctionError>;
    async fn on_summary(&self, summary: &Value, call: &Call) -> Result<(), FunctionError>;
    async fn on_report(&self, report: &Report);
    async fn on_event(&self, event: &DebugEvent);
}

#[async_trait]
impl<A: Agent> ErasedAgent for A {
    fn define(&self) -> AgentDefinition {
        Agent::define(self)
    }

    async fn for_call(&self, definition: AgentDefinition, call: &IncomingCall) -> AgentDefinition {
        Agent::for_call(self, definition, call).await
    }

    async fn on_start(&self, call: &Call) -> Result<Reply, FunctionError> {
        Agent::on_start(self, call).await
    }

    async fn on_hangup(&self, call: &Call) -> Result<(), FunctionError> {
        Agent::on_hangup(self, call).await
    }

    async fn on_summary(&self, summary: &Value, call: &Call) -> Result<(), FunctionError> {
        Agent::on_summary(self, summary, call).await
    }

    async fn on_report(&self, report: &Report) {
        Agent::on_report(self, report).await;
    }

    async fn on_event(&self, event: &DebugEvent) {
        Agent::on_event(self, event).await;
    }
}

/// Makes an [`Agent`](crate::Agent) known to every server that links the crate.
///
/// Write it beside the type, at the level of the module.
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
#[macro_export]
macro_rules! register_agent {
    ($agent:ty) => {
        $crate::inventory::submit! {
            $crate::agent::AgentRegistration::of::<$agent>(
                ::core::env!("CARGO_PKG_NAME"),
                ::core::file!(),
                ::core::line!(),
            )
        }
    };
}
