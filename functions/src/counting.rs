//! What the limits of several functions have in common: settings that are numbers of times, and what stands for a call.

use std::time::Duration;

use swaig::{Call, Setup, SetupError};

pub(crate) const HOUR: Duration = Duration::from_hours(1);
/// No call lasts longer.
pub(crate) const DAY: Duration = Duration::from_hours(24);

/// A setting that is a number of times, 0 (no limit) to 1000000.
pub(crate) fn count(setup: &Setup, name: &'static str, default: u32) -> Result<u32, SetupError> {
    Ok(setup.parse::<Count>(name)?.map_or(default, |Count(number)| number))
}

/// What is counted for a call: its id, or who calls where the platform sent none.
pub(crate) fn subject(call: &Call) -> String {
    match (call.call_id(), call.caller().phone()) {
        ("", Some(number)) => format!("caller {}", number.expose()),
        (id, _) => format!("call {id}"),
    }
}

/// A number of times, 0 to 1000000.
struct Count(u32);

impl std::str::FromStr for Count {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = text.parse().ok().filter(|number| *number <= 1_000_000);
        number.map(Self).ok_or("expected a whole number from 0 (no limit) to 1000000")
    }
}
