//! The export of spans, with a collector that keeps what it gets. For the program with its feature `otel`.

use serde_json::json;
use swaig_tests::{Employee, PhoneCall, Program, Recorded, StandIn, Will, function_request};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

async fn collector() -> StandIn {
    StandIn::start(|_| Will::body(200, "application/x-protobuf", "")).await
}

async fn employee(collector: &str, mfa: &StandIn) -> Employee {
    Program::new(["--listen", "127.0.0.1:0"])
        .account(mfa)
        .set("SWAIG_LOG_FORMAT", "json")
        .set("OTEL_EXPORTER_OTLP_ENDPOINT", collector)
        .set("OTEL_SERVICE_NAME", "front-office")
        .serve()
        .await
}

/// Whether a message in protobuf holds these bytes: ids are bytes, and texts are UTF-8.
fn holds(requests: &[Recorded], bytes: &[u8]) -> bool {
    requests.iter().any(|request| request.body.windows(bytes.len()).any(|it| it == bytes))
}

#[tokio::test]
async fn the_spans_of_a_call_are_exported_at_the_stop_at_the_latest() {
    let (collector, mfa) = (collector().await, StandIn::obliging().await);
    let mut employee = employee(&collector.url(), &mfa).await;
    let mut webhook = function_request("send_mfa", &json!({}));
    webhook["call_id"] = "call-1".into();
    webhook["caller_id_num"] = "+15551230000".into();
    let parent = format!("00-{TRACE}-{PARENT}-01");
    let headers = [("traceparent", &*parent)];
    let answer = employee.client().send("POST", "/mfa/swaig", &headers, webhook.to_string()).await;
    assert_eq!(answer.status, 200);
    employee.signal("TERM");
    assert_eq!(employee.exit().await, Some(0));

    let exported = collector.wait_for(1).await;
    for request in &exported {
        assert_eq!((&*request.method, &*request.path), ("POST", "/v1/traces"));
        assert_eq!(request.header("content-type"), "application/x-protobuf");
    }
    let (trace, span) = (hex::decode(TRACE).unwrap(), hex::decode(PARENT).unwrap());
    for bytes in [&*trace, &span, b"front-office", b"send_mfa", b"call-1", b"mfa", b"swaig"] {
        assert!(holds(&exported, bytes), "{}", String::from_utf8_lossy(bytes));
    }
    assert!(!holds(&exported, b"5551230000"), "no number of a caller");
    // The log and the service that was asked have the same trace, and its parent is the span that was exported.
    let log = employee.log().to_end().await.join("\n");
    assert!(log.contains(&format!(r#""trace_id":"{TRACE}""#)), "{log}");
    let sent = mfa.wait_for(1).await[0].header("traceparent").to_owned();
    assert!(sent.starts_with(&format!("00-{TRACE}-")) && sent.ends_with("-01"), "{sent}");
    assert!(holds(&exported, &hex::decode(&sent[36..52]).unwrap()), "{sent}");
}

#[tokio::test]
async fn a_request_without_a_trace_begins_one_that_the_log_names() {
    let (collector, mfa) = (collector().await, StandIn::obliging().await);
    let mut employee = employee(&collector.url(), &mfa).await;
    let mut call = PhoneCall::from(&employee, "+15551230000").await;
    call.call("send_mfa", json!({})).await;
    let trace = mfa.wait_for(1).await[0].header("traceparent")[3..35].to_owned();
    employee.signal("TERM");
    assert_eq!(employee.exit().await, Some(0));
    assert!(holds(&collector.wait_for(1).await, &hex::decode(&trace).unwrap()), "{trace}");
    let log = employee.log().to_end().await.join("\n");
    assert!(log.contains(&format!(r#""trace_id":"{trace}""#)), "{trace}: {log}");
}

#[tokio::test]
async fn a_collector_that_is_down_disturbs_nobody() {
    let mfa = StandIn::obliging().await;
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut employee = employee(&format!("http://{closed}"), &mfa).await;
    let mut call = PhoneCall::from(&employee, "+15551230000").await;
    assert_eq!(call.call("send_mfa", json!({})).await.response(), "6 digit number sent");
    employee.signal("TERM");
    assert_eq!(employee.exit().await, Some(0));
    let log = employee.log().to_end().await.join("\n");
    let said =
        log.lines().filter(|line| line.contains(r#""level":"ERROR""#) || line.contains(r#""level":"WARN""#));
    assert!(said.clone().any(|line| line.contains("xport")), "it says that spans are not exported: {log}");
}
