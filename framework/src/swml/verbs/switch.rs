use crate::swml::object::object;
use crate::swml::{Map, Section};

object! {
    /// The verb `switch`: runs the steps that belong to the value of a variable.
    ///
    /// ```
    /// use swaig::swml::{Hangup, Switch, Transfer};
    ///
    /// let switch = Switch::new("prompt_value", [("1", [Transfer::new("sales")])]).default([Hangup::new()]);
    /// assert_eq!(switch.read().variable().as_deref(), Some("prompt_value"));
    /// ```
    Switch
    required {
        /// The name of the variable.
        variable: String,
        /// The steps for each value.
        case: Map<Section>,
    }
    optional {
        /// The steps for any other value.
        default: Section,
    }
}
