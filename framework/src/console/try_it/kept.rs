//! What travels in the forms: the call as the platform has it. It is sealed, so that nobody sends another one; a seal hides
//! nothing, but a number does not stand on the page as it is.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::platform::{CallState, Line};
use crate::seal::LONGEST;
use crate::server::App;

/// How long a page may lie open.
const LIFETIME: Duration = Duration::from_hours(12);
/// How many entries of what was said are kept for the report.
const LOG: usize = 40;
const PURPOSE: &str = "call that is tried";

/// A call between two requests.
#[derive(Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) agent_id: String,
    pub(super) state: CallState,
    pub(super) log: Vec<Value>,
}

/// Why a call cannot go on.
#[derive(Debug, thiserror::Error)]
pub(super) enum KeptError {
    #[error("What this page kept of the call is out of date, or was changed. Begin again.")]
    Foreign,
    #[error(
        "The call keeps more data than fits into this page (16 KiB), so it cannot go on here. Try it with the command `chat`."
    )]
    TooLarge,
}

impl Kept {
    pub(super) fn of(line: &Line) -> Self {
        let log = line.log[line.log.len().saturating_sub(LOG)..].to_vec();
        Self { agent_id: line.agent_id().to_owned(), state: line.call.state().clone(), log }
    }

    /// Its text for a form. What was said goes where there is no room for it.
    pub(super) fn seal(mut self, app: &App, agent: &str) -> Result<String, KeptError> {
        let seal = |kept: &Self| {
            let sealed = app.setup.sealer().seal(PURPOSE, &[agent], kept, LIFETIME);
            sealed.ok().filter(|text| text.len() <= LONGEST)
        };
        if let Some(text) = seal(&self) {
            return Ok(text);
        }
        self.log.clear();
        seal(&self).ok_or(KeptError::TooLarge)
    }

    pub(super) fn open(app: &App, agent: &str, text: &str) -> Result<Self, KeptError> {
        app.setup.sealer().open(PURPOSE, &[agent], text).map_err(|_| KeptError::Foreign)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::setup::Setup;

    #[tokio::test]
    async fn a_call_comes_back_as_it_was_and_for_its_agent_alone() {
        let app =
            App::build(Setup::test([("X", "y")]), &url::Url::parse("http://127.0.0.1:1").unwrap()).unwrap();
        let state: CallState =
            serde_json::from_value(json!({"call_id": "c1", "caller": "+15551230000"})).unwrap();
        let kept = |log: Vec<Value>| Kept { agent_id: "a".to_owned(), state: state.clone(), log };
        let sealed = kept(vec![json!({"role": "user"})]).seal(&app, "lab").unwrap();
        assert!(!sealed.contains("5551230000"), "{sealed}");
        let opened = Kept::open(&app, "lab", &sealed).unwrap();
        assert_eq!((opened.state, opened.log.len()), (state.clone(), 1));
        for (agent, text) in [("other", &*sealed), ("lab", "x"), ("lab", "")] {
            assert!(matches!(Kept::open(&app, agent, text), Err(KeptError::Foreign)));
        }
        // Too much was said: the call goes on without it.
        let sealed = kept(vec![json!("x".repeat(20_000))]).seal(&app, "lab").unwrap();
        assert!(Kept::open(&app, "lab", &sealed).unwrap().log.is_empty());
        let large = Kept { agent_id: "x".repeat(20_000), state, log: Vec::new() };
        assert!(matches!(large.seal(&app, "lab"), Err(KeptError::TooLarge)));
    }
}
