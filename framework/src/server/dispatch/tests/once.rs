//! What runs once: over several instances, with a store that is down, and where a run was interrupted.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use futures_util::future::join_all;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use super::super::target::{FAILED, HOOK_FAILED, INTERRUPTED, INTERRUPTED_FOR_THIS_CALL, TOO_LONG};
use super::*;
use crate::call::DEADLINE;
use crate::store::faulty::{Fault, Faulty};
use crate::store::{MemoryStore, ReplyKey, ReplyMemory as _, Store};

/// An agent whose functions count their runs.
struct Ledger;

impl Agent for Ledger {
    const NAME: &'static str = "ledger";

    fn build(_: &Setup) -> Result<Self, SetupError> {
        Ok(Self)
    }

    fn define(&self) -> AgentDefinition {
        AgentDefinition::new(Prompt::text("Test"))
            .function("book")
            .function("pay")
            .function("hurry")
            .function("guarded")
    }
}
crate::register_agent!(Ledger);

/// The runs of all instances in this process, by call and entry.
static RUNS: Mutex<Option<HashMap<(String, u64), usize>>> = Mutex::new(None);

fn runs(call_id: &str, entry: u64) -> usize {
    let runs = RUNS.lock().unwrap_or_else(PoisonError::into_inner);
    let runs = runs.as_ref().and_then(|runs| runs.get(&(call_id.to_owned(), entry)).copied());
    runs.unwrap_or_default()
}

#[derive(Deserialize, JsonSchema)]
struct BookArgs {
    /// What is booked.
    entry: u64,
    /// How long it takes, in milliseconds.
    millis: u64,
}

/// Counts a run at its end.
struct Book;

#[async_trait]
impl Function for Book {
    const NAME: &'static str = "book";
    const DESCRIPTION: &'static str = "Counts its runs for an entry";
    type Args = BookArgs;

    fn build(_: &Setup) -> Result<Self, SetupError> {
        Ok(Self)
    }

    async fn call(&self, args: BookArgs, call: &Call) -> Result<Reply, FunctionError> {
        tokio::time::sleep(Duration::from_millis(args.millis)).await;
        let mut runs = RUNS.lock().unwrap_or_else(PoisonError::into_inner);
        let run = runs.get_or_insert_default().entry((call.call_id().to_owned(), args.entry)).or_default();
        *run += 1;
        Ok(Reply::text(format!("run {run}")))
    }
}
crate::register_function!(Book);

#[derive(Deserialize, JsonSchema)]
struct PayArgs {
    /// How much; nothing is refused.
    amount: u32,
}

struct Pay(AtomicUsize);

#[async_trait]
impl Function for Pay {
    const NAME: &'static str = "pay";
    const DESCRIPTION: &'static str = "Pays once for a phone call";
    const EFFECT: Effect = Effect::OncePerCall;
    type Args = PayArgs;

    fn build(_: &Setup) -> Result<Self, SetupError> {
        Ok(Self(AtomicUsize::new(0)))
    }

    async fn call(&self, args: PayArgs, _: &Call) -> Result<Reply, FunctionError> {
        if args.amount == 0 {
            return Err(FunctionError::new("Nothing is not paid"));
        }
        let payment = self.0.fetch_add(1, Ordering::Relaxed) + 1;
        Ok(Reply::text(format!("payment {payment} of {}", args.amount)))
    }
}
crate::register_function!(Pay);

struct Hurry;

#[async_trait]
impl Function for Hurry {
    const NAME: &'static str = "hurry";
    const DESCRIPTION: &'static str = "Never ends, and lets a payment be made again if it did";
    const DEADLINE: Duration = Duration::from_millis(1500);
    type Args = crate::NoArgs;

    fn build(_: &Setup) -> Result<Self, SetupError> {
        Ok(Self)
    }

    async fn call(&self, _: crate::NoArgs, call: &Call) -> Result<Reply, FunctionError> {
        assert_eq!(call.remaining(), Self::DEADLINE);
        match call.caller_name() {
            Some("again") => Ok(Reply::text("pay again").allow_again(Pay::NAME)),
            _ => std::future::pending().await,
        }
    }
}
crate::register_function!(Hurry);

#[derive(Deserialize, JsonSchema)]
struct GuardedArgs {
    /// Whether to panic while the lock is held.
    panic: bool,
}

/// What many write without a second thought: a lock that a panic poisons.
struct Guarded(Mutex<u32>);

