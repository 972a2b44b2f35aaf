//! The call as the platform describes it when it fetches the document (SWAIG webhook reference, "SWML fetch request").

use std::fmt;

use serde_json::{Map, Value};

use crate::phone_number::CallerNumber;

/// A call that is coming in (or going out) and for which a document is asked.
///
/// ```
/// use swaig::IncomingCall;
/// use serde_json::json;
///
/// let call = IncomingCall::from_body("7", json!({"call": {"call_id": "c1", "from": "+15551230000"}}));
/// assert_eq!(call.call_id(), Some("c1"));
/// assert_eq!(call.caller().to_string(), "+1••••••0000");
/// ```
pub struct IncomingCall {
    agent_id: String,
    caller: CallerNumber,
    body: Map<String, Value>,
}

impl IncomingCall {
    /// Reads the body of a document fetch; one that is not an object counts as empty.
    pub fn from_body(agent_id: impl Into<String>, body: Value) -> Self {
        let body = match body {
            Value::Object(body) => body,
            _ => Map::new(),
        };
        let call = body.get("call");
        let from = ["from_number", "from"]
            .into_iter()
            .find_map(|key| call.and_then(|call| call.get(key)).and_then(Value::as_str));
        Self { agent_id: agent_id.into(), caller: CallerNumber::from_caller_id(from), body }
    }

    /// The `agent_id` of the URL; the agent's name by default.
    pub fn agent_id(&self) -> &str {
        &self.agent_id
    }

    /// The call's id; `None` when someone fetches the document without a call.
    pub fn call_id(&self) -> Option<&str> {
        self.call("call_id")
    }

    /// Who calls.
    pub fn caller(&self) -> &CallerNumber {
        &self.caller
    }

    /// `inbound` or `outbound`.
    pub fn direction(&self) -> Option<&str> {
        self.call("direction")
    }

    /// A text of the `call` object: `to`, `type`, `node_id`, ….
    pub fn call(&self, key: &str) -> Option<&str> {
        self.body.get("call").and_then(|call| call.get(key)).and_then(Value::as_str)
    }

    /// The whole body: `call`, `vars`, `envs`, `params`.
    pub fn raw(&self) -> &Map<String, Value> {
        &self.body
    }
}

impl fmt::Debug for IncomingCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IncomingCall")
            .field("agent_id", &self.agent_id)
            .field("call_id", &self.call_id())
            .field("caller", &self.caller)
            .finish_non_exhaustive()
    }
}
