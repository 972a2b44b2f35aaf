//! The page of a call that is tried.

use hyper::{Response, StatusCode};
use maud::{Markup, html};
use serde_json::{Map, Value};

use super::{KeptError, Refused, Turn, fields};
use crate::console::events::Seen;
use crate::console::highlight::block;
use crate::console::page::{Page, Part, Shell, Tab, query, segment};
use crate::console::{phone, timeline};
use crate::error_chain::chain;
use crate::platform::{Line, Offered, Outcome, Ran};
use crate::registry::RegisteredAgent;
use crate::server::query::Query;
use crate::server::response::Body;
use crate::swml::Json;

/// The number that calls by default in the sandbox, where nobody has it.
const CALLER: &str = "+15551230000";

/// What the page shows of a call.
pub(super) struct View<'a> {
    pub(super) line: &'a Line,
    /// What the forms carry; without it the call cannot go on here.
    pub(super) sealed: Result<&'a str, &'a KeptError>,
    pub(super) turn: Option<&'a Turn>,
    pub(super) problem: Option<&'a Refused>,
    /// The events of the call, where the store can be read.
    pub(super) events: Option<&'a [Seen]>,
    pub(super) ended: bool,
}

/// The page before a call.
pub(super) fn beginning(
    shell: &Shell<'_>,
    agent: &RegisteredAgent,
    refused: Option<&Refused>,
    form: &Query,
) -> Response<Body> {
    let default = if shell.is_sandbox() && refused.is_none() { CALLER } else { "" };
    let content = html! {
        @if let Some(refused) = refused { p .notice .bad role="alert" { (refused) } }
        p { "You take the model's place: call a function, read what it answers, and see what the platform does then. The functions run as they do in a call." }
        (warning(shell))
        form .card .try method="post" action=(address(agent)) {
            (hidden(shell, "begin", None))
            div .field { label for="caller" { "Caller’s number" }
                input #caller name="caller" type="tel" value=(form.get("caller").unwrap_or(default)) autocomplete="off" aria-describedby="caller-hint";
                small #caller-hint { "With a plus sign and the country. Empty: the number is withheld." }
            }
            div .field { label for="agent_id" { "Agent id" }
                input #agent_id name="agent_id" value=(form.get("agent_id").unwrap_or_default()) placeholder=(agent.name) maxlength="128" spellcheck="false" aria-describedby="id-hint";
                small #id-hint { "Those who watch this id see the call." }
            }
            (tick(shell, "begin"))
            button type="submit" { "Begin a call" }
        }
        @if shell.is_sandbox() { (phone::panel(&shell.app.setup.phone().messages())) }
    };
    let status = match refused {
        None => StatusCode::OK,
        Some(Refused::CrossSite | Refused::Stale) => StatusCode::FORBIDDEN,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    page(shell, agent, status, &content)
}

/// What the agent says at once.
pub(super) fn said(ran: &Ran) -> Vec<String> {
    let said = ran.done.iter().filter_map(|done| match &done.outcome {
        Outcome::Say(text) => Some(text.clone()),
        _ => None,
    });
    said.collect()
}

impl View<'_> {
    pub(super) fn page(
        &self,
        shell: &Shell<'_>,
        agent: &RegisteredAgent,
        status: StatusCode,
    ) -> Response<Body> {
        let call = &self.line.call;
        let events: Vec<&Seen> = self.events.into_iter().flatten().collect();
        let content = html! {
            (warning(shell))
            div .bench {
                div .came { (self.result(shell)) }
                @if shell.is_sandbox() { div .texts { (phone::panel(&shell.app.setup.phone().messages())) } }
                div .work {
                    @if let Some(sealed) = self.goes_on() { (self.functions(shell, agent, sealed)) }
                    section aria-labelledby="line" {
                        h2 #line { "So far" }
                        @if self.events.is_none() { p .notice .bad { "The events cannot be read now. The call goes on without them." } }
                        (timeline::of(&events))
                        (self.links(agent))
                    }
                }
                div .rest {
                    @if let Some(sealed) = self.goes_on() { (self.end(shell, agent, sealed)) }
                    section aria-labelledby="kept" {
                        h2 #kept { "What the platform keeps" }
                        @if let Some((context, step)) = call.place() {
                            p { "Context " strong { (context) } ", step " strong #step { (step) } "." }
                        }
                        @for (token, data) in call.all_meta_data() { (data_of(shell, &format!("meta_data of the token {token}"), data)) }
                        (data_of(shell, "global_data", call.global_data()))
                        details { summary { "What the model is told now" } p .said { (shell.app.redactor.text(&call.prompt())) } }
                    }
                }
            }
        };
        page(shell, agent, status, &content)
    }

    /// What the forms carry, while there are some.
    fn goes_on(&self) -> Option<&str> {
        self.sealed.ok().filter(|_| !self.ended)
    }

    /// What came of the last form.
    fn result(&self, shell: &Shell<'_>) -> Markup {
        let call = &self.line.call;
        html! {
            section #result aria-labelledby="came" {
                h2 #came { @if let Some(turn) = self.turn { "The answer of " code { (turn.name) } } @else { "The call" } }
                @if let Some(problem) = self.problem { p .notice .bad role="alert" { (problem) } }
                @if let Some(turn) = self.turn { (answer(shell, &turn.name, &turn.ran)) }
                @if let Err(error) = self.sealed { p .notice .bad role="alert" { (error) } }
                @if self.ended {
                    p .notice role="status" { "The call has ended, and its end was reported." }
                } @else if let Some(end) = call.end() {
                    p .notice .fair role="status" { "The agent’s part is over: " (end.words()) ". Report the end, or begin again." }
                } @else if self.turn.is_none() && self.problem.is_none() {
                    p role="status" { "The call came in, and the platform fetched the document. Call a function as the model would." }
                }
            }
        }
    }

    fn functions(&self, shell: &Shell<'_>, agent: &RegisteredAgent, sealed: &str) -> Markup {
        let call = &self.line.call;
        let (now, later): (Vec<_>, Vec<_>) =
            call.functions().into_iter().partition(|it| self.why_not(it).is_none());
        let natives = call.natives();
        html! {
            section aria-labelledby="functions" {
                h2 #functions { "What the model can do now" }
                @if now.is_empty() && natives.is_empty() { p .empty { "Nothing: it only talks." } }
                @for (index, function) in now.iter().enumerate() {
                    (form(shell, agent, sealed, &format!("f{index}"), function.name, function.description, function.parameters.unwrap_or(&Value::Null)))
                }
                @for (index, (name, words, schema)) in natives.iter().enumerate() {
                    (form(shell, agent, sealed, &format!("n{index}"), name, words, schema))
                }
                @if !later.is_empty() {
                    h3 { "Not now" }
                    ul { @for function in &later { li { code { (function.name) } ": " (self.why_not(function).unwrap_or_default()) "." } } }
                }
            }
        }
    }

    fn why_not(&self, function: &Offered<'_>) -> Option<String> {
        let elsewhere = || {
            let is_elsewhere = self.line.is_elsewhere(function.name);
            is_elsewhere.then(|| "another server answers it, which is not asked here".to_owned())
        };
        function.why_not.clone().or_else(elsewhere)
    }

    fn end(&self, shell: &Shell<'_>, agent: &RegisteredAgent, sealed: &str) -> Markup {
        html! {
            section aria-labelledby="over" {
                h2 #over { "End of the call" }
                form .try method="post" action={ (address(agent)) "#result" } {
                    (hidden(shell, "end", Some(sealed)))
                    @if !self.line.call.post_prompt().is_empty() {
                        div .field { label for="summary" { "What the model writes at the end" }
                            textarea #summary name="summary" rows="3" aria-describedby="summary-hint" {}
                            small #summary-hint { "It is asked: " (shell.app.redactor.text(&self.line.call.post_prompt())) }
                        }
                    }
                    (tick(shell, "end"))
                    div .buttons {
                        button type="submit" { @if self.line.call.end().is_some() { "Report the end" } @else { "Hang up" } }
                        a href=(address(agent)) { "Begin again" }
                    }
                }
            }
        }
    }

    fn links(&self, agent: &RegisteredAgent) -> Markup {
        let agent_id = if self.line.agent_id() == &*agent.name { "" } else { self.line.agent_id() };
        let live =
            query(&[("agent", &agent.name), ("agent_id", agent_id), ("call_id", self.line.call.call_id())]);
        let ended = self.events.into_iter().flatten().rev().find(|event| event.kind == "conversation_ended");
        html! {
            p { a href={ "/console/live?" (live) } { "All its events" } }
            @if self.ended {
                p { @match ended.and_then(|event| event.data["conversation"].as_u64()) {
                    Some(id) => a href={ "/console/conversations/" (id) } { "Its conversation" },
                    None => a href="/console/conversations" { "Conversations" },
                } }
                p { a href=(address(agent)) { "Begin another call" } }
            }
        }
    }
}

