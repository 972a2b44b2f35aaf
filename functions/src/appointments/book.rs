//! `book_appointment`: a time for a caller.

use std::sync::Arc;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use swaig::{Call, Event, Function, FunctionError, Reply, Setup, SetupError, async_trait};

use super::{Appointment, Appointments, Booked, Day, DiaryError, FreeTimes, TimeOfDay, spoken};

/// The longest name, and the longest text about an appointment, in characters.
const LONGEST: usize = 200;

/// Books an appointment for the caller.
///
/// The diary keeps the number that the caller calls from: it tells callers apart, and the business can call back. A caller
/// who withholds it is asked to call again with it.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use swaig::{Call, Function as _, Setup};
/// use swaig_functions::appointments::{BookAppointment, BookAppointmentArgs};
///
/// # let file = std::env::temp_dir().join(format!("diary-book-{}.db", std::process::id()));
/// let setup = Setup::test([("APPOINTMENTS_FILE", file.to_str().unwrap())]);
/// let book = BookAppointment::build(&setup)?;
/// let args: BookAppointmentArgs = serde_json::from_str(r#"{"day": "2001-01-01", "time": "10:30", "name": "Ada"}"#)?;
/// let call = Call::test().with_caller("+15551230000");
/// // The day is over, and the model is told so.
/// assert!(book.call(args, &call).await.unwrap_err().reply().is_some());
/// # std::fs::remove_file(file)?;
/// # Ok(()) }
/// ```
pub struct BookAppointment {
    /// Hours and diary.
    pub appointments: Arc<Appointments>,
}

/// The arguments of [`BookAppointment`].
///
/// ```
/// use swaig_functions::appointments::BookAppointmentArgs;
///
/// let args: BookAppointmentArgs = serde_json::from_str(r#"{"day": "2027-03-04", "time": "10:30", "name": "Ada"}"#)?;
/// assert_eq!(args.name, "Ada");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
pub struct BookAppointmentArgs {
    /// The day, as YYYY-MM-DD.
    pub day: Day,
    /// When it begins, as HH:MM in 24 hours: one of the free times.
    pub time: TimeOfDay,
    /// The caller's name.
    #[schemars(length(min = 1))]
    pub name: String,
    /// What it is about, in a few words, if the caller says so.
    pub about: Option<String>,
}

#[async_trait]
impl Function for BookAppointment {
    const NAME: &'static str = "book_appointment";
    const DESCRIPTION: &'static str =
        "Book an appointment, once the caller has agreed to a day and a time and has said a name";
    const SETTINGS: &'static [(&'static str, &'static str)] = Appointments::SETTINGS;
    type Args = BookAppointmentArgs;

    fn build(setup: &Setup) -> Result<Self, SetupError> {
        Ok(Self { appointments: Appointments::shared(setup)? })
    }

    async fn call(&self, args: BookAppointmentArgs, call: &Call) -> Result<Reply, FunctionError> {
        let it = &*self.appointments;
        let caller = caller(call)?;
        let begins = args.day.0.to_datetime(args.time.0);
        it.offered(begins, Timestamp::now()).map_err(|why| FunctionError::new(why.to_string()))?;
        let short = |text: &str| text.trim().chars().take(LONGEST).collect::<String>();
        let name = short(&args.name);
        if name.is_empty() {
            return Err(FunctionError::new("Nothing is booked yet. Ask for the caller's name first."));
        }
        let about = args.about.as_deref().map(short).unwrap_or_default();
        let appointment = Appointment { begins, name: name.clone(), about };
        let booked = it.diary.book(&caller, appointment, it.at_once).await.map_err(unreadable)?;
        let when = spoken(begins);
        match booked {
            Booked::Taken => Err(FunctionError::new(format!(
                "{when} has just been taken by somebody else, and nothing is booked. Call free_times, and offer another time."
            ))),
            Booked::Already => {
                Ok(Reply::text(format!("{when} is booked for this caller already. Nothing was changed.")))
            }
            Booked::New => {
                call.broadcast(Event::new("appointment_booked", json!({"begins": begins.to_string()})));
                // What was free a moment ago is not any more, and a time that is given back can be booked again.
                Ok(Reply::text(format!("Booked for {name}: {when}. Say it back to the caller."))
                    .allow_again(FreeTimes::NAME)
                    .allow_again(super::CancelAppointment::NAME))
            }
        }
    }
}
swaig::register_function!(BookAppointment);

/// The number that stands for the caller.
pub(super) fn caller(call: &Call) -> Result<String, FunctionError> {
    let number = call.caller().phone().map(|number| number.expose().to_owned());
    number.ok_or_else(|| {
        FunctionError::new(
            "The caller's number is not shown, and appointments are kept by number. Ask the caller to call again with it shown, or offer to connect them to somebody.",
        )
    })
}

pub(super) fn unreadable(error: DiaryError) -> FunctionError {
    FunctionError::new(
        "The diary cannot be reached now, and nothing was changed. Apologise, and offer to take a message or to try again in a minute.",
    )
    .caused_by(error)
}
