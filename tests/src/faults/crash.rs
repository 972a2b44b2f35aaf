//! A server on one SQLite file that is killed again and again under load.
//!
//! The platform's side posts a webhook again until it is answered, as SignalWire does. What has to hold when all is over:
//! nothing that was answered is missing, and nothing is there twice, no code on a phone either.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::watch;

use super::{Figures, Line, Random};
use crate::{Credentials, Employee, Program, StandIn, UNLIMITED, Will, function_request};

/// How large a run is.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// What decides of all chances.
    pub seed: u64,
    /// How often the server is killed.
    pub kills: u64,
    /// How many phone calls go on at the same moment.
    pub at_once: u64,
}

/// What was answered to a phone call.
#[derive(Clone, Debug, Default)]
struct Answered {
    /// What the model heard of `send_mfa`.
    send: Option<String>,
    report: bool,
}

type Ledger = Arc<Mutex<HashMap<String, Answered>>>;

/// Runs it.
///
/// # Panics
/// When something that has to hold does not.
pub async fn run(size: Size) -> Figures {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let stand_in =
        StandIn::start(|request| Will::Later(Duration::from_millis(20), Box::new(Will::succeed(request))))
            .await;
    let start = || {
        Program::new(["--listen", "127.0.0.1:0"])
            .account(&stand_in)
            .settings(UNLIMITED)
            .set("SWAIG_SECRET", "0123456789abcdef0123456789abcdef")
            .set("SWAIG_STORE", format!("sqlite:{}", folder.path().join("store.db").display()))
            .set("SWAIG_SPOOL", folder.path().join("spool"))
            .set("RUST_LOG", "warn")
            .serve()
    };
    let started = Instant::now();
    let mut employee = start().await;
    let (address, current) = watch::channel(employee.address());
    let (stop, stopped) = watch::channel(false);
    let (ledger, next, again) = (Ledger::default(), Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let callers: Vec<_> = (0..size.at_once)
        .map(|_| {
            let (ledger, next, again) = (ledger.clone(), next.clone(), again.clone());
            let platform =
                Platform { current: current.clone(), credentials: employee.credentials().clone(), again };
            let stopped = stopped.clone();
            tokio::spawn(async move {
                while !*stopped.borrow() {
                    platform.phone_call(next.fetch_add(1, Ordering::Relaxed), &ledger).await;
                }
            })
        })
        .collect();
    let mut random = Random::new(size.seed);
    for _ in 0..size.kills {
        tokio::time::sleep(Duration::from_millis(30 + random.below(300))).await;
        employee.signal("KILL");
        employee.exit().await;
        employee = start().await;
        address.send_replace(employee.address());
    }
    stop.send_replace(true);
    for caller in callers {
        caller.await.expect("a phone call went as it should");
    }
    let took = started.elapsed();
    let ledger = ledger.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let found = check(&employee, &stand_in, &ledger).await;
    Figures::default()
        .with("seed", size.seed)
        .with("kills", size.kills)
        .with("phone calls", ledger.len())
        .with("webhooks that had to be posted again", again.load(Ordering::Relaxed))
        .with("codes sent", stand_in.sends())
        .with("runs that were cut off and not repeated", found.interrupted)
        .with("reports answered and kept", found.reports)
        .with("events", found.events)
        .with("missing", 0)
        .with("doubled", 0)
        .with("seconds", format!("{:.1}", took.as_secs_f64()))
}

/// The platform's side.
struct Platform {
    current: watch::Receiver<SocketAddr>,
    credentials: Credentials,
    again: Arc<AtomicU64>,
}

impl Platform {
    async fn phone_call(&self, call: u64, ledger: &Ledger) {
        let call_id = format!("call-{call}");
        let note = |change: &dyn Fn(&mut Answered)| {
            let mut ledger = ledger.lock().unwrap_or_else(PoisonError::into_inner);
            change(ledger.entry(call_id.clone()).or_default());
        };
        let mut webhook = function_request("send_mfa", &json!({}));
        webhook["call_id"] = call_id.as_str().into();
        webhook["caller_id_num"] = format!("+1212{:07}", 2_000_000 + call % 7_999_999).into();
        let reply = self.post("/mfa/swaig", &webhook).await;
        let response =
            reply["response"].as_str().unwrap_or_else(|| panic!("a reply has a response: {reply}"));
        note(&|answered| answered.send = Some(response.to_owned()));
        let report = json!({
            "action": "post_conversation", "call_id": call_id, "call_log": [], "post_prompt_data": {"raw": "Goodbye"},
        });
        self.post("/mfa/post_prompt", &report).await;
        note(&|answered| answered.report = true);
    }

    /// Posts until there is an answer.
    async fn post(&self, path: &str, body: &Value) -> Value {
        loop {
            let address = *self.current.borrow();
            let answer = Line::new(address, self.credentials.clone()).post(path, body).await;
            if let Ok(answer) = answer {
                assert_eq!(answer.status, 200, "{}", answer.text());
                return answer.json();
            }
            self.again.fetch_add(1, Ordering::Relaxed);
            // The next server is soon there.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

struct Found {
    interrupted: usize,
    reports: usize,
    events: usize,
}

/// Compares what was answered with what is there.
async fn check(employee: &Employee, stand_in: &StandIn, ledger: &HashMap<String, Answered>) -> Found {
    // It comes behind all others.
    let last = json!({"call_info": {"call_id": "last"}, "label": "last"});
    assert_eq!(employee.client().post("/mfa/debug", &last).await.status, 200);
    let events = employee.events("?after=0").await.until("debug").await;
    let mut kinds: HashMap<(String, String), usize> = HashMap::new();
    for event in &events {
        let call_id = event.json["call_id"].as_str().unwrap_or_default().to_owned();
        *kinds.entry((call_id, event.kind().to_owned())).or_default() += 1;
    }
    let count =
        |call_id: &str, kind: &str| kinds.get(&(call_id.to_owned(), kind.to_owned())).copied().unwrap_or(0);
    let mut kept: HashMap<String, usize> = HashMap::new();
    for id in 1.. {
        let report = employee.client().get(&format!("/console/conversations/{id}")).await;
        if report.status != 200 {
            break;
        }
        *kept.entry(report.json()["call_id"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
    }
    let mut sent: HashMap<String, usize> = HashMap::new();
    for request in stand_in.requests().iter().filter(|request| request.is_send()) {
        *sent.entry(request.json()["to"].to_string()).or_default() += 1;
    }
    let twice: Vec<_> = sent.iter().filter(|(_, times)| **times > 1).collect();
    assert!(twice.is_empty(), "codes were sent twice: {twice:?}");
    let mut found = Found { interrupted: 0, reports: 0, events: events.len() };
    for (call_id, answered) in ledger {
        let called = count(call_id, "function_called");
        assert!(called <= 1, "{call_id}: the function ran {called} times");
        if let Some(response) = &answered.send {
            if response == "6 digit number sent" {
                let replied = count(call_id, "function_replied");
                assert_eq!((called, replied), (1, 1), "{call_id}: an answered webhook has its events, once");
            } else {
                assert!(response.contains("not known"), "{call_id}: {response}");
                found.interrupted += 1;
            }
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
