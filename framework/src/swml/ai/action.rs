//! Actions of a `data_map` output: what the platform does to the live call.

use std::time::Duration;

use crate::swml::object::{object, union};
use crate::swml::{Data, Document, Dyn, List, Names, Seconds};

object! {
    /// One action: an object with one key.
    ///
    /// ```
    /// use swaig::swml::ai::OutputAction;
    /// use swaig::swml::{Document, Hangup, Json, Play};
    ///
    /// let goodbye = Document::new().step(Play::url("say:Goodbye")).step(Hangup::new());
    /// let actions = [OutputAction::say("One moment."), OutputAction::swml(goodbye)];
    /// assert_eq!(Json::from(actions[0].clone()).to_string(), r#"{"say":"One moment."}"#);
    /// ```
    OutputAction
    one_of {
        swml as "SWML": Document,
        change_context: String,
        change_step: String,
        context_switch: ContextSwitch,
        hangup: Dyn<bool>,
        hold: Hold where between(-2_147_483_648.0, 900.0),
        playback_bg: PlaybackBackground,
        say: String,
        set_global_data: Data,
        set_meta_data: Data,
        stop: Dyn<bool>,
        stop_playback_bg: Dyn<bool>,
        toggle_functions: List<Toggle>,
        unset_global_data: Unsetting,
        unset_meta_data: Unsetting,
        user_input: String,
    }
    optional {
        /// Beside [`swml`](Self::swml): whether the agent ends and the call goes on in the document.
        /// Default: false.
        transfer: Dyn<bool>,
    }
    rules {
        exactly_one [
            "SWML" "change_context" "change_step" "context_switch" "hangup" "hold" "playback_bg" "say"
            "set_global_data" "set_meta_data" "stop" "stop_playback_bg" "toggle_functions" "unset_global_data"
            "unset_meta_data" "user_input"
        ],
        needs ["transfer" => "SWML"],
    }
}

impl OutputAction {
    /// Runs a document.
    pub fn swml(document: Document) -> Self {
        Self::empty().put("SWML", document)
    }

    /// Goes to another context of the prompt.
    pub fn change_context(name: impl Into<String>) -> Self {
        Self::empty().put("change_context", name.into())
    }

    /// Goes to another step of the context.
    pub fn change_step(name: impl Into<String>) -> Self {
        Self::empty().put("change_step", name.into())
    }

    /// Replaces the prompt.
    pub fn context_switch(switch: ContextSwitch) -> Self {
        Self::empty().put("context_switch", switch)
    }

    /// Ends the call.
    pub fn hangup() -> Self {
        Self::empty().put("hangup", true)
    }

    /// Puts the caller on hold, with the music of [`Params::hold_music`](super::Params::hold_music), for at
    /// most 900 seconds.
    pub fn hold(timeout: impl Into<Hold>) -> Self {
        Self::empty().put("hold", timeout.into())
    }

    /// Plays a file behind the conversation.
    pub fn playback_bg(file: impl Into<PlaybackBackground>) -> Self {
        Self::empty().put("playback_bg", file.into())
    }

    /// Speaks a text now.
    pub fn say(text: impl Into<String>) -> Self {
        Self::empty().put("say", text.into())
    }

    /// Merges members into the data of the session.
    pub fn set_global_data(data: impl Into<Data>) -> Self {
        Self::empty().put("set_global_data", data.into())
    }

    /// Merges members into the data that functions with the same token share.
    pub fn set_meta_data(data: impl Into<Data>) -> Self {
        Self::empty().put("set_meta_data", data.into())
    }

    /// Ends the agent; the call goes on.
    pub fn stop() -> Self {
        Self::empty().put("stop", true)
    }

    /// Ends what plays behind the conversation.
    pub fn stop_playback_bg() -> Self {
        Self::empty().put("stop_playback_bg", true)
    }

    /// Switches functions on and off.
    pub fn toggle_functions(toggles: impl Into<List<Toggle>>) -> Self {
        Self::empty().put("toggle_functions", toggles.into())
    }

    /// Removes a member of the data of the session.
    pub fn unset_global_data(key: impl Into<Unsetting>) -> Self {
        Self::empty().put("unset_global_data", key.into())
    }

    /// Removes a member of the data that functions with the same token share.
    pub fn unset_meta_data(key: impl Into<Unsetting>) -> Self {
        Self::empty().put("unset_meta_data", key.into())
    }

    /// Lets the model read a text as if the caller had said it.
    pub fn user_input(text: impl Into<String>) -> Self {
        Self::empty().put("user_input", text.into())
    }
}

object! {
    /// Another prompt for the rest of the conversation.
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
}

union! {
    /// How long a caller is on hold.
    Hold {
        /// In whole seconds, up to 900.
        Timeout(Dyn<Seconds>),
        /// As a field.
        Object(HoldTime),
    }
}

impl From<Duration> for Hold {
    fn from(timeout: Duration) -> Self {
        Self::Timeout(timeout.into())
    }
}

object! {
    /// The long form of [`Hold`].
    HoldTime
    optional {
        /// In whole seconds, up to 900.
        timeout: Dyn<Seconds> where between(-2_147_483_648.0, 900.0),
    }
}

object! {
    /// A file that plays behind the conversation.
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

impl From<&str> for PlaybackBackground {
    fn from(file: &str) -> Self {
        Self::new(file)
    }
}

object! {
    /// Functions switched on or off.
    Toggle
    required {
        /// The function, or several.
        function: Names,
        /// Whether the model may call them from now on.
        active: Dyn<bool>,
    }
}

union! {
    /// What is removed from data.
    Unsetting {
        /// The member of this name.
        Key(String),
        /// Everything.
        All(Everything),
    }
}

impl From<&str> for Unsetting {
    fn from(key: &str) -> Self {
        Self::Key(key.to_owned())
    }
}

object! {
    /// Stands for every member in [`Unsetting`].
    Everything
}
