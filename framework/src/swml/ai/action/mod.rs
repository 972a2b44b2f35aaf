//! Actions: what the platform does to the live call when a function has answered.
//!
//! [`Action`] serves both places where a function answers: the reply of a webhook, and the outputs of a
//! [`DataMap`](super::DataMap). Names and shapes follow the published SWML reference, `Action`, and what the
//! platform's engine is known to read beyond it.

mod explain;
mod forms;
mod settings;
mod switches;
#[cfg(test)]
mod tests;

use std::time::Duration;

use super::Hint;
use crate::swml::object::{object, union};
use crate::swml::{Data, Document, Dyn, Json, List, Milliseconds};

pub use forms::{
    Active, ContextSwitch, Everything, Hold, HoldTime, NewContext, Playback, PlaybackBackground, Toggle,
    TransferDestination, TransferTo, Unsetting,
};
pub use settings::Settings;
pub use switches::{BackToBack, ReplaceInHistory, WaitForUser};

object! {
    /// One action: an object with one key. `SWML` shares its object with `transfer`.
    ///
    /// A webhook's reply may hold every action. Some are *engine only*: the platform reads them in a reply, but
    /// the published schema rejects them inside a `data_map`, and [`check`](mod@crate::swml::check) says so.
    ///
    /// ```
    /// use swaig::swml::ai::Action;
    /// use swaig::swml::{Document, Hangup, Json, Play};
    ///
    /// let goodbye = Document::new().step(Play::url("say:Goodbye")).step(Hangup::new());
    /// let actions = [Action::say("One moment."), Action::transfer_to_swml(goodbye)];
    /// assert_eq!(Json::from(actions[0].clone()).to_string(), r#"{"say":"One moment."}"#);
    /// assert_eq!(actions[1].name(), "SWML");
    /// assert_eq!(actions[1].explain(), "Ends the agent and hands the call to a document.");
    /// ```
    Action
    one_of {
        swml as "SWML": Document,
        change_context: String,
        change_step: String,
        context_switch: NewContext,
        hangup: Dyn<bool>,
        hold: Hold where between(-2_147_483_648.0, 900.0),
        playback_bg: Playback,
        say: String,
        set_global_data: Data,
        set_meta_data: Data,
        stop: Dyn<bool>,
        stop_playback_bg: Dyn<bool>,
        toggle_functions: List<Toggle>,
        transfer: TransferTo,
        unset_global_data: Unsetting,
        unset_meta_data: Unsetting,
        user_input: String,
    }
    engine_only_one_of {
        add_dynamic_hints: List<Hint>,
        back_to_back_functions: BackToBack,
        clear_dynamic_hints: Everything,
        end_of_speech_timeout: Milliseconds where at_least(1.0),
        extensive_data: Dyn<bool>,
        functions_on_speaker_timeout: Dyn<bool>,
        replace_in_history: ReplaceInHistory,
        settings: Settings,
        speech_event_timeout: Milliseconds where at_least(1.0),
        user_event: Data,
        wait_for_user: WaitForUser,
    }
    rules {
        exactly_one [
            "SWML" "change_context" "change_step" "context_switch" "hangup" "hold" "playback_bg" "say"
            "set_global_data" "set_meta_data" "stop" "stop_playback_bg" "toggle_functions" "unset_global_data"
            "unset_meta_data" "user_input" "add_dynamic_hints" "back_to_back_functions" "clear_dynamic_hints"
            "end_of_speech_timeout" "extensive_data" "functions_on_speaker_timeout" "replace_in_history"
            "settings" "speech_event_timeout" "user_event" "wait_for_user"
        ],
        needs ["transfer" => "SWML"],
    }
}

/// Data of the call.
impl Action {
    /// Merges members into the data that functions of one `meta_data_token` share.
    pub fn set_meta_data(data: impl Into<Data>) -> Self {
        Self::of("set_meta_data", data.into())
    }

    /// Removes from the data that functions of one `meta_data_token` share: one key, [everything](Unsetting::everything),
    /// or several keys.
    ///
    /// Several keys are engine only: the published schema rejects them inside `data_map`.
    pub fn unset_meta_data(what: impl Into<Unsetting>) -> Self {
        Self::of("unset_meta_data", what.into())
    }

    /// Merges members into the data of the session. The agent may forbid it with
    /// [`swaig_set_global_data`](super::Params::swaig_set_global_data).
    pub fn set_global_data(data: impl Into<Data>) -> Self {
        Self::of("set_global_data", data.into())
    }

