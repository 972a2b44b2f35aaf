//! The action `settings`.

use crate::swml::object::object;
use crate::swml::{Dyn, Json};

object! {
    /// Settings that a reply changes while the call runs. What is not set stays as it is.
    ///
    /// Here the engine writes its keys with hyphens; [`extra`](Self::extra) sets one that has no setter.
    ///
    /// ```
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::Settings;
    ///
    /// let settings = Settings::new().temperature(0.2).max_tokens(300).barge_confidence(0.5).extra("ai-model", "x");
    /// assert_eq!(
    ///     Json::from(settings).to_string(),
    ///     r#"{"temperature":0.2,"max-tokens":300,"barge-confidence":0.5,"ai-model":"x"}"#,
    /// );
    /// ```
    Settings
    optional {
        /// How freely the model chooses its words, from 0 to 1.5.
        temperature: Dyn<f64> where between(0.0, 1.5),
        /// How many of the likely words the model chooses from, from 0 to 1.
        top_p as "top-p": Dyn<f64> where between(0.0, 1.0),
        /// The longest answer, in tokens up to 4096.
        max_tokens as "max-tokens": Dyn<i64> where between(0.0, 4096.0),
        /// How much the model avoids what it said already, from -2 to 2.
        presence_penalty as "presence-penalty": Dyn<f64> where between(-2.0, 2.0),
        /// How much the model avoids words that it said often, from -2 to 2.
        frequency_penalty as "frequency-penalty": Dyn<f64> where between(-2.0, 2.0),
        /// How sure the recognition must be to take something for speech, from 0 to 1.
        confidence: Dyn<f64> where between(0.0, 1.0),
        /// How sure the recognition must be to let the caller interrupt, from 0 to 1.
        barge_confidence as "barge-confidence": Dyn<f64> where between(0.0, 1.0),
    }
    rest: Json
}
