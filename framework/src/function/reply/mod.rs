//! What a function answers: text for the model, and actions on the live call.

mod actions;
#[cfg(test)]
mod tests;

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};

use super::Action;
use crate::call::{Call, Verification};

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

    /// Appends an action. Actions run in order. There is a method for each of them, named after it.
    #[must_use]
    pub fn action(mut self, action: Action) -> Self {
        self.actions.push(action);
        self
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
        // As the platform reads them: an object with one key.
        let actions = self.actions.iter().filter_map(|action| serde_json::to_value(action).ok());
        actions.fold(call, |call, action| {
            let mut meta_data = call.meta_data().clone();
            change(&mut meta_data, action.get("set_meta_data"), action.get("unset_meta_data"));
            let mut global_data = call.global_data().clone();
            change(&mut global_data, action.get("set_global_data"), action.get("unset_global_data"));
            call.with_field("meta_data", meta_data).with_field("global_data", global_data)
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

/// Carries out the two actions on one kind of data (SWAIG webhook reference, "Actions").
fn change(data: &mut Map<String, Value>, set: Option<&Value>, unset: Option<&Value>) {
    if let Some(Value::Object(set)) = set {
        data.extend(set.clone());
    }
    match unset {
        Some(Value::String(key)) => drop(data.shift_remove(key)),
        Some(Value::Array(keys)) => data.retain(|key, _| !keys.iter().any(|it| it == key)),
        Some(Value::Object(_)) => data.clear(),
        _ => {}
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
