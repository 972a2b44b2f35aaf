use crate::swml::object::{choice, object};

object! {
    /// The verb `hangup`: ends the call.
    Hangup
    optional {
        /// What the other side is told. Default: a normal end of the call.
        reason: HangupReason,
    }
}

choice! {
    /// Why a call ends; see [`Hangup::reason`].
    HangupReason {
        /// A normal end.
        Hangup = "hangup",
        /// The line is busy.
        Busy = "busy",
        /// The call is refused.
        Decline = "decline",
    }
}
