use crate::swml::object::{choice, object};

object! {
    /// The verb `hangup`: ends the call.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Hangup, Json, Step};
    ///
    /// let step = Step::from(Hangup::new());
    /// assert_eq!(Json::from(step).to_value(), json!({"hangup": {}}));
    /// ```
    Hangup
    optional {
        /// What the other side is told. Default: a normal end of the call.
        reason: HangupReason,
    }
}

choice! {
    /// Why a call ends; see [`Hangup::reason`].
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Hangup, HangupReason, Json};
    ///
    /// let hangup = Hangup::new().reason(HangupReason::Busy);
    /// assert_eq!(Json::from(hangup).to_value(), json!({"reason": "busy"}));
    /// ```
    HangupReason {
        /// A normal end.
        Hangup = "hangup",
        /// The line is busy.
        Busy = "busy",
        /// The call is refused.
        Decline = "decline",
    }
}
