//! `/console/conversations/{id}`: one stored report for a person, and as it was stored.

use hyper::header::{CONTENT_DISPOSITION, HeaderValue};
use hyper::{Response, StatusCode};
use jiff::Timestamp;
use maud::{Markup, html};

use super::bars::{Bar, chart, duration};
use super::conversations::caller;
use super::highlight::block;
use super::page::{Page, Part, Shell, query};
use super::{missing, recording, transcript};
use crate::call::{Report, Role};
use crate::server::response::{Body, json, refusal};
use crate::store::{Conversation, StoreError};
use crate::swml::Json;

/// How many rows the chart has.
const ROWS: usize = 200;

/// The report as it was stored, to keep.
pub(super) async fn download(shell: &Shell<'_>, id: &str) -> Result<Response<Body>, StoreError> {
    let Some(conversation) = find(shell, id).await? else {
        return Ok(refusal(StatusCode::NOT_FOUND, "there is no conversation of this number"));
    };
    let mut response = json(StatusCode::OK, conversation.report.raw());
    let name = format!("attachment; filename=\"conversation-{}.json\"", conversation.id);
    // A number and nothing else is in it.
    if let Ok(name) = HeaderValue::from_str(&name) {
        response.headers_mut().insert(CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

/// The page.
pub(super) async fn answer(shell: &Shell<'_>, id: &str) -> Result<Response<Body>, StoreError> {
    let Some(conversation) = find(shell, id).await? else { return Ok(missing::conversation(shell)) };
    let report = &*conversation.report;
    let content = html! {
        (facts(&conversation))
        @if let Some(why) = &conversation.dead_letter {
            p .notice .bad { strong { "Could not be read" } ": " (why) ". It was kept as it came, masked." }
            pre tabindex="0" role="region" aria-label="What came" { (report.raw().as_str().unwrap_or_default()) }
        } @else {
            (summary(report))
            div .beside {
                section aria-labelledby="transcript" { h2 #transcript { "Transcript" } (transcript::of(report)) }
                div { (latencies(report)) (totals(report)) }
            }
            (calls(report))
        }
    };
    let title = format!("Conversation {}", conversation.id);
    let page = Page {
        part: Some(Part::Conversations),
        trail: &[("/console/conversations", "Conversations")],
        title: &title,
        ..Page::default()
    };
    Ok(shell.page(&page, &content))
}

pub(super) async fn find(shell: &Shell<'_>, id: &str) -> Result<Option<Conversation>, StoreError> {
    match id.parse() {
        Ok(id) => shell.app.store.get(id).await,
        Err(_) => Ok(None),
    }
}

fn facts(conversation: &Conversation) -> Markup {
    let report = &*conversation.report;
    let agent_id = if conversation.agent_id == conversation.agent { "" } else { &*conversation.agent_id };
    let live =
        |call_id| query(&[("agent", &*conversation.agent), ("agent_id", agent_id), ("call_id", call_id)]);
    let took = report.call_start_date().zip(report.call_end_date()).map(|(began, ended)| {
        let milliseconds = ended.as_millisecond().saturating_sub(began.as_millisecond());
        duration(f64::from(i32::try_from(milliseconds).unwrap_or(i32::MAX)))
    });
    html! {
        dl .facts {
            (fact("Agent", &html! { (conversation.agent) @if !agent_id.is_empty() { " as " code { (agent_id) } } }))
            (fact("Report arrived", &moment(conversation.received_at)))
            @if let Some(began) = report.call_start_date() { (fact("Call began", &moment(began))) }
            @if let Some(took) = took { (fact("Call took", &html! { (took) })) }
            @if let Some(caller) = caller(conversation) { (fact("Caller", &html! { (caller) })) }
            @if let Some(by) = report.call_ended_by() { (fact("Ended by", &html! { (by) })) }
            @if let Some(call_id) = &conversation.call_id {
                (fact("Call", &html! { code { (call_id) } " " a href={ "/console/live?" (live(call_id)) } { "its events" } }))
            }
            @if let Some(id) = report.conversation_id() { (fact("Goes on as", &html! { code { (id) } })) }
            @if let Some(url) = report.recording_url() { (fact("Recording", &recording(conversation, url))) }
            (fact("As stored", &html! { a href={ "/console/conversations/" (conversation.id) ".json" } download { "JSON" } }))
        }
    }
}

fn fact(name: &str, value: &Markup) -> Markup {
    html! { div { dt { (name) } dd { (value) } } }
}

fn moment(at: Timestamp) -> Markup {
    html! { time datetime=(at) { (at.strftime("%F %H:%M:%S UTC")) } }
}

/// What is no address of the web is text: a report may say anything. It is fetched when somebody listens, and through this
/// server.
fn recording(conversation: &Conversation, text: &str) -> Markup {
    let address = recording::address(&conversation.report);
    html! {
        @if let Some(url) = address {
            audio controls preload="none" aria-label="The recording of the call"
                src={ "/console/conversations/" (conversation.id) "/recording" } {}
            a href=(url.as_str()) target="_blank" rel="noopener noreferrer external" { "Listen at " (url.host_str().unwrap_or("its place")) }
        } @else {
            code { (text) }
        }
    }
}

fn summary(report: &Report) -> Markup {
    html! {
        section aria-labelledby="summary" {
            h2 #summary { "Summary" }
            @if let Some(parsed) = report.parsed() {
                (block("The summary", &Json::from(parsed.clone())))
            } @else {
                p .said { (report.summary().filter(|it| !it.trim().is_empty()).unwrap_or("No summary")) }
            }
            @if let Some(text) = report.conversation_summary() { h3 { "For the next call" } p .said { (text) } }
        }
    }
}

/// How long the caller waited for each turn, and for each function.
fn latencies(report: &Report) -> Markup {
    let mut turn = 0_usize;
    let mut bars = Vec::new();
    for entry in report.call_log() {
        match entry.role() {
            Some(Role::Assistant) => {
                let longest = [
                    entry.acoustic_latency(),
                    entry.audio_latency(),
                    entry.utterance_latency(),
                    entry.latency(),
                ];
                let Some(took) = longest.into_iter().flatten().next() else { continue };
                turn += 1;
                let words = match entry.latency() {
                    Some(first) if first < took => {
                        format!("{}, first word of the model after {}", duration(took), duration(first))
                    }
                    _ => duration(took),
                };
                bars.push(Bar {
                    label: format!("Turn {turn}"),
                    from: 0.0,
                    took,
                    part: entry.latency(),
                    words,
                    tone: "plain",
                });
            }
            Some(Role::Tool | Role::Function) => {
                let Some(took) = entry.function_latency().or(entry.execution_latency()) else { continue };
                let label = entry.function_name().unwrap_or("function").to_owned();
                bars.push(Bar {
                    label,
                    from: 0.0,
                    took,
                    part: entry.execution_latency(),
                    words: duration(took),
                    tone: "good",
                });
            }
            _ => {}
        }
        if bars.len() == ROWS {
            break;
        }
    }
    html! {
        @if !bars.is_empty() {
            section aria-labelledby="latencies" {
                h2 #latencies { "How long the caller waited" }
                (chart(&bars))
                p .hint { "Of a turn: until the agent was heard; the strong part is the time to the model's first word. Of a function: until its answer came; the strong part is its own work." }
            }
        }
    }
}

fn totals(report: &Report) -> Markup {
    let totals: Vec<_> = report.totals().collect();
    html! {
        @if !totals.is_empty() {
            section aria-labelledby="totals" {
                h2 #totals { "Accounting" }
                dl .settings {
                    @for (name, total) in totals { dt { (name.trim_start_matches("total_").replace('_', " ")) } dd { (total) } }
                }
            }
        }
    }
}

/// What was posted to functions and what they answered, as the engine kept it.
fn calls(report: &Report) -> Markup {
    let calls: Vec<_> = report.swaig_log().collect();
    html! {
        @if !calls.is_empty() {
            section aria-labelledby="calls" {
                h2 #calls { "Function calls" }
                @for (index, call) in calls.iter().enumerate() {
                    details .card {
                        summary {
                            code { (call.command_name().unwrap_or("?")) }
                            @if let Some(at) = call.epoch_time() { " " time datetime=(at) { (at.strftime("%H:%M:%S UTC")) } }
                            @if call.native() == Some(true) { " " span .tag { "run by SignalWire" } }
                        }
                        @if let Some(arguments) = call.command_arg() { p { "Arguments: " code { (arguments) } } }
                        @for (name, value) in [("Posted", call.post_data()), ("Answered", call.post_response()), ("Answered later", call.delayed_post_response())] {
                            @if let Some(value) = value {
                                h3 { (name) }
                                (block(&format!("{name}, call {}", index + 1), &Json::from(value.clone())))
                            }
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
    fn only_addresses_of_the_web_are_links_and_played() {
        let shown = |address: &str| {
            let report = Report::test().with_field("SWMLVars", json!({"record_call_url": address}));
            let conversation = Conversation::new("mfa".into(), "mfa".into(), None, report);
            recording(&conversation, address).into_string()
        };
        let link = shown("https://files.example.com/a.wav?x=<b>");
        for part in [
            "rel=\"noopener noreferrer external\"",
            "Listen at files.example.com",
            "src=\"/console/conversations/0/recording\"",
        ] {
            assert!(link.contains(part), "{part} is not in {link}");
        }
        for text in ["javascript:alert(1)", "data:text/html,<script>", "/console/logout", "", "//x.example"] {
            let shown = shown(text);
            let harmless = ["href", "<script", "<audio"].iter().all(|part| !shown.contains(part));
            assert!(harmless, "{shown}");
        }
    }

    #[test]
    fn turns_and_functions_have_bars() {
        let report = Report::test().with_field(
            "call_log",
            json!([
                {"role": "user", "content": "hi"},
                {"role": "assistant", "content": "hello", "latency": 400, "audio_latency": 600, "acoustic_latency": 900},
                {"role": "tool", "function_name": "find", "function_latency": 120, "execution_latency": 90},
                {"role": "assistant", "content": "there", "latency": 300},
                {"role": "assistant", "content": "without"},
            ]),
        );
        let shown = latencies(&report).into_string();
        for expected in
            ["Turn 1", "900 ms, first word of the model after 400 ms", "find", "120 ms", "Turn 2", "300 ms"]
        {
            assert!(shown.contains(expected), "{expected}: {shown}");
        }
        assert!(!shown.contains("Turn 3"), "{shown}");
        assert_eq!(latencies(&Report::test()).into_string(), "");
    }
}
