//! The platform's part of a call, played here: what SignalWire keeps of a call while an agent talks, what it posts to
//! functions, and what it does with their replies.
//!
//! It is what the testing kit, the console's forms and the command line stand on. It knows one document and one call, and
//! neither talks nor listens. Facts are from the SWAIG webhook reference ("Function-call request", "Actions") and the SWML
//! reference (`ai.prompt.contexts`, `ai.SWAIG`).

mod actions;
#[cfg(feature = "cli")]
mod arguments;
mod data_map;
mod gather;
mod line;
mod native;
mod steps;
mod template;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

#[cfg(feature = "cli")]
use crate::RemoteFunctions;
use crate::agent::CHECK_FOR_INPUT;

#[cfg(feature = "cli")]
pub(crate) use actions::explain;
pub(crate) use actions::{Done, Outcome, response_text};
#[cfg(feature = "cli")]
pub(crate) use arguments::{kind, typed};
pub(crate) use data_map::DataMapError;
pub(crate) use line::{Incoming, Line, Ran};
pub(crate) use template::Scope;

/// Functions that the platform calls by itself, and the model never.
const HOOKS: [&str; 4] = ["startup_hook", "hangup_hook", "summarize_conversation", CHECK_FOR_INPUT];

/// A call on one document, as the platform has it.
#[derive(Clone, Debug)]
pub(crate) struct PlatformCall {
    /// The `ai` step.
    ai: Value,
    state: CallState,
}

/// What changes during a call. It can be kept between two requests.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct CallState {
    pub(crate) call_id: String,
    /// `None` for a caller who withholds the number.
    pub(crate) caller: Option<String>,
    /// By token: functions of one token share it.
    meta_data: BTreeMap<String, Map<String, Value>>,
    global_data: Map<String, Value>,
    /// What replies switched on and off.
    toggled: BTreeMap<String, Toggled>,
    context: Option<String>,
    step: Option<String>,
    /// What may be called in this step; `None`: everything.
    step_functions: Option<Vec<String>>,
    /// Which question of the step's `gather_info` is asked; `None`: none.
    question: Option<usize>,
    /// What has replaced the prompt.
    prompt: Option<String>,
    end: Option<End>,
}

/// What a reply made of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Toggled {
    On,
    Off,
    /// On for so many calls.
    Uses(u32),
}

/// How the agent's part of the call ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum End {
    /// The call was hung up.
    HungUp,
    /// The agent ended; its document goes on.
    Stopped,
    /// The call went to another document or section.
    Transferred,
}

impl End {
    /// In words, for a person.
    pub(crate) fn words(&self) -> &'static str {
        match self {
            Self::HungUp => "the call was hung up",
            Self::Stopped => "the agent ended, and its document went on",
            Self::Transferred => "the call was handed on",
        }
    }
}

/// A function as the document offers it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Offered<'c> {
    pub(crate) name: &'c str,
    pub(crate) description: &'c str,
    /// The schema of the arguments.
    pub(crate) parameters: Option<&'c Value>,
    /// Who answers it.
    pub(crate) runs: Runs<'c>,
    /// Why the model cannot call it now; `None`: it can.
    pub(crate) why_not: Option<String>,
}

/// Who answers a function.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Runs<'c> {
    /// The webhook at this URL.
    Webhook(&'c str),
    /// The platform itself, as this `data_map` says.
    DataMap(&'c Value),
}

/// Why a document cannot be called.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PlatformError {
    #[error("the document has no `ai` step in its section `main`, so no agent talks")]
    NoAgent,
}

impl PlatformCall {
    /// A call from this number begins.
    pub(crate) fn start(
        document: &Value,
        call_id: impl Into<String>,
        caller: Option<String>,
    ) -> Result<Self, PlatformError> {
        let state = CallState { call_id: call_id.into(), caller, ..CallState::default() };
        let mut call = Self::resume(document, state)?;
        call.state.global_data = call.ai["global_data"].as_object().cloned().unwrap_or_default();
        for function in signatures(&call.ai) {
            if let Some(data) = function["meta_data"].as_object() {
                let token = call.token_of(function);
                call.state.meta_data.entry(token).or_default().extend(data.clone());
            }
        }
        call.enter_first_step();
        Ok(call)
    }

