//! What one phone call costs: requests, events, operations of the store, time of a processor, bytes, and memory. The figures
//! of docs/scaling.md come from here.
//!
//! A call fetches the document, asks for a code, has it verified, and ends with a report of 30 KiB. All calls take each of
//! these steps before the next one begins, so that each step has figures of its own.
//!
//! `cargo run --release -p swaig-bench --bin cost_of_a_call [CALLS]`

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};
use swaig_bench::server::MFA_LIMITS;
use swaig_tests::faults::Line;
use swaig_tests::{Employee, Program, Redis, StandIn, binary, function_request};
use tokio::sync::Mutex;

const CALLS: usize = 1_000;
const WARM_UP: usize = 200;
/// How many connections of the platform there are, each used for one request after the other.
const LINES: usize = 16;
const REPORT: usize = 30 * 1024;

#[tokio::main]
async fn main() {
    let calls = std::env::args().nth(1).map_or(CALLS, |calls| calls.parse().expect("a number of calls"));
    let release: &[&str] = if cfg!(debug_assertions) { &[] } else { &["--release"] };
    let program = binary("swaig-agents", "digital-employees", release);
    println!(
        "{calls} calls after {WARM_UP} to warm up, over {LINES} connections; all figures are for one call"
    );
    sqlite(&program, calls).await;
    match Redis::start().await {
        Some(redis) => shared(&program, calls, &redis).await,
        None => println!("\nRedis is not installed: no figures of it"),
    }
}

/// The server with a file of its own.
async fn sqlite(program: &Path, calls: usize) {
    println!("\nSQLite");
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = folder.path().join("store.db");
    let store = format!("sqlite:{}", file.display());
    let stand_in = StandIn::obliging().await;
    let mut server = start(program, &stand_in, &store).await;
    let empty = memory(&server);
    run(&server, 0, WARM_UP, None).await;
    // A server that ends in order leaves all in the one file.
    end(&mut server).await;
    let before = size(&file);
    let mut server = start(program, &stand_in, &store).await;
    run(&server, WARM_UP, calls, None).await;
    print_memory(&server, empty, calls).await;
    end(&mut server).await;
    println!("bytes on the disk {:>8.0}", per(size(&file) - before, calls));
}

/// The server with a Redis that others could share.
async fn shared(program: &Path, calls: usize, redis: &Redis) {
    println!("\nRedis");
    redis.sync_each_second();
    // A rewritten file would look as if less had been written.
    redis.ask(&["CONFIG", "SET", "auto-aof-rewrite-percentage", "0"]);
    let stand_in = StandIn::obliging().await;
    let mut server = start(program, &stand_in, &redis.url()).await;
    let empty = memory(&server);
    run(&server, 0, WARM_UP, None).await;
    let before = figures(redis);
    run(&server, WARM_UP, calls, Some(redis)).await;
    let after = figures(redis);
    print_memory(&server, empty, calls).await;
    let grown = |name: &str| per(after.of(name) - before.of(name), calls);
    println!("bytes in memory {:>8.0}", grown("used_memory"));
    println!("bytes on the disk {:>8.0}", grown("aof_current_size"));
    println!("bytes to Redis {:>8.0}", grown("total_net_input_bytes"));
    println!("bytes from Redis {:>8.0}", grown("total_net_output_bytes"));
    println!("what is in its memory (MEMORY USAGE), in bytes for each of {} calls:", calls + WARM_UP);
    for (kind, keys, bytes) in kinds(redis) {
        println!("{kind:>18} {:>6.2} keys {:>8.0}", per(keys, calls + WARM_UP), per(bytes, calls + WARM_UP));
    }
    end(&mut server).await;
}

async fn start(program: &Path, stand_in: &StandIn, store: &str) -> Employee {
    Program::at(program)
        .arguments(["--listen", "127.0.0.1:0", "--log-format", "json"])
        .account(stand_in)
        // Counted, and never reached.
        .settings(MFA_LIMITS.map(|limit| (limit, "1000000")))
        .set("SWAIG_SECRET", "0123456789abcdef0123456789abcdef")
        .set("SWAIG_STORE", store)
        .serve()
        .await
}

async fn end(server: &mut Employee) {
    server.signal("TERM");
    assert_eq!(server.exit().await, Some(0), "the server ends well");
}

/// A phone call: what the platform keeps of it.
struct PhoneCall {
    id: String,
    caller: String,
    meta_data: Map<String, Value>,
}

impl PhoneCall {
    fn new(number: usize) -> Self {
        Self {
            id: format!("2e1e66e5-5d07-413d-9668-{number:012}"),
            caller: format!("+1212{:07}", 2_000_000 + number),
            meta_data: Map::new(),
        }
    }

