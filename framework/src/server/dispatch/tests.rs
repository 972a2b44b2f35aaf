//! Whatever a function does, the model gets a reply that it can act on, and nothing runs twice.

mod once;
mod places;

use std::sync::atomic::{AtomicUsize, Ordering};

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::target::{FAILED, HOOK_FAILED, TOO_LONG};
use super::*;
use crate::swml::ai::{DataMap, Output, Prompt};
use crate::{
    Agent, AgentDefinition, DataMapFunction, Effect, Function, FunctionError, Setup, SetupError, async_trait,
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

/// An agent with all hooks, which counts what it is called for.
struct Desk {
    starts: AtomicUsize,
    hangups: AtomicUsize,
}

#[async_trait]
impl Agent for Desk {
    const NAME: &'static str = "desk";

    fn build(_: &Setup) -> Result<Self, SetupError> {
        Ok(Self { starts: AtomicUsize::new(0), hangups: AtomicUsize::new(0) })
    }

    fn define(&self) -> AgentDefinition {
        let mood = json!({"type": "object", "properties": {"mood": {"type": "string"}}});
        AgentDefinition::new(Prompt::text("Test"))
            .startup_hook()
            .hangup_hook()
            .summarize_conversation("Note the mood", mood)
            .conversation_id("${call.from}")
            .accept_input(Duration::from_secs(2))
    }

    async fn on_start(&self, call: &Call) -> Result<Reply, FunctionError> {
        let start = self.starts.fetch_add(1, Ordering::Relaxed) + 1;
        tokio::task::yield_now().await;
        match call.caller_name() {
            Some("panic") => panic!("the code is 123456"),
            Some("hang") => std::future::pending().await,
            _ => Ok(Reply::text(format!("start {start}")).set_global_data("start", start)),
        }
    }

    async fn on_hangup(&self, _: &Call) -> Result<(), FunctionError> {
        if self.hangups.fetch_add(1, Ordering::Relaxed) == 0 {
            return Err(FunctionError::new("not now").caused_by("the door is open"));
        }
        Ok(())
    }

    async fn on_summary(&self, summary: &Value, call: &Call) -> Result<(), FunctionError> {
        call.queue_input(&format!("The mood is {}", summary["mood"].as_str().unwrap_or("unknown"))).await?;
        Ok(())
    }
}
crate::register_agent!(Desk);

/// Posts to the agent with hooks, from one caller.
async fn desk(app: &Arc<App>, function: &str, more: Value) -> Value {
    let mut body = json!({"function": function, "call_id": "c1", "ai_session_id": "s1", "conversation_id": "+15551230000"});
    if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
        body.extend(more);
    }
    let request = FunctionRequest::from_value(body).unwrap();
    let reply = dispatch(app, app.registry.agent("desk").unwrap(), "7".into(), request).await;
    serde_json::from_slice(&reply).unwrap()
}

/// The events of the agent with hooks: kind and data.
async fn events(app: &App) -> Vec<(String, Value)> {
    let events = app.store.after("7", 0, 100).await.unwrap();
    let read = |json: &[u8]| -> (String, Value) {
        let event: Value = serde_json::from_slice(json).unwrap();
        (event["kind"].as_str().unwrap().to_owned(), event["data"].clone())
    };
    events.iter().map(|event| read(&event.json)).collect()
}

