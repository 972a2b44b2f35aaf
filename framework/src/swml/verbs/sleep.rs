use std::time::Duration;

use crate::swml::object::{object, union};
use crate::swml::{Dyn, Milliseconds, Variable};

union! {
    /// The verb `sleep`: pauses the script.
    ///
    /// ```
    /// use std::time::Duration;
    /// use swaig::swml::{Json, Sleep};
    ///
    /// assert_eq!(Json::from(Sleep::new(Duration::from_secs(2))).to_string(), "2000");
    /// ```
    Sleep {
        /// The bare duration, in whole milliseconds.
        Bare(Dyn<Milliseconds>),
        /// The bare number -1.
        Number(i64),
        /// The duration as a field.
        Object(SleepDuration),
    }
}

object! {
    /// The long form of [`Sleep`].
    ///
    /// ```
    /// use std::time::Duration;
    /// use serde_json::json;
    /// use swaig::swml::{Json, SleepDuration};
    ///
    /// let sleep_duration = SleepDuration::new(Duration::from_secs(2));
    /// assert_eq!(Json::from(sleep_duration).to_value(), json!({"duration": 2000}));
    /// ```
    SleepDuration
    required {
        /// How long, in whole milliseconds.
        duration: Dyn<Milliseconds> where at_least(-1.0),
    }
}

impl Sleep {
    /// For a while, or for as long as a variable says in milliseconds.
    pub fn new(duration: impl Into<Dyn<Milliseconds>>) -> Self {
        Self::Bare(duration.into())
    }

    /// Until the call ends.
    pub fn forever() -> Self {
        Self::Number(-1)
    }
}

impl From<Duration> for Sleep {
    fn from(duration: Duration) -> Self {
        Self::new(duration)
    }
}

impl From<Variable> for Sleep {
    fn from(variable: Variable) -> Self {
        Self::new(variable)
    }
}
