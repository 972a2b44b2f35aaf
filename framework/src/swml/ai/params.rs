//! The parameters of the engine. The object is open: the platform takes keys that no schema names.

use crate::swml::object::{choice, object, union};
use crate::swml::{ClockTime, Dyn, Json, List, Milliseconds, Pattern, Variable};

object! {
    /// The parameters of the engine: `ai.params`.
    ///
    /// Durations go in as [`std::time::Duration`] and out in the unit of the field. The setters stand in
    /// groups: model and session, speech recognition, speech output, interruption, timing, audio, SWAIG,
    /// input, debugging, inner dialog and pause. A key without a setter goes in with [`extra`](Self::extra).
    ///
    /// ```
    /// use std::time::Duration;
    /// use swaig::swml::ai::Params;
    ///
    /// let params = Params::new()
    ///     .ai_model("gpt-4.1-mini")
    ///     .end_of_speech_timeout(Duration::from_millis(500))
    ///     .hard_stop_time(Duration::from_secs(900))
    ///     .extra("developer_prompt", "Be brief.");
    /// assert_eq!(
    ///     serde_json::to_string(&params)?,
    ///     concat!(
    ///         r#"{"ai_model":"gpt-4.1-mini","end_of_speech_timeout":500,"hard_stop_time":"15m","#,
    ///         r#""developer_prompt":"Be brief."}"#,
    ///     ),
    /// );
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    Params
    optional {
        // Model and session.

        /// The model, such as `gpt-4o-mini`, `gpt-4.1-mini` or `gpt-4.1-nano`. Default: `gpt-4o-mini`.
        ai_model: String,
        /// The name that wakes the agent, in any case. Default: `computer`.
        ai_name: String,
        /// The loudness of the agent, from -50 to 50. Default: 0.
        ai_volume: Dyn<i64> where between(-50.0, 50.0),
        /// A name for this agent, which every webhook carries. Default: `swml app`.
        app_name: String,
        /// A reminder of its task that the model gets after each function call. Default: a built-in one.
        conscience: String,
        /// A conversation that the session starts with.
        convo: List<Message>,
        /// The id of the conversation, for `check_for_input` and `save_conversation`.
        conversation_id: String,
        /// How much of the conversation is sent to the model, as the size of a sliding window.
        conversation_sliding_window: Dyn<i64>,
        /// The direction of the call that the model is told. Default: the real one.
        direction: Dyn<CallLeg>,
        /// Whether the model takes a turn to think first, which costs time. Default: false.
        enable_thinking: Dyn<bool>,
        /// Whether the model sees the video, with the function `get_visual_input`. Default: false.
        enable_vision: Dyn<bool>,
        /// Without effect.
        languages_enabled: Dyn<bool>,
        /// The time zone, by its IANA name. Default: `US/Central`.
        local_tz: String,
        /// The most tokens of one answer, from 1 to 16384. Default: no limit of its own.
        max_response_tokens: Dyn<i64> where between(1.0, 16384.0),
        /// Whether `global_data` outlives the agent within a call. Default: true.
        persist_global_data: Dyn<bool>,
        /// How POM sections are shown to the model. Default: markdown.
        pom_format: PomFormat,
        /// What to mask in logs and webhooks, in plain words. Set it where codes are spoken. Default: nothing.
        redact_prompt: String,
        /// Whether a summary is sent after the call; needs `conversation_id` and a `post_prompt_url`.
        /// Default: false.
        save_conversation: Dyn<bool>,
        /// The form of the summary.
        summary_mode: Dyn<SummaryMode>,
        /// The model that thinks. Default: that of `ai_model`.
        thinking_model: String,
        /// Whether a summary goes along when the call goes to another agent. Default: false.
        transfer_summary: Dyn<bool>,
        /// The model for small tasks such as masking. Default: that of `ai_model`.
        utility_model: String,
        /// The model that sees the video. Default: that of `ai_model`.
        vision_model: String,
        /// Whether the caller speaks first. Default: false.
        wait_for_user: Dyn<bool>,

        // Speech recognition.

        /// Whether speakers are told apart in the transcript. Default: false.
        asr_diarize: Dyn<bool>,
        /// Whether numbers, dates and the like are formatted in the transcript. Default: false.
        asr_smart_format: Dyn<bool>,
        /// Whether the agent listens only to the first speaker who answers it. Default: false.
        asr_speaker_affinity: Dyn<bool>,
        /// Whether the transcript is cleaned up before the model reads it. Needs
        /// `enable_text_normalization` off. Default: false.
        auto_correct: Dyn<bool>,
        /// In which direction numbers, dates and the like change between their written and their spoken form.
        /// Default: both.
        enable_text_normalization: Dyn<TextNormalization>,
        /// Whether sentence ends in the running transcript end the caller's turn early. Default: true.
        enable_turn_detection: Dyn<bool>,
        /// The silence that ends what the caller says, in milliseconds from 250 to 10000. Default: 700.
        end_of_speech_timeout: Dyn<Milliseconds> where between(250.0, 10000.0),
        /// How loud the caller must be, in dB from 0 to 100. Default: 52.
        energy_level: Dyn<f64> where between(0.0, 100.0),
        /// How long to wait for the first word after sound, in milliseconds up to 10000. Default: 1000.
        first_word_timeout: Dyn<Milliseconds> where between(0.0, 10000.0),
        /// Whether the model learns which speaker is who. Default: false.
        llm_diarize_aware: Dyn<bool>,
        /// The engine for speech recognition. Default: `deepgram:nova-3`.
        openai_asr_engine: String,
        /// How voice is detected: a threshold from 0 to 100, and after a colon the frame in milliseconds from
        /// 16 to 40.
        vad_config: String,

        // Speech output.

        /// The strongest emotion of the voice, from 1 to 30. Default: 30.
        max_emotion: Dyn<i64> where between(1.0, 30.0),
        /// How many short pieces of speech are made at the start of an answer, from 0 to 10. Default: 3.
        speech_gen_quick_stops: Dyn<i64> where between(0.0, 10.0),
        /// How phone numbers are spoken. Default: international.
        tts_number_format: NumberFormat,
        /// The URL of a video that shows while nobody speaks.
        video_idle_file: String where url(),
        /// The URL of a video that shows while the caller speaks.
        video_listening_file: String where url(),
        /// The URL of a video that shows while the agent speaks.
        video_talking_file: String where url(),

        // Interruption.

        /// Whether the agent says that it was interrupted. Default: false.
        acknowledge_interruptions: Dyn<bool>,
        /// Whether functions run while the agent is interrupted. Default: true.
        barge_functions: Dyn<bool>,
        /// The words that interrupt the agent, as a regular expression. Default: any.
        barge_match_string: String,
        /// How many words interrupt the agent, from 1 to 99.
        barge_min_words: Dyn<i64> where between(1.0, 99.0),
        /// When the caller may interrupt. Default: `complete,partial`.
        enable_barge: EnableBarge,
        /// Whether any sound of more than a second interrupts the agent. Default: false.
        interrupt_on_noise: Dyn<bool>,
        /// What the model is told after an interruption. Default: a built-in text.
        interrupt_prompt: String,
        /// Whether the agent lets the caller finish and forgets its own interrupted answer. Default: true.
        transparent_barge: Dyn<bool>,
        /// How long `transparent_barge` listens at most, in milliseconds up to 60000. Default: 3000.
        transparent_barge_max_time: Dyn<Milliseconds> where between(0.0, 60000.0),

        // Timing.

        /// How long the caller may be silent before the agent asks, in milliseconds from 10000 to 600000;
        /// zero turns it off. Default: 5000.
        attention_timeout: Dyn<Milliseconds> where zero_or_between(10000.0, 600_000.0),
        /// What the model is told then. Default: a built-in text.
        attention_timeout_prompt: String,
        /// The pause that ends keyed digits, in milliseconds up to 30000. Default: 3000.
        digit_timeout: Dyn<Milliseconds> where between(0.0, 30000.0),
        /// What the model is told when `hard_stop_time` is over. Default: a built-in text.
        hard_stop_prompt: String,
        /// How long the agent stays at most, written as hours, minutes and seconds. Default: no limit.
        hard_stop_time: ClockTime where matching(&CLOCK_TIME),
        /// How long nothing may happen before the agent leaves, in milliseconds from 10000 to 3600000.
        /// Default: 600000.
        inactivity_timeout: Dyn<Milliseconds> where between(10000.0, 3_600_000.0),
        /// How long to wait before the conversation, in milliseconds up to 300000. Default: 0.
        initial_sleep_ms: Dyn<Milliseconds> where between(0.0, 300_000.0),
        /// How long the called side may be silent on an outbound call, in milliseconds from 10000 to 600000.
        /// Default: 120000.
        outbound_attention_timeout: Dyn<Milliseconds> where between(10000.0, 600_000.0),
        /// How long to wait for an event of the recognition, in milliseconds up to 10000. Default: 1400.
        speech_event_timeout: Dyn<Milliseconds> where between(0.0, 10000.0),
        /// The longest that the caller may speak, in milliseconds up to 600000. Default: 60000.
        speech_timeout: Dyn<Milliseconds> where between(0.0, 600_000.0),
        /// How long to wait after a likely end of the caller's turn, in milliseconds up to 10000. Default: 250.
        turn_detection_timeout: Dyn<Milliseconds> where between(0.0, 10000.0),
        /// A sound of listening comes at every so-manieth occasion, at least 1. Default: 1.
        turn_filler_every_n: Dyn<i64> where at_least(1.0),
        /// How long a wait must last before a sound of listening, in milliseconds. Default: 0.
        turn_filler_min_ms: Dyn<Milliseconds> where at_least(0.0),
        /// Which waits earn a sound of listening: a comma-separated list out of `spell`, `number`, `text`,
        /// `acoustic` and `veto`, each with `:ms` if wanted. Default: `spell,number`.
        turn_filler_sources: String,

        // Audio.

        /// The URL of a sound that plays behind the agent.
        background_file: String where url(),
        /// How often it plays. Default: without end.
        background_file_loops: BackgroundLoops,
        /// Its loudness, from -50 to 50. Default: 0.
        background_file_volume: Dyn<i64> where between(-50.0, 50.0),
        /// The URL of the music on hold: WAV, MP3 or a tone stream.
        hold_music: String where url(),
        /// Whether the music on hold plays while a function runs. Default: false.
        hold_on_process: Dyn<bool>,
        /// What is said when the call is answered, word for word.
        static_greeting: String,
        /// Whether the greeting cannot be interrupted. Default: false.
        static_greeting_no_barge: Dyn<bool>,

        // SWAIG.

        /// Whether a function waits until its filler has been spoken. Default: false.
        function_wait_for_talking: Dyn<bool>,
        /// Whether functions may run when the caller does not answer. Default: false.
        functions_on_no_response: Dyn<bool>,
        /// Whether replies of functions may change settings. Default: true.
        swaig_allow_settings: Dyn<bool>,
        /// Whether replies of functions may run SWML. Default: true.
        swaig_allow_swml: Dyn<bool>,
        /// Whether function calls carry the whole conversation. Default: false.
        swaig_post_conversation: Dyn<bool>,
        /// Whether function calls carry the variables of the script, or which of them. Default: false.
        swaig_post_swml_vars: SwmlVars,
        /// Whether replies of functions may change `global_data`. Default: true.
        swaig_set_global_data: Dyn<bool>,

        // Input.

        /// The keys that end digits, such as `#`.
        digit_terminators: String,
        /// How often `check_for_input` is called, in milliseconds from 1000 to 10000. Default: 2000.
        input_poll_freq: Dyn<Milliseconds> where between(1000.0, 10000.0),

        // Debugging.

        /// Whether the agent says which function runs. Default: false.
        audible_debug: Dyn<bool>,
        /// Whether the agent says how long an answer took. Default: false.
        audible_latency: Dyn<bool>,
        /// Whether answers are cached. Default: false.
        cache_mode: Dyn<bool>,
        /// Whether the platform logs more, or how much more. Default: false.
        debug: Debug,
        /// How much goes to `debug_webhook_url`, from 0 to 2. Default: 1.
        debug_webhook_level: Dyn<i64> where between(0.0, 2.0),
        /// The URL that receives the events of the conversation while it runs.
        debug_webhook_url: String where url(),
        /// Whether the report counts tokens and minutes. Default: false.
        enable_accounting: Dyn<bool>,
        /// Whether the platform logs everything. Default: false.
        verbose_logs: Dyn<bool>,

        // Inner dialog and pause.

        /// Whether a second model follows the conversation and advises the first. Default: false.
        enable_inner_dialog: Dyn<bool>,
        /// The second model.
        inner_dialog_model: String,
        /// What the second model is told. Default: a built-in text.
        inner_dialog_prompt: String,
        /// Whether the second model waits for each turn to end. Default: false.
        inner_dialog_synced: Dyn<bool>,
        /// Whether the caller can make the agent pause, with the function `pause_conversation`. Not together
        /// with `speak_when_spoken_to`. Default: false.
        enable_pause: Dyn<bool>,
        /// Whether the agent speaks only when it is called by its name. Default: false.
        speak_when_spoken_to: Dyn<bool>,
        /// Whether the agent waits for its name before it starts. Default: false.
        start_paused: Dyn<bool>,
        /// A word that must come before the name, such as `hey`.
        wake_prefix: String,
    }
    deprecated {
        /// See [`LanguageParams::similarity`](super::LanguageParams::similarity). From 0.0 to 1.0.
        /// Default: 0.75.
        eleven_labs_similarity: Dyn<f64> where between(0.0, 1.0) => "languages[].params.similarity",
        /// See [`LanguageParams::stability`](super::LanguageParams::stability). From 0.0 to 1.0.
        /// Default: 0.5.
        eleven_labs_stability: Dyn<f64> where between(0.0, 1.0) => "languages[].params.stability",
    }
    rest: Json
}

