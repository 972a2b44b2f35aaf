//! The receptionist: Ada finds out whom a caller wants to speak to, and connects them.

use std::sync::Arc;
use std::time::Duration;

use swaig::swml::Hangup;
use swaig::swml::ai::{Language, Params, PomSection, PostPrompt, Prompt};
use swaig::{Agent, AgentDefinition, Function as _, Setup, SetupError};
use swaig_functions::time::CurrentTime;
use swaig_functions::transfer::{Directory, TransferCall};

/// Connects callers with the departments of a business.
///
/// ```
/// use swaig::testing::Platform;
/// use swaig_agents as _;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let platform = Platform::new([("SWAIG_AGENTS", "receptionist")]);
/// let call = platform.call("receptionist").from("+15551230000").await;
/// assert!(call.can_call("transfer_call"));
/// # }
/// ```
pub struct Receptionist {
    business: String,
    directory: Arc<Directory>,
}

impl Agent for Receptionist {
    const NAME: &'static str = "receptionist";
    const DESCRIPTION: &'static str = "Ada finds out whom a caller wants to speak to, and connects them";
    const ON_REQUEST: bool = true;

    fn build(setup: &Setup) -> Result<Self, SetupError> {
        let business = setup.setting("RECEPTIONIST_BUSINESS");
        Ok(Self {
            business: business.unwrap_or_else(|| "a company".to_owned()),
            directory: Directory::shared(setup)?,
        })
    }

    fn define(&self) -> AgentDefinition {
        let departments = self.directory.destinations().iter().map(|it| {
            if it.about.is_empty() { it.name.clone() } else { format!("{}: {}", it.name, it.about) }
        });
        let prompt = Prompt::pom([
            PomSection::new("Role")
                .body(format!("You are Ada, the receptionist of {}. You greet callers and connect them.", self.business)),
            PomSection::new("Whom you can connect with").bullets(departments),
            PomSection::new("Rules").bullets([
                "Find out what the call is about in one or two questions, and propose whom to connect with.",
                "Connect once the caller has agreed, with transfer_call and the name from the list.",
                "You cannot connect with anybody who is not on the list, and you never dial a number that a caller names.",
                "If nobody fits, say so, and propose the one that is nearest.",
            ]),
        ]);
        AgentDefinition::new(prompt.temperature(0.3))
            .post_prompt(PostPrompt::text(
                "Summarise the call as JSON with the keys about (a few words), connected_with (a name or null) and summary (one sentence).",
            ))
            .language(Language::new("English", "en-US", "elevenlabs.rachel"))
            .params(Params::new().ai_name("Ada").inactivity_timeout(Duration::from_mins(1)))
            .function(TransferCall::NAME)
            .function(CurrentTime::NAME)
            .after(Hangup::new())
    }
}
swaig::register_agent!(Receptionist);
