use super::pronounce::Pronounce;
use crate::swml::object::{choice, object, union};
use crate::swml::{Dyn, List};

object! {
    /// A language that the agent speaks, with its voice.
    ///
    /// ```
    /// use swaig::swml::ai::Language;
    ///
    /// let english = Language::new("English", "en-US", "elevenlabs.rachel").function_fillers(["One moment."]);
    /// # let _ = english;
    /// ```
    Language
    required {
        /// The name of the language, as the model is told.
        name: String,
        /// The code for speech recognition, such as `en-US`, or up to three of them, or `multi`.
        code: LanguageCode where max_items(3),
        /// The voice, as `engine.voice` or `engine.voice:model`.
        voice: String,
    }
    optional {
        /// The model of the voice's engine; the one in `voice` goes first.
        model: String,
        /// Phrases while a function runs.
        function_fillers each function_filler: List<String>,
        /// Phrases between the turns.
        speech_fillers each speech_filler: List<String>,
        /// Short sounds of listening while the caller speaks.
        turn_fillers each turn_filler: List<String>,
        /// How words are spoken in this language.
        pronounce each pronunciation: List<Pronounce>,
        /// Whether the voice follows the mood of the text. Default: false. `Cartesia` and `MiniMax` only.
        auto_emotion: bool,
        /// Whether the voice adapts its speed. Default: false. Not every engine can.
        auto_speed: bool,
        /// Settings of the voice's engine.
        params: LanguageParams,
        /// The former name of [`code`](Self::code); read only where there is no `code`.
        listen_language: LanguageCode,
    }
    deprecated {
        /// The engine, where `voice` does not name it.
        engine: String => "voice",
        /// The former name of [`function_fillers`](Self::function_fillers).
        fillers: List<String> => "function_fillers",
    }
}

union! {
    /// One language code or several.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::{Language, LanguageCode};
    ///
    /// let language =
    ///     Language::new("Portuguese", LanguageCode::from(["pt-PT", "pt-BR"]), "gcloud.pt-PT-Neural2-A");
    /// assert_eq!(
    ///     Json::from(language).to_value(),
    ///     json!({"name": "Portuguese", "code": ["pt-PT", "pt-BR"], "voice": "gcloud.pt-PT-Neural2-A"})
    /// );
    /// ```
    LanguageCode {
        /// One.
        One(String),
        /// Up to three.
        Many(List<String>),
    }
}

impl From<&str> for LanguageCode {
    fn from(code: &str) -> Self {
        Self::One(code.to_owned())
    }
}

impl<T: Into<String>, const N: usize> From<[T; N]> for LanguageCode {
    fn from(codes: [T; N]) -> Self {
        Self::Many(codes.into())
    }
}

object! {
    /// Settings of a voice's engine; each belongs to some engines only.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::LanguageParams;
    ///
    /// let language_params = LanguageParams::new().speed(1.1).stability(0.5);
    /// assert_eq!(Json::from(language_params).to_value(), json!({"speed": 1.1, "stability": 0.5}));
    /// ```
    LanguageParams
    optional {
        /// `ElevenLabs`: how even the voice is, from 0.0 to 1.0. Default: 0.5.
        stability: Dyn<f64> where between(0.0, 1.0),
        /// `ElevenLabs`: how close the voice stays to the original, from 0.0 to 1.0. Default: 0.75.
        similarity: Dyn<f64> where between(0.0, 1.0),
        /// `Inworld`: the speed, from 0.5 to 1.5. Default: 1.0.
        speaking_rate as "speakingRate": Dyn<f64> where between(0.5, 1.5),
        /// `Inworld`: how much the delivery varies, from 0.0 to 2.0. Default: 1.0.
        temperature: Dyn<f64> where between(0.0, 2.0),
        /// `MiniMax`: the speed, from 0.5 to 2.0. Default: 1.0.
        speed: Dyn<f64> where between(0.5, 2.0),
        /// `MiniMax`: the loudness, from 0.1 to 1.0. Default: 1.0.
        vol: Dyn<f64> where between(0.1, 1.0),
        /// `MiniMax`: the pitch, from -12 to 12. Default: 0.
        pitch: Dyn<i64> where between(-12.0, 12.0),
        /// `MiniMax`: the mood.
        emotion: Emotion,
    }
}

choice! {
    /// The mood of a `MiniMax` voice.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::{Emotion, LanguageParams};
    ///
    /// let language_params = LanguageParams::new().emotion(Emotion::Happy);
    /// assert_eq!(Json::from(language_params).to_value(), json!({"emotion": "happy"}));
    /// ```
    Emotion {
        /// Happy.
        Happy = "happy",
        /// Sad.
        Sad = "sad",
        /// Angry.
        Angry = "angry",
        /// Fearful.
        Fearful = "fearful",
        /// Disgusted.
        Disgusted = "disgusted",
        /// Surprised.
        Surprised = "surprised",
        /// Neutral.
        Neutral = "neutral",
    }
}
