use super::fillers::Fillers;
use super::language::LanguageParams;
use crate::swml::List;
use crate::swml::object::{object, union};

object! {
    /// One agent that follows the language of the caller.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::{Multilingual, MultilingualLanguage};
    ///
    /// let multilingual =
    ///     Multilingual::new([MultilingualLanguage::new("en-US"), MultilingualLanguage::new("pt-PT")])
    ///         .start_language("en-US");
    /// assert_eq!(
    ///     Json::from(multilingual).to_value(),
    ///     json!({"languages": [{"language": "en-US"}, {"language": "pt-PT"}], "start_language": "en-US"})
    /// );
    /// ```
    Multilingual
    required {
        /// The languages with voices. The first, or the one named `default`, must have a voice.
        languages each language: List<MultilingualLanguage>,
    }
    optional {
        /// The only languages that the agent may change to.
        allowed: List<String>,
        /// The engine for speech recognition.
        engine: String,
        /// The model for speech recognition. Default: `nova-3`.
        model: String,
        /// The provider of speech recognition.
        provider: String,
        /// The language at the start. Default: `en`.
        start_language: String,
        /// How many words in another language it takes to change, at least 1. Default: 2.
        min_switch_words: i64 where at_least(1.0),
        /// Phrases between the turns.
        fillers: FillerPhrases,
        /// Phrases while a function runs.
        function_fillers: FillerPhrases,
        /// Short sounds of listening while the caller speaks. No `auto` here.
        turn_fillers: FillerPhrases,
    }
}

object! {
    /// A language of [`Multilingual`].
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::MultilingualLanguage;
    ///
    /// let multilingual_language = MultilingualLanguage::new("pt-PT").voice("gcloud.pt-PT-Neural2-A");
    /// assert_eq!(
    ///     Json::from(multilingual_language).to_value(),
    ///     json!({"language": "pt-PT", "voice": "gcloud.pt-PT-Neural2-A"})
    /// );
    /// ```
    MultilingualLanguage
    required {
        /// The code, or `default` for every other language.
        language: String,
    }
    optional {
        /// The voice, as `engine.voice` or `engine.voice:model`.
        voice: String,
        /// The model of the voice's engine.
        model: String,
        /// Settings of the voice's engine.
        params: LanguageParams,
    }
    deprecated {
        /// The engine, where `voice` does not name it.
        engine: String => "voice",
    }
}

union! {
    /// Phrases for every language, or by language.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::FillerPhrases;
    ///
    /// let filler_phrases = FillerPhrases::from(["One moment.", "Let me see."]);
    /// assert_eq!(Json::from(filler_phrases).to_value(), json!(["One moment.", "Let me see."]));
    /// ```
    FillerPhrases {
        /// For every language.
        All(List<String>),
        /// By language.
        ByLanguage(Fillers),
    }
}

impl<T: Into<String>, const N: usize> From<[T; N]> for FillerPhrases {
    fn from(phrases: [T; N]) -> Self {
        Self::All(phrases.into())
    }
}
