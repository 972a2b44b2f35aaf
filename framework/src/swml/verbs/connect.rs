use crate::swml::object::{choice, object, union, wrapper};
use crate::swml::{Dyn, Kind, List, Map, OnResult, Seconds, Section, StatusMethod};

object! {
    /// The verb `connect`: calls somebody and connects the two calls.
    ///
    /// It calls one destination ([`Connect::to`]), several one after the other ([`Connect::serial`]), several
    /// at once until one answers ([`Connect::parallel`]), or groups of them ([`Connect::serial_parallel`]).
    /// A destination is a number in E.164, `sip:…`, an address such as `/public/room`, `queue:…`, or
    /// `stream:wss://…`. The platform sets the variable `connect_result`.
    ///
    /// ```
    /// use std::time::Duration;
    /// use swaig::swml::{Connect, Destination};
    ///
    /// let connect = Connect::serial([
    ///     Destination::new("+15551230001").timeout(Duration::from_secs(15)),
    ///     Destination::new("sip:desk@example.com"),
    /// ])
    /// .answer_on_bridge(true);
    /// assert_eq!(
    ///     serde_json::to_string(&connect)?,
    ///     concat!(
    ///         r#"{"serial":[{"to":"+15551230001","timeout":15},{"to":"sip:desk@example.com"}],"#,
    ///         r#""answer_on_bridge":true}"#,
    ///     ),
    /// );
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    Connect
    one_of {
        to: String,
        serial: List<Destination>,
        parallel: List<Destination>,
        serial_parallel: List<List<Destination>>,
    }
    optional {
        /// The number that the called side sees.
        from: String,
        /// The name that the called side sees. SIP only.
        from_name: String,
        /// Headers for the SIP INVITE. SIP only.
        headers each header: List<SipHeader>,
        /// The audio codecs to offer, as a comma-separated list. SIP only.
        codecs: String,
        /// Whether to offer WebRTC media. SIP only. Default: false.
        webrtc_media: Dyn<bool>,
        /// The SIP session's expiry, in whole seconds, at least 1. SIP only.
        session_timeout: Dyn<Seconds> where at_least(1.0),
        /// What the caller hears while the other side rings: sounds as in [`Play`](crate::swml::Play).
        /// Default: what the provider plays.
        ringback: List<String>,
        /// What to do when the other side has hung up. Default variable: `connect_result`.
        result: OnResult,
        /// How long to wait for an answer, in whole seconds. Default: 60.
        timeout: Dyn<Seconds>,
        /// The longest that the connected call may last, in whole seconds. Default: 14400 (four hours).
        max_duration: Dyn<Seconds>,
        /// Whether the caller's call is answered only when the other side answers. Default: false.
        answer_on_bridge: Dyn<bool>,
        /// What the called side hears before the calls are connected.
        confirm: Confirm,
        /// How long to wait for the script of `confirm`, in whole seconds.
        confirm_timeout: Dyn<Seconds>,
        /// Whether the media are encrypted. Default: optional.
        encryption: Encryption,
        /// The URL that is told when the state of the called side changes.
        call_state_url: String where url(),
        /// What to run when the calls come apart: the URL of a document, or a document as text. A destination
        /// `queue:…` requires it.
        transfer_after_bridge: String,
        /// The states to tell `call_state_url`. Default: ended.
        call_state_events each call_state_event: List<CallState>,
        /// The URL that is told how the connection as a whole goes.
        status_url: String where url(),
        /// The user name for SIP authentication. With [`Connect::to`] only, as are the fields below.
        username: String,
        /// The password for SIP authentication. It is written into the document in clear.
        password: String,
        /// A name for the stream. Streams only.
        name: String,
        /// The audio codec of the stream: `PCMU`, `PCMA`, `G722` or `L16`, with rate and ptime if wanted, such
        /// as `L16@24000h@40i`. Streams only.
        codec: String,
        /// Whether the stream's audio comes back into the call. Streams only. Default: false.
        realtime: Dyn<bool>,
        /// The HTTP method for the stream's status. Streams only. Default: POST.
        status_url_method: StatusMethod,
        /// A bearer token for the stream's endpoint. It is written into the document in clear. Streams only.
        authorization_bearer_token: String,
        /// Values that the stream's endpoint gets at the start. Streams only.
        custom_parameters: Map<String>,
    }
    rules {
        exactly_one ["to" "serial" "parallel" "serial_parallel"],
        needs ["username" => "to"],
        needs ["password" => "to"],
        needs ["name" => "to"],
        needs ["codec" => "to"],
        needs ["realtime" => "to"],
        needs ["status_url_method" => "to"],
        needs ["authorization_bearer_token" => "to"],
        needs ["custom_parameters" => "to"],
    }
}

