use crate::swml::line::{is_one_line, one_line};
use crate::swml::object::{choice, object, union, wrapper};
use crate::swml::{
    CallSide, Dyn, Kind, List, Milliseconds, Pattern, SpeechEngine, Stop, Summarize, SummarizeAction,
    SummarizeWith,
};

object! {
    /// The verb `live_translate`: speaks to each side what the other one says, in its own language.
    ///
    /// ```
    /// use swaig::swml::{CallSide, LiveTranslate, StartTranslating, TranslationStyle};
    ///
    /// let start = StartTranslating::new("en-US", "es-ES", [CallSide::Remote, CallSide::Local])
    ///     .filter_to(TranslationStyle::Polite);
    /// let steps = [LiveTranslate::start(start), LiveTranslate::inject("Un momento.", CallSide::Remote)];
    /// # let _ = steps;
    /// ```
    LiveTranslate
    required {
        /// What to do.
        action: TranslateAction,
    }
}

impl LiveTranslate {
    /// Starts.
    pub fn start(start: StartTranslating) -> Self {
        Self::new(TranslateStart::new(start))
    }

    /// Stops.
    pub fn stop() -> Self {
        Self::new(Stop::Stop)
    }

    /// Sums up what was said so far.
    pub fn summarize(summarize: Summarize) -> Self {
        Self::new(SummarizeAction::With(SummarizeWith::new(summarize)))
    }

    /// Says something to one side.
    pub fn inject(message: impl Into<String>, direction: CallSide) -> Self {
        Self::new(TranslateInject::new(Inject::new(message, direction)))
    }
}

union! {
    /// What [`LiveTranslate`] does.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, Stop, TranslateAction};
    ///
    /// let translate_action = TranslateAction::from(Stop::Stop);
    /// assert_eq!(Json::from(translate_action).to_value(), json!("stop"));
    /// ```
    TranslateAction {
        /// Starts.
        Start(TranslateStart),
        /// Stops.
        Stop(Stop),
        /// Sums up.
        Summarize(SummarizeAction),
        /// Says something.
        Inject(TranslateInject),
    }
}

object! {
    /// The key `start` of a [`TranslateAction`].
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{CallSide, Json, StartTranslating, TranslateStart};
    ///
    /// let translate_start =
    ///     TranslateStart::new(StartTranslating::new("en-US", "pt-PT", [CallSide::Remote]));
    /// assert_eq!(
    ///     Json::from(translate_start).to_value(),
    ///     json!({"start": {"from_lang": "en-US", "to_lang": "pt-PT", "direction": ["remote-caller"]}})
    /// );
    /// ```
    TranslateStart
    required {
        /// How.
        start: StartTranslating,
    }
}

object! {
    /// How [`LiveTranslate`] starts.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{CallSide, Json, StartTranslating};
    ///
    /// let start_translating = StartTranslating::new("en-US", "pt-PT", [CallSide::Remote, CallSide::Local]);
    /// assert_eq!(
    ///     Json::from(start_translating).to_value(),
    ///     json!({"from_lang": "en-US", "to_lang": "pt-PT", "direction": ["remote-caller", "local-caller"]})
    /// );
    /// ```
    StartTranslating
    required {
        /// The language to translate from, such as `en-US`.
        from_lang: String,
        /// The language to translate to.
        to_lang: String,
        /// Which sides are translated.
        direction each side: List<CallSide>,
    }
    optional {
        /// The URL that gets the texts.
        webhook: String,
        /// The voice of the first language.
        from_voice: String,
        /// The voice of the second language.
        to_voice: String,
        /// The tone of what is said in the first language.
        filter_from: TranslationFilter,
        /// The tone of what is said in the second language.
        filter_to: TranslationFilter,
        /// Whether the texts come while they are said. Default: false.
        live_events: Dyn<bool>,
        /// Whether a summary comes at the end. Default: false.
        ai_summary: Dyn<bool>,
        /// What the model is told about the summary.
        ai_summary_prompt: String,
        /// The engine that recognises speech. Default: Deepgram.
        speech_engine: SpeechEngine,
        /// The longest that one utterance may take, in milliseconds. Default: 60000.
        speech_timeout: Dyn<Milliseconds>,
        /// How much silence ends an utterance, in milliseconds. Default: 300 for Deepgram, 500 for Google.
        vad_silence_ms: Dyn<Milliseconds>,
        /// How loud speech must be, from 0 to 1800. Default: 400.
        vad_thresh: Dyn<i64>,
        /// How much is logged, from 0 to 2. Default: 0.
        debug_level: Dyn<i64>,
    }
}

