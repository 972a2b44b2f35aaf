//! The verb `ai_sidecar`.

mod swaig;

use crate::swml::ai::PomSection;
use crate::swml::object::{object, union};
use crate::swml::{CallSide, Data, Dyn, List, Milliseconds, SpeechEngine, Summarize};

pub use swaig::{SidecarDefaults, SidecarFunction, SidecarParameters, SidecarSwaig};

object! {
    /// The verb `ai_sidecar`: a model that listens to a call of two people and advises one of them.
    ///
    /// ```
    /// use swaig::swml::{AiSidecar, SidecarPrompt};
    ///
    /// let sidecar = AiSidecar::new("en-US")
    ///     .prompt("Help the agent to answer questions about tables.")
    ///     .url("https://agents.example.com/advice")
    ///     .hint("Chez Ferris");
    /// # let _ = sidecar;
    /// ```
    AiSidecar
    required {
        /// The language of the call, such as `en-US`, or a variable.
        lang: String where not_empty(),
    }
    optional {
        /// What the model is told.
        prompt: SidecarPrompt,
        /// The model. Default: `gpt-4o-mini`.
        model: String,
        /// The sides to listen to. The platform takes both or nothing. Default: both.
        direction: List<CallSide>,
        /// Which side is the customer, after whose turns the model speaks up. Default: the remote one.
        customer_role: CallSide,
        /// The URL that gets the advice and the text of the call.
        url: String where url(),
        /// The functions that the model may call.
        swaig as "SWAIG": SidecarSwaig,
        /// What replies of functions may do. Default: everything.
        permissions: SidecarPermissions,
        /// Data of the session, for the prompt and the functions.
        global_data: Data,
        /// Words that the speech recognition should expect, at least one.
        hints each hint: List<String> where not_empty(),
        /// The parameters of the engine.
        params: SidecarParams,
        /// Sums up the conversation instead of advising.
        action: SidecarAction,
    }
}

union! {
    /// What the model of an [`AiSidecar`] is told.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, SidecarPrompt};
    ///
    /// let sidecar_prompt = SidecarPrompt::from("Listen for orders.");
    /// assert_eq!(Json::from(sidecar_prompt).to_value(), json!("Listen for orders."));
    /// ```
    SidecarPrompt {
        /// Plain text.
        Plain(String),
        /// Text as a field.
        Text(SidecarText),
        /// Sections.
        Pom(SidecarPom),
        /// A file on the platform.
        File(SidecarFile),
    }
}

impl SidecarPrompt {
    /// Of sections, at least one.
    pub fn pom(sections: impl Into<List<PomSection>>) -> Self {
        Self::Pom(SidecarPom::new(sections))
    }

    /// Of a file on the platform.
    pub fn file(path: impl Into<String>) -> Self {
        Self::File(SidecarFile::new(path))
    }
}

impl From<&str> for SidecarPrompt {
    fn from(text: &str) -> Self {
        Self::Plain(text.to_owned())
    }
}

object! {
    /// Text for a [`SidecarPrompt`].
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, SidecarText};
    ///
    /// let sidecar_text = SidecarText::new("Listen for orders.");
    /// assert_eq!(Json::from(sidecar_text).to_value(), json!({"text": "Listen for orders."}));
    /// ```
    SidecarText
    required {
        /// The text.
        text: String,
    }
}

object! {
    /// Sections for a [`SidecarPrompt`].
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, SidecarPom};
    /// use swaig::swml::ai::PomSection;
    ///
    /// let sidecar_pom = SidecarPom::new([PomSection::new("Task").body("Listen for orders.")]);
    /// assert_eq!(
    ///     Json::from(sidecar_pom).to_value(),
    ///     json!({"pom": [{"title": "Task", "body": "Listen for orders."}]})
    /// );
    /// ```
    SidecarPom
    required {
        /// The sections, at least one.
        pom: List<PomSection> where not_empty(),
    }
}

object! {
    /// A file for a [`SidecarPrompt`].
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, SidecarFile, SidecarPrompt};
    ///
    /// let sidecar_prompt = SidecarPrompt::from(SidecarFile::new("prompts/desk.md"));
    /// assert_eq!(Json::from(sidecar_prompt).to_value(), json!({"file": "prompts/desk.md"}));
    /// ```
    SidecarFile
    required {
        /// Its path on the platform.
        file: String,
    }
}

