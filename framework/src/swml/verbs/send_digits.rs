use crate::swml::object::object;

object! {
    /// The verb `send_digits`: sends tones (DTMF).
    SendDigits
    required {
        /// The keys: `0` to `9`, `*`, `#`, `A` to `D`; `w` waits half a second, `W` one second.
        digits: String,
    }
}
