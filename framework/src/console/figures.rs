//! How the functions of an agent fare, by its newest events.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::bars::duration;
use super::events::Seen;

/// What is known of one function.
#[derive(Default)]
struct Figures {
    replied: usize,
    refused: usize,
    failed: usize,
    /// Milliseconds, in order of size.
    took: Vec<f64>,
    why: Option<String>,
}

/// A table of the functions that were called lately.
pub(super) fn table(agent: &str, events: &[Seen]) -> Markup {
    let functions = count(events);
    html! {
        @if functions.is_empty() {
            p .empty { "No function was called lately." }
        } @else {
            div .scroll tabindex="0" role="region" aria-label={ "How the functions of " (agent) " fare" } {
                table {
                    thead { tr {
                        th scope="col" { "Lately" } th scope="col" .number { "Replies" } th scope="col" .number { "Refusals" }
                        th scope="col" .number { "Failures" } th scope="col" .number { "Median" } th scope="col" .number { "Slowest" }
                    } }
                    tbody {
                        @for (name, figures) in &functions {
                            tr {
                                th scope="row" { code { (name) } @if let Some(why) = &figures.why { br; small .bad { "Last failure: " (why) } } }
                                td .number { (figures.replied) }
                                td .number { (figures.refused) }
                                td .number .bad[figures.failed > 0] { (figures.failed) }
                                td .number { (middle(&figures.took).map_or_else(|| "–".to_owned(), duration)) }
                                td .number { (figures.took.last().copied().map_or_else(|| "–".to_owned(), duration)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn count(events: &[Seen]) -> BTreeMap<&str, Figures> {
    let mut functions: BTreeMap<&str, Figures> = BTreeMap::new();
    for event in events.iter().filter(|event| event.ends_a_run()) {
        let Some(name) = event.function() else { continue };
        let figures = functions.entry(name).or_default();
        match event.kind.as_str() {
            "function_replied" => figures.replied += 1,
            "function_refused" => figures.refused += 1,
            _ => {
                figures.failed += 1;
                figures.why = Some(event.text("reason").unwrap_or("it was interrupted").to_owned());
            }
        }
        figures.took.extend(event.took());
    }
    for figures in functions.values_mut() {
        figures.took.sort_by(f64::total_cmp);
    }
    functions
}

fn middle(sorted: &[f64]) -> Option<f64> {
    sorted.get(sorted.len().checked_sub(1)? / 2).copied()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(kind: &str, data: &serde_json::Value) -> Seen {
        let event = json!({"id": 1, "at": "2026-01-01T00:00:00Z", "kind": kind, "data": data});
        serde_json::from_value(event).unwrap()
    }

    #[test]
    fn runs_are_counted_by_how_they_ended() {
        let events = [
            event("function_called", &json!({"function": "f"})),
            event("function_replied", &json!({"function": "f", "duration_ms": 30})),
            event("function_replied", &json!({"function": "f", "duration_ms": 10})),
            event("function_failed", &json!({"function": "f", "duration_ms": 500, "reason": "upstream"})),
            event("function_refused", &json!({"function": "g"})),
            event("function_refused", &json!({"reason": "unknown function"})),
        ];
        let functions = count(&events);
        let f = &functions["f"];
        assert_eq!((f.replied, f.refused, f.failed, f.why.as_deref()), (2, 0, 1, Some("upstream")));
        assert_eq!((middle(&f.took), f.took.last()), (Some(30.0), Some(&500.0)));
        assert_eq!((functions["g"].refused, functions.len()), (1, 2));
        assert_eq!(middle(&[]), None);
        assert!(table("a", &events[..1]).into_string().contains("No function was called lately"));
    }
}
