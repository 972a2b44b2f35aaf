//! The MFA digital employee: Jim sends the caller a one-time code and verifies it.
//!
//! The conversation goes through four steps, in strict order: greet → send → verify → wrap up. Each step has only the
//! functions that it needs, so that the model cannot verify before it has sent.

use std::time::Duration;

use swaig::swml::Hangup;
use swaig::swml::ai::{Context, ContextStep, Contexts, Language, Params, PomSection, PostPrompt, Prompt};
use swaig::{Agent, AgentDefinition, Function as _, Setup, SetupError};
use swaig_functions::mfa::{MfaSettings, SendMfa, VerifyMfa};

/// The MFA digital employee.
///
/// ```
/// use swaig::testing::Platform;
/// use swaig_agents as _;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let platform = Platform::new([("SWAIG_AGENTS", "mfa")]);
/// let call = platform.call("mfa").from("+15551230000").await;
/// assert!(call.prompt().contains("Jim"));
/// # }
/// ```
pub struct Mfa {
    digits: u32,
}

impl Agent for Mfa {
    const NAME: &'static str = "mfa";
    const DESCRIPTION: &'static str = "Jim texts the caller a one-time code and verifies it";

    fn build(setup: &Setup) -> Result<Self, SetupError> {
        Ok(Self { digits: MfaSettings::from_setup(setup)?.token_length.get() })
    }

    fn define(&self) -> AgentDefinition {
        AgentDefinition::new(self.prompt().temperature(0.3).top_p(0.8))
            .post_prompt(PostPrompt::text(
                "Summarise the call as JSON with the keys verified (boolean), codes_sent (number), problems (list of \
                 strings), and summary (one sentence). Never write down a code or a phone number.",
            ))
            .language(
                Language::new("English", "en-US", "elevenlabs.josh")
                    .speech_fillers(["One moment.", "Let me see."])
                    .function_fillers(["One moment, please.", "Just a second."]),
            )
            .hint("code")
            .hint("verification")
            .params(
                Params::new()
                    .ai_name("Jim")
                    // Callers pause between the digits of a code.
                    .end_of_speech_timeout(Duration::from_millis(1200))
                    .attention_timeout(Duration::from_secs(15))
                    .inactivity_timeout(Duration::from_mins(1))
                    .digit_timeout(Duration::from_secs(4))
                    .redact_prompt("one-time codes, verification codes and phone numbers"),
            )
            .function(SendMfa::NAME)
            .function(VerifyMfa::NAME)
            .after(Hangup::new())
    }
}

impl Mfa {
    fn prompt(&self) -> Prompt {
        let digits = self.digits;
        Prompt::pom([
            PomSection::new("Your name is Jim")
                .body("You speak English. You are talking to a caller on the phone."),
            PomSection::new("Personality and introduction").body(
                "You are witty but dedicated to your work. You help callers to verify who they are: you send them a \
                 one-time code and check it when they read it back.",
            ),
            PomSection::new("How you speak").bullets([
                "Use short sentences and plain words; this is a phone call.",
                "Ask one thing at a time, and wait for the answer.",
                "Read a code back digit by digit if the caller asks, never as one number.",
            ]),
            PomSection::new("Rules").bullets([
                "Follow the steps of the conversation in strict order.",
                "Only verify_mfa decides whether a code is right. Never say that the caller is verified before it has said so.",
                "When a function says that something failed, tell the caller and do what it proposes.",
                "Never ask for passwords, card numbers or anything else that is secret.",
            ]),
            PomSection::new("Functions").body("You have two functions.").subsections([
                PomSection::new("Send the code")
                    .body(format!("Use send_mfa to text a {digits} digit number to the number the caller calls from.")),
                PomSection::new("Verify the code")
                    .body(format!("Use verify_mfa with the {digits} digits that the caller reads out.")),
            ]),
        ])
        .contexts(self.steps())
    }

    /// greet → send → verify → wrap up.
    fn steps(&self) -> Contexts {
        let digits = self.digits;
        Contexts::new(Context::new([
            ContextStep::text(
                "greet",
                "Greet the caller, say your name, and ask whether you may text a verification code to the phone they call from.",
            )
            .step_criteria("The caller has agreed to receive a code.")
            .no_functions()
            .valid_steps(["send"]),
            ContextStep::text(
                "send",
                "Call send_mfa. Leave channel out for a text message; use channel call only if the caller prefers a phone call. Then say that a code is on its way.",
            )
            .step_criteria("send_mfa has said that the number was sent.")
            .functions([SendMfa::NAME])
            .valid_steps(["verify", "wrap_up"]),
            ContextStep::text(
                "verify",
                format!(
                    "Ask the caller to read out the {digits} digits of the code, then call verify_mfa with them. If it failed, say how many tries are left and ask again. If a new code is needed, or none has arrived, call send_mfa."
                ),
            )
            .step_criteria("verify_mfa has said that the verification was successful, or the caller gives up.")
            .functions([VerifyMfa::NAME, SendMfa::NAME])
            .valid_steps(["wrap_up"]),
            ContextStep::text(
                "wrap_up",
                "Say whether the caller is verified, ask whether there is anything else, and say goodbye.",
            )
            .no_functions()
            .end(true),
        ]))
    }
}

swaig::register_agent!(Mfa);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prompt_names_the_length_that_is_set() {
        let mfa = Mfa::build(&Setup::test([("MFA_TOKEN_LENGTH", "8")])).unwrap();
        let text = format!("{:?}", mfa.prompt());
        assert!(text.contains("8 digit number") && !text.contains("6 digit"), "{text}");
    }
}
