//! What belongs together: every line of a call says which call it is, and a trace goes on from the request that comes in to
//! the one that a function sends.

use serde_json::{Value, json};
use swaig_tests::{Answer, Employee, Program, StandIn, Will, function_request};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "+15551230000";

/// A server with a log in JSON, whose upstream service fails at once.
async fn failing(stand_in: &StandIn, log: &str) -> Employee {
    let unlimited =
        ["NUMBER_HOUR", "NUMBER_DAY", "CALLER_HOUR", "CALLER_DAY"].map(|it| format!("MFA_SENDS_PER_{it}"));
    Program::new(["--listen", "127.0.0.1:0"])
        .settings(unlimited.iter().map(|name| (&**name, "0")))
        .account(stand_in)
        .set("SWAIG_LOG_FORMAT", "json")
        .set("RUST_LOG", log)
        .set("MFA_BREAKER_FAILURES", "1")
        .serve()
        .await
}

/// Calls `send_mfa` as the platform does, in a trace.
async fn send(employee: &Employee, call_id: &str, headers: &[(&str, &str)]) -> Answer {
    let mut webhook = function_request("send_mfa", &json!({}));
    webhook["call_id"] = call_id.into();
    webhook["caller_id_num"] = CALLER.into();
    employee.client().send("POST", "/mfa/swaig?agent_id=front-desk", headers, webhook.to_string()).await
}

/// The lines of the log that are JSON, once there is one with this message.
async fn lines(employee: &Employee, message: &str) -> Vec<Value> {
    let read = |line: &str| serde_json::from_str::<Value>(line).ok();
    let says = |line: &Value| line["message"].as_str().is_some_and(|said| said.contains(message));
    employee.log().find(message, |line| read(line).filter(says)).await;
    employee.log().lines().iter().filter_map(|line| read(line)).collect()
}

#[tokio::test]
async fn every_line_of_a_call_says_which_call_it_is() {
    let stand_in = StandIn::start(|_| Will::body(503, "text/plain", "")).await;
    let employee = failing(&stand_in, "info").await;
    let parent = format!("00-{TRACE}-00f067aa0ba902b7-01");
    assert_eq!(send(&employee, "call-1", &[("traceparent", &parent)]).await.status, 200);
    let lines = lines(&employee, "function_failed").await;
    let of_call: Vec<_> = lines.iter().filter(|line| line["trace_id"] == TRACE).collect();
    let messages: Vec<_> = of_call.iter().map(|line| line["message"].as_str().unwrap()).collect();
    assert!(messages.iter().any(|it| it.contains("breaker opened")) && messages.len() >= 2, "{messages:?}");
    for line in of_call {
        for (name, value) in
            [("agent", "mfa"), ("agent_id", "front-desk"), ("call_id", "call-1"), ("function", "send_mfa")]
        {
            assert_eq!(line[name], value, "{line}");
        }
        assert!(
            line.as_object().unwrap().values().all(|value| !value.is_object() && !value.is_array()),
            "{line}"
        );
        assert!(!line.to_string().contains("5551230000"), "{line}");
    }
    // The service that the function asked was told the same trace, with another part of it as its parent.
    let sent = stand_in.wait_for(1).await[0].header("traceparent").to_owned();
    assert!(sent.starts_with(&format!("00-{TRACE}-")) && sent.ends_with("-01") && sent != parent, "{sent}");
}

#[tokio::test]
async fn a_call_is_named_also_where_little_is_logged() {
    let stand_in = StandIn::start(|_| Will::body(503, "text/plain", "")).await;
    // This says nothing of the part of the program where requests are named.
    let employee = failing(&stand_in, "swaig::breaker=warn").await;
    send(&employee, "15550001234", &[]).await;
    let lines = lines(&employee, "breaker opened").await;
    let [line] = &lines[..] else { panic!("one line: {lines:?}") };
    assert_eq!((&line["agent"], &line["function"]), (&json!("mfa"), &json!("send_mfa")));
    let call_id = line["call_id"].as_str().unwrap();
    assert!(!call_id.contains("555000"), "an id that could be a number is masked: {call_id}");
    let trace = line["trace_id"].as_str().unwrap();
    assert!(trace.len() == 32 && trace.bytes().all(|it| it.is_ascii_hexdigit()), "a new trace: {trace}");
    let sent = stand_in.wait_for(1).await[0].header("traceparent").to_owned();
    assert!(sent.starts_with(&format!("00-{trace}-")) && sent.ends_with("-00"), "{sent}");
}

#[tokio::test]
async fn calls_at_the_same_moment_are_not_mixed_up() {
    let stand_in = StandIn::start(|_| Will::body(422, "application/json", r#"{"errors": []}"#)).await;
    let employee = failing(&stand_in, "info").await;
    let ids: Vec<_> = (0..20).map(|number| format!("call-{number}")).collect();
    futures_util::future::join_all(ids.iter().map(|id| send(&employee, id, &[]))).await;
    // A line of each is there when its webhook is answered.
    let mut seen = std::collections::BTreeMap::new();
    for id in &ids {
        let line = employee
            .log()
            .find(id, |line| serde_json::from_str::<Value>(line).ok().filter(|line| line["call_id"] == **id))
            .await;
        seen.insert(line["trace_id"].as_str().unwrap().to_owned(), id);
    }
    assert_eq!(seen.len(), ids.len(), "each has a trace of its own");
    let mut sent: Vec<_> = stand_in
        .wait_for(ids.len())
        .await
        .iter()
        .map(|it| it.header("traceparent")[3..35].to_owned())
        .collect();
    sent.sort();
    assert_eq!(sent, seen.into_keys().collect::<Vec<_>>());
}

#[tokio::test]
async fn the_format_of_the_log_is_a_setting_and_the_command_line_wins() {
    let ended = Program::new(["list"]).set("SWAIG_LOG_FORMAT", "xml").run().await;
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.stderr.contains("SWAIG_LOG_FORMAT is not valid: expected text or json"),
        "{}",
        ended.stderr
    );
    let stand_in = StandIn::start(|_| Will::body(503, "text/plain", "")).await;
    let employee = Program::new(["--listen", "127.0.0.1:0", "--log-format", "text"])
        .account(&stand_in)
        .set("SWAIG_LOG_FORMAT", "json")
        .set("MFA_BREAKER_FAILURES", "1")
        .serve()
        .await;
    send(&employee, "call-1", &[]).await;
    let breaker = |line: &str| line.contains("breaker opened").then(|| line.to_owned());
    let line = employee.log().find("the line of the breaker", breaker).await;
    let call = r#" agent="mfa" call_id="call-1" function="send_mfa""#;
    assert!(line.contains(" WARN swaig::breaker: breaker opened") && line.ends_with(call), "{line}");
}
