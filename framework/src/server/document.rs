//! `GET|POST /{agent}`: the SWML document, in JSON or YAML.

use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt as _;
use hyper::Response;
use hyper::header::{self, HeaderValue};
use tokio::time::Instant;

use super::accept::Language;
use super::app::App;
use super::inbound::Form;
use super::response::{Body, TYPICAL, json_bytes, yaml};
use crate::agent::{AgentDefinition, render};
use crate::call::{Direction, IncomingCall};
use crate::done_by::done_by;
use crate::redact::shown_id;
use crate::registry::RegisteredAgent;
use crate::store::{OwnData, Told};
use crate::swml::{Document, Json};

/// How long an agent may think about one caller. The platform waits about 5 s for the document.
const TIME: Duration = Duration::from_secs(4);

pub(crate) async fn answer(
    app: &App,
    agent: &RegisteredAgent,
    agent_id: Arc<str>,
    call: IncomingCall,
    form: &Form,
) -> Response<Body> {
    let definition = for_call(agent, &call).await;
    let data = OwnData::new()
        .with("caller", &format_args!("{}", call.caller()))
        .with("direction", &call.direction().map(Direction::as_str))
        .with("functions", &definition.function_names());
    app.sink(agent, &agent_id).emit(Told::own("document_fetched", data), call.call_id());
    app.recorder.flush().await;
    let mut response = match form.language {
        Language::Json => in_json(app, agent, &agent_id, &definition, &call, form),
        Language::Yaml => yaml(render(app, agent, &agent_id, &definition, &call, form).to_yaml()),
    };
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept"));
    response
}

/// The document for a call, without telling those who watch that it was fetched.
#[cfg(feature = "console")]
pub(crate) async fn quietly(
    app: &App,
    agent: &RegisteredAgent,
    agent_id: &Arc<str>,
    call: &IncomingCall,
    form: &Form,
) -> Json {
    let definition = for_call(agent, call).await;
    render(app, agent, agent_id, &definition, call, form).into()
}

/// The document in JSON. One that is the same for each call is written once.
fn in_json(
    app: &App,
    agent: &RegisteredAgent,
    agent_id: &Arc<str>,
    definition: &AgentDefinition,
    call: &IncomingCall,
    form: &Form,
) -> Response<Body> {
    let write = || {
        let mut written = Vec::with_capacity(TYPICAL);
        Json::from(render(app, agent, agent_id, definition, call, form)).write(&mut written);
        Bytes::from(written)
    };
    if definition.call_tokens || !definition.is_same(&agent.now()) {
        return json_bytes(write());
    }
    let live = app.live();
    if let Some(written) = app.documents.get(&agent.name, agent_id, &form.base, &live, definition) {
        return json_bytes(written);
    }
    let written = write();
    app.documents.put(&agent.name, agent_id, &form.base, &live, definition, written.clone());
    json_bytes(written)
}

fn render(
    app: &App,
    agent: &RegisteredAgent,
    agent_id: &Arc<str>,
    definition: &AgentDefinition,
    call: &IncomingCall,
    form: &Form,
) -> Document {
    let urls = app.urls(&form.base, agent, agent_id, call.call_id());
    render::document(definition, &app.registry, &urls)
}

/// The definition for this call; the unchanged one when the agent's own code fails.
async fn for_call(agent: &RegisteredAgent, call: &IncomingCall) -> AgentDefinition {
    let now = agent.now();
    let change = agent.agent.for_call(now.clone(), call);
    let change = pin!(AssertUnwindSafe(change).catch_unwind());
    let problem = match done_by(|| Instant::now() + TIME, change).await {
        Ok(Ok(definition)) => match added(agent, &definition) {
            None => return definition,
            Some(added) => added,
        },
        Ok(Err(_)) => "for_call panicked".to_owned(),
        Err(_) => "for_call took longer than 4 seconds".to_owned(),
    };
    tracing::error!(agent = %agent.name, call_id = call.call_id().map(shown_id).as_deref(), "{problem}; the unchanged definition is used");
    now
}

/// What the definition for one call has that was not checked at start-up: nobody would answer it.
fn added(agent: &RegisteredAgent, definition: &AgentDefinition) -> Option<String> {
    let mounted = definition.mounts().iter().map(crate::Mount::name).find(|name| !agent.mounts(name));
    let mut reserved = definition.reserved_functions();
    let reserved = || reserved.find(|name| !agent.definition.reserved_functions().any(|it| it == *name));
    if let Some(name) = mounted.or_else(reserved) {
        return Some(format!("for_call mounts {name:?}, which define does not mount"));
    }
    let include = definition.includes().iter().find(|include| !agent.includes(include))?;
    let (names, url) = (include.names().join(", "), include.shown());
    Some(format!("for_call includes {names} of {url}, which define does not include"))
}
