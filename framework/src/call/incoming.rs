//! The call as the platform describes it when it fetches the document (SWAIG webhook reference, "SWML fetch request").

use std::fmt;

use serde_json::{Map, Value};

use super::body::{Body, Part};
use super::fields::{Fields as _, fields};
use super::{CallType, Direction};
use crate::phone_number::CallerNumber;

/// A call that is coming in (or going out) and for which a document is asked.
///
/// A field that is absent or of another type is `None`. `Debug` masks the caller.
///
/// ```
/// use swaig::IncomingCall;
/// use swaig::call::{CallType, Direction};
/// use serde_json::json;
///
/// let call = IncomingCall::from_body("7", json!({
///     "call": {"call_id": "c1", "direction": "inbound", "type": "phone", "from": "+15551230000"},
///     "vars": {"language": "de"},
/// }));
/// assert_eq!(call.call_id(), Some("c1"));
/// assert_eq!(call.caller().to_string(), "+1••••••0000");
/// assert_eq!((call.direction(), call.call_type()), (Some(Direction::Inbound), Some(CallType::Phone)));
/// assert_eq!(call.vars()["language"], "de");
/// ```
#[derive(Clone)]
pub struct IncomingCall {
    agent_id: String,
    caller: CallerNumber,
    body: Body,
}

impl IncomingCall {
    /// Reads the body of a document fetch; one that is not an object counts as empty.
    pub fn from_body(agent_id: impl Into<String>, body: Value) -> Self {
        let body = match body {
            Value::Object(body) => body,
            _ => Map::new(),
        };
        Self::new(agent_id, body.into())
    }

    pub(crate) fn new(agent_id: impl Into<String>, body: Body) -> Self {
        let call = body.part("call");
        let from = ["from_number", "from"].into_iter().find_map(|key| call.text(key));
        Self { agent_id: agent_id.into(), caller: CallerNumber::from_caller_id(from), body }
    }

    /// The `agent_id` of the URL; the agent's name by default.
    pub fn agent_id(&self) -> &str {
        &self.agent_id
    }

    /// Who calls: `from_number`, else `from`.
    pub fn caller(&self) -> &CallerNumber {
        &self.caller
    }

