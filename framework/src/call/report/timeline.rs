//! The steps of a call as a flat list of events (SWAIG webhook reference, `call_timeline`).

use std::fmt;

use serde_json::{Map, Value};

use crate::call::fields::fields;

/// A step of a call: `session_start`, `step_change`, `function_call`, `user_input`, `session_end`, ….
///
/// `Debug` shows the kind and the time only.
///
/// ```
/// use swaig::Report;
/// use serde_json::json;
///
/// let report = Report::test().with_field("call_timeline", json!([{"ts": 1_700_000_000_000_000_i64, "type": "step_change", "step": "verify"}]));
/// let entry = report.call_timeline().next().expect("there is one");
/// assert_eq!((entry.kind(), entry.step()), (Some("step_change"), Some("verify")));
/// ```
#[derive(Clone, Copy)]
pub struct TimelineEntry<'a>(pub(super) &'a Map<String, Value>);

impl<'a> TimelineEntry<'a> {
    fields! { 'a;
        /// When it happened.
        at: micros ["ts"];
        /// What happened.
        kind: text ["type"];
        /// The context that the agent was in.
        context: text;
        /// The step that the agent was in.
        step: text;
    }

    /// All fields; which there are depends on the kind.
    pub fn fields(&self) -> &'a Map<String, Value> {
        self.0
    }
}

impl fmt::Debug for TimelineEntry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TimelineEntry")
            .field("at", &self.at())
            .field("kind", &self.kind())
            .finish_non_exhaustive()
    }
}
