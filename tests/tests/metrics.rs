//! The figures: what `/metrics` shows is what the documentation says, and the dashboard and the alerts ask for nothing else.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use swaig_tests::{Employee, PhoneCall, Program, StandIn, Will};

const OPERATIONS: &str = include_str!("../../docs/operations.md");
const DASHBOARD: &str = include_str!("../../deploy/grafana/digital-employees.json");
const ALERTS: &str = include_str!("../../deploy/prometheus/alerts.yml");

/// Kind and labels of a metric.
type Shape = (String, BTreeSet<String>);

/// What stands between backticks.
fn quoted(text: &str) -> BTreeSet<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The table of the documentation, and which metrics are there from the start.
fn documented() -> (BTreeMap<String, Shape>, BTreeSet<String>) {
    let (mut all, mut early) = (BTreeMap::new(), BTreeSet::new());
    for line in OPERATIONS.lines() {
        let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [name, kind @ ("counter" | "gauge" | "histogram"), labels, _, from_the_start] = cells[..] else {
            continue;
        };
        let name = name.trim_matches('`').to_owned();
        if from_the_start == "yes" {
            early.insert(name.clone());
        }
        all.insert(name, (kind.to_owned(), quoted(labels)));
    }
    (all, early)
}

/// The metrics of a text in Prometheus' format.
fn shown(text: &str) -> BTreeMap<String, Shape> {
    let mut found: BTreeMap<String, Shape> = BTreeMap::new();
    for line in text.lines() {
        if let Some((name, kind)) = line.strip_prefix("# TYPE ").and_then(|line| line.split_once(' ')) {
            found.insert(name.to_owned(), (kind.to_owned(), BTreeSet::new()));
            continue;
        }
        let Some((series, labels)) = line.split_once('{').filter(|_| !line.starts_with('#')) else {
            continue;
        };
        let (labels, _) = labels.rsplit_once('}').expect("labels end");
        let (_, (_, known)) = found
            .iter_mut()
            .find(|(name, _)| name_of(series) == **name)
            .unwrap_or_else(|| panic!("the type comes before {line}"));
        let names = labels.split(',').filter_map(|label| label.split_once('=')).map(|(name, _)| name);
        known.extend(names.filter(|name| *name != "le").map(str::to_owned));
    }
    found
}

/// The metric of a series.
fn name_of(series: &str) -> &str {
    ["_bucket", "_sum", "_count"].iter().find_map(|end| series.strip_suffix(end)).unwrap_or(series)
}

async fn figures(employee: &Employee) -> BTreeMap<String, Shape> {
    let answer = employee.client().get("/metrics").await;
    assert_eq!(answer.status, 200);
    shown(answer.text())
}

/// A server that is asked for one thing of each kind.
async fn busy(stand_in: &StandIn) -> Employee {
    let employee = Employee::live_with(stand_in, [("SWAIG_FAILED_LOGINS", "1")]).await;
    let mut call = PhoneCall::from(&employee, "+15551230000").await;
    assert_eq!(call.call("send_mfa", json!({})).await.response(), "6 digit number sent");
    assert_eq!(call.end(json!({"post_prompt_data": {"raw": "Goodbye"}})).await.status, 200);
    for (headers, status) in [(&[("sec-fetch-site", "cross-site")][..], 403), (&[], 400)] {
        let answer = employee.client().send("POST", "/mfa/swaig", headers, "no JSON").await;
        assert_eq!(answer.status, status, "{}", answer.text());
    }
    for status in [401, 429] {
        assert_eq!(employee.stranger().get("/mfa").await.status, status);
    }
    employee
}

/// A server without room for its store, and without a place where records could wait for it.
async fn full() -> Employee {
    let program =
        Program::new(["--listen", "127.0.0.1:0"]).set("SWAIG_SPOOL", "memory:").set("SWAIG_SPOOL_SIZE", "1");
    let employee = program.limit_file_size(400).serve().await;
    let report = json!({"post_prompt_data": {"raw": "a long story ".repeat(20_000)}});
    for _ in 0..200 {
        let call = PhoneCall::from(&employee, "+15551230000").await;
        call.end(report.clone()).await;
        if figures(&employee).await.contains_key("swaig_records_lost_total") {
            return employee;
        }
    }
    panic!("nothing is ever lost");
}

#[tokio::test]
async fn the_table_has_what_is_shown_and_nothing_else() {
    let (documented, early) = documented();
    assert!(documented.len() > 15, "the table is read: {documented:?}");
    let stand_in = StandIn::start(Will::succeed).await;
    let fresh = figures(&Employee::sandbox().await).await;
    for name in &early {
        assert!(fresh.contains_key(name), "{name} is there from the start");
    }
    let mut all = fresh;
    let more = [figures(&busy(&stand_in).await).await, figures(&full().await).await];
    for (name, (kind, labels)) in more.into_iter().flatten() {
        let known = all.entry(name).or_insert_with(|| (kind.clone(), BTreeSet::new()));
        assert_eq!(known.0, kind);
        known.1.extend(labels);
    }
    assert_eq!(all, documented);
}

#[tokio::test]
async fn a_request_is_counted_and_timed_by_its_route() {
    let employee = Employee::sandbox().await;
    PhoneCall::from(&employee, "+15551230000").await;
    let answer = employee.client().get("/metrics").await;
    for line in [
        r#"swaig_requests_total{route="document",status="200"} 1"#,
        r#"swaig_request_seconds_bucket{route="document",le="+Inf"} 1"#,
        r#"swaig_request_seconds_count{route="document"} 1"#,
        // The one that asks.
        "swaig_requests_in_flight 1",
    ] {
        assert!(answer.text().lines().any(|it| it == line), "{line}: {}", answer.text());
    }
}

/// The metrics of ours that an expression asks for.
fn asked(text: &str) -> BTreeSet<&str> {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    words.filter(|word| word.starts_with("swaig_") || word.starts_with("process_")).map(name_of).collect()
}

#[test]
fn the_dashboard_and_the_alerts_ask_for_metrics_that_there_are() {
    fn expressions<'a>(value: &'a Value, into: &mut Vec<&'a str>) {
        match value {
            Value::Object(fields) => {
                into.extend(["expr", "query"].iter().filter_map(|key| fields.get(*key)?.as_str()));
                fields.values().for_each(|value| expressions(value, into));
            }
            Value::Array(items) => items.iter().for_each(|value| expressions(value, into)),
            _ => {}
        }
    }
    let (documented, _) = documented();
    let dashboard: Value = serde_json::from_str(DASHBOARD).unwrap();
    let alerts: Value = serde_yaml_ng::from_str(ALERTS).unwrap();
    for (file, least) in [(dashboard, documented.len()), (alerts, 8)] {
        let mut found = Vec::new();
        expressions(&file, &mut found);
        let names: BTreeSet<_> = found.iter().flat_map(|expression| asked(expression)).collect();
        assert!(names.len() >= least, "{names:?}");
        for name in names {
            assert!(documented.contains_key(name), "{name} is not in the table");
        }
    }
}
