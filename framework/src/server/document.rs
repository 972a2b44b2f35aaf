//! `GET|POST /{agent}`: the SWML document.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use hyper::Response;
use serde_json::{Value, json};
use url::Url;

use super::app::App;
use super::response::{Body, json};
use crate::agent::{AgentDefinition, render};
use crate::call::IncomingCall;
use crate::redact::shown_id;
use crate::registry::RegisteredAgent;
use crate::store::Event;

/// How long an agent may think about one caller. The platform waits about 5 s for the document.
const TIME: Duration = Duration::from_secs(4);

pub(crate) async fn answer(
    app: &App,
    agent: &RegisteredAgent,
    agent_id: Arc<str>,
    base: &Url,
    body: Value,
) -> Response<Body> {
    let call = IncomingCall::from_body(&*agent_id, body);
    let definition = for_call(agent, &call).await;
    let urls = app.urls(base, agent, &agent_id, call.call_id());
    let document = render::document(&definition, &app.registry, &urls);
    let functions: Vec<_> = definition.mounts().iter().map(crate::Mount::name).collect();
    let data = json!({
        "caller": call.caller().to_string(),
        "direction": call.direction(),
        "functions": functions,
    });
    app.sink(agent, &agent_id).emit(Event::new("document_fetched", data), call.call_id());
    app.recorder.flush().await;
    json(hyper::StatusCode::OK, &document)
}

/// The definition for this call; the unchanged one when the agent's own code fails.
async fn for_call(agent: &RegisteredAgent, call: &IncomingCall) -> AgentDefinition {
    let change = agent.agent.for_call(agent.definition.clone(), call);
    let problem = match tokio::time::timeout(TIME, AssertUnwindSafe(change).catch_unwind()).await {
        Ok(Ok(definition)) => match definition.mounts().iter().find(|mount| !agent.mounts(mount.name())) {
            None => return definition,
            Some(mount) => format!("for_call mounts {:?}, which define does not mount", mount.name()),
        },
        Ok(Err(_)) => "for_call panicked".to_owned(),
        Err(_) => "for_call took longer than 4 seconds".to_owned(),
    };
    tracing::error!(agent = %agent.name, call_id = call.call_id().map(shown_id).as_deref(), "{problem}; the unchanged definition is used");
    agent.definition.clone()
}
