//! The function webhook's body, read leniently (SWAIG webhook reference, "Function-call request").

use std::borrow::Cow;
use std::fmt;

use serde_json::{Map, Value};

use super::body::Body;
use super::fields::{Fields as _, fields};
use super::{ConversationType, LogEntry};
use crate::phone_number::CallerNumber;

/// A function call as the platform posts it. Only `function` has to be there; unknown fields are kept.
///
/// A field that is absent or of another type is `None`, or empty where it is an object. `Debug` shows neither the
/// arguments, which may hold a one-time code, nor the caller's number.
///
/// ```
/// use swaig::FunctionRequest;
/// use swaig::call::ConversationType;
/// use serde_json::json;
///
/// let request = FunctionRequest::from_value(json!({
///     "function": "order_status", "argument": {"parsed": [{"order": 17}], "raw": "{\"order\":17}"},
///     "call_id": "c1", "conversation_type": "chat", "meta_data": {"verified": true}, "new_field": 1,
/// })).unwrap();
/// assert_eq!((request.function(), request.arguments()), (Some("order_status"), json!({"order": 17})));
/// assert_eq!(request.conversation_type(), Some(ConversationType::Chat));
/// assert_eq!(request.body()["new_field"], 1);
/// ```
#[derive(Clone, Default)]
pub struct FunctionRequest {
    body: Body,
}

impl FunctionRequest {
    /// Takes a body; `None` where it is not a JSON object.
    pub fn from_value(body: Value) -> Option<Self> {
        match body {
            Value::Object(body) => Some(Self { body: body.into() }),
            _ => None,
        }
    }

    pub(super) fn new(body: Body) -> Self {
        Self { body }
    }

    /// The call's id, or an empty text.
    pub fn call_id(&self) -> &str {
        self.text("call_id").unwrap_or_default()
    }

    /// The arguments: `argument.parsed[0]` where it is an object, else `argument.raw` read as JSON, else `{}`.
    pub fn arguments(&self) -> Value {
        let first = match self.body.part("argument").field("parsed").to_value() {
            Some(Value::Array(items)) => items.into_iter().next(),
            other => other,
        };
        if let Some(object @ Value::Object(_)) = first {
            return object;
        }
        self.argument_raw()
            .and_then(|raw| serde_json::from_str::<Value>(raw).ok())
            .filter(Value::is_object)
            .unwrap_or_else(|| Value::Object(Map::new()))
    }

