//! The survey: Sam asks the questions of a file, one after the other, and keeps the answers.

use std::time::Duration;

use swaig::swml::Hangup;
use swaig::swml::ai::{Language, Params, PomSection, PostPrompt, Prompt};
use swaig::{Agent, AgentDefinition, Function as _, Setup, SetupError};
use swaig_functions::survey::{Questions, RecordAnswer, Survey as Asked};

/// Asks the questions of a survey.
///
/// ```
/// use swaig::testing::Platform;
/// use swaig_agents as _;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// # let file = std::env::temp_dir().join(format!("survey-agent-{}.db", std::process::id()));
/// let platform = Platform::new([("SWAIG_AGENTS", "survey"), ("SURVEY_ANSWERS", file.to_str().unwrap())]);
/// let call = platform.call("survey").from("+15551230000").await;
/// assert!(call.can_call("record_answer"));
/// # let _ = std::fs::remove_file(file);
/// # }
/// ```
pub struct Survey {
    questions: Questions,
}

impl Agent for Survey {
    const NAME: &'static str = "survey";
    const DESCRIPTION: &'static str = "Sam asks the questions of a survey and keeps the answers";
    const ON_REQUEST: bool = true;

    fn build(setup: &Setup) -> Result<Self, SetupError> {
        Ok(Self { questions: Asked::questions_of(setup)? })
    }

    fn define(&self) -> AgentDefinition {
        let questions = self.questions.questions.iter().map(|question| {
            format!("{} (key {}; expected: {})", question.ask, question.key, question.expected())
        });
        let prompt = Prompt::pom([
            PomSection::new("Role").body(format!(
                "You are Sam and ask callers the questions of a survey: \"{}\". Say how many questions there are, ask whether the caller has a minute, and begin once they agree. If they do not, thank them and say goodbye.",
                self.questions.title
            )),
            PomSection::new("Questions").bullets(questions).numbered_bullets(true),
            PomSection::new("Rules").bullets([
                "Ask the questions in their order, one at a time, in your own words but with the same meaning.",
                "After each answer call record_answer with the key of the question, and go on with what it says.",
                "If an answer fits in no way, say what is expected, and ask once more. After that, go on with the next question.",
                "Never suggest an answer, and never judge one.",
                "If the caller wants to change an answer, call record_answer with that key again.",
            ]),
        ]);
        AgentDefinition::new(prompt.temperature(0.3))
            .post_prompt(PostPrompt::text(
                "Summarise the call as JSON with the keys finished (boolean), mood (one word) and summary (one sentence). Leave out the answers themselves.",
            ))
            .language(Language::new("English", "en-US", "elevenlabs.josh").speech_fillers(["Okay.", "I see."]))
            .params(Params::new().ai_name("Sam").inactivity_timeout(Duration::from_mins(1)))
            .function(RecordAnswer::NAME)
            .after(Hangup::new())
    }
}
swaig::register_agent!(Survey);
