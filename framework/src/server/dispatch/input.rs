//! `check_for_input`: the platform asks for the messages of a conversation.

use std::time::Duration;

use bytes::Bytes;
use serde_json::json;

use super::super::app::App;
use super::super::metrics;
use crate::agent::CHECK_FOR_INPUT;
use crate::call::Call;
use crate::function::Action;
use crate::store::{ConversationKey, Event};

/// Gives the messages that wait, each as a `user_input` action, once.
///
/// Nothing tells a repeated poll from the next one. So a message whose reply is lost on the way is lost: the agent must
/// not hear a caller's words twice.
pub(super) async fn answer(app: &App, call: &Call) -> Bytes {
    let conversation_id = call.request().conversation_id().unwrap_or_default();
    let texts = match ConversationKey::new(call.agent(), call.agent_id(), conversation_id) {
        Some(key) => app.store.take(&key).await.unwrap_or_else(|error| {
            tracing::error!(error = &error as &dyn std::error::Error, "messages cannot be read");
            Vec::new()
        }),
        None => Vec::new(),
    };
    // Polls come every few seconds: those that find nothing are not worth an event.
    if texts.is_empty() {
        return Bytes::from_static(b"{}");
    }
    let (call_id, agent) = (call.shown_id(), call.agent());
    let call_id = &*call_id;
    tracing::info!(function = CHECK_FOR_INPUT, call_id, agent, messages = texts.len(), "input_given");
    metrics::function(CHECK_FOR_INPUT, "input_given", Duration::ZERO);
    let actions: Vec<_> = texts.iter().map(Action::user_input).collect();
    let reply = json!({"action": actions}).to_string();
    call.broadcast(Event::new("input_given", json!({"conversation_id": conversation_id, "texts": texts})));
    reply.into()
}