    /// The text that tells one call of a function from another: the model's own JSON where it was sent.
    pub(crate) fn raw_argument(&self) -> Cow<'_, str> {
        self.argument_raw()
            .filter(|raw| !raw.is_empty())
            .map_or_else(|| self.arguments().to_string().into(), Cow::Borrowed)
    }

    /// The arguments as the model wrote them, which is JSON unless it made a mistake: `argument.raw`.
    pub fn argument_raw(&self) -> Option<&str> {
        self.body.part("argument").text("raw")
    }

    /// The text around the JSON of the arguments, where the model wrote one: `argument.substituted`.
    pub fn argument_substituted(&self) -> Option<&str> {
        self.body.part("argument").text("substituted").filter(|text| !text.is_empty())
    }

    /// Who calls: `caller_id_num`, or what Bedrock agents say instead of it.
    pub fn caller(&self) -> CallerNumber {
        self.body.caller()
    }

    /// How one talks with the agent.
    pub fn conversation_type(&self) -> Option<ConversationType<'_>> {
        self.text("conversation_type").map(ConversationType::of)
    }

    fields! { '_;
        /// The name of the function that the model calls; `None` for a body that is not a function call.
        function: text;
        /// The parameters that the function declares: a JSON schema. Old engines send a text.
        argument_desc: any;
        /// What the function is for, as its signature says. Old engines say `purpose`.
        description: text ["description", "purpose"];
        /// The id of the AI session; it changes when the agent is entered again in the same call.
        ai_session_id: text;
        /// The `conversation_id` of the agent's `params`, where one is set.
        conversation_id: text;
        /// The `app_name` of the agent's `params`; the platform has a default.
        app_name: text;
        /// State of the session that prompts can refer to.
        global_data: object;
        /// State that functions of the same `meta_data_token` share.
        meta_data: object;
        /// What `meta_data` belongs to: the function's token, or one that the platform made.
        meta_data_token: text;
        /// The name that the network gives for the caller.
        caller_name: text ["caller_id_name"];
        /// Whether the call is up.
        channel_active: flag;
        /// Whether the call was answered.
        channel_offhook: flag;
        /// Whether the agent is ready to talk.
        channel_ready: flag;
        /// `text/swaig`, or another text of older engines and Bedrock agents.
        content_type: text;
        /// `SWAIG Function`, or `agent.function` of Bedrock agents.
        content_disposition: text;
        /// The version of the SWAIG protocol: `2.0`. Bedrock agents send none.
        version: text;
        /// The SignalWire project.
        project_id: text;
        /// The SignalWire space.
        space_id: text;
        /// Whether the session ended because of an error. Calls of `hangup_hook` only.
        fatal_error: flag;
        /// Which error: `token_exhaustion`, `llm_fatal`, `llm_max_retries`.
        error_reason: text;
        /// The variables of the document. With `params.swaig_post_swml_vars` only.
        swml_vars: object ["SWMLVars"];
        /// The call as documents see it. With `params.swaig_post_swml_vars` only.
        swml_call: object ["SWMLCall"];
        /// `args`, which some engines send.
        args: any;
        /// `input`, which some engines send.
        input: any;
    }

    pub(super) fn fields(&self) -> &Body {
        &self.body
    }

    /// The conversation so far, what is private left out. With `params.swaig_post_conversation` only.
    pub fn call_log(&self) -> impl Iterator<Item = LogEntry<'_>> {
        LogEntry::all(self.body(), "call_log")
    }

    /// The conversation so far, with what is private. With `params.swaig_post_conversation` only.
    pub fn raw_call_log(&self) -> impl Iterator<Item = LogEntry<'_>> {
        LogEntry::all(self.body(), "raw_call_log")
    }

    /// Whether an Amazon Bedrock agent calls: it sends an `action` along, and takes a plain text for an answer.
    pub fn is_bedrock(&self) -> bool {
        self.text("action") == Some("fetch_conversation") && self.function().is_some()
    }

    /// A field that holds a text.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.body.text(key)
    }

    /// A field that holds an object; an empty one where it does not.
    pub fn object(&self, key: &str) -> &Map<String, Value> {
        self.body.object(key)
    }

    /// All fields.
    pub fn body(&self) -> &Map<String, Value> {
        self.body.values()
    }

    pub(super) fn into_body(self) -> Body {
        self.body
    }

    pub(crate) fn insert(&mut self, key: &str, value: Value) {
        self.body.insert(key, value);
    }
}

impl fmt::Debug for FunctionRequest {
    // A model may put anything into the function's name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FunctionRequest")
            .field("call_id", &self.call_id())
            .field("caller", &self.caller())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn arguments(argument: &Value) -> Value {
        FunctionRequest::from_value(json!({"function": "f", "argument": argument})).unwrap().arguments()
    }

    #[test]
    fn arguments_are_parsed_else_raw_else_empty() {
        let table = [
            (json!({"parsed": [{"a": 1}], "raw": "{\"a\":2}"}), json!({"a": 1})),
            (json!({"parsed": {"a": 1}}), json!({"a": 1})),
            (json!({"parsed": [], "raw": "{\"a\":2}"}), json!({"a": 2})),
            (json!({"parsed": ["text"], "raw": "{\"a\":2}"}), json!({"a": 2})),
            (json!({"parsed": [null], "raw": "not json"}), json!({})),
            (json!({"raw": "[1]"}), json!({})),
            (json!("none"), json!({})),
            (json!(null), json!({})),
        ];
        for (argument, expected) in table {
            assert_eq!(arguments(&argument), expected, "{argument}");
        }
        assert_eq!(FunctionRequest::from_value(json!({})).unwrap().arguments(), json!({}));
    }

    #[test]
    fn fields_of_a_wrong_type_do_not_matter() {
        let body = json!({"function": "f", "call_id": 7, "meta_data": "x", "global_data": null});
        let request = FunctionRequest::from_value(body).unwrap();
        assert_eq!((request.call_id(), request.object("meta_data").len()), ("", 0));
    }