    /// Removes from the data of the session; as [`unset_meta_data`](Self::unset_meta_data).
    ///
    /// Several keys are engine only: the published schema rejects them inside `data_map`.
    pub fn unset_global_data(what: impl Into<Unsetting>) -> Self {
        Self::of("unset_global_data", what.into())
    }
}

/// The way of the call.
impl Action {
    /// Runs a document; the agent goes on afterwards. The agent may forbid it with
    /// [`swaig_allow_swml`](super::Params::swaig_allow_swml).
    pub fn swml(document: Document) -> Self {
        Self::of("SWML", document)
    }

    /// Ends the agent and hands the call to a document.
    pub fn transfer_to_swml(document: Document) -> Self {
        Self::swml(document).with_transfer(true)
    }

    /// Beside [`swml`](Self::swml): whether the agent ends and the call goes on in the document. Default: false.
    #[must_use]
    pub fn with_transfer(mut self, transfer: impl Into<Dyn<bool>>) -> Self {
        // The platform's documentation asks for `transfer` before `SWML`.
        self.0.shift_insert(0, "transfer".to_owned(), transfer.into().into());
        self
    }

    /// Leaves the agent for a section of its document, or for the URL of another document.
    ///
    /// Engine only: the published schema rejects it inside `data_map`; use
    /// [`transfer_to_swml`](Self::transfer_to_swml) there.
    pub fn transfer(to: impl Into<TransferTo>) -> Self {
        Self::of("transfer", to.into())
    }

    /// Ends the agent; the document goes on with the step after it.
    pub fn stop() -> Self {
        Self::of("stop", true)
    }

    /// Ends the call.
    pub fn hangup() -> Self {
        Self::of("hangup", true)
    }

    /// Puts the caller on hold, with the music of [`Params::hold_music`](super::Params::hold_music), for 1 to 900
    /// seconds; a duration outside is brought into these bounds. The agent does not listen meanwhile.
    pub fn hold(timeout: impl Into<Hold>) -> Self {
        Self::of("hold", timeout.into())
    }
}

/// Sound.
impl Action {
    /// Speaks a text now, word for word.
    pub fn say(text: impl Into<String>) -> Self {
        Self::of("say", text.into())
    }

    /// Plays a file behind the conversation.
    pub fn playback_bg(file: impl Into<Playback>) -> Self {
        Self::of("playback_bg", file.into())
    }

    /// Ends what plays behind the conversation.
    pub fn stop_playback_bg() -> Self {
        Self::of("stop_playback_bg", true)
    }
}

/// The prompt and the conversation.
impl Action {
    /// Goes to another context of the prompt.
    pub fn change_context(name: impl Into<String>) -> Self {
        Self::of("change_context", name.into())
    }

    /// Goes to another step of the context; `next` is the one that follows.
    pub fn change_step(name: impl Into<String>) -> Self {
        Self::of("change_step", name.into())
    }

    /// Replaces the prompt: by a text, or as a [`ContextSwitch`] says.
    pub fn context_switch(to: impl Into<NewContext>) -> Self {
        Self::of("context_switch", to.into())
    }

    /// Lets the model read a text as if the caller had said it.
    pub fn user_input(text: impl Into<String>) -> Self {
        Self::of("user_input", text.into())
    }

    /// Whether the agent waits for the caller to speak, and how long.
    ///
    /// Engine only: the published schema rejects it inside `data_map`.
    pub fn wait_for_user(wait: impl Into<WaitForUser>) -> Self {
        Self::of("wait_for_user", wait.into())
    }

    /// What stays of this function call in the conversation that the model remembers: a text in its place, or
    /// [nothing](ReplaceInHistory::Remove). A code that the caller read out does not stay in the model's memory
    /// then.
    ///
    /// Engine only: the published schema rejects it inside `data_map`.
    pub fn replace_in_history(with: impl Into<ReplaceInHistory>) -> Self {
        Self::of("replace_in_history", with.into())
    }

    /// Whether the model reads the full result in this turn only, and something shorter later.
    ///
    /// Engine only: the published schema rejects it inside `data_map`.
    pub fn extensive_data(on: bool) -> Self {
        Self::of("extensive_data", on)
    }
}

/// Functions.
impl Action {
    /// Switches functions on and off. It reaches those of the calling function's `meta_data_token`.
    pub fn toggle_functions(toggles: impl Into<List<Toggle>>) -> Self {
        Self::of("toggle_functions", toggles.into())
    }

