//! A server on one SQLite file that is killed again and again under load.
//!
//! The platform's side posts a webhook again until it is answered, as SignalWire does. What has to hold when all is over:
//! nothing that was answered is missing, and nothing is there twice, no code on a phone either.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::sync::watch;

use super::ledger::{self, Ledger};
use super::{Figures, Line, Random};
use crate::{Credentials, Program, StandIn, UNLIMITED, Will};

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
    let (ledger, next, again) =
        (Arc::new(Ledger::default()), Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let callers: Vec<_> = (0..size.at_once)
        .map(|caller| {
            let (ledger, next, again) = (ledger.clone(), next.clone(), again.clone());
            let platform =
                Platform { current: current.clone(), credentials: employee.credentials().clone(), again };
            let stopped = stopped.clone();
            tokio::spawn(async move {
                let mut random = Random::of(size.seed, caller);
                while !*stopped.borrow() {
                    // People take their time, so most calls are in no webhook when the server is killed.
                    tokio::time::sleep(Duration::from_millis(random.below(250))).await;
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
    let found = ledger.check(&employee, &stand_in).await;
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
        ledger.sent(call, &self.post("/mfa/swaig", &ledger::send(call)).await);
        self.post("/mfa/post_prompt", &ledger::report(call)).await;
        ledger.reported(call);
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
