//! What a second thread gives to a server.
//!
//! `cargo bench -p swaig-bench --features doors --bench two_threads [--rounds N]`
//!
//! The clients are in the same process, on the same threads, and reach the server over memory: so neither a load nor the kernel is
//! the limit, and two processors are enough. What threads share is all there: the store, the claims, the counters, the
//! allocator. Each row is the median of the rounds. `distance` is how long it takes meanwhile until one processor sees what the
//! other one has written, which each thing that is shared costs: 40 ns where they have a cache in common, and 200 where not. A
//! virtual machine may be moved from the former to the latter.

use std::hint;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use swaig_bench::exchange::{Exchange, kinds};
use swaig_bench::load::Request;
use swaig_bench::middle;

const CONNECTIONS: u64 = 32;
const TIME: Duration = Duration::from_millis(500);
const TARGET: f64 = 1.8;
/// Of each of two threads that play.
const TURNS: u32 = 10_000;
/// How many numbers each connection has for itself.
const NUMBERS: u64 = 1_000_000_000;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let rounds = words
        .iter()
        .position(|word| word == "--rounds")
        .map_or(15, |place| words.get(place + 1).and_then(|word| word.parse().ok()).expect("--rounds N"));
    println!(
        "{:<40}{:>12}{:>12}{:>8}{:>8}{:>14}",
        "", "one 1/s", "two 1/s", "ratio", "target", "distance, ns"
    );
    for (name, request) in kinds() {
        let (mut one, mut two, mut apart) = (vec![], vec![], vec![]);
        for _ in 0..rounds {
            one.push(rate(1, &request));
            two.push(rate(2, &request));
            apart.push(distance());
        }
        let (one, two, apart) = (middle(one), middle(two), middle(apart));
        let ratio = two / one;
        let verdict = if ratio >= TARGET { "" } else { "  missed" };
        println!("{name:<40}{one:>12.0}{two:>12.0}{ratio:>8.2}{TARGET:>8.2}{apart:>14.0}{verdict}");
    }
}

/// How long it takes until one processor sees what another one has written, in nanoseconds: the shortest of some tries, since
/// both threads have the same processor at first.
fn distance() -> f64 {
    (0..5).map(|_| play()).min().unwrap_or_default().as_secs_f64() * 1e9 / f64::from(2 * TURNS)
}

/// How long two threads take that have so many turns each, one after the other.
fn play() -> Duration {
    let turn = AtomicU32::new(0);
    // Each waits for its turn, and gives it to the other.
    let player = |own: u32| {
        for number in (own..2 * TURNS).step_by(2) {
            while turn.load(Ordering::Acquire) != number {
                hint::spin_loop();
            }
            turn.store(number + 1, Ordering::Release);
        }
    };
    let started = Instant::now();
    std::thread::scope(|scope| {
        scope.spawn(|| player(1));
        player(0);
    });
    started.elapsed()
}

/// How many requests a second are answered by a server with so many threads.
fn rate(threads: usize, request: &Request) -> f64 {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let server = Exchange::begin("memory:").await;
        // The first answers are slower.
        answered(&server, request, TIME / 5, 0).await;
        let started = Instant::now();
        let count = answered(&server, request, TIME, CONNECTIONS).await;
        count / started.elapsed().as_secs_f64()
    })
}

/// How many are answered in a time; the connections have numbers from `first` on.
#[expect(clippy::cast_precision_loss, reason = "it is a measurement")]
async fn answered(server: &Exchange, request: &Request, time: Duration, first: u64) -> f64 {
    let end = Instant::now() + time;
    let connections = (first..first + CONNECTIONS).map(|connection| {
        let (mut exchange, mut request) = (server.beside(connection * NUMBERS), request.clone());
        tokio::spawn(async move {
            let mut count = 0_u64;
            while Instant::now() < end {
                exchange.ask(&mut request).await;
                count += 1;
            }
            count
        })
    });
    let connections: Vec<_> = connections.collect();
    let mut count = 0;
    for connection in connections {
        count += connection.await.expect("a connection works to the end");
    }
    count as f64
}
