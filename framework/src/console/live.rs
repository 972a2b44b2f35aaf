//! `/console/live`: the newest events of an agent id, by call. It is whole without its script; with it the same page is asked
//! for again whenever an event comes (`GET /{agent}/events`), so that all that is shown is drawn here.

use std::collections::BTreeSet;

use hyper::Response;
use maud::{Markup, html};

use super::events::{self, Seen};
use super::page::{Page, Part, Shell, query, segment};
use super::{highlight, missing, timeline};
use crate::redact::shown_id;
use crate::server::query::Query;
use crate::server::response::Body;
use crate::store::StoreError;
use crate::swml::Json;

/// How many events are looked at.
const LOOKED_AT: usize = 500;
/// How many of them are shown.
const SHOWN: usize = 200;

/// What is shown.
struct Filter<'a> {
    agent: &'a str,
    agent_id: &'a str,
    call_id: String,
    kind: &'a str,
}

pub(super) async fn answer(shell: &Shell<'_>, asked: &Query) -> Result<Response<Body>, StoreError> {
    let app = shell.app;
    let agent = match asked.get("agent") {
        Some(name) => app.registry.agent(name),
        None => app.registry.agents().next(),
    };
    let Some(agent) = agent else { return Ok(missing::agent(shell)) };
    let filter = Filter {
        agent: &agent.name,
        // What is no id has no events.
        agent_id: asked.agent_id(&agent.name).unwrap_or_default(),
        call_id: asked.get("call_id").map(|id| shown_id(id).into_owned()).unwrap_or_default(),
        kind: asked.get("kind").unwrap_or_default(),
    };
    let events = events::newest(app, filter.agent_id, LOOKED_AT).await?;
    let latest = events.last().map_or(0, |event| event.id);
    let kinds: BTreeSet<&str> = events
        .iter()
        .map(|event| event.kind.as_str())
        .chain([filter.kind])
        .filter(|kind| !kind.is_empty())
        .collect();
    let stream = format!(
        "/{}/events?{}",
        segment(filter.agent),
        query(&[("agent_id", filter.agent_id), ("call_id", &filter.call_id)])
    );
    let content = html! {
        (form(shell, &filter, &kinds))
        div .watch {
            p #state role="status" { "These are the newest events. " a href={ "/console/live?" (filter.query()) } { "Load them again" } "." }
            button #pause .quiet type="button" hidden { "Pause" }
        }
        div #feed data-stream=(stream) data-after=(latest) { (feed(&filter, &events)) }
    };
    let page = Page { part: Some(Part::Live), title: "Live", script: Some("live.js"), ..Page::default() };
    Ok(shell.page(&page, &content))
}

impl Filter<'_> {
    fn query(&self) -> String {
        self.of_call(&self.call_id)
    }

    fn of_call(&self, call_id: &str) -> String {
        let agent_id = if self.agent_id == self.agent { "" } else { self.agent_id };
        query(&[("agent", self.agent), ("agent_id", agent_id), ("call_id", call_id), ("kind", self.kind)])
    }

    fn shows(&self, event: &Seen) -> bool {
        (self.call_id.is_empty() || event.call_id.as_deref() == Some(&*self.call_id))
            && (self.kind.is_empty() || event.kind == self.kind)
    }
}

fn form(shell: &Shell<'_>, filter: &Filter<'_>, kinds: &BTreeSet<&str>) -> Markup {
    html! {
        form .filter method="get" action="/console/live" {
            div { label for="agent" { "Agent" }
                select #agent name="agent" {
                    @for agent in shell.app.registry.agents() {
                        option value=(agent.name) selected[*agent.name == *filter.agent] { (agent.name) }
                    }
                }
            }
            div { label for="agent_id" { "Agent id" }
                input #agent_id name="agent_id" value=(if filter.agent_id == filter.agent { "" } else { filter.agent_id })
                    placeholder=(filter.agent) maxlength="128" spellcheck="false";
            }
            div { label for="call_id" { "Call" }
                input #call_id name="call_id" value=(filter.call_id) placeholder="all calls" spellcheck="false";
            }
            div { label for="kind" { "Kind" }
                select #kind name="kind" {
                    option value="" { "all kinds" }
                    @for kind in kinds { option value=(kind) selected[*kind == filter.kind] { (kind) } }
                }
            }
            button type="submit" { "Show" }
        }
    }
}

