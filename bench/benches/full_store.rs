//! What a store costs that is full: ten million events beside none.
//!
//! `cargo bench -p swaig-bench --bench full_store`
//!
//! The server has processor 0, the load has processor 1. It needs 4 GiB of disk below the folder for temporary files.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use swaig_bench::load::{self, Request};
use swaig_bench::median;
use swaig_bench::requests;
use swaig_bench::server::{BASIC, Server, load_on_its_processor, measured};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const EVENTS: u64 = 10_000_000;
/// How many events of before whoever begins to watch is given.
const TAIL: usize = 50;
const ROUNDS: usize = 5;

fn main() {
    load_on_its_processor(run());
}

/// What is measured, each in microseconds.
struct Times {
    append: f64,
    tail: f64,
    page: f64,
    start: f64,
}

async fn run() {
    let folder = tempfile::tempdir().expect("a folder");
    let (empty, full) = (folder.path().join("empty.db"), folder.path().join("full.db"));
    drop(start(folder.path(), &full));
    let began = Instant::now();
    fill(&full);
    println!("{EVENTS} events were written in {:.0} s", began.elapsed().as_secs_f64());
    let (empty, full) = (times(folder.path(), &empty).await, times(folder.path(), &full).await);
    println!("{:<46}{:>12}{:>12}{:>9}{:>8}", "microseconds", "empty", "full", "more", "target");
    for (name, empty, full, most) in [
        ("a function, its events committed", empty.append, full.append, Some(10.0)),
        ("the last 50 events, for who begins to watch", empty.tail, full.tail, Some(10.0)),
        ("the page of live events", empty.page, full.page, Some(10.0)),
        ("start to first answer", empty.start, full.start, None),
    ] {
        let more = (full / empty - 1.0) * 100.0;
        let target = most.map_or(String::new(), |most| format!("{most:.0} %"));
        let verdict = if most.is_some_and(|most| more > most) { "  missed" } else { "" };
        println!("{name:<46}{empty:>12.1}{full:>12.1}{more:>7.1} %{target:>8}{verdict}");
    }
}

fn start(folder: &Path, file: &Path) -> Server {
    let store = format!("sqlite:{}", file.display());
    let settings = [("SWAIG_STORE", store.as_str()), ("SWAIG_STORE_MAX_SIZE", "20000")];
    measured(&PathBuf::from(env!("CARGO_BIN_EXE_measured")), folder, &settings)
}

/// Writes events into a file that a server has made, as the server writes them.
fn fill(file: &Path) {
    let connection = Connection::open(file).expect("the file is there");
    let rows = format!(
        "PRAGMA synchronous = off; PRAGMA wal_autocheckpoint = 100000;
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {EVENTS})
         INSERT INTO events (agent_id, call_id, at, json)
         SELECT CASE i % 4 WHEN 0 THEN 'shop' ELSE 'other' END, 'call-' || i, unixepoch() * 1000,
                CAST('{{\"at\":\"2026-11-25T17:00:00Z\",\"agent\":\"shop\",\"agent_id\":\"shop\",\"call_id\":\"call-' || i ||
                '\",\"kind\":\"function_called\",\"data\":{{\"function\":\"order\",\"arguments\":{{\"dish\":\"pizza\"}}}}}}' AS BLOB)
         FROM n; PRAGMA wal_checkpoint(TRUNCATE);"
    );
    connection.execute_batch(&rows).expect("they can be written");
}

async fn times(folder: &Path, file: &Path) -> Times {
    let health = Request::new("/health", BASIC, "", "");
    let mut starts = Vec::new();
    for _ in 0..ROUNDS {
        let began = Instant::now();
        let server = start(folder, file);
        load::look(server.address(), &health).await;
        starts.push(began.elapsed());
        drop(server);
    }
    let server = start(folder, file);
    let address = server.address();
    let order = requests::order();
    let mut first = 1;
    let mut append = Vec::new();
    for round in 0..=ROUNDS {
        let answers = load::run(address, &order, 32, Duration::from_secs(3), first).await;
        first += answers.count * 32 + 32;
        if round > 0 {
            append.push(Duration::from_secs_f64(1.0 / answers.rate()));
        }
    }
    let latest = latest(file);
    let mut tail = Vec::new();
    for _ in 0..1001 {
        tail.push(watch(address, latest - TAIL as u64).await);
    }
    let page = Request::new("/console/live?agent=shop", BASIC, "", "");
    let mut pages = Vec::new();
    for _ in 0..301 {
        let began = Instant::now();
        load::look(address, &page).await;
        pages.push(began.elapsed());
    }
    let microseconds = |times| median(times).as_secs_f64() * 1e6;
    Times {
        append: microseconds(append),
        tail: microseconds(tail),
        page: microseconds(pages),
        start: microseconds(starts),
    }
}

/// The newest event, as the file has it: all is committed that was answered.
fn latest(file: &Path) -> u64 {
    let connection = Connection::open(file).expect("the file is there");
    let latest = connection.query_row("SELECT MAX(id) FROM events", [], |row| row.get::<_, i64>(0));
    latest.expect("there are events").unsigned_abs()
}

/// How long it takes until whoever begins to watch has all events after this one.
async fn watch(address: SocketAddr, after: u64) -> Duration {
    let began = Instant::now();
    let mut stream = TcpStream::connect(address).await.expect("the server listens");
    let request = format!(
        "GET /shop/events?after={after} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: {BASIC}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.expect("a request can be sent");
    let mut seen = Vec::new();
    while seen.windows(5).filter(|it| it == b"\nid: ").count() < TAIL / 2 {
        assert!(stream.read_buf(&mut seen).await.expect("it answers") > 0, "it hung up");
    }
    began.elapsed()
}
