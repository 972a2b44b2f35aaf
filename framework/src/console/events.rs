//! Recorded events as the pages read them.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::server::App;
use crate::store::{EventId, StoreError};

/// An event of the log, read back.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Seen {
    pub(super) id: EventId,
    pub(super) at: Timestamp,
    #[serde(default)]
    pub(super) call_id: Option<String>,
    pub(super) kind: String,
    #[serde(default)]
    pub(super) data: Value,
}

/// The newest events of an agent id, oldest first.
pub(super) async fn newest(app: &App, agent_id: &str, limit: usize) -> Result<Vec<Seen>, StoreError> {
    let events = app.store.newest(agent_id, limit).await?;
    Ok(events.iter().filter_map(|event| serde_json::from_slice(&event.json).ok()).collect())
}

impl Seen {
    /// A member of the data that is a text.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.data[key].as_str()
    }

    /// The function that it is about.
    pub(super) fn function(&self) -> Option<&str> {
        self.text("function")
    }

    /// How long it took, in milliseconds.
    pub(super) fn took(&self) -> Option<f64> {
        self.data["duration_ms"].as_f64()
    }

    /// Whether a function's run has ended with it.
    pub(super) fn ends_a_run(&self) -> bool {
        matches!(
            self.kind.as_str(),
            "function_replied" | "function_refused" | "function_failed" | "function_interrupted"
        )
    }

    /// How good it is, as a word of the style sheet.
    pub(super) fn tone(&self) -> &'static str {
        match self.kind.as_str() {
            "function_replied" | "conversation_ended" => "good",
            "function_refused" | "function_interrupted" | "limit_reached" => "fair",
            "function_failed" | "report_unreadable" | "request_refused" | "seal_refused" => "bad",
            "upstream" if self.text("reason").is_some() => "bad",
            _ => "plain",
        }
    }

    /// What it says, in one line.
    pub(super) fn line(&self) -> String {
        let keys = [
            "function",
            "operation",
            "outcome",
            "response",
            "summary",
            "reason",
            "problem",
            "caller",
            "label",
        ];
        let mut parts: Vec<String> =
            keys.iter().filter_map(|key| self.text(key)).map(str::to_owned).collect();
        parts.extend(self.took().map(super::bars::duration));
        parts.join(" · ")
    }
}
