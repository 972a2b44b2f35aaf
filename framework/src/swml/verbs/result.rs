//! What follows a verb that comes back with a result.

use crate::swml::object::{object, union};
use crate::swml::{Cond, Map, Section};

union! {
    /// What to do with the result of a verb: choose by its value, or by conditions.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Execute, Goto, Json, ResultSwitch, Step};
    ///
    /// let execute =
    ///     Execute::new("ask").result(ResultSwitch::new([("1", [Step::from(Goto::new("orders"))])]));
    /// assert_eq!(
    ///     Json::from(execute).to_value(),
    ///     json!({"dest": "ask", "result": {"case": {"1": [{"goto": {"label": "orders"}}]}}})
    /// );
    /// ```
    OnResult {
        /// By its value.
        Switch(ResultSwitch),
        /// By conditions.
        Cond(Cond),
    }
}

object! {
    /// The steps that belong to the value of a result, as in [`Switch`](crate::swml::Switch).
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Goto, Hangup, Json, ResultSwitch, Step};
    ///
    /// let result_switch = ResultSwitch::new([("1", [Step::from(Goto::new("orders"))])])
    ///     .default([Step::from(Hangup::new())]);
    /// assert_eq!(
    ///     Json::from(result_switch).to_value(),
    ///     json!({"case": {"1": [{"goto": {"label": "orders"}}]}, "default": [{"hangup": {}}]})
    /// );
    /// ```
    ResultSwitch
    required {
        /// The steps for each value.
        case: Map<Section>,
    }
    optional {
        /// The name of the variable to look at. Default: the verb's own result.
        variable: String,
        /// The steps for any other value.
        default: Section,
    }
}
