//! What was said in a conversation, as bubbles, with the functions that were called between.

use maud::{Markup, html};

use super::bars::duration;
use crate::call::{LogEntry, Report, Role};

/// The transcript of a report: without what the model was told, where both logs are there.
pub(super) fn of(report: &Report) -> Markup {
    let mut entries: Vec<_> = report.call_log().collect();
    if entries.is_empty() {
        entries = report.raw_call_log().collect();
    }
    html! {
        @if entries.is_empty() { p .empty { "Nothing was said." } }
        ol .transcript { @for entry in &entries { (line(*entry)) } }
        @for (number, context) in report.previous_contexts().enumerate() {
            @if !context.is_empty() {
                details {
                    summary { "Context " (number + 1) ", which was left" }
                    ol .transcript { @for entry in &context { (line(*entry)) } }
                }
            }
        }
    }
}

fn line(entry: LogEntry<'_>) -> Markup {
    let (who, class) = match entry.role() {
        Some(Role::User) => ("Caller", "caller"),
        Some(Role::Assistant) => ("Agent", "agent"),
        Some(Role::Manual) => ("Agent, without the model", "agent"),
        Some(Role::Thinking) => ("The model thought", "aside"),
        Some(Role::System) => ("The model was told", "aside"),
        Some(Role::SystemLog) => ("Engine", "aside"),
        Some(Role::Tool | Role::Function) => ("Function", "function"),
        Some(Role::Other(role)) => (role, "aside"),
        None => ("Somebody", "aside"),
    };
    let said = entry.content().filter(|text| !text.trim().is_empty());
    let calls: Vec<_> = entry.tool_calls().collect();
    html! {
        @if said.is_some() || calls.is_empty() {
            li .(class) {
                p .who {
                    (who)
                    @if let Some(name) = entry.function_name() { " " code { (name) } }
                    @if let Some(at) = entry.start_timestamp().or(entry.timestamp()) { " " time datetime=(at) { (at.strftime("%H:%M:%S")) } }
                    @if let Some(took) = entry.function_latency() { " " span .hint { (duration(took)) } }
                }
                @if class == "aside" && said.is_some_and(|text| text.len() > LONG) {
                    details { summary { "Show it" } p .said { (said.unwrap_or_default()) } }
                } @else {
                    p .said { @match (said, entry.action()) { (Some(said), _) => (said), (None, Some(action)) => (action), (None, None) => "–" } }
                }
            }
        }
        @for call in &calls {
            li .function {
                p .who { "Agent calls " code { (call.name().unwrap_or("a function")) } }
                p .said { code { (call.arguments().unwrap_or_default()) } }
            }
        }
    }
}

/// From how many bytes on what the model was told is folded away.
const LONG: usize = 300;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn roles_are_told_apart_and_nothing_runs() {
        let report = Report::test().with_field(
            "call_log",
            json!([
                {"role": "system", "content": "x".repeat(400)},
                {"role": "user", "content": "<script>alert(1)</script>"},
                {"role": "assistant", "content": null, "tool_calls": [{"function": {"name": "find", "arguments": "{\"a\":1}"}}]},
                {"role": "tool", "function_name": "find", "content": "found", "function_latency": 1234},
                {"role": "system-log", "action": "step_change"},
                {"role": "strange", "content": "?"},
            ]),
        );
        let shown = of(&report).into_string();
        for expected in [
            "Show it",
            "class=\"caller\"",
            "&lt;script&gt;",
            "Agent calls <code>find</code>",
            "{&quot;a&quot;:1}",
            "found",
            "1.2 s",
            "step_change",
            "strange",
        ] {
            assert!(shown.contains(expected), "{expected}: {shown}");
        }
        assert!(!shown.contains("<script>"), "{shown}");
        assert!(of(&Report::test()).into_string().contains("Nothing was said"));
    }
}
