//! What was said and done in a conversation, entry by entry (SWAIG webhook reference, `call_log`).

use std::fmt;

use serde_json::{Map, Value};

use super::Role;
use super::fields::{Fields as _, fields};

/// An entry of a conversation's log: something that was said, thought, called or done.
///
/// What an entry holds depends on its role, on the engine's version, and on the kind of agent; so everything may be
/// absent. `Debug` shows the role only: the rest is what the caller said.
///
/// ```
/// use swaig::Report;
/// use swaig::call::Role;
/// use serde_json::json;
///
/// let report = Report::new(json!({"call_log": [
///     {"role": "user", "content": "I lost my card", "confidence": 0.98, "timestamp": 1_705_300_001_123_000_i64},
///     {"role": "assistant", "content": "I am sorry to hear that.", "latency": 450},
/// ]}));
/// let said: Vec<_> = report.call_log().filter(|it| it.role() == Some(Role::User)).filter_map(|it| it.content()).collect();
/// assert_eq!(said, ["I lost my card"]);
/// assert_eq!(report.call_log().find_map(|entry| entry.latency()), Some(450.0));
/// ```
#[derive(Clone, Copy)]
pub struct LogEntry<'a>(&'a Map<String, Value>);

impl<'a> LogEntry<'a> {
    /// The entries of an array.
    pub(super) fn all(fields: &'a Map<String, Value>, key: &str) -> impl Iterator<Item = LogEntry<'a>> {
        fields.objects(key).map(Self)
    }

    pub(super) fn of(value: &'a Value) -> Option<Self> {
        value.as_object().map(Self)
    }

    /// Whose it is.
    pub fn role(&self) -> Option<Role<'a>> {
        self.0.text("role").map(Role::of)
    }

    fields! { 'a;
        /// What was said. An assistant that only calls functions says nothing.
        content: text;
        /// What kind of text it is, such as `Detected Speech`.
        content_type: text;
        /// The language that was spoken, such as `en`.
        lang: text;
        /// When it was logged.
        timestamp: micros;
        /// When it began to be said.
        start_timestamp: micros;
        /// When it was said to the end.
        end_timestamp: micros;
        /// How many tokens it has.
        tokens: integer;
        /// How sure the recogniser is of what it heard, as the engine gives it. Entries of the caller.
        confidence: number;
        /// Milliseconds until the model's first token; for a function's answer, until it came.
        latency: number;
        /// Milliseconds until there was something to speak.
        utterance_latency: number;
        /// Milliseconds until there was audio.
        audio_latency: number;
        /// Milliseconds from the end of the caller's speech to the agent's first sound.
        acoustic_latency: number;
        /// The function that answered. Entries of functions.
        function_name: text ["function_name", "name"];
        /// Which of the assistant's calls a function answers.
        tool_call_id: text;
        /// Milliseconds that the function took in all.
        function_latency: number;
        /// Milliseconds that the function itself ran.
        execution_latency: number;
        /// What the engine did, such as `step_change`. Entries of the engine.
        action: text;
        /// More about it; empty where it is flattened into the entry.
        metadata: object;
    }

    /// The functions that the assistant called.
    pub fn tool_calls(&self) -> impl Iterator<Item = ToolCall<'a>> + use<'a> {
        self.0.objects("tool_calls").map(ToolCall)
    }

    /// All fields.
    pub fn fields(&self) -> &'a Map<String, Value> {
        self.0
    }
}

impl fmt::Debug for LogEntry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogEntry").field("role", &self.role()).finish_non_exhaustive()
    }
}

/// A function that the model called, as the log has it. It has no `Debug`: the arguments may hold a one-time code.
///
/// ```
/// use swaig::Report;
/// use serde_json::json;
///
/// let report = Report::test().with_field("call_log", json!([{"role": "assistant", "tool_calls": [{"id": "t1", "function": {"name": "send_mfa", "arguments": "{}"}}]}]));
/// let entry = report.call_log().next().expect("there is one");
/// let call = entry.tool_calls().next().expect("it calls a function");
/// assert_eq!((call.id(), call.name()), (Some("t1"), Some("send_mfa")));
/// ```
#[derive(Clone, Copy)]
pub struct ToolCall<'a>(&'a Map<String, Value>);

