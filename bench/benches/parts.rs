//! The parts of a request, one by one.
//!
//! `cargo bench -p swaig-bench --features parts --bench parts`
//!
//! Whole requests are sent over memory instead of a socket, so that the kernel is not in them; the rest is called as the
//! server calls it.

use std::borrow::Cow;
use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use swaig::function::Parameters;
use swaig::fuzzing::{Tokens, Webhook, check_signature};
use swaig::redact::Redactor;
use swaig::setup::Settings;
use swaig::store::{EventBatch, EventLog as _, MemoryStore, NewEvent};
use swaig::swml::ai::{Ai, PomSection, Prompt};
use swaig::swml::{Answer, Document};
use swaig::{Setup, spoken};
use swaig_bench::exchange::{Exchange, kinds};
use swaig_bench::runtime;

/// Whole requests, with all that is done for them.
fn requests(criterion: &mut Criterion) {
    let runtime = runtime();
    let mut group = criterion.benchmark_group("request");
    for (name, mut request) in kinds() {
        let mut exchange = runtime.block_on(Exchange::begin("memory:"));
        group.bench_function(name, |bencher| {
            bencher.iter(|| runtime.block_on(exchange.ask(&mut request)));
        });
    }
    group.finish();
}

fn render(criterion: &mut Criterion) {
    let prompt = Prompt::pom([
        PomSection::new("Role").body("You are Ada and take orders for a restaurant."),
        PomSection::new("Rules")
            .bullets(["Ask one thing at a time.", "Say an order back before it is placed."]),
    ]);
    let document = Document::new().step(Answer::new()).step(Ai::new(prompt).hint("order"));
    criterion.bench_function("render", |bencher| bencher.iter(|| black_box(&document).to_json_string()));
}

#[expect(dead_code, reason = "it is read and thrown away")]
#[derive(Deserialize, JsonSchema)]
struct Args {
    #[schemars(length(min = 1, max = 100))]
    dish: String,
    #[schemars(range(min = 1, max = 20))]
    count: u8,
}

fn schema_check(criterion: &mut Criterion) {
    let parameters = Parameters::of::<Args>().expect("a schema");
    let arguments = json!({"dish": "pizza", "count": "2"});
    criterion.bench_function("schema check", |bencher| {
        bencher.iter_batched(
            || arguments.clone(),
            |arguments| parameters.parse::<Args>(arguments).expect("they fit"),
            BatchSize::SmallInput,
        );
    });
}

fn signature(criterion: &mut Criterion) {
    let settings = Settings::of([("SIGNALWIRE_SIGNING_KEY", "PSK_0123456789abcdef0123456789abcdef")]);
    let mut headers = hyper::HeaderMap::new();
    let wrong = "0123456789abcdef0123456789abcdef01234567";
    headers.insert("x-signalwire-signature", wrong.parse().expect("a header"));
    // As long as the request for a document.
    let body = [b'x'; 420];
    let url = "https://agents.example.com/mfa";
    // A wrong one costs what a right one costs: all of it is computed, and compared in constant time.
    criterion.bench_function("signature", |bencher| {
        bencher.iter(|| check_signature(&settings, &headers, url, &body));
    });
}

fn token(criterion: &mut Criterion) {
    let tokens = Tokens::new(&Setup::test([("A", "b")])).expect("tokens");
    let webhook = Webhook { agent: "shop", agent_id: "shop", call_id: "call-1", function: "order" };
    criterion.bench_function("token, issued", |bencher| bencher.iter(|| tokens.issue(webhook)));
    let token = tokens.issue(webhook).expect("a token");
    criterion.bench_function("token, checked", |bencher| bencher.iter(|| tokens.accept(&token, webhook)));
}

fn masking(criterion: &mut Criterion) {
    criterion.bench_function("spoken digits", |bencher| {
        bencher.iter(|| spoken::digits(black_box("four eight two, nine one three")));
    });
    let redactor = Redactor::new();
    criterion.bench_function("a sentence, masked", |bencher| {
        bencher.iter(|| {
            redactor.text(black_box("The code is four eight two nine one three, I think.")).into_owned()
        });
    });
    // A report has hundreds of them.
    let turn = json!({"role": "user", "timestamp": 1_700_000_000_000_000_u64,
        "content": "I would like to hear what became of the order that I placed last week, please."});
    criterion.bench_function("a turn of a report, masked", |bencher| {
        bencher.iter(|| redactor.json(black_box(&turn)));
    });
}

fn event_append(criterion: &mut Criterion) {
    let runtime = runtime();
    let store = MemoryStore::default();
    let event = NewEvent {
        at: jiff::Timestamp::UNIX_EPOCH,
        agent: "shop".into(),
        agent_id: "shop".into(),
        call_id: Some("call-1".to_owned()),
        kind: Cow::Borrowed("function_called"),
        data: json!({"function": "order", "arguments": {"dish": "pizza", "count": 2}}).into(),
    };
    criterion.bench_function("event, appended in memory", |bencher| {
        bencher.iter_batched(
            || EventBatch::new(vec![event.clone()]),
            |batch| runtime.block_on(store.append(&batch)),
            BatchSize::SmallInput,
        );
    });
}

criterion_group!(parts, requests, render, schema_check, signature, token, masking, event_append);
criterion_main!(parts);
