//! Whatever a function does, the model gets a reply that it can act on, and nothing runs twice.

use std::sync::atomic::{AtomicUsize, Ordering};

use schemars::JsonSchema;
use serde::Deserialize;
use url::Url;

use super::*;
use crate::swml::ai::{DataMap, Output, Prompt};
use crate::{
    Agent, AgentDefinition, DataMapFunction, Function, FunctionError, Setup, SetupError, async_trait,
};

/// An agent with one function that does what its argument says.
struct Lab;

impl Agent for Lab {
    const NAME: &'static str = "lab";

    fn build(_: &Setup) -> Result<Self, SetupError> {
        Ok(Self)
    }

    fn define(&self) -> AgentDefinition {
        let map = DataMap::new().output(Output::text("By itself"));
        AgentDefinition::new(Prompt::text("Test"))
            .function("experiment")
            .function(DataMapFunction::new("by_itself", "Answered by the platform", map))
            .function("repeat")
    }
}
crate::register_agent!(Lab);

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Behaviour {
    Reply,
    Panic,
    Hang,
    Error,
    Refuse,
    Unsure,
    Again,
}

#[derive(Deserialize, JsonSchema)]
struct ExperimentArgs {
    /// What to do.
    behaviour: Behaviour,
}

struct Experiment {
    runs: AtomicUsize,
}

#[async_trait]
impl Function for Experiment {
    const NAME: &'static str = "experiment";
    const DESCRIPTION: &'static str = "Does what it is told";
    type Args = ExperimentArgs;

    fn build(_: &Setup) -> Result<Self, SetupError> {
        Ok(Self { runs: AtomicUsize::new(0) })
    }

    async fn call(&self, args: ExperimentArgs, _: &Call) -> Result<Reply, FunctionError> {
        let run = self.runs.fetch_add(1, Ordering::Relaxed) + 1;
        match args.behaviour {
            Behaviour::Reply => {
                tokio::task::yield_now().await;
                Ok(Reply::text(format!("run {run}")))
            }
            Behaviour::Panic => panic!("the code is 123456"),
            Behaviour::Hang => std::future::pending().await,
            Behaviour::Error => Err(std::io::Error::other("password hunter2"))?,
            Behaviour::Refuse => Err(FunctionError::new(format!("refused in run {run}"))),
            Behaviour::Unsure => Err(FunctionError::new(format!("unsure in run {run}")).effect_unknown()),
            Behaviour::Again => Ok(Reply::text("go on").allow_again("experiment")),
        }
    }
}
crate::register_function!(Experiment);

/// A function that only reads.
struct Repeat(AtomicUsize);

#[async_trait]
impl Function for Repeat {
    const NAME: &'static str = "repeat";
    const DESCRIPTION: &'static str = "Counts its runs";
    const EFFECT: Effect = Effect::None;
    type Args = crate::NoArgs;

    fn build(_: &Setup) -> Result<Self, SetupError> {
        Ok(Self(AtomicUsize::new(0)))
    }

    async fn call(&self, _: crate::NoArgs, _: &Call) -> Result<Reply, FunctionError> {
        Ok(Reply::text(format!("run {}", self.0.fetch_add(1, Ordering::Relaxed) + 1)))
    }
}
crate::register_function!(Repeat);

fn app() -> Arc<App> {
    App::build(Setup::test([("X", "y")]), &Url::parse("http://127.0.0.1:1").unwrap()).unwrap()
}

async fn post(app: &Arc<App>, body: Value) -> String {
    let agent = app.registry.agent("lab").unwrap();
    let request = FunctionRequest::from_value(body).unwrap();
    let reply = dispatch(app, agent, "lab".into(), request).await;
    let reply: Value = serde_json::from_slice(&reply).unwrap();
    reply["response"].as_str().unwrap().to_owned()
}

async fn experiment(app: &Arc<App>, call_id: &str, behaviour: &str) -> String {
    let argument = json!({"parsed": [{"behaviour": behaviour}]});
    post(app, json!({"function": "experiment", "call_id": call_id, "argument": argument})).await
}

