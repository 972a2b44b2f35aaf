use super::contexts::Contexts;
use super::pom::PomSection;
use crate::swml::object::object;
use crate::swml::{Dyn, List};

object! {
    /// What the model is told: plain text, or sections in the Prompt Object Model (POM).
    ///
    /// Sampling fields that are left out keep the platform's defaults.
    ///
    /// ```
    /// use swaig::swml::ai::{PomSection, Prompt};
    ///
    /// let text = Prompt::text("You are a friendly host.").temperature(0.5).top_p(0.8);
    /// let pom = Prompt::pom([PomSection::new("Role").body("You are a friendly host.")]);
    /// # let _ = (text, pom);
    /// ```
    Prompt
    one_of {
        text: String,
        pom: List<PomSection> where not_empty(),
    }
    optional {
        /// The contexts and steps that the conversation moves through. They come on top of the text.
        contexts: Contexts,
        /// The most tokens of one answer, from 0 to 4096. Default: 256.
        max_tokens: i64 where between(0.0, 4096.0),
        /// How much the wording varies, from 0.0 to 1.5. Default: 1.0.
        temperature: Dyn<f64> where between(0.0, 1.5),
        /// The share of likely words to choose from, from 0.0 to 1.0. Default: 1.0. Change this or
        /// `temperature`, not both.
        top_p: Dyn<f64> where between(0.0, 1.0),
        /// How sure the recognition of speech must be, from 0.0 to 1.0. Default: 0.6.
        confidence: Dyn<f64> where between(0.0, 1.0),
        /// How much a topic that came up before is avoided, from -2.0 to 2.0. Default: 0.
        presence_penalty: Dyn<f64> where between(-2.0, 2.0),
        /// How much a word that came up often is avoided, from -2.0 to 2.0. Default: 0.
        frequency_penalty: Dyn<f64> where between(-2.0, 2.0),
    }
    engine_only {
        /// How sure the recognition must be for the caller to interrupt, from 0.0 to 1.0. Default: 0.0.
        barge_confidence: Dyn<f64> where between(0.0, 1.0),
    }
    rules { exactly_one ["text" "pom"] }
}

impl Prompt {
    /// A prompt of plain text; markdown works well.
    pub fn text(text: impl Into<String>) -> Self {
        Self::empty().put("text", text.into())
    }

    /// A prompt of sections, at least one.
    pub fn pom(sections: impl Into<List<PomSection>>) -> Self {
        Self::empty().put("pom", sections.into())
    }
}

impl<T: Into<String>> From<T> for Prompt {
    fn from(text: T) -> Self {
        Self::text(text)
    }
}
