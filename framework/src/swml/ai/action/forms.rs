//! The bodies of actions that are more than a text or a switch.

use std::time::Duration;

use crate::swml::ai::PomSection;
use crate::swml::object::{object, union};
use crate::swml::{ClockTime, Dyn, List, Names, Seconds, Variable};

/// What the platform takes as the time of a hold; it falls back to 300 seconds for anything outside.
const HOLD: (Duration, Duration) = (Duration::from_secs(1), Duration::from_mins(15));

union! {
    /// What the prompt is replaced by. A text becomes a [`ContextSwitch`].
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::NewContext;
    ///
    /// let new_context = NewContext::from("You are a supervisor.");
    /// assert_eq!(Json::from(new_context).to_value(), json!({"system_prompt": "You are a supervisor."}));
    /// ```
    NewContext {
        /// A prompt, and what becomes of the conversation so far.
        Switch(ContextSwitch),
    }
    engine_only {
        /// The prompt alone.
        Prompt(String),
    }
}

impl From<&str> for NewContext {
    fn from(system_prompt: &str) -> Self {
        Self::Switch(ContextSwitch::new(system_prompt))
    }
}

impl From<String> for NewContext {
    fn from(system_prompt: String) -> Self {
        Self::Switch(ContextSwitch::new(system_prompt))
    }
}

object! {
    /// Another prompt for the rest of the conversation.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::ContextSwitch;
    ///
    /// let context_switch = ContextSwitch::new("You are a supervisor.").consolidate(true);
    /// assert_eq!(
    ///     Json::from(context_switch).to_value(),
    ///     json!({"system_prompt": "You are a supervisor.", "consolidate": true})
    /// );
    /// ```
    ContextSwitch
    required {
        /// What the model is told.
        system_prompt: String,
    }
    optional {
        /// Whether the conversation so far is summed up. Default: false.
        consolidate: Dyn<bool>,
        /// Said to the model in the caller's name.
        user_prompt: String,
    }
    engine_only {
        /// Whether the model forgets the conversation so far. Default: false.
        full_reset: Dyn<bool>,
        /// What the model is told, in sections.
        system_pom each system_section: List<PomSection>,
        /// Said to the model in the caller's name, in sections.
        user_pom each user_section: List<PomSection>,
    }
}

union! {
    /// How long a caller is on hold.
    ///
    /// ```
    /// use std::time::Duration;
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::Hold;
    ///
    /// let hold = Hold::from(Duration::from_secs(60));
    /// assert_eq!(Json::from(hold).to_value(), json!(60));
    /// ```
    Hold {
        /// In whole seconds, from 1 to 900.
        Timeout(Dyn<Seconds>),
        /// As a field.
        Object(HoldTime),
    }
    engine_only {
        /// As a text such as `5m`.
        Text(ClockTime),
    }
}

/// A duration outside 1 to 900 seconds is brought into these bounds.
impl From<Duration> for Hold {
    fn from(timeout: Duration) -> Self {
        Self::Timeout(timeout.clamp(HOLD.0, HOLD.1).into())
    }
}

object! {
    /// The long form of [`Hold`].
    ///
    /// ```
    /// use std::time::Duration;
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::HoldTime;
    ///
    /// let hold_time = HoldTime::new().timeout(Duration::from_secs(60)).timeout_step("apologise");
    /// assert_eq!(Json::from(hold_time).to_value(), json!({"timeout": 60, "timeout_step": "apologise"}));
    /// ```
    HoldTime
    optional {
        /// In whole seconds, from 1 to 900. Default: 300.
        timeout: Dyn<Seconds> where between(-2_147_483_648.0, 900.0),
    }
    engine_only {
        /// The step of the context to go to when the hold ends.
        step: String,
        /// The step of the context to go to when the time is over.
        timeout_step: String,
    }
}

union! {
    /// What plays behind the conversation. A text becomes a [`PlaybackBackground`].
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::Playback;
    ///
    /// let playback = Playback::from("https://example.com/hold.mp3");
    /// assert_eq!(Json::from(playback).to_value(), json!({"file": "https://example.com/hold.mp3"}));
    /// ```
    Playback {
        /// A file, and whether the agent waits for its end.
        Background(PlaybackBackground),
    }
    engine_only {
        /// The URL of the file alone.
        File(String),
    }
}

impl From<&str> for Playback {
    fn from(file: &str) -> Self {
        Self::Background(PlaybackBackground::new(file))
    }
}

impl From<String> for Playback {
    fn from(file: String) -> Self {
        Self::Background(PlaybackBackground::new(file))
    }
}

