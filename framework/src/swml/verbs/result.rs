//! What follows a verb that comes back with a result.

use crate::swml::object::{object, union};
use crate::swml::{Cond, Map, Section};

union! {
    /// What to do with the result of a verb: choose by its value, or by conditions.
    OnResult {
        /// By its value.
        Switch(ResultSwitch),
        /// By conditions.
        Cond(Cond),
    }
}

object! {
    /// The steps that belong to the value of a result, as in [`Switch`](crate::swml::Switch).
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
