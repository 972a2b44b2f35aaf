//! Two instances on one Redis that is away for a while, under load.
//!
//! What has to hold: every webhook is answered 200 all the time, and when Redis is back nothing that was answered is missing,
//! and nothing is there twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::watch;

use super::ledger::{self, Ledger};
use super::{Figures, Line};
use crate::{Employee, Program, Redis, StandIn, UNLIMITED};

/// How large a run is.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// For how long Redis is away.
    pub away: Duration,
    /// How many phone calls go on at the same moment.
    pub at_once: u64,
}

/// Runs it; `None` where Redis is not installed.
///
/// # Panics
/// When something that has to hold does not.
pub async fn run(size: Size) -> Option<Figures> {
    let mut redis = Redis::start().await?;
    let stand_in = StandIn::obliging().await;
    let start = || {
        Program::new(["--listen", "127.0.0.1:0"])
            .account(&stand_in)
            .settings(UNLIMITED)
            .set("SWAIG_SECRET", "0123456789abcdef0123456789abcdef")
            .set("SWAIG_STORE", redis.url())
            .set("RUST_LOG", "off")
            .serve()
    };
    let (one, other) = tokio::join!(start(), start());
    let started = Instant::now();
    let (stop, stopped) = watch::channel(false);
    let (ledger, next) = (Arc::new(Ledger::default()), Arc::new(AtomicU64::new(0)));
    let callers: Vec<_> = (0..size.at_once)
        .map(|caller| {
            let employee = if caller % 2 == 0 { &one } else { &other };
            let mut line = Line::new(employee.address(), employee.credentials().clone());
            let (ledger, next, stopped) = (ledger.clone(), next.clone(), stopped.clone());
            tokio::spawn(async move {
                while !*stopped.borrow() {
                    let call = next.fetch_add(1, Ordering::Relaxed);
                    ledger.sent(call, &post(&mut line, "/mfa/swaig", &ledger::send(call)).await);
                    post(&mut line, "/mfa/post_prompt", &ledger::report(call)).await;
                    ledger.reported(call);
                    // A phone call lasts a while.
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            })
        })
        .collect();
    tokio::time::sleep(size.away / 4).await;
    redis.stop().await;
    tokio::time::sleep(size.away).await;
    redis.start_again().await;
    tokio::time::sleep(size.away / 4).await;
    stop.send_replace(true);
    for caller in callers {
        caller.await.expect("a phone call went as it should");
    }
    let took = started.elapsed();
    for employee in [&one, &other] {
        ready(employee).await;
    }
    let found = ledger.check(&one, &stand_in).await;
    Some(
        Figures::default()
            .with("seconds without Redis", format!("{:.1}", size.away.as_secs_f64()))
            .with("phone calls", ledger.len())
            .with("codes sent", found.sent)
            .with("codes refused, since nothing could be counted", found.refused)
            .with("reports answered and kept", found.reports)
            .with("events", found.events)
            .with("missing", 0)
            .with("doubled", 0)
            .with("statuses other than 200", 0)
            .with("seconds", format!("{:.1}", took.as_secs_f64())),
    )
}

async fn post(line: &mut Line, path: &str, body: &Value) -> Value {
    let answer = line.post(path, body).await.expect("a webhook is answered");
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

/// Waits until nothing waits for the store any more.
async fn ready(employee: &Employee) {
    crate::soon("readiness", async {
        while employee.stranger().get("/ready").await.json() != json!({"status": "ready"}) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
}
