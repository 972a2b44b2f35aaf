use std::time::Duration;

use crate::swml::object::{object, wrapper};
use crate::swml::{DecimalSeconds, Dyn, Json, List};

object! {
    /// The verb `play`: plays files, speech, ringing or silence.
    ///
    /// It has either one sound ([`Play::url`]) or several in a row ([`Play::urls`]).
    ///
    /// ```
    /// use std::time::Duration;
    /// use swaig::swml::{Play, Sound};
    ///
    /// let play = Play::urls([Sound::silence(Duration::from_millis(500)), Sound::say("Welcome")])
    ///     .say_voice("Polly.Joanna");
    /// assert_eq!(
    ///     serde_json::to_string(&play)?,
    ///     r#"{"urls":["silence:0.5","say:Welcome"],"say_voice":"Polly.Joanna"}"#,
    /// );
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    Play
    one_of {
        url: Sound,
        urls: List<Sound>,
    }
    optional {
        /// Gain in dB, from -40 to 40. Default: 0.
        volume: Dyn<f64>,
        /// The voice of `say:` sounds. Default: `Polly.Salli`.
        say_voice: String,
        /// The language of `say:` sounds. Default: `en-US`.
        say_language: String,
        /// The gender of the voice of `say:` sounds. Default: `female`.
        say_gender: String,
        /// Whether to answer a call that rings before playing. Default: true.
        auto_answer: Dyn<bool>,
        /// The URL that is told when the state of the playback changes.
        status_url: String,
    }
}

impl Play {
    /// Plays one sound.
    pub fn url(url: impl Into<Sound>) -> Self {
        Self::empty().put("url", url.into())
    }

    /// Plays sounds in a row.
    pub fn urls(urls: impl Into<List<Sound>>) -> Self {
        Self::empty().put("urls", urls.into())
    }
}

wrapper! {
    /// What `play` and `prompt` can play.
    ///
    /// Any text converts: the URL of a file, `say:…`, `ring:…`, `silence:…`, or a whole-string variable.
    Sound(String)
}

impl Sound {
    /// Speech, by the voice that the verb sets.
    pub fn say(text: impl AsRef<str>) -> Self {
        Self(format!("say:{}", text.as_ref()))
    }

    /// The ringing tone of a country (`us`, `uk`, …) for a while.
    pub fn ring(country: impl AsRef<str>, duration: Duration) -> Self {
        Self(format!("ring:{}:{}", seconds(duration), country.as_ref()))
    }

    /// Silence for a while.
    pub fn silence(duration: Duration) -> Self {
        Self(format!("silence:{}", seconds(duration)))
    }
}

fn seconds(duration: Duration) -> String {
    Json::from(DecimalSeconds::from(duration)).to_string()
}

impl<T: Into<String>> From<T> for Sound {
    fn from(text: T) -> Self {
        Self(text.into())
    }
}
