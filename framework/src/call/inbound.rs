//! Which of its six requests the platform posts (SWAIG webhook reference, the table at its start).

use std::fmt;

use serde_json::Value;

use super::body::Body;
use super::fields::Fields as _;
use super::{ConversationRequest, DebugEvents, FunctionRequest, IncomingCall, Report, SignatureRequest};

/// A request of the platform, told from the others by its body alone.
///
/// `function` is looked at first, since function calls of Amazon Bedrock agents have an `action` as well; then
/// `action`, `call_info`, and `call`. The content type says nothing: it differs between engines.
///
/// ```
/// use swaig::Inbound;
/// use serde_json::json;
///
/// let inbound = Inbound::read("7", json!({"function": "send_mfa", "action": "fetch_conversation"}));
/// assert!(matches!(inbound, Inbound::Function(request) if request.is_bedrock()));
/// assert_eq!(Inbound::read("7", json!({"action": "fetch_conversation"})).name(), "fetch_conversation");
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub enum Inbound {
    /// The document of a call is fetched.
    Document(IncomingCall),
    /// The model calls a function.
    Function(FunctionRequest),
    /// The definitions of functions are asked for.
    Signatures(SignatureRequest),
    /// A conversation has ended.
    Report(Report),
    /// The summary of earlier conversations is asked for.
    Conversation(ConversationRequest),
    /// Events of the debug feed.
    Debug(DebugEvents),
    /// A body that does not tell.
    Other(Value),
}

impl Inbound {
    /// Tells what a body is. The agent id is that of the URL.
    pub fn read(agent_id: impl Into<String>, body: Value) -> Self {
        match body {
            Value::Object(body) => Self::of(agent_id, body.into()),
            other => Self::Other(other),
        }
    }

    /// The request with this body.
    pub(crate) fn of(agent_id: impl Into<String>, body: Body) -> Self {
        let fields = &body;
        let has = |key| fields.field(key).is_object();
        match (fields.text("function"), fields.text("action")) {
            (Some(_), _) => Self::Function(FunctionRequest::new(body)),
            (None, Some("get_signature")) => Self::Signatures(SignatureRequest::new(body.into_value())),
            (None, Some("post_conversation")) => Self::Report(Report::new(body.into_value())),
            (None, Some("fetch_conversation")) => {
                Self::Conversation(ConversationRequest::new(body.into_value()))
            }
            (None, _) if has("call_info") => Self::Debug(DebugEvents::new(body.into_value())),
            (None, None) if has("call") => Self::Document(IncomingCall::new(agent_id, body)),
            (None, _) => Self::Other(body.into_value()),
        }
    }

    /// What it is, in a word: `document`, `function`, `get_signature`, `post_conversation`, `fetch_conversation`,
    /// `debug`, or `other`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Document(_) => "document",
            Self::Function(_) => "function",
            Self::Signatures(_) => "get_signature",
            Self::Report(_) => "post_conversation",
            Self::Conversation(_) => "fetch_conversation",
            Self::Debug(_) => "debug",
            Self::Other(_) => "other",
        }
    }

    /// The body, unchanged.
    pub fn into_raw(self) -> Value {
        match self {
            Self::Document(call) => call.into_body().into_value(),
            Self::Function(request) => request.into_body().into_value(),
            Self::Signatures(request) => request.into_raw(),
            Self::Report(report) => report.into_raw(),
            Self::Conversation(request) => request.into_raw(),
            Self::Debug(events) => events.into_raw(),
            Self::Other(body) => body,
        }
    }
}

impl fmt::Debug for Inbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Document(call) => call.fmt(f),
            Self::Function(request) => request.fmt(f),
            Self::Signatures(request) => request.fmt(f),
            Self::Report(report) => report.fmt(f),
            Self::Conversation(request) => request.fmt(f),
            Self::Debug(events) => events.fmt(f),
            // Nobody knows what it holds.
            Self::Other(_) => f.debug_struct("Other").finish_non_exhaustive(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_request_is_told_by_its_body() {
        let table = [
            ("document", json!({"call": {"call_id": "c1"}, "vars": {}, "envs": {}, "params": {}})),
            (
                "function",
                json!({"function": "f", "content_disposition": "SWAIG Function", "content_type": "text/swaig"}),
            ),
            ("function", json!({"function": "f", "content_type": "Conversation/SWAIG-function"})),
            (
                "function",
                json!({"function": "f", "action": "fetch_conversation", "content_disposition": "agent.function"}),
            ),
            ("function", json!({"function": "f", "action": "get_signature", "call": {}, "call_info": {}})),
            ("get_signature", json!({"action": "get_signature", "functions": []})),
            ("get_signature", json!({"action": "get_signature", "function": null, "call": {}})),
            (
                "post_conversation",
                json!({"action": "post_conversation", "content_type": "text/json", "call_log": []}),
            ),
            (
                "fetch_conversation",
                json!({"action": "fetch_conversation", "content_disposition": "agent.load_conversation"}),
            ),
            (
                "debug",
                json!({"call_info": {"call_id": "c1", "content_type": "text/json"}, "function_call": {}}),
            ),
            ("debug", json!({"call_info": {}, "call": {}})),
            ("other", json!({})),
            ("other", json!({"content_type": "text/swaig", "content_disposition": "SWAIG Function"})),
            ("other", json!({"function": 7, "action": ["get_signature"]})),
            ("other", json!({"action": "dance", "call": {}})),
            ("other", json!({"call": 7, "call_info": []})),
            ("other", json!([{"function": "f"}])),
            ("other", json!(null)),
        ];
        for (name, body) in table {
            let inbound = Inbound::read("7", body.clone());
            assert_eq!(inbound.name(), name, "{body}");
            assert_eq!(inbound.into_raw(), body);
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        let bodies = [
            json!({"function": "123456", "argument": {"raw": "123456"}}),
            json!({"action": "post_conversation", "call_log": [{"content": "123456"}]}),
            json!({"action": "fetch_conversation", "conversation_id": "123456"}),
            json!({"action": "get_signature", "meta_data": {"a": "123456"}}),
            json!({"call_info": {}, "input": "123456"}),
            json!({"call": {}, "vars": {"a": "123456"}}),
            json!({"a": "123456"}),
        ];
        for body in bodies {
            let shown = format!("{:?}", Inbound::read("7", body));
            assert!(!shown.contains("123456") && !shown.is_empty(), "{shown}");
        }
    }
}
