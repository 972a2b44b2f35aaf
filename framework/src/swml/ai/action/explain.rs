//! Actions in words, for people who watch a call.

use std::time::Duration;

use super::{
    Action, Active, BackToBack, Hold, NewContext, Playback, ReplaceInHistory, Toggle, TransferTo, Unsetting,
    WaitForUser,
};
use crate::swml::{Data, Dyn, Names, Seconds};

impl Action {
    /// What it does, as a sentence for a person. Names and times are in it; values, texts and URLs are not, since
    /// they may be secret.
    ///
    /// ```
    /// use swaig::swml::ai::Action;
    ///
    /// assert_eq!(Action::set_meta_data([("verified", true)]).explain(), "Sets `verified` in `meta_data`.");
    /// assert_eq!(Action::raw("dance", "tango").explain(), "Does `dance`, an action without a description.");
    /// ```
    pub fn explain(&self) -> String {
        let hands_over = |key: &str| key == "transfer" && self.0.contains_key("SWML");
        let keys = self.0.keys().filter(|key| !hands_over(key));
        let sentences: Vec<String> = keys.map(|key| self.sentence(key)).collect();
        if sentences.is_empty() { "Does nothing.".to_owned() } else { sentences.join(" ") }
    }

    fn sentence(&self, key: &str) -> String {
        let is_known = Self::SHAPE.field(key).is_some();
        match self.words(key) {
            Some(words) => format!("{words}."),
            None if is_known => format!("Does `{key}` with a value that cannot be read."),
            None => format!("Does `{key}`, an action without a description."),
        }
    }

    /// The sentence about one key without its full stop; `None` when the value cannot be read.
    fn words(&self, key: &str) -> Option<String> {
        let read = self.read();
        let words = match key {
            "SWML" => match read.transfer() {
                None | Some(TransferTo::Document(Dyn::Value(false))) => {
                    "Runs a document; the agent goes on afterwards".to_owned()
                }
                Some(TransferTo::Document(Dyn::Value(true))) => {
                    "Ends the agent and hands the call to a document".to_owned()
                }
                Some(_) => "Runs a document, and ends the agent if a variable says so".to_owned(),
            },
            "transfer" => match read.transfer()? {
                // A published example puts the switch into an object of its own.
                TransferTo::Document(Dyn::Value(true)) => "Ends the agent".to_owned(),
                TransferTo::Document(Dyn::Value(false)) => "Keeps the agent".to_owned(),
                TransferTo::Document(Dyn::Variable(_)) => {
                    "Ends the agent and goes where a variable says".to_owned()
                }
                TransferTo::Destination(dest) => format!("Ends the agent and {}", destination(&dest)),
                TransferTo::Object(object) => {
                    let to = destination(&object.read().dest()?);
                    let sums_up = object.read().summarize().and_then(Dyn::value) == Some(true);
                    format!("{} and {to}", if sums_up { "Sums up, ends the agent" } else { "Ends the agent" })
                }
            },
            "set_meta_data" => set(&read.set_meta_data()?, "meta_data"),
            "unset_meta_data" => unset(read.unset_meta_data()?, "meta_data"),
            "set_global_data" => set(&read.set_global_data()?, "global_data"),
            "unset_global_data" => unset(read.unset_global_data()?, "global_data"),
            "stop" => on(&read.stop()?, "Ends the agent; the document goes on"),
            "hangup" => on(&read.hangup()?, "Ends the call"),
            "stop_playback_bg" => on(&read.stop_playback_bg()?, "Ends what plays behind the conversation"),
            "hold" => hold(read.hold()?),
            "say" => read.say().map(|_| "Speaks a text".to_owned())?,
            "playback_bg" => playback(&read.playback_bg()?),
            "change_context" => format!("Goes to the context `{}`", read.change_context()?),
            "change_step" => match read.change_step()?.as_str() {
                "next" => "Goes to the next step".to_owned(),
                step => format!("Goes to the step `{step}`"),
            },
            "context_switch" => new_context(&read.context_switch()?),
            "user_input" => {
                read.user_input().map(|_| "Gives the model a text as if the caller had said it".to_owned())?
            }
            "toggle_functions" => {
                let toggles = read.toggle_functions()?;
                let words: Vec<String> = toggles.iter().map(toggle).collect::<Option<_>>()?;
                if words.is_empty() {
                    "Switches nothing".to_owned()
                } else {
                    sentence_case(&words.join(", "))
                }
            }
            _ => return self.engine_words(key),
        };
        Some(words)
    }

