use crate::swml::Dyn;
use crate::swml::object::object;

object! {
    /// The verb `goto`: jumps to a [`Label`](crate::swml::Label) of the same section.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Goto, Json};
    ///
    /// let goto = Goto::new("again").when("vars.tries < 3").max(3);
    /// assert_eq!(
    ///     Json::from(goto).to_value(),
    ///     json!({"label": "again", "when": "vars.tries < 3", "max": 3})
    /// );
    /// ```
    Goto
    required {
        /// The label.
        label: String,
    }
    optional {
        /// A JavaScript condition; the jump is taken only when it holds.
        when: String,
        /// How often the jump may be taken, from 1 to 100. Default: 100.
        max: Dyn<i64> where between(1.0, 100.0),
    }
}
