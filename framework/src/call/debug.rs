//! The platform's debug feed (SWAIG webhook reference, "Debug webhook").

use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::ConversationType;
use super::fields::{Fields as _, fields, object_of};

/// The key of what all events of a post have in common; every other key is an event.
const CALL_INFO: &str = "call_info";
const WEBHOOK_FAIL: &str = "webhook_fail";

/// One post of the debug feed: one event, or several of the same call.
///
/// ```
/// use swaig::call::DebugEvents;
/// use serde_json::json;
///
/// let post = DebugEvents::new(json!({
///     "call_info": {"call_id": "c1"},
///     "step_change": {"to_step": "collect"},
///     "filler": {"text": "One moment"},
/// }));
/// let names: Vec<_> = post.events().map(|event| event.name().to_owned()).collect();
/// assert_eq!(names, ["step_change", "filler"]);
/// assert_eq!(post.call_info().call_id(), Some("c1"));
/// ```
#[derive(Clone)]
pub struct DebugEvents {
    body: Arc<Value>,
}

impl DebugEvents {
    /// Takes a body.
    pub fn new(body: Value) -> Self {
        Self { body: Arc::new(body) }
    }

    /// The call that it is about.
    pub fn call_info(&self) -> CallInfo<'_> {
        CallInfo::of(&self.body)
    }

    /// The events, in order. Names that are not documented are events too: the set grows.
    pub fn events(&self) -> impl Iterator<Item = DebugEvent> {
        let flat = is_flat_failure(&self.body);
        let keys = object_of(&self.body).keys().filter(move |key| !flat && *key != CALL_INFO);
        let at_keys = keys.map(|key| Place::Key(key.as_str().into()));
        at_keys.chain(flat.then_some(Place::Body)).map(|place| DebugEvent { body: self.body.clone(), place })
    }

    /// The whole body.
    pub fn raw(&self) -> &Value {
        &self.body
    }

    pub(super) fn into_raw(self) -> Value {
        Arc::unwrap_or_clone(self.body)
    }
}

impl fmt::Debug for DebugEvents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.events()).finish()
    }
}

/// A failed webhook is reported with its fields beside `call_info`, not under a name.
fn is_flat_failure(body: &Value) -> bool {
    let body = object_of(body);
    body.text("error").is_some() && body.text("request_url").is_some() && !body.contains_key(WEBHOOK_FAIL)
}

/// An event of the debug feed: its name, what it says, and the call that it is about.
///
/// `Debug` shows the name and the call's id only: an event may hold what the caller said.
///
/// ```
/// use swaig::DebugEvent;
/// use serde_json::json;
///
/// let event = DebugEvent::test("step_change", json!({"from_step": "greet", "to_step": "collect"}));
/// assert_eq!((event.name(), event.call_id()), ("step_change", Some("test-call")));
/// assert_eq!(event.payload()["to_step"], "collect");
/// ```
#[derive(Clone)]
pub struct DebugEvent {
    body: Arc<Value>,
    place: Place,
}

/// Where an event is in its body.
#[derive(Clone)]
enum Place {
    Key(Box<str>),
    Body,
}

impl DebugEvent {
    /// An event for a test: of the call `test-call`.
    pub fn test(name: &str, payload: impl Into<Value>) -> Self {
        let call_info = json!({
            "call_id": "test-call", "content_type": "text/json", "content_disposition": "post_data",
            "conversation_type": "voice",
        });
        let mut body = Map::from_iter([(CALL_INFO.to_owned(), call_info)]);
        body.insert(name.to_owned(), payload.into());
        Self { body: Arc::new(body.into()), place: Place::Key(name.into()) }
    }

    /// Its name: `session_start`, `step_change`, `function_call`, `webhook_fail`, ….
    pub fn name(&self) -> &str {
        match &self.place {
            Place::Key(key) => key,
            Place::Body => WEBHOOK_FAIL,
        }
    }

    /// What it says; `null` for some events.
    pub fn payload(&self) -> &Value {
        match &self.place {
            Place::Key(key) => self.body.get(&**key).unwrap_or(&Value::Null),
            Place::Body => &self.body,
        }
    }

    /// The call that it is about.
    pub fn call_info(&self) -> CallInfo<'_> {
        CallInfo::of(&self.body)
    }

    /// The call's id.
    pub fn call_id(&self) -> Option<&str> {
        self.call_info().call_id()
    }

    /// The failure of a webhook, where the event is `webhook_fail`: the platform could not use what a server answered.
    pub fn webhook_fail(&self) -> Option<WebhookFail<'_>> {
        (self.name() == WEBHOOK_FAIL).then(|| WebhookFail(object_of(self.payload())))
    }

    /// The whole body that the event came in, with the other events.
    pub fn raw(&self) -> &Value {
        &self.body
    }
}

impl fmt::Debug for DebugEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DebugEvent")
            .field("name", &self.name())
            .field("call_id", &self.call_id())
            .finish_non_exhaustive()
    }
}

/// The call that events of the debug feed are about.
///
/// ```
/// use swaig::DebugEvent;
/// use serde_json::json;
///
/// let event = DebugEvent::test("barge", json!({}));
/// assert_eq!(event.call_info().call_id(), Some("test-call"));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct CallInfo<'a>(&'a Map<String, Value>);

impl<'a> CallInfo<'a> {
    fn of(body: &'a Value) -> Self {
        Self(object_of(body).object(CALL_INFO))
    }