impl<'a> ToolCall<'a> {
    /// What the function's answer refers to as its `tool_call_id`.
    pub fn id(&self) -> Option<&'a str> {
        self.0.text("id")
    }

    /// The function's name.
    pub fn name(&self) -> Option<&'a str> {
        self.0.object("function").text("name")
    }

    /// The arguments, as the model's JSON text.
    pub fn arguments(&self) -> Option<&'a str> {
        self.0.object("function").text("arguments")
    }

    /// All fields.
    pub fn fields(&self) -> &'a Map<String, Value> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn entries_of_each_role_are_read() {
        let body = json!({"call_log": [
            {"role": "system", "content": "You are Ada", "timestamp": 1_705_300_000_000_000_i64},
            {"role": "system-log", "action": "step_change", "content": "greet -> collect", "metadata": {"to_step": "collect"}},
            {"role": "user", "content": "Send it", "confidence": "0.93", "lang": "en", "content_type": "Detected Speech",
             "start_timestamp": 1_705_300_001_000_000_i64, "end_timestamp": 1_705_300_002_000_000_i64},
            {"role": "assistant", "content": null, "latency": 450, "utterance_latency": 500.5, "audio_latency": 561,
             "acoustic_latency": 1088, "tokens": 14,
             "tool_calls": [{"id": "t1", "type": "function", "function": {"name": "send_mfa", "arguments": "{}"}}, 7]},
            {"role": "tool", "tool_call_id": "t1", "function_name": "send_mfa", "content": "6 digit number sent",
             "function_latency": 234, "execution_latency": 200},
            {"role": "function", "name": "old", "content": "x"},
            "no entry",
            {"role": 7},
        ]});
        let entries: Vec<_> = LogEntry::all(body.as_object().unwrap(), "call_log").collect();
        let roles: Vec<_> = entries.iter().map(LogEntry::role).collect();
        assert_eq!(
            roles,
            [
                Some(Role::System),
                Some(Role::SystemLog),
                Some(Role::User),
                Some(Role::Assistant),
                Some(Role::Tool),
                Some(Role::Function),
                None
            ]
        );
        assert_eq!(entries[0].timestamp().unwrap().to_string(), "2024-01-15T06:26:40Z");
        assert_eq!(
            (entries[1].action(), &entries[1].metadata()["to_step"]),
            (Some("step_change"), &json!("collect"))
        );
        let user = entries[2];
        assert_eq!(
            (user.confidence(), user.lang(), user.content_type()),
            (Some(0.93), Some("en"), Some("Detected Speech"))
        );
        assert!(user.start_timestamp() < user.end_timestamp());
        let said = entries[3];
        assert_eq!(
            [said.latency(), said.utterance_latency(), said.audio_latency(), said.acoustic_latency()],
            [Some(450.0), Some(500.5), Some(561.0), Some(1088.0)]
        );
        assert_eq!((said.content(), said.tokens()), (None, Some(14)));
        let calls: Vec<_> =
            said.tool_calls().map(|call| (call.id(), call.name(), call.arguments())).collect();
        assert_eq!(calls, [(Some("t1"), Some("send_mfa"), Some("{}"))]);
        let tool = entries[4];
        assert_eq!((tool.function_name(), tool.tool_call_id()), (Some("send_mfa"), Some("t1")));
        assert_eq!((tool.function_latency(), tool.execution_latency()), (Some(234.0), Some(200.0)));
        assert_eq!(entries[5].function_name(), Some("old"));
        assert_eq!(format!("{:?}", entries[2]), "LogEntry { role: Some(User), .. }");
    }
}