#[async_trait]
impl Function for Guarded {
    const NAME: &'static str = "guarded";
    const DESCRIPTION: &'static str = "Counts behind a lock";
    type Args = GuardedArgs;

    fn build(_: &Setup) -> Result<Self, SetupError> {
        Ok(Self(Mutex::default()))
    }

    async fn call(&self, args: GuardedArgs, _: &Call) -> Result<Reply, FunctionError> {
        let mut count = self.0.lock().unwrap();
        assert!(!args.panic, "the code is 123456");
        *count += 1;
        Ok(Reply::text(format!("count {count}")))
    }
}
crate::register_function!(Guarded);

fn instance(store: &Arc<impl Store + 'static>) -> Arc<App> {
    let mut app = app();
    Arc::get_mut(&mut app).unwrap().store = store.clone();
    app
}

async fn ledger(app: &Arc<App>, call_id: &str, function: &str, arguments: Value) -> String {
    let raw = arguments.to_string();
    let body =
        json!({"function": function, "call_id": call_id, "argument": {"parsed": [arguments], "raw": raw}});
    let request = FunctionRequest::from_value(body).unwrap();
    let reply = dispatch(app, app.registry.agent("ledger").unwrap(), "ledger".into(), request).await;
    let reply: Value = serde_json::from_slice(&reply).unwrap();
    reply["response"].as_str().unwrap().to_owned()
}

/// The same arguments each time, so that two calls for one entry are the same.
async fn book(app: &Arc<App>, call_id: &str, entry: u64, millis: u64) -> String {
    ledger(app, call_id, "book", json!({"entry": entry, "millis": millis})).await
}

fn key(call_id: &str, function: &str, argument: [u8; 32]) -> ReplyKey {
    let (agent_id, call_id, function) = ("ledger".to_owned(), call_id.to_owned(), function.to_owned());
    ReplyKey { agent_id, call_id, function, argument }
}

/// The data of an agent's events of one kind, where the app has the store that it was built with.
async fn told(app: &App, agent_id: &str, kind: &str) -> Vec<Value> {
    let events = app.store.after(agent_id, 0, 1000).await.unwrap();
    let read = |json: &[u8]| serde_json::from_slice::<Value>(json).unwrap();
    let events = events.iter().map(|event| read(&event.json)).filter(|event| event["kind"] == kind);
    events.map(|event| event["data"].clone()).collect()
}

/// A webhook on its way to an instance.
#[derive(Clone, Debug)]
struct Arrival {
    entry: u64,
    instance: usize,
    at: Duration,
    /// When whoever asked goes away, after that.
    patience: Option<Duration>,
}

fn arrivals() -> impl Strategy<Value = Vec<Arrival>> {
    let millis = |most: u64| (0..most).prop_map(Duration::from_millis);
    let patience = prop::option::weighted(0.4, millis(4000));
    let arrival = (0_u64..3, 0_usize..3, millis(20_000), patience);
    let arrival =
        arrival.prop_map(|(entry, instance, at, patience)| Arrival { entry, instance, at, patience });
    prop::collection::vec(arrival, 1..40)
}

