use super::pom::PomSection;
use crate::swml::object::object;
use crate::swml::{Dyn, List};

object! {
    /// What the model is asked once the conversation is over, such as a summary.
    ///
    /// Ask for JSON, and the report carries the parsed answer too. Sampling fields that are left out keep the
    /// platform's defaults.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::PostPrompt;
    ///
    /// let post_prompt = PostPrompt::text("Sum up the call as JSON.").temperature(0.2);
    /// assert_eq!(
    ///     Json::from(post_prompt).to_value(),
    ///     json!({"text": "Sum up the call as JSON.", "temperature": 0.2})
    /// );
    /// ```
    PostPrompt
    one_of {
        text: String,
        pom: List<PomSection> where not_empty(),
    }
    optional {
        /// The most tokens of the answer, from 0 to 4096. Default: 256.
        max_tokens: i64 where between(0.0, 4096.0),
        /// How much the wording varies, from 0.0 to 1.5. Default: 1.0.
        temperature: Dyn<f64> where between(0.0, 1.5),
        /// The share of likely words to choose from, from 0.0 to 1.0. Default: 1.0.
        top_p: Dyn<f64> where between(0.0, 1.0),
        /// How sure the recognition of speech must be, from 0.0 to 1.0. Default: 0.6.
        confidence: Dyn<f64> where between(0.0, 1.0),
        /// How much a topic that came up before is avoided, from -2.0 to 2.0. Default: 0.
        presence_penalty: Dyn<f64> where between(-2.0, 2.0),
        /// How much a word that came up often is avoided, from -2.0 to 2.0. Default: 0.
        frequency_penalty: Dyn<f64> where between(-2.0, 2.0),
    }
    rules { exactly_one ["text" "pom"] }
}

impl PostPrompt {
    /// Of plain text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::empty().put("text", text.into())
    }

    /// Of sections, at least one.
    pub fn pom(sections: impl Into<List<PomSection>>) -> Self {
        Self::empty().put("pom", sections.into())
    }
}

impl<T: Into<String>> From<T> for PostPrompt {
    fn from(text: T) -> Self {
        Self::text(text)
    }
}
