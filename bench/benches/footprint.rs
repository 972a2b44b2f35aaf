//! How fast it starts, how much memory it takes, and what many calls, viewers and agents at once cost.
//!
//! `cargo bench -p swaig-bench --bench footprint [NAME]`
//!
//! The server has processor 0, the load has processor 1. 10,000 connections need as many open files: `ulimit -n 20000`.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use serde_json::json;
use swaig_bench::load::{self, NUMBER, Request};
use swaig_bench::server::{BASIC, MFA_LIMITS, Server, load_on_its_processor, measured};
use swaig_bench::{median, middle, runtime};
use swaig_tests::{StandIn, binary};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const CROWD: usize = 10_000;

fn main() {
    let only = std::env::args().skip(1).find(|word| word != "--bench");
    let wanted = |name: &str| only.as_ref().is_none_or(|only| name.contains(only.as_str()));
    println!("{:<46}{:>12}{:>14}", "", "measured", "target");
    load_on_its_processor(async {
        if wanted("program") {
            program().await;
        }
        if wanted("slow") {
            slow().await;
        }
        if wanted("viewers") {
            viewers().await;
        }
        if wanted("agents") {
            agents().await;
        }
        if wanted("mfa") {
            mfa().await;
        }
    });
}

fn line(what: &str, measured: f64, unit: &str, most: f64) {
    let verdict = if measured <= most { "" } else { "  missed" };
    println!("{what:<46}{measured:>9.1} {unit:<4}{most:>8.0} {unit}{verdict}");
}

#[expect(clippy::cast_precision_loss, reason = "it is a measurement")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// A server with room for a crowd.
fn start(program: &Path, folder: &Path, more: &[(&str, &str)]) -> Server {
    let crowded = [
        "SWAIG_MAX_CONNECTIONS",
        "SWAIG_MAX_CONNECTIONS_PER_ADDRESS",
        "SWAIG_MAX_CONCURRENT_CALLS",
        "SWAIG_MAX_VIEWERS",
        "SWAIG_MAX_VIEWERS_PER_AGENT",
    ];
    let settings: Vec<_> =
        crowded.map(|name| (name, "15000")).into_iter().chain(more.iter().copied()).collect();
    measured(program, folder, &settings)
}

/// How long it takes from the start of the process to the first answer.
async fn start_up(program: &Path, folder: &Path, more: &[(&str, &str)]) -> Duration {
    let health = Request::new("/health", BASIC, "", "");
    let mut times = Vec::new();
    for _ in 0..15 {
        let started = Instant::now();
        let server = start(program, folder, more);
        load::look(server.address(), &health).await;
        times.push(started.elapsed());
    }
    median(times)
}

/// The reference program: its file, its start, its memory.
async fn program() {
    let program = binary("swaig-agents", "digital-employees", &["--release"]);
    let size = std::fs::metadata(&program).expect("the program is there").len();
    line("digital-employees, stripped", megabytes(size), "MiB", 20.0);
    let folder = tempfile::tempdir().expect("a folder");
    let memory = start_up(&program, folder.path(), &[]).await;
    line("start to first answer, store in memory", milliseconds(memory), "ms", 20.0);
    let file = format!("sqlite:{}", folder.path().join("store.db").display());
    // The first start makes the tables.
    drop(start(&program, folder.path(), &[("SWAIG_STORE", &file)]));
    let sqlite = start_up(&program, folder.path(), &[("SWAIG_STORE", &file)]).await;
    line("start to first answer, SQLite", milliseconds(sqlite), "ms", 50.0);
    let server = start(&program, folder.path(), &[("SWAIG_STORE", &file)]);
    tokio::time::sleep(Duration::from_secs(2)).await;
    line("memory when idle, SQLite", megabytes(server.memory()), "MiB", 20.0);
}

/// The program with the agents that are made for it.
fn made() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_measured"))
}

async fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).await.expect("the server listens; is `ulimit -n` 20000?");
    stream.set_nodelay(true).expect("an option can be set");
    stream
}

