//! `POST /{agent}/post_prompt` and `POST /{agent}/debug`: what the platform reports.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt as _;
use hyper::{Response, StatusCode};
use serde_json::json;

use super::app::App;
use super::conversation;
use super::response::{Body, json, refusal};
use crate::call::{DEADLINE, DebugEvents, Report};
use crate::registry::RegisteredAgent;
use crate::store::{Conversation, Event};

/// Stores an end-of-call report and tells those who watch.
pub(crate) async fn post_prompt(
    app: &App,
    agent: &RegisteredAgent,
    agent_id: Arc<str>,
    report: Report,
) -> Response<Body> {
    // Of the id as it came: its masked form may be that of other callers too.
    let key = conversation::key(agent, &agent_id, report.conversation_id());
    let masked = Report::new(app.redactor.json(report.raw()));
    let call_id = masked.call_id().map(str::to_owned);
    let summary = masked.summary().map(str::to_owned);
    let conversation = Conversation::new(agent.name.clone(), agent_id.clone(), key, masked);
    let id = match app.store.put(&conversation).await {
        Ok(stored) => stored.id,
        Err(error) => {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                call_id,
                "an end-of-call report was not stored"
            );
            return refusal(StatusCode::SERVICE_UNAVAILABLE, "the report could not be stored; send it again");
        }
    };
    contained("on_report", agent, agent.agent.on_report(&report)).await;
    let event = Event::new("conversation_ended", json!({"conversation": id, "summary": summary}));
    app.sink(agent, &agent_id).emit(event, call_id.as_deref());
    app.recorder.flush().await;
    json(StatusCode::OK, &json!({"response": "data received"}))
}

/// Broadcasts what the platform's debug feed says.
pub(crate) async fn debug(
    app: &App,
    agent: &RegisteredAgent,
    agent_id: Arc<str>,
    post: DebugEvents,
) -> Response<Body> {
    let events = async {
        for event in post.events() {
            agent.agent.on_event(&event).await;
        }
    };
    contained("on_event", agent, events).await;
    let event = Event::new("debug", post.raw().clone());
    app.sink(agent, &agent_id).emit(event, post.call_info().call_id());
    app.recorder.flush().await;
    json(StatusCode::OK, &json!({"response": "data received"}))
}

/// Runs an agent's own code: its panic and its slowness are its own.
async fn contained(what: &str, agent: &RegisteredAgent, code: impl Future<Output = ()>) {
    match tokio::time::timeout(DEADLINE, AssertUnwindSafe(code).catch_unwind()).await {
        Ok(Ok(())) => {}
        Ok(Err(_)) => tracing::error!(agent = %agent.name, "{what} panicked"),
        Err(_) => tracing::error!(agent = %agent.name, "{what} took longer than 8 seconds and was stopped"),
    }
}