/// A duration that the platform reads as text; unlike elsewhere, no variable may stand for it.
pub(in crate::swml) const CLOCK_TIME: Pattern =
    Pattern::new("a time such as `1h45m30s`", &["1h45m30s", "90s", "2h"], |text| {
        let mut rest = text;
        for unit in ['h', 'm', 's'] {
            let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            if digits > 0 && rest[digits..].starts_with(unit) {
                rest = &rest[digits + 1..];
            }
        }
        rest.is_empty()
    });

union! {
    /// See [`Params::background_file_loops`].
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::{BackgroundLoops, Params};
    ///
    /// let params = Params::new().background_file_loops(BackgroundLoops::from(2));
    /// assert_eq!(Json::from(params).to_value(), json!({"background_file_loops": 2}));
    /// ```
    BackgroundLoops {
        /// So many times.
        Count(Dyn<i64>),
        /// Without end.
        Endless(()),
    }
}

impl From<i32> for BackgroundLoops {
    fn from(count: i32) -> Self {
        Self::Count(count.into())
    }
}

impl From<Variable> for BackgroundLoops {
    fn from(variable: Variable) -> Self {
        Self::Count(variable.into())
    }
}

object! {
    /// One message of [`Params::convo`].
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::{Message, Role};
    ///
    /// let message = Message::new(Role::Assistant, "Hello again.").lang("en-US");
    /// assert_eq!(
    ///     Json::from(message).to_value(),
    ///     json!({"role": "assistant", "content": "Hello again.", "lang": "en-US"})
    /// );
    /// ```
    Message
    required {
        /// Who says it.
        role: Role,
        /// What is said.
        content: String,
    }
    optional {
        /// The language.
        lang: String,
    }
}