    /// Whether the model may call one function after the other without an answer of the caller in between: in this
    /// turn, or [forever](BackToBack::Forever).
    ///
    /// Engine only: the published schema rejects it inside `data_map`.
    pub fn back_to_back_functions(allowed: impl Into<BackToBack>) -> Self {
        Self::of("back_to_back_functions", allowed.into())
    }

    /// Whether the model may call functions when the caller has not spoken in time.
    ///
    /// Engine only: the published schema rejects it inside `data_map`.
    pub fn functions_on_speaker_timeout(on: bool) -> Self {
        Self::of("functions_on_speaker_timeout", on)
    }
}

/// The engine.
impl Action {
    /// Changes settings of the model and of the recognition. The agent may forbid it with
    /// [`swaig_allow_settings`](super::Params::swaig_allow_settings).
    ///
    /// Engine only: the published schema rejects it inside `data_map`.
    pub fn settings(settings: Settings) -> Self {
        Self::of("settings", settings)
    }

    /// How long the caller must be silent until what was said counts as complete, in milliseconds. The platform
    /// takes no zero: it is written as 1.
    ///
    /// Engine only: the published schema rejects it inside `data_map`.
    pub fn end_of_speech_timeout(timeout: Duration) -> Self {
        Self::of("end_of_speech_timeout", above_zero(timeout))
    }

    /// How long the recognition may hear nothing new until what was said counts as complete, in milliseconds. The
    /// platform takes no zero: it is written as 1.
    ///
    /// Engine only: the published schema rejects it inside `data_map`.
    pub fn speech_event_timeout(timeout: Duration) -> Self {
        Self::of("speech_event_timeout", above_zero(timeout))
    }

    /// Adds words that the speech recognition should expect.
    ///
    /// Engine only: the published schema rejects it inside `data_map`.
    pub fn add_dynamic_hints(hints: impl Into<List<Hint>>) -> Self {
        Self::of("add_dynamic_hints", hints.into())
    }

    /// Takes out what [`add_dynamic_hints`](Self::add_dynamic_hints) added.
    ///
    /// Engine only: the published schema rejects it inside `data_map`.
    pub fn clear_dynamic_hints() -> Self {
        Self::of("clear_dynamic_hints", Everything::new())
    }

    /// Sends the event `calling.user_event` with this content to those who follow the call.
    ///
    /// Engine only: the published schema rejects it inside `data_map`.
    pub fn user_event(event: impl Into<Data>) -> Self {
        Self::of("user_event", event.into())
    }
}

impl Action {
    /// An action for which there is no type, for what the platform adds later.
    pub fn raw(name: impl Into<String>, value: impl Into<Json>) -> Self {
        Self::of(name, value)
    }

    /// Its key: `SWML` where that shares the object with `transfer`, else the first; empty for an empty object.
    pub fn name(&self) -> &str {
        let first = || self.0.keys().next().map_or("", String::as_str);
        if self.0.contains_key("SWML") { "SWML" } else { first() }
    }

    fn of(name: impl Into<String>, value: impl Into<Json>) -> Self {
        Self::empty().put(name, value)
    }
}

fn above_zero(timeout: Duration) -> Milliseconds {
    timeout.max(Duration::from_millis(1)).into()
}

union! {
    /// One action or several, as a reply holds them. It is read with [`Value::from_json`](crate::swml::Value), which
    /// keeps what this crate does not know.
    ///
    /// ```
    /// use swaig::swml::ai::Actions;
    /// use swaig::swml::{Json, Value};
    ///
    /// let json = Json::parse(r#"[{"say": "Hello."}, {"dance": "tango"}]"#)?;
    /// let actions = Actions::from_json(&json).expect("a list of objects");
    /// assert_eq!(Json::from(actions.clone()), json);
    /// let names: Vec<_> = actions.as_slice().iter().map(|action| action.name()).collect();
    /// assert_eq!(names, ["say", "dance"]);
    /// # Ok::<(), swaig::swml::JsonError>(())
    /// ```
    Actions {
        /// One.
        One(Action),
        /// Several, in their order.
        Many(List<Action>),
    }
}

impl Actions {
    /// The actions in their order.
    pub fn as_slice(&self) -> &[Action] {
        match self {
            Self::One(action) => std::slice::from_ref(action),
            Self::Many(actions) => actions,
        }
    }
}

impl<const N: usize> From<[Action; N]> for Actions {
    fn from(actions: [Action; N]) -> Self {
        Self::Many(actions.into())
    }
}
