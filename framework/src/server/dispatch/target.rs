//! What a webhook runs: a function, or a hook of the agent.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::agent::{Hook, HookFunction};
use crate::call::Call;
use crate::function::{Effect, ErasedFunction, Parameters, StepUp};
use crate::registry::{RegisteredAgent, RegisteredFunction};
use crate::store::Event;

/// How long a hook is remembered: longer than a function, since no model asks for it again.
const HOOK_WINDOW: Duration = Duration::from_mins(10);

pub(super) const FAILED: &str = "This could not be done because of a technical problem on our side. Apologise to the caller, and offer to try again in a minute.";
pub(super) const TOO_LONG: &str = "This took too long and was stopped, so it is not known whether it was done. Apologise to the caller, and offer to try again in a minute.";
/// The caller asked for nothing, so they need not know.
pub(super) const HOOK_FAILED: &str =
    "Something in the background failed. Go on with the conversation, and do not speak of it.";

/// What is run, and what is said when it fails.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) name: &'static str,
    pub(super) effect: Effect,
    pub(super) step_up: Option<StepUp>,
    pub(super) instance: Option<Arc<dyn ErasedFunction>>,
    pub(super) failed: &'static str,
    pub(super) too_long: &'static str,
    kind: Kind,
}

#[derive(Clone)]
enum Kind {
    Function(Arc<Parameters>),
    Hook(Hook),
}

impl Target {
    pub(super) fn function(function: &RegisteredFunction) -> Self {
        Self {
            name: function.registration.name,
            effect: function.registration.effect,
            step_up: function.registration.step_up,
            instance: function.instance.clone(),
            failed: FAILED,
            too_long: TOO_LONG,
            kind: Kind::Function(function.parameters.clone()),
        }
    }

    pub(super) fn hook(agent: &RegisteredAgent, hook: Hook) -> Self {
        Self {
            name: hook.name(),
            effect: Effect::OncePerArgument(HOOK_WINDOW),
            step_up: None,
            instance: Some(Arc::new(HookFunction { agent: agent.agent.clone(), hook })),
            failed: HOOK_FAILED,
            too_long: HOOK_FAILED,
            kind: Kind::Hook(hook),
        }
    }

    /// What makes two calls of it in one phone call the same.
    pub(super) fn argument(&self, call: &Call) -> [u8; 32] {
        match self.kind {
            Kind::Function(_) => Sha256::digest(call.request().raw_argument()).into(),
            // Whatever it carries. A call that comes back to the agent starts a session of its own.
            Kind::Hook(_) => Sha256::digest(call.ai_session_id().unwrap_or_default()).into(),
        }
    }

    /// The event that says that it is called.
    pub(super) fn called(&self, call: &Call, arguments: &Value) -> Event {
        match &self.kind {
            Kind::Function(parameters) => {
                let shown = parameters.redact(arguments);
                let data =
                    json!({"function": self.name, "arguments": shown, "caller": call.caller().to_string()});
                Event::new("function_called", data)
            }
            Kind::Hook(hook) => hook.event(call, arguments),
        }
    }
}
