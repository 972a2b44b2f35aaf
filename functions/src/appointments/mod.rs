//! Appointments: what is free, booking, and cancelling, without a double booking.
//!
//! [`FreeTimes`], [`BookAppointment`] and [`CancelAppointment`] are the functions; [`Appointments`] is what they share: the
//! [opening hours](Hours) of the settings and the [diary](Diary), a SQLite file of the business's own. The diary itself
//! refuses a second booking of a time, also when several processes share the file.

mod book;
mod cancel;
mod diary;
mod free;
mod hours;

use std::str::FromStr;
use std::sync::Arc;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use schemars::JsonSchema;
use serde::Deserialize;
use swaig::{Setup, SetupError};

pub use book::{BookAppointment, BookAppointmentArgs};
pub use cancel::{CancelAppointment, CancelAppointmentArgs};
pub use diary::{Appointment, Booked, Diary, DiaryError};
pub use free::{FreeTimes, FreeTimesArgs};
pub use hours::{Hours, InvalidHours};

/// How far ahead times are given, in days.
const AHEAD: i64 = 365;

/// What the functions share: hours, length, time zone, and the diary.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use swaig::{Call, Function as _, Setup};
/// use swaig_functions::appointments::{FreeTimes, FreeTimesArgs};
///
/// # let file = std::env::temp_dir().join(format!("diary-appointments-{}.db", std::process::id()));
/// let setup = Setup::test([
///     ("APPOINTMENTS_FILE", file.to_str().unwrap()),
///     ("APPOINTMENTS_HOURS", "mon-fri 09:00-17:00"),
/// ]);
/// let free_times = FreeTimes::build(&setup)?;
/// let reply = free_times.call(FreeTimesArgs { day: None }, &Call::test()).await.unwrap();
/// println!("{}", reply.spoken());
/// # std::fs::remove_file(file)?;
/// # Ok(()) }
/// ```
pub struct Appointments {
    hours: Hours,
    /// The length of an appointment.
    minutes: i64,
    at_once: u32,
    zone: TimeZone,
    diary: Diary,
}

/// Why a time cannot be booked, in words for the model.
///
/// ```
/// use swaig_functions::appointments::NoSuchTime;
///
/// // The model reads the sentence.
/// println!("{}", NoSuchTime::Past);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoSuchTime {
    /// The time has passed.
    #[error("That time has passed. Ask for another one.")]
    Past,
    /// It is more than a year ahead.
    #[error("That is more than a year ahead. Ask for an earlier day.")]
    TooFar,
    /// No appointment begins then.
    #[error("No appointment begins then. Call free_times for the day, and offer what it says.")]
    NotOffered,
    /// The clock skips this time (daylight saving).
    #[error("That time does not exist on that day, because the clocks change. Ask for another one.")]
    Skipped,
}

