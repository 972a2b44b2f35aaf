//! The console's first page: the agents, what they can do, where they are reached, and how they fare.

use hyper::Response;
use maud::{Markup, html};

use super::page::{Page, Part, Shell, query, segment};
use super::{conversations, events, figures, phone};
use crate::registry::RegisteredAgent;
use crate::server::ready::Readiness;
use crate::server::response::Body;
use crate::store::StoreError;

/// How many events of an agent its figures are made of.
const LOOKED_AT: usize = 500;
/// How many conversations the page shows.
const SHOWN: usize = 5;

pub(super) async fn answer(shell: &Shell<'_>) -> Result<Response<Body>, StoreError> {
    let app = shell.app;
    let readiness = Readiness::of(app).await;
    let latest = app.store.list(None, None, SHOWN).await?;
    let mut cards = Vec::new();
    for agent in app.registry.agents() {
        let events = events::newest(app, &agent.name, LOOKED_AT).await?;
        cards.push(card(shell, agent, &figures::table(&agent.name, &events)));
    }
    let content = html! {
        (health(&readiness))
        div .beside {
            div {
                @for card in &cards { (card) }
                @if !app.registry.not_chosen().is_empty() {
                    p .hint {
                        "Not served, since SWAIG_AGENTS does not name them: "
                        @for (index, agent) in app.registry.not_chosen().iter().enumerate() {
                            @if index > 0 { ", " } code { (agent.name) }
                        }
                        "."
                    }
                }
            }
            div {
                @if shell.is_sandbox() { (phone::panel(&app.setup.phone().messages())) }
                section aria-labelledby="conversations" {
                    h2 #conversations { "Latest conversations" }
                    (conversations::entries(&latest))
                    @if latest.is_empty() { (conversations::none()) } @else { p { a href="/console/conversations" { "All conversations" } } }
                }
            }
        }
    };
    let page = Page { part: Some(Part::Agents), title: "Agents", script: Some("copy.js"), ..Page::default() };
    Ok(shell.page(&page, &content))
}

fn health(readiness: &Readiness) -> Markup {
    html! {
        p .notice .good[readiness.reasons.is_empty()] .fair[!readiness.reasons.is_empty()] role="status" {
            strong { (readiness.status) } ": "
            @if readiness.reasons.is_empty() {
                "the server takes calls, and the store works."
            } @else {
                (readiness.reasons.join("; ")) "."
            }
        }
    }
}

fn card(shell: &Shell<'_>, agent: &RegisteredAgent, figures: &Markup) -> Markup {
    let name = &*agent.name;
    let base = shell.visit.base.as_str().trim_end_matches('/');
    let heading = format!("agent-{name}");
    html! {
        section .card aria-labelledby=(heading) {
            h2 id=(heading) { (name) }
            @if !agent.registration.description.is_empty() { p { (agent.registration.description) } }
            nav .links aria-label={ "Pages of " (name) } {
                ul {
                    li { a href={ "/console/agents/" (segment(name)) } { "Document" } }
                    li { a href={ "/console/agents/" (segment(name)) "/try" } { "Try it" } }
                    li { a href={ "/console/live?" (query(&[("agent", name)])) } { "Live" } }
                    li { a href={ "/console/conversations?" (query(&[("agent", name)])) } { "Conversations" } }
                }
            }
            (address(name, "swml", "SWML URL", &format!("{base}/{name}"),
                "The handler of a phone number at SignalWire, with the user and the password of the webhooks."))
            @if agent.definition.mounts().iter().any(|mount| !mount.is_data_map()) && !agent.definition.call_tokens {
                (address(name, "swaig", "Function URL", &format!("{base}/{name}/swaig"),
                    "For a document of your own that includes these functions."))
            }
            h3 { "Functions" }
            (functions(shell, agent))
            (figures)
        }
    }
}

/// A read-only field with an address. Where scripts run it selects itself and has a button.
fn address(agent: &str, kind: &str, label: &str, address: &str, hint: &str) -> Markup {
    let (id, hint_id) = (format!("{kind}-{agent}"), format!("{kind}-{agent}-hint"));
    html! {
        div .copy {
            label for=(id) { (label) }
            div {
                input id=(id) type="text" readonly value=(address) spellcheck="false" aria-describedby=(hint_id) data-copy;
                button .quiet type="button" hidden data-copies=(id) { "Copy" span .hidden { " the " (label) " of " (agent) } }
            }
            small id=(hint_id) { (hint) }
        }
    }
}

fn functions(shell: &Shell<'_>, agent: &RegisteredAgent) -> Markup {
    let mounts = agent.definition.mounts();
    let includes = agent.definition.includes();
    html! {
        @if mounts.is_empty() && includes.is_empty() { p .empty { "It has none: it only talks." } }
        ul .functions {
            @for mount in mounts {
                li {
                    code { (mount.name()) }
                    @if mount.is_data_map() {
                        " " span .tag { "run by SignalWire" }
                    } @else if let Some(function) = shell.app.registry.function(mount.name()) {
                        @if function.registration.step_up.is_some() { " " span .tag { "for verified callers" } }
                        br; small { (function.registration.description) }
                    }
                }
            }
            @for include in includes {
                @for name in include.names() { li { code { (name) } " " span .tag { "of another server" } } }
            }
        }
    }
}
