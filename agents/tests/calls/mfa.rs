use serde_json::json;
use swaig::testing::{Platform, TestCall};

use crate::{CALLER, code};

const PLAIN: [(&str, &str); 0] = [];

async fn go(call: &mut TestCall, step: &str) {
    call.function("next_step", json!({"step": step})).await.assert_contains(step);
}

#[tokio::test]
async fn a_caller_is_verified() {
    let platform = Platform::new(PLAIN);
    let mut call = platform.call("mfa").from(CALLER).await;
    assert!(call.functions().is_empty(), "nothing is sent before the caller has agreed");
    call.say("Yes, please.");
    go(&mut call, "send").await;
    assert_eq!(call.functions(), ["send_mfa"]);
    call.function("send_mfa", json!({})).await.assert_response("6 digit number sent").assert_done();
    go(&mut call, "verify").await;
    let code = code(&call);
    call.function("verify_mfa", json!({"token": "000000"}))
        .await
        .assert_contains("Verification failed, try again");
    call.function("verify_mfa", json!({"token": code})).await.assert_response("Verification successful");
    assert_eq!(call.meta_data("send_mfa")["verified"], true);
    go(&mut call, "wrap_up").await;
    assert!(call.functions().is_empty(), "nothing is left to do");
    let events = call.events().await;
    assert!(events.iter().any(|event| event["kind"] == "function_replied"), "{events:?}");
    let seen = format!("{events:?}");
    assert!(!seen.contains(&code) && !seen.contains(CALLER), "{seen}");
    call.end_with(json!({"post_prompt_data": {"raw": "The caller was verified."}})).await;
    let reports = platform.reports().await;
    assert_eq!(reports[0]["call_log"][0]["content"], "Yes, please.");
}

#[tokio::test]
async fn a_call_does_not_verify_another() {
    let platform = Platform::new(PLAIN);
    let mut first = platform.call("mfa").from(CALLER).await;
    go(&mut first, "send").await;
    first.function("send_mfa", json!({})).await.assert_contains("sent");
    let mut second = platform.call("mfa").from("+15551230001").await;
    for (key, value) in first.meta_data("send_mfa") {
        second.set_meta_data("verify_mfa", &key, value);
    }
    let turn = second.force("verify_mfa", json!({"token": code(&first)})).await;
    turn.assert_no_action("set_meta_data");
    assert_ne!(turn.response(), "Verification successful");
}

#[tokio::test]
async fn without_a_number_nothing_is_sent() {
    let platform = Platform::new(PLAIN);
    let mut call = platform.call("mfa").await;
    go(&mut call, "send").await;
    call.function("send_mfa", json!({})).await.assert_no_action("set_meta_data");
    assert!(platform.phone().is_empty());
}
