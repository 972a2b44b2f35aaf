//! What all pages have in common: the head, the navigation, the title, the way out.

use std::sync::Arc;

use hyper::{Response, StatusCode};
use maud::{DOCTYPE, Markup, html};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::server::App;
use crate::server::auth::Session;
use crate::server::protection::HasScript;
use crate::server::response::{Body, with_type};
use crate::server::service::Visit;

/// The name on all pages.
const NAME: &str = "Digital employees";

/// Who looks, and at which server.
pub(super) struct Shell<'a> {
    pub(super) app: &'a Arc<App>,
    pub(super) visit: &'a Visit,
    pub(super) session: Option<&'a Session>,
}

/// The parts of the console.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Agents,
    Live,
    Conversations,
}

/// The pages of one agent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Tab {
    Document,
    TryIt,
}

/// A page inside the console.
pub(super) struct Page<'a> {
    pub(super) status: StatusCode,
    pub(super) part: Option<Part>,
    /// The pages above it: address and name.
    pub(super) trail: &'a [(&'a str, &'a str)],
    pub(super) title: &'a str,
    /// The agent that it is about, and which of its pages it is.
    pub(super) agent: Option<(&'a str, Tab)>,
    /// The script that it has.
    pub(super) script: Option<&'static str>,
}

impl Default for Page<'_> {
    fn default() -> Self {
        Self { status: StatusCode::OK, part: None, trail: &[], title: "", agent: None, script: None }
    }
}

impl Shell<'_> {
    pub(super) fn is_sandbox(&self) -> bool {
        self.app.setup.signalwire().is_sandbox()
    }

    /// The token of the forms of this session; a visitor with HTTP Basic needs none.
    pub(super) fn form_token(&self) -> Option<String> {
        self.session.and_then(|session| self.app.sessions.form_token(session))
    }

    /// The whole page around its content.
    pub(super) fn page(&self, page: &Page<'_>, content: &Markup) -> Response<Body> {
        let names: Vec<&str> =
            [page.title].into_iter().chain(page.trail.iter().rev().map(|(_, it)| *it)).collect();
        let title = format!("{} – {NAME}", names.join(" – "));
        let body = html! {
            a .skip href="#main" { "Skip to the content" }
            (self.header(page.part))
            main #main {
                (heading(page))
                @if let Some((agent, tab)) = page.agent { (tabs(agent, tab)) }
                (content)
            }
        };
        let mut response = whole(page.status, &title, page.script, &body);
        if page.script.is_some() {
            response.extensions_mut().insert(HasScript);
        }
        response
    }

    fn header(&self, here: Option<Part>) -> Markup {
        let parts = [
            (Part::Agents, "/console", "Agents"),
            (Part::Live, "/console/live", "Live"),
            (Part::Conversations, "/console/conversations", "Conversations"),
        ];
        html! {
            header .top {
                a .brand href="/console" { img src="/console/icon.svg" alt="" width="24" height="24"; (NAME) }
                p .mode .live[!self.is_sandbox()] {
                    @if self.is_sandbox() {
                        strong { "Sandbox" } span .wide { " nothing is sent to anybody" }
                    } @else {
                        strong { "Live mode" } span .wide { " messages go out through SignalWire" }
                    }
                }
                nav aria-label="Console" {
                    ul {
                        @for (part, address, name) in parts {
                            li { a href=(address) aria-current=[(here == Some(part)).then_some("true")] { (name) } }
                        }
                    }
                }
                @if let Some(token) = self.form_token() {
                    form .logout method="post" action="/console/logout" {
                        input type="hidden" name="form_token" value=(token);
                        button .quiet type="submit" { "Log out" }
                    }
                }
            }
        }
    }
}

fn heading(page: &Page<'_>) -> Markup {
    html! {
        @if !page.trail.is_empty() {
            nav .trail aria-label="Breadcrumb" {
                ol { @for (address, name) in page.trail { li { a href=(address) { (name) } } } }
            }
        }
        h1 { (page.title) }
    }
}

fn tabs(agent: &str, here: Tab) -> Markup {
    let tabs = [(Tab::Document, "", "Document"), (Tab::TryIt, "/try", "Try it")];
    html! {
        nav .tabs aria-label={ "Pages of " (agent) } {
            ul {
                @for (tab, end, name) in tabs {
                    li { a href={ "/console/agents/" (segment(agent)) (end) } aria-current=[(tab == here).then_some("page")] { (name) } }
                }
                li { a href={ "/console/live?" (query(&[("agent", agent)])) } { "Live" } }
                li { a href={ "/console/conversations?" (query(&[("agent", agent)])) } { "Conversations" } }
            }
        }
    }
}

/// A text as one segment of a path.
pub(super) fn segment(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// Pairs as a query; those without a value are left out.
pub(super) fn query(pairs: &[(&str, &str)]) -> String {
    let pairs = pairs.iter().filter(|(_, value)| !value.is_empty());
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// A page with this title and body, with nothing around it.
pub(super) fn page(status: StatusCode, title: &str, body: &Markup) -> Response<Body> {
    whole(status, title, None, body)
}

fn whole(status: StatusCode, title: &str, script: Option<&str>, body: &Markup) -> Response<Body> {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                link rel="icon" type="image/svg+xml" href="/console/icon.svg";
                link rel="stylesheet" href="/console/style.css";
                @if let Some(script) = script { script src={ "/console/" (script) } defer {} }
            }
            body { (body) }
        }
    };
    with_type(status, "text/html; charset=utf-8", page.into_string())
}
