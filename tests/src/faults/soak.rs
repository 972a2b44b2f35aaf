//! A server at full load for a long time: its memory and its files must not grow.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::ledger;
use super::{Figures, Line};
use crate::{Employee, Program, StandIn, UNLIMITED, Will};

/// How large a run is.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// For how long it goes on.
    pub lasts: Duration,
    /// How many phone calls go on at the same moment.
    pub at_once: u64,
    /// How far the memory of the last third may be from that of the second, in per cent; `None`: it is only printed.
    pub may_grow: Option<f64>,
}

/// Runs it.
///
/// # Panics
/// When something that has to hold does not.
pub async fn run(size: Size) -> Figures {
    // The stand-in keeps all requests, which is its own memory and not that of the server.
    let stand_in = StandIn::start(Will::succeed).await;
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let employee = Program::new(["--listen", "127.0.0.1:0"])
        .account(&stand_in)
        .settings(UNLIMITED)
        .set("SWAIG_SECRET", "0123456789abcdef0123456789abcdef")
        .set("SWAIG_STORE", format!("sqlite:{}", folder.path().join("store.db").display()))
        .set("RUST_LOG", "off")
        .serve()
        .await;
    let (stop, stopped) = watch::channel(false);
    let next = Arc::new(AtomicU64::new(0));
    let callers: Vec<_> = (0..size.at_once)
        .map(|_| {
            let mut line = Line::new(employee.address(), employee.credentials().clone());
            let (next, stopped) = (next.clone(), stopped.clone());
            tokio::spawn(async move {
                while !*stopped.borrow() {
                    let call = next.fetch_add(1, Ordering::Relaxed);
                    for (path, body) in
                        [("/mfa/swaig", ledger::send(call)), ("/mfa/post_prompt", ledger::report(call))]
                    {
                        let answer = line.post(path, &body).await.expect("a webhook is answered");
                        assert_eq!(answer.status, 200, "{}", answer.text());
                    }
                }
            })
        })
        .collect();
    let started = Instant::now();
    let (mut memory, mut files) = (Vec::new(), Vec::new());
    while started.elapsed() < size.lasts {
        tokio::time::sleep(size.lasts / 300).await;
        memory.push(resident(&employee));
        files.push(open_files(&employee));
    }
    stop.send_replace(true);
    for caller in callers {
        caller.await.expect("a phone call went as it should");
    }
    let third = memory.len() / 3;
    let (second, last) = (mean(&memory[third..2 * third]), mean(&memory[2 * third..]));
    let growth = (last / second - 1.0) * 100.0;
    if let Some(most) = size.may_grow {
        assert!(growth.abs() <= most, "the memory grew by {growth:.1} %");
    }
    let most = |files: &[f64]| files.iter().copied().fold(0.0, f64::max);
    let (before, after) = (most(&files[third..2 * third]), most(&files[2 * third..]));
    assert!(after <= before + 2.0, "files are left open: {before}, then {after}");
    let calls = next.load(Ordering::Relaxed);
    Figures::default()
        .with("seconds", size.lasts.as_secs())
        .with("phone calls", calls)
        .with("webhooks in a second", 2 * calls / size.lasts.as_secs().max(1))
        .with("MiB in the second third", format!("{:.1}", second / 1024.0))
        .with("MiB in the last third", format!("{:.1}", last / 1024.0))
        .with("growth in per cent", format!("{growth:.1}"))
        .with("open files in the second third", before)
        .with("open files in the last third", after)
}

fn mean(numbers: &[f64]) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "there are some hundred")]
    let count = numbers.len() as f64;
    numbers.iter().sum::<f64>() / count
}

/// Memory of the process, in KiB.
fn resident(employee: &Employee) -> f64 {
    let status =
        std::fs::read_to_string(format!("/proc/{}/status", employee.process())).expect("it runs on Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("the status says it");
    line.trim().trim_end_matches(" kB").parse().expect("it is a number")
}

fn open_files(employee: &Employee) -> f64 {
    let files =
        std::fs::read_dir(format!("/proc/{}/fd", employee.process())).expect("it runs on Linux").count();
    #[expect(clippy::cast_precision_loss, reason = "there are some hundred")]
    let files = files as f64;
    files
}
