use crate::swml::object::object;
use crate::swml::{Data, Json};

object! {
    /// The verb `set`: sets variables of the script.
    ///
    /// ```
    /// use swaig::swml::Set;
    ///
    /// let set = Set::new().variable("tier", "gold").variable("tries", 0);
    /// assert_eq!(serde_json::to_string(&set)?, r#"{"tier":"gold","tries":0}"#);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    Set
    rest: Json
}

impl Set {
    /// Sets one variable. Later steps read it as `vars.NAME`.
    #[must_use]
    pub fn variable(self, name: impl Into<String>, value: impl Into<Json>) -> Self {
        self.put(name, value)
    }
}

impl<T: Into<Data>> From<T> for Set {
    fn from(variables: T) -> Self {
        Self(variables.into().as_object().cloned().unwrap_or_default())
    }
}