/// The events by call; the call with the newest event comes first.
fn feed(filter: &Filter<'_>, events: &[Seen]) -> Markup {
    let shown: Vec<&Seen> = events.iter().filter(|event| filter.shows(event)).collect();
    let shown = &shown[shown.len().saturating_sub(SHOWN)..];
    let mut calls: Vec<(Option<&str>, Vec<&Seen>)> = Vec::new();
    for event in shown.iter().rev() {
        let id = event.call_id.as_deref();
        match calls.iter_mut().find(|(it, _)| *it == id) {
            Some((_, events)) => events.push(event),
            None => calls.push((id, vec![event])),
        }
    }
    html! {
        @if calls.is_empty() {
            p .empty {
                @if events.is_empty() { "Nothing has happened yet. When SignalWire fetches the document or calls a function, it is seen here." }
                @else { "None of the newest events fits what is asked for." }
            }
        }
        @for (id, newest_first) in &calls { (call(filter, *id, newest_first, events)) }
    }
}

fn call(filter: &Filter<'_>, id: Option<&str>, newest_first: &[&Seen], all: &[Seen]) -> Markup {
    // The line of time has the whole call, also where one kind of event is asked for.
    let whole: Vec<&Seen> = all.iter().filter(|event| event.call_id.as_deref() == id).collect();
    let heading = format!("call-{}", segment(id.unwrap_or("none")));
    html! {
        section .card .call aria-labelledby=(heading) {
            h2 id=(heading) {
                @match id {
                    Some(id) => { "Call " a href={ "/console/live?" (filter.of_call(id)) } { code { (id) } } },
                    None => "Outside of calls",
                }
            }
            @if id.is_some() { (timeline::of(&whole)) }
            ol .events {
                @for event in newest_first {
                    li .(event.tone()) {
                        details id={ "event-" (event.id) } {
                            summary {
                                time datetime=(event.at) { (event.at.strftime("%H:%M:%S%.3f")) }
                                " " span .kind { (event.kind) }
                                " " span .line { (event.line()) }
                            }
                            (highlight::block(&format!("Event {}", event.id), &Json::from(event.data.clone())))
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn events_stand_by_call_and_the_call_that_moves_comes_first() {
        let event = |id: u64, call: Option<&str>, kind: &str| -> Seen {
            let event = json!({"id": id, "at": "2026-01-01T00:00:00Z", "call_id": call, "kind": kind, "data": {"label": "<b>"}});
            serde_json::from_value(event).unwrap()
        };
        let events = [
            event(1, Some("a"), "debug"),
            event(2, Some("b"), "debug"),
            event(3, None, "debug"),
            event(4, Some("a"), "upstream"),
        ];
        let filter = |call_id: &str, kind: &'static str| Filter {
            agent: "x",
            agent_id: "x",
            call_id: call_id.to_owned(),
            kind,
        };
        let shown = feed(&filter("", ""), &events).into_string();
        let places: Vec<_> = ["call-a", "event-4", "event-1", "call-none", "call-b"]
            .map(|id| shown.find(&format!("id=\"{id}\"")))
            .to_vec();
        assert!(places.is_sorted() && places.iter().all(Option::is_some), "{places:?} {shown}");
        assert!(!shown.contains("<b>"), "{shown}");
        let shown = feed(&filter("a", "debug"), &events).into_string();
        assert!(
            shown.contains("event-1") && !shown.contains("event-4") && !shown.contains("event-2"),
            "{shown}"
        );
        assert!(feed(&filter("", ""), &[]).into_string().contains("Nothing has happened yet"));
        assert!(feed(&filter("z", ""), &events).into_string().contains("None of the newest events"));
    }
}
