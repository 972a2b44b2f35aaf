//! A program with an agent that leaks, beside the reference agent.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use swaig_tests::{Program, made};

use crate::{SECRETS, USER};

/// An agent that does with a code, a number and a token what no agent should do.
const LEAKY: &str = r#"
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use swaig::swml::ai::{PostPrompt, Prompt};
use swaig::{Agent, AgentDefinition, Call, Event, Function, FunctionError, IncomingCall, PhoneNumber, Report, Reply, Setup, SetupError, async_trait};
use swaig_agents as _;
use swaig_functions::mfa::Token;

fn main() -> std::process::ExitCode {
    swaig::main()
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Leak {
    /// How to fail.
    how: String,
    /// A code.
    token: Token,
    /// A number.
    number: PhoneNumber,
    /// Anything.
    note: String,
}

struct Leaks {
    api_token: String,
}

#[async_trait]
impl Function for Leaks {
    const NAME: &'static str = "leak";
    const DESCRIPTION: &'static str = "Leaks";
    type Args = Leak;

    fn build(setup: &Setup) -> Result<Self, SetupError> {
        Ok(Self { api_token: setup.setting("SIGNALWIRE_API_TOKEN").unwrap_or_default() })
    }

    async fn call(&self, args: Leak, call: &Call) -> Result<Reply, FunctionError> {
        let raw = serde_json::to_string(call.raw())?;
        let all = format!("{args:?} {} {} {raw} {} {:?}", args.token, args.number, self.api_token, call);
        match args.how.as_str() {
            "panic" => panic!("{all}"),
            "error" => Err(FunctionError::new("It failed.").caused_by(std::io::Error::other(all))),
            "question" => Err(std::io::Error::other(all))?,
            "event" => {
                call.broadcast(Event::new("leaked", json!({"all": all, "token": args.token, "raw": call.raw(), "note": args.note})));
                Ok(Reply::text(all))
            }
            // What a type masks may be logged.
            _ => {
                tracing::info!(token = %args.token, number = %args.number, ?args.token, ?args.number, caller = ?call.caller(), "{call:?}");
                Ok(Reply::text("done"))
            }
        }
    }
}
swaig::register_function!(Leaks);

struct Leaky;

#[async_trait]
impl Agent for Leaky {
    const NAME: &'static str = "leaky";

    fn build(_: &Setup) -> Result<Self, SetupError> {
        Ok(Self)
    }

    fn define(&self) -> AgentDefinition {
        AgentDefinition::new(Prompt::text("You leak.")).post_prompt(PostPrompt::text("Sum up.")).function(Leaks::NAME)
    }

    async fn for_call(&self, _: AgentDefinition, call: &IncomingCall) -> AgentDefinition {
        panic!("{call:?} {:?}", call.raw())
    }

    async fn on_report(&self, report: &Report) {
        panic!("{}", report.raw())
    }
}
swaig::register_agent!(Leaky);
"#;

fn leaky() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let functions = made::member("swaig-functions", "functions");
        let more = format!("serde_json = \"1\"\ntracing = \"0.1\"\n{functions}");
        let files = [("src/main.rs".to_owned(), LEAKY.to_owned())];
        let built = made::build(env!("CARGO_TARGET_TMPDIR"), "leaky", "leaky", &more, &files);
        built.into_iter().find(|(name, _)| name == "leaky").expect("it was built").1
    })
}

pub(crate) fn program(log_format: &str) -> Program {
    Program::at(leaky())
        .arguments(["--listen", "127.0.0.1:0", "--log-format", log_format])
        .settings(SECRETS)
        .set("SWML_BASIC_AUTH_USER", USER)
        .set("SIGNALWIRE_REQUIRE_SIGNATURE", "none")
        .set("MFA_TOKEN_LENGTH", "8")
        .set("RUST_LOG", "trace")
}
