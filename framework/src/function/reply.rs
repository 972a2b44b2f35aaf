//! What a function answers: text for the model, and actions on the live call.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};

use super::{Action, Toggle};
use crate::call::{Call, Verification};
use crate::swml::Document;

/// The answer to a function call: a text that the model reads, and actions that the platform runs on the call.
///
/// ```
/// use swaig::Reply;
/// use serde_json::json;
///
/// let reply = Reply::text("Verification successful")
///     .set_meta_data("verified", true)
///     .unset_meta_data("mfa");
/// assert_eq!(serde_json::to_value(&reply)?, json!({
///     "response": "Verification successful",
///     "action": [{"set_meta_data": {"verified": true}}, {"unset_meta_data": "mfa"}],
/// }));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    response: Response,
    actions: Vec<Action>,
    post_process: bool,
    again: Vec<String>,
    verification: Option<Verification>,
}

#[derive(Clone, Debug, PartialEq)]
enum Response {
    Text(String),
    Parts { tool_result: Option<String>, tool_prompt: Option<String> },
}

impl Reply {
    /// A reply that is one text. It is read by the model, which says it in its own words.
    pub fn text(text: impl Into<String>) -> Self {
        Self::of(Response::Text(text.into()))
    }

    /// A reply in two parts: the result of the call, and (with [`tool_prompt`](Self::tool_prompt)) what the model is to
    /// do with it. For `ai` agents only.
    ///
    /// ```
    /// # use swaig::Reply;
    /// # use serde_json::json;
    /// let reply = Reply::tool_result("balance: 12.50 EUR").tool_prompt("Say it as an amount of money");
    /// assert_eq!(serde_json::to_value(&reply)?, json!({"response":
    ///     {"tool_result": "balance: 12.50 EUR", "tool_prompt": "Say it as an amount of money"}}));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn tool_result(result: impl Into<String>) -> Self {
        Self::of(Response::Parts { tool_result: Some(result.into()), tool_prompt: None })
    }

    fn of(response: Response) -> Self {
        Self { response, actions: Vec::new(), post_process: false, again: Vec::new(), verification: None }
    }

    /// What the model is to do with the result. A plain text becomes the `tool_result`.
    #[must_use]
    pub fn tool_prompt(mut self, prompt: impl Into<String>) -> Self {
        let tool_result = match self.response {
            Response::Text(text) => Some(text),
            Response::Parts { tool_result, .. } => tool_result,
        };
        self.response = Response::Parts { tool_result, tool_prompt: Some(prompt.into()) };
        self
    }

    /// Lets the model speak first and runs the actions afterwards.
    #[must_use]
    pub fn post_process(mut self, post_process: bool) -> Self {
        self.post_process = post_process;
        self
    }

    /// Appends an action. Actions run in order.
    #[must_use]
    pub fn action(mut self, action: Action) -> Self {
        self.actions.push(action);
        self
    }

    /// Keeps a value in the call's `meta_data`, which the functions of an agent share and the model never sees.
    #[must_use]
    pub fn set_meta_data(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        if let Some(Action::SetMetaData(data)) = self.actions.last_mut() {
            data.insert(key.into(), value.into());
            return self;
        }
        self.action(Action::SetMetaData(Map::from_iter([(key.into(), value.into())])))
    }

    /// Removes a key of `meta_data`.
    #[must_use]
    pub fn unset_meta_data(self, key: impl Into<String>) -> Self {
        self.action(Action::UnsetMetaData(key.into()))
    }

    /// Keeps a value in `global_data`. The model can see it where a prompt refers to it: it is not for secrets.
    #[must_use]
    pub fn set_global_data(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        if let Some(Action::SetGlobalData(data)) = self.actions.last_mut() {
            data.insert(key.into(), value.into());
            return self;
        }
        self.action(Action::SetGlobalData(Map::from_iter([(key.into(), value.into())])))
    }

    /// Removes a key of `global_data`.
    #[must_use]
    pub fn unset_global_data(self, key: impl Into<String>) -> Self {
        self.action(Action::UnsetGlobalData(key.into()))
    }

    /// Switches a function on or off for the rest of the call.
    #[must_use]
    pub fn toggle_function(mut self, function: impl Into<String>, active: bool) -> Self {
        let toggle = Toggle { function: function.into(), active };
        if let Some(Action::ToggleFunctions(toggles)) = self.actions.last_mut() {
            toggles.push(toggle);
            return self;
        }
        self.action(Action::ToggleFunctions(vec![toggle]))
    }

    /// Speaks a text now, word by word.
    #[must_use]
    pub fn say(self, text: impl Into<String>) -> Self {
        self.action(Action::Say(text.into()))
    }

    /// Ends the call.
    #[must_use]
    pub fn hangup(self) -> Self {
        self.action(Action::Hangup)
    }

    /// Leaves the agent for a section of the document or the URL of another one.
    #[must_use]
    pub fn transfer(self, destination: impl Into<String>) -> Self {
        self.action(Action::Transfer(destination.into()))
    }

    /// Runs an SWML document on the call; the agent goes on afterwards.
    #[must_use]
    pub fn swml(self, document: Document) -> Self {
        self.action(Action::Swml { document, transfer: false })
    }

    /// Ends the agent and hands the call to an SWML document.
    #[must_use]
    pub fn transfer_to_swml(self, document: Document) -> Self {
        self.action(Action::Swml { document, transfer: true })
    }

    /// Lets a function of this call run again although it was called with the same argument a moment ago: what it
    /// did before no longer holds (a code has expired, say). This is for the server; it is not sent.
    #[must_use]
    pub fn allow_again(mut self, function: impl Into<String>) -> Self {
        self.again.push(function.into());
        self
    }

    /// The text for the model.
    pub fn spoken(&self) -> &str {
        match &self.response {
            Response::Text(text) => text,
            Response::Parts { tool_result, tool_prompt } => {
                tool_result.as_deref().or(tool_prompt.as_deref()).unwrap_or_default()
            }
        }
    }

    /// The actions, in order.
    pub fn actions(&self) -> &[Action] {
        &self.actions
    }

    /// The call as the platform would make it after this reply: with its `meta_data` and `global_data` changed. For
    /// a test of several functions.
    ///
    /// ```
    /// # use swaig::{Call, Reply};
    /// let call = Reply::text("noted").set_meta_data("visits", 3).applied_to(Call::test());
    /// assert_eq!(call.meta::<u32>("visits")?, Some(3));
    /// # Ok::<(), swaig::MetaDataError>(())
    /// ```
    #[must_use]
    pub fn applied_to(&self, call: Call) -> Call {
        self.actions.iter().fold(call, |call, action| match action {
            Action::SetMetaData(data) => {
                data.iter().fold(call, |call, (key, value)| call.with_meta_data(key, value.clone()))
            }
            Action::UnsetMetaData(key) => call.with_meta_data(key, Value::Null),
            Action::SetGlobalData(data) => {
                data.iter().fold(call, |call, (key, value)| call.with_global_data(key, value.clone()))
            }
            Action::UnsetGlobalData(key) => call.with_global_data(key, Value::Null),
            _ => call,
        })
    }

    pub(crate) fn with_verification(mut self, verification: Verification) -> Self {
        self.verification = Some(verification);
        self
    }

    /// The verification that this reply brings.
    pub(crate) fn verification(&self) -> Option<&Verification> {
        self.verification.as_ref()
    }

    pub(crate) fn functions_allowed_again(&self) -> &[String] {
        &self.again
    }
}

