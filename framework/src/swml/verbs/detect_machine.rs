use crate::swml::object::{choice, object};
use crate::swml::{DecimalSeconds, Dyn};

object! {
    /// The verb `detect_machine`: finds out whether a person, an answering machine or a fax has answered.
    ///
    /// The platform sets the variables `detect_result` and, for a machine, `detect_beep`.
    ///
    /// ```
    /// use std::time::Duration;
    /// use serde_json::json;
    /// use swaig::swml::{DetectMachine, Json};
    ///
    /// let detect_machine = DetectMachine::new().detectors("amd").timeout(Duration::from_secs(30));
    /// assert_eq!(Json::from(detect_machine).to_value(), json!({"detectors": "amd", "timeout": 30}));
    /// ```
    DetectMachine
    optional {
        /// Whether to wait for the beep, or the end of the greeting, of an answering machine. Default: false.
        detect_message_end: Dyn<bool>,
        /// What to look for, as a comma-separated list out of `amd` and `fax`. Default: `amd,fax`.
        detectors: String,
        /// How much silence ends speech, in seconds. Default: 1.
        end_silence_timeout: Dyn<DecimalSeconds> where at_least(0.0),
        /// How long to wait for the first speech, in seconds. Default: 4.5.
        initial_timeout: Dyn<DecimalSeconds> where at_least(0.0),
        /// How much silence makes a machine ready, in seconds. Default: `end_silence_timeout`.
        machine_ready_timeout: Dyn<DecimalSeconds> where at_least(0.0),
        /// How long speech must go on to be a machine's, in seconds. Default: 1.25.
        machine_voice_threshold: Dyn<DecimalSeconds> where at_least(0.0),
        /// How many words in one go make a machine. Default: 6.
        machine_words_threshold: Dyn<i64> where at_least(0.0),
        /// The URL that is told what was found. Required where `wait` is false.
        status_url: String where url(),
        /// The longest detection, in seconds. Default: 30.
        timeout: Dyn<DecimalSeconds> where at_least(0.0),
        /// The tone of a fax to look for. Default: CED.
        tone: FaxTone,
        /// Whether the script waits for the result. Default: true.
        wait: Dyn<bool>,
    }
}

choice! {
    /// A tone of a fax machine.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{DetectMachine, FaxTone, Json};
    ///
    /// let detect_machine = DetectMachine::new().tone(FaxTone::Ced);
    /// assert_eq!(Json::from(detect_machine).to_value(), json!({"tone": "CED"}));
    /// ```
    FaxTone {
        /// That of the called machine.
        Ced = "CED",
        /// That of the calling machine.
        Cng = "CNG",
    }
}
