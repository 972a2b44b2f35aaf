use crate::swml::object::object;

object! {
    /// The verb `transcribe`: records the call in the background and writes it down afterwards.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, Transcribe};
    ///
    /// let transcribe = Transcribe::new().status_url("https://example.com/transcript");
    /// assert_eq!(
    ///     Json::from(transcribe).to_value(),
    ///     json!({"status_url": "https://example.com/transcript"})
    /// );
    /// ```
    Transcribe
    optional {
        /// The URL that is told when the text is ready.
        status_url: String where url(),
    }
}
