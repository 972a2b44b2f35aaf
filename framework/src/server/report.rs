//! `POST /{agent}/post_prompt` and `POST /{agent}/debug`: what the platform reports.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt as _;
use hyper::{Response, StatusCode};
use serde_json::json;
use uuid::Uuid;

use super::app::App;
use super::conversation;
use super::response::{Body, json, refusal};
use crate::call::{DEADLINE, DebugEvents, Report};
use crate::redact::shown_id;
use crate::registry::RegisteredAgent;
use crate::store::{Claim, Conversation, Event, Kept, NotKept, ReplyKey, Stored};

/// For how long a report that comes again is known.
const TOLD: Duration = Duration::from_hours(24);

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
    // As in all other events of the call: inside of the report it may be masked.
    let call_id = report.call_id().map(|id| shown_id(id).into_owned());
    let summary = masked.summary().map(str::to_owned);
    let conversation =
        Conversation::new(agent.name.clone(), agent_id.clone(), key, masked).of_call(call_id.clone());
    let told = ReplyKey {
        agent_id: agent_id.to_string(),
        call_id: call_id.clone().unwrap_or_default(),
        function: "on_report".to_owned(),
        argument: conversation.digest(),
    };
    let kept = match app.recorder.report(conversation).await {
        Ok(kept) => kept,
        Err(error) => return not_kept(&error, call_id.as_deref()),
    };
    let is_new = is_new(app, &told).await;
    if is_new {
        contained("on_report", agent, agent.agent.on_report(&report)).await;
    }
    let mut data = json!({"summary": summary});
    if let Kept::Stored(Stored { id, .. }) = kept {
        data["conversation"] = id.into();
    }
    // Also when the report came before: the process may have ended before it said so.
    let id = event_id(&told.argument);
    let event = Event::new("conversation_ended", data);
    app.recorder.emit_once(id, &agent.name, &agent_id, event, call_id.as_deref());
    app.recorder.flush().await;
    if is_new && let Err(error) = app.store.finish(&told, Bytes::new(), TOLD).await {
        let error = &error as &dyn std::error::Error;
        tracing::warn!(error, "a report that comes again will count as new");
    }
    json(StatusCode::OK, &json!({"response": "data received"}))
}

/// The id of the event of a report, the same whenever that report comes.
fn event_id(digest: &[u8; 32]) -> Uuid {
    let mut id = [0; 16];
    id.copy_from_slice(&digest[..16]);
    Uuid::from_bytes(id)
}

/// Whether a report is new: the platform sends one again when it did not hear the answer. One whose agent was being told
/// when the process ended is not told again. Without the store there is no knowing, and each counts as new.
async fn is_new(app: &App, told: &ReplyKey) -> bool {
    match app.store.claim(told, DEADLINE * 2, TOLD).await {
        Ok(Claim::Run) => true,
        Ok(_) => false,
        Err(error) => {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "reports that come again cannot be told apart now"
            );
            true
        }
    }
}

fn not_kept(error: &NotKept, call_id: Option<&str>) -> Response<Body> {
    tracing::error!(error = error as &dyn std::error::Error, call_id, "an end-of-call report was not kept");
    refusal(StatusCode::SERVICE_UNAVAILABLE, "the report could not be stored; send it again")
}

/// Keeps what came where a report was expected and is not one. The answer says what is wrong with it.
pub(crate) async fn dead_letter(
    app: &App,
    agent: &RegisteredAgent,
    agent_id: Arc<str>,
    bytes: &[u8],
    problem: String,
) -> Response<Body> {
    let masked = app.redactor.text(&String::from_utf8_lossy(bytes)).into_owned();
    let letter = Conversation::dead_letter(agent.name.clone(), agent_id.clone(), masked, problem.clone());
    let id = event_id(&letter.digest());
    let kept = match app.recorder.report(letter).await {
        Ok(kept) => kept,
        Err(error) => return not_kept(&error, None),
    };
    tracing::warn!(agent = %agent.name, problem, "a report that cannot be read was kept as it is");
    let mut data = json!({"problem": problem});
    if let Kept::Stored(Stored { id, .. }) = kept {
        data["conversation"] = id.into();
    }
    app.recorder.emit_once(id, &agent.name, &agent_id, Event::new("report_unreadable", data), None);
    app.recorder.flush().await;
    refusal(StatusCode::BAD_REQUEST, &format!("{problem}; it was kept as it is"))
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
