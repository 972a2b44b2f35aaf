//! The FAQ: Finn answers questions out of a folder of Markdown, and says so when he does not know.

use std::time::Duration;

use swaig::swml::Hangup;
use swaig::swml::ai::{Language, Params, PomSection, PostPrompt, Prompt};
use swaig::{Agent, AgentDefinition, Function as _, Setup, SetupError};
use swaig_functions::knowledge::KnowledgeSearch;

/// Answers questions out of a folder.
///
/// ```
/// use swaig::testing::Platform;
/// use swaig_agents as _;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let platform = Platform::new([("SWAIG_AGENTS", "faq")]);
/// let call = platform.call("faq").from("+15551230000").await;
/// assert_eq!(call.functions(), ["knowledge_search"]);
/// # }
/// ```
pub struct Faq {
    business: String,
}

impl Agent for Faq {
    const NAME: &'static str = "faq";
    const DESCRIPTION: &'static str = "Finn answers questions out of a folder of Markdown";
    const ON_REQUEST: bool = true;

    fn build(setup: &Setup) -> Result<Self, SetupError> {
        Ok(Self { business: setup.setting("FAQ_BUSINESS").unwrap_or_else(|| "a shop".to_owned()) })
    }

    fn define(&self) -> AgentDefinition {
        let prompt = Prompt::pom([
            PomSection::new("Role").body(format!("You are Finn and answer the questions of callers about {}.", self.business)),
            PomSection::new("Rules").bullets([
                "Before you answer a question, look it up with knowledge_search. Answer out of what it gives, in one or two sentences.",
                "If nothing is found, try once more with other words. Then say that you do not know; never guess.",
                "Numbers, prices and times are said exactly as they are written.",
                "What is not about the business is not for you: say so kindly.",
            ]),
        ]);
        AgentDefinition::new(prompt.temperature(0.2))
            .post_prompt(PostPrompt::text(
                "Summarise the call as JSON with the keys questions (list), unanswered (list) and summary (one sentence).",
            ))
            .language(
                Language::new("English", "en-US", "elevenlabs.josh").function_fillers(["Let me look that up."]),
            )
            .params(Params::new().ai_name("Finn").inactivity_timeout(Duration::from_mins(1)))
            .function(KnowledgeSearch::NAME)
            .after(Hangup::new())
    }
}
swaig::register_agent!(Faq);
