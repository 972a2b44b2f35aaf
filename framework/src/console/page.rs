//! What all pages have in common.

use hyper::{Response, StatusCode};
use maud::{DOCTYPE, Markup, html};
use serde_json::Value;

use crate::server::App;
use crate::server::auth::Session;
use crate::server::response::{Body, with_type};

/// The places of the navigation.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Agents,
    Live,
    Conversations,
}

/// A page with this title and body, without a script.
pub(super) fn page(status: StatusCode, title: &str, body: &Markup) -> Response<Body> {
    write(status, title, body, false)
}

fn write(status: StatusCode, title: &str, body: &Markup, has_script: bool) -> Response<Body> {
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
                @if has_script { script src="/console/console.js" defer {} }
            }
            body { (body) }
        }
    };
    with_type(status, "text/html; charset=utf-8", page.into_string())
}

/// A page of the console: the way to the others, and this one's content.
pub(super) fn shell(
    app: &App,
    session: Option<&Session>,
    place: Place,
    title: &str,
    content: &Markup,
) -> Response<Body> {
    let link = |to: Place, address: &str, name: &str| {
        html! { li { a href=(address) aria-current=[(to == place).then_some("page")] { (name) } } }
    };
    let sandbox = app.setup.signalwire().is_sandbox();
    let body = html! {
        a .skip href="#main" { "Skip to the content" }
        header {
            p .brand { "Digital employees" }
            nav aria-label="Pages" {
                ul {
                    (link(Place::Agents, "/console", "Agents"))
                    (link(Place::Live, "/console/live", "Live"))
                    (link(Place::Conversations, "/console/conversations", "Conversations"))
                }
            }
            @if let Some(token) = session.and_then(|session| app.sessions.form_token(session)) {
                form .logout method="post" action="/console/logout" {
                    input type="hidden" name="form_token" value=(token);
                    button type="submit" { "Log out" }
                }
            }
            p .about {
                @if sandbox {
                    strong .mode { "Sandbox" } " No SignalWire credentials are set: nothing is sent to anybody."
                } @else {
                    strong .mode { "Live" } " Messages go out through SignalWire."
                }
            }
        }
        main #main {
            h1 { (title) }
            (content)
        }
    };
    write(StatusCode::OK, &format!("{title} – Digital employees"), &body, true)
}

/// A sentence in which names stand between backticks.
pub(super) fn words(sentence: &str) -> Markup {
    html! {
        @for (place, part) in sentence.split('`').enumerate() {
            @if place % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

/// JSON for people: indented, with its parts told apart.
pub(super) fn json(value: &Value) -> Markup {
    html! { pre .json tabindex="0" { code { (part(value, 1)) } } }
}

fn part(value: &Value, depth: usize) -> Markup {
    let line = |depth: usize| format!("\n{}", "  ".repeat(depth));
    html! {
        @match value {
            Value::Object(members) if !members.is_empty() => {
                "{"
                @for (place, (name, value)) in members.iter().enumerate() {
                    @if place > 0 { "," }
                    (line(depth)) span .k { (Value::from(name.as_str()).to_string()) } ": " (part(value, depth + 1))
                }
                (line(depth - 1)) "}"
            }
            Value::Array(items) if !items.is_empty() => {
                "["
                @for (place, value) in items.iter().enumerate() {
                    @if place > 0 { "," }
                    (line(depth)) (part(value, depth + 1))
                }
                (line(depth - 1)) "]"
            }
            Value::String(_) => span .s { (value.to_string()) },
            _ => span .n { (value.to_string()) },
        }
    }
}
