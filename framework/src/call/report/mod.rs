//! The end-of-call report (SWAIG webhook reference, "`post_prompt` callback").

mod performance;
mod swaig_log;
#[cfg(test)]
mod tests;
mod timeline;

use std::fmt;

use serde_json::{Map, Value, json};

use super::fields::{Fields as _, fields, object_of};
use super::{ConversationType, LogEntry};
use crate::phone_number::CallerNumber;

pub use performance::Generation;
pub use swaig_log::SwaigLogEntry;
pub use timeline::TimelineEntry;

/// What the platform reports when a conversation has ended: all fields as they came, the documented ones typed.
///
/// A field that is absent or of another type is `None`, or empty where it is an object or a list. `Debug` shows the call
/// and the masked caller only: an unmasked report holds what the caller said.
///
/// ```
/// use swaig::Report;
/// use serde_json::json;
///
/// let report = Report::new(json!({
///     "call_id": "c1", "call_start_date": 1_700_000_000_000_000_i64, "call_end_date": 1_700_000_090_000_000_i64,
///     "post_prompt_data": {"raw": "All well", "substituted": ""},
///     "SWMLVars": {"record_call_url": "https://example.com/c1.wav"},
/// }));
/// assert_eq!(report.summary(), Some("All well"));
/// let took = report.call_end_date().unwrap() - report.call_start_date().unwrap();
/// assert_eq!(took.as_secs(), 90);
/// assert_eq!(report.recording_url(), Some("https://example.com/c1.wav"));
/// ```
#[derive(Clone)]
pub struct Report {
    body: Value,
}

impl Report {
    /// Takes a report's body.
    pub fn new(body: Value) -> Self {
        Self { body }
    }

    /// A report for a test: of the call `test-call`, from an anonymous caller, in which nothing was said.
    ///
    /// ```
    /// # use swaig::Report;
    /// # use serde_json::json;
    /// let report = Report::test().with_field("post_prompt_data", json!({"parsed": [{"order": 17}], "raw": "{\"order\":17}"}));
    /// assert_eq!(report.parsed().unwrap()["order"], 17);
    /// assert_eq!(report.call_id(), Some("test-call"));
    /// ```
    pub fn test() -> Self {
        Self::new(json!({
            "action": "post_conversation", "call_id": "test-call", "ai_session_id": "test-session",
            "conversation_type": "voice", "content_type": "text/json", "content_disposition": "agent.summary",
            "post_prompt_data": {"parsed": [], "raw": ""}, "global_data": {}, "call_log": [], "raw_call_log": [],
            "swaig_log": [],
        }))
    }

    /// The same report with another field of its body.
    #[must_use]
    pub fn with_field(mut self, key: &str, value: impl Into<Value>) -> Self {
        if let Value::Object(body) = &mut self.body {
            body.insert(key.to_owned(), value.into());
        }
        self
    }

    /// What the model wrote for the `post_prompt`: the text with variables replaced, else the raw one.
    pub fn summary(&self) -> Option<&str> {
        self.post_prompt_data().first_text(&["substituted", "raw"])
    }

    /// The JSON that the model wrote for the `post_prompt`, where it was asked for JSON.
    pub fn parsed(&self) -> Option<&Value> {
        match self.fields().object("post_prompt_data").any("parsed")? {
            Value::Array(items) => items.first(),
            parsed @ Value::Object(_) => Some(parsed),
            _ => None,
        }
    }

    /// Who called. The number is masked in `Debug` and `Display`.
    pub fn caller(&self) -> CallerNumber {
        self.fields().caller()
    }

