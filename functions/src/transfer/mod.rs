//! Connecting a caller with somebody: `transfer_call`.
//!
//! [`TransferCall`] connects to a destination of a [`Directory`] that the operator has written, and to no other: a number
//! that a caller or a model made up is never dialled.

mod directory;

use std::sync::Arc;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use swaig::swml::{Connect, Document, Play};
use swaig::{Call, Effect, Event, Function, FunctionError, Reply, Setup, SetupError, async_trait};

pub use directory::{Destination, Directory, DirectoryError};

/// How long it rings.
const RINGS: Duration = Duration::from_secs(30);

/// Hands the caller to a destination of the directory. If nobody answers, the call says so and ends.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use swaig::{Call, Function as _, Setup};
/// use swaig_functions::transfer::{TransferCall, TransferCallArgs};
///
/// // In the sandbox there is a directory to try it with.
/// let transfer = TransferCall::build(&Setup::test([("TRANSFER_DIRECTORY", "")]))?;
/// let args = TransferCallArgs { destination: "Sales".to_owned() };
/// let reply = transfer.call(args, &Call::test()).await.unwrap();
/// assert!(serde_json::to_string(&reply)?.contains("connect"));
/// # Ok(()) }
/// ```
pub struct TransferCall {
    directory: Arc<Directory>,
}

/// The arguments of [`TransferCall`].
///
/// ```
/// use swaig_functions::transfer::TransferCallArgs;
///
/// let args: TransferCallArgs = serde_json::from_str(r#"{"destination": "Sales"}"#)?;
/// assert_eq!(args.destination, "Sales");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
pub struct TransferCallArgs {
    /// Who the caller wants to speak to: one of the names that are known.
    pub destination: String,
}

#[async_trait]
impl Function for TransferCall {
    const NAME: &'static str = "transfer_call";
    const DESCRIPTION: &'static str =
        "Connect the caller with somebody, once they have agreed to it. It ends your part of the call";
    const EFFECT: Effect = Effect::OncePerCall;
    const SETTINGS: &'static [(&'static str, &'static str)] = Directory::SETTINGS;
    type Args = TransferCallArgs;

    fn build(setup: &Setup) -> Result<Self, SetupError> {
        Ok(Self { directory: Directory::shared(setup)? })
    }

    async fn call(&self, args: TransferCallArgs, call: &Call) -> Result<Reply, FunctionError> {
        let Some(destination) = self.directory.find(&args.destination) else {
            return Err(FunctionError::new(format!(
                "There is nobody of that name, so nothing was done. Callers can be connected with: {}.",
                self.directory.names().join(", ")
            )));
        };
        call.broadcast(Event::new("call_transferred", json!({"destination": destination.name})));
        let document = Document::new()
            .step(Connect::to(&destination.number).timeout(RINGS))
            .step(Play::url("say:I am sorry, nobody answers. Please try again later. Goodbye."))
            .step(swaig::swml::Hangup::new());
        let text = format!("The caller is being connected with {}.", destination.name);
        Ok(Reply::text(text)
            .say(format!("One moment, I am connecting you with {}.", destination.name))
            .transfer_to_swml(document))
    }
}
swaig::register_function!(TransferCall);

#[cfg(test)]
mod tests {
    use super::*;

    fn function() -> TransferCall {
        let directory = "[[destinations]]\nname = \"Sales\"\nnumber = \"+15550100001\"\nabout = \"Prices\"\n\
                         [[destinations]]\nname = \"the workshop\"\nnumber = \"sip:workshop@example.com\"\n";
        TransferCall { directory: Arc::new(Directory::read(directory).unwrap()) }
    }

    #[tokio::test]
    async fn a_caller_is_connected_with_a_name_of_the_directory_alone() {
        let call = Call::test();
        let args = |name: &str| TransferCallArgs { destination: name.to_owned() };
        let reply = function().call(args(" sales "), &call).await.unwrap();
        let reply = serde_json::to_value(&reply).unwrap();
        assert_eq!(reply["action"][0]["say"], "One moment, I am connecting you with Sales.");
        assert_eq!(reply["action"][1]["transfer"], true);
        assert_eq!(reply["action"][1]["SWML"]["sections"]["main"][0]["connect"]["to"], "+15550100001");
        assert_eq!(call.broadcasts()[0].kind(), "call_transferred");
        for name in ["+15559999999", "nobody", ""] {
            let error = function().call(args(name), &call).await.unwrap_err();
            assert!(format!("{error:?}").contains("Sales, the workshop"), "{error:?}");
        }
    }
}
