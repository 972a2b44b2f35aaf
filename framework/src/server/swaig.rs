//! `POST /{agent}/swaig`: function calls and the discovery of signatures.

use std::sync::Arc;

use hyper::{Response, StatusCode};
use serde_json::{Value, json};
use url::Url;

use super::app::App;
use super::dispatch;
use super::response::{Body, json, json_bytes};
use crate::agent::render;
use crate::call::FunctionRequest;
use crate::registry::RegisteredAgent;
use crate::store::Event;

pub(crate) async fn answer(
    app: &Arc<App>,
    agent: &Arc<RegisteredAgent>,
    agent_id: Arc<str>,
    base: &Url,
    body: Value,
) -> Response<Body> {
    let is_signature = body.get("action").and_then(Value::as_str) == Some("get_signature");
    // A function call of a Bedrock agent has an `action` too: `function` decides.
    if body.get("function").and_then(Value::as_str).is_none() && is_signature {
        return signatures(app, agent, &agent_id, base, &body).await;
    }
    let request = FunctionRequest::from_value(body).unwrap_or_default();
    json_bytes(dispatch::dispatch(app, agent, agent_id, request).await)
}

/// Answers `get_signature`: the definitions that were asked for, or all, each with its own URL. Names that are not known
/// are left out.
async fn signatures(
    app: &App,
    agent: &RegisteredAgent,
    agent_id: &Arc<str>,
    base: &Url,
    body: &Value,
) -> Response<Body> {
    let asked: Vec<&str> = body
        .get("functions")
        .and_then(Value::as_array)
        .map(|names| names.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    let urls = app.urls(base, agent, agent_id, None);
    let found: Vec<_> = render::signatures(&agent.definition, &app.registry, &agent.name)
        .into_iter()
        .filter(|signature| {
            asked.is_empty() || signature.read().function().is_some_and(|name| asked.contains(&name.as_str()))
        })
        .map(|signature| render::with_url(signature, &urls))
        .collect();
    let data = json!({"asked": asked, "given": found.len()});
    app.sink(agent, agent_id).emit(Event::new("signatures_fetched", data), None);
    app.recorder.flush().await;
    json(StatusCode::OK, &found)
}
