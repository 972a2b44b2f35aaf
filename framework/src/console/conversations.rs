//! Stored conversations: a list with search and paging, and each one as it was.

use hyper::{Response, StatusCode};
use maud::{Markup, html};
use serde_json::Value;

use super::page::{Place, json, shell};
use crate::call::{LogEntry, Report, Role};
use crate::server::App;
use crate::server::auth::Session;
use crate::server::query::Query;
use crate::server::response::{Body, json as json_answer, refusal};
use crate::store::{Conversation, StoreError};

/// How many conversations a page has.
const PAGE: usize = 20;
/// How many are looked at for one page of a search.
const LOOKED_AT: usize = 1000;

/// The list: `q` is searched for, `before` is the id that the page begins below.
pub(super) async fn list(
    app: &App,
    session: Option<&Session>,
    query: &Query,
) -> Result<Response<Body>, StoreError> {
    let wanted = query.get("q").unwrap_or_default().trim().to_lowercase();
    let mut before = query.get("before").and_then(|id| id.parse::<u64>().ok());
    let (mut found, mut looked_at, mut more) = (Vec::new(), 0, true);
    while found.len() < PAGE && looked_at < LOOKED_AT {
        let page = app.store.list(None, before, PAGE).await?;
        let Some(last) = page.last() else {
            more = false;
            break;
        };
        before = Some(last.id);
        looked_at += page.len();
        found.extend(page.into_iter().filter(|it| wanted.is_empty() || fits(it, &wanted)));
    }
    let content = html! {
        form .filter method="get" action="/console/conversations" role="search" {
            label for="q" { "Search" }
            input #q name="q" type="search" value=(query.get("q").unwrap_or_default()) placeholder="agent, call, words of the summary";
            button type="submit" { "Search" }
        }
        @if found.is_empty() && !wanted.is_empty() {
            p .empty { "Nothing was found" @if more { " among the " (looked_at) " that were looked at" } "." }
        } @else {
            (rows(&found))
        }
        @if more && let Some(before) = before {
            p { a href={ "/console/conversations?" (following(&wanted, before)) } { "Older ones" } }
        }
    };
    Ok(shell(app, session, Place::Conversations, "Conversations", &content))
}

fn following(wanted: &str, before: u64) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    if !wanted.is_empty() {
        query.append_pair("q", wanted);
    }
    query.append_pair("before", &before.to_string()).finish()
}

fn fits(conversation: &Conversation, wanted: &str) -> bool {
    let texts = [
        Some(&*conversation.agent),
        Some(&*conversation.agent_id),
        conversation.call_id.as_deref(),
        conversation.report.summary(),
        conversation.dead_letter.as_deref(),
    ];
    texts.into_iter().flatten().any(|text| text.to_lowercase().contains(wanted))
}

/// A list of conversations.
pub(super) fn rows(conversations: &[Conversation]) -> Markup {
    html! {
        @if conversations.is_empty() {
            p .empty { "No conversation has ended yet." }
        } @else {
            ul .conversations {
                @for conversation in conversations {
                    li {
                        a href={ "/console/conversations/" (conversation.id) } { (conversation.agent) " " (conversation.id) }
                        " " time datetime=(conversation.received_at) { (conversation.received_at.strftime("%F %H:%M:%S UTC")) }
                        @if let Some(why) = &conversation.dead_letter {
                            p { strong { "Could not be read" } ": " (why) ". It was kept as it came." }
                        } @else {
                            p { (conversation.report.summary().filter(|it| !it.is_empty()).unwrap_or("No summary")) }
                        }
                    }
                }
            }
        }
    }
}

/// A stored report, as JSON.
pub(super) async fn raw(app: &App, id: &str) -> Result<Response<Body>, StoreError> {
    Ok(match find(app, id).await? {
        Some(conversation) => json_answer(StatusCode::OK, conversation.report.raw()),
        None => missing(),
    })
}

