//! State of a call that was forged, or comes from elsewhere, opens nothing; and keys are changed while calls are up.

use serde_json::{Value, json};
use swaig_tests::{Employee, PhoneCall, StandIn};

const CALLER: &str = "+15551230000";
const OLD: &str = "an old secret that is long enough to be one";
const NEW: &str = "a new secret that is long enough to be one!";

/// An instance in live mode with these secrets.
async fn instance(stand_in: &StandIn, secrets: &[(&str, &str)]) -> Employee {
    Employee::live_with(stand_in, secrets.iter().copied()).await
}

/// What the model hears when this webhook is posted to an instance.
async fn heard(employee: &Employee, path: &str, webhook: &Value) -> String {
    let answer = employee.client().post(path, webhook).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["response"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn the_state_of_a_code_is_worth_nothing_outside_of_its_call() {
    let stand_in = StandIn::obliging().await;
    let employee = instance(&stand_in, &[("SWAIG_SECRET", NEW)]).await;
    let mut call = PhoneCall::from(&employee, CALLER).await;
    call.call("send_mfa", json!({})).await;
    let webhook = call.webhook("verify_mfa", &json!({"token": "123456"}));
    let asked = stand_in.requests().len();
    let with = |key: &str, value: Value| {
        let mut webhook = webhook.clone();
        webhook[key] = value;
        webhook
    };
    let state = &webhook["meta_data"]["mfa"];
    let without_seal = {
        let mut state = state.clone();
        state.as_object_mut().expect("an object").remove("seal");
        json!({"mfa": state})
    };
    let other_seal = {
        let mut state = state.clone();
        let seal = state["seal"].as_str().expect("a seal").to_owned();
        state["seal"] = format!("{}x", &seal[..seal.len() - 1]).into();
        json!({"mfa": state})
    };
    let path = "/mfa/swaig?agent_id=mfa";
    let refused = [
        ("another call", path, with("call_id", "another".into())),
        ("another caller", path, with("caller_id_num", "+15559990000".into())),
        ("no caller", path, with("caller_id_num", Value::Null)),
        ("another agent id", "/mfa/swaig?agent_id=other", webhook.clone()),
        ("no seal", path, with("meta_data", without_seal)),
        ("a changed seal", path, with("meta_data", other_seal)),
        ("only said", path, with("meta_data", json!({"verified": true}))),
        ("under another name", path, with("meta_data", json!({"verification": state}))),
    ];
    for (why, path, webhook) in refused {
        let heard = heard(&employee, path, &webhook).await;
        assert!(heard.contains("the caller is not verified"), "{why}: {heard}");
    }
    assert_eq!(stand_in.requests().len(), asked, "nothing was asked upstream");
    assert_eq!(heard(&employee, path, &webhook).await, "Verification successful");
    let events = employee.events("?after=0").await.until("seal_refused").await;
    let last = events.last().expect("an event");
    assert_eq!(last.data()["name"], "mfa");
    assert!(!last.data().to_string().contains("5551230000"));
}

#[tokio::test]
async fn a_call_goes_on_while_the_secret_is_changed_and_not_with_a_stranger() {
    let stand_in = StandIn::obliging().await;
    let before = instance(&stand_in, &[("SWAIG_SECRET", OLD)]).await;
    let changing = instance(&stand_in, &[("SWAIG_SECRET", NEW), ("SWAIG_PREVIOUS_SECRET", OLD)]).await;
    let after = instance(&stand_in, &[("SWAIG_SECRET", NEW)]).await;
    let unset = instance(&stand_in, &[]).await;
    let path = "/mfa/swaig?agent_id=mfa";

    let mut call = PhoneCall::from(&before, CALLER).await;
    call.call("send_mfa", json!({})).await;
    let webhook = call.webhook("verify_mfa", &json!({"token": "123456"}));
    for stranger in [&after, &unset] {
        assert!(heard(stranger, path, &webhook).await.contains("the caller is not verified"));
    }
    assert_eq!(heard(&changing, path, &webhook).await, "Verification successful");

    // What was sealed meanwhile is good afterwards.
    let mut call = PhoneCall::from(&changing, "+15551230001").await;
    call.call("send_mfa", json!({})).await;
    let webhook = call.webhook("verify_mfa", &json!({"token": "123456"}));
    assert_eq!(heard(&after, path, &webhook).await, "Verification successful");
}

#[tokio::test]
async fn live_mode_without_a_secret_says_what_that_means() {
    let stand_in = StandIn::obliging().await;
    let unset = instance(&stand_in, &[]).await;
    let said = |line: &str| line.contains("SWAIG_SECRET is not set").then(|| line.to_owned());
    assert!(unset.log().find("the warning", said).await.contains("openssl rand"));
}
