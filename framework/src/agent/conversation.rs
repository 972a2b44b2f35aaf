//! Conversations that go on from call to call, and messages that reach a call from elsewhere.

use std::time::Duration;

use super::AgentDefinition;
use crate::swml::ai::Ai;
use crate::swml::{Json, Object};

/// What the platform calls to ask for messages (SWAIG webhook reference, "Function-call request").
pub(crate) const CHECK_FOR_INPUT: &str = "check_for_input";

/// What an agent wants of its conversations.
#[derive(Clone, Default)]
pub(super) struct Conversing {
    id: Option<String>,
    remember: bool,
    input: Option<Duration>,
}

impl AgentDefinition {
    /// What calls belong to one conversation: `params.conversation_id` of the SWML reference, a text that may hold
    /// variables.
    ///
    /// It has to tell callers apart. Callers who withhold their number share none: an id such as `anonymous` counts as no
    /// conversation.
    #[must_use]
    pub fn conversation_id(mut self, id: impl Into<String>) -> Self {
        self.conversing.id = Some(id.into());
        self
    }

    /// Remembers conversations: the platform sums each one up (`params.save_conversation`), and a later call with the
    /// same `conversation_id` begins with the summaries of the last 4 hours (the setting `SWAIG_CONVERSATION_WINDOW`).
    ///
    /// What the agent remembers is as safe as the id: `${call.from}` trusts the number that the caller's network gives.
    ///
    /// ```
    /// use swaig::AgentDefinition;
    /// use swaig::swml::ai::Prompt;
    ///
    /// let definition = AgentDefinition::new(Prompt::text("You are Ada.")).remember_conversations("${call.from}");
    /// # let _ = definition;
    /// ```
    #[must_use]
    pub fn remember_conversations(mut self, conversation_id: impl Into<String>) -> Self {
        self.conversing.remember = true;
        self.conversation_id(conversation_id)
    }

    /// Lets messages from elsewhere reach the agent while it talks, such as a text message that the caller sends: those of
    /// [`Call::queue_input`](crate::Call::queue_input), of [`Inputs`](crate::Inputs), and of `POST /{agent}/input`.
    ///
    /// The platform asks for them as often as `every` says, from 1 to 10 seconds (`params.input_poll_freq`; 2 seconds is
    /// usual). They go to the call of a [`conversation_id`](Self::conversation_id); without one, that is the call's id.
    ///
    /// ```
    /// use std::time::Duration;
    /// use swaig::AgentDefinition;
    /// use swaig::swml::ai::Prompt;
    ///
    /// let definition = AgentDefinition::new(Prompt::text("You are Ada."))
    ///     .conversation_id("${call.from}")
    ///     .accept_input(Duration::from_secs(2));
    /// # let _ = definition;
    /// ```
    #[must_use]
    pub fn accept_input(mut self, every: Duration) -> Self {
        self.conversing.input = Some(every);
        self
    }

    /// Whether the platform asks for messages.
    pub(crate) fn accepts_input(&self) -> bool {
        self.conversing.input.is_some()
    }
}

impl Conversing {
    /// Puts it into the parameters of the `ai` verb; what the author set there stays where this says nothing.
    pub(super) fn set_params(&self, params: &mut Object) {
        if let Some(id) = &self.id {
            params.insert("conversation_id".to_owned(), id.as_str().into());
        }
        if self.remember {
            params.insert("save_conversation".to_owned(), true.into());
        }
        if let Some(every) = self.input {
            let milliseconds = u64::try_from(every.as_millis()).unwrap_or(u64::MAX);
            params.insert("input_poll_freq".to_owned(), milliseconds.into());
            params.entry("conversation_id".to_owned()).or_insert_with(|| "${call.call_id}".into());
        }
    }
}

/// Whether the platform will post a report: for a `post_prompt`, or to save the conversation.
pub(super) fn is_reported(ai: &Ai) -> bool {
    let ai = ai.as_object();
    let saves = ai.get("params").and_then(|params| params.get("save_conversation"));
    ai.contains_key("post_prompt") || saves.is_some_and(|it| it.as_bool() != Some(false) && *it != Json::Null)
}
