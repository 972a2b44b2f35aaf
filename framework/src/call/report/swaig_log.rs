//! The functions that a call has used (SWAIG webhook reference, `swaig_log`).

use std::fmt;

use serde_json::{Map, Value};

use crate::call::fields::fields;

/// A function that was called, with what was sent and answered.
///
/// `Debug` shows the name and the time only: the rest holds arguments, `meta_data`, and an address with credentials.
///
/// ```
/// use swaig::Report;
/// use serde_json::json;
///
/// let report = Report::test().with_field("swaig_log", json!([{"command_name": "send_mfa", "command_arg": "{}"}]));
/// let entry = report.swaig_log().next().expect("there is one");
/// assert_eq!(entry.command_name(), Some("send_mfa"));
/// ```
#[derive(Clone, Copy)]
pub struct SwaigLogEntry<'a>(pub(super) &'a Map<String, Value>);

impl<'a> SwaigLogEntry<'a> {
    fields! { 'a;
        /// The function's name.
        command_name: text;
        /// The arguments, as the model's JSON text.
        command_arg: text;
        /// When it was called, to the second.
        epoch_time: seconds;
        /// Whether the engine itself has the function, so that no webhook was sent.
        native: flag;
        /// How often it may still be called: a number, or `endless`.
        active_count: any;
        /// The webhook's address, with its query and with the credentials that were put into it.
        url: text;
        /// What was posted.
        post_data: any;
        /// What was answered.
        post_response: any;
        /// A later answer, where there was one.
        delayed_post_response: any;
    }

    /// All fields, those of MCP tools (`mcp_…`) too.
    pub fn fields(&self) -> &'a Map<String, Value> {
        self.0
    }
}

impl fmt::Debug for SwaigLogEntry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SwaigLogEntry")
            .field("command_name", &self.command_name())
            .field("epoch_time", &self.epoch_time())
            .finish_non_exhaustive()
    }
}
