//! The end-of-call report (SWAIG webhook reference, "`post_prompt` callback").

use serde_json::Value;

/// What the platform reports when a conversation has ended: all fields as they came, the common ones typed.
///
/// It has no `Debug`: an unmasked report holds what the caller said.
///
/// ```
/// use swaig::Report;
/// use serde_json::json;
///
/// let report = Report::new(json!({"call_id": "c1", "post_prompt_data": {"raw": "All well", "substituted": ""}}));
/// assert_eq!(report.summary(), Some("All well"));
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

    /// The call.
    pub fn call_id(&self) -> Option<&str> {
        self.body.get("call_id").and_then(Value::as_str)
    }

    /// What the model wrote for the `post_prompt`: the text with variables replaced, else the raw one.
    pub fn summary(&self) -> Option<&str> {
        let data = self.body.get("post_prompt_data")?;
        ["substituted", "raw"]
            .into_iter()
            .filter_map(|key| data.get(key).and_then(Value::as_str))
            .find(|text| !text.trim().is_empty())
    }

    /// The JSON that the model wrote for the `post_prompt`, where it was asked for JSON.
    pub fn parsed(&self) -> Option<&Value> {
        self.body.get("post_prompt_data")?.get("parsed")?.get(0)
    }

    /// The whole body.
    pub fn raw(&self) -> &Value {
        &self.body
    }
}
