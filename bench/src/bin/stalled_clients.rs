//! What stalled clients cost the others: the 99th percentile of a function call's time while 200 connections have stopped
//! half-way, divided by the same on a quiet server. It should be 2 at most.
//!
//! `cargo run --release -p swaig-bench --bin stalled_clients`

use std::process::ExitCode;
use std::time::{Duration, Instant};

use serde_json::json;
use swaig_bench::middle;
use swaig_tests::{Employee, Program, binary, function_request};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

const STALLED: usize = 200;
const REQUESTS: usize = 2_000;
const WARM_UP: usize = 200;
const ROUNDS: usize = 3;
const TARGET: f64 = 2.0;

#[tokio::main]
async fn main() -> ExitCode {
    let release: &[&str] = if cfg!(debug_assertions) { &[] } else { &["--release"] };
    let path = binary("swaig-agents", "digital-employees", release);
    let employee = Program::at(path).arguments(["--listen", "127.0.0.1:0"]).serve().await;
    measure(&employee, WARM_UP).await;
    let mut ratios = Vec::new();
    println!("{REQUESTS} calls of verify_mfa, one after the other; milliseconds");
    println!("round     quiet p50       p99   stalled p50       p99   ratio of p99");
    for round in 1..=ROUNDS {
        let quiet = measure(&employee, REQUESTS).await;
        let stalled = stall(&employee).await;
        let busy = measure(&employee, REQUESTS).await;
        drop(stalled);
        let ratio = busy.p99.as_secs_f64() / quiet.p99.as_secs_f64();
        ratios.push(ratio);
        println!(
            "{round:>5} {:>13.3} {:>9.3} {:>13.3} {:>9.3} {ratio:>14.2}",
            milliseconds(quiet.p50),
            milliseconds(quiet.p99),
            milliseconds(busy.p50),
            milliseconds(busy.p99),
        );
    }
    let ratio = middle(ratios);
    println!("ratio {ratio:.2} (median of {ROUNDS} rounds), target {TARGET} at most");
    if ratio <= TARGET { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

struct Times {
    p50: Duration,
    p99: Duration,
}

/// The times of so many calls, each on a connection of its own.
async fn measure(employee: &Employee, requests: usize) -> Times {
    let client = employee.client();
    let body = function_request("verify_mfa", &json!({"token": "123456"}));
    let mut times = Vec::with_capacity(requests);
    for _ in 0..requests {
        let started = Instant::now();
        let answer = client.post("/mfa/swaig", &body).await;
        times.push(started.elapsed());
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    times.sort();
    Times { p50: times[times.len() / 2], p99: times[times.len() * 99 / 100] }
}

/// Opens connections that stop: before the first byte, in the head, and in the body.
async fn stall(employee: &Employee) -> Vec<TcpStream> {
    let head = format!(
        "POST /mfa/swaig HTTP/1.1\r\nHost: x\r\nAuthorization: {}\r\nContent-Length: 1000\r\n\r\n",
        employee.credentials().basic()
    );
    let parts = ["", "POST /mfa/sw", &head, &format!("{head}{{\"function\":")];
    let mut streams = Vec::new();
    for part in parts.iter().cycle().take(STALLED) {
        let mut stream = TcpStream::connect(employee.address()).await.expect("the server listens");
        stream.write_all(part.as_bytes()).await.expect("the server reads");
        streams.push(stream);
    }
    streams
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
