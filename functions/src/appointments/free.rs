//! `free_times`: when an appointment can be had.

use std::sync::Arc;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use swaig::{Call, Effect, Function, FunctionError, Reply, Setup, SetupError, async_trait};

use super::{Appointments, Day, book, spoken_time};

/// How many times are offered at once: nobody remembers more by ear.
const OFFERED: usize = 6;
/// How many days are looked through for the next free one.
const DAYS: usize = 60;

/// Says which times of a day are free, and which day is the next with one.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use swaig::{Call, Function as _, Setup};
/// use swaig_functions::appointments::{FreeTimes, FreeTimesArgs};
///
/// # let file = std::env::temp_dir().join(format!("diary-freetimes-{}.db", std::process::id()));
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
pub struct FreeTimes {
    /// Hours and diary.
    pub appointments: Arc<Appointments>,
}

/// The arguments of [`FreeTimes`].
///
/// ```
/// use swaig_functions::appointments::FreeTimesArgs;
///
/// let args: FreeTimesArgs = serde_json::from_str(r#"{}"#)?;
/// assert!(args.day.is_none());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
pub struct FreeTimesArgs {
    /// The day that the caller asks about, as YYYY-MM-DD. Leave it out for the next day with a free time.
    pub day: Option<Day>,
}

#[async_trait]
impl Function for FreeTimes {
    const NAME: &'static str = "free_times";
    const DESCRIPTION: &'static str = "Look up which times are free for an appointment";
    const EFFECT: Effect = Effect::None;
    const SETTINGS: &'static [(&'static str, &'static str)] = Appointments::SETTINGS;
    type Args = FreeTimesArgs;

    fn build(setup: &Setup) -> Result<Self, SetupError> {
        Ok(Self { appointments: Appointments::shared(setup)? })
    }

    async fn call(&self, args: FreeTimesArgs, _: &Call) -> Result<Reply, FunctionError> {
        let it = &*self.appointments;
        let now = Timestamp::now();
        let today = now.to_zoned_datetime(it.zone.clone()).date();
        let first = args.day.map_or(today, |day| day.0).max(today);
        let wanted = args.day.is_some();
        for (number, day) in first.series(jiff::Span::new().days(1)).take(DAYS).enumerate() {
            let taken = it.diary.taken(day).await.map_err(book::unreadable)?;
            let is_free = |time: &jiff::civil::DateTime| {
                let booked = taken.iter().filter(|it| *it == time).count();
                u32::try_from(booked).unwrap_or(u32::MAX) < it.at_once
            };
            let free: Vec<_> = it.times(day, now).into_iter().filter(is_free).collect();
            if free.is_empty() {
                continue;
            }
            let times: Vec<_> = free.iter().take(OFFERED).map(|time| spoken_time(*time)).collect();
            let more = if free.len() > OFFERED {
                format!(", and {} later ones", free.len() - OFFERED)
            } else {
                String::new()
            };
            let date = day.strftime("%A, %B %-d (%Y-%m-%d)");
            let text = if number == 0 && wanted {
                format!("Free on {date}: {}{more}.", times.join(", "))
            } else if wanted {
                format!(
                    "Nothing is free on the day that was asked for. The next day with a free time is {date}: {}{more}.",
                    times.join(", ")
                )
            } else {
                format!("The next day with a free time is {date}: {}{more}.", times.join(", "))
            };
            return Ok(Reply::text(text));
        }
        Ok(Reply::text("Nothing is free in the next two months. Apologise, and offer to take a message."))
    }
}
swaig::register_function!(FreeTimes);
