//! Why a chat cannot go on.

use crate::http::HttpError;
use crate::platform::PlatformError;

/// Why a chat cannot go on.
#[derive(Debug, thiserror::Error)]
pub(in crate::cli) enum ChatError {
    #[error(
        "no model is named: set OPENAI_API_KEY for OpenAI, or OPENAI_BASE_URL for another endpoint, such as http://127.0.0.1:11434/v1 for Ollama"
    )]
    NoModel,
    #[error("the model cannot be reached; check OPENAI_BASE_URL")]
    Unreachable { source: HttpError },
    #[error("the model {model} was not given (status {status}{}); {}", said_after(said), remedy(*status))]
    Refused { status: u16, model: String, said: String },
    #[error("the model said nothing, and its answer had no end; ask again, or choose another with --model")]
    NothingSaid,
    #[error("the agent cannot be called")]
    Agent(#[from] PlatformError),
    #[error("the script {path} cannot be used: {problem}\n  it looks like this:\n{}", super::script::EXAMPLE)]
    Script { path: String, problem: String },
    #[error("the transcript cannot be written to {path}; name another place with --transcript")]
    Transcript { path: String, source: std::io::Error },
    #[error(transparent)]
    Setup(#[from] crate::SetupError),
    #[error(transparent)]
    Store(#[from] crate::store::StoreError),
}

fn said_after(said: &str) -> String {
    if said.is_empty() { String::new() } else { format!(", {said:?}") }
}

fn remedy(status: u16) -> &'static str {
    match status {
        401 | 403 => "check OPENAI_API_KEY",
        404 => "check --model and OPENAI_BASE_URL, which usually ends in /v1",
        400 | 422 => "choose a model that can call functions, with --model",
        429 => "wait, or look at the limits of the account",
        _ => "ask again later",
    }
}
