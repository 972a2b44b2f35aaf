//! `POST /{agent}/swaig`: function calls and the discovery of signatures.

use std::sync::Arc;

use hyper::{Response, StatusCode};
use serde_json::json;

use super::app::App;
use super::dispatch;
use super::response::{Body, json, json_bytes};
use crate::agent::render;
use crate::call::{FunctionRequest, SignatureRequest};
use crate::registry::RegisteredAgent;
use crate::store::Event;

/// Runs the function that the model calls.
pub(crate) async fn call(
    app: &Arc<App>,
    agent: &Arc<RegisteredAgent>,
    agent_id: Arc<str>,
    request: FunctionRequest,
) -> Response<Body> {
    json_bytes(dispatch::dispatch(app, agent, agent_id, request).await)
}

/// Answers `get_signature`: the definitions that were asked for, or all, each with its own URL. Names that are not known
/// are left out.
pub(crate) async fn signatures(
    app: &App,
    agent: &RegisteredAgent,
    agent_id: &Arc<str>,
    request: &SignatureRequest,
) -> Response<Body> {
    let urls = app.urls(agent, agent_id);
    let found: Vec<_> = render::signatures(&agent.definition, &app.registry, &agent.name)
        .into_iter()
        .filter(|signature| signature.read().function().is_some_and(|name| request.asks_for(&name)))
        .map(|signature| signature.web_hook_url(urls.swaig()))
        .collect();
    let asked: Vec<_> = request.functions().collect();
    let data = json!({"asked": asked, "given": found.len()});
    app.sink(agent, agent_id).emit(Event::new("signatures_fetched", data), None);
    app.recorder.flush().await;
    json(StatusCode::OK, &found)
}
