use crate::swml::object::object;

object! {
    /// The verb `stop_record_call`: ends a recording that runs in the background.
    StopRecordCall
    optional {
        /// The recording to end; see [`RecordCall::control_id`](crate::swml::RecordCall::control_id).
        /// Default: the last one that was started.
        control_id: String,
    }
}
