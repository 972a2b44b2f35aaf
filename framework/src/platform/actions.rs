//! What the platform does with the actions of a reply.

use serde_json::{Map, Value};

use super::{End, PlatformCall, Toggled, is_false, is_true, signatures};
use crate::swml::ai::Action;
use crate::swml::{Json, Value as _};

/// An action, carried out.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Done {
    /// Its key.
    pub(crate) name: String,
    /// What it does, in a sentence for a person, without values that may be secret.
    pub(crate) words: String,
    pub(crate) outcome: Outcome,
}

/// What came of an action, for who plays the rest of the platform.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outcome {
    /// It changed what is kept of the call, or does something that is not played here.
    Done,
    /// The agent speaks this now.
    Say(String),
    /// The model reads this as if the caller had said it.
    UserInput(String),
    /// The result leaves the model's memory, or this stands in its place.
    Forget(Option<String>),
    /// The call of the function and its result leave the model's memory.
    Unseen,
    /// The model is not asked again until the caller speaks.
    Wait,
    /// Nothing happened: why.
    Refused(String),
}

impl PlatformCall {
    /// Carries out the actions of a function's reply, in order.
    pub(crate) fn apply(&mut self, function: &str, reply: &Value) -> Vec<Done> {
        actions(reply).into_iter().flat_map(|action| self.one_by_one(function, action)).collect()
    }

    /// `SWML` and `transfer` share an object. Other keys do not, and each is an action of its own where they do.
    fn one_by_one(&mut self, function: &str, action: &Map<String, Value>) -> Vec<Done> {
        let is_pair = action.contains_key("SWML") && action.contains_key("transfer");
        let keys = action.iter().filter(|(key, _)| !(is_pair && *key == "transfer"));
        keys.map(|(key, value)| {
            let mut single = Map::new();
            if is_pair && key == "SWML" {
                single.insert("transfer".to_owned(), action["transfer"].clone());
            }
            single.insert(key.clone(), value.clone());
            let outcome = self.carry_out(function, key, value, &single);
            let words = match &outcome {
                Outcome::Refused(why) => format!("Nothing: {why}."),
                _ => words(single),
            };
            Done { name: key.clone(), words, outcome }
        })
        .collect()
    }

    fn carry_out(&mut self, function: &str, key: &str, value: &Value, whole: &Map<String, Value>) -> Outcome {
        match key {
            "set_meta_data" | "unset_meta_data" => {
                let token = self.token(function);
                change(self.state.meta_data.entry(token).or_default(), key, value)
            }
            "set_global_data" | "unset_global_data" => {
                if is_false(self.param("swaig_set_global_data")) {
                    return Outcome::Refused("the agent forbids it (swaig_set_global_data)".to_owned());
                }
                change(&mut self.state.global_data, key, value)
            }
            "toggle_functions" => self.toggle(function, value),
            "change_step" => self.goes(value, Self::enter_step),
            "change_context" => self.goes(value, Self::enter_context),
            "context_switch" => {
                let prompt = value.as_str().or_else(|| value["system_prompt"].as_str()).map(str::to_owned);
                if let Some(sections) = value["system_pom"].as_array() {
                    self.state.prompt = Some(super::steps::markdown(sections));
                } else if prompt.is_some() {
                    self.state.prompt = prompt;
                }
                match value["user_prompt"].as_str() {
                    Some(said) => Outcome::UserInput(said.to_owned()),
                    None => Outcome::Done,
                }
            }
            "SWML" if is_false(self.param("swaig_allow_swml")) => {
                Outcome::Refused("the agent forbids it (swaig_allow_swml)".to_owned())
            }
            "SWML" if is_true(&whole.get("transfer").cloned().unwrap_or_default()) => {
                self.ends(End::Transferred)
            }
            "transfer" if !is_false(value) => self.ends(End::Transferred),
            "hangup" if !is_false(value) => self.ends(End::HungUp),
            "stop" if !is_false(value) => self.ends(End::Stopped),
            "say" => value.as_str().map_or(Outcome::Done, |text| Outcome::Say(text.to_owned())),
            "user_input" => value.as_str().map_or(Outcome::Done, |text| Outcome::UserInput(text.to_owned())),
            "replace_in_history" if is_true(value) => Outcome::Forget(None),
            "replace_in_history" => match value.as_str() {
                Some(text) => Outcome::Forget(Some(text.to_owned())),
                None => Outcome::Done,
            },
            _ => Outcome::Done,
        }
    }

