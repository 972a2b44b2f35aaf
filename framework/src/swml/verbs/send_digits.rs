use crate::swml::object::object;

object! {
    /// The verb `send_digits`: sends tones (DTMF).
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, SendDigits};
    ///
    /// let send_digits = SendDigits::new("1234#");
    /// assert_eq!(Json::from(send_digits).to_value(), json!({"digits": "1234#"}));
    /// ```
    SendDigits
    required {
        /// The keys: `0` to `9`, `*`, `#`, `A` to `D`; `w` waits half a second, `W` one second.
        digits: String,
    }
}
