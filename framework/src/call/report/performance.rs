//! How fast the model wrote (SWAIG webhook reference, `times`).

use std::fmt;

use serde_json::{Map, Value};

use crate::call::fields::fields;

/// One text that the model wrote, and how long it took. Times are in seconds.
///
/// `Debug` leaves the text out.
///
/// ```
/// use swaig::Report;
/// use serde_json::json;
///
/// let report = Report::test().with_field("times", json!([{"response_word_count": 12, "answer_time": 0.8}]));
/// let generation = report.times().next().expect("there is one");
/// assert_eq!(generation.response_word_count(), Some(12));
/// ```
#[derive(Clone, Copy)]
pub struct Generation<'a>(pub(super) &'a Map<String, Value>);

impl<'a> Generation<'a> {
    fields! { 'a;
        /// The text.
        response: text;
        /// How many words it has.
        response_word_count: integer;
        /// How long the whole answer took.
        answer_time: number;
        /// How long its tokens took.
        token_time: number;
        /// How many tokens it has.
        tokens: integer;
        /// Tokens in a second, on average.
        avg_tps: number;
        /// Tokens in a second.
        tps: number;
    }

    /// All fields.
    pub fn fields(&self) -> &'a Map<String, Value> {
        self.0
    }
}

impl fmt::Debug for Generation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Generation")
            .field("tokens", &self.tokens())
            .field("answer_time", &self.answer_time())
            .field("tps", &self.tps())
            .finish_non_exhaustive()
    }
}
