//! A call as a line of time: which functions ran, when, and for how long.

use std::collections::HashMap;

use maud::{Markup, html};

use super::bars::{Bar, chart, duration};
use super::events::Seen;

/// How many rows are drawn.
const ROWS: usize = 60;

/// The events of one call, in order, drawn.
pub(super) fn of(events: &[&Seen]) -> Markup {
    let (Some(first), Some(last)) = (events.first(), events.last()) else { return html! {} };
    let began = first.at.as_millisecond();
    let since = |event: &Seen| milliseconds(event.at.as_millisecond() - began);
    let bars = runs(events, &since);
    html! {
        @if bars.is_empty() {
            p .hint { "No function has run yet." }
        } @else {
            (chart(&bars))
            p .hint { "From the first event to the last: " (duration(since(last))) "." }
        }
    }
}

fn runs(events: &[&Seen], since: &impl Fn(&Seen) -> f64) -> Vec<Bar> {
    let mut called: HashMap<&str, Vec<f64>> = HashMap::new();
    let mut bars = Vec::new();
    for event in events {
        let at = since(event);
        let name = event.function();
        if event.kind == "function_called" {
            called.entry(name.unwrap_or_default()).or_default().push(at);
        } else if let Some(name) = name.filter(|_| event.ends_a_run()) {
            let began =
                called.get_mut(name).filter(|starts| !starts.is_empty()).map(|starts| starts.remove(0));
            let took = event.took().or(began.map(|began| at - began)).unwrap_or_default();
            let from = began.unwrap_or(at - took).max(0.0);
            bars.push(bar(name.to_owned(), from, took, outcome(event), event.tone()));
        } else if event.kind == "upstream"
            && let Some(took) = event.took()
        {
            let label = format!("↳ {}", event.text("operation").unwrap_or("upstream"));
            bars.push(bar(
                label,
                (at - took).max(0.0),
                took,
                event.text("outcome").unwrap_or_default(),
                "plain",
            ));
        }
    }
    for (name, starts) in called {
        bars.extend(starts.into_iter().map(|from| Bar {
            words: "no reply yet".to_owned(),
            ..bar(name.to_owned(), from, 0.0, "", "fair")
        }));
    }
    bars.sort_by(|one, other| one.from.total_cmp(&other.from).then(other.took.total_cmp(&one.took)));
    bars.truncate(ROWS);
    bars
}

fn bar(label: String, from: f64, took: f64, outcome: &str, tone: &'static str) -> Bar {
    let words = if outcome.is_empty() { duration(took) } else { format!("{} · {outcome}", duration(took)) };
    Bar { label, from, took, part: None, words, tone }
}

fn outcome(event: &Seen) -> &'static str {
    match event.kind.as_str() {
        "function_replied" => "replied",
        "function_refused" => "refused",
        "function_interrupted" => "interrupted",
        _ => "failed",
    }
}

#[expect(clippy::cast_precision_loss, reason = "a call is shorter than what a float counts exactly")]
fn milliseconds(whole: i64) -> f64 {
    whole as f64
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn seen(at: &str, kind: &str, data: &Value) -> Seen {
        serde_json::from_value(json!({"id": 1, "at": at, "kind": kind, "data": data})).unwrap()
    }

    #[test]
    fn a_call_and_its_reply_are_one_bar() {
        let events = [
            seen("2026-01-01T00:00:00Z", "document_fetched", &json!({})),
            seen("2026-01-01T00:00:01Z", "function_called", &json!({"function": "f"})),
            seen(
                "2026-01-01T00:00:01.4Z",
                "upstream",
                &json!({"operation": "send", "outcome": "sent", "duration_ms": 300}),
            ),
            seen("2026-01-01T00:00:01.5Z", "function_replied", &json!({"function": "f", "duration_ms": 480})),
            seen("2026-01-01T00:00:02Z", "function_called", &json!({"function": "g"})),
            seen("2026-01-01T00:00:03Z", "function_failed", &json!({"function": "g"})),
            seen("2026-01-01T00:00:04Z", "function_called", &json!({"function": "h"})),
        ];
        let events: Vec<_> = events.iter().collect();
        let began = events[0].at.as_millisecond();
        let bars = runs(&events, &|event| milliseconds(event.at.as_millisecond() - began));
        let shown: Vec<_> =
            bars.iter().map(|bar| (&*bar.label, bar.from, bar.took, &*bar.words, bar.tone)).collect();
        assert_eq!(
            shown,
            [
                ("f", 1000.0, 480.0, "480 ms · replied", "good"),
                ("↳ send", 1100.0, 300.0, "300 ms · sent", "plain"),
                ("g", 2000.0, 1000.0, "1.0 s · failed", "bad"),
                ("h", 4000.0, 0.0, "no reply yet", "fair"),
            ]
        );
        assert!(of(&events[..1]).into_string().contains("No function has run yet"));
        assert_eq!(of(&[]).into_string(), "");
    }
}
