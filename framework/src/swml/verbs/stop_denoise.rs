use crate::swml::object::object;

object! {
    /// The verb `stop_denoise`: ends [`Denoise`](crate::swml::Denoise).
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, Step, StopDenoise};
    ///
    /// let step = Step::from(StopDenoise::new());
    /// assert_eq!(Json::from(step).to_value(), json!({"stop_denoise": {}}));
    /// ```
    StopDenoise
}