choice! {
    /// Who says a message.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::{Message, Role};
    ///
    /// let message = Message::new(Role::User, "I called before.");
    /// assert_eq!(Json::from(message).to_value(), json!({"role": "user", "content": "I called before."}));
    /// ```
    Role {
        /// The caller.
        User = "user",
        /// The agent.
        Assistant = "assistant",
        /// The instructions.
        System = "system",
    }
}

choice! {
    /// The direction of a call.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::{CallLeg, Params};
    ///
    /// let params = Params::new().direction(CallLeg::Outbound);
    /// assert_eq!(Json::from(params).to_value(), json!({"direction": "outbound"}));
    /// ```
    CallLeg {
        /// The caller called.
        Inbound = "inbound",
        /// The agent called.
        Outbound = "outbound",
    }
}

choice! {
    /// See [`Params::pom_format`].
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::{Params, PomFormat};
    ///
    /// let params = Params::new().pom_format(PomFormat::Xml);
    /// assert_eq!(Json::from(params).to_value(), json!({"pom_format": "xml"}));
    /// ```
    PomFormat {
        /// Markdown.
        Markdown = "markdown",
        /// XML.
        Xml = "xml",
    }
}

choice! {
    /// See [`Params::summary_mode`].
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::{Params, SummaryMode};
    ///
    /// let params = Params::new().summary_mode(SummaryMode::String);
    /// assert_eq!(Json::from(params).to_value(), json!({"summary_mode": "string"}));
    /// ```
    SummaryMode {
        /// As text.
        String = "string",
        /// As the model gave it.
        Original = "original",
    }
}

