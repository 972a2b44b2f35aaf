//! Hooks: what the platform calls by itself at the start and at the end of a call.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Value, json};

use super::conversation::CHECK_FOR_INPUT;
use super::{AgentDefinition, ErasedAgent};
use crate::call::Call;
use crate::function::{ErasedFunction, Failure, Reply};
use crate::store::Event;
use crate::swml::ai::{FunctionDefinition, Parameters};

/// A hook, by the name that the platform reserves for it (SWML reference, `ai.SWAIG.functions`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hook {
    /// `startup_hook`
    Startup,
    /// `hangup_hook`
    Hangup,
    /// `summarize_conversation`
    Summary,
}

impl Hook {
    const ALL: [Self; 3] = [Self::Startup, Self::Hangup, Self::Summary];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Startup => "startup_hook",
            Self::Hangup => "hangup_hook",
            Self::Summary => "summarize_conversation",
        }
    }

    /// What those who watch are told when it is called.
    pub(crate) fn event(self, call: &Call, arguments: &Value) -> Event {
        match self {
            Self::Startup => Event::new("call_started", json!({"caller": call.caller().to_string()})),
            Self::Hangup => {
                let said = |key: &str| call.raw().get(key).map(|value| (key.to_owned(), value.clone()));
                let data = ["fatal_error", "error_reason"].into_iter().filter_map(said);
                Event::new("call_ended", data.collect::<serde_json::Map<_, _>>())
            }
            // Under the name of arguments, so that numbers are masked as theirs are.
            Self::Summary => Event::new("conversation_summarised", json!({"arguments": arguments})),
        }
    }
}

/// The hooks that an agent wants to be called for.
#[derive(Clone, Default)]
pub(super) struct Hooks {
    startup: bool,
    hangup: bool,
    /// What the platform is to find out, in words and as a schema.
    summary: Option<(String, Parameters)>,
}

impl AgentDefinition {
    /// Calls [`on_start`](super::Agent::on_start) when the call was answered.
    #[must_use]
    pub fn startup_hook(mut self) -> Self {
        self.hooks.startup = true;
        self
    }

    /// Calls [`on_hangup`](super::Agent::on_hangup) when the call has ended.
    #[must_use]
    pub fn hangup_hook(mut self) -> Self {
        self.hooks.hangup = true;
        self
    }

    /// Calls [`on_summary`](super::Agent::on_summary) when the conversation has ended, with what the model found in it:
    /// the description says what is asked for, and each property of the parameters what one answer is.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::AgentDefinition;
    /// use swaig::swml::ai::Prompt;
    ///
    /// let definition = AgentDefinition::new(Prompt::text("You are Ada.")).summarize_conversation(
    ///     "Note how the call went",
    ///     json!({"type": "object", "properties": {
    ///         "satisfied": {"type": "boolean", "description": "Whether the caller got what they wanted."},
    ///     }}),
    /// );
    /// # let _ = definition;
    /// ```
    #[must_use]
    pub fn summarize_conversation(
        mut self,
        description: impl Into<String>,
        parameters: impl Into<Parameters>,
    ) -> Self {
        self.hooks.summary = Some((description.into(), parameters.into()));
        self
    }

    /// The hook of this name, where the definition asks for it.
    pub(crate) fn hook(&self, name: &str) -> Option<Hook> {
        Hook::ALL.into_iter().find(|hook| hook.name() == name).filter(|hook| self.asks_for(*hook))
    }

    fn asks_for(&self, hook: Hook) -> bool {
        match hook {
            Hook::Startup => self.hooks.startup,
            Hook::Hangup => self.hooks.hangup,
            Hook::Summary => self.hooks.summary.is_some(),
        }
    }

    /// The reserved names that the platform is asked to call.
    pub(crate) fn reserved_functions(&self) -> impl Iterator<Item = &'static str> {
        let hooks = Hook::ALL.into_iter().filter(|hook| self.asks_for(*hook)).map(Hook::name);
        hooks.chain(self.accepts_input().then_some(CHECK_FOR_INPUT))
    }

    /// Their signatures.
    pub(super) fn reserved_signatures(&self) -> impl Iterator<Item = FunctionDefinition> {
        self.reserved_functions().map(|name| match (name, &self.hooks.summary) {
            ("summarize_conversation", Some((description, parameters))) => {
                FunctionDefinition::new(name, description.as_str()).parameters(parameters.clone())
            }
            ("startup_hook", _) => FunctionDefinition::new(name, "Called when the call was answered"),
            ("hangup_hook", _) => FunctionDefinition::new(name, "Called when the call has ended"),
            _ => FunctionDefinition::new(name, "Asks for messages that were sent to the caller's agent"),
        })
    }
}

/// A hook in the form of a function, which is how it is called.
pub(crate) struct HookFunction {
    pub(crate) agent: Arc<dyn ErasedAgent>,
    pub(crate) hook: Hook,
}

#[async_trait]
impl ErasedFunction for HookFunction {
    async fn call(&self, arguments: Value, call: &Call) -> Result<Reply, Failure> {
        let done = |()| Reply::text("ok");
        let outcome = match self.hook {
            Hook::Startup => self.agent.on_start(call).await,
            Hook::Hangup => self.agent.on_hangup(call).await.map(done),
            Hook::Summary => self.agent.on_summary(&arguments, call).await.map(done),
        };
        outcome.map_err(Failure::Function)
    }
}
