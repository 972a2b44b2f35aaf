//! A bank's desk: the opening hours are for everybody, money moves only for a caller who was verified.
//!
//! ```sh
//! cargo run -p swaig-examples --bin bank
//! ```
//!
//! `transfer_money` declares a [`StepUp`]. Until the caller is verified the model does not see the function, and if it
//! is called all the same (by a model that was talked into it, or by somebody who forged `meta_data`), the server refuses.

use std::process::ExitCode;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use swaig::swml::ai::{Language, Prompt};
use swaig::{
    Agent, AgentDefinition, Call, Function, FunctionError, NoArgs, Reply, Setup, SetupError, StepUp,
    async_trait,
};
use swaig_functions::mfa::{SendMfa, VerifyMfa};

/// Tells when the branch is open: no secret.
struct BranchHours;

#[async_trait]
impl Function for BranchHours {
    const NAME: &'static str = "branch_hours";
    const DESCRIPTION: &'static str = "Say when the branch is open";
    type Args = NoArgs;

    fn build(_: &Setup) -> Result<Self, SetupError> {
        Ok(Self)
    }

    async fn call(&self, _: NoArgs, _: &Call) -> Result<Reply, FunctionError> {
        Ok(Reply::text("The branch is open from Monday to Friday, 9 to 5"))
    }
}
swaig::register_function!(BranchHours);

/// Moves money: only within ten minutes of a verification.
struct TransferMoney;

#[derive(Deserialize, JsonSchema)]
struct TransferMoneyArgs {
    /// Who gets the money, as the caller names them.
    to: String,
    /// How much, in whole euros.
    #[schemars(range(min = 1, max = 1000))]
    euros: u32,
}

#[async_trait]
impl Function for TransferMoney {
    const NAME: &'static str = "transfer_money";
    const DESCRIPTION: &'static str = "Transfer money from the caller's account";
    const STEP_UP: Option<StepUp> = Some(StepUp::new(SendMfa::NAME).within(Duration::from_mins(10)));
    type Args = TransferMoneyArgs;

    fn build(_: &Setup) -> Result<Self, SetupError> {
        Ok(Self)
    }

    async fn call(&self, args: TransferMoneyArgs, call: &Call) -> Result<Reply, FunctionError> {
        // The gate has seen to it that there is one; the record says how the caller was verified.
        let by = call.verification().map(|verification| verification.by).unwrap_or_default();
        Ok(Reply::text(format!(
            "{} euros are on their way to {} (caller verified by {by})",
            args.euros, args.to
        )))
    }
}
swaig::register_function!(TransferMoney);

struct Bank;

impl Agent for Bank {
    const NAME: &'static str = "bank";
    const DESCRIPTION: &'static str =
        "Vera answers the bank's phone, and moves money for callers who are verified";

    fn build(_: &Setup) -> Result<Self, SetupError> {
        Ok(Self)
    }

    fn define(&self) -> AgentDefinition {
        AgentDefinition::new(Prompt::text(
            "You are Vera, at the desk of a bank. Answer questions about the branch. Before a caller can transfer money \
             they have to be verified: call send_mfa, ask for the code that was texted, and call verify_mfa with it. \
             Then transfer_money can be used.",
        ))
        .language(Language::new("English", "en-US", "elevenlabs.rachel"))
        // The URLs in the document are good for one call only.
        .call_tokens()
        .function(BranchHours::NAME)
        .function(SendMfa::NAME)
        .function(VerifyMfa::NAME)
        .function(TransferMoney::NAME)
    }
}
swaig::register_agent!(Bank);

fn main() -> ExitCode {
    swaig::main()
}