choice! {
    /// See [`Params::tts_number_format`].
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::{NumberFormat, Params};
    ///
    /// let params = Params::new().tts_number_format(NumberFormat::National);
    /// assert_eq!(Json::from(params).to_value(), json!({"tts_number_format": "national"}));
    /// ```
    NumberFormat {
        /// With the country's prefix.
        International = "international",
        /// As in the country.
        National = "national",
    }
}

choice! {
    /// See [`Params::enable_text_normalization`]. Strings only: the platform refuses a JSON boolean.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::{Params, TextNormalization};
    ///
    /// let params = Params::new().enable_text_normalization(TextNormalization::Both);
    /// assert_eq!(Json::from(params).to_value(), json!({"enable_text_normalization": "both"}));
    /// ```
    TextNormalization {
        /// What the caller says becomes written form.
        Heard = "heard",
        /// What the agent says becomes spoken form.
        Spoken = "spoken",
        /// Both.
        Both = "both",
        /// Another word for both.
        True = "true",
        /// Another word for both.
        On = "on",
        /// Another word for none.
        False = "false",
        /// Another word for none.
        Off = "off",
        /// None.
        None = "none",
    }
}

union! {
    /// See [`Params::enable_barge`].
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::{EnableBarge, Params};
    ///
    /// let params = Params::new().enable_barge(EnableBarge::from("complete,partial"));
    /// assert_eq!(Json::from(params).to_value(), json!({"enable_barge": "complete,partial"}));
    /// ```
    EnableBarge {
        /// Always or never.
        Switch(bool),
        /// `complete`, `partial`, `complete,partial` or `all`; a variable is text too.
        Modes(String),
    }
}