    fn webhook(&self, function: &str, arguments: &Value) -> Value {
        let mut webhook = function_request(function, arguments);
        webhook["call_id"] = self.id.as_str().into();
        webhook["caller_id_num"] = self.caller.as_str().into();
        webhook["meta_data"] = self.meta_data.clone().into();
        webhook
    }
}

/// A step of a call.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Document,
    Send,
    Verify,
    Report,
}

impl Step {
    const ALL: [(Self, &'static str); 4] = [
        (Self::Document, "document"),
        (Self::Send, "send_mfa"),
        (Self::Verify, "verify_mfa"),
        (Self::Report, "report"),
    ];

    fn path(self) -> &'static str {
        match self {
            Self::Document => "/mfa",
            Self::Send | Self::Verify => "/mfa/swaig",
            Self::Report => "/mfa/post_prompt",
        }
    }

    fn body(self, call: &PhoneCall) -> Value {
        match self {
            Self::Document => json!({
                "call": {
                    "call_id": call.id, "node_id": "node", "segment_id": "segment", "call_state": "created",
                    "direction": "inbound", "type": "phone", "from": call.caller, "to": "+15550009999",
                    "headers": [], "project_id": "11111111-2222-3333-4444-555555555555", "space_id": "space",
                },
                "vars": {}, "envs": {}, "params": {},
            }),
            Self::Send => call.webhook("send_mfa", &json!({})),
            Self::Verify => call.webhook("verify_mfa", &json!({"token": "123456"})),
            Self::Report => report(call),
        }
    }

    /// What has to be answered.
    fn check(self, answer: &Value) {
        let response = answer["response"].as_str().unwrap_or_default();
        let as_expected = match self {
            Self::Document => answer["sections"].is_object(),
            Self::Send => response == "6 digit number sent",
            Self::Verify => response == "Verification successful",
            Self::Report => response == "data received",
        };
        assert!(as_expected, "{answer}");
    }
}

/// A report with the conversation in it twice, as the platform has it.
fn report(call: &PhoneCall) -> Value {
    let says = "I would like to hear what became of the order that I placed last week, please.";
    let mut turns: Vec<Value> = Vec::new();
    while turns.iter().map(|turn| turn.to_string().len()).sum::<usize>() < REPORT / 2 {
        let role = if turns.len().is_multiple_of(2) { "assistant" } else { "user" };
        turns.push(json!({"role": role, "content": says, "timestamp": 1_700_000_000_000_000_u64}));
    }
    json!({
        "action": "post_conversation", "content_type": "text/json", "conversation_type": "voice",
        "call_id": call.id, "caller_id_number": call.caller, "app_name": "mfa", "ai_session_id": "session",
        "call_log": turns, "raw_call_log": turns,
        "post_prompt_data": {"raw": "The caller was verified and asked for an order."},
    })
}

/// The figures of a process, or of a thread of it, at one moment.
#[derive(Clone, Copy)]
struct Moment {
    at: Instant,
    /// Of all threads.
    processor: Duration,
    /// Of the thread that writes to SQLite.
    writer: Duration,
    redis: Duration,
    /// Without the reads of the one viewer.
    operations: u64,
}

impl Moment {
    async fn now(server: &Employee, redis: Option<&Redis>) -> Self {
        let process = PathBuf::from(format!("/proc/{}", server.process()));
        Self {
            at: Instant::now(),
            processor: processor(&process),
            writer: writer(&process),
            redis: redis.map(|redis| figures(redis).processor()).unwrap_or_default(),
            operations: operations(server)
                .await
                .iter()
                .filter(|(name, _)| *name != "after")
                .map(|(_, count)| count)
                .sum(),
        }
    }
}

