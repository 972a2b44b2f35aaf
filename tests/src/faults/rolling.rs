//! Instances on one Redis that are replaced one after the other under load, behind a load balancer that asks `/ready`.
//!
//! What has to hold: no request fails, nothing that was answered is missing, and nothing is there twice.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::sync::watch;

use super::ledger::{self, Ledger};
use super::{Figures, Line, Random};
use crate::{Credentials, Employee, Program, Redis, StandIn, UNLIMITED};

/// How large a run is.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// What decides of all chances.
    pub seed: u64,
    /// How many instances there are.
    pub instances: usize,
    /// How often each of them is replaced.
    pub rounds: u64,
    /// How many phone calls go on at the same moment.
    pub at_once: u64,
}

/// How often the balancer asks.
const LOOK: Duration = Duration::from_millis(50);

/// Runs it; `None` where Redis is not installed.
///
/// # Panics
/// When something that has to hold does not.
pub async fn run(size: Size) -> Option<Figures> {
    let redis = Redis::start().await?;
    let stand_in = StandIn::obliging().await;
    let start = || {
        Program::new(["--listen", "127.0.0.1:0"])
            .account(&stand_in)
            .settings(UNLIMITED)
            .set("SWAIG_SECRET", "0123456789abcdef0123456789abcdef")
            .set("SWAIG_STORE", redis.url())
            .set("SWAIG_STOP_GRACE", "1")
            .set("RUST_LOG", "off")
            .serve()
    };
    let mut instances = Vec::new();
    for _ in 0..size.instances {
        instances.push(start().await);
    }
    let credentials = instances[0].credentials().clone();
    let (balancer, ready) = watch::channel(addresses(&instances));
    let (stop, stopped) = watch::channel(false);
    let (ledger, next, posted) =
        (Arc::new(Ledger::default()), Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let started = Instant::now();
    let callers: Vec<_> = (0..size.at_once)
        .map(|caller| {
            let mut platform = Platform {
                ready: ready.clone(),
                credentials: credentials.clone(),
                lines: BTreeMap::new(),
                random: Random::of(size.seed, caller),
                posted: posted.clone(),
            };
            let (ledger, next, stopped) = (ledger.clone(), next.clone(), stopped.clone());
            tokio::spawn(async move {
                while !*stopped.borrow() {
                    let call = next.fetch_add(1, Ordering::Relaxed);
                    ledger.sent(call, &platform.post("/mfa/swaig", &ledger::send(call)).await);
                    platform.post("/mfa/post_prompt", &ledger::report(call)).await;
                    ledger.reported(call);
                }
            })
        })
        .collect();
    for _ in 0..size.rounds {
        for place in 0..size.instances {
            let new = start().await;
            balancer.send_modify(|ready| ready.push(new.address()));
            let mut old = std::mem::replace(&mut instances[place], new);
            old.signal("TERM");
            while old.stranger().get("/ready").await.status == 200 {
                tokio::time::sleep(LOOK).await;
            }
            balancer.send_replace(addresses(&instances));
            assert_eq!(old.exit().await, Some(0), "an instance ends well");
        }
    }
    stop.send_replace(true);
    for caller in callers {
        caller.await.expect("a phone call went as it should");
    }
    let took = started.elapsed();
    let found = ledger.check(&instances[0], &stand_in).await;
    Some(
        Figures::default()
            .with("seed", size.seed)
            .with("instances", size.instances)
            .with("replaced", size.rounds * size.instances as u64)
            .with("phone calls", ledger.len())
            .with("requests", posted.load(Ordering::Relaxed))
            .with("requests that failed", 0)
            .with("codes sent", found.sent)
            .with("reports answered and kept", found.reports)
            .with("events", found.events)
            .with("missing", 0)
            .with("doubled", 0)
            .with("seconds", format!("{:.1}", took.as_secs_f64())),
    )
}

fn addresses(instances: &[Employee]) -> Vec<SocketAddr> {
    instances.iter().map(Employee::address).collect()
}

/// The platform's side, and the balancer in front of the instances.
struct Platform {
    ready: watch::Receiver<Vec<SocketAddr>>,
    credentials: Credentials,
    lines: BTreeMap<SocketAddr, Line>,
    random: Random,
    posted: Arc<AtomicU64>,
}

impl Platform {
    /// Posts once, to one of the instances that are ready.
    async fn post(&mut self, path: &str, body: &Value) -> Value {
        let ready = self.ready.borrow().clone();
        self.lines.retain(|address, _| ready.contains(address));
        let chosen = self.random.below(ready.len() as u64);
        let address = ready[usize::try_from(chosen).expect("it is one of a few")];
        let line = self.lines.entry(address).or_insert_with(|| Line::new(address, self.credentials.clone()));
        let answer = line.post(path, body).await;
        let answer = answer.unwrap_or_else(|failure| panic!("a request failed: {failure:?}"));
        assert_eq!(answer.status, 200, "{}", answer.text());
        self.posted.fetch_add(1, Ordering::Relaxed);
        answer.json()
    }
}