#[tokio::test]
async fn a_hook_runs_once_for_a_session_and_its_actions_are_given() {
    let app = app();
    let first = desk(&app, "startup_hook", json!({})).await;
    assert_eq!(first, json!({"response": "start 1", "action": [{"set_global_data": {"start": 1}}]}));
    // What it carries does not matter.
    assert_eq!(desk(&app, "startup_hook", json!({"argument": {"raw": "{ }"}})).await, first);
    let again =
        futures_util::future::join_all((0..9).map(|_| desk(&app, "startup_hook", json!({"call_id": "c2"}))));
    assert!(again.await.iter().all(|reply| reply["response"] == "start 2"));
    assert_eq!(desk(&app, "startup_hook", json!({"ai_session_id": "s2"})).await["response"], "start 3");
    let kinds: Vec<_> = events(&app).await.into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds[..3], ["call_started", "function_replied", "function_repeated"]);
    assert_eq!(kinds.iter().filter(|kind| *kind == "call_started").count(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_hook_that_fails_does_not_disturb_the_call() {
    let app = app();
    assert_eq!(desk(&app, "startup_hook", json!({"caller_id_name": "panic"})).await["response"], HOOK_FAILED);
    let other = json!({"call_id": "c2", "caller_id_name": "hang"});
    assert_eq!(desk(&app, "startup_hook", other).await["response"], HOOK_FAILED);
    let ended = json!({"fatal_error": true, "error_reason": "token_exhaustion"});
    assert_eq!(desk(&app, "hangup_hook", ended.clone()).await["response"], "not now");
    // It said that nothing was done, so it may be tried again.
    assert_eq!(desk(&app, "hangup_hook", ended.clone()).await, json!({"response": "ok"}));
    let events = events(&app).await;
    assert!(events.contains(&("call_ended".to_owned(), ended)), "{events:?}");
    let reasons: Vec<_> = events.iter().filter_map(|(_, data)| data["reason"].as_str()).collect();
    assert_eq!(reasons, ["the function panicked", "the function missed its deadline", "the door is open"]);
}

#[tokio::test]
async fn messages_are_given_once_in_order_and_to_their_conversation_only() {
    let app = app();
    let queue = app.setup.inputs().queue("desk", "7", "+15551230000");
    assert_eq!(queue.push("my address is\nada@example.com").await.unwrap(), 1);
    let summary = json!({"argument": {"parsed": [{"mood": "good"}]}});
    assert_eq!(desk(&app, "summarize_conversation", summary).await, json!({"response": "ok"}));
    for other in ["+15559990000", "anonymous", "${call.from}", ""] {
        assert_eq!(
            desk(&app, "check_for_input", json!({"conversation_id": other})).await,
            json!({}),
            "{other}"
        );
    }
    assert_eq!(
        desk(&app, "check_for_input", json!({})).await,
        json!({"action": [{"user_input": "my address is ada@example.com"}, {"user_input": "The mood is good"}]})
    );
    assert_eq!(desk(&app, "check_for_input", json!({})).await, json!({}));
    assert_eq!(desk(&app, "check_for_input", json!({"conversation_id": 7})).await, json!({}));
    let events = events(&app).await;
    let given: Vec<_> = events.iter().filter(|(kind, _)| kind == "input_given").collect();
    assert_eq!(given.len(), 1);
    assert_eq!(given[0].1["conversation_id"], "+1••••••0000");
    let summarised = ("conversation_summarised".to_owned(), json!({"arguments": {"mood": "good"}}));
    assert!(events.contains(&summarised), "{events:?}");
}

#[tokio::test]
async fn what_the_definition_does_not_ask_for_is_not_there() {
    let app = app();
    for name in ["startup_hook", "hangup_hook", "summarize_conversation", "check_for_input"] {
        let text = post(&app, json!({"function": name, "call_id": "c1", "conversation_id": "x"})).await;
        assert!(text.contains("no function named"), "{name}: {text}");
    }
    let queue = app.setup.inputs().queue("lab", "lab", "x");
    assert!(matches!(queue.push("text").await, Err(crate::InputError::NotAccepted { .. })));
}

#[tokio::test]
async fn only_messages_that_can_be_spoken_to_somebody_are_queued() {
    let app = app();
    let inputs = app.setup.inputs();
    let push = async |id: &str, text: &str| inputs.queue("desk", "7", id).push(text).await;
    for text in ["", " \n ", "a\0b", "\u{1b}[31m", "\u{85}", &"x".repeat(4097)] {
        assert!(matches!(push("x", text).await, Err(crate::InputError::Text)), "{text:?}");
    }
    for id in ["", "anonymous", "a\0b", "${call.call_id}", &"x".repeat(257)] {
        assert!(matches!(push(id, "text").await, Err(crate::InputError::Conversation)), "{id:?}");
    }
    for waiting in 1..=32 {
        assert_eq!(push("x", &"x".repeat(4096)).await.unwrap(), waiting);
    }
    assert!(matches!(push("x", "text").await, Err(crate::InputError::Full)));
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