/// Makes calls, and prints what each step of them cost.
async fn run(server: &Employee, first: usize, calls: usize, redis: Option<&Redis>) {
    let quiet = calls == WARM_UP;
    let open: Vec<_> = (0..calls).map(|call| Mutex::new(PhoneCall::new(first + call))).collect();
    let open = Arc::new(open);
    let mut watched = server.events("").await;
    watched.ready().await;
    if !quiet {
        println!(
            "step        events  operations  processor ms  store thread ms  Redis ms  bytes in  bytes out  a second"
        );
    }
    let mut all = Row::default();
    let earlier = operations(server).await;
    for (step, name) in Step::ALL {
        mark(server, &mut watched).await;
        let before = Moment::now(server, redis).await;
        let (sent, received) = step_of_all(server, step, &open).await;
        let events = mark(server, &mut watched).await;
        let after = Moment::now(server, redis).await;
        let row = Row {
            events: per(events.0, calls),
            event_bytes: per(events.1, calls),
            // Those of the mark are none of the step.
            operations: per(after.operations - before.operations, calls),
            processor: each(after.processor.saturating_sub(before.processor), calls),
            writer: each(after.writer.saturating_sub(before.writer), calls),
            redis: each(after.redis.saturating_sub(before.redis), calls),
            sent: per(sent, calls),
            received: per(received, calls),
            took: each(after.at - before.at, calls),
        };
        if !quiet {
            row.print(name);
        }
        all.add(&row);
    }
    if !quiet {
        all.print("a call");
        println!("bytes of its events, as a viewer gets them {:>8.0}", all.event_bytes);
        let each = operations(server).await.into_iter().map(|(name, count)| {
            let before = earlier.get(&name).copied().unwrap_or_default();
            format!("{name} {:.2}", per(count - before, calls))
        });
        println!("its operations: {}", each.collect::<Vec<_>>().join(", "));
    }
}

/// Takes one step of all calls. Returns the bytes of the bodies that were sent and received.
async fn step_of_all(server: &Employee, step: Step, open: &Arc<Vec<Mutex<PhoneCall>>>) -> (usize, usize) {
    let lines: Vec<_> = (0..LINES)
        .map(|first| {
            let mut line = Line::new(server.address(), server.credentials().clone());
            let open = open.clone();
            tokio::spawn(async move {
                let (mut sent, mut received) = (0, 0);
                for call in open.iter().skip(first).step_by(LINES) {
                    let mut call = call.lock().await;
                    let body = step.body(&call);
                    sent += body.to_string().len();
                    let answer = line.post(step.path(), &body).await.expect("a request is answered");
                    received += answer.body.len();
                    let answer = answer.json();
                    step.check(&answer);
                    for action in answer["action"].as_array().into_iter().flatten() {
                        if let Some(set) = action["set_meta_data"].as_object() {
                            call.meta_data.extend(set.clone());
                        }
                    }
                }
                (sent, received)
            })
        })
        .collect();
    let mut bytes = (0, 0);
    for line in lines {
        let (sent, received) = line.await.expect("all requests of a line are answered");
        bytes = (bytes.0 + sent, bytes.1 + received);
    }
    bytes
}

/// Emits an event behind all others, and waits for it. Returns how many came before it, and their bytes.
async fn mark(server: &Employee, watched: &mut swaig_tests::Events) -> (usize, usize) {
    let mark = json!({"call_info": {"call_id": "mark"}, "label": "mark"});
    assert_eq!(server.client().post("/mfa/debug", &mark).await.status, 200);
    let events = watched.until("debug").await;
    let bytes = events.iter().map(|event| event.json.to_string().len()).sum();
    (events.len() - 1, bytes)
}

/// One line of figures, for one call.
#[derive(Default)]
struct Row {
    events: f64,
    event_bytes: f64,
    operations: f64,
    processor: f64,
    writer: f64,
    redis: f64,
    sent: f64,
    received: f64,
    /// Milliseconds.
    took: f64,
}

impl Row {
    fn add(&mut self, other: &Self) {
        self.events += other.events;
        self.event_bytes += other.event_bytes;
        self.operations += other.operations;
        self.processor += other.processor;
        self.writer += other.writer;
        self.redis += other.redis;
        self.sent += other.sent;
        self.received += other.received;
        self.took += other.took;
    }

    fn print(&self, name: &str) {
        println!(
            "{name:<10} {:>7.2} {:>11.2} {:>13.3} {:>16.3} {:>9.3} {:>9.0} {:>10.0} {:>9.0}",
            self.events,
            self.operations,
            self.processor,
            self.writer,
            self.redis,
            self.sent,
            self.received,
            1_000.0 / self.took,
        );
    }
}

/// The memory with nothing done, after all calls, and with idle connections.
async fn print_memory(server: &Employee, empty: u64, calls: usize) {
    println!("KiB of memory: {empty} at the start, {} after {calls} calls", memory(server));
    let before = memory(server);
    let mut idle = Vec::new();
    for number in 0..1_000 {
        let mut line = Line::new(server.address(), server.credentials().clone());
        let webhook = PhoneCall::new(5_000_000 + number).webhook("verify_mfa", &json!({"token": "1"}));
        line.post("/mfa/swaig", &webhook).await.expect("a webhook is answered");
        idle.push(line);
    }
    println!(
        "KiB of memory: {} more with {} idle connections",
        memory(server).saturating_sub(before),
        idle.len()
    );
}

