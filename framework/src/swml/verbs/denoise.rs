use crate::swml::object::object;

object! {
    /// The verb `denoise`: takes background noise out of the caller's sound until
    /// [`StopDenoise`](crate::swml::StopDenoise) or the end of the call.
    ///
    /// The platform sets the variable `denoise_result` to `on` or `failed`.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Denoise, Json, Step};
    ///
    /// let step = Step::from(Denoise::new());
    /// assert_eq!(Json::from(step).to_value(), json!({"denoise": {}}));
    /// ```
    Denoise
}