/// The form that calls a function.
fn form(
    shell: &Shell<'_>,
    agent: &RegisteredAgent,
    sealed: &str,
    id: &str,
    name: &str,
    words: &str,
    schema: &Value,
) -> Markup {
    html! {
        form .card .try method="post" action={ (address(agent)) "#result" } aria-labelledby={ (id) "-name" } {
            (hidden(shell, "call", Some(sealed)))
            input type="hidden" name="function" value=(name);
            h3 id={ (id) "-name" } { code { (name) } }
            p { (words) }
            (fields::of(id, schema))
            (tick(shell, id))
            div .buttons {
                button type="submit" { "Call " (name) }
                @if !schema["properties"].as_object().is_none_or(Map::is_empty) {
                    button .quiet type="submit" formnovalidate { "Call it unchecked" span .hidden { ", " (name) } }
                }
            }
        }
    }
}

/// A function's reply, and what the platform did with it.
fn answer(shell: &Shell<'_>, name: &str, ran: &Ran) -> Markup {
    html! {
        p .notice .good role="status" { (shell.app.redactor.text(&ran.text())) }
        @if !ran.done.is_empty() {
            p { "Then the platform:" }
            ul .done {
                @for done in &ran.done {
                    li .refused[matches!(done.outcome, Outcome::Refused(_))] { code { (done.name) } " – " (with_code(&done.words)) }
                }
            }
        }
        @for problem in &ran.problems { p .notice .bad { (shell.app.redactor.text(&chain(problem))) } }
        details { summary { "The reply as JSON" } (block(&format!("The reply of {name}"), &Json::from(shell.app.redactor.json(&ran.reply)))) }
    }
}

