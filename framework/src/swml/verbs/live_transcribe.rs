use crate::swml::object::{choice, object, union};
use crate::swml::{Dyn, List, Milliseconds};

object! {
    /// The verb `live_transcribe`: writes down what is said while the call goes on.
    ///
    /// ```
    /// use swaig::swml::{CallSide, LiveTranscribe, StartTranscribing};
    ///
    /// let start = StartTranscribing::new("en-US", [CallSide::Remote, CallSide::Local]).live_events(true);
    /// let steps = [LiveTranscribe::start(start), LiveTranscribe::stop()];
    /// # let _ = steps;
    /// ```
    LiveTranscribe
    required {
        /// What to do.
        action: TranscribeAction,
    }
}

impl LiveTranscribe {
    /// Starts.
    pub fn start(start: StartTranscribing) -> Self {
        Self::new(TranscribeStart::new(start))
    }

    /// Stops.
    pub fn stop() -> Self {
        Self::new(Stop::Stop)
    }

    /// Sums up what was said so far.
    pub fn summarize(summarize: Summarize) -> Self {
        Self::new(SummarizeAction::With(SummarizeWith::new(summarize)))
    }
}

union! {
    /// What [`LiveTranscribe`] does.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, Stop, TranscribeAction};
    ///
    /// let transcribe_action = TranscribeAction::from(Stop::Stop);
    /// assert_eq!(Json::from(transcribe_action).to_value(), json!("stop"));
    /// ```
    TranscribeAction {
        /// Starts.
        Start(TranscribeStart),
        /// Stops.
        Stop(Stop),
        /// Sums up.
        Summarize(SummarizeAction),
    }
}

object! {
    /// The key `start` of a [`TranscribeAction`].
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{CallSide, Json, StartTranscribing, TranscribeStart};
    ///
    /// let transcribe_start = TranscribeStart::new(StartTranscribing::new("en-US", [CallSide::Remote]));
    /// assert_eq!(
    ///     Json::from(transcribe_start).to_value(),
    ///     json!({"start": {"lang": "en-US", "direction": ["remote-caller"]}})
    /// );
    /// ```
    TranscribeStart
    required {
        /// How.
        start: StartTranscribing,
    }
}

object! {
    /// How [`LiveTranscribe`] starts.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{CallSide, Json, StartTranscribing};
    ///
    /// let start_transcribing =
    ///     StartTranscribing::new("en-US", [CallSide::Remote, CallSide::Local]).live_events(true);
    /// assert_eq!(
    ///     Json::from(start_transcribing).to_value(),
    ///     json!({"lang": "en-US", "direction": ["remote-caller", "local-caller"], "live_events": true})
    /// );
    /// ```
    StartTranscribing
    required {
        /// The language, such as `en-US`.
        lang: String,
        /// Which sides are written down.
        direction each side: List<CallSide>,
    }
    optional {
        /// The URL that gets the text.
        webhook: String,
        /// Whether the text comes while it is said. Default: false.
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

union! {
    /// Sums up what was said.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, LiveTranscribe, Summarize, SummarizeAction, SummarizeWord};
    ///
    /// let live_transcribe = LiveTranscribe::new(SummarizeAction::Plain(SummarizeWord::Summarize));
    /// assert_eq!(Json::from(live_transcribe).to_value(), json!({"action": "summarize"}));
    /// ```
    SummarizeAction {
        /// As the start has set it.
        Plain(SummarizeWord),
        /// With settings of its own.
        With(SummarizeWith),
    }
}

object! {
    /// The key `summarize` of a [`SummarizeAction`].
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, Summarize, SummarizeWith};
    ///
    /// let summarize_with = SummarizeWith::new(Summarize::new().prompt("In one sentence."));
    /// assert_eq!(
    ///     Json::from(summarize_with).to_value(),
    ///     json!({"summarize": {"prompt": "In one sentence."}})
    /// );
    /// ```
    SummarizeWith
    required {
        /// How.
        summarize: Summarize,
    }
}

object! {
    /// How a conversation is summed up.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, LiveTranscribe, Summarize};
    ///
    /// let live_transcribe = LiveTranscribe::summarize(Summarize::new().prompt("In one sentence."));
    /// assert_eq!(
    ///     Json::from(live_transcribe).to_value(),
    ///     json!({"action": {"summarize": {"prompt": "In one sentence."}}})
    /// );
    /// ```
    Summarize
    optional {
        /// The URL that gets the summary.
        webhook: String,
        /// What the model is told.
        prompt: String,
    }
}

choice! {
    /// The word that stops.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, LiveTranscribe, Step, Stop};
    ///
    /// let step = Step::from(LiveTranscribe::new(Stop::Stop));
    /// assert_eq!(Json::from(step).to_value(), json!({"live_transcribe": {"action": "stop"}}));
    /// ```
    Stop {
        /// Stops.
        Stop = "stop",
    }
}

choice! {
    /// The word that sums up.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, Summarize, SummarizeWord};
    ///
    /// let summarize_word = SummarizeWord::Summarize;
    /// assert_eq!(Json::from(summarize_word).to_value(), json!("summarize"));
    /// ```
    SummarizeWord {
        /// Sums up.
        Summarize = "summarize",
    }
}

choice! {
    /// A side of a call.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{CallSide, Inject, Json};
    ///
    /// let inject = Inject::new("Please hold.", CallSide::Remote);
    /// assert_eq!(
    ///     Json::from(inject).to_value(),
    ///     json!({"message": "Please hold.", "direction": "remote-caller"})
    /// );
    /// ```
    CallSide {
        /// The caller.
        Remote = "remote-caller",
        /// The platform's side.
        Local = "local-caller",
    }
}

choice! {
    /// An engine that recognises speech.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{CallSide, Json, SpeechEngine, StartTranscribing};
    ///
    /// let start_transcribing =
    ///     StartTranscribing::new("en-US", [CallSide::Remote]).speech_engine(SpeechEngine::Deepgram);
    /// assert_eq!(
    ///     Json::from(start_transcribing).to_value(),
    ///     json!({"lang": "en-US", "direction": ["remote-caller"], "speech_engine": "deepgram"})
    /// );
    /// ```
    SpeechEngine {
        /// Deepgram.
        Deepgram = "deepgram",
        /// Google.
        Google = "google",
    }
}
