use crate::swml::object::object;
use crate::swml::{Dyn, Seconds};

object! {
    /// The verb `answer`: picks up an inbound call.
    ///
    /// ```
    /// use std::time::Duration;
    /// use swaig::swml::Answer;
    ///
    /// let answer = Answer::new().max_duration(Duration::from_secs(600));
    /// assert_eq!(serde_json::to_string(&answer)?, r#"{"max_duration":600}"#);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    Answer
    optional {
        /// The longest that the call may last, in whole seconds. Default: 14400 (four hours).
        max_duration: Dyn<Seconds>,
        /// The audio codecs to offer, as a comma-separated list.
        codecs: String,
        /// The user name for SIP authentication.
        username: String,
        /// The password for SIP authentication. It is written into the document in clear.
        password: String,
    }
}
