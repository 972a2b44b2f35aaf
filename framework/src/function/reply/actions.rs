//! A method for each action. Neighbours of a kind become one action where that means the same.
//!
//! Facts about them are from SignalWire's SWAIG reference, "Actions".

use std::time::Duration;

use serde_json::Value;

use super::Reply;
use crate::function::{Action, Toggle};
use crate::swml::ai::{
    Active, BackToBack, Hint, Hold, NewContext, Playback, ReplaceInHistory, Settings, TransferTo, Unsetting,
    WaitForUser,
};
use crate::swml::{Data, Document, Json, List, Names, Object};

/// Data of the call.
impl Reply {
    /// Keeps a value in the call's `meta_data`, which the functions of an agent share and the model never sees.
    #[must_use]
    pub fn set_meta_data(self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.merged("set_meta_data", member(key, value))
    }

    /// Removes from `meta_data`: a key, several keys, or [everything](Unsetting::everything).
    ///
    /// ```
    /// # use swaig::Reply;
    /// # use serde_json::json;
    /// let reply = Reply::text("Done").unset_meta_data("mfa").unset_meta_data(["tries", "since"]);
    /// assert_eq!(serde_json::to_value(&reply)?["action"], json!([
    ///     {"unset_meta_data": "mfa"}, {"unset_meta_data": ["tries", "since"]},
    /// ]));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn unset_meta_data(self, what: impl Into<Unsetting>) -> Self {
        self.action(Action::unset_meta_data(what))
    }

    /// Keeps a value in `global_data`. The model can see it where a prompt refers to it: it is not for secrets. An
    /// agent with `swaig_set_global_data` off ignores it.
    #[must_use]
    pub fn set_global_data(self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.merged("set_global_data", member(key, value))
    }

    /// Removes from `global_data`: a key, several keys, or [everything](Unsetting::everything).
    #[must_use]
    pub fn unset_global_data(self, what: impl Into<Unsetting>) -> Self {
        self.action(Action::unset_global_data(what))
    }
}

/// The way of the call.
impl Reply {
    /// Runs an SWML document on the call; the agent goes on afterwards. An agent with `swaig_allow_swml` off
    /// ignores it.
    #[must_use]
    pub fn swml(self, document: Document) -> Self {
        self.action(Action::swml(document))
    }

    /// Ends the agent and hands the call to an SWML document.
    #[must_use]
    pub fn transfer_to_swml(self, document: Document) -> Self {
        self.action(Action::transfer_to_swml(document))
    }

    /// Leaves the agent for a section of its document or the URL of another one. A
    /// [`TransferDestination`](crate::swml::ai::TransferDestination) can let the model sum up first.
    ///
    /// Engine only: the published schema rejects it inside `data_map`.
    #[must_use]
    pub fn transfer(self, to: impl Into<TransferTo>) -> Self {
        self.action(Action::transfer(to))
    }

    /// Ends the agent; the document goes on with the step after it.
    #[must_use]
    pub fn stop(self) -> Self {
        self.action(Action::stop())
    }

    /// Ends the call. [`post_process`](Self::post_process) lets the agent say goodbye first.
    #[must_use]
    pub fn hangup(self) -> Self {
        self.action(Action::hangup())
    }

    /// Puts the caller on hold for at most so many seconds, from 1 to 900; a duration outside is brought into these
    /// bounds. The agent does not listen meanwhile.
    ///
    /// ```
    /// # use swaig::Reply;
    /// # use serde_json::json;
    /// use std::time::Duration;
    ///
    /// let reply = Reply::text("The caller is on hold").hold(Duration::from_mins(5));
    /// assert_eq!(serde_json::to_value(&reply)?["action"], json!([{"hold": 300}]));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn hold(self, timeout: impl Into<Hold>) -> Self {
        self.action(Action::hold(timeout))
    }
}

/// Sound.
impl Reply {
    /// Speaks a text now, word by word.
    #[must_use]
    pub fn say(self, text: impl Into<String>) -> Self {
        self.action(Action::say(text))
    }

    /// Plays a file behind the conversation: its URL, or a
    /// [`PlaybackBackground`](crate::swml::ai::PlaybackBackground) whose end the agent waits for.
    #[must_use]
    pub fn playback_bg(self, file: impl Into<Playback>) -> Self {
        self.action(Action::playback_bg(file))
    }

    /// Ends what plays behind the conversation.
    #[must_use]
    pub fn stop_playback_bg(self) -> Self {
        self.action(Action::stop_playback_bg())
    }
}

/// The prompt and the conversation.
impl Reply {
    /// Goes to another context of the prompt.
    #[must_use]
    pub fn change_context(self, name: impl Into<String>) -> Self {
        self.action(Action::change_context(name))
    }

    /// Goes to another step of the context; `next` is the one that follows.
    #[must_use]
    pub fn change_step(self, name: impl Into<String>) -> Self {
        self.action(Action::change_step(name))
    }

    /// Replaces the prompt for the rest of the conversation: by a text, or as a
    /// [`ContextSwitch`](crate::swml::ai::ContextSwitch) says.
    #[must_use]
    pub fn context_switch(self, to: impl Into<NewContext>) -> Self {
        self.action(Action::context_switch(to))
    }

    /// Lets the model read a text as if the caller had said it.
    #[must_use]
    pub fn user_input(self, text: impl Into<String>) -> Self {
        self.action(Action::user_input(text))
    }

