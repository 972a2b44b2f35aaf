//! What was answered, and what is there.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use crate::{Employee, StandIn, function_request};

/// What was answered to a phone call.
#[derive(Clone, Debug, Default)]
pub(super) struct Answered {
    /// What the model heard of `send_mfa`.
    pub(super) send: Option<String>,
    pub(super) report: bool,
}

/// What was answered to each phone call.
#[derive(Default)]
pub(super) struct Ledger(Mutex<HashMap<String, Answered>>);

impl Ledger {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Answered>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes the reply of `send_mfa`.
    pub(super) fn sent(&self, call: u64, reply: &Value) {
        let response =
            reply["response"].as_str().unwrap_or_else(|| panic!("a reply has a response: {reply}"));
        self.lock().entry(call_id(call)).or_default().send = Some(response.to_owned());
    }

    /// Notes that the report was taken.
    pub(super) fn reported(&self, call: u64) {
        self.lock().entry(call_id(call)).or_default().report = true;
    }

    /// How many phone calls there were.
    pub(super) fn len(&self) -> usize {
        self.lock().len()
    }

    /// Compares what was answered with what is there.
    pub(super) async fn check(&self, employee: &Employee, stand_in: &StandIn) -> Found {
        let answered = self.lock().clone();
        // It comes behind all others.
        let last = json!({"call_info": {"call_id": "last"}, "label": "last"});
        assert_eq!(employee.client().post("/mfa/debug", &last).await.status, 200);
        let events = employee.events("?after=0").await.until("debug").await;
        assert!(events.is_sorted_by(|one, next| one.id < next.id), "events come in order");
        let mut kinds: HashMap<(String, String), usize> = HashMap::new();
        for event in &events {
            let call_id = event.json["call_id"].as_str().unwrap_or_default().to_owned();
            *kinds.entry((call_id, event.kind().to_owned())).or_default() += 1;
        }
        let count = |call_id: &str, kind: &str| {
            kinds.get(&(call_id.to_owned(), kind.to_owned())).copied().unwrap_or_default()
        };
        let kept = reports(employee).await;
        let mut sent: HashMap<String, usize> = HashMap::new();
        for request in stand_in.requests().iter().filter(|request| request.is_send()) {
            *sent.entry(request.json()["to"].to_string()).or_default() += 1;
        }
        let twice: Vec<_> = sent.iter().filter(|(_, times)| **times > 1).collect();
        assert!(twice.is_empty(), "codes were sent twice: {twice:?}");
        let mut found = Found { events: events.len(), ..Found::default() };
        for (call_id, answered) in &answered {
            let called = count(call_id, "function_called");
            assert!(called <= 1, "{call_id}: the function ran {called} times");
            match answered.send.as_deref() {
                Some("6 digit number sent") => {
                    let replied = count(call_id, "function_replied");
                    assert_eq!(
                        (called, replied),
                        (1, 1),
                        "{call_id}: an answered webhook has its events, once"
                    );
                    found.sent += 1;
                }
                Some(response) if response.contains("not known") => found.interrupted += 1,
                Some(response) if response.starts_with("No code was sent") => found.refused += 1,
                Some(response) => panic!("{call_id}: {response}"),
                None => {}
            }
            if answered.report {
                found.reports += 1;
                assert_eq!(kept.get(call_id), Some(&1), "{call_id}: an answered report is there, once");
                assert_eq!(count(call_id, "conversation_ended"), 1, "{call_id}: and so is its event");
            }
        }
        assert!(kept.values().all(|times| *times == 1), "no report is there twice");
        found
    }
}

/// What there is of what was answered. Nothing of it is missing, and nothing is there twice.
#[derive(Default)]
pub(super) struct Found {
    /// Codes that were sent.
    pub(super) sent: usize,
    /// Runs that were cut off, and not repeated.
    pub(super) interrupted: usize,
    /// Codes that were not sent, since nothing could be counted.
    pub(super) refused: usize,
    pub(super) reports: usize,
    pub(super) events: usize,
}

/// How often there is a report of each call.
async fn reports(employee: &Employee) -> HashMap<String, usize> {
    let mut kept: HashMap<String, usize> = HashMap::new();
    for id in 1.. {
        let report = employee.client().get(&format!("/console/conversations/{id}.json")).await;
        if report.status == 404 {
            break;
        }
        assert_eq!(report.status, 200, "{}", report.text());
        *kept.entry(report.json()["call_id"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
    }
    kept
}

/// The id of a call, in letters: digits might be a code, and are masked in what is stored.
fn call_id(call: u64) -> String {
    let letters = call.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect::<String>();
    format!("call-{letters}")
}

/// The webhook of a call that asks for a code.
pub(super) fn send(call: u64) -> Value {
    let mut webhook = function_request("send_mfa", &json!({}));
    webhook["call_id"] = call_id(call).into();
    webhook["caller_id_num"] = number_of(call).into();
    webhook
}

/// The report of a call.
pub(super) fn report(call: u64) -> Value {
    json!({
        "action": "post_conversation", "call_id": call_id(call), "call_log": [],
        "post_prompt_data": {"raw": "Goodbye"},
    })
}

/// A number of a caller that no other has; it is a valid one.
pub(super) fn number_of(call: u64) -> String {
    format!("+1212{:07}", 2_000_000 + call % 7_999_999)
}
