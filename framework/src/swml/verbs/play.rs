use std::time::Duration;

use crate::swml::line::{is_one_line, one_line};
use crate::swml::object::{object, wrapper};
use crate::swml::{Dyn, Kind, List, Pattern};

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
        urls: List<Sound> where unmixed(),
    }
    optional {
        /// Gain in dB, from -40 to 40. Default: 0.
        volume: Dyn<f64> where between(-40.0, 40.0),
        /// The voice of `say:` sounds. Default: `Polly.Salli`.
        say_voice: String,
        /// The language of `say:` sounds. Default: `en-US`.
        say_language: String,
        /// The gender of the voice of `say:` sounds. Default: `female`.
        say_gender: String,
        /// Whether to answer a call that rings before playing. Default: true.
        auto_answer: Dyn<bool>,
        /// The URL that is told when the state of the playback changes.
        status_url: String where url(),
    }
    rules { exactly_one ["url" "urls"] }
}

impl Play {
    /// Plays one sound.
    pub fn url(url: impl Into<Sound>) -> Self {
        Self::empty().put("url", url.into())
    }

    /// Plays sounds in a row. The platform wants either no variable among them or nothing else.
    pub fn urls(urls: impl Into<List<Sound>>) -> Self {
        Self::empty().put("urls", urls.into())
    }
}

wrapper! {
    /// What `play` and `prompt` can play.
    ///
    /// Any text converts: the URL of a file, `say:…`, `ring:…`, `silence:…`, or a whole-string variable.
    ///
    /// ```
    /// use std::time::Duration;
    /// use serde_json::json;
    /// use swaig::swml::{Json, Sound};
    ///
    /// let sound = Sound::ring("us", Duration::from_secs(5));
    /// assert_eq!(Json::from(sound).to_value(), json!("ring:5:us"));
    /// ```
    Sound(String) kind Kind::OneOf(&[|| Kind::Text(&SOUND), || Kind::Variable])
}

/// What the published schema takes for a sound.
const SOUND: Pattern = Pattern::new(
    "a web address, `say:TEXT`, `ring:SECONDS:COUNTRY` or `silence:SECONDS`",
    &["https://example.com/a.mp3", "say:Hello", "ring:5:us", "ring: de", "silence:1.5"],
    is_sound,
);

fn is_sound(text: &str) -> bool {
    if let Some(ring) = text.strip_prefix("ring:").map(after_space) {
        let timed = ring.split_once(':');
        return is_country(ring)
            || timed.is_some_and(|(count, country)| is_count(count) && is_country(after_space(country)));
    }
    if let Some(silence) = text.strip_prefix("silence:") {
        return is_count(after_space(silence));
    }
    is_one_line(text) && ["http://", "https://", "say:"].iter().any(|prefix| text.starts_with(prefix))
}

fn after_space(text: &str) -> &str {
    text.strip_prefix(' ').unwrap_or(text)
}

fn is_count(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|b| b.is_ascii_alphabetic())
}

impl Sound {
    /// Speech, by the voice that the verb sets. The platform takes one line: a line break becomes a space.
    pub fn say(text: impl AsRef<str>) -> Self {
        Self(format!("say:{}", one_line(text.as_ref())))
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
    // Unlike JSON, this never prints an exponent.
    duration.as_secs_f64().to_string()
}

impl<T: Into<String>> From<T> for Sound {
    fn from(text: T) -> Self {
        Self(text.into())
    }
}