    /// Whether the agent waits for the caller to speak: `true`, `false`, a duration in whole seconds, or
    /// [`WaitForUser::AnswerFirst`].
    ///
    /// Engine only: the published schema rejects it inside `data_map`.
    #[must_use]
    pub fn wait_for_user(self, wait: impl Into<WaitForUser>) -> Self {
        self.action(Action::wait_for_user(wait))
    }

    /// What stays of this function call in the conversation that the model remembers: a text in its place, or
    /// [nothing](ReplaceInHistory::Remove). It hides a code that the caller read out.
    ///
    /// Engine only: the published schema rejects it inside `data_map`.
    #[must_use]
    pub fn replace_in_history(self, with: impl Into<ReplaceInHistory>) -> Self {
        self.action(Action::replace_in_history(with))
    }

    /// Whether the model reads the full result in this turn only, and something shorter later. Default: off.
    ///
    /// Engine only: the published schema rejects it inside `data_map`.
    #[must_use]
    pub fn extensive_data(self, on: bool) -> Self {
        self.action(Action::extensive_data(on))
    }
}

/// Functions.
impl Reply {
    /// Switches a function, or several, on or off for the rest of the call. A number allows so many uses (-1: without
    /// a limit), which is engine only. It reaches the functions with the `meta_data_token` of this one, which are
    /// all of the agent unless its definition says otherwise.
    #[must_use]
    pub fn toggle_function(self, function: impl Into<Names>, active: impl Into<Active>) -> Self {
        self.toggle_functions([Toggle::new(function, active)])
    }

    /// Switches functions on and off, as [`toggle_function`](Self::toggle_function) does one.
    #[must_use]
    pub fn toggle_functions(self, toggles: impl Into<List<Toggle>>) -> Self {
        self.merged("toggle_functions", toggles.into().into())
    }

    /// Whether the model may call one function after the other without an answer of the caller in between: `true` for
    /// this turn, or [`BackToBack::Forever`]. Default: off.
    ///
    /// Engine only: the published schema rejects it inside `data_map`.
    #[must_use]
    pub fn back_to_back_functions(self, allowed: impl Into<BackToBack>) -> Self {
        self.action(Action::back_to_back_functions(allowed))
    }

    /// Whether the model may call functions when the caller has not spoken in time.
    ///
    /// Engine only: the published schema rejects it inside `data_map`.
    #[must_use]
    pub fn functions_on_speaker_timeout(self, on: bool) -> Self {
        self.action(Action::functions_on_speaker_timeout(on))
    }
}

/// The engine.
impl Reply {
    /// Changes settings of the model and of the recognition from now on. An agent with `swaig_allow_settings` off
    /// ignores it.
    ///
    /// Engine only: the published schema rejects it inside `data_map`.
    #[must_use]
    pub fn settings(self, settings: Settings) -> Self {
        self.merged("settings", settings.into())
    }

    /// How long the caller must be silent until what was said counts as complete. Written in milliseconds, at least 1.
    /// Default: the agent's parameter of this name, 700 ms.
    ///
    /// Engine only: the published schema rejects it inside `data_map`.
    #[must_use]
    pub fn end_of_speech_timeout(self, timeout: Duration) -> Self {
        self.action(Action::end_of_speech_timeout(timeout))
    }

    /// How long the recognition may hear nothing new until what was said counts as complete. Written in milliseconds,
    /// at least 1. Default: the agent's parameter of this name, 1400 ms.
    ///
    /// Engine only: the published schema rejects it inside `data_map`.
    #[must_use]
    pub fn speech_event_timeout(self, timeout: Duration) -> Self {
        self.action(Action::speech_event_timeout(timeout))
    }

    /// Adds words that the speech recognition should expect, as texts or as
    /// [`HintPattern`](crate::swml::ai::HintPattern)s.
    ///
    /// Engine only: the published schema rejects it inside `data_map`.
    #[must_use]
    pub fn add_dynamic_hints(self, hints: impl Into<List<Hint>>) -> Self {
        self.merged("add_dynamic_hints", hints.into().into())
    }

    /// Takes out what [`add_dynamic_hints`](Self::add_dynamic_hints) added.
    ///
    /// Engine only: the published schema rejects it inside `data_map`.
    #[must_use]
    pub fn clear_dynamic_hints(self) -> Self {
        self.action(Action::clear_dynamic_hints())
    }

    /// Sends the event `calling.user_event` with this content to those who follow the call through SignalWire.
    ///
    /// Engine only: the published schema rejects it inside `data_map`.
    #[must_use]
    pub fn user_event(self, event: impl Into<Data>) -> Self {
        self.action(Action::user_event(event))
    }
}

impl Reply {
    /// Adds members or items to the action of this name if that comes last, else as a new one.
    fn merged(mut self, name: &str, value: Json) -> Self {
        match (self.neighbour(name), value) {
            (Some(Json::Object(present)), Json::Object(members)) => present.extend(members),
            (Some(Json::Array(present)), Json::Array(items)) => present.extend(items),
            (_, value) => return self.action(Action::raw(name, value)),
        }
        self
    }

    /// The value of the last action, if it has this name and no other.
    fn neighbour(&mut self, name: &str) -> Option<&mut Json> {
        let members = self.actions.last_mut()?.as_object_mut();
        if members.len() == 1 { members.get_mut(name) } else { None }
    }
}

/// An object with one member.
fn member(key: impl Into<String>, value: impl Into<Value>) -> Json {
    Object::from([(key.into(), Json::from(value.into()))]).into()
}
