//! A document: what it says, readable, beside the JSON that SignalWire gets, with what the checker finds.

use hyper::Response;
use maud::{Markup, html};
use serde_json::Value;

use super::page::{Place, json, shell};
use crate::agent::render;
use crate::registry::RegisteredAgent;
use crate::server::auth::Session;
use crate::server::response::Body;
use crate::server::{App, Credentials, Urls};

pub(super) fn answer(app: &App, session: Option<&Session>, agent: &RegisteredAgent) -> Response<Body> {
    let live = app.live();
    // As `render` shows it: all is exact but the password.
    let credentials = Credentials::new(live.access.of(&agent.name).user.clone(), "****");
    let urls = Urls::of(&app.base, &credentials, agent, &agent.name, &app.call_tokens, None);
    let document = render::document(&agent.definition.clone().masked(), &app.registry, &urls);
    let report = document.check();
    let value = serde_json::to_value(&document).unwrap_or_default();
    let steps = value["sections"]["main"].as_array().map(Vec::as_slice).unwrap_or_default();
    let content = html! {
        p {
            @if agent.registration.description.is_empty() { "The document of a call" } @else { (agent.registration.description) }
            ". " a href={ "/console/agents/" (agent.name) "/try" } { "Try it" }
        }
        section aria-labelledby="findings" {
            h2 #findings { "Findings" }
            @if report.findings.is_empty() {
                p .empty { "The checker finds nothing: the document is valid." }
            }
            ul {
                @for finding in &report.findings {
                    li {
                        strong { (if finding.is_error() { "Error" } else { "Lint" }) } " at " code { (if finding.path.is_empty() { "/" } else { &finding.path }) }
                        ": " (finding.message) " " small { (finding.remedy) }
                    }
                }
            }
        }
        div .columns {
            section aria-labelledby="outline" {
                h2 #outline { "What it says" }
                ol { @for step in steps { (verb(step)) } }
            }
            section aria-labelledby="json" {
                h2 #json { "The document" }
                (json(&value))
            }
        }
    };
    shell(app, session, Place::Agents, &agent.name, &content)
}

/// A step of the section `main`.
fn verb(step: &Value) -> Markup {
    let Some((name, body)) = step.as_object().and_then(|step| step.iter().next()) else {
        return html! { li { "an empty step" } };
    };
    html! {
        li {
            code { (name) }
            @if name == "ai" { (ai(body)) }
        }
    }
}

fn ai(ai: &Value) -> Markup {
    html! {
        h3 { "Prompt" }
        @if let Some(text) = ai["prompt"]["text"].as_str() { p .text { (text) } }
        @for section in ai["prompt"]["pom"].as_array().into_iter().flatten() { (pom(section)) }
        @if let Some(contexts) = ai["prompt"]["contexts"].as_object() {
            h3 { "Steps" }
            @for (name, context) in contexts {
                @if contexts.len() > 1 { h4 { "Context " (name) } }
                ol {
                    @for step in context["steps"].as_array().into_iter().flatten() {
                        li {
                            strong { (step["name"].as_str().unwrap_or_default()) } " "
                            span .text { (step["text"].as_str().unwrap_or_default()) }
                            @for section in step["pom"].as_array().into_iter().flatten() { (pom(section)) }
                            @if let Some(criteria) = step["step_criteria"].as_str() { br; small { "Done when: " (criteria) } }
                            @if let Some(functions) = step["functions"].as_array() {
                                br; small { "Functions: " (names(functions)) }
                            }
                        }
                    }
                }
            }
        }
        h3 { "Functions" }
        @let functions = ai["SWAIG"]["functions"].as_array().map(Vec::as_slice).unwrap_or_default();
        @if functions.is_empty() { p .empty { "None." } }
        dl {
            @for function in functions {
                dt { code { (function["function"].as_str().unwrap_or_default()) } }
                dd {
                    (function["description"].as_str().unwrap_or_default())
                    @if function["data_map"].is_object() { small { " SignalWire runs it by itself." } }
                    @if function["active"] == false { small { " It is switched off at first." } }
                    (parameters(&function["parameters"]))
                }
            }
        }
        @if let Some(params) = ai["params"].as_object() {
            h3 { "Settings of the engine" }
            dl .short {
                @for (name, value) in params { dt { code { (name) } } dd { (value.as_str().map_or_else(|| value.to_string(), str::to_owned)) } }
            }
        }
    }
}

fn pom(section: &Value) -> Markup {
    html! {
        @if let Some(title) = section["title"].as_str() { h4 { (title) } }
        @if let Some(body) = section["body"].as_str() { p .text { (body) } }
        @if let Some(bullets) = section["bullets"].as_array() {
            ul { @for bullet in bullets { li { (bullet.as_str().unwrap_or_default()) } } }
        }
        @for section in section["subsections"].as_array().into_iter().flatten() { (pom(section)) }
    }
}

fn parameters(schema: &Value) -> Markup {
    let required = schema["required"].as_array().map(Vec::as_slice).unwrap_or_default();
    html! {
        @if let Some(properties) = schema["properties"].as_object() {
            ul {
                @for (name, property) in properties {
                    li {
                        code { (name) } " "
                        small { (property["type"].as_str().unwrap_or("any")) @if required.iter().any(|it| it == name) { ", required" } ". " }
                        (property["description"].as_str().unwrap_or_default())
                    }
                }
            }
        }
    }
}

fn names(list: &[Value]) -> String {
    let names: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
