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
pub struct Remember {
    memory: Arc<Memory>,
}

/// The arguments of [`Remember`].
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
