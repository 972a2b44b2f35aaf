use crate::swml::List;
use crate::swml::object::{object, push};

object! {
    /// Phrases that are spoken while the caller waits, by language.
    ///
    /// The platform looks up the language in use, then `auto`, whose phrases it translates, then `default`.
    /// A language is given by its code, such as `en-US`, set with [`phrase`](Self::phrase) or
    /// [`language`](Self::language).
    ///
    /// ```
    /// use swaig::swml::ai::Fillers;
    ///
    /// let fillers = Fillers::new().phrase("en-US", "One moment.").phrase("en-US", "Let me look.");
    /// assert_eq!(serde_json::to_string(&fillers)?, r#"{"en-US":["One moment.","Let me look."]}"#);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    Fillers
    optional {
        /// For a language without phrases of its own and when there is no `auto`.
        default: List<String>,
        /// Translated into the language in use while the call runs.
        auto: List<String>,
    }
    rest: List<String>
}

impl Fillers {
    /// Appends a phrase of a language.
    #[must_use]
    pub fn phrase(mut self, language: impl AsRef<str>, phrase: impl Into<String>) -> Self {
        push(&mut self.0, language.as_ref(), phrase.into().into());
        self
    }

    /// Sets the phrases of a language.
    #[must_use]
    pub fn language(self, language: impl Into<String>, phrases: impl Into<List<String>>) -> Self {
        self.put(language, phrases.into())
    }
}

impl<L, P, const N: usize> From<[(L, P); N]> for Fillers
where
    L: Into<String>,
    P: Into<List<String>>,
{
    fn from(languages: [(L, P); N]) -> Self {
        languages
            .into_iter()
            .fold(Self::new(), |fillers, (language, phrases)| fillers.language(language, phrases))
    }
}
