//! `check URL`: a document is fetched, whoever serves it, and checked.

use serde_json::json;
use swaig_tests::{Credentials, Employee, Ended, Program, Recorded, StandIn, Will};

const VALID: &str = r#"{"sections": {"main": [{"hangup": {}}]}}"#;
const INVALID: &str = r#"{"sections": {"main": [{"record_call": {"stereo": "true"}}]}}"#;

async fn check(url: &str) -> Ended {
    Program::new(["check", url]).run().await
}

#[tokio::test]
async fn the_document_of_a_running_agent_is_checked() {
    let employee = Employee::sandbox().await;
    let Credentials { user, password } = employee.credentials();
    let ended = check(&format!("http://{user}:{password}@{}/mfa?agent_id=7", employee.address())).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.stdout.contains("valid (errors: 0, lints: 0)"), "{ended:?}");
    let seen = employee.events("?after=0&agent_id=7").await.until("document_fetched").await;
    assert_eq!(seen.len(), 1);

    // Without the credentials there is nothing to check, and with wrong ones they are not shown.
    for userinfo in ["", "signalwire:hunter2@"] {
        let ended = check(&format!("http://{userinfo}{}/mfa?token=hunter2", employee.address())).await;
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""), "{ended:?}");
        for part in
            [&format!("cannot read http://{}/mfa", employee.address()), "status 401", "check the user name"]
        {
            assert!(ended.stderr.contains(part), "{part} is not in: {}", ended.stderr);
        }
        assert!(!ended.stderr.contains("hunter2"), "{}", ended.stderr);
    }
}

#[tokio::test]
async fn it_is_asked_with_get_and_a_server_that_wants_a_post_gets_a_made_up_call() {
    let files = StandIn::start(|_: &Recorded| Will::body(200, "text/plain", INVALID)).await;
    let ended = check(&files.url()).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.stdout.contains("/sections/main/0/record_call/stereo"), "{}", ended.stdout);
    assert_eq!(files.requests()[0].method, "GET");

    // YAML is known by what it is, whatever it is called.
    let yaml = "sections:\n  main:\n  - record_call: {stereo: 'true'}\n";
    let files = StandIn::start(move |_: &Recorded| Will::body(200, "text/plain", yaml)).await;
    let ended = check(&files.url()).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.stdout.contains("/sections/main/0/record_call/stereo"), "{}", ended.stdout);

    let strict = StandIn::start(|request: &Recorded| match request.method.as_str() {
        "POST" => Will::body(200, "application/json", VALID),
        _ => Will::body(405, "text/plain", "POST only"),
    })
    .await;
    let ended = check(&strict.url().replace("http://", "HTTP://me:hunter2@")).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let requests = strict.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[1].header("authorization"), requests[0].header("authorization"));
    let call = &requests[1].json()["call"];
    assert_eq!((&call["direction"], &call["type"]), (&json!("inbound"), &json!("phone")));
}

#[tokio::test]
async fn what_cannot_be_read_is_told_by_the_exit_status() {
    let broken = Will::body(200, "application/json", "{");
    let large = Will::body(200, "application/json", vec![b' '; (1 << 20) + 1]);
    let moved = Will::Answer { status: 302, headers: vec![("Location", "/x".into())], body: vec![] };
    let binary = Will::body(200, "application/json", vec![0xff]);
    let table = [
        (broken, "neither JSON nor YAML"),
        (large, "longer than 1048576 bytes"),
        (moved, "redirects are not followed"),
        (binary, "not text in UTF-8"),
        (Will::Reset, "connection"),
    ];
    for (will, expected) in table {
        let stand_in = StandIn::start(move |_: &Recorded| will.clone()).await;
        let ended = check(&stand_in.url().replace("http://", "http://me:hunter2@")).await;
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""), "{ended:?}");
        assert!(ended.stderr.contains(expected) && !ended.stderr.contains("hunter2"), "{}", ended.stderr);
    }
    let ended = check("https://me:hunter2@exa mple/").await;
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(
        ended.stderr.contains("the URL cannot be taken") && !ended.stderr.contains("hunter2"),
        "{}",
        ended.stderr
    );
}
