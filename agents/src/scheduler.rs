//! The scheduler: Nora takes appointments, and never gives a time twice.

use std::time::Duration;

use swaig::swml::Hangup;
use swaig::swml::ai::{Language, Params, PomSection, PostPrompt, Prompt};
use swaig::{Agent, AgentDefinition, Function as _, Setup, SetupError};
use swaig_functions::appointments::{BookAppointment, CancelAppointment, FreeTimes};

/// Takes appointments for a business.
///
/// ```
/// use swaig::testing::Platform;
/// use swaig_agents as _;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// # let file = std::env::temp_dir().join(format!("scheduler-{}.db", std::process::id()));
/// let platform = Platform::new([
///     ("SWAIG_AGENTS", "scheduler"),
///     ("APPOINTMENTS_FILE", file.to_str().unwrap()),
/// ]);
/// let call = platform.call("scheduler").from("+15551230000").await;
/// assert!(call.can_call("free_times") && call.can_call("book_appointment"));
/// # let _ = std::fs::remove_file(file);
/// # }
/// ```
pub struct Scheduler {
    business: String,
    zone: String,
}

impl Agent for Scheduler {
    const NAME: &'static str = "scheduler";
    const DESCRIPTION: &'static str = "Nora takes appointments, and never gives a time twice";
    const ON_REQUEST: bool = true;

    fn build(setup: &Setup) -> Result<Self, SetupError> {
        Ok(Self {
            business: setup.setting("APPOINTMENTS_BUSINESS").unwrap_or_else(|| "a small practice".to_owned()),
            zone: setup.setting("APPOINTMENTS_ZONE").unwrap_or_else(|| "America/Chicago".to_owned()),
        })
    }

    fn define(&self) -> AgentDefinition {
        let prompt = Prompt::pom([
            PomSection::new("Role").body(format!(
                "You are Nora. You answer the phone of {} and take appointments. Today is ${{spoken_date}}, written ${{local_date}}.",
                self.business
            )),
            PomSection::new("How you speak").bullets([
                "Use short sentences; this is a phone call. Ask one thing at a time.",
                "Say days and times as people do, such as \"Tuesday at half past two\". Never read out a date with digits.",
                "Offer at most three times at once.",
            ]),
            PomSection::new("Rules").bullets([
                "Only free_times knows what is free. Never promise a time that it did not give.",
                "Before you book, say the day and the time back, and ask for the caller's name.",
                "An appointment exists once book_appointment has said so, and not before.",
                "Before you cancel, say which appointment it is, and wait for a yes.",
                "To move an appointment, book the new one first, then cancel the old one.",
            ]),
        ]);
        AgentDefinition::new(prompt.temperature(0.3))
            .post_prompt(PostPrompt::text(
                "Summarise the call as JSON with the keys booked (list of day and time), cancelled (list of day and time) and summary (one sentence).",
            ))
            .language(
                Language::new("English", "en-US", "elevenlabs.rachel")
                    .function_fillers(["Let me look.", "One moment, please."]),
            )
            .params(Params::new().ai_name("Nora").local_tz(&self.zone).inactivity_timeout(Duration::from_mins(1)))
            .function(FreeTimes::NAME)
            .function(BookAppointment::NAME)
            .function(CancelAppointment::NAME)
            .after(Hangup::new())
    }
}
swaig::register_agent!(Scheduler);
