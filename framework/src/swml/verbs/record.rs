use crate::swml::object::{choice, object};
use crate::swml::{DecimalSeconds, Dyn};

object! {
    /// The verb `record`: records the caller and waits until the recording is done.
    ///
    /// See [`RecordCall`](crate::swml::RecordCall) for a recording that runs beside the next steps.
    ///
    /// ```
    /// use std::time::Duration;
    /// use serde_json::json;
    /// use swaig::swml::{Json, Record};
    ///
    /// let record = Record::new().beep(true).max_length(Duration::from_secs(60));
    /// assert_eq!(Json::from(record).to_value(), json!({"beep": true, "max_length": 60}));
    /// ```
    Record
    optional {
        /// Whether the two sides are recorded on two channels. Default: false.
        stereo: Dyn<bool>,
        /// The file format. Default: wav.
        format: RecordFormat,
        /// Whose voice is recorded. Default: the caller's.
        direction: RecordDirection,
        /// The digits that end the recording. Default: `#`.
        terminators: String,
        /// Whether a beep sounds before the recording. Default: false.
        beep: Dyn<bool>,
        /// How sensitive the detection of speech is, from 0 to 100; more hears quieter speech. Default: 44.
        input_sensitivity: Dyn<f64>,
        /// How long to wait for speech before giving up, in seconds. Default: 4.
        initial_timeout: Dyn<DecimalSeconds>,
        /// How much silence ends the recording, in seconds. Default: 5.
        end_silence_timeout: Dyn<DecimalSeconds>,
        /// The longest recording, in seconds.
        max_length: Dyn<DecimalSeconds>,
        /// The URL that is told when the state of the recording changes.
        status_url: String where url(),
    }
}

choice! {
    /// The format of a recording.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, Record, RecordFormat};
    ///
    /// let record = Record::new().format(RecordFormat::Mp3);
    /// assert_eq!(Json::from(record).to_value(), json!({"format": "mp3"}));
    /// ```
    RecordFormat {
        /// WAV.
        Wav = "wav",
        /// MP3.
        Mp3 = "mp3",
        /// MP4.
        Mp4 = "mp4",
    }
}

choice! {
    /// Whose voice [`Record`] takes.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, Record, RecordDirection};
    ///
    /// let record = Record::new().direction(RecordDirection::Speak);
    /// assert_eq!(Json::from(record).to_value(), json!({"direction": "speak"}));
    /// ```
    RecordDirection {
        /// What the caller says.
        Speak = "speak",
        /// What the caller hears.
        Listen = "listen",
    }
}
