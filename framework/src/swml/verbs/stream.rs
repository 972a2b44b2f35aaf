use crate::swml::object::{choice, object};
use crate::swml::{Map, StatusMethod};

object! {
    /// The verb `stream`: sends the call's sound to a WebSocket while the next steps run.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, Stream};
    ///
    /// let stream = Stream::new("wss://example.com/audio").control_id("audio");
    /// assert_eq!(
    ///     Json::from(stream).to_value(),
    ///     json!({"url": "wss://example.com/audio", "control_id": "audio"})
    /// );
    /// ```
    Stream
    required {
        /// Where it goes: a `wss://` address.
        url: String,
    }
    optional {
        /// A name for the stream, by which [`StopStream`](crate::swml::StopStream) ends it. Default: one that
        /// the platform makes and keeps in the variable `stream_control_id`.
        control_id: String,
        /// A name that the endpoint sees.
        name: String,
        /// Which side is sent. Default: what the caller says.
        track: StreamTrack,
        /// The audio codec, such as `PCMU`, `PCMA` or `OPUS`.
        codec: String,
        /// The URL that is told when the state of the stream changes.
        status_url: String where url(),
        /// The HTTP method for `status_url`. Default: POST.
        status_url_method: StatusMethod,
        /// A bearer token for the endpoint. It is written into the document in clear.
        authorization_bearer_token: String,
        /// Values that the endpoint gets at the start.
        custom_parameters: Map<String>,
    }
}

choice! {
    /// Which side of a call a [`Stream`] sends.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, Stream, StreamTrack};
    ///
    /// let stream = Stream::new("wss://example.com/audio").track(StreamTrack::Both);
    /// assert_eq!(
    ///     Json::from(stream).to_value(),
    ///     json!({"url": "wss://example.com/audio", "track": "both_tracks"})
    /// );
    /// ```
    StreamTrack {
        /// What the caller says.
        Inbound = "inbound_track",
        /// What the caller hears.
        Outbound = "outbound_track",
        /// Both.
        Both = "both_tracks",
    }
}