impl Connect {
    /// Calls one destination.
    pub fn to(destination: impl Into<String>) -> Self {
        Self::empty().put("to", destination.into())
    }

    /// Calls destinations one after the other, until one answers.
    pub fn serial(destinations: impl Into<List<Destination>>) -> Self {
        Self::empty().put("serial", destinations.into())
    }

    /// Calls destinations at once; the first that answers gets the call.
    pub fn parallel(destinations: impl Into<List<Destination>>) -> Self {
        Self::empty().put("parallel", destinations.into())
    }

    /// Calls groups one after the other; the destinations of a group are called at once.
    pub fn serial_parallel(groups: impl Into<List<List<Destination>>>) -> Self {
        Self::empty().put("serial_parallel", groups.into())
    }
}

object! {
    /// One destination of a [`Connect`] that has several. What it sets goes before what `connect` sets.
    ///
    /// ```
    /// use std::time::Duration;
    /// use serde_json::json;
    /// use swaig::swml::{Destination, Json};
    ///
    /// let destination = Destination::new("+15550100001").timeout(Duration::from_secs(20));
    /// assert_eq!(Json::from(destination).to_value(), json!({"to": "+15550100001", "timeout": 20}));
    /// ```
    Destination
    required {
        /// Whom to call; see [`Connect`].
        to: String,
    }
    optional {
        /// The number that this side sees.
        from: String,
        /// The name that this side sees. SIP only.
        from_name: String,
        /// Headers for the SIP INVITE. SIP only.
        headers each header: List<SipHeader>,
        /// The audio codecs to offer, as a comma-separated list. SIP only.
        codecs: String,
        /// Whether to offer WebRTC media. SIP only. Default: false.
        webrtc_media: Dyn<bool>,
        /// The SIP session's expiry, in whole seconds, at least 1. SIP only.
        session_timeout: Dyn<Seconds> where at_least(1.0),
        /// The user name for SIP authentication.
        username: String,
        /// The password for SIP authentication. It is written into the document in clear.
        password: String,
        /// How long to wait for an answer, in whole seconds. Default: 60.
        timeout: Dyn<Seconds>,
        /// The states to tell `call_state_url`. Default: ended.
        call_state_events each call_state_event: List<CallState>,
        /// The URL that is told when the state of this side changes.
        call_state_url: String where url(),
        /// What this side hears before the calls are connected.
        confirm: Confirm,
        /// How long to wait for the script of `confirm`, in whole seconds.
        confirm_timeout: Dyn<Seconds>,
        /// Whether the media are encrypted. Default: optional.
        encryption: Encryption,
        /// A name for the stream. Streams only.
        name: String,
        /// The audio codec of the stream; see [`Connect::codec`]. Streams only.
        codec: String,
        /// Whether the stream's audio comes back into the call. Streams only. Default: false.
        realtime: Dyn<bool>,
        /// The HTTP method for the stream's status. Streams only. Default: POST.
        status_url_method: StatusMethod,
        /// A bearer token for the stream's endpoint. It is written into the document in clear. Streams only.
        authorization_bearer_token: String,
        /// Values that the stream's endpoint gets at the start. Streams only.
        custom_parameters: Map<String>,
    }
}