    fn ends(&mut self, end: End) -> Outcome {
        self.state.end.get_or_insert(end);
        Outcome::Done
    }

    fn goes(&mut self, to: &Value, enter: impl Fn(&mut Self, &str) -> Result<(), String>) -> Outcome {
        let Some(name) = to.as_str() else { return Outcome::Refused("it names nothing".to_owned()) };
        match enter(self, name) {
            Ok(()) => Outcome::Done,
            Err(why) => Outcome::Refused(why),
        }
    }

    /// It reaches the functions of the caller's own token.
    fn toggle(&mut self, function: &str, toggles: &Value) -> Outcome {
        let token = self.token(function);
        let mut missed = Vec::new();
        for toggle in toggles.as_array().into_iter().flatten() {
            let named: Vec<&str> = match &toggle["function"] {
                Value::String(name) => vec![name.as_str()],
                Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
                _ => Vec::new(),
            };
            let state = match &toggle["active"] {
                Value::Number(uses) => match uses.as_i64() {
                    Some(uses @ 0..) => Toggled::Uses(u32::try_from(uses).unwrap_or(u32::MAX)),
                    _ => Toggled::On,
                },
                active if is_false(active) => Toggled::Off,
                _ => Toggled::On,
            };
            for name in named {
                let signature = signatures(&self.ai).find(|it| it["function"] == name);
                if signature.is_some_and(|signature| self.token_of(signature) == token) {
                    self.state.toggled.insert(name.to_owned(), state);
                } else {
                    missed.push(format!("{name:?}"));
                }
            }
        }
        if missed.is_empty() {
            return Outcome::Done;
        }
        Outcome::Refused(format!("{} is no function of the same meta_data_token", missed.join(", ")))
    }
}

/// What the model reads of a reply.
pub(crate) fn response_text(reply: &Value) -> String {
    let response = &reply["response"];
    let parts = ["tool_result", "tool_prompt"].map(|key| response[key].as_str());
    let parts: Vec<_> = response.as_str().into_iter().chain(parts.into_iter().flatten()).collect();
    parts.join("\n")
}

/// What the actions of a reply do, in words, whether or not there is a call.
#[cfg(feature = "cli")]
pub(crate) fn explain(reply: &Value) -> Vec<String> {
    actions(reply).into_iter().map(|action| words(action.clone())).collect()
}

fn actions(reply: &Value) -> Vec<&Map<String, Value>> {
    match &reply["action"] {
        Value::Array(actions) => actions.iter().filter_map(Value::as_object).collect(),
        Value::Object(action) => vec![action],
        _ => Vec::new(),
    }
}

fn words(action: Map<String, Value>) -> String {
    Action::from_json(&Json::from(action))
        .map_or_else(|| "Does nothing.".to_owned(), |action| action.explain())
}

fn change(data: &mut Map<String, Value>, key: &str, value: &Value) -> Outcome {
    if key.starts_with("set_") {
        match value {
            Value::Object(members) => data.extend(members.clone()),
            _ => return Outcome::Refused("it is no object".to_owned()),
        }
        return Outcome::Done;
    }
    match value {
        Value::String(key) => drop(data.shift_remove(key)),
        Value::Array(keys) => data.retain(|key, _| !keys.iter().any(|it| it == key)),
        Value::Object(_) => data.clear(),
        _ => return Outcome::Refused("it names no key".to_owned()),
    }
    Outcome::Done
}
