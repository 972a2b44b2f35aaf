use crate::swml::object::{choice, object};
use crate::swml::{DecimalSeconds, Dyn, RecordFormat};

object! {
    /// The verb `record_call`: records the call in the background while the next steps run.
    ///
    /// The platform puts the address of the file into the variable `record_call_url`.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, RecordCall, RecordFormat};
    ///
    /// let record_call = RecordCall::new().control_id("call").stereo(true).format(RecordFormat::Wav);
    /// assert_eq!(
    ///     Json::from(record_call).to_value(),
    ///     json!({"control_id": "call", "stereo": true, "format": "wav"})
    /// );
    /// ```
    RecordCall
    optional {
        /// A name for the recording, by which [`StopRecordCall`](crate::swml::StopRecordCall) ends it.
        /// Default: one that the platform makes.
        control_id: String,
        /// Whether the two sides are recorded on two channels. Default: false.
        stereo: Dyn<bool>,
        /// The file format. Default: wav.
        format: RecordFormat,
        /// Whose voice is recorded. Default: both.
        direction: CallDirection,
        /// The digits that end the recording. Default: none.
        terminators: String,
        /// Whether a beep sounds before the recording. Default: false.
        beep: Dyn<bool>,
        /// How sensitive the detection of speech is, from 0 to 100; more hears quieter speech. Default: 44.
        input_sensitivity: Dyn<f64>,
        /// How long to wait for speech before giving up, in seconds. Default: 0.
        initial_timeout: Dyn<DecimalSeconds>,
        /// How much silence ends the recording, in seconds. Default: 0.
        end_silence_timeout: Dyn<DecimalSeconds>,
        /// The longest recording, in seconds.
        max_length: Dyn<DecimalSeconds>,
        /// The URL that is told when the state of the recording changes.
        status_url: String where url(),
    }
}

choice! {
    /// Which side of a call is taken.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{CallDirection, Json, RecordCall};
    ///
    /// let record_call = RecordCall::new().direction(CallDirection::Both);
    /// assert_eq!(Json::from(record_call).to_value(), json!({"direction": "both"}));
    /// ```
    CallDirection {
        /// What the caller says.
        Speak = "speak",
        /// What the caller hears.
        Listen = "listen",
        /// Both sides.
        Both = "both",
    }
}