#[tokio::test]
async fn the_same_call_runs_once_and_gets_the_same_reply() {
    let app = app();
    assert_eq!(experiment(&app, "c1", "reply").await, "run 1");
    assert_eq!(experiment(&app, "c1", "reply").await, "run 1");
    assert_eq!(experiment(&app, "c2", "reply").await, "run 2");
    // Without a call id, calls cannot be told apart, so each runs.
    assert_eq!(experiment(&app, "", "reply").await, "run 3");
    assert_eq!(experiment(&app, "", "reply").await, "run 4");
}

#[tokio::test]
async fn calls_at_the_same_moment_run_once() {
    let app = app();
    let calls = (0..20).map(|_| experiment(&app, "c1", "reply"));
    let replies = futures_util::future::join_all(calls).await;
    assert!(replies.iter().all(|reply| reply == "run 1"), "{replies:?}");
}

#[tokio::test]
async fn a_failure_without_effect_is_not_remembered_and_one_of_unknown_effect_is() {
    let app = app();
    assert_eq!(experiment(&app, "c1", "refuse").await, "refused in run 1");
    assert_eq!(experiment(&app, "c1", "refuse").await, "refused in run 2");
    assert_eq!(experiment(&app, "c1", "unsure").await, "unsure in run 3");
    assert_eq!(experiment(&app, "c1", "unsure").await, "unsure in run 3");
}

#[tokio::test]
async fn a_reply_can_allow_a_function_again() {
    let app = app();
    assert_eq!(experiment(&app, "c1", "reply").await, "run 1");
    assert_eq!(experiment(&app, "c1", "again").await, "go on");
    assert_eq!(experiment(&app, "c1", "reply").await, "run 3");
}

#[tokio::test]
async fn a_function_that_only_reads_runs_every_time() {
    let app = app();
    for run in 1..=3 {
        let body = json!({"function": "repeat", "call_id": "c1", "argument": {"raw": "{}"}});
        assert_eq!(post(&app, body).await, format!("run {run}"));
    }
}

#[tokio::test]
async fn a_panic_and_an_error_are_answered_and_tell_nothing_of_their_cause() {
    let app = app();
    assert_eq!(experiment(&app, "c1", "panic").await, FAILED);
    assert_eq!(experiment(&app, "c1", "error").await, FAILED);
    assert_eq!(experiment(&app, "c1", "reply").await, "run 3");
    let events = app.store.after("lab", 0, 100).await.unwrap();
    let text: String = events.iter().map(|event| String::from_utf8_lossy(&event.json).into_owned()).collect();
    assert!(text.contains("the function panicked") && !text.contains("123456"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_function_that_hangs_is_cut_off_and_not_run_again() {
    let app = app();
    let started = Instant::now();
    assert_eq!(experiment(&app, "c1", "hang").await, TOO_LONG);
    assert_eq!(started.elapsed(), crate::call::DEADLINE);
    assert_eq!(experiment(&app, "c1", "hang").await, TOO_LONG);
    assert_eq!(started.elapsed(), crate::call::DEADLINE);
}

#[tokio::test]
async fn what_the_model_gets_wrong_is_told_to_it_and_does_not_run() {
    let app = app();
    let text = experiment(&app, "c1", "explode").await;
    assert!(text.contains("\"behaviour\"") && text.contains("explode"), "{text}");
    let text = post(&app, json!({"function": "experiment", "call_id": "c1"})).await;
    assert!(text.contains("\"behaviour\" is missing"), "{text}");
    let text = post(&app, json!({"function": "send_money", "call_id": "c1"})).await;
    assert!(
        text.contains("no function named send_money") && text.contains("experiment, by_itself, repeat"),
        "{text}"
    );
    let text = post(&app, json!({})).await;
    assert!(text.starts_with("No function was named"), "{text}");
    assert_eq!(experiment(&app, "c1", "reply").await, "run 1");
}

#[tokio::test]
async fn a_function_that_the_platform_runs_is_answered_with_a_sentence_when_it_is_called_all_the_same() {
    let app = app();
    let text = post(&app, json!({"function": "by_itself", "call_id": "c1"})).await;
    assert!(text.starts_with("by_itself is answered by the phone system itself"), "{text}");
    let events = app.store.after("lab", 0, 100).await.unwrap();
    let last = String::from_utf8_lossy(&events.last().unwrap().json).into_owned();
    assert!(last.contains("function_refused") && last.contains("the platform runs it by itself"), "{last}");
}