    #[test]
    fn all_fields_of_a_webhook_are_read() {
        let request = FunctionRequest::from_value(json!({
            "function": "send_mfa",
            "argument": {"parsed": [{}], "raw": "Sure: {}", "substituted": "Sure: "},
            "argument_desc": {"type": "object", "properties": {}}, "description": "Send a code",
            "call_id": "c1", "ai_session_id": "s1", "conversation_id": "v1", "app_name": "swml app",
            "global_data": {"tier": "gold"}, "meta_data_token": "mfa", "meta_data": {"sends": 1},
            "caller_id_name": "Jane Doe", "caller_id_num": "+15551230000",
            "channel_active": true, "channel_offhook": "true", "channel_ready": false,
            "content_type": "text/swaig", "content_disposition": "SWAIG Function", "version": "2.0",
            "conversation_type": "voice", "project_id": "p1", "space_id": "e1",
            "fatal_error": true, "error_reason": "token_exhaustion",
            "SWMLVars": {"a": 1}, "SWMLCall": {"b": 2},
            "call_log": [{"role": "user", "content": "Hi"}], "raw_call_log": [{"role": "system"}, {"role": "user"}],
            "args": {"x": 1}, "input": "text",
        }))
        .unwrap();
        assert_eq!(
            (request.argument_raw(), request.argument_substituted()),
            (Some("Sure: {}"), Some("Sure: "))
        );
        assert_eq!(request.argument_desc().unwrap()["type"], "object");
        assert_eq!(
            [
                request.description(),
                request.ai_session_id(),
                request.conversation_id(),
                request.app_name(),
                request.meta_data_token(),
                request.caller_name(),
                request.content_type(),
                request.content_disposition(),
                request.version(),
                request.project_id(),
                request.space_id(),
                request.error_reason(),
            ],
            [
                "Send a code",
                "s1",
                "v1",
                "swml app",
                "mfa",
                "Jane Doe",
                "text/swaig",
                "SWAIG Function",
                "2.0",
                "p1",
                "e1",
                "token_exhaustion"
            ]
            .map(Some)
        );
        assert_eq!(
            [
                request.channel_active(),
                request.channel_offhook(),
                request.channel_ready(),
                request.fatal_error()
            ],
            [Some(true), Some(true), Some(false), Some(true)]
        );
        assert_eq!(
            (&request.global_data()["tier"], &request.meta_data()["sends"]),
            (&json!("gold"), &json!(1))
        );
        assert_eq!((&request.swml_vars()["a"], &request.swml_call()["b"]), (&json!(1), &json!(2)));
        assert_eq!((request.args(), request.input()), (Some(&json!({"x": 1})), Some(&json!("text"))));
        assert_eq!((request.call_log().count(), request.raw_call_log().count()), (1, 2));
        assert_eq!(request.conversation_type(), Some(ConversationType::Voice));
        assert_eq!(request.caller().phone().unwrap().expose(), "+15551230000");
        assert!(!request.is_bedrock());
    }

    #[test]
    fn old_names_are_understood() {
        let body = json!({"function": "f", "purpose": "To test", "argument_desc": "none", "argument": {"substituted": ""}});
        let request = FunctionRequest::from_value(body).unwrap();
        assert_eq!((request.description(), request.argument_substituted()), (Some("To test"), None));
        assert_eq!(request.argument_desc(), Some(&json!("none")));
    }

    #[test]
    fn a_bedrock_agent_is_known_by_its_action() {
        let mut body = json!({
            "function": "send_mfa", "action": "fetch_conversation", "argument": {"parsed": [{}], "raw": "{}"},
            "content_type": "text/json", "content_disposition": "agent.function", "call_id": "c1",
            "caller_id": "+15551230000", "caller_id_number": "+15551230000",
        });
        let request = FunctionRequest::from_value(body.clone()).unwrap();
        assert!(request.is_bedrock() && request.version().is_none());
        assert_eq!(request.caller().phone().unwrap().expose(), "+15551230000");
        body["action"] = Value::Null;
        assert!(!FunctionRequest::from_value(body).unwrap().is_bedrock());
    }

    #[test]
    fn debug_shows_no_argument_and_no_number() {
        let request = FunctionRequest::from_value(json!({
            "function": "the code is 123456", "call_id": "c1", "argument": {"raw": "{\"token\":\"123456\"}"},
            "caller_id_num": "+15551230000",
        }))
        .unwrap();
        assert_eq!(
            format!("{request:?}"),
            r#"FunctionRequest { call_id: "c1", caller: Phone(+1••••••0000), .. }"#
        );
    }
}