    /// A call goes on from a kept state, with the document as it is now.
    pub(crate) fn resume(document: &Value, state: CallState) -> Result<Self, PlatformError> {
        let steps = document["sections"]["main"].as_array();
        let ai = steps.and_then(|steps| steps.iter().find_map(|step| step.get("ai")));
        let ai = ai.filter(|ai| ai.is_object()).cloned().ok_or(PlatformError::NoAgent)?;
        Ok(Self { ai, state })
    }

    pub(crate) fn state(&self) -> &CallState {
        &self.state
    }

    pub(crate) fn call_id(&self) -> &str {
        &self.state.call_id
    }

    /// How the agent's part ended; `None` while it talks.
    pub(crate) fn end(&self) -> Option<&End> {
        self.state.end.as_ref()
    }

    /// The caller hangs up.
    pub(crate) fn hang_up(&mut self) {
        self.state.end.get_or_insert(End::HungUp);
    }

    /// The session's data.
    pub(crate) fn global_data(&self) -> &Map<String, Value> {
        &self.state.global_data
    }

    pub(crate) fn set_global_data(&mut self, key: &str, value: Value) {
        self.state.global_data.insert(key.to_owned(), value);
    }

    /// The data of all tokens.
    #[cfg(any(feature = "cli", feature = "console"))]
    pub(crate) fn all_meta_data(&self) -> &BTreeMap<String, Map<String, Value>> {
        &self.state.meta_data
    }

    /// The data that a function gets.
    pub(crate) fn meta_data(&self, function: &str) -> Map<String, Value> {
        self.state.meta_data.get(&self.token(function)).cloned().unwrap_or_default()
    }

    pub(crate) fn set_meta_data(&mut self, function: &str, key: &str, value: Value) {
        self.state.meta_data.entry(self.token(function)).or_default().insert(key.to_owned(), value);
    }

    /// `ai.params`.
    pub(crate) fn param(&self, name: &str) -> &Value {
        &self.ai["params"][name]
    }

