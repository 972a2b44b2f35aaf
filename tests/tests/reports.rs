//! End-of-call reports: kept once, and kept also where they cannot be read.

use serde_json::json;
use swaig_tests::{Employee, PhoneCall};

const CALLER: &str = "+15551230000";

#[tokio::test]
async fn a_report_that_the_platform_sends_twice_is_one_conversation() {
    let employee = Employee::sandbox().await;
    let call = PhoneCall::from(&employee, CALLER).await;
    let report = json!({"post_prompt_data": {"raw": "All is well"}});
    for _ in 0..3 {
        let answer = call.end(report.clone()).await;
        assert_eq!((answer.status, answer.json()), (200, json!({"response": "data received"})));
    }
    let other =
        call.end(json!({"post_prompt_data": {"raw": "All is well"}, "call_log": [{"role": "user"}]})).await;
    assert_eq!(other.status, 200);
    let mut events = employee.events("?after=0").await;
    let mut ended = Vec::new();
    while ended.len() < 2 {
        let event = events.next().await.expect("an event");
        if event.kind() == "conversation_ended" {
            ended.push(event.data()["conversation"].clone());
        }
    }
    assert_eq!(ended, [json!(1), json!(2)]);
    assert_eq!(employee.client().get("/console/conversations/3.json").await.status, 404);
}

#[tokio::test]
async fn reports_of_different_calls_are_told_apart_also_where_all_that_differs_is_masked() {
    let employee = Employee::sandbox().await;
    for number in 1001..=1005 {
        let report =
            json!({"action": "post_conversation", "call_id": format!("call-{number}"), "call_log": []});
        assert_eq!(employee.client().post("/mfa/post_prompt", &report).await.status, 200);
    }
    let mut live = employee.events("?after=0&call_id=call-1005").await;
    let ended = live.next().await.expect("an event");
    assert_eq!((ended.kind(), &ended.data()["conversation"]), ("conversation_ended", &json!(5)));
}

#[tokio::test]
async fn a_report_that_cannot_be_read_is_kept_masked_and_seen_on_the_page() {
    let employee = Employee::sandbox().await;
    let client = employee.client();
    let text = "{\"call_id\": \"c1\", \"said\": \"my code is 482913, call +15551230000\", <b>";
    for _ in 0..2 {
        let answer =
            client.send("POST", "/mfa/post_prompt", &[("content-type", "application/json")], text).await;
        assert_eq!(answer.status, 400, "{}", answer.text());
        assert!(answer.text().contains("kept"), "{}", answer.text());
    }
    let kept = client.get("/console/conversations/1.json").await;
    assert_eq!(kept.status, 200);
    let kept = kept.json();
    let kept = kept.as_str().expect("it is the text that came");
    assert!(kept.starts_with("{\"call_id\": \"c1\"") && kept.ends_with("<b>"), "{kept}");
    assert!(!kept.contains("482913") && !kept.contains("5551230000"), "{kept}");
    assert_eq!(client.get("/console/conversations/2.json").await.status, 404, "it is kept once");
    let page = client.get("/console").await;
    assert!(page.text().contains("Could not be read"), "{}", page.text());
    let event = employee.events("?after=0").await.next().await.expect("an event");
    assert_eq!((event.kind(), &event.data()["conversation"]), ("report_unreadable", &json!(1)));
    // Who has no credentials leaves nothing.
    let stranger = employee.stranger().send("POST", "/mfa/post_prompt", &[], "{no report").await;
    assert_eq!(stranger.status, 401);
    assert_eq!(client.get("/console/conversations/2.json").await.status, 404);
}
