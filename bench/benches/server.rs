//! The server against hyper alone: the same load, on the same machine, in turns.
//!
//! `cargo bench -p swaig-bench --bench server [NAME] [--rounds N] [--seconds N]`
//!
//! The server has processor 0, the load has processor 1. Each row is the median of the rounds; the ratio is that of the two
//! medians. `busy` says how much of its processor the server used: where it is well below 100 %, the load was the limit.

use std::path::PathBuf;
use std::time::Duration;

use swaig_bench::load::{self, Request};
use swaig_bench::server::{Server, give_way, load_on_its_processor, measured};
use swaig_bench::{middle, requests};
use swaig_tests::Redis;

const CONNECTIONS: u64 = 32;

/// One row of the table.
struct Row {
    name: &'static str,
    target: f64,
    store: Store,
    /// Settings beside those of the store.
    more: Vec<(&'static str, &'static str)>,
    request: Request,
}

#[derive(Clone, Copy, PartialEq)]
enum Store {
    Memory,
    Sqlite,
    /// As `deploy/compose.yaml` has it: it syncs once in a second.
    Redis,
    /// It syncs before each answer.
    RedisAlways,
}

fn rows() -> Vec<Row> {
    let dispatch = requests::order();
    let row = |name, target, store, request: &Request| {
        let (request, more) = (request.clone(), Vec::new());
        Row { name, target, store, more, request }
    };
    let signed = requests::signed_fetch("personal");
    vec![
        row("static document", 0.90, Store::Memory, &requests::fetch("fixed")),
        Row { more: requests::CHECKED.to_vec(), ..row("document of one call", 0.60, Store::Memory, &signed) },
        row("function, memory", 0.75, Store::Memory, &dispatch),
        row("function, SQLite", 0.40, Store::Sqlite, &dispatch),
        row("function, Redis", 0.40, Store::Redis, &dispatch),
        row("function, Redis, always", 0.40, Store::RedisAlways, &dispatch),
    ]
}

struct Options {
    only: Option<String>,
    rounds: usize,
    time: Duration,
}

fn options() -> Options {
    let mut options = Options { only: None, rounds: 5, time: Duration::from_secs(2) };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let number = |words: &mut dyn Iterator<Item = String>| words.next().and_then(|it| it.parse().ok());
        match word.as_str() {
            "--bench" => {}
            "--rounds" => options.rounds = number(&mut words).expect("--rounds N"),
            "--seconds" => {
                options.time = Duration::from_secs(number(&mut words).expect("--seconds N") as u64);
            }
            name => options.only = Some(name.to_owned()),
        }
    }
    options
}

fn main() {
    let options = options();
    load_on_its_processor(run(&options));
}

async fn run(options: &Options) {
    println!(
        "{:<24}{:>11}{:>7}{:>11}{:>7}{:>7}{:>8}",
        "", "hyper 1/s", "busy", "swaig 1/s", "busy", "ratio", "target"
    );
    // A load that sleeps has to be woken, and whoever answers it pays for that: the slower server more often.
    let spinning = tokio::spawn(async {
        loop {
            tokio::task::yield_now().await;
        }
    });
    let mut first = 1;
    for row in rows() {
        if options.only.as_ref().is_some_and(|only| !row.name.contains(only.as_str())) {
            continue;
        }
        let folder = tempfile::tempdir().expect("a folder");
        let wants_redis = matches!(row.store, Store::Redis | Store::RedisAlways);
        let redis = if wants_redis { Redis::start().await } else { None };
        if wants_redis && redis.is_none() {
            println!("{:<24}  not measured: Redis is not installed", row.name);
            continue;
        }
        if let Some(redis) = &redis
            && row.store == Store::Redis
        {
            redis.sync_each_second();
        }
        let store = match (row.store, &redis) {
            (Store::Sqlite, _) => format!("sqlite:{}", folder.path().join("store.db").display()),
            (_, Some(redis)) => redis.url(),
            _ => "memory:".to_owned(),
        };
        let program = PathBuf::from(env!("CARGO_BIN_EXE_measured"));
        let settings: Vec<_> = row.more.iter().copied().chain([("SWAIG_STORE", store.as_str())]).collect();
        let measured = measured(&program, folder.path(), &settings);
        let answer = load::look(measured.address(), &row.request).await;
        let size = answer.split_once("\r\n\r\n").map_or(0, |(_, body)| body.len());
        let bare = Server::start(
            &PathBuf::from(env!("CARGO_BIN_EXE_bare_hyper")),
            "0",
            &[&size.to_string()],
            &[],
            folder.path(),
        );
        if redis.is_some() {
            // It has no processor of its own, and the load never sleeps. These rows are the last: who is started later has this too.
            give_way();
        }
        let (mut ours, mut theirs) = (Series::default(), Series::default());
        for round in 0..=options.rounds {
            for server in [&bare, &measured] {
                let before = server.busy();
                let answers =
                    load::run(server.address(), &row.request, CONNECTIONS, options.time, first).await;
                first += answers.count * CONNECTIONS + CONNECTIONS;
                // The first round warms up.
                if round == 0 {
                    continue;
                }
                let series = if std::ptr::eq(server, &raw const bare) { &mut theirs } else { &mut ours };
                let busy = server.busy().saturating_sub(before).as_secs_f64() / answers.took.as_secs_f64();
                series.rates.push(answers.rate());
                series.busy.push(busy * 100.0);
            }
        }
        let (our_rate, their_rate) = (middle(ours.rates), middle(theirs.rates));
        let ratio = our_rate / their_rate;
        let verdict = if ratio >= row.target { "" } else { "  missed" };
        println!(
            "{:<24}{their_rate:>11.0}{:>6.0}%{our_rate:>11.0}{:>6.0}%{ratio:>7.2}{:>8.2}{verdict}",
            row.name,
            middle(theirs.busy),
            middle(ours.busy),
            row.target,
        );
    }
    spinning.abort();
}

/// What the rounds of one server gave.
#[derive(Default)]
struct Series {
    /// Answers in a second.
    rates: Vec<f64>,
    /// How much of its processor it used, in percent.
    busy: Vec<f64>,
}
