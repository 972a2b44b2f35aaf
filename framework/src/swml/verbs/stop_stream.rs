use crate::swml::object::object;

object! {
    /// The verb `stop_stream`: ends a stream that runs in the background.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, StopStream};
    ///
    /// let stop_stream = StopStream::new().control_id("audio");
    /// assert_eq!(Json::from(stop_stream).to_value(), json!({"control_id": "audio"}));
    /// ```
    StopStream
    optional {
        /// The stream to end; see [`Stream::control_id`](crate::swml::Stream::control_id). Default: the last
        /// one that was started.
        control_id: String,
    }
}
