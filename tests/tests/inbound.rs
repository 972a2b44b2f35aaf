//! What the platform posts is understood by its body, also where it comes to another of the agent's paths.

use serde_json::{Value, json};
use swaig_tests::{Employee, PhoneCall, function_request};

const CALLER: &str = "+15551230000";
const PATHS: [&str; 4] = ["/mfa", "/mfa/swaig", "/mfa/post_prompt", "/mfa/debug"];

#[tokio::test]
async fn requests_are_understood_on_every_path_of_the_agent() {
    let employee = Employee::sandbox().await;
    let client = employee.client();
    for path in PATHS {
        let call = client.post(path, &function_request("verify_mfa", &json!({"token": "123456"}))).await;
        let text = call.json()["response"].as_str().unwrap_or_default().to_owned();
        assert!(call.status == 200 && text.contains("Call send_mfa first"), "{path}: {}", call.text());

        let signatures =
            client.post(path, &json!({"action": "get_signature", "functions": ["send_mfa"]})).await;
        let given = signatures.json();
        assert_eq!(
            (given.as_array().map(Vec::len), &given[0]["function"]),
            (Some(1), &json!("send_mfa")),
            "{path}"
        );

        let fetch = json!({"action": "fetch_conversation", "conversation_id": "v1", "call_id": "c1"});
        let answer = client.post(path, &fetch).await;
        assert_eq!(answer.json(), json!({"response": "no conversation found"}), "{path}");
    }
    for path in ["document", "post_prompt", "debug"] {
        let hint =
            format!("a request of the kind function came to the path of {path}; its URL is that of swaig");
        employee.log().find(&hint, |line| line.contains(&hint).then_some(())).await;
    }
}

#[tokio::test]
async fn a_report_and_debug_events_are_recorded_wherever_they_come() {
    let employee = Employee::sandbox().await;
    let client = employee.client();
    for path in PATHS {
        let report = json!({
            "action": "post_conversation", "call_id": "c1",
            "post_prompt_data": {"raw": format!("posted to {path}")},
        });
        assert_eq!(client.post(path, &report).await.json(), json!({"response": "data received"}), "{path}");
        let events =
            json!({"call_info": {"call_id": "c1"}, "step_change": {"to_step": path}, "filler": null});
        assert_eq!(client.post(path, &events).await.json(), json!({"response": "data received"}), "{path}");
    }
    let mut live = employee.events("?after=0&call_id=c1").await;
    for path in PATHS {
        let ended = live.next().await.unwrap();
        assert_eq!(
            (ended.kind(), &ended.data()["summary"]),
            ("conversation_ended", &json!(format!("posted to {path}")))
        );
        let debug = live.next().await.unwrap();
        assert_eq!((debug.kind(), &debug.data()["step_change"]["to_step"]), ("debug", &json!(path)));
    }
}

#[tokio::test]
async fn a_document_is_given_out_on_its_own_path_only() {
    let employee = Employee::sandbox().await;
    let fetch = json!({"call": {"call_id": "c1", "from": CALLER}, "vars": {}, "envs": {}, "params": {}});
    for path in PATHS {
        let answer = employee.client().post(path, &fetch).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.json().get("sections").is_some(), path == "/mfa", "{path}: {}", answer.text());
    }
}

#[tokio::test]
async fn a_bedrock_agent_sends_and_verifies_a_code() {
    let employee = Employee::sandbox().await;
    let mut call = PhoneCall::incoming(&employee, "/mfa", None).await;
    let bedrock = |call: &PhoneCall, function: &str, arguments: &Value| {
        let mut webhook = call.webhook(function, arguments);
        let body = webhook.as_object_mut().expect("a webhook is an object");
        for key in ["version", "description", "argument_desc"] {
            body.remove(key);
        }
        body.insert("action".into(), "fetch_conversation".into());
        body.insert("content_type".into(), "text/json".into());
        body.insert("content_disposition".into(), "agent.function".into());
        body.insert("caller_id".into(), CALLER.into());
        body.insert("caller_id_number".into(), CALLER.into());
        webhook
    };
    let sent = call.post(&bedrock(&call, "send_mfa", &json!({}))).await;
    assert_eq!(sent.response(), "6 digit number sent");
    call.carry_out("send_mfa", &sent);
    let code = employee.code_after(0).await;
    let verified = call.post(&bedrock(&call, "verify_mfa", &json!({"token": code}))).await;
    assert_eq!(verified.response(), "Verification successful");
    assert!(verified.0.get("post_process").is_none() && !verified.actions().is_empty(), "{verified:?}");
}
