//! A request is answered by what it is, whichever of the agent's paths it comes to.

use std::sync::Mutex;

use http_body_util::BodyExt as _;
use serde_json::json;
use url::Url;

use super::*;
use crate::call::DebugEvent;
use crate::swml::ai::Prompt;
use crate::{
    Agent, AgentDefinition, Call, Function, FunctionError, NoArgs, Reply, Setup, SetupError, async_trait,
};

/// What the agent was told, with the call that it was about.
static TOLD: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn told(call_id: Option<&str>, what: &str) {
    TOLD.lock().unwrap().push(format!("{} {what}", call_id.unwrap_or("none")));
}

/// What the agent was told about one call: tests share it.
fn told_of(call_id: &str) -> Vec<String> {
    let of_call = |line: &String| Some(line.strip_prefix(call_id)?.strip_prefix(' ')?.to_owned());
    TOLD.lock().unwrap().iter().filter_map(of_call).collect()
}

struct Listener;

#[async_trait]
impl Agent for Listener {
    const NAME: &'static str = "listener";

    fn build(_: &Setup) -> Result<Self, SetupError> {
        Ok(Self)
    }

    fn define(&self) -> AgentDefinition {
        AgentDefinition::new(Prompt::text("Test")).function("whisper")
    }

    async fn on_report(&self, report: &Report) {
        told(report.call_id(), "report");
    }

    async fn on_event(&self, event: &DebugEvent) {
        told(event.call_id(), event.name());
    }
}
crate::register_agent!(Listener);

struct Whisper;

#[async_trait]
impl Function for Whisper {
    const NAME: &'static str = "whisper";
    const DESCRIPTION: &'static str = "Tells who calls";
    type Args = NoArgs;

    fn build(_: &Setup) -> Result<Self, SetupError> {
        Ok(Self)
    }

    async fn call(&self, _: NoArgs, call: &Call) -> Result<Reply, FunctionError> {
        let caller = call.caller().to_string();
        Ok(Reply::tool_result(caller)
            .tool_prompt("Whisper it")
            .set_meta_data("told", true)
            .post_process(true))
    }
}
crate::register_function!(Whisper);

fn routes() -> [Route; 4] {
    let name = || "listener".to_owned();
    [Route::Document(name()), Route::Swaig(name()), Route::PostPrompt(name()), Route::Debug(name())]
}

/// The answer to a body, with its status.
async fn post(app: &Arc<App>, route: &Route, body: Value) -> (u16, Value) {
    let agent = app.registry.agent("listener").unwrap();
    let form = Form { base: app.base.clone(), language: Language::Json };
    let inbound = Inbound::read("listener", body);
    let response = answer(app, route, agent, "listener".into(), inbound, &form).await;
    let status = response.status().as_u16();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&bytes).unwrap())
}

fn app() -> Arc<App> {
    App::build(Setup::test([("X", "y")]), &Url::parse("http://127.0.0.1:1").unwrap()).unwrap()
}

#[tokio::test]
async fn a_request_is_understood_on_every_path() {
    let app = app();
    for route in routes() {
        let call_id = format!("understood-{}", route.name());
        let call = json!({"function": "whisper", "call_id": call_id, "caller_id_num": "+15551230000"});
        let (status, reply) = post(&app, &route, call).await;
        assert_eq!((status, &reply["response"]["tool_result"]), (200, &json!("+1••••••0000")), "{route:?}");

        let (_, given) = post(&app, &route, json!({"action": "get_signature"})).await;
        assert_eq!(given[0]["function"], "whisper", "{route:?}");

        let report = json!({"action": "post_conversation", "call_id": call_id});
        let (_, answer) = post(&app, &route, report).await;
        assert_eq!(answer, json!({"response": "data received"}), "{route:?}");

        let fetch = json!({"action": "fetch_conversation", "call_id": call_id, "conversation_id": "v1"});
        let (_, answer) = post(&app, &route, fetch).await;
        assert_eq!(answer, json!({"response": "no conversation found"}), "{route:?}");

        let events = json!({"call_info": {"call_id": call_id}, "step_change": {}, "filler": null});
        let (_, answer) = post(&app, &route, events).await;
        assert_eq!(answer, json!({"response": "data received"}), "{route:?}");
        assert_eq!(told_of(&call_id), ["report", "step_change", "filler"], "{route:?}");
    }
}

#[tokio::test]
async fn a_body_that_does_not_tell_is_what_the_path_says() {
    let app = app();
    let fetch = json!({"call": {"call_id": "path"}, "vars": {}});
    for body in [json!({"call_id": "path"}), fetch] {
        let [document, swaig, post_prompt, debug] = routes();
        let (_, swml) = post(&app, &document, body.clone()).await;
        assert!(swml["sections"]["main"].is_array(), "{swml}");
        let (_, reply) = post(&app, &swaig, body.clone()).await;
        assert!(reply["response"].as_str().unwrap().starts_with("No function was named"), "{reply}");
        // A document is given out on its own path only.
        for route in [post_prompt, debug] {
            let (_, answer) = post(&app, &route, body.clone()).await;
            assert_eq!(answer, json!({"response": "data received"}), "{route:?} {body}");
        }
    }
}

#[tokio::test]
async fn a_bedrock_agent_is_answered_with_one_text() {
    let app = app();
    let [_, swaig, ..] = routes();
    let call = json!({
        "function": "whisper", "action": "fetch_conversation", "argument": {"parsed": [{}], "raw": "{}"},
        "call_id": "bedrock", "content_type": "text/json", "content_disposition": "agent.function",
        "caller_id": "+15551230000", "caller_id_number": "+15551230000",
    });
    let expected =
        json!({"response": "+1••••••0000\nWhisper it", "action": [{"set_meta_data": {"told": true}}]});
    // The repetition is given the same text.
    for _ in 0..2 {
        assert_eq!(post(&app, &swaig, call.clone()).await, (200, expected.clone()));
    }
    let mut other = call.clone();
    other["action"] = Value::Null;
    other["call_id"] = "no bedrock".into();
    let (_, reply) = post(&app, &swaig, other).await;
    assert_eq!(
        (&reply["response"]["tool_prompt"], &reply["post_process"]),
        (&json!("Whisper it"), &json!(true))
    );
}

#[tokio::test]
async fn a_failed_webhook_is_one_event() {
    let app = app();
    let [.., debug] = routes();
    let body = json!({
        "call_info": {"call_id": "failed"}, "error": "webhook error", "request_url": "https://example.com/listener/swaig",
        "attempts": 3, "http_code": 502,
    });
    post(&app, &debug, body).await;
    assert_eq!(told_of("failed"), ["webhook_fail"]);
    let events = app.store.after("listener", 0, 10).await.unwrap();
    let text = String::from_utf8_lossy(&events.last().unwrap().json).into_owned();
    assert!(text.contains(r#""kind":"debug""#) && text.contains(r#""call_id":"failed""#), "{text}");
}
