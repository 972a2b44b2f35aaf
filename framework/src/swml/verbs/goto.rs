use crate::swml::Dyn;
use crate::swml::object::object;

object! {
    /// The verb `goto`: jumps to a [`Label`](crate::swml::Label) of the same section.
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
