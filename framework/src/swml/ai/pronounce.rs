use crate::swml::Dyn;
use crate::swml::object::object;

object! {
    /// How something is spoken.
    ///
    /// ```
    /// use swaig::swml::ai::Pronounce;
    ///
    /// let rule = Pronounce::new("SWML", "swimmel").ignore_case(false);
    /// # let _ = rule;
    /// ```
    Pronounce
    required {
        /// The text as it is written.
        replace: String,
        /// The text as it is spoken.
        with: String,
    }
    optional {
        /// Whether upper and lower case are the same. Default: true.
        ignore_case: Dyn<bool>,
    }
}