#[tokio::test(start_paused = true)]
async fn whatever_arrives_wherever_and_whenever_runs_once_for_each_key() {
    let store = Arc::new(MemoryStore::default());
    let instances: Vec<_> = (0..3).map(|_| instance(&store)).collect();
    let mut runner = TestRunner::deterministic();
    for case in 0..100 {
        let arrivals = arrivals().new_tree(&mut runner).unwrap().current();
        let call_id = format!("case {case}");
        let replies = join_all(arrivals.iter().map(async |arrival| {
            tokio::time::sleep(arrival.at).await;
            // Each entry takes its own time, and all end in time.
            let asked =
                book(&instances[arrival.instance], &call_id, arrival.entry, 100 + arrival.entry * 3000);
            match arrival.patience {
                Some(patience) => tokio::time::timeout(patience, asked).await.ok(),
                None => Some(asked.await),
            }
        }));
        for (arrival, reply) in arrivals.iter().zip(replies.await) {
            assert!(reply.is_none_or(|reply| reply == "run 1"), "{arrival:?} of {arrivals:?}");
        }
        // Who went away has left its run behind.
        tokio::time::sleep(DEADLINE).await;
        for arrival in &arrivals {
            assert_eq!(runs(&call_id, arrival.entry), 1, "{arrival:?} of {arrivals:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_that_was_interrupted_is_not_repeated_unasked() {
    let app = app();
    let arguments = json!({"entry": 1, "millis": 0});
    let digest = |text: &str| -> [u8; 32] { <sha2::Sha256 as sha2::Digest>::digest(text).into() };
    let key = key("interrupted", "book", digest(&arguments.to_string()));
    let window = Duration::from_secs(30);
    // An instance that claimed it three seconds ago, and is gone.
    app.store.claim(&key, DEADLINE + Duration::from_secs(1), window).await.unwrap();
    tokio::time::advance(Duration::from_secs(3)).await;
    let started = Instant::now();
    assert_eq!(ledger(&app, "interrupted", "book", arguments.clone()).await, INTERRUPTED);
    assert_eq!(started.elapsed(), Duration::from_secs(6), "it may still have ended");
    assert_eq!(ledger(&app, "interrupted", "book", arguments.clone()).await, INTERRUPTED);
    assert_eq!(runs("interrupted", 1), 0);
    let told = told(&app, "ledger", "function_interrupted").await;
    assert_eq!(told, vec![json!({"function": "book", "response": INTERRUPTED}); 2]);
    // Later it is a new request.
    tokio::time::advance(window).await;
    assert_eq!(ledger(&app, "interrupted", "book", arguments).await, "run 1");
}

#[tokio::test(start_paused = true)]
async fn an_interrupted_payment_cannot_be_tried_again_and_an_interrupted_hook_is_not_spoken_of() {
    let app = app();
    let window = Duration::from_secs(1000);
    app.store.claim(&key("interrupted", "pay", [0; 32]), Duration::ZERO, window).await.unwrap();
    assert_eq!(ledger(&app, "interrupted", "pay", json!({"amount": 1})).await, INTERRUPTED_FOR_THIS_CALL);
    let session: [u8; 32] = <sha2::Sha256 as sha2::Digest>::digest("s1").into();
    let hook = ReplyKey { agent_id: "7".into(), ..key("c1", "startup_hook", session) };
    app.store.claim(&hook, Duration::ZERO, window).await.unwrap();
    assert_eq!(desk(&app, "startup_hook", json!({})).await["response"], HOOK_FAILED);
}

#[tokio::test(start_paused = true)]
async fn a_retry_that_cannot_wait_for_the_end_is_told_that_it_is_not_known() {
    let store = Arc::new(MemoryStore::default());
    let (here, there) = (instance(&store), instance(&store));
    // Claimed a moment ago by an instance that is gone: the lease ends after the retry's own time.
    let arguments = json!({"entry": 1, "millis": 0});
    let digest: [u8; 32] = <sha2::Sha256 as sha2::Digest>::digest(arguments.to_string()).into();
    store
        .claim(&key("waits", "book", digest), Duration::from_secs(9), Duration::from_secs(30))
        .await
        .unwrap();
    let started = Instant::now();
    let ask = |app| ledger(app, "waits", "book", arguments.clone());
    let (first, second) = tokio::join!(ask(&here), ask(&there));
    assert_eq!((first.as_str(), second.as_str()), (TOO_LONG, TOO_LONG));
    assert_eq!(started.elapsed(), DEADLINE);
}

#[tokio::test(start_paused = true)]
async fn a_payment_is_made_once_in_a_call_whatever_the_amount() {
    let app = app();
    // A refusal, and arguments that do not fit, are not remembered.
    assert_eq!(ledger(&app, "c1", "pay", json!({"amount": 0})).await, "Nothing is not paid");
    assert!(ledger(&app, "c1", "pay", json!({})).await.contains("\"amount\" is missing"));
    assert_eq!(ledger(&app, "c1", "pay", json!({"amount": 5})).await, "payment 1 of 5");
    assert_eq!(ledger(&app, "c1", "pay", json!({"amount": 7})).await, "payment 1 of 5");
    tokio::time::advance(Duration::from_hours(23)).await;
    assert_eq!(ledger(&app, "c1", "pay", json!({})).await, "payment 1 of 5");
    assert_eq!(ledger(&app, "c2", "pay", json!({"amount": 5})).await, "payment 2 of 5");
    // Unless another function says that it no longer holds.
    let body = json!({"function": "hurry", "call_id": "c1", "caller_id_name": "again"});
    let request = FunctionRequest::from_value(body).unwrap();
    dispatch(&app, app.registry.agent("ledger").unwrap(), "ledger".into(), request).await;
    assert_eq!(ledger(&app, "c1", "pay", json!({"amount": 7})).await, "payment 3 of 7");
    assert_eq!(ledger(&app, "c2", "pay", json!({"amount": 7})).await, "payment 2 of 5");
}

#[tokio::test(start_paused = true)]
async fn a_function_is_cut_off_at_its_own_deadline() {
    let app = app();
    let started = Instant::now();
    assert_eq!(ledger(&app, "c1", "hurry", json!({})).await, TOO_LONG);
    assert_eq!(started.elapsed(), Hurry::DEADLINE);
}

#[tokio::test]
async fn a_lock_that_a_panic_poisoned_fails_its_function_and_no_other() {
    let app = app();
    assert_eq!(ledger(&app, "c1", "guarded", json!({"panic": false})).await, "count 1");
    assert_eq!(ledger(&app, "c1", "guarded", json!({"panic": true})).await, FAILED);
    assert_eq!(ledger(&app, "c2", "guarded", json!({"panic": false})).await, FAILED);
    // What it did before is still remembered, and others go on.
    assert_eq!(ledger(&app, "c1", "guarded", json!({"panic": false})).await, "count 1");
    assert_eq!(ledger(&app, "c2", "pay", json!({"amount": 1})).await, "payment 1 of 1");
    let reasons: Vec<_> = told(&app, "ledger", "function_failed").await;
    assert!(reasons.iter().all(|data| data["reason"] == "the function panicked"), "{reasons:?}");
}

#[tokio::test(start_paused = true)]
async fn a_function_runs_once_in_this_process_also_while_the_store_is_down() {
    let store = Faulty::new();
    let app = instance(&store);
    for (case, fault) in [Fault::Down, Fault::Hangs, Fault::Lies].into_iter().enumerate() {
        let call_id = format!("down {case}");
        store.set(fault);
        let at_once = join_all((0..10).map(|_| book(&app, &call_id, 1, 500))).await;
        assert!(at_once.iter().all(|reply| reply == "run 1"), "{at_once:?}");
        assert_eq!(book(&app, &call_id, 1, 500).await, "run 1", "a retry");
        // It is still remembered here when the store is back, and another outage begins.
        store.set(Fault::None);
        assert_eq!(book(&app, &call_id, 1, 500).await, "run 1", "after the outage");
        tokio::time::advance(Duration::from_secs(31)).await;
        assert_eq!(book(&app, &call_id, 1, 500).await, "run 2", "after the window");
    }
}

#[tokio::test(start_paused = true)]
async fn an_outage_that_begins_or_ends_during_a_run_repeats_nothing() {
    let store = Faulty::new();
    let (here, there) = (instance(&store), instance(&store));
    for (case, (before, after)) in
        [(Fault::None, Fault::Down), (Fault::Down, Fault::None)].into_iter().enumerate()
    {
        let call_id = format!("turn {case}");
        store.set(before);
        let turn = async {
            tokio::time::sleep(Duration::from_millis(500)).await;
            store.set(after);
            book(&here, &call_id, 1, 1000).await
        };
        let (first, second) = tokio::join!(book(&here, &call_id, 1, 1000), turn);
        assert_eq!((first.as_str(), second.as_str()), ("run 1", "run 1"));
        assert_eq!(book(&here, &call_id, 1, 1000).await, "run 1");
    }
    // Kept where the store was back in time: another instance knows it.
    assert_eq!(book(&there, "turn 1", 1, 1000).await, "run 1");
}

#[tokio::test(start_paused = true)]
async fn a_failure_without_effect_may_be_tried_again_while_the_store_is_down() {
    let store = Faulty::new();
    let app = instance(&store);
    store.set(Fault::Down);
    assert_eq!(ledger(&app, "c1", "pay", json!({"amount": 0})).await, "Nothing is not paid");
    assert_eq!(ledger(&app, "c1", "pay", json!({"amount": 5})).await, "payment 1 of 5");
    assert_eq!(ledger(&app, "c1", "pay", json!({"amount": 6})).await, "payment 1 of 5");
}

#[tokio::test(start_paused = true)]
async fn who_hangs_up_before_the_store_answers_leaves_no_claim_behind() {
    let store = Faulty::new();
    let app = instance(&store);
    store.set(Fault::Hangs);
    let gone = tokio::time::timeout(Duration::from_millis(10), book(&app, "gone", 1, 100)).await;
    assert!(gone.is_err());
    assert_eq!(book(&app, "gone", 1, 100).await, "run 1");
}
