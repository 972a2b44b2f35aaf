//! The console's first page: agents, the sandbox's phone, conversations, latest events.

use std::sync::Arc;

use hyper::{Response, StatusCode};
use maud::{Markup, html};
use secrecy::ExposeSecret as _;

use super::page::page;
use crate::registry::RegisteredAgent;
use crate::server::App;
use crate::server::auth::Session;
use crate::server::response::{Body, json, refusal};
use crate::setup::TextMessage;
use crate::store::{Conversation, RecordedEvent, StoreError};

/// How many conversations and events the page shows.
const SHOWN: usize = 20;

/// One stored report, as JSON.
pub(super) async fn conversation(app: &App, id: &str) -> Result<Response<Body>, StoreError> {
    let found = match id.parse() {
        Ok(id) => app.store.get(id).await?,
        Err(_) => None,
    };
    Ok(match found {
        Some(conversation) => json(StatusCode::OK, conversation.report.raw()),
        None => refusal(StatusCode::NOT_FOUND, "there is no conversation of this number"),
    })
}

/// The page itself.
pub(super) async fn answer(app: &App, session: Option<&Session>) -> Result<Response<Body>, StoreError> {
    let conversations = app.store.list(None, None, SHOWN).await?;
    let mut events = Vec::new();
    for agent in app.registry.agents() {
        events.extend(app.store.newest(&agent.name, SHOWN).await?);
    }
    let sandbox = app.setup.signalwire().is_sandbox();
    let content = html! {
        a .skip href="#main" { "Skip to the content" }
        header {
            h1 { "Digital employees" }
            p .about {
                @if sandbox {
                    strong .mode { "Sandbox" } " No SignalWire credentials are set: nothing is sent to anybody."
                } @else {
                    strong .mode { "Live" } " Messages go out through SignalWire."
                }
                " " a href="/console" { "Refresh" }
            }
            @if let Some(token) = session.and_then(|session| app.sessions.form_token(session)) {
                form .logout method="post" action="/console/logout" {
                    input type="hidden" name="form_token" value=(token);
                    button type="submit" { "Log out" }
                }
            }
        }
        main #main {
            (agents(app))
            @if sandbox { (phone(&app.setup.phone().messages())) }
            (reports(&conversations))
            (recent(&events))
        }
    };
    Ok(page(StatusCode::OK, "Digital employees", &content))
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
                                td { code { (base) "/" (agent.name) } }
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
                        p .bubble { (message.body.expose_secret()) }
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
                            @if let Some(why) = &conversation.dead_letter {
                                p { strong { "Could not be read" } ": " (why) ". It was kept as it came." }
                            } @else {
                                p { (conversation.report.summary().unwrap_or("No summary")) }
                            }
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
