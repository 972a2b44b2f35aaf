use super::fillers::Fillers;
use super::pom::PomSection;
use crate::swml::line::is_one_line;
use crate::swml::object::{choice, object};
use crate::swml::{Dyn, Json, List, Pattern};

object! {
    /// The contexts of a conversation, by name. Each is a way with steps; the conversation starts in
    /// `default`.
    ///
    /// With contexts the platform gives the model the functions `next_step`, `change_context` and
    /// `gather_submit`; no function of an agent may have one of these names.
    ///
    /// ```
    /// use swaig::swml::ai::{Context, ContextStep, Contexts};
    ///
    /// let contexts = Contexts::new(Context::new([
    ///     ContextStep::text("greet", "Greet the caller.").step_criteria("The caller has said a name."),
    ///     ContextStep::text("help", "Help with the order.").end(true),
    /// ]))
    /// .context("billing", Context::new([ContextStep::text("bill", "Explain the bill.")]).isolated(true));
    /// # let _ = contexts;
    /// ```
    Contexts
    required {
        /// Where the conversation starts.
        default: Context,
    }
    rest: Context
}

impl Contexts {
    /// Adds a context; the platform takes up to 50.
    #[must_use]
    pub fn context(self, name: impl Into<String>, context: impl Into<Context>) -> Self {
        self.put(name, context.into())
    }

    /// Reads a context.
    pub fn get(&self, name: &str) -> Option<Context> {
        crate::swml::Value::from_json(self.0.get(name)?)
    }
}

object! {
    /// One context: steps, and a prompt for all of them.
    ///
    /// `text` or `pom` may be set, not both.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::{Context, ContextStep};
    ///
    /// let context = Context::new([ContextStep::text("bill", "Explain the bill.")]).isolated(true);
    /// assert_eq!(
    ///     Json::from(context).to_value(),
    ///     json!({"steps": [{"name": "bill", "text": "Explain the bill."}], "isolated": true})
    /// );
    /// ```
    Context
    required {
        /// The steps in their order; the platform takes up to 100.
        steps each step: List<ContextStep>,
    }
    optional {
        /// A prompt for the whole context, as text.
        text: String,
        /// A prompt for the whole context, as sections, at least one.
        pom: List<PomSection> where not_empty(),
        /// Whether the conversation so far is forgotten on entry. Default: false.
        isolated: bool,
        /// Phrases on entry.
        enter_fillers: Fillers,
        /// Phrases on leaving.
        exit_fillers: Fillers,
    }
    engine_only {
        /// The contexts that may be entered from here.
        valid_contexts: List<String>,
        /// The steps that may be entered from here.
        valid_steps: List<String>,
        /// The step at which the context starts. Default: the first.
        initial_step: String,
        /// Replaces the system prompt on entry.
        system_prompt: String,
        /// Said to the model in the caller's name on entry.
        user_prompt: String,
        /// Replaces the post prompt while the context lasts.
        post_prompt: String,
        /// Whether the conversation so far is summed up on entry. Default: false.
        consolidate: bool,
        /// Whether the system prompt is replaced as a whole on entry. Default: false.
        full_reset: bool,
        /// How much of the conversation the steps see. Default: `default`.
        history: History,
    }
    rules { at_most_one ["text" "pom"] }
}

impl<T: Into<List<ContextStep>>> From<T> for Context {
    fn from(steps: T) -> Self {
        Self::new(steps)
    }
}

object! {
    /// One step of a [`Context`]: what the model does now, and when it may go on.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::ContextStep;
    ///
    /// let context_step = ContextStep::text("greet", "Greet the caller.")
    ///     .step_criteria("A name was said.")
    ///     .function("send_mfa");
    /// assert_eq!(
    ///     Json::from(context_step).to_value(),
    ///     json!({
    ///         "name": "greet",
    ///         "text": "Greet the caller.",
    ///         "step_criteria": "A name was said.",
    ///         "functions": [
    ///             "send_mfa"
    ///         ]
    ///     })
    /// );
    /// ```
    ContextStep
    required {
        /// The name, unlike the others of the context and not `next`.
        name: String where matching(&STEP_NAME),
    }
    one_of {
        text: String,
        pom: List<PomSection>,
    }
    optional {
        /// When the step is done, as the model reads it.
        step_criteria: String,
        /// The functions that may be called here. Default: those of the step before. An empty list means
        /// none; see [`no_functions`](Self::no_functions).
        functions each function: List<String>,
        /// The steps that may follow; `next` is the next one. Default: the next one. Not together with `end`.
        valid_steps each valid_step: List<String>,
        /// The contexts that may follow.
        valid_contexts each valid_context: List<String>,
        /// Whether the model goes on without waiting for the caller. Default: false.
        skip_user_turn: Dyn<bool>,
        /// Whether the way ends here. The call goes on, without steps. Default: false.
        end: bool,
    }
    engine_only {
        /// Whether the next step follows by itself. Default: false.
        skip_to_next_step: bool,
        /// How much of the conversation the step sees. Default: that of the context.
        history: History,
        /// Changes of the prompts on entry.
        reset: Reset,
        /// Questions to ask one after the other.
        gather_info: Gather,
    }
    rules { exactly_one ["text" "pom"] }
}

