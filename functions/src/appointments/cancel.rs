//! `cancel_appointment`: the caller's own appointments, and how one is given back.

use std::sync::Arc;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use swaig::{Call, Event, Function, FunctionError, Reply, Setup, SetupError, async_trait};

use super::{Appointments, BookAppointment, Day, FreeTimes, TimeOfDay, book, spoken};

/// Cancels an appointment of the caller, or says which there are.
///
/// The caller is who the network says: the number that the call comes from. A business whose appointments are worth more
/// than that mounts it with a verification ([`StepUp`](swaig::StepUp)).
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use swaig::{Call, Function as _, Setup};
/// use swaig_functions::appointments::{CancelAppointment, CancelAppointmentArgs};
///
/// # let file = std::env::temp_dir().join(format!("diary-cancel-{}.db", std::process::id()));
/// let setup = Setup::test([("APPOINTMENTS_FILE", file.to_str().unwrap())]);
/// let cancel = CancelAppointment::build(&setup)?;
/// let call = Call::test().with_caller("+15551230000");
/// let reply = cancel.call(CancelAppointmentArgs { day: None, time: None }, &call).await;
/// assert_eq!(reply.unwrap().spoken(), "The caller has no appointment.");
/// # std::fs::remove_file(file)?;
/// # Ok(()) }
/// ```
pub struct CancelAppointment {
    /// Hours and diary.
    pub appointments: Arc<Appointments>,
}

/// The arguments of [`CancelAppointment`].
///
/// ```
/// use swaig_functions::appointments::CancelAppointmentArgs;
///
/// let args: CancelAppointmentArgs = serde_json::from_str(r#"{"day": "2027-03-04"}"#)?;
/// assert!(args.day.is_some() && args.time.is_none());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct CancelAppointmentArgs {
    /// The day of the appointment, as YYYY-MM-DD. Leave day and time out to hear which appointments the caller has.
    pub day: Option<Day>,
    /// When it begins, as HH:MM in 24 hours.
    pub time: Option<TimeOfDay>,
}

#[async_trait]
impl Function for CancelAppointment {
    const NAME: &'static str = "cancel_appointment";
    const DESCRIPTION: &'static str =
        "Look up the caller's own appointments, and cancel one once the caller has agreed to it";
    const SETTINGS: &'static [(&'static str, &'static str)] = Appointments::SETTINGS;
    type Args = CancelAppointmentArgs;

    fn build(setup: &Setup) -> Result<Self, SetupError> {
        Ok(Self { appointments: Appointments::shared(setup)? })
    }

    async fn call(&self, args: CancelAppointmentArgs, call: &Call) -> Result<Reply, FunctionError> {
        let it = &*self.appointments;
        let caller = book::caller(call)?;
        let now = Timestamp::now().to_zoned_datetime(it.zone.clone()).datetime();
        let own = it.diary.of(&caller, now).await.map_err(book::unreadable)?;
        let list = || {
            let times: Vec<_> = own
                .iter()
                .map(|it| format!("{} ({})", spoken(it.begins), it.begins.strftime("%F %H:%M")))
                .collect();
            times.join("; ")
        };
        let (Some(day), Some(time)) = (args.day, args.time) else {
            return Ok(Reply::text(if own.is_empty() {
                "The caller has no appointment.".to_owned()
            } else {
                format!("The caller has: {}. Ask which one is meant.", list())
            })
            // The question may be asked again.
            .allow_again(Self::NAME));
        };
        let begins = day.0.to_datetime(time.0);
        if !own.iter().any(|it| it.begins == begins) {
            let text = if own.is_empty() {
                "The caller has no appointment, so nothing was cancelled.".to_owned()
            } else {
                format!("The caller has no appointment then, so nothing was cancelled. There is: {}.", list())
            };
            return Err(FunctionError::new(text));
        }
        it.diary.cancel(&caller, begins).await.map_err(book::unreadable)?;
        call.broadcast(Event::new("appointment_cancelled", json!({"begins": begins.to_string()})));
        Ok(Reply::text(format!("Cancelled: {}.", spoken(begins)))
            .allow_again(BookAppointment::NAME)
            .allow_again(FreeTimes::NAME))
    }
}
swaig::register_function!(CancelAppointment);
