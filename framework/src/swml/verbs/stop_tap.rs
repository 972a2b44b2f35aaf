use crate::swml::object::object;

object! {
    /// The verb `stop_tap`: ends a tap that runs in the background.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, StopTap};
    ///
    /// let stop_tap = StopTap::new().control_id("tap");
    /// assert_eq!(Json::from(stop_tap).to_value(), json!({"control_id": "tap"}));
    /// ```
    StopTap
    optional {
        /// The tap to end; see [`Tap::control_id`](crate::swml::Tap::control_id). Default: the last one that
        /// was started.
        control_id: String,
    }
}
