use crate::swml::object::{choice, object};
use crate::swml::{CallDirection, Dyn, Milliseconds};

object! {
    /// The verb `tap`: sends the call's sound to a listener while the next steps run.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{CallDirection, Json, Tap};
    ///
    /// let tap = Tap::new("rtp://192.0.2.1:9000").direction(CallDirection::Both);
    /// assert_eq!(Json::from(tap).to_value(), json!({"uri": "rtp://192.0.2.1:9000", "direction": "both"}));
    /// ```
    Tap
    required {
        /// Where it goes: `rtp://IP:port`, `ws://…` or `wss://…`.
        uri: String,
    }
    optional {
        /// A name for the tap, by which [`StopTap`](crate::swml::StopTap) ends it. Default: one that the
        /// platform makes and keeps in the variable `tap_control_id`.
        control_id: String,
        /// Which side is sent. Default: what the caller says.
        direction: CallDirection,
        /// The audio codec. Default: PCMU.
        codec: TapCodec,
        /// How much sound a packet holds, in milliseconds. RTP only. Default: 20.
        rtp_ptime: Dyn<Milliseconds>,
        /// The URL that is told when the state of the tap changes.
        status_url: String where url(),
    }
}

choice! {
    /// The audio codec of a [`Tap`].
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, Tap, TapCodec};
    ///
    /// let tap = Tap::new("rtp://192.0.2.1:9000").codec(TapCodec::Pcmu);
    /// assert_eq!(Json::from(tap).to_value(), json!({"uri": "rtp://192.0.2.1:9000", "codec": "PCMU"}));
    /// ```
    TapCodec {
        /// G.711 µ-law.
        Pcmu = "PCMU",
        /// G.711 A-law.
        Pcma = "PCMA",
    }
}
