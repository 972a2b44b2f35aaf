//! A server that is told to stop answers what it has begun, sends its viewers away, and ends well.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;
use swaig_tests::{Employee, PhoneCall, StandIn, Will, soon};
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
