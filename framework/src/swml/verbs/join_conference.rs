use crate::swml::object::{choice, object, union};
use crate::swml::{Cond, Dyn, Map, StatusMethod, Switch};

object! {
    /// The verb `join_conference`: puts the caller into an audio conference.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{JoinConference, Json};
    ///
    /// let join_conference = JoinConference::new("standup").muted(true).max_participants(10);
    /// assert_eq!(
    ///     Json::from(join_conference).to_value(),
    ///     json!({"name": "standup", "muted": true, "max_participants": 10})
    /// );
    /// ```
    JoinConference
    required {
        /// The name of the conference.
        name: String,
    }
    optional {
        /// Whether the caller comes in muted. Default: false.
        muted: Dyn<bool>,
        /// When a beep sounds. Default: always.
        beep: ConferenceBeep,
        /// Whether the conference starts when the caller comes in. Default: true.
        start_on_enter: Dyn<bool>,
        /// Whether the conference ends when the caller leaves. Default: false.
        end_on_exit: Dyn<bool>,
        /// The URL of what plays until the conference starts. Default: music.
        wait_url: String where url(),
        /// How many may take part, from 2 to 100000. Default: 100000.
        max_participants: Dyn<i64> where between(2.0, 100_000.0),
        /// Whether the conference is recorded. Default: no.
        record: ConferenceRecording,
        /// Where the conference runs. Default: the platform's choice.
        region: ConferenceRegion,
        /// Whether silence is cut off the start of the recording. Default: yes.
        trim: ConferenceTrim,
        /// The id of a call in the conference whose party the caller coaches.
        coach: String,
        /// The events for `status_callback`, separated by spaces: `start`, `end`, `join`, `leave`, `mute`,
        /// `hold`, `modify`, `speaker`, `announcement`.
        status_callback_event: String,
        /// The form of the events.
        status_callback_event_type: CallbackForm,
        /// The URL that is told about the conference.
        status_callback: String where url(),
        /// The HTTP method for `status_callback`. Default: POST.
        status_callback_method: StatusMethod,
        /// The URL that is told about the recording.
        recording_status_callback: String where url(),
        /// The HTTP method for `recording_status_callback`. Default: POST.
        recording_status_callback_method: StatusMethod,
        /// The events for `recording_status_callback`, separated by spaces: `in-progress`, `completed`,
        /// `absent`.
        recording_status_callback_event: String,
        /// The form of the recording's events.
        recording_status_callback_event_type: CallbackForm,
        /// What to do when the caller has left.
        result: ConferenceResult,
        /// A stream of the conference's sound.
        stream: ConferenceStream,
    }
}

object! {
    /// A stream of a conference's sound.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{ConferenceStream, Json};
    ///
    /// let conference_stream = ConferenceStream::new("wss://example.com/audio").realtime(true);
    /// assert_eq!(
    ///     Json::from(conference_stream).to_value(),
    ///     json!({"url": "wss://example.com/audio", "realtime": true})
    /// );
    /// ```
    ConferenceStream
    required {
        /// Where it goes: a `wss://` address.
        url: String where url(),
    }
    optional {
        /// A name for the stream.
        name: String,
        /// The audio codec: `PCMU`, `PCMA`, `G722` or `L16`, with rate and ptime if wanted, such as
        /// `L16@24000h@40i`.
        codec: String,
        /// The URL that is told when the state of the stream changes.
        status_url: String where url(),
        /// The HTTP method for `status_url`. Default: POST.
        status_url_method: StatusMethod,
        /// Whether the endpoint's sound comes back into the conference. Default: false.
        realtime: Dyn<bool>,
        /// A bearer token for the endpoint. It is written into the document in clear.
        authorization_bearer_token: String,
        /// Values that the endpoint gets at the start.
        custom_parameters: Map<String>,
    }
}

union! {
    /// What to do when the caller has left a conference.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Branch, Cond, Hangup, JoinConference, Json, Step};
    ///
    /// let join_conference = JoinConference::new("standup")
    ///     .result(Cond::new([Branch::otherwise([Step::from(Hangup::new())])]));
    /// assert_eq!(
    ///     Json::from(join_conference).to_value(),
    ///     json!({"name": "standup", "result": [{"else": [{"hangup": {}}]}]})
    /// );
    /// ```
    ConferenceResult {
        /// Choose by the value of a variable.
        Switch(Switch),
        /// Choose by conditions.
        Cond(Cond),
    }
}

choice! {
    /// When a beep sounds in a conference.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{ConferenceBeep, JoinConference, Json};
    ///
    /// let join_conference = JoinConference::new("standup").beep(ConferenceBeep::OnEnter);
    /// assert_eq!(Json::from(join_conference).to_value(), json!({"name": "standup", "beep": "onEnter"}));
    /// ```
    ConferenceBeep {
        /// When somebody comes or leaves. Text, not a boolean.
        Always = "true",
        /// Never. Text, not a boolean.
        Never = "false",
        /// When somebody comes.
        OnEnter = "onEnter",
        /// When somebody leaves.
        OnExit = "onExit",
    }
}

choice! {
    /// Whether a conference is recorded.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{ConferenceRecording, JoinConference, Json};
    ///
    /// let join_conference = JoinConference::new("standup").record(ConferenceRecording::FromStart);
    /// assert_eq!(
    ///     Json::from(join_conference).to_value(),
    ///     json!({"name": "standup", "record": "record-from-start"})
    /// );
    /// ```
    ConferenceRecording {
        /// No.
        No = "do-not-record",
        /// From the start.
        FromStart = "record-from-start",
    }
}

choice! {
    /// Where a conference runs.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{ConferenceRegion, JoinConference, Json};
    ///
    /// let join_conference = JoinConference::new("standup").region(ConferenceRegion::Eu);
    /// assert_eq!(Json::from(join_conference).to_value(), json!({"name": "standup", "region": "eu"}));
    /// ```
    ConferenceRegion {
        /// Anywhere.
        Global = "global",
        /// The United States.
        Us = "us",
        /// Europe.
        Eu = "eu",
        /// Switzerland.
        Ch = "ch",
    }
}

choice! {
    /// Whether silence is cut off the start of a recording.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{ConferenceTrim, JoinConference, Json};
    ///
    /// let join_conference = JoinConference::new("standup").trim(ConferenceTrim::TrimSilence);
    /// assert_eq!(
    ///     Json::from(join_conference).to_value(),
    ///     json!({"name": "standup", "trim": "trim-silence"})
    /// );
    /// ```
    ConferenceTrim {
        /// Yes.
        TrimSilence = "trim-silence",
        /// No.
        Keep = "do-not-trim",
    }
}

choice! {
    /// The form of a conference's events.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{CallbackForm, JoinConference, Json};
    ///
    /// let join_conference = JoinConference::new("standup").status_callback_event_type(CallbackForm::Relay);
    /// assert_eq!(
    ///     Json::from(join_conference).to_value(),
    ///     json!({"name": "standup", "status_callback_event_type": "relay"})
    /// );
    /// ```
    CallbackForm {
        /// As for a `cXML` document.
        Cxml = "cxml",
        /// As for a `LaML` document.
        Laml = "laml",
        /// As the platform's own events.
        Relay = "relay",
    }
}
