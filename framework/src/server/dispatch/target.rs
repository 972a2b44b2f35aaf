//! What a webhook runs: a function, or a hook of the agent.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::agent::{Hook, HookFunction};
use crate::call::{Call, DEADLINE};
use crate::function::{Effect, ErasedFunction, Parameters, StepUp};
use crate::redact::Redactor;
use crate::registry::{RegisteredAgent, RegisteredFunction};
use crate::store::{OwnData, Told};

/// How long a hook is remembered: longer than a function, since no model asks for it again.
const HOOK_WINDOW: Duration = Duration::from_mins(10);

pub(super) const FAILED: &str = "This could not be done because of a technical problem on our side. Apologise to the caller, and offer to try again in a minute.";
pub(super) const TOO_LONG: &str = "This took too long and was stopped, so it is not known whether it was done. Apologise to the caller, and offer to try again in a minute.";
pub(super) const INTERRUPTED: &str = "This was interrupted by a technical problem on our side, so it is not known whether it was done. Apologise, and ask the caller whether it has happened. If it has, go on. If it has not, offer to try again in a few minutes.";
pub(super) const INTERRUPTED_FOR_THIS_CALL: &str = "This was interrupted by a technical problem on our side, so it is not known whether it was done, and it cannot be tried again in this call. Apologise, and ask the caller whether it has happened. If it has, go on. If it has not, offer another way, or another call.";
pub(super) const BUSY: &str = "Too many callers ask for this at the same moment, so nothing was done. Apologise to the caller, and offer to try again in a minute.";
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
    pub(super) busy: &'static str,
    pub(super) deadline: Duration,
    pub(super) max_concurrent: Option<usize>,
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
            busy: BUSY,
            deadline: function.registration.deadline,
            max_concurrent: function.registration.max_concurrent,
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
            busy: HOOK_FAILED,
            deadline: DEADLINE,
            max_concurrent: None,
            kind: Kind::Hook(hook),
        }
    }

    /// What makes two calls of it in one phone call the same.
    pub(super) fn argument(&self, call: &Call) -> [u8; 32] {
        match self.kind {
            Kind::Function(_) if self.effect == Effect::OncePerCall => [0; 32],
            Kind::Function(_) => Sha256::digest(call.request().raw_argument().as_bytes()).into(),
            // Whatever it carries. A call that comes back to the agent starts a session of its own.
            Kind::Hook(_) => Sha256::digest(call.ai_session_id().unwrap_or_default()).into(),
        }
    }

    /// What is said when its first run ended without a reply.
    pub(super) fn interrupted(&self) -> &'static str {
        match (&self.kind, self.effect) {
            (Kind::Hook(_), _) => HOOK_FAILED,
            (Kind::Function(_), Effect::OncePerCall) => INTERRUPTED_FOR_THIS_CALL,
            (Kind::Function(_), _) => INTERRUPTED,
        }
    }

    /// The event that says that it is called. Only what came from outside has to be masked.
    pub(super) fn called(&self, call: &Call, arguments: &Value, redactor: &Redactor) -> Told {
        match &self.kind {
            Kind::Function(parameters) => {
                let data = OwnData::new()
                    .with("function", self.name)
                    .with("arguments", &redactor.arguments(parameters.redact(arguments)))
                    .with("caller", &format_args!("{}", call.caller()));
                Told::own("function_called", data)
            }
            Kind::Hook(hook) => hook.event(call, arguments).into(),
        }
    }
}
