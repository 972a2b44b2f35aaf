//! A server whose clock jumps, hours and days ahead and back, under load.
//!
//! What has to hold: every webhook is answered 200, nothing that was answered is missing, and nothing is there twice. The clock
//! is that of `libfaketime`; time that is measured, as for deadlines, goes on as it should.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::sync::watch;

use super::ledger::{self, Ledger};
use super::{Figures, Line};
use crate::{Program, StandIn, UNLIMITED};

/// How large a run is.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// How often the clock jumps.
    pub jumps: usize,
    /// How many phone calls go on at the same moment.
    pub at_once: u64,
}

/// Where the clock goes, one after the other, as `libfaketime` reads it.
const JUMPS: [&str; 8] = ["+1d", "+0", "-1d", "+2h", "-30s", "+3d", "-3d", "+0"];

/// Runs it; `None` where `libfaketime` is not installed.
///
/// # Panics
/// When something that has to hold does not.
pub async fn run(size: Size) -> Option<Figures> {
    let library = library()?;
    let stand_in = StandIn::obliging().await;
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let clock = folder.path().join("clock");
    set(&clock, "+0");
    let employee = Program::new(["--listen", "127.0.0.1:0"])
        .account(&stand_in)
        .settings(UNLIMITED)
        .set("SWAIG_SECRET", "0123456789abcdef0123456789abcdef")
        .set("SWAIG_STORE", format!("sqlite:{}", folder.path().join("store.db").display()))
        .set("RUST_LOG", "off")
        .set("LD_PRELOAD", library)
        .set("FAKETIME_TIMESTAMP_FILE", clock.as_os_str())
        .set("FAKETIME_NO_CACHE", "1")
        .set("FAKETIME_DONT_FAKE_MONOTONIC", "1")
        .serve()
        .await;
    let (stop, stopped) = watch::channel(false);
    let (ledger, next) = (Arc::new(Ledger::default()), Arc::new(AtomicU64::new(0)));
    let started = Instant::now();
    let callers: Vec<_> = (0..size.at_once)
        .map(|_| {
            let line = || Line::new(employee.address(), employee.credentials().clone());
            let (mut line, mut other) = (line(), line());
            let (ledger, next, stopped) = (ledger.clone(), next.clone(), stopped.clone());
            tokio::spawn(async move {
                while !*stopped.borrow() {
                    let call = next.fetch_add(1, Ordering::Relaxed);
                    let send = ledger::send(call);
                    // At the same moment, and once more after whatever the clock does meanwhile.
                    let (reply, same) = tokio::join!(
                        post(&mut line, "/mfa/swaig", &send),
                        post(&mut other, "/mfa/swaig", &send)
                    );
                    assert_eq!(reply, same);
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    assert_eq!(reply, post(&mut line, "/mfa/swaig", &send).await);
                    ledger.sent(call, &reply);
                    post(&mut line, "/mfa/post_prompt", &ledger::report(call)).await;
                    ledger.reported(call);
                }
            })
        })
        .collect();
    for jump in JUMPS.iter().cycle().take(size.jumps) {
        tokio::time::sleep(Duration::from_millis(200)).await;
        set(&clock, jump);
    }
    set(&clock, "+0");
    stop.send_replace(true);
    for caller in callers {
        caller.await.expect("a phone call went as it should");
    }
    let took = started.elapsed();
    let found = ledger.check(&employee, &stand_in).await;
    Some(
        Figures::default()
            .with("jumps of the clock", size.jumps)
            .with("phone calls", ledger.len())
            .with("codes sent", found.sent)
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

/// Sets the clock. The server reads the file at any moment, so it is never half written.
fn set(clock: &Path, offset: &str) {
    let new = clock.with_extension("new");
    std::fs::write(&new, format!("{offset}\n"))
        .and_then(|()| std::fs::rename(&new, clock))
        .expect("a file can be written");
}

/// Where Debian has it.
fn library() -> Option<PathBuf> {
    let folders = std::fs::read_dir("/usr/lib").into_iter().flatten().flatten().map(|entry| entry.path());
    let found = folders.map(|folder| folder.join("faketime/libfaketimeMT.so.1")).find(|path| path.exists());
    if found.is_none() {
        assert!(std::env::var_os("REQUIRE_SERVICES").is_none(), "libfaketime is required and not installed");
        eprintln!("skipped: libfaketime is not installed");
    }
    found
}
