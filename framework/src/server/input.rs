//! `POST /{agent}/input`: a message for a caller's agent, from another program.

use std::sync::Arc;

use hyper::{Response, StatusCode};
use serde_json::{Value, json};

use super::app::App;
use super::response::{Body, json, refusal};
use crate::call::InputError;
use crate::registry::RegisteredAgent;

/// Queues the `text` for the conversation `conversation_id` and answers how many messages wait.
pub(super) async fn answer(
    app: &App,
    agent: &RegisteredAgent,
    agent_id: Arc<str>,
    body: &Value,
) -> Response<Body> {
    let text = |key| body.get(key).and_then(Value::as_str);
    let (Some(conversation_id), Some(text)) = (text("conversation_id"), text("text")) else {
        return refusal(
            StatusCode::UNPROCESSABLE_ENTITY,
            r#"expected two texts: {"conversation_id": "…", "text": "…"}"#,
        );
    };
    let queue = app.setup.inputs().queue(&agent.name, &agent_id, conversation_id);
    let error = match queue.push(text).await {
        Ok(waiting) => {
            app.recorder.flush().await;
            return json(StatusCode::ACCEPTED, &json!({"response": "message queued", "waiting": waiting}));
        }
        Err(error) => error,
    };
    let status = match &error {
        InputError::Conversation | InputError::Text => StatusCode::UNPROCESSABLE_ENTITY,
        InputError::NotAccepted { .. } => StatusCode::CONFLICT,
        InputError::Full => StatusCode::TOO_MANY_REQUESTS,
        InputError::NotServing | InputError::Store(_) => {
            tracing::error!(error = &error as &dyn std::error::Error, "a message was not queued");
            StatusCode::SERVICE_UNAVAILABLE
        }
    };
    refusal(status, &error.to_string())
}
