use crate::swml::object::{object, union};
use crate::swml::{DecimalSeconds, Dyn, List, Sound};

object! {
    /// The verb `prompt`: plays something and collects digits or speech.
    ///
    /// The name tells it from the [`Prompt`](crate::swml::ai::Prompt) of an AI agent. The platform sets the
    /// variables `prompt_result` and `prompt_value`. Any `speech_…` field turns speech on.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, PromptCaller};
    ///
    /// let prompt_caller = PromptCaller::new("say:Press 1 for orders.").max_digits(1);
    /// assert_eq!(
    ///     Json::from(prompt_caller).to_value(),
    ///     json!({"play": "say:Press 1 for orders.", "max_digits": 1})
    /// );
    /// ```
    PromptCaller
    required {
        /// What to play.
        play: Sounds where unmixed(),
    }
    optional {
        /// Gain in dB, from -40 to 40. Default: 0.
        volume: f64 where between(-40.0, 40.0),
        /// The voice of `say:` sounds. Default: `Polly.Salli`.
        say_voice: String,
        /// The language of `say:` sounds. Default: `en-US`.
        say_language: String,
        /// The gender of the voice of `say:` sounds. Default: `female`.
        say_gender: String,
        /// How many digits to collect at most. Default: 1.
        max_digits: Dyn<i64>,
        /// The digits that end the input.
        terminators: String,
        /// How long to wait for the next digit, in seconds. Default: 5.
        digit_timeout: Dyn<DecimalSeconds>,
        /// How long to wait for the first input, in seconds. Default: 5.
        initial_timeout: Dyn<DecimalSeconds>,
        /// The longest that the caller may speak, in seconds.
        speech_timeout: Dyn<DecimalSeconds>,
        /// How much silence ends the speech, in seconds.
        speech_end_timeout: Dyn<DecimalSeconds>,
        /// The language that the caller speaks.
        speech_language: String,
        /// Words that are likely to be said.
        speech_hints each speech_hint: List<String>,
        /// The engine that recognises speech.
        speech_engine: String,
        /// The URL that is told when the state of the prompt changes.
        status_url: String where url(),
    }
}

union! {
    /// One sound or several.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, PromptCaller, Sounds};
    ///
    /// let prompt_caller = PromptCaller::new(Sounds::from(["say:Hello", "say:Press 1"]));
    /// assert_eq!(Json::from(prompt_caller).to_value(), json!({"play": ["say:Hello", "say:Press 1"]}));
    /// ```
    Sounds {
        /// One.
        One(Sound),
        /// Several in a row.
        Many(List<Sound>),
    }
}

impl From<&str> for Sounds {
    fn from(sound: &str) -> Self {
        Self::One(sound.into())
    }
}

impl<T: Into<Sound>, const N: usize> From<[T; N]> for Sounds {
    fn from(sounds: [T; N]) -> Self {
        Self::Many(sounds.into())
    }
}
