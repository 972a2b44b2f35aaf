use crate::swml::object::object;

object! {
    /// The verb `transcribe_stop`: ends [`Transcribe`](crate::swml::Transcribe).
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, Step, TranscribeStop};
    ///
    /// let step = Step::from(TranscribeStop::new());
    /// assert_eq!(Json::from(step).to_value(), json!({"transcribe_stop": {}}));
    /// ```
    TranscribeStop
}