    /// [`words`](Self::words) for what the engine alone knows.
    fn engine_words(&self, key: &str) -> Option<String> {
        let read = self.read();
        let words = match key {
            "add_dynamic_hints" => {
                let count = read.add_dynamic_hints()?.len();
                format!("Lets the recognition expect {}", plural(count, "more phrase"))
            }
            "clear_dynamic_hints" => "Takes out the phrases that the recognition was to expect".to_owned(),
            "back_to_back_functions" => match read.back_to_back_functions()? {
                BackToBack::Switch(true) => "Lets the model call one function after the other".to_owned(),
                BackToBack::Switch(false) => "Keeps the model to one function at a time".to_owned(),
                BackToBack::Forever => {
                    "Lets the model call one function after the other for the rest of the call".to_owned()
                }
            },
            "end_of_speech_timeout" => {
                let timeout = read.end_of_speech_timeout()?.duration();
                format!("Takes what was said as complete after {} ms of silence", timeout.as_millis())
            }
            "speech_event_timeout" => {
                let timeout = read.speech_event_timeout()?.duration();
                format!("Takes what was said as complete after {} ms without news", timeout.as_millis())
            }
            "extensive_data" => {
                on(&read.extensive_data()?, "Shows the model the full result in this turn only")
            }
            "functions_on_speaker_timeout" => {
                let words = "Lets the model call functions when the caller has not spoken in time";
                on(&read.functions_on_speaker_timeout()?, words)
            }
            "replace_in_history" => match read.replace_in_history()? {
                ReplaceInHistory::Remove => "Takes this function call out of the model's memory".to_owned(),
                ReplaceInHistory::Text(_) => {
                    "Puts a text in the place of this function call in the model's memory".to_owned()
                }
            },
            "settings" => {
                let settings = read.settings()?;
                format!("Changes the settings {}", list(settings.as_object().keys().map(String::as_str)))
            }
            "user_event" => {
                read.user_event().map(|_| "Sends an event to those who follow the call".to_owned())?
            }
            "wait_for_user" => match read.wait_for_user()? {
                WaitForUser::Switch(true) => "Waits until the caller speaks".to_owned(),
                WaitForUser::Switch(false) => "Does not wait for the caller".to_owned(),
                WaitForUser::Timeout(timeout) => {
                    format!("Waits for the caller for {}", seconds(timeout.duration()))
                }
                WaitForUser::AnswerFirst => "Speaks first, then waits for the caller".to_owned(),
            },
            _ => return None,
        };
        Some(words)
    }
}

fn on(switch: &Dyn<bool>, words: &str) -> String {
    match switch {
        Dyn::Value(true) => words.to_owned(),
        Dyn::Value(false) => format!("Does not do this: {}", lower_case(words)),
        Dyn::Variable(_) => format!("{words}, if a variable says so"),
    }
}

fn set(data: &Data, place: &str) -> String {
    let members = data.as_object().into_iter().flatten();
    format!("Sets {} in `{place}`", list(members.map(|(key, _)| key.as_str())))
}

fn unset(what: Unsetting, place: &str) -> String {
    match what {
        Unsetting::Key(key) => format!("Removes `{key}` from `{place}`"),
        Unsetting::All(_) => format!("Removes everything from `{place}`"),
        Unsetting::Keys(keys) => format!("Removes {} from `{place}`", list(keys.iter().map(String::as_str))),
    }
}

fn hold(hold: Hold) -> String {
    let (timeout, step) = match hold {
        Hold::Timeout(timeout) => (timeout.value().map(Seconds::duration), None),
        Hold::Text(timeout) => (Some(timeout.duration()), None),
        Hold::Object(object) => {
            let read = object.read();
            (read.timeout().and_then(Dyn::value).map(Seconds::duration), read.step())
        }
    };
    let time = timeout.map_or_else(String::new, |timeout| format!(" for at most {}", seconds(timeout)));
    let then = step.map_or_else(String::new, |step| format!(", then goes to the step `{step}`"));
    format!("Puts the caller on hold{time}{then}")
}

fn playback(playback: &Playback) -> String {
    match playback {
        Playback::Background(file) if file.read().wait().and_then(Dyn::value) == Some(true) => {
            "Plays a file and waits until it is over".to_owned()
        }
        Playback::Background(_) | Playback::File(_) => "Plays a file behind the conversation".to_owned(),
    }
}

fn new_context(context: &NewContext) -> String {
    let is_set = |flag: Option<Dyn<bool>>| flag.and_then(Dyn::value) == Some(true);
    let then = match context {
        NewContext::Switch(switch) if is_set(switch.read().full_reset()) => ", and forgets the conversation",
        NewContext::Switch(switch) if is_set(switch.read().consolidate()) => ", and sums the conversation up",
        NewContext::Switch(_) | NewContext::Prompt(_) => "",
    };
    format!("Replaces the prompt{then}")
}

fn toggle(toggle: &Toggle) -> Option<String> {
    let read = toggle.read();
    let functions = match read.function()? {
        Names::One(name) => format!("`{name}`"),
        Names::Many(names) => list(names.iter().map(String::as_str)),
    };
    Some(match read.active()? {
        Active::Switch(Dyn::Value(true)) => format!("switches {functions} on"),
        Active::Switch(Dyn::Value(false)) => format!("switches {functions} off"),
        Active::Switch(Dyn::Variable(_)) => format!("switches {functions} as a variable says"),
        Active::Uses(uses) => match usize::try_from(uses) {
            Ok(uses) => format!("allows {functions} {} more", plural(uses, "time")),
            Err(_) => format!("allows {functions} without a limit"),
        },
    })
}

/// A section by its name; an address only as what it is, since it may hold credentials.
fn destination(dest: &str) -> String {
    let is_name = dest.chars().all(|c| c.is_alphanumeric() || "_- ".contains(c)) && dest.len() <= 64;
    if is_name { format!("goes to the section `{dest}`") } else { "goes to another document".to_owned() }
}

fn list<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    match names.as_slice() {
        [] => "nothing".to_owned(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn plural(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

fn seconds(duration: Duration) -> String {
    plural(usize::try_from(duration.as_secs()).unwrap_or(usize::MAX), "second")
}

fn sentence_case(words: &str) -> String {
    first_letter(words, |first| first.to_uppercase().collect())
}

fn lower_case(words: &str) -> String {
    first_letter(words, |first| first.to_lowercase().collect())
}

fn first_letter(words: &str, change: impl Fn(char) -> String) -> String {
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |first| change(first) + chars.as_str())
}
