//! A server that is told to stop answers what it has begun, sends its viewers away, and ends well.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;
use swaig_tests::faults::Line;
use swaig_tests::{Employee, PhoneCall, Program, StandIn, Will, function_request, soon};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// A stand-in that answers a request to send only after it was told to.
async fn held() -> (StandIn, Arc<Notify>) {
    let told = Arc::new(Notify::new());
    let hold = told.clone();
    let stand_in = StandIn::start(move |request| {
        let then = Box::new(Will::succeed(request));
        if request.is_send() { Will::Hold(hold.clone(), then) } else { *then }
    })
    .await;
    (stand_in, told)
}

/// Checks that the documentation has the reasons.
fn documented(ready: &serde_json::Value) {
    let operations = include_str!("../../docs/operations.md");
    for reason in ready["reasons"].as_array().expect("there are reasons") {
        let reason = reason.as_str().expect("a reason is a text");
        assert!(operations.contains(&format!("`{reason}`")), "{reason} is not in docs/operations.md");
    }
}

/// Waits until nobody accepts connections at the employee's address.
async fn closed(employee: &Employee) {
    soon("the listener to close", async {
        while TcpStream::connect(employee.address()).await.is_ok() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

async fn stops_gracefully(signal: &str) {
    let (stand_in, told) = held().await;
    let mut employee = Employee::live(&stand_in).await;
    let mut viewer = employee.events("?after=0").await;
    viewer.ready().await;
    let idle = TcpStream::connect(employee.address()).await.expect("it listens");
    let call = PhoneCall::from(&employee, "+15551230000").await;
    let webhook = call.webhook("send_mfa", &json!({}));
    let answered = tokio::spawn(async move { call.post(&webhook).await });
    stand_in.wait_for(1).await;

    employee.signal(signal);
    // The viewer is sent away while the function still runs.
    let mut seen = Vec::new();
    while let Some(event) = viewer.next().await {
        seen.push(event.kind().to_owned());
    }
    assert_eq!(seen, ["document_fetched", "function_called"]);
    closed(&employee).await;
    assert!(!answered.is_finished());

    told.notify_one();
    let reply = soon("the answer of a function that was running", answered).await.expect("it is answered");
    assert_eq!(reply.response(), "6 digit number sent");
    assert_eq!(employee.exit().await, Some(0));
    let log = employee.log().to_end().await.join("\n");
    assert!(!log.contains("cut off") && !log.contains("panicked"), "{log}");
    drop(idle);
    TcpListener::bind(employee.address()).await.expect("the port is free again");
}

#[tokio::test]
async fn sigterm_lets_a_running_function_answer() {
    stops_gracefully("TERM").await;
}

#[tokio::test]
async fn sigint_lets_a_running_function_answer() {
    stops_gracefully("INT").await;
}

#[tokio::test]
async fn a_server_without_work_ends_at_once() {
    let mut employee = Employee::sandbox().await;
    let mut call = PhoneCall::from(&employee, "+15551230000").await;
    call.call("send_mfa", json!({})).await;
    let mut viewer = employee.events("").await;
    viewer.ready().await;
    let started = Instant::now();
    employee.signal("TERM");
    assert!(viewer.next().await.is_none());
    assert_eq!(employee.exit().await, Some(0));
    // Well below the ten seconds after which it would cut everybody off.
    assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
    assert_eq!(employee.stdout().to_end().await.len(), 1);
}

#[tokio::test]
async fn a_client_that_never_finishes_its_request_does_not_hold_the_stop_up_for_ever() {
    use tokio::io::AsyncWriteExt as _;
    let mut employee = Employee::sandbox().await;
    let mut slow = TcpStream::connect(employee.address()).await.unwrap();
    let head = format!(
        "POST /mfa/swaig HTTP/1.1\r\nHost: x\r\nAuthorization: {}\r\nContent-Length: 10\r\n\r\n{{",
        employee.credentials().basic()
    );
    slow.write_all(head.as_bytes()).await.unwrap();
    // An answer on another connection says that the server has gone on to later work.
    assert_eq!(employee.client().get("/ready").await.status, 200);
    employee.signal("TERM");
    assert_eq!(employee.exit().await, Some(0));
    drop(slow);
}

#[tokio::test]
async fn during_the_grace_it_is_not_ready_and_answers_all_the_same() {
    let settings = [("SWAIG_STOP_GRACE", "600")];
    let mut employee = Employee::sandbox_with(settings).await;
    let mut viewer = employee.events("").await;
    viewer.ready().await;
    employee.signal("TERM");
    soon("the end of readiness", async {
        while employee.stranger().get("/ready").await.status != 503 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let ready = employee.stranger().get("/ready").await.json();
    assert_eq!(ready["status"], "stopping");
    documented(&ready);
    // Whoever has not heard of it yet is answered, and told to come back on another connection.
    let mut call = PhoneCall::from(&employee, "+15551230000").await;
    assert_eq!(call.call("send_mfa", json!({})).await.response(), "6 digit number sent");
    let health = employee.stranger().get("/health").await;
    assert_eq!((health.status, health.header("connection")), (200, "close"));
    assert_eq!(viewer.next().await.unwrap().kind(), "document_fetched", "the viewer is still there");
    // A second signal ends the grace.
    employee.signal("TERM");
    while viewer.next().await.is_some() {}
    assert!(viewer.seen().contains("retry: 500\n: the server stops\n\n"), "{}", viewer.seen());
    assert_eq!(employee.exit().await, Some(0));
}

#[tokio::test]
async fn whatever_was_answered_until_the_end_is_in_the_store() {
    let folder = tempfile::tempdir().unwrap();
    let (stand_in, told) = held().await;
    let start = async |grace: &str| {
        Program::new(["--listen", "127.0.0.1:0"])
            .account(&stand_in)
            .set("SWAIG_STORE", format!("sqlite:{}", folder.path().join("store.db").display()))
            .set("SWAIG_SECRET", "0123456789abcdef0123456789abcdef")
            .set("SWAIG_STOP_GRACE", grace)
            .serve()
            .await
    };
    let mut employee = start("600").await;
    let call = PhoneCall::from(&employee, "+15551230000").await;
    let webhook = call.webhook("send_mfa", &json!({}));
    let slow = tokio::spawn({
        let (client, webhook) = (employee.client(), webhook.clone());
        async move { client.post("/mfa/swaig", &webhook).await.json() }
    });
    stand_in.wait_for(1).await;
    employee.signal("TERM");
    soon("the end of readiness", async {
        while employee.stranger().get("/ready").await.status != 503 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    // During the grace, and while a function runs.
    assert_eq!(call.end(json!({"post_prompt_data": {"raw": "Goodbye"}})).await.status, 200);
    employee.signal("TERM");
    closed(&employee).await;
    told.notify_one();
    let answered = soon("the answer of a function that was running", slow).await.expect("it is answered");
    assert_eq!(answered["response"], "6 digit number sent");
    assert_eq!(employee.exit().await, Some(0));

    let next = start("0").await;
    let mut kinds = Vec::new();
    let mut events = next.events("?after=0").await;
    while !["conversation_ended", "function_replied"].iter().all(|kind| kinds.iter().any(|it| it == kind)) {
        kinds.push(events.next().await.expect("an event").kind().to_owned());
    }
    let again = next.client().post("/mfa/swaig", &webhook).await.json();
    assert_eq!(
        (again, stand_in.sends()),
        (answered, 1),
        "its reply is remembered, and nothing is sent again"
    );
}

#[tokio::test]
async fn who_presses_ctrl_c_does_not_wait_for_the_grace() {
    let mut employee = Employee::sandbox_with([("SWAIG_STOP_GRACE", "600")]).await;
    employee.signal("INT");
    assert_eq!(employee.exit().await, Some(0));
}

/// Posts a webhook again and again on one connection, until told to stop; returns how many were answered.
fn load(employee: &Employee, stop: &Arc<Notify>) -> tokio::task::JoinHandle<usize> {
    let mut line = Line::new(employee.address(), employee.credentials().clone());
    let stop = stop.clone();
    tokio::spawn(async move {
        let mut answered = 0;
        let mut stopped = std::pin::pin!(stop.notified());
        let webhook = function_request("verify_mfa", &json!({"token": "123456"}));
        loop {
            let answer = line.post("/mfa/swaig", &webhook).await;
            assert_eq!(answer.expect("no request fails").status, 200);
            answered += 1;
            if futures_util::FutureExt::now_or_never(&mut stopped).is_some() {
                return answered;
            }
        }
    })
}

#[tokio::test]
async fn a_socket_of_the_service_manager_is_handed_over_without_a_failed_request() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let start = || {
        Program::default()
            .set("SWML_BASIC_AUTH_PASSWORD", "try-me")
            .set("SWAIG_STOP_GRACE", "1")
            .activated(&listener)
            .serve()
    };
    let mut old = start().await;
    assert_eq!(old.address(), listener.local_addr().unwrap());
    let stop = Arc::new(Notify::new());
    let callers: Vec<_> = (0..6).map(|_| load(&old, &stop)).collect();
    for _ in 0..3 {
        let new = start().await;
        old.signal("TERM");
        assert_eq!(old.exit().await, Some(0));
        old = new;
    }
    stop.notify_waiters();
    for caller in callers {
        assert!(caller.await.expect("no request fails") > 0);
    }
}

#[tokio::test]
async fn with_a_shared_port_a_new_process_listens_before_the_old_one_stops() {
    let start = |address: String| {
        Program::default()
            .arguments(["--listen", &*address])
            .set("SWML_BASIC_AUTH_PASSWORD", "try-me")
            .set("SWAIG_REUSE_PORT", "true")
            .serve()
    };
    let mut old = start("127.0.0.1:0".to_owned()).await;
    let new = start(old.address().to_string()).await;
    assert_eq!(old.address(), new.address());
    old.signal("TERM");
    assert_eq!(old.exit().await, Some(0));
    for _ in 0..20 {
        assert_eq!(new.stranger().get("/health").await.status, 200);
    }
    // Without the setting nobody else may listen there.
    let other = Program::new(["--listen", &*new.address().to_string()]).run().await;
    assert_eq!(other.code, Some(1));
    assert!(other.stderr.contains("cannot listen on"), "{}", other.stderr);
}