/// `next` in `valid_steps` means the step after this one, so that no step may have this name.
const STEP_NAME: Pattern =
    Pattern::new("one line other than `next`", &["greet", ""], |name| name != "next" && is_one_line(name));

impl ContextStep {
    /// A step of plain text.
    pub fn text(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self::empty().name(name).put("text", text.into())
    }

    /// A step of sections.
    pub fn pom(name: impl Into<String>, sections: impl Into<List<PomSection>>) -> Self {
        Self::empty().name(name).put("pom", sections.into())
    }

    /// Lets the model call no function in this step.
    #[must_use]
    pub fn no_functions(self) -> Self {
        self.put("functions", Json::Array(Vec::new()))
    }
}

choice! {
    /// How much of the conversation a step sees. Engine only.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::{Context, ContextStep, History};
    ///
    /// let context = Context::new([ContextStep::text("greet", "Greet.")]).history(History::Keep);
    /// assert_eq!(
    ///     Json::from(context).to_value(),
    ///     json!({"steps": [{"name": "greet", "text": "Greet."}], "history": "keep"})
    /// );
    /// ```
    History {
        /// All of it stays.
        Keep = "keep",
        /// What the platform does by itself.
        Default = "default",
        /// It is hidden.
        Hide = "hide",
    }
}

object! {
    /// Changes of the prompts when a step is entered. Engine only.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::Reset;
    ///
    /// let reset = Reset::new().system_prompt("You are a supervisor.").consolidate(true);
    /// assert_eq!(
    ///     Json::from(reset).to_value(),
    ///     json!({"system_prompt": "You are a supervisor.", "consolidate": true})
    /// );
    /// ```
    Reset
    optional {
        /// Replaces the system prompt.
        system_prompt: String,
        /// Said to the model in the caller's name.
        user_prompt: String,
        /// Whether the conversation so far is summed up. Default: false.
        consolidate: bool,
        /// Whether the system prompt is replaced as a whole. Default: false.
        full_reset: bool,
    }
}

object! {
    /// Questions that a step asks one after the other. Engine only.
    ///
    /// The answers land in `global_data`. Meanwhile the model may call `gather_submit` and the question's
    /// own functions only.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::{Gather, GatherQuestion};
    ///
    /// let gather = Gather::new([GatherQuestion::new("name", "Your name?")])
    ///     .output_key("booking")
    ///     .completion_action("next_step");
    /// assert_eq!(
    ///     Json::from(gather).to_value(),
    ///     json!({
    ///         "questions": [
    ///             {
    ///                 "key": "name",
    ///                 "question": "Your name?"
    ///             }
    ///         ],
    ///         "output_key": "booking",
    ///         "completion_action": "next_step"
    ///     })
    /// );
    /// ```
    Gather
    required {
        /// The questions, at least one, with different keys.
        questions each question: List<GatherQuestion> where not_empty(),
    }
    optional {
        /// What the model is told before the first question.
        prompt: String,
        /// The key in `global_data` under which the answers go. Default: the top.
        output_key: String,
        /// What follows the last answer: `next_step` or the name of a step.
        completion_action: String,
        /// Whether the questions are asked without the conversation so far. Default: false.
        isolated: bool,
    }
}

object! {
    /// One question of [`Gather`]. Engine only.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::GatherQuestion;
    ///
    /// let gather_question = GatherQuestion::new("name", "What is your name?").confirm(true);
    /// assert_eq!(
    ///     Json::from(gather_question).to_value(),
    ///     json!({"key": "name", "question": "What is your name?", "confirm": true})
    /// );
    /// ```
    GatherQuestion
    required {
        /// The key of the answer.
        key: String,
        /// The question.
        question: String,
    }
    optional {
        /// The type of the answer. Default: string.
        answer_type as "type": GatherType,
        /// Whether the caller has to confirm the answer. Default: false.
        confirm: bool,
        /// What the model is told beside the question.
        prompt: String,
        /// The functions that may be called for this question.
        functions each function: List<String>,
        /// Whether the question is asked without the conversation so far. Default: that of [`Gather`].
        isolated: bool,
    }
}

choice! {
    /// The type of an answer. Engine only.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::{GatherQuestion, GatherType};
    ///
    /// let gather_question = GatherQuestion::new("seats", "How many?").answer_type(GatherType::Integer);
    /// assert_eq!(
    ///     Json::from(gather_question).to_value(),
    ///     json!({"key": "seats", "question": "How many?", "type": "integer"})
    /// );
    /// ```
    GatherType {
        /// Text.
        String = "string",
        /// A whole number.
        Integer = "integer",
        /// A number.
        Number = "number",
        /// Yes or no.
        Boolean = "boolean",
    }
}