async fn find(app: &App, id: &str) -> Result<Option<Conversation>, StoreError> {
    match id.parse() {
        Ok(id) => app.store.get(id).await,
        Err(_) => Ok(None),
    }
}

fn missing() -> Response<Body> {
    refusal(StatusCode::NOT_FOUND, "there is no conversation of this number")
}

/// One conversation.
pub(super) async fn one(
    app: &App,
    session: Option<&Session>,
    id: &str,
) -> Result<Response<Body>, StoreError> {
    let Some(conversation) = find(app, id).await? else { return Ok(missing()) };
    let report = &*conversation.report;
    let content = html! {
        p {
            (conversation.agent) ", " time datetime=(conversation.received_at) { (conversation.received_at.strftime("%F %H:%M:%S UTC")) }
            ", caller " (report.caller())
            @if let Some(call) = &conversation.call_id {
                ", call " a href={ "/console/live?agent=" (conversation.agent) "&call_id=" (call) } { code { (call) } }
            }
            ". " a href={ "/console/conversations/" (conversation.id) ".json" } download { "The report as JSON" }
        }
        @if let Some(why) = &conversation.dead_letter {
            p .error { "What came could not be read: " (why) ". It was kept as it came." }
            (json(report.raw()))
        } @else {
            @if let Some(summary) = report.summary().filter(|it| !it.is_empty()) {
                section aria-labelledby="summary" { h2 #summary { "Summary" } p .text { (summary) } }
            }
            (recording(report))
            (transcript(report))
            (functions(report))
        }
    };
    Ok(shell(app, session, Place::Conversations, &format!("Conversation {}", conversation.id), &content))
}

/// The recording is at another origin, which a page of the console may not load: it is a link.
fn recording(report: &Report) -> Markup {
    let url = report.recording_url().filter(|url| url.starts_with("https://"));
    html! {
        @if let Some(url) = url {
            p { a href=(url) rel="noreferrer" { "Listen to the recording" } small { " (at SignalWire)" } }
        }
    }
}

fn transcript(report: &Report) -> Markup {
    let entries: Vec<LogEntry<'_>> = report.call_log().collect();
    html! {
        section aria-labelledby="transcript" {
            h2 #transcript { "Transcript" }
            @if entries.is_empty() { p .empty { "The report has no transcript." } }
            ol .transcript {
                @for entry in &entries { (said(*entry)) }
            }
        }
    }
}

fn said(entry: LogEntry<'_>) -> Markup {
    let (class, who) = match entry.role() {
        Some(Role::User) => ("caller", "Caller".to_owned()),
        Some(Role::Assistant) => ("agent", "Agent".to_owned()),
        Some(Role::Tool) => ("tool", format!("Function {}", entry.function_name().unwrap_or_default())),
        Some(role) => ("other", role.as_str().to_owned()),
        None => ("other", "unknown".to_owned()),
    };
    let latency = entry.latency().or(entry.function_latency());
    html! {
        li class=(class) {
            small { (who) }
            @if let Some(text) = entry.content() { p .bubble { (text) } }
            @if let Some(latency) = latency {
                meter min="0" max="3000" value=(latency) title={ (latency) " ms" } { (latency) " ms" } small { " " (latency) " ms" }
            }
        }
    }
}

fn functions(report: &Report) -> Markup {
    let entries: Vec<_> = report.swaig_log().collect();
    let value = |value: Option<&Value>| match value {
        Some(Value::String(text)) => {
            serde_json::from_str(text).unwrap_or_else(|_| Value::from(text.as_str()))
        }
        Some(value) => value.clone(),
        None => Value::Null,
    };
    html! {
        @if !entries.is_empty() {
            section aria-labelledby="functions" {
                h2 #functions { "Function calls" }
                @for entry in entries {
                    details {
                        summary { code { (entry.command_name().unwrap_or_default()) " " (entry.command_arg().unwrap_or_default()) } }
                        (json(&value(entry.post_response())))
                    }
                }
            }
        }
    }
}
