use crate::swml::object::object;

object! {
    /// The verb `stop_tap`: ends a tap that runs in the background.
    StopTap
    optional {
        /// The tap to end; see [`Tap::control_id`](crate::swml::Tap::control_id). Default: the last one that
        /// was started.
        control_id: String,
    }
}