union! {
    /// See [`Params::swaig_post_swml_vars`].
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::{Params, SwmlVars};
    ///
    /// let params = Params::new().swaig_post_swml_vars(SwmlVars::from(["order"]));
    /// assert_eq!(Json::from(params).to_value(), json!({"swaig_post_swml_vars": ["order"]}));
    /// ```
    SwmlVars {
        /// All or none.
        All(bool),
        /// These.
        Names(List<String>),
        /// A variable.
        Variable(Variable),
    }
}

union! {
    /// See [`Params::debug`].
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::{Debug, Params};
    ///
    /// let params = Params::new().debug(Debug::Level(2));
    /// assert_eq!(Json::from(params).to_value(), json!({"debug": 2}));
    /// ```
    Debug {
        /// On or off.
        Switch(bool),
        /// How much.
        Level(i64),
        /// A variable.
        Variable(Variable),
    }
}

impl From<&str> for EnableBarge {
    fn from(modes: &str) -> Self {
        Self::Modes(modes.to_owned())
    }
}

impl From<Variable> for EnableBarge {
    fn from(variable: Variable) -> Self {
        Self::Modes(variable.into())
    }
}

impl<T: Into<String>, const N: usize> From<[T; N]> for SwmlVars {
    fn from(names: [T; N]) -> Self {
        Self::Names(names.into())
    }
}

impl From<i32> for Debug {
    fn from(level: i32) -> Self {
        Self::Level(level.into())
    }
}