/// A sentence whose names stand between backticks.
fn with_code(words: &str) -> Markup {
    html! {
        @for (index, part) in words.split('`').enumerate() {
            @if index % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

fn data_of(shell: &Shell<'_>, name: &str, data: &Map<String, Value>) -> Markup {
    html! {
        h3 { (name) }
        @if data.is_empty() { p .empty { "Nothing." } }
        @else { (block(name, &Json::from(shell.app.redactor.json(&Value::from(data.clone()))))) }
    }
}

/// What every form of the page carries.
fn hidden(shell: &Shell<'_>, what: &str, sealed: Option<&str>) -> Markup {
    html! {
        @if let Some(token) = shell.form_token() { input type="hidden" name="form_token" value=(token); }
        input type="hidden" name="do" value=(what);
        @if let Some(sealed) = sealed { input type="hidden" name="call" value=(sealed); }
    }
}

fn warning(shell: &Shell<'_>) -> Markup {
    html! {
        @if !shell.is_sandbox() {
            p .notice .bad { strong { "Live mode: this acts for real." } " Messages are sent, and whatever else the functions do is done." }
        }
    }
}

/// In live mode each form has to be confirmed.
fn tick(shell: &Shell<'_>, id: &str) -> Markup {
    html! {
        @if !shell.is_sandbox() {
            p .tick { input id={ (id) "-real" } type="checkbox" name="real" value="yes" required; " " label for={ (id) "-real" } { "Do it for real" } }
        }
    }
}

fn address(agent: &RegisteredAgent) -> String {
    format!("/console/agents/{}/try", segment(&agent.name))
}

fn page(shell: &Shell<'_>, agent: &RegisteredAgent, status: StatusCode, content: &Markup) -> Response<Body> {
    let above = format!("/console/agents/{}", segment(&agent.name));
    let page = Page {
        status,
        part: Some(Part::Agents),
        trail: &[("/console", "Agents"), (&above, &agent.name)],
        title: "Try it",
        agent: Some((&agent.name, Tab::TryIt)),
        ..Page::default()
    };
    shell.page(&page, content)
}
