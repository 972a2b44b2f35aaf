//! `remember`: one note on the caller.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use swaig::{Call, Event, Function, FunctionError, Reply, Setup, SetupError, async_trait};

use super::{Memory, away};

/// The most characters of a note.
const LONGEST: usize = 200;

/// Keeps a note on the caller for later calls.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use swaig::{Call, Function as _, NoArgs, Setup};
/// use swaig_functions::memory::{Forget, Recall, Remember, RememberArgs};
///
/// # let file = std::env::temp_dir().join(format!("memory-remember-{}.db", std::process::id()));
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
pub struct Remember {
    memory: Arc<Memory>,
}

/// The arguments of [`Remember`].
///
/// ```
/// use swaig_functions::memory::RememberArgs;
///
/// let args: RememberArgs = serde_json::from_str(r#"{"note": "Prefers mornings."}"#)?;
/// assert_eq!(args.note, "Prefers mornings.");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
pub struct RememberArgs {
    /// What to remember, in one sentence, such as "Prefers to be called Jay". Nothing secret: no codes, no numbers of cards
    /// or accounts, nothing about health.
    pub note: String,
}

#[async_trait]
impl Function for Remember {
    const NAME: &'static str = "remember";
    const DESCRIPTION: &'static str =
        "Note something on the caller for later calls, if they ask you to or have agreed to it";
    const SETTINGS: &'static [(&'static str, &'static str)] = Memory::SETTINGS;
    type Args = RememberArgs;

    fn build(setup: &Setup) -> Result<Self, SetupError> {
        Ok(Self { memory: Memory::shared(setup)? })
    }

    async fn call(&self, args: RememberArgs, call: &Call) -> Result<Reply, FunctionError> {
        let caller = self.memory.caller(call)?;
        let note: String = args.note.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let note = note.split_whitespace().collect::<Vec<_>>().join(" ");
        if note.is_empty() || note.chars().count() > LONGEST {
            return Err(FunctionError::new(format!(
                "Nothing was noted. Say it in one sentence of at most {LONGEST} characters."
            )));
        }
        let note = self.memory.redactor.text(&note).into_owned();
        let Memory { notes, most, .. } = &*self.memory;
        notes.put(caller, note, *most, self.memory.since()).await.map_err(away)?;
        call.broadcast(Event::new("caller_remembered", json!({})));
        Ok(Reply::text("Noted for later calls."))
    }
}
swaig::register_function!(Remember);
