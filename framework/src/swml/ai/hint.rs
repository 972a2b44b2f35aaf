use crate::swml::Dyn;
use crate::swml::object::{object, union};

union! {
    /// Something that the speech recognition should expect.
    ///
    /// Any text converts into a word, and [`HintPattern`] into a pattern.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::Hint;
    ///
    /// let hint = Hint::from("Ferris");
    /// assert_eq!(Json::from(hint).to_value(), json!("Ferris"));
    /// ```
    Hint {
        /// A word or a short phrase.
        Word(String),
        /// A word whose mishearings are corrected.
        Pattern(HintPattern),
    }
}

impl From<&str> for Hint {
    fn from(word: &str) -> Self {
        Self::Word(word.to_owned())
    }
}

object! {
    /// A hint that corrects what was heard.
    ///
    /// ```
    /// use swaig::swml::ai::HintPattern;
    ///
    /// let hint = HintPattern::new("SWML", "swim(m)?el", "SWML").ignore_case(true);
    /// # let _ = hint;
    /// ```
    HintPattern
    required {
        /// The word to expect.
        hint: String,
        /// A regular expression for what may be heard instead.
        pattern: String,
        /// What a match becomes.
        replace: String,
    }
    optional {
        /// Whether upper and lower case are the same. Default: false.
        ignore_case: Dyn<bool>,
    }
}