    /// How one talked with the agent.
    pub fn conversation_type(&self) -> Option<ConversationType<'_>> {
        self.fields().text("conversation_type").map(ConversationType::of)
    }

    fields! { '_;
        /// The call.
        call_id: text;
        /// The id of the AI session; it changes when the agent is entered again in the same call.
        ai_session_id: text;
        /// The `app_name` of the agent's `params`.
        app_name: text;
        /// The SignalWire project.
        project_id: text;
        /// The SignalWire space.
        space_id: text;
        /// The tag of the AI session.
        ai_id_tag: text;
        /// The `conversation_id` of the agent's `params`, where one is set. Often the caller's number.
        conversation_id: text;
        /// `agent.summary`.
        content_disposition: text;
        /// When the call came in.
        call_start_date: micros;
        /// When it was answered; `None` where it never was.
        call_answer_date: micros;
        /// When it ended.
        call_end_date: micros;
        /// When the agent began.
        ai_start_date: micros;
        /// When the agent ended.
        ai_end_date: micros;
        /// The name that the network gives for the caller.
        caller_name: text ["caller_id_name"];
        /// Who ended the call.
        call_ended_by: text;
        /// Whether the call was cut off at the agent's `hard_stop_time`.
        hard_timeout: flag;
        /// What the model wrote for the `post_prompt`: `parsed`, `raw`, `substituted`. See [`summary`](Self::summary).
        post_prompt_data: object;
        /// State of the session at its end.
        global_data: object;
        /// The variables of the document.
        swml_vars: object ["SWMLVars"];
        /// The call as documents see it.
        swml_call: object ["SWMLCall"];
        /// A summary for the next conversation with the same `conversation_id`. With `params.save_conversation` only.
        conversation_summary: text;
    }

    fn fields(&self) -> &Map<String, Value> {
        object_of(&self.body)
    }

    /// Where the recording is, for a call that was recorded: `SWMLVars.record_call_url`.
    pub fn recording_url(&self) -> Option<&str> {
        self.swml_vars().text("record_call_url")
    }

    /// The conversation, what is private left out; `metadata` is flattened into the entries.
    pub fn call_log(&self) -> impl Iterator<Item = LogEntry<'_>> {
        LogEntry::all(self.fields(), "call_log")
    }

    /// The conversation as the engine kept it, with what is private.
    pub fn raw_call_log(&self) -> impl Iterator<Item = LogEntry<'_>> {
        LogEntry::all(self.fields(), "raw_call_log")
    }

    /// The steps of the call as a flat list of events, where the engine made one.
    pub fn call_timeline(&self) -> impl Iterator<Item = TimelineEntry<'_>> {
        self.fields().objects("call_timeline").map(TimelineEntry)
    }

    /// The logs of the contexts that were left, oldest first.
    pub fn previous_contexts(&self) -> impl Iterator<Item = Vec<LogEntry<'_>>> {
        let contexts = self.fields().array("previous_contexts").iter().filter_map(Value::as_array);
        contexts.map(|entries| entries.iter().filter_map(LogEntry::of).collect())
    }

    /// The functions that were called, with what was sent and answered.
    pub fn swaig_log(&self) -> impl Iterator<Item = SwaigLogEntry<'_>> {
        self.fields().objects("swaig_log").map(SwaigLogEntry)
    }

    /// How fast the model wrote, for each text that it wrote; that is not one for each turn.
    pub fn times(&self) -> impl Iterator<Item = Generation<'_>> {
        self.fields().objects("times").map(Generation)
    }

    /// The figures of the accounting with their names: `total_minutes`, `total_input_tokens`, `total_tts_chars`, ….
    /// With `params.enable_accounting` only.
    pub fn totals(&self) -> impl Iterator<Item = (&str, f64)> {
        let names = self.fields().keys().filter(|name| name.starts_with("total_"));
        names.filter_map(|name| Some((name.as_str(), self.fields().number(name)?)))
    }

    /// One figure of the accounting, such as `total_minutes`.
    pub fn total(&self, name: &str) -> Option<f64> {
        self.totals().find(|(it, _)| *it == name).map(|(_, total)| total)
    }

    /// The whole body.
    pub fn raw(&self) -> &Value {
        &self.body
    }

    pub(super) fn into_raw(self) -> Value {
        self.body
    }
}

impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Report")
            .field("call_id", &self.call_id())
            .field("caller", &self.caller())
            .finish_non_exhaustive()
    }
}
