//! `forget`: all notes on the caller are deleted.

use std::sync::Arc;

use serde_json::json;
use swaig::{Call, Event, Function, FunctionError, NoArgs, Reply, Setup, SetupError, async_trait};

use super::{Memory, away};

/// Deletes what was noted on the caller.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use swaig::{Call, Function as _, NoArgs, Setup};
/// use swaig_functions::memory::{Forget, Recall, Remember, RememberArgs};
///
/// # let file = std::env::temp_dir().join(format!("memory-forget-{}.db", std::process::id()));
/// let setup = Setup::test([("MEMORY_FILE", file.to_str().unwrap())]);
/// let call = Call::test().with_caller("+15551230000");
/// let args = RememberArgs { note: "Prefers mornings.".to_owned() };
/// Remember::build(&setup)?.call(args, &call).await.unwrap();
/// let recalled = Recall::build(&setup)?.call(NoArgs {}, &call).await.unwrap();
/// assert!(recalled.spoken().contains("Prefers mornings."));
/// Forget::build(&setup)?.call(NoArgs {}, &call).await.unwrap();
/// # std::fs::remove_file(file)?;
/// # Ok(()) }
/// ```
pub struct Forget {
    memory: Arc<Memory>,
}

#[async_trait]
impl Function for Forget {
    const NAME: &'static str = "forget";
    const DESCRIPTION: &'static str = "Delete all that was noted on the caller, if they ask for it";
    const SETTINGS: &'static [(&'static str, &'static str)] = Memory::SETTINGS;
    type Args = NoArgs;

    fn build(setup: &Setup) -> Result<Self, SetupError> {
        Ok(Self { memory: Memory::shared(setup)? })
    }

    async fn call(&self, _: NoArgs, call: &Call) -> Result<Reply, FunctionError> {
        let caller = self.memory.caller(call)?;
        let deleted = self.memory.notes.forget(caller).await.map_err(away)?;
        call.broadcast(Event::new("caller_forgotten", json!({"notes": deleted})));
        Ok(Reply::text(match deleted {
            0 => "Nothing was noted on this caller.".to_owned(),
            1 => "The note on this caller was deleted.".to_owned(),
            notes => format!("All {notes} notes on this caller were deleted."),
        }))
    }
}
swaig::register_function!(Forget);
