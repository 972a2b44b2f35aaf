//! What time it is: `current_time`.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};
use schemars::JsonSchema;
use serde::Deserialize;
use swaig::{Call, Effect, Function, FunctionError, Reply, Setup, SetupError, async_trait};

/// The setting of the zone.
const ZONE: &str = "TIME_ZONE";
/// That of SignalWire, where none is set (SWML reference, `ai.params.local_tz`).
const DEFAULT: &str = "America/Chicago";

/// Says the time and the day, in the zone of the settings or in one that the caller names.
///
/// ```
/// use swaig::{Call, Function as _, Setup};
/// use swaig_functions::time::{CurrentTime, CurrentTimeArgs};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let function = CurrentTime::build(&Setup::test([("TIME_ZONE", "Europe/Berlin")])).unwrap();
/// let reply = function.call(CurrentTimeArgs::default(), &Call::test()).await.unwrap();
/// assert!(reply.spoken().starts_with("It is "));
/// # }
/// ```
pub struct CurrentTime {
    zone: TimeZone,
}

/// The arguments of [`CurrentTime`].
///
/// ```
/// use swaig_functions::time::CurrentTimeArgs;
///
/// let args: CurrentTimeArgs = serde_json::from_str(r#"{"zone": "Europe/Lisbon"}"#)?;
/// assert_eq!(args.zone.as_deref(), Some("Europe/Lisbon"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct CurrentTimeArgs {
    /// A time zone of the IANA database, such as "Asia/Tokyo", if the caller asks about another place. Leave it out for
    /// here.
    pub zone: Option<String>,
}

#[async_trait]
impl Function for CurrentTime {
    const NAME: &'static str = "current_time";
    const DESCRIPTION: &'static str = "Look up what time and which day it is, here or elsewhere";
    const EFFECT: Effect = Effect::None;
    const SETTINGS: &'static [(&'static str, &'static str)] =
        &[(ZONE, "time zone of current_time, such as Europe/Berlin [default: America/Chicago]")];
    type Args = CurrentTimeArgs;

    fn build(setup: &Setup) -> Result<Self, SetupError> {
        let name = setup.setting(ZONE).unwrap_or_else(|| DEFAULT.to_owned());
        let zone = TimeZone::get(&name);
        let expected = "expected a name of the IANA database, such as Europe/Berlin";
        Ok(Self { zone: zone.map_err(|_| SetupError::invalid(ZONE, &expected))? })
    }

    async fn call(&self, args: CurrentTimeArgs, _: &Call) -> Result<Reply, FunctionError> {
        let zone = match args.zone.as_deref().map(str::trim).filter(|zone| !zone.is_empty()) {
            None => self.zone.clone(),
            Some(name) => TimeZone::get(name).map_err(|_| {
                FunctionError::new(
                    "There is no time zone of that name. Use one such as \"Asia/Tokyo\", or leave it out for the time here.",
                )
            })?,
        };
        Ok(Reply::text(spoken(&Timestamp::now().to_zoned_datetime(zone))))
    }
}
swaig::register_function!(CurrentTime);

/// A time for the ear.
fn spoken(time: &ZonedDateTime) -> String {
    let clock = time.strftime(if time.minute() == 0 { "%-I %p" } else { "%-I:%M %p" });
    format!("It is {clock} on {}.", time.strftime("%A, %B %-d, %Y"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_said_as_people_do() {
        for (time, zone, expected) in [
            ("2027-03-04T14:05:00Z", "Europe/Berlin", "It is 3:05 PM on Thursday, March 4, 2027."),
            ("2027-03-04T23:00:00Z", "Asia/Tokyo", "It is 8 AM on Friday, March 5, 2027."),
        ] {
            let time: Timestamp = time.parse().unwrap();
            assert_eq!(spoken(&time.in_tz(zone).unwrap()), expected);
        }
    }

    #[tokio::test]
    async fn a_zone_that_is_none_is_told_at_the_start_or_to_the_model() {
        let error = CurrentTime::build(&Setup::test([(ZONE, "Berlin")])).err().unwrap().to_string();
        assert!(error.contains("TIME_ZONE is not valid"), "{error}");
        let function = CurrentTime::build(&Setup::test([(ZONE, "UTC")])).unwrap();
        let args = CurrentTimeArgs { zone: Some("Mars".to_owned()) };
        let error = function.call(args, &Call::test()).await.unwrap_err();
        assert!(format!("{error:?}").contains("Asia/Tokyo"));
        let args = CurrentTimeArgs { zone: Some(" Asia/Tokyo ".to_owned()) };
        assert!(function.call(args, &Call::test()).await.is_ok());
    }
}