/// Memory of the process, in KiB.
fn memory(server: &Employee) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.process()));
    let status = status.expect("it runs on Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("the status says it");
    line.trim().trim_end_matches(" kB").parse().expect("it is a number")
}

/// The time of processors that a process or a thread has had, by its folder in `/proc`.
fn processor(folder: &Path) -> Duration {
    let stat = std::fs::read_to_string(folder.join("stat")).expect("it runs on Linux");
    // The name may hold anything, so what follows its last bracket is counted: proc(5), utime and stime, in hundredths.
    let (_, rest) = stat.rsplit_once(')').expect("the name is in brackets");
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks = |place: usize| fields[place].parse::<u64>().expect("it is a number");
    Duration::from_millis(10 * (ticks(11) + ticks(12)))
}

/// The time of the thread that writes to SQLite; none where there is no such thread.
fn writer(process: &Path) -> Duration {
    let threads = std::fs::read_dir(process.join("task")).expect("it runs on Linux");
    let is_writer = |thread: &PathBuf| {
        std::fs::read_to_string(thread.join("comm")).is_ok_and(|name| name.trim() == "store")
    };
    let writer = threads.flatten().map(|thread| thread.path()).find(is_writer);
    writer.map(|thread| processor(&thread)).unwrap_or_default()
}

/// How many operations of the store there were, by their names.
async fn operations(server: &Employee) -> BTreeMap<String, u64> {
    let metrics = server.client().get("/metrics").await;
    let counts = metrics.text().lines().filter_map(|line| {
        let rest = line.strip_prefix("swaig_store_seconds_count{operation=\"")?;
        let (name, count) = rest.split_once("\"} ")?;
        Some((name.to_owned(), count.parse().ok()?))
    });
    counts.filter(|(name, _)| name != "ping").collect()
}

fn size(file: &Path) -> u64 {
    std::fs::metadata(file).expect("the file is there").len()
}

fn figures(redis: &Redis) -> RedisFigures {
    RedisFigures(redis.ask(&["INFO", "everything"]))
}

/// What keys there are: their kind, how many, and their bytes.
fn kinds(redis: &Redis) -> Vec<(String, u64, u64)> {
    // In one run: a client for each key would take minutes.
    let sizes = "local kinds = {}
            local from = '0'
            repeat
                local found = redis.call('SCAN', from, 'COUNT', 1000)
                from = found[1]
                for _, key in ipairs(found[2]) do
                    local tag, name = string.match(key, '{(%w+).*}:(%a*)')
                    local kind = tag == 'limits' and tag or (tag == 'a' and 'agent' or tag) .. ' ' .. name
                    local so_far = kinds[kind] or {0, 0}
                    kinds[kind] = {so_far[1] + 1, so_far[2] + redis.call('MEMORY', 'USAGE', key, 'SAMPLES', 0)}
                end
            until from == '0'
            local lines = {}
            for kind, figures in pairs(kinds) do
                lines[#lines + 1] = kind .. '\\t' .. figures[1] .. '\\t' .. figures[2]
            end
            table.sort(lines)
            return lines";
    let answer = redis.ask(&["EVAL", sizes, "0"]);
    let number = |text: &str| text.parse::<u64>().expect("it is a number");
    answer
        .lines()
        .filter_map(|line| {
            let mut fields = line.split('\t');
            Some((fields.next()?.to_owned(), number(fields.next()?), number(fields.next()?)))
        })
        .collect()
}

/// What Redis says of itself.
struct RedisFigures(String);

impl RedisFigures {
    fn text(&self, name: &str) -> &str {
        let value = self.0.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        value.unwrap_or_else(|| panic!("Redis says {name}")).trim()
    }

    fn of(&self, name: &str) -> u64 {
        self.text(name).parse().expect("it is a number")
    }

    /// The time of the one thread that runs commands.
    fn processor(&self) -> Duration {
        let seconds = |name: &str| self.text(name).parse::<f64>().expect("it is a number");
        Duration::from_secs_f64(seconds("used_cpu_user_main_thread") + seconds("used_cpu_sys_main_thread"))
    }
}

#[expect(clippy::cast_precision_loss, reason = "what is counted here is far from so large")]
fn per(all: impl TryInto<u64>, calls: usize) -> f64 {
    all.try_into().unwrap_or_default() as f64 / calls as f64
}

/// Milliseconds for each call.
fn each(all: Duration, calls: usize) -> f64 {
    all.as_secs_f64() * 1_000.0 / per(calls, 1)
}