    /// Who began the call.
    pub fn direction(&self) -> Option<Direction<'_>> {
        self.call("direction").map(Direction::of)
    }

    /// What the call comes in by: `type`.
    pub fn call_type(&self) -> Option<CallType<'_>> {
        self.call("type").map(CallType::of)
    }

    fields! { '_;
        /// The call's id; `None` when someone fetches the document without a call.
        call_id: text;
        /// The node that carries the call.
        node_id: text;
        /// The segment of the call.
        segment_id: text;
        /// The tag that the call was given.
        tag: text;
        /// Its state: `created`, `ringing`, `answered`, ….
        call_state: text;
        /// Who calls, in clear: a number, or an address such as `sip:user@host`.
        from: text;
        /// Who is called, in clear.
        to: text;
        /// The number that calls, in clear. Calls of the telephone network only.
        from_number: text;
        /// The number that is called, in clear. Calls of the telephone network only.
        to_number: text;
        /// Whether this leg was answered first of those that were dialled at once.
        dial_winner: flag;
        /// The SignalWire project.
        project_id: text;
        /// The SignalWire space.
        space_id: text;
    }

    fn fields(&self) -> Part<'_> {
        self.body.part("call")
    }

    /// A text of the `call` object that has no accessor.
    pub fn call(&self, key: &str) -> Option<&str> {
        self.fields().text(key)
    }

    /// The SIP headers of the call, in order.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields()
            .objects("headers")
            .filter_map(|header| Some((header.text("name")?, header.text("value").unwrap_or_default())))
    }

    /// The first SIP header of this name. Case does not matter.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers().find(|(it, _)| it.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The call that this one was made from.
    pub fn parent(&self) -> Option<OtherCall<'_>> {
        self.fields().any("parent").and_then(Value::as_object).map(OtherCall)
    }

    /// The call that this one is connected to.
    pub fn peer(&self) -> Option<OtherCall<'_>> {
        self.fields().any("peer").and_then(Value::as_object).map(OtherCall)
    }

    /// The addresses of a SIP call.
    pub fn sip_data(&self) -> Option<SipData<'_>> {
        self.fields().any("sip_data").and_then(Value::as_object).map(SipData)
    }

    /// The variables of the document that led here; empty on the first fetch.
    pub fn vars(&self) -> &Map<String, Value> {
        self.body.object("vars")
    }

    /// The environment of the document.
    pub fn envs(&self) -> &Map<String, Value> {
        self.body.object("envs")
    }

    /// The `params` that `execute` or `transfer` gave; empty on the first fetch.
    pub fn params(&self) -> &Map<String, Value> {
        self.body.object("params")
    }

    /// The whole body: `call`, `vars`, `envs`, `params`.
    pub fn raw(&self) -> &Map<String, Value> {
        self.body.values()
    }

    pub(super) fn into_body(self) -> Body {
        self.body
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

/// A call that another one has to do with.
///
/// ```
/// use swaig::IncomingCall;
/// use serde_json::json;
///
/// let call = IncomingCall::from_body("7", json!({"call": {"parent": {"call_id": "p1", "device_type": "phone"}}}));
/// assert_eq!(call.parent().and_then(|parent| parent.call_id()), Some("p1"));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct OtherCall<'a>(&'a Map<String, Value>);

impl<'a> OtherCall<'a> {
    fields! { 'a;
        /// Its id.
        call_id: text;
        /// The node that carries it.
        node_id: text;
        /// Its kind of device: `phone`, `sip`, …. Parents only.
        device_type: text;
    }

    /// All fields.
    pub fn fields(&self) -> &'a Map<String, Value> {
        self.0
    }
}

/// The addresses of a SIP call, in clear. It has no `Debug`: they may be phone numbers.
///
/// ```
/// use swaig::IncomingCall;
/// use serde_json::json;
///
/// let call = IncomingCall::from_body("7", json!({"call": {"sip_data": {"sip_req_user": "desk"}}}));
/// assert_eq!(call.sip_data().and_then(|data| data.req_user()), Some("desk"));
/// ```
#[derive(Clone, Copy)]
pub struct SipData<'a>(&'a Map<String, Value>);

impl<'a> SipData<'a> {
    fields! { 'a;
        /// The user that was asked for.
        req_user: text ["sip_req_user"];
        /// The host that was asked.
        req_host: text ["sip_req_host"];
        /// The address that was asked for.
        req_uri: text ["sip_req_uri"];
        /// The user of the `From` header.
        from_user: text ["sip_from_user"];
        /// The host of the `From` header.
        from_host: text ["sip_from_host"];
        /// The address of the `From` header.
        from_uri: text ["sip_from_uri"];
        /// The user of the `To` header.
        to_user: text ["sip_to_user"];
        /// The host of the `To` header.
        to_host: text ["sip_to_host"];
        /// The address of the `To` header.
        to_uri: text ["sip_to_uri"];
        /// The user of the `Contact` header.
        contact_user: text ["sip_contact_user"];
        /// The host of the `Contact` header.
        contact_host: text ["sip_contact_host"];
        /// The port of the `Contact` header.
        contact_port: integer ["sip_contact_port"];
        /// The address of the `Contact` header.
        contact_uri: text ["sip_contact_uri"];
        /// The parameters of the `Contact` header; empty where there are none.
        contact_params: object ["sip_contact_params"];
    }

