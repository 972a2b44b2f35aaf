use crate::swml::object::object;

object! {
    /// The verb `stop_record_call`: ends a recording that runs in the background.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, StopRecordCall};
    ///
    /// let stop_record_call = StopRecordCall::new().control_id("call");
    /// assert_eq!(Json::from(stop_record_call).to_value(), json!({"control_id": "call"}));
    /// ```
    StopRecordCall
    optional {
        /// The recording to end; see [`RecordCall::control_id`](crate::swml::RecordCall::control_id).
        /// Default: the last one that was started.
        control_id: String,
    }
}
