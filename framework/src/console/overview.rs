//! The console's first page: what each agent is and where SignalWire finds it, the sandbox's phone, and the latest.

use hyper::Response;
use maud::{Markup, html};
use secrecy::ExposeSecret as _;

use super::page::{Place, shell};
use super::{conversations, live};
use crate::registry::RegisteredAgent;
use crate::server::App;
use crate::server::auth::Session;
use crate::server::response::Body;
use crate::setup::TextMessage;
use crate::store::StoreError;

/// How many conversations and events the page shows.
const SHOWN: usize = 10;

/// The page itself.
pub(super) async fn answer(app: &App, session: Option<&Session>) -> Result<Response<Body>, StoreError> {
    let latest = app.store.list(None, None, SHOWN).await?;
    let mut events = Vec::new();
    for agent in app.registry.agents() {
        events.extend(app.store.newest(&agent.name, SHOWN).await?);
    }
    let works = app.health.works().await;
    let waiting = app.recorder.waiting();
    let content = html! {
        @if !works || waiting > 0 {
            p .error role="alert" {
                "The store does not work: calls go on, and " (waiting) " records wait for it."
            }
        }
        p { "Give an address to SignalWire as the SWML script of a phone number, with the user name and the password of the webhooks in front of the host." }
        @for agent in app.registry.agents() { (card(app, agent)) }
        @if app.setup.signalwire().is_sandbox() { (phone(&app.setup.phone().messages())) }
        section aria-labelledby="latest" {
            h2 #latest { "Latest conversations" }
            (conversations::rows(&latest))
        }
        section aria-labelledby="events" {
            h2 #events { "Latest events" }
            (live::rows(&events))
        }
    };
    Ok(shell(app, session, Place::Agents, "Agents", &content))
}

fn card(app: &App, agent: &RegisteredAgent) -> Markup {
    let address = format!("{}/{}", app.base.as_str().trim_end_matches('/'), agent.name);
    let field = format!("address-{}", agent.name);
    html! {
        section .card aria-labelledby={ "agent-" (agent.name) } {
            h2 id={ "agent-" (agent.name) } { (agent.name) }
            @if !agent.registration.description.is_empty() { p { (agent.registration.description) } }
            p .field {
                label for=(field) { "SWML address" }
                input id=(field) type="text" readonly value=(address);
                button type="button" .copy data-copy=(field) hidden { "Copy" }
            }
            p { "Functions: " (functions(agent)) }
            p .links {
                a href={ "/console/agents/" (agent.name) } { "Document" span .hidden { " of " (agent.name) } }
                a href={ "/console/agents/" (agent.name) "/try" } { "Try it" span .hidden { ": " (agent.name) } }
                a href={ "/console/live?agent=" (agent.name) } { "Live" span .hidden { " events of " (agent.name) } }
            }
        }
    }
}

fn functions(agent: &RegisteredAgent) -> Markup {
    html! {
        @if agent.definition.mounts().is_empty() && agent.definition.includes().is_empty() { "none" }
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

/// What the sandbox's phone shows.
pub(super) fn phone(messages: &[TextMessage]) -> Markup {
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