    /// All fields.
    pub fn fields(&self) -> &'a Map<String, Value> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_call_of_the_telephone_network_is_read() {
        let call = IncomingCall::from_body(
            "7",
            json!({
                "call": {
                    "call_id": "c2d3", "node_id": "a1b2", "segment_id": "d3e4", "tag": "support-queue",
                    "call_state": "created", "direction": "inbound", "type": "phone",
                    "from": "+12223334444", "to": "+12223334445",
                    "from_number": "+12223334444", "to_number": "+12223334445", "dial_winner": "true",
                    "headers": [{"name": "X-Account", "value": "17"}, {"name": 7}, "x", {"name": "X-Empty"}],
                    "parent": {"device_type": "phone", "call_id": "p1", "node_id": "n1"},
                    "peer": {"call_id": "p2", "node_id": "n2"},
                    "project_id": "project", "space_id": "space", "new": {"kept": 1},
                },
                "vars": {"a": 1}, "envs": {"b": 2}, "params": {"c": 3},
            }),
        );
        assert_eq!(
            [call.call_id(), call.node_id(), call.segment_id(), call.tag(), call.call_state()],
            [Some("c2d3"), Some("a1b2"), Some("d3e4"), Some("support-queue"), Some("created")]
        );
        assert_eq!((call.direction(), call.call_type()), (Some(Direction::Inbound), Some(CallType::Phone)));
        assert_eq!(
            [call.from(), call.to(), call.from_number(), call.to_number()],
            [Some("+12223334444"), Some("+12223334445"), Some("+12223334444"), Some("+12223334445")]
        );
        assert_eq!(
            (call.dial_winner(), call.project_id(), call.space_id()),
            (Some(true), Some("project"), Some("space"))
        );
        assert_eq!(call.headers().collect::<Vec<_>>(), [("X-Account", "17"), ("X-Empty", "")]);
        assert_eq!((call.header("x-account"), call.header("X-None")), (Some("17"), None));
        let (parent, peer) = (call.parent().unwrap(), call.peer().unwrap());
        assert_eq!(
            (parent.device_type(), parent.call_id(), parent.node_id()),
            (Some("phone"), Some("p1"), Some("n1"))
        );
        assert_eq!((peer.device_type(), peer.call_id(), peer.node_id()), (None, Some("p2"), Some("n2")));
        assert!(call.sip_data().is_none());
        assert_eq!(
            (&call.vars()["a"], &call.envs()["b"], &call.params()["c"]),
            (&json!(1), &json!(2), &json!(3))
        );
        assert_eq!(call.raw()["call"]["new"]["kept"], 1);
        assert!(!format!("{call:?}").contains("+12223334444"));
    }

    #[test]
    fn a_sip_call_is_read() {
        let call = IncomingCall::from_body(
            "7",
            json!({"call": {
                "call_id": "c1", "type": "sip", "direction": "sideways", "from": "sip:alice@example.com",
                "sip_data": {
                    "sip_req_user": "mfa", "sip_req_host": "example.sip.signalwire.com", "sip_req_uri": "mfa@example.sip.signalwire.com",
                    "sip_from_user": "alice", "sip_from_host": "example.com", "sip_to_user": "mfa",
                    "sip_contact_port": "5060", "sip_contact_params": {"transport": "tls"}, "sip_other": "kept",
                },
            }}),
        );
        assert_eq!(
            (call.direction(), call.call_type()),
            (Some(Direction::Other("sideways")), Some(CallType::Sip))
        );
        assert_eq!(call.caller().to_string(), "sip:••••@example.com");
        let sip = call.sip_data().unwrap();
        assert_eq!(
            (sip.req_user(), sip.from_user(), sip.to_user(), sip.to_host()),
            (Some("mfa"), Some("alice"), Some("mfa"), None)
        );
        assert_eq!((sip.contact_port(), &sip.contact_params()["transport"]), (Some(5060), &json!("tls")));
        assert_eq!(sip.fields()["sip_other"], "kept");
    }

    #[test]
    fn a_fetch_without_a_call_says_nothing() {
        for body in
            [Value::Null, json!([1]), json!({}), json!({"call": 7, "vars": "x"}), json!({"call": null})]
        {
            let call = IncomingCall::from_body("7", body);
            assert!(call.call_id().is_none() && call.direction().is_none() && call.vars().is_empty());
            assert_eq!(call.caller(), &CallerNumber::Anonymous);
        }
    }
}