impl Serialize for Reply {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match &self.response {
            Response::Text(text) => map.serialize_entry("response", text)?,
            Response::Parts { tool_result, tool_prompt } => {
                let parts = [("tool_result", tool_result), ("tool_prompt", tool_prompt)];
                let parts: Map<String, Value> = parts
                    .into_iter()
                    .filter_map(|(key, text)| Some((key.to_owned(), text.clone()?.into())))
                    .collect();
                map.serialize_entry("response", &parts)?;
            }
        }
        if !self.actions.is_empty() {
            map.serialize_entry("action", &self.actions)?;
        }
        if self.post_process {
            map.serialize_entry("post_process", &true)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_action_is_an_object_with_one_key_and_neighbours_of_a_kind_are_one() {
        let reply = Reply::text("done")
            .set_meta_data("a", 1)
            .set_meta_data("b", "two")
            .toggle_function("send_mfa", false)
            .toggle_function("verify_mfa", true)
            .set_global_data("tier", "gold")
            .unset_global_data("old")
            .say("Goodbye")
            .transfer("operator")
            .action(Action::raw("wait_for_user", true))
            .hangup()
            .post_process(true);
        assert_eq!(
            serde_json::to_value(&reply).unwrap(),
            json!({"response": "done", "action": [
                {"set_meta_data": {"a": 1, "b": "two"}},
                {"toggle_functions": [{"function": "send_mfa", "active": false}, {"function": "verify_mfa", "active": true}]},
                {"set_global_data": {"tier": "gold"}},
                {"unset_global_data": "old"},
                {"say": "Goodbye"},
                {"transfer": "operator"},
                {"wait_for_user": true},
                {"hangup": true},
            ], "post_process": true})
        );
    }

    #[test]
    fn swml_and_transfer_share_an_object_and_transfer_comes_first() {
        let document = Document::new().step(crate::swml::Hangup::new());
        let text = serde_json::to_string(&Reply::text("bye").transfer_to_swml(document.clone())).unwrap();
        assert_eq!(
            text,
            r#"{"response":"bye","action":[{"transfer":true,"SWML":{"version":"1.0.0","sections":{"main":[{"hangup":{}}]}}}]}"#
        );
        let text = serde_json::to_string(&Reply::text("hm").swml(document)).unwrap();
        assert!(text.contains(r#""action":[{"SWML":{"version""#), "{text}");
    }
}
