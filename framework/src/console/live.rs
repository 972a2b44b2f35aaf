//! Live: the events of an agent as they happen, by call. Without a script it shows the newest.

use std::sync::Arc;

use hyper::Response;
use maud::{Markup, html};
use serde_json::Value;

use super::page::{Place, shell};
use crate::server::App;
use crate::server::auth::Session;
use crate::server::query::Query;
use crate::server::response::{Body, refusal};
use crate::store::{RecordedEvent, StoreError};

/// How many events the page begins with.
const SHOWN: usize = 100;

pub(super) async fn answer(
    app: &App,
    session: Option<&Session>,
    query: &Query,
) -> Result<Response<Body>, StoreError> {
    let first = app.registry.agents().next().map(|agent| agent.name.to_string());
    let agent = query.get("agent").map(str::to_owned).or(first).unwrap_or_default();
    let Some(agent) = app.registry.agent(&agent) else {
        return Ok(refusal(hyper::StatusCode::NOT_FOUND, "there is no agent of this name"));
    };
    let call = query.get("call_id").unwrap_or_default();
    let mut events = app.store.newest(&agent.name, SHOWN).await?;
    let last = events.last().map_or(0, |event| event.id);
    if !call.is_empty() {
        events.retain(|event| event.call_id.as_deref() == Some(call));
    }
    let content = html! {
        form .filter method="get" action="/console/live" {
            label for="agent" { "Agent" }
            select #agent name="agent" {
                @for it in app.registry.agents() { option value=(it.name) selected[it.name == agent.name] { (it.name) } }
            }
            label for="call_id" { "Call" }
            input #call_id name="call_id" value=(call) placeholder="all calls" autocomplete="off";
            button type="submit" { "Show" }
            button #pause type="button" aria-pressed="false" hidden { "Pause" }
        }
        p #state role="status" { "The newest events. Reload the page for later ones." }
        div #live data-agent=(agent.name) data-call=(call) data-after=(last) { (rows(&events)) }
    };
    Ok(shell(app, session, Place::Live, "Live", &content))
}

/// Events by call, the newest first.
pub(super) fn rows(events: &[Arc<RecordedEvent>]) -> Markup {
    let mut calls: Vec<(Option<&str>, Vec<Value>)> = Vec::new();
    for event in events.iter().rev() {
        let Ok(json) = serde_json::from_slice::<Value>(&event.json) else { continue };
        let id = event.call_id.as_deref();
        match calls.iter_mut().find(|(call, _)| *call == id) {
            Some((_, of_call)) => of_call.push(json),
            None => calls.push((id, vec![json])),
        }
    }
    html! {
        @if calls.is_empty() { p .empty { "Nothing has happened yet." } }
        @for (call, events) in &calls {
            section .call data-call=(call.unwrap_or_default()) {
                h3 { @if let Some(call) = call { "Call " code { (call) } } @else { "Without a call" } }
                ol .events reversed {
                    @for event in events { (row(event)) }
                }
            }
        }
    }
}

/// One event.
fn row(event: &Value) -> Markup {
    let data = &event["data"];
    let kind = event["kind"].as_str().unwrap_or_default();
    let at = event["at"].as_str().unwrap_or_default();
    let clock = at.split_once('T').map_or(at, |(_, time)| time.trim_end_matches('Z'));
    html! {
        li {
            time datetime=(at) { (clock) } " " strong { (kind) } " "
            @if let Some(function) = data["function"].as_str() { code { (function) } " " }
            @if let Some(took) = data["duration_ms"].as_u64() {
                meter min="0" max="2000" value=(took) title={ (took) " ms" } { (took) " ms" } small { " " (took) " ms" }
            }
            @if let Some(text) = data["response"].as_str() { br; span .text { (text) } }
            details { summary { "Data" } code { (data.to_string()) } }
        }
    }
}
