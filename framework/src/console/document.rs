//! `/console/agents/{agent}`: an agent's SWML document, as an outline and as JSON, with what the checker finds in it.

use hyper::Response;
use maud::{Markup, html};

use super::highlight::{Marks, marked};
use super::page::{Page, Part, Shell, Tab, segment};
use super::{missing, outline};
use crate::agent::render;
use crate::registry::RegisteredAgent;
use crate::server::response::Body;
use crate::server::{Credentials, Urls};
use crate::swml::Json;
use crate::swml::check::{Finding, check};

pub(super) fn answer(shell: &Shell<'_>, name: &str) -> Response<Body> {
    let Some(agent) = shell.app.registry.agent(name) else { return missing::agent(shell) };
    let document = document(shell, agent);
    let findings = check(&document).findings;
    let content = html! {
        p { "What SignalWire gets when a call comes in, without what " code { "for_call" } " changes for one caller. Passwords are masked." }
        (found(&findings))
        div .beside .even {
            section aria-labelledby="outline" { h2 #outline { "Outline" } (outline::of(&document.to_value())) }
            section aria-labelledby="json" { h2 #json { "JSON" } (marked("The document as JSON", &document, &marks(&findings))) }
        }
    };
    let page = Page {
        part: Some(Part::Agents),
        trail: &[("/console", "Agents"), (&format!("/console/agents/{}", segment(name)), name)],
        title: "Document",
        agent: Some((&agent.name, Tab::Document)),
        ..Page::default()
    };
    shell.page(&page, &content)
}

/// The document that no call asks for, without passwords.
fn document(shell: &Shell<'_>, agent: &RegisteredAgent) -> Json {
    let app = shell.app;
    let user = shell.visit.live.access.of(&agent.name).user.clone();
    let (masked, definition) = (Credentials::new(user, "****"), agent.definition.clone().masked());
    let urls = Urls::of(&shell.visit.base, &masked, agent, &agent.name, &app.call_tokens, None);
    render::document(&definition, &app.registry, &urls).into()
}

fn found(findings: &[Finding]) -> Markup {
    html! {
        section aria-labelledby="check" {
            h2 #check { "Check" }
            @if findings.is_empty() {
                p .notice .good { "Nothing was found: SignalWire takes this document." }
            } @else {
                ol .findings {
                    @for (index, finding) in findings.iter().enumerate() {
                        li .(tone(finding)) {
                            strong { @if finding.is_error() { "Error" } @else { "Hint" } } ": " (finding.message) ". "
                            @if !finding.remedy.is_empty() { "To mend it: " (finding.remedy) ". " }
                            a href={ "#" (anchor(findings, index)) } { code { (if finding.path.is_empty() { "/" } else { &finding.path }) } }
                        }
                    }
                }
            }
        }
    }
}

fn tone(finding: &Finding) -> &'static str {
    if finding.is_error() { "bad" } else { "fair" }
}

/// Findings of one place share its mark.
fn anchor(findings: &[Finding], index: usize) -> String {
    let first = findings.iter().position(|it| findings.get(index).is_some_and(|found| found.path == it.path));
    format!("finding-{}", first.unwrap_or(index) + 1)
}

fn marks(findings: &[Finding]) -> Marks {
    let mut marks = Marks::new();
    for (index, finding) in findings.iter().enumerate() {
        marks.entry(finding.path.clone()).or_insert_with(|| (anchor(findings, index), tone(finding)));
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_lead_to_their_places() {
        let json = Json::parse(
            r#"{"sections": {"main": [{"record_call": {"stereo": "true"}}, {"execute": {"dest": "x"}}]}}"#,
        );
        let json = json.unwrap();
        let findings = check(&json).findings;
        let list = found(&findings).into_string();
        let shown = marked("it", &json, &marks(&findings)).into_string();
        for id in ["finding-1", "finding-2"] {
            assert!(list.contains(&format!("href=\"#{id}\"")), "{list}");
            assert!(shown.contains(&format!("id=\"{id}\"")), "{shown}");
        }
        assert!(list.contains("/sections/main/0/record_call/stereo") && list.contains("Error"), "{list}");
        assert!(found(&[]).into_string().contains("Nothing was found"));
    }
}