object! {
    /// The key `inject` of a [`TranslateAction`].
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{CallSide, Inject, Json, TranslateInject};
    ///
    /// let translate_inject = TranslateInject::new(Inject::new("Please hold.", CallSide::Local));
    /// assert_eq!(
    ///     Json::from(translate_inject).to_value(),
    ///     json!({"inject": {"message": "Please hold.", "direction": "local-caller"}})
    /// );
    /// ```
    TranslateInject
    required {
        /// What.
        inject: Inject,
    }
}

object! {
    /// Something said to one side of a translated call.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{CallSide, Inject, Json};
    ///
    /// let inject = Inject::new("Please hold.", CallSide::Local);
    /// assert_eq!(
    ///     Json::from(inject).to_value(),
    ///     json!({"message": "Please hold.", "direction": "local-caller"})
    /// );
    /// ```
    Inject
    required {
        /// The text.
        message: String,
        /// Who hears it.
        direction: CallSide,
    }
}

union! {
    /// The tone of a translation.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, TranslationFilter, TranslationStyle};
    ///
    /// let translation_filter = TranslationFilter::from(TranslationStyle::Polite);
    /// assert_eq!(Json::from(translation_filter).to_value(), json!("polite"));
    /// ```
    TranslationFilter {
        /// One that the platform knows.
        Style(TranslationStyle),
        /// In your own words.
        Custom(CustomFilter),
    }
}

choice! {
    /// A tone that the platform knows.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{CallSide, Json, StartTranslating, TranslationStyle};
    ///
    /// let start_translating =
    ///     StartTranslating::new("en-US", "pt-PT", [CallSide::Remote]).filter_to(TranslationStyle::Polite);
    /// assert_eq!(
    ///     Json::from(start_translating).to_value(),
    ///     json!({"from_lang": "en-US", "to_lang": "pt-PT", "direction": ["remote-caller"], "filter_to": "polite"})
    /// );
    /// ```
    TranslationStyle {
        /// Polite.
        Polite = "polite",
        /// Rude.
        Rude = "rude",
        /// Professional.
        Professional = "professional",
        /// Like Shakespeare.
        Shakespeare = "shakespeare",
        /// Like a young person.
        GenZ = "gen-z",
    }
}

wrapper! {
    /// A tone in words, with `prompt:` before it; see [`CustomFilter::prompt`].
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{CallSide, CustomFilter, Json, StartTranslating};
    ///
    /// let start_translating = StartTranslating::new("en-US", "pt-PT", [CallSide::Remote])
    ///     .filter_to(CustomFilter::prompt("Speak slowly."));
    /// assert_eq!(
    ///     Json::from(start_translating).to_value(),
    ///     json!({
    ///         "from_lang": "en-US",
    ///         "to_lang": "pt-PT",
    ///         "direction": [
    ///             "remote-caller"
    ///         ],
    ///         "filter_to": "prompt:Speak slowly."
    ///     })
    /// );
    /// ```
    CustomFilter(String) kind Kind::Text(&CUSTOM_FILTER)
}

const CUSTOM_FILTER: Pattern =
    Pattern::new("`prompt:` and then what the model is told", &["prompt:Speak slowly"], |text| {
        text.strip_prefix("prompt:").is_some_and(|prompt| !prompt.is_empty() && is_one_line(prompt))
    });

impl CustomFilter {
    /// From what the model is told. The platform takes one line: a line break becomes a space.
    pub fn prompt(text: impl AsRef<str>) -> Self {
        Self(format!("prompt:{}", one_line(text.as_ref())))
    }
}