/// Ten thousand connections, so many at a time that the kernel's queue of new ones does not run over: it would drop the rest,
/// and they would be tried again a second later.
async fn crowd(address: SocketAddr) -> Vec<TcpStream> {
    let health = Request::new("/health", BASIC, "", "");
    let mut streams = Vec::with_capacity(CROWD);
    while streams.len() < CROWD {
        for _ in 0..50 {
            streams.push(connect(address).await);
        }
        if let Some(last) = streams.last_mut() {
            load::ask(last, &health).await;
        }
    }
    streams
}

/// Functions that wait a second, ten thousand at once.
async fn slow() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = start(&made(), folder.path(), &[]);
    let address = server.address();
    let streams = crowd(address).await;
    let started = Instant::now();
    let tasks: Vec<_> = streams
        .into_iter()
        .enumerate()
        .map(|(number, mut stream)| {
            tokio::spawn(async move {
                let body = json!({"function": "wait", "argument": {"parsed": [{}]}, "call_id": format!("call-{number}")});
                let request = Request::new("/slow/swaig", BASIC, "", &body.to_string());
                load::ask(&mut stream, &request).await;
            })
        })
        .collect();
    let (ended, end) = mpsc::channel();
    // In a thread of its own: among ten thousand tasks it would wait for these, and not for the server.
    let health = std::thread::spawn(move || runtime().block_on(health(address, &end)));
    let mut most = 0;
    let all = async {
        for task in tasks {
            task.await.expect("each is answered");
        }
    };
    tokio::pin!(all);
    loop {
        tokio::select! {
            () = &mut all => break,
            () = tokio::time::sleep(Duration::from_millis(50)) => most = most.max(server.memory()),
        }
    }
    let took = started.elapsed();
    ended.send(()).expect("it asks still");
    let mut times = health.join().expect("all is answered");
    times.sort();
    line("10,000 functions of 1 s: all answered in", milliseconds(took), "ms", 3000.0);
    line("  memory meanwhile, at most", megabytes(most), "MiB", 200.0);
    let p99 = times[times.len() * 99 / 100];
    line("  /health meanwhile, 99th percentile", milliseconds(p99), "ms", 10.0);
    println!(
        "  ({} answers of /health; the 95th percentile {:.1} ms, the slowest {:.1} ms)",
        times.len(),
        milliseconds(times[times.len() * 95 / 100]),
        milliseconds(times[times.len() - 1])
    );
}

/// Asks for health again and again, from a connection of its own, until it is ended: how long each answer took.
async fn health(address: SocketAddr, end: &Receiver<()>) -> Vec<Duration> {
    let mut stream = connect(address).await;
    let request = Request::new("/health", BASIC, "", "");
    let mut times = Vec::new();
    while end.try_recv().is_err() {
        let asked = Instant::now();
        load::ask(&mut stream, &request).await;
        times.push(asked.elapsed());
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
    times
}

/// Viewers of one agent, ten thousand at once.
async fn viewers() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = start(&made(), folder.path(), &[]);
    let address = server.address();
    let before = server.memory();
    let head = format!("GET /shop/events HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: {BASIC}\r\n\r\n");
    let mut viewers = crowd(address).await;
    for viewer in &mut viewers {
        viewer.write_all(head.as_bytes()).await.expect("a request can be sent");
    }
    let mut buffer = vec![0; 64 << 10];
    for viewer in &mut viewers {
        let read = viewer.read(&mut buffer).await.expect("an answer begins");
        assert!(buffer[..read].starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&buffer[..read]));
    }
    let order = json!({"function": "order", "argument": {"parsed": [{"dish": "pizza", "count": 2}]},
        "call_id": "call-1", "caller_id_num": "+15551230000"});
    let started = Instant::now();
    load::look(address, &Request::new("/shop/swaig", BASIC, "", &order.to_string())).await;
    let mut most = server.memory();
    for viewer in &mut viewers {
        let mut seen = Vec::new();
        while !contains(&seen, b"function_replied") {
            let read = viewer.read(&mut buffer).await.expect("events come");
            assert!(read > 0, "the server closed a viewer's connection");
            seen.extend_from_slice(&buffer[..read]);
        }
    }
    let took = started.elapsed();
    most = most.max(server.memory());
    line("10,000 viewers: memory", megabytes(most), "MiB", 300.0);
    println!(
        "  (without them {:.1} MiB; the events of a function reached all in {:.0} ms)",
        megabytes(before),
        milliseconds(took)
    );
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