impl From<&str> for Destination {
    fn from(to: &str) -> Self {
        Self::new(to)
    }
}

object! {
    /// A header of a SIP INVITE.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Destination, Json, SipHeader};
    ///
    /// let destination = Destination::new("sip:desk@example.com").header(SipHeader::new("X-Order", "7"));
    /// assert_eq!(
    ///     Json::from(destination).to_value(),
    ///     json!({"to": "sip:desk@example.com", "headers": [{"name": "X-Order", "value": "7"}]})
    /// );
    /// ```
    SipHeader
    required {
        /// The name.
        name: String,
        /// The value.
        value: String,
    }
}

union! {
    /// What the called side hears before the calls are connected.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Confirm, Destination, Json};
    ///
    /// let destination =
    ///     Destination::new("+15550100001").confirm(Confirm::from("https://example.com/confirm"));
    /// assert_eq!(
    ///     Json::from(destination).to_value(),
    ///     json!({"to": "+15550100001", "confirm": "https://example.com/confirm"})
    /// );
    /// ```
    Confirm {
        /// The URL of a document.
        Url(String),
        /// Steps of this document.
        Steps(ConfirmSteps),
    }
}

impl From<&str> for Confirm {
    fn from(url: &str) -> Self {
        Self::Url(url.to_owned())
    }
}

const CONFIRM_VERBS: &[&str] = &[
    "cond",
    "set",
    "unset",
    "hangup",
    "play",
    "prompt",
    "record",
    "record_call",
    "stop_record_call",
    "tap",
    "stop_tap",
    "stream",
    "stop_stream",
    "send_digits",
    "send_sms",
    "denoise",
    "stop_denoise",
];

wrapper! {
    /// The steps of a [`Confirm`]. Only some verbs may stand here: `cond`, `set`, `unset`, `hangup`, `play`,
    /// `prompt`, `record`, `record_call`, `stop_record_call`, `tap`, `stop_tap`, `stream`, `stop_stream`,
    /// `send_digits`, `send_sms`, `denoise` and `stop_denoise`.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{ConfirmSteps, Json, Play, Step};
    ///
    /// let confirm_steps = ConfirmSteps::from([Step::from(Play::url("say:Press 1 to take the call."))]);
    /// assert_eq!(
    ///     Json::from(confirm_steps).to_value(),
    ///     json!([{"play": {"url": "say:Press 1 to take the call."}}])
    /// );
    /// ```
    ConfirmSteps(Section) kind Kind::List(|| Kind::StepOf(CONFIRM_VERBS))
}

impl<T: Into<Section>> From<T> for ConfirmSteps {
    fn from(steps: T) -> Self {
        Self(steps.into())
    }
}

choice! {
    /// Whether media are encrypted.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Destination, Encryption, Json};
    ///
    /// let destination = Destination::new("sip:desk@example.com").encryption(Encryption::Mandatory);
    /// assert_eq!(
    ///     Json::from(destination).to_value(),
    ///     json!({"to": "sip:desk@example.com", "encryption": "mandatory"})
    /// );
    /// ```
    Encryption {
        /// Or the call fails.
        Mandatory = "mandatory",
        /// Where the other side can.
        Optional = "optional",
        /// Never.
        Forbidden = "forbidden",
    }
}

choice! {
    /// A state of a called side.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{CallState, Destination, Json};
    ///
    /// let destination = Destination::new("+15550100001").call_state_event(CallState::Answered);
    /// assert_eq!(
    ///     Json::from(destination).to_value(),
    ///     json!({"to": "+15550100001", "call_state_events": ["answered"]})
    /// );
    /// ```
    CallState {
        /// The call exists.
        Created = "created",
        /// It rings.
        Ringing = "ringing",
        /// It was answered.
        Answered = "answered",
        /// It is over.
        Ended = "ended",
    }
}