impl Appointments {
    /// The settings with their meaning.
    pub const SETTINGS: &'static [(&'static str, &'static str)] = &[
        (
            "APPOINTMENTS_HOURS",
            "when appointments are, such as \"mon-fri 09:00-12:00 13:00-17:00; sat 10:00-14:00\" [default: mon-fri 09:00-17:00]",
        ),
        ("APPOINTMENTS_MINUTES", "the length of one, 5 to 480 [default: 30]"),
        ("APPOINTMENTS_AT_ONCE", "how many can be at the same time, 1 to 100 [default: 1]"),
        ("APPOINTMENTS_ZONE", "time zone of the IANA database [default: America/Chicago]"),
        ("APPOINTMENTS_FILE", "SQLite file of the diary [default: appointments.db]"),
    ];

    /// What all functions of a server share.
    ///
    /// # Errors
    /// A setting that is not valid, or a diary that cannot be opened.
    pub fn shared(setup: &Setup) -> Result<Arc<Self>, SetupError> {
        setup.shared(|setup| {
            let zone = setup.setting("APPOINTMENTS_ZONE").unwrap_or_else(|| "America/Chicago".to_owned());
            let zone = TimeZone::get(&zone).map_err(|_| {
                SetupError::invalid("APPOINTMENTS_ZONE", &"expected a name such as Europe/Berlin")
            })?;
            let path = setup.setting("APPOINTMENTS_FILE").unwrap_or_else(|| "appointments.db".to_owned());
            let diary = Diary::open(&path).map_err(|error| {
                SetupError::failed(format!("cannot open the diary {path} (APPOINTMENTS_FILE)"), error)
            })?;
            Ok(Self {
                hours: setup.parse("APPOINTMENTS_HOURS")?.unwrap_or_default(),
                minutes: number(setup, "APPOINTMENTS_MINUTES", 30, 5, 480)?,
                at_once: u32::try_from(number(setup, "APPOINTMENTS_AT_ONCE", 1, 1, 100)?).unwrap_or(1),
                zone,
                diary,
            })
        })
    }

    /// The diary.
    pub fn diary(&self) -> &Diary {
        &self.diary
    }

    /// The times at which an appointment can begin on a day, free or not, from now on.
    fn times(&self, day: Date, now: Timestamp) -> Vec<DateTime> {
        let length = Span::new().minutes(self.minutes);
        let mut times = Vec::new();
        for (open, close) in self.hours.of(day.weekday()) {
            let mut begin = day.to_datetime(*open);
            let close = day.to_datetime(*close);
            while let Ok(end) = begin.checked_add(length) {
                if end > close {
                    break;
                }
                if self.check(begin, now).is_ok() {
                    times.push(begin);
                }
                begin = end;
            }
        }
        times
    }

    /// Whether a time is not past, not too far ahead, and on the clock.
    fn check(&self, time: DateTime, now: Timestamp) -> Result<Timestamp, NoSuchTime> {
        let ambiguous = self.zone.to_ambiguous_timestamp(time);
        // A time that is there twice is the first of the two.
        let begins = match ambiguous.offset() {
            jiff::tz::AmbiguousOffset::Gap { .. } => return Err(NoSuchTime::Skipped),
            _ => ambiguous.earlier().map_err(|_| NoSuchTime::TooFar)?,
        };
        if begins <= now {
            return Err(NoSuchTime::Past);
        }
        let today = now.to_zoned_datetime(self.zone.clone()).date();
        let days = today.until(time.date()).map(|span| i64::from(span.get_days()));
        if days.map_or(true, |days| days > AHEAD) { Err(NoSuchTime::TooFar) } else { Ok(begins) }
    }

    /// The same, for a time at which an appointment begins.
    fn offered(&self, time: DateTime, now: Timestamp) -> Result<(), NoSuchTime> {
        self.check(time, now)?;
        if self.times(time.date(), now).contains(&time) { Ok(()) } else { Err(NoSuchTime::NotOffered) }
    }
}

fn number(setup: &Setup, name: &'static str, default: i64, least: i64, most: i64) -> Result<i64, SetupError> {
    let Some(number) = setup.parse::<i64>(name)? else { return Ok(default) };
    if (least..=most).contains(&number) {
        return Ok(number);
    }
    Err(SetupError::invalid(name, &format_args!("expected a whole number from {least} to {most}")))
}

/// A day, as the model writes it.
///
/// ```
/// use swaig_functions::appointments::Day;
///
/// let day = Day::try_from("2027-03-04".to_owned())?;
/// assert_eq!(day.0.to_string(), "2027-03-04");
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Day(pub Date);

/// A time of day, as the model writes it.
///
/// ```
/// use swaig_functions::appointments::TimeOfDay;
///
/// let time = TimeOfDay::try_from("10:30".to_owned())?;
/// assert_eq!(time.0.to_string(), "10:30:00");
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct TimeOfDay(pub Time);

impl TryFrom<String> for Day {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Date::from_str(text.trim()).map(Self).map_err(|_| "expected a day such as 2027-03-04".to_owned())
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        // Seconds are never meant.
        let text = text.trim();
        let padded = if text.find(':') == Some(1) { format!("0{text}") } else { text.to_owned() };
        let time = Time::from_str(&padded).map_err(|_| "expected a time such as 14:30".to_owned())?;
        Ok(Self(time.with().second(0).subsec_nanosecond(0).build().unwrap_or(time)))
    }
}

macro_rules! written_as_text {
    ($type:ty, $name:literal, $words:literal) => {
        impl JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({"type": "string", "description": $words})
            }
        }
    };
}
written_as_text!(Day, "Day", "A day as YYYY-MM-DD.");
written_as_text!(TimeOfDay, "TimeOfDay", "A time of day as HH:MM, in 24 hours.");