object! {
    /// What replies of functions may do.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, SidecarPermissions};
    ///
    /// let sidecar_permissions = SidecarPermissions::new().swaig_allow_swml(false);
    /// assert_eq!(Json::from(sidecar_permissions).to_value(), json!({"swaig_allow_swml": false}));
    /// ```
    SidecarPermissions
    optional {
        /// Whether they may run SWML. Default: true.
        swaig_allow_swml: Dyn<bool>,
        /// Whether they may change settings. Default: true.
        swaig_allow_settings: Dyn<bool>,
        /// Whether they may change `global_data`. Default: true.
        swaig_set_global_data: Dyn<bool>,
    }
}

object! {
    /// The parameters of an [`AiSidecar`].
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, SidecarParams};
    ///
    /// let sidecar_params = SidecarParams::new().final_summary(true).max_iters_per_tick(3);
    /// assert_eq!(
    ///     Json::from(sidecar_params).to_value(),
    ///     json!({"final_summary": true, "max_iters_per_tick": 3})
    /// );
    /// ```
    SidecarParams
    optional {
        /// How long the customer must be silent before the model looks at the call, in milliseconds from 50
        /// to 5000. Default: 200.
        idle_timeout_ms: Dyn<Milliseconds> where between(50.0, 5000.0),
        /// The shortest time between two looks, in milliseconds up to 60000. Default: 0.
        min_interval_ms: Dyn<Milliseconds> where between(0.0, 60000.0),
        /// How many functions the model may call in one look, from 1 to 20. Default: 5.
        max_iters_per_tick: Dyn<i64> where between(1.0, 20.0),
        /// How many tokens of the conversation are kept, from 1000 to 200000. Default: 8000.
        max_history_tokens: Dyn<i64> where between(1000.0, 200_000.0),
        /// Whether actions of functions take effect, or are only reported. Default: true.
        act_on_channel: Dyn<bool>,
        /// Whether a summary of the advice comes at the end. Default: false.
        final_summary: Dyn<bool>,
        /// Whether a summary of the conversation comes at the end. Default: false.
        ai_summary: Dyn<bool>,
        /// What the model is told about the summary of the conversation.
        ai_summary_prompt: String,
        /// The model for the summary of the conversation. Default: `gpt-4o-mini`.
        summary_model: String,
        /// Whether each utterance is reported. Default: false.
        live_events: Dyn<bool>,
        /// Whether the reports carry all details of the recognition. Default: false.
        verbose_utterances: Dyn<bool>,
        /// The engine that recognises speech. Default: Deepgram.
        speech_engine: SpeechEngine,
        /// The longest that one utterance may take, in milliseconds up to 600000; zero leaves it to the engine.
        speech_timeout: Dyn<Milliseconds> where between(0.0, 600_000.0),
        /// How much silence ends an utterance, in milliseconds up to 60000; zero leaves it to the engine.
        vad_silence_ms: Dyn<Milliseconds> where between(0.0, 60000.0),
        /// How loud speech must be, from 0 to 10000; zero leaves it to the engine.
        vad_thresh: Dyn<i64> where between(0.0, 10000.0),
        /// How much the engine logs, from 0 to 100. Default: 0.
        debug_level: Dyn<i64> where between(0.0, 100.0),
        /// Whether the platform logs more. Default: false.
        debug: Dyn<bool>,
        /// What the speech recognition is told about the words to expect.
        transcribe_prompt: String,
    }
}

object! {
    /// Sums up the conversation once.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, SidecarAction, Summarize};
    ///
    /// let sidecar_action = SidecarAction::new(Summarize::new().prompt("In one sentence."));
    /// assert_eq!(
    ///     Json::from(sidecar_action).to_value(),
    ///     json!({"summarize": {"prompt": "In one sentence."}})
    /// );
    /// ```
    SidecarAction
    required {
        /// How. Without a webhook the summary goes to [`AiSidecar::url`].
        summarize: Summarize,
    }
}