object! {
    /// A file that plays behind the conversation.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::PlaybackBackground;
    ///
    /// let playback_background = PlaybackBackground::new("https://example.com/hold.mp3").wait(true);
    /// assert_eq!(
    ///     Json::from(playback_background).to_value(),
    ///     json!({"file": "https://example.com/hold.mp3", "wait": true})
    /// );
    /// ```
    PlaybackBackground
    required {
        /// Its URL.
        file: String where url(),
    }
    optional {
        /// Whether the agent waits until it is over. Default: false.
        wait: Dyn<bool>,
    }
}

object! {
    /// Functions switched on or off.
    ///
    /// ```
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::Toggle;
    ///
    /// let toggle = Toggle::new(["send_mfa", "verify_mfa"], false);
    /// assert_eq!(Json::from(toggle).to_string(), r#"{"function":["send_mfa","verify_mfa"],"active":false}"#);
    /// ```
    Toggle
    required {
        /// The function, or several.
        function: Names,
        /// Whether the model may call them from now on.
        active: Active,
    }
}

union! {
    /// Whether the model may call a function.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::{Active, Toggle};
    ///
    /// let toggle = Toggle::new("verify_mfa", Active::Uses(2));
    /// assert_eq!(Json::from(toggle).to_value(), json!({"function": "verify_mfa", "active": 2}));
    /// ```
    Active {
        /// From now on, or no more.
        Switch(Dyn<bool>),
    }
    engine_only {
        /// So many times; -1 is without a limit.
        Uses(i64),
    }
}

impl From<bool> for Active {
    fn from(active: bool) -> Self {
        Self::Switch(active.into())
    }
}

impl From<Variable> for Active {
    fn from(active: Variable) -> Self {
        Self::Switch(active.into())
    }
}

/// A number of uses, which is engine only.
impl From<i64> for Active {
    fn from(uses: i64) -> Self {
        Self::Uses(uses)
    }
}

/// A number of uses, which is engine only.
impl From<i32> for Active {
    fn from(uses: i32) -> Self {
        Self::Uses(uses.into())
    }
}

union! {
    /// What `transfer` holds: a switch beside `SWML`, or a destination alone. A text becomes a destination.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::TransferTo;
    ///
    /// let transfer_to = TransferTo::from("https://example.com/next");
    /// assert_eq!(Json::from(transfer_to).to_value(), json!("https://example.com/next"));
    /// ```
    TransferTo {
        /// Beside `SWML`: whether the agent ends.
        Document(Dyn<bool>),
    }
    engine_only {
        /// The name of a section, or the URL of a document.
        Destination(String),
        /// The same, and whether the model sums up.
        Object(TransferDestination),
    }
}

impl From<&str> for TransferTo {
    fn from(dest: &str) -> Self {
        Self::Destination(dest.to_owned())
    }
}

impl From<String> for TransferTo {
    fn from(dest: String) -> Self {
        Self::Destination(dest)
    }
}

impl From<TransferDestination> for TransferTo {
    fn from(destination: TransferDestination) -> Self {
        Self::Object(destination)
    }
}

object! {
    /// Where a call goes when the agent ends, without a document of its own.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::TransferDestination;
    ///
    /// let transfer_destination = TransferDestination::new("https://example.com/next").summarize(true);
    /// assert_eq!(
    ///     Json::from(transfer_destination).to_value(),
    ///     json!({"dest": "https://example.com/next", "summarize": true})
    /// );
    /// ```
    TransferDestination
    required {
        /// The name of a section, or the URL of a document.
        dest: String,
    }
    optional {
        /// Whether the model sums the conversation up first. Default: false.
        summarize: Dyn<bool>,
    }
}

union! {
    /// What is removed from data.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::Unsetting;
    ///
    /// let unsetting = Unsetting::from(["code", "tries"]);
    /// assert_eq!(Json::from(unsetting).to_value(), json!(["code", "tries"]));
    /// ```
    Unsetting {
        /// The member of this name.
        Key(String),
        /// Everything.
        All(Everything),
    }
    engine_only {
        /// The members of these names.
        Keys(List<String>),
    }
}

impl Unsetting {
    /// Every member.
    pub fn everything() -> Self {
        Self::All(Everything::new())
    }
}

impl From<&str> for Unsetting {
    fn from(key: &str) -> Self {
        Self::Key(key.to_owned())
    }
}

/// Several keys, which is engine only.
impl<K: Into<String>, const N: usize> From<[K; N]> for Unsetting {
    fn from(keys: [K; N]) -> Self {
        Self::Keys(keys.into())
    }
}

/// Several keys, which is engine only.
impl<K: Into<String>> From<Vec<K>> for Unsetting {
    fn from(keys: Vec<K>) -> Self {
        Self::Keys(keys.into())
    }
}

object! {
    /// Stands for all there is: an object without members.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::{Everything, Unsetting};
    ///
    /// let unsetting = Unsetting::All(Everything::new());
    /// assert_eq!(Json::from(unsetting).to_value(), json!({}));
    /// ```
    Everything
}