/// A thousand agents with twenty functions each.
async fn agents() {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_many_agents"));
    let folder = tempfile::tempdir().expect("a folder");
    let all = start_up(&program, folder.path(), &[]).await;
    line("1,000 agents, 20 functions each: start", milliseconds(all), "ms", 100.0);
    let body = json!({"function": "function_000", "argument": {"parsed": [{}]}, "call_id": format!("call-{NUMBER}")});
    let request = Request::new("/agent_500/swaig", BASIC, "", &body.to_string());
    let (mut one, mut many, mut first) = (Vec::new(), Vec::new(), 1);
    let alone = start(&program, folder.path(), &[("SWAIG_AGENTS", "agent_500")]);
    let among = start(&program, folder.path(), &[]);
    for round in 0..7 {
        for (server, rates) in [(&alone, &mut one), (&among, &mut many)] {
            let answers = load::run(server.address(), &request, 32, Duration::from_secs(1), first).await;
            first += answers.count * 32 + 32;
            if round > 0 {
                rates.push(answers.rate());
            }
        }
    }
    let (one, many) = (middle(one), middle(many));
    line("  dispatch, slower than with one agent by", (one / many - 1.0) * 100.0, "%", 5.0);
    println!("  ({many:.0} a second among a thousand agents, {one:.0} alone)");
}

/// What the server adds to a request to the MFA API.
async fn mfa() {
    let stand_in = StandIn::obliging().await;
    let program = binary("swaig-agents", "digital-employees", &["--release"]);
    let folder = tempfile::tempdir().expect("a folder");
    let url = stand_in.url();
    let mut settings = vec![
        ("SIGNALWIRE_PROJECT_ID", StandIn::PROJECT),
        ("SIGNALWIRE_API_TOKEN", StandIn::TOKEN),
        ("SIGNALWIRE_API_URL", url.as_str()),
    ];
    settings.extend(MFA_LIMITS.iter().chain(&["MFA_COOL_DOWN"]).map(|name| (*name, "0")));
    let server = start(&program, folder.path(), &settings);
    let number = json!({"to": "+15551230000", "token_length": 6});
    let direct = Request::new("/api/relay/rest/mfa/sms", &stand_in_basic(), "", &number.to_string());
    let address = url.trim_start_matches("http://").parse().expect("an address");
    let send = json!({"function": "send_mfa", "argument": {"parsed": [{}]}, "call_id": format!("call-{NUMBER}"),
        "caller_id_num": "+15551230000"});
    let send = Request::new("/mfa/swaig", BASIC, "", &send.to_string());
    let (there, through) = (times(address, &direct).await, times(server.address(), &send).await);
    let own = through.saturating_sub(there);
    line("send_mfa, beside the request to the API", own.as_secs_f64() * 1e6, "us", 200.0);
    println!(
        "  (in all {:.0} us, of them the request {:.0} us)",
        through.as_secs_f64() * 1e6,
        there.as_secs_f64() * 1e6
    );
}

fn stand_in_basic() -> String {
    swaig_tests::Credentials { user: StandIn::PROJECT.to_owned(), password: StandIn::TOKEN.to_owned() }
        .basic()
}

/// The median of a request's time, one after the other over one connection.
async fn times(address: SocketAddr, request: &Request) -> Duration {
    let mut stream = connect(address).await;
    let mut times = Vec::new();
    for number in 0..3000 {
        let asked = Instant::now();
        load::ask_as(&mut stream, request, number).await;
        if number >= 1000 {
            times.push(asked.elapsed());
        }
    }
    median(times)
}