/// A day and a time for the ear.
fn spoken(time: DateTime) -> String {
    format!("{} at {}", time.strftime("%A, %B %-d"), spoken_time(time))
}

fn spoken_time(time: DateTime) -> String {
    time.strftime(if time.minute() == 0 { "%-I %p" } else { "%-I:%M %p" }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn appointments(settings: &[(&str, &str)]) -> Arc<Appointments> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("diary.db").display().to_string();
        let mut all = vec![("APPOINTMENTS_FILE", path.as_str())];
        all.extend(settings);
        Appointments::shared(&Setup::test(all)).unwrap()
    }

    #[test]
    fn times_are_within_the_hours_and_in_the_future() {
        let appointments = appointments(&[
            ("APPOINTMENTS_HOURS", "mon-fri 09:00-10:10 13:00-14:00"),
            ("APPOINTMENTS_ZONE", "Europe/Berlin"),
        ]);
        // Wednesday, half past nine in Berlin.
        let now: Timestamp = "2026-11-25T08:30:00Z".parse().unwrap();
        let times = |day: &str| -> Vec<String> {
            let times = appointments.times(day.parse().unwrap(), now);
            times.iter().map(|time| time.strftime("%H:%M").to_string()).collect()
        };
        assert_eq!(times("2026-11-25"), ["13:00", "13:30"]);
        assert_eq!(times("2026-11-26"), ["09:00", "09:30", "13:00", "13:30"]);
        assert_eq!(times("2026-11-28"), [""; 0], "Saturday");
        let offered = |time: &str| appointments.offered(time.parse().unwrap(), now);
        assert_eq!(offered("2026-11-26T09:00"), Ok(()));
        assert_eq!(offered("2026-11-26T09:10"), Err(NoSuchTime::NotOffered));
        assert_eq!(offered("2026-11-25T09:00"), Err(NoSuchTime::Past));
        assert_eq!(offered("2030-11-26T09:00"), Err(NoSuchTime::TooFar));
    }

    #[test]
    fn a_time_that_the_clock_skips_is_none() {
        let appointments = appointments(&[
            ("APPOINTMENTS_HOURS", "sun 00:00-23:00"),
            ("APPOINTMENTS_ZONE", "Europe/Berlin"),
        ]);
        let now: Timestamp = "2027-03-27T12:00:00Z".parse().unwrap();
        assert_eq!(appointments.offered("2027-03-28T02:30".parse().unwrap(), now), Err(NoSuchTime::Skipped));
        assert_eq!(appointments.offered("2027-03-28T03:00".parse().unwrap(), now), Ok(()));
    }

    #[test]
    fn days_and_times_are_read_as_a_model_writes_them() {
        assert_eq!(TimeOfDay::try_from("9:30".to_owned()), Ok(TimeOfDay(Time::constant(9, 30, 0, 0))));
        assert_eq!(TimeOfDay::try_from(" 14:30:20 ".to_owned()), Ok(TimeOfDay(Time::constant(14, 30, 0, 0))));
        assert!(TimeOfDay::try_from("half past nine".to_owned()).unwrap_err().contains("14:30"));
        assert!(Day::try_from("tomorrow".to_owned()).unwrap_err().contains("2027-03-04"));
        assert_eq!(spoken("2027-03-04T14:30".parse().unwrap()), "Thursday, March 4 at 2:30 PM");
        assert_eq!(spoken_time("2027-03-04T09:00".parse().unwrap()), "9 AM");
    }

    #[test]
    fn what_is_set_wrongly_is_told() {
        for (name, value) in [
            ("APPOINTMENTS_HOURS", "always"),
            ("APPOINTMENTS_MINUTES", "1"),
            ("APPOINTMENTS_AT_ONCE", "x"),
            ("APPOINTMENTS_ZONE", "Berlin"),
            ("APPOINTMENTS_FILE", "/nowhere/at/all.db"),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("diary.db").display().to_string();
            // The later one of two equal names counts.
            let setup = Setup::test([("APPOINTMENTS_FILE", path.as_str()), (name, value)]);
            let error = Appointments::shared(&setup).err().map(|error| error.to_string());
            assert!(error.is_some_and(|error| error.contains(name)), "{name}");
        }
    }
}