    /// How one talks with the agent.
    pub fn conversation_type(&self) -> Option<ConversationType<'a>> {
        self.0.text("conversation_type").map(ConversationType::of)
    }

    fields! { 'a;
        /// The call.
        call_id: text;
        /// The SignalWire project.
        project_id: text;
        /// The SignalWire space.
        space_id: text;
        /// `text/json`.
        content_type: text;
        /// `post_data`.
        content_disposition: text;
    }

    /// All fields.
    pub fn fields(&self) -> &'a Map<String, Value> {
        self.0
    }
}

/// Why the platform could not use what a server answered to a webhook.
///
/// `Debug` shows the figures only: the rest holds arguments, and an address with credentials.
///
/// ```
/// use swaig::DebugEvent;
/// use serde_json::json;
///
/// let event = DebugEvent::test("webhook_fail", json!({"error": "webhook error", "http_code": 502}));
/// assert_eq!(event.webhook_fail().and_then(|fail| fail.http_code()), Some(502));
/// ```
#[derive(Clone, Copy)]
pub struct WebhookFail<'a>(&'a Map<String, Value>);

impl<'a> WebhookFail<'a> {
    fields! { 'a;
        /// What went wrong: `webhook error`.
        error: text;
        /// The webhook's address, with the credentials that were put into it.
        request_url: text;
        /// How often it was tried.
        attempts: integer;
        /// What was posted.
        request_payload: any;
        /// Why the answer could not be read.
        parse_error: any;
        /// The answer as it came.
        raw_response: text;
        /// The answer, read.
        parsed_response: any;
        /// How the answer broke the protocol.
        protocol_error: any;
        /// The error number of libcurl, where no answer came.
        curl_code: integer;
        /// The status of the answer.
        http_code: integer;
    }

    /// All fields.
    pub fn fields(&self) -> &'a Map<String, Value> {
        self.0
    }
}

impl fmt::Debug for WebhookFail<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookFail")
            .field("attempts", &self.attempts())
            .field("curl_code", &self.curl_code())
            .field("http_code", &self.http_code())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(body: Value) -> Vec<String> {
        DebugEvents::new(body).events().map(|event| event.name().to_owned()).collect()
    }

    #[test]
    fn every_key_is_an_event_but_the_call() {
        let post = DebugEvents::new(json!({
            "call_info": {"call_id": "c1", "project_id": "p1", "space_id": "e1", "content_type": "text/json",
                "content_disposition": "post_data", "conversation_type": "voice"},
            "attention_timeout": null, "barge": {"elapsed": 300}, "brand_new": "text",
        }));
        let events: Vec<_> = post.events().collect();
        let seen: Vec<_> = events.iter().map(|it| (it.name(), it.payload())).collect();
        assert_eq!(
            seen,
            [
                ("attention_timeout", &Value::Null),
                ("barge", &json!({"elapsed": 300})),
                ("brand_new", &json!("text"))
            ]
        );
        let info = events[2].call_info();
        assert_eq!(
            (info.call_id(), info.project_id(), info.space_id()),
            (Some("c1"), Some("p1"), Some("e1"))
        );
        assert_eq!(
            (info.conversation_type(), info.content_disposition()),
            (Some(ConversationType::Voice), Some("post_data"))
        );
        assert_eq!(events[0].raw(), post.raw());
        assert!(events.iter().all(|event| event.webhook_fail().is_none()));
    }

    #[test]
    fn a_body_without_events_has_none() {
        for body in [
            json!({}),
            json!({"call_info": {"call_id": "c1"}}),
            json!([1]),
            json!(null),
            json!({"call_info": 7}),
        ] {
            assert!(names(body).is_empty());
        }
        assert_eq!(names(json!({"call_info": [], "error": "no address"})), ["error"]);
    }

    #[test]
    fn a_failed_webhook_is_read_under_its_name_and_without() {
        let mut failure = json!({
            "error": "webhook error", "request_url": "https://user:hunter2@example.com/mfa/swaig", "attempts": 3,
            "request_payload": {"function": "send_mfa"}, "parse_error": "no JSON", "raw_response": "<html>",
            "parsed_response": null, "protocol_error": "x", "curl_code": 0, "http_code": 502,
        });
        let named = json!({"call_info": {"call_id": "c1"}, "webhook_fail": failure});
        failure["call_info"] = json!({"call_id": "c1"});
        for body in [named, failure] {
            let events: Vec<_> = DebugEvents::new(body).events().collect();
            assert_eq!(
                (events.len(), events[0].name(), events[0].call_id()),
                (1, "webhook_fail", Some("c1"))
            );
            let fail = events[0].webhook_fail().unwrap();
            assert_eq!((fail.error(), fail.raw_response()), (Some("webhook error"), Some("<html>")));
            assert_eq!((fail.attempts(), fail.curl_code(), fail.http_code()), (Some(3), Some(0), Some(502)));
            assert_eq!(fail.request_payload().unwrap()["function"], "send_mfa");
            assert_eq!(
                (fail.parse_error(), fail.protocol_error()),
                (Some(&json!("no JSON")), Some(&json!("x")))
            );
            assert_eq!(fail.parsed_response(), Some(&Value::Null));
            assert!(fail.request_url().unwrap().contains("hunter2"));
            let shown = format!("{events:?} {fail:?}");
            assert!(
                shown.contains("502") && !shown.contains("hunter2") && !shown.contains("send_mfa"),
                "{shown}"
            );
        }
    }

    #[test]
    fn debug_shows_nothing_that_was_said() {
        let post = DebugEvents::new(
            json!({"call_info": {"call_id": "c1"}, "speech_detect": {"text": "it is 123456"}}),
        );
        assert_eq!(format!("{post:?}"), r#"[DebugEvent { name: "speech_detect", call_id: Some("c1"), .. }]"#);
    }
}