    /// The functions that the model may ever call, in the document's order.
    pub(crate) fn functions(&self) -> Vec<Offered<'_>> {
        let defaults = self.ai["SWAIG"]["defaults"]["web_hook_url"].as_str().unwrap_or_default();
        let names = signatures(&self.ai).filter_map(|it| Some((it["function"].as_str()?, it)));
        names
            .filter(|(name, _)| !HOOKS.contains(name))
            .map(|(name, signature)| Offered {
                name,
                description: text(signature, &["description", "purpose"]),
                parameters: ["parameters", "argument"].into_iter().find_map(|key| signature.get(key)),
                runs: match signature.get("data_map") {
                    Some(data_map) => Runs::DataMap(data_map),
                    None => Runs::Webhook(signature["web_hook_url"].as_str().unwrap_or(defaults)),
                },
                why_not: self.why_not(name, signature),
            })
            .collect()
    }

    /// The function of this name, if the document has it.
    pub(crate) fn function(&self, name: &str) -> Option<Offered<'_>> {
        self.functions().into_iter().find(|function| function.name == name)
    }

    /// The functions of other servers that the document names.
    #[cfg(feature = "cli")]
    pub(crate) fn includes(&self) -> Vec<RemoteFunctions> {
        let includes = self.ai["SWAIG"]["includes"].as_array().into_iter().flatten();
        includes.map(RemoteFunctions::of_document).collect()
    }

    /// Functions of another server come to those of the document: their names.
    #[cfg(feature = "cli")]
    pub(crate) fn include(&mut self, include: &RemoteFunctions, signatures: Vec<Value>) -> Vec<String> {
        let names = signatures.iter().filter_map(|it| it["function"].as_str()).map(str::to_owned).collect();
        for signature in &signatures {
            let token = self.token_of(signature);
            let data = self.state.meta_data.entry(token).or_default();
            data.extend(
                include
                    .data()
                    .into_iter()
                    .chain(signature["meta_data"].as_object().cloned().unwrap_or_default()),
            );
        }
        match &mut self.ai["SWAIG"]["functions"] {
            Value::Array(functions) => functions.extend(signatures),
            none => *none = signatures.into(),
        }
        names
    }

    /// Whether the platform calls this hook.
    pub(crate) fn has_hook(&self, name: &str) -> bool {
        HOOKS.contains(&name) && signatures(&self.ai).any(|it| it["function"] == name)
    }

    fn why_not(&self, name: &str, signature: &Value) -> Option<String> {
        if let Some(end) = &self.state.end {
            return Some(end.words().to_owned());
        }
        let is_on = match self.state.toggled.get(name) {
            Some(Toggled::Off | Toggled::Uses(0)) => false,
            Some(Toggled::On | Toggled::Uses(_)) => true,
            None => !is_false(&signature["active"]),
        };
        if !is_on {
            return Some("it is switched off".to_owned());
        }
        if let Some(question) = self.question() {
            let is_allowed = Self::question_allows(question, name);
            return (!is_allowed).then(|| "the question that is asked does not allow it".to_owned());
        }
        let allowed = self.state.step_functions.as_ref();
        let step = self.state.step.as_deref().unwrap_or_default();
        let is_allowed = allowed.is_none_or(|names| names.iter().any(|it| it == name));
        (!is_allowed).then(|| format!("the step {step:?} does not allow it"))
    }

    /// The body of the webhook with which the model's call of a function reaches the server.
    pub(crate) fn webhook(&self, function: &str, arguments: &Map<String, Value>) -> Value {
        let signature = signatures(&self.ai).find(|it| it["function"] == function).unwrap_or(&Value::Null);
        let parameters = ["parameters", "argument"].into_iter().find_map(|key| signature.get(key));
        let state = &self.state;
        let mut body = json!({
            "function": function,
            "argument": {"parsed": [arguments], "raw": Value::Object(arguments.clone()).to_string()},
            "argument_desc": parameters.cloned().unwrap_or_else(|| json!({})),
            "description": text(signature, &["description", "purpose"]),
            "call_id": state.call_id,
            "ai_session_id": format!("{}-session", state.call_id),
            "app_name": self.param("app_name").as_str().unwrap_or("swml app"),
            "meta_data_token": self.token_of(signature),
            "meta_data": self.meta_data(function),
            "global_data": state.global_data,
            "channel_active": state.end.is_none(), "channel_offhook": true, "channel_ready": true,
            "content_type": "text/swaig", "content_disposition": "SWAIG Function",
            "conversation_type": "voice", "version": "2.0",
        });
        if let Some(id) = self.conversation_id() {
            body["conversation_id"] = id.into();
        }
        body["caller_id_num"] = state.caller.as_deref().unwrap_or("anonymous").into();
        body
    }

    /// `params.conversation_id`, with its variables.
    pub(crate) fn conversation_id(&self) -> Option<String> {
        let id = self.param("conversation_id").as_str()?;
        Some(self.scope().expand(id))
    }

    /// One more call of a function: where only some are allowed, one is used up.
    pub(crate) fn count(&mut self, function: &str) {
        if let Some(Toggled::Uses(uses)) = self.state.toggled.get_mut(function) {
            *uses = uses.saturating_sub(1);
        }
    }

    /// What variables in the document's texts stand for.
    pub(crate) fn scope(&self) -> Scope<'_> {
        let caller = self.state.caller.as_deref().unwrap_or("anonymous");
        let call = json!({"call_id": self.state.call_id, "from": caller, "from_number": caller,
                          "direction": "inbound", "type": "phone", "state": "answered"});
        Scope::new()
            .with("call", call)
            .with("global_data", &self.state.global_data)
            .with("caller_id_number", caller)
            .with("caller_id_num", caller)
            .with("call_direction", "inbound")
            .with_clock(self.param("local_tz").as_str())
    }

    fn token(&self, function: &str) -> String {
        let signature = signatures(&self.ai).find(|it| it["function"] == function);
        self.token_of(signature.unwrap_or(&Value::Null))
    }

    /// Functions of one token share `meta_data`. Without a token the platform makes one of the URL.
    fn token_of(&self, signature: &Value) -> String {
        let url =
            || signature["web_hook_url"].as_str().or(self.ai["SWAIG"]["defaults"]["web_hook_url"].as_str());
        signature["meta_data_token"].as_str().or_else(url).unwrap_or_default().to_owned()
    }
}

fn signatures(ai: &Value) -> impl Iterator<Item = &Value> {
    ai["SWAIG"]["functions"].as_array().into_iter().flatten()
}

/// The first of these members that is a text.
fn text<'v>(object: &'v Value, keys: &[&str]) -> &'v str {
    keys.iter().find_map(|key| object[*key].as_str()).unwrap_or_default()
}

/// The platform takes texts for switches, too.
fn is_false(value: &Value) -> bool {
    matches!(value, Value::Bool(false))
        || value.as_str().is_some_and(|text| text.eq_ignore_ascii_case("false"))
}

fn is_true(value: &Value) -> bool {
    matches!(value, Value::Bool(true)) || value.as_str().is_some_and(|text| text.eq_ignore_ascii_case("true"))
}
