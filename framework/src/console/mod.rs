//! The page that operators and developers look at: real HTML, rendered here, without scripts and without anything from
//! another origin.

use std::sync::Arc;

use hyper::header::{self, HeaderValue};
use hyper::{Response, StatusCode};
use maud::{DOCTYPE, Markup, html};

use crate::registry::RegisteredAgent;
use crate::server::App;
use crate::server::response::{Body, json, refusal, with_type};
use crate::setup::TextMessage;
use crate::store::{Conversation, RecordedEvent, StoreError};

const STYLE: &str = include_str!("style.css");
/// Nothing but our own style sheet: no scripts, no frames, no forms.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// How many conversations and events the page shows.
const SHOWN: usize = 20;

/// Answers what is below `/console`; `path` is what follows it.
pub(crate) async fn answer(app: &App, path: &str) -> Response<Body> {
    let answer = match path.split_once('/') {
        None if path.is_empty() => overview(app).await,
        None if path == "style.css" => {
            return with_type(StatusCode::OK, "text/css; charset=utf-8", STYLE);
        }
        Some(("conversations", id)) => conversation(app, id).await,
        _ => Ok(refusal(StatusCode::NOT_FOUND, "there is no such page; the console is at /console")),
    };
    answer.unwrap_or_else(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "the console cannot read the store");
        refusal(StatusCode::SERVICE_UNAVAILABLE, "the store cannot be read now; try again")
    })
}

/// One stored report, as JSON.
async fn conversation(app: &App, id: &str) -> Result<Response<Body>, StoreError> {
    let found = match id.parse() {
        Ok(id) => app.store.get(id).await?,
        Err(_) => None,
    };
    Ok(match found {
        Some(conversation) => json(StatusCode::OK, conversation.report.raw()),
        None => refusal(StatusCode::NOT_FOUND, "there is no conversation of this number"),
    })
}

async fn overview(app: &App) -> Result<Response<Body>, StoreError> {
    let conversations = app.store.list(None, SHOWN).await?;
    let mut events = Vec::new();
    for agent in app.registry.agents() {
        let latest = app.store.latest(&agent.name).await?;
        events.extend(app.store.after(&agent.name, latest.saturating_sub(SHOWN as u64), SHOWN).await?);
    }
    let sandbox = app.setup.signalwire().is_sandbox();
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "Digital employees" }
                link rel="stylesheet" href="/console/style.css";
            }
            body {
                a .skip href="#main" { "Skip to the content" }
                header {
                    h1 { "Digital employees" }
                    p {
                        @if sandbox {
                            strong .mode { "Sandbox" } " No SignalWire credentials are set: nothing is sent to anybody."
                        } @else {
                            strong .mode { "Live" } " Messages go out through SignalWire."
                        }
                        " " a href="/console" { "Refresh" }
                    }
                }
                main #main {
                    (agents(app))
                    @if sandbox { (phone(&app.setup.phone().messages())) }
                    (reports(&conversations))
                    (recent(&events))
                }
            }
        }
    };
    let mut response = with_type(StatusCode::OK, "text/html; charset=utf-8", page.into_string());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Ok(response)
}

fn agents(app: &App) -> Markup {
    let base = app.base.as_str().trim_end_matches('/');
    html! {
        section aria-labelledby="agents" {
            h2 #agents { "Agents" }
            p { "Give the SWML URL to SignalWire as the handler of a phone number, with the user name and the password of the webhooks." }
            div .scroll tabindex="0" role="region" aria-labelledby="agents" {
                table {
                    thead { tr { th scope="col" { "Agent" } th scope="col" { "Functions" } th scope="col" { "SWML URL" } th scope="col" { "Live" } } }
                    tbody {
                        @for agent in app.registry.agents() {
                            tr {
                                th scope="row" { (agent.name) @if !agent.registration.description.is_empty() { br; small { (agent.registration.description) } } }
                                td { (functions(agent)) }
                                td { a href={ "/" (agent.name) } { code { (base) "/" (agent.name) } } }
                                td { a href={ "/" (agent.name) "/events?after=0" } { "events" span .hidden { " of " (agent.name) } } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn functions(agent: &RegisteredAgent) -> Markup {
    html! {
        @for mount in agent.definition.mounts() {
            code { (mount.name()) }
            @if mount.is_data_map() { small { " (run by SignalWire)" } }
            " "
        }
        @for include in agent.definition.includes() {
            @for name in include.names() { code { (name) } small { " (of another server)" } " " }
        }
    }
}

fn phone(messages: &[TextMessage]) -> Markup {
    html! {
        section .phone aria-labelledby="phone" {
            h2 #phone { "Phone" }
            @if messages.is_empty() {
                p .empty { "No message yet. What a function would text or speak to a caller appears here." }
            }
            ol {
                @for message in messages {
                    li {
                        p .bubble { (message.body) }
                        small { (message.channel) " to " (message.to) ", " time datetime=(message.at) { (message.at.strftime("%H:%M:%S UTC")) } }
                    }
                }
            }
        }
    }
}

fn reports(conversations: &[Conversation]) -> Markup {
    html! {
        section aria-labelledby="conversations" {
            h2 #conversations { "Conversations" }
            @if conversations.is_empty() {
                p .empty { "No conversation has ended yet." }
            } @else {
                ul {
                    @for conversation in conversations {
                        li {
                            a href={ "/console/conversations/" (conversation.id) } { (conversation.agent) " " (conversation.id) }
                            " " time datetime=(conversation.received_at) { (conversation.received_at.strftime("%F %H:%M:%S UTC")) }
                            p { (conversation.report.summary().unwrap_or("No summary")) }
                        }
                    }
                }
            }
        }
    }
}

fn recent(events: &[Arc<RecordedEvent>]) -> Markup {
    html! {
        section aria-labelledby="events" {
            h2 #events { "Latest events" }
            @if events.is_empty() {
                p .empty { "Nothing has happened yet." }
            } @else {
                ol .events {
                    @for event in events.iter().rev() { li { code { (String::from_utf8_lossy(&event.json)) } } }
                }
            }
        }
    }
}
