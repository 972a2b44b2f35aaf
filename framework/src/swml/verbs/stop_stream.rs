use crate::swml::object::object;

object! {
    /// The verb `stop_stream`: ends a stream that runs in the background.
    StopStream
    optional {
        /// The stream to end; see [`Stream::control_id`](crate::swml::Stream::control_id). Default: the last
        /// one that was started.
        control_id: String,
    }
}
