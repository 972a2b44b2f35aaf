//! Whatever goes wrong between the server and the MFA REST API, the model gets a sentence that it can act on, in time, and
//! the caller never gets two messages.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::{Value, json};
use swaig_tests::{Employee, PhoneCall, Reply, StandIn, UNLIMITED, Will, soon};

/// The time for one answer: the platform gives up after about 10 s.
const BUDGET: Duration = Duration::from_secs(8);

const NO_BREAKER: (&str, &str) = ("MFA_BREAKER_FAILURES", "0");

/// A way to fail.
struct Fault {
    name: &'static str,
    will: Will,
    /// What the model hears when sending fails like this.
    sending: &'static str,
    /// What it hears when checking does.
    checking: &'static str,
    /// Whether a message may have gone out all the same.
    effect: Effect,
}

#[derive(Clone, Copy, PartialEq)]
enum Effect {
    None,
    Unknown,
}

const UNSURE: &str = "not certain whether a message went out";
const OURS: &str = "a problem on our side that trying again will not solve";
const REFUSED: &str = "did not accept the request";
const CHECK_AGAIN: &str = "try verify_mfa once more";
const DEAD: &str = "call send_mfa to send a new code";

fn faults() -> Vec<Fault> {
    let fault = |name, will, sending, checking, effect| Fault { name, will, sending, checking, effect };
    let error = |status, text: &str| Will::json(status, &json!({"error": text}));
    let html = |status| Will::body(status, "text/html", "<html><body>Sorry</body></html>");
    let item = json!({"detail": "To must be a valid E164 number", "status": "422", "title": "Invalid Attribute", "code": "422"});
    let other =
        json!({"type": "validation_error", "code": "invalid", "message": "is not valid", "attribute": "to"});
    let redirect = Will::Answer {
        status: 307,
        headers: vec![("Location", "/api/relay/rest/mfa/sms".to_owned())],
        body: Vec::new(),
    };
    let huge = Will::body(200, "application/json", vec![b' '; 20 << 20]);
    let asked_later = Will::Answer {
        status: 429,
        headers: vec![("Retry-After", "1".to_owned()), ("Content-Type", "text/plain".to_owned())],
        body: b"slow down".to_vec(),
    };
    vec![
        fault("401", error(401, "Unauthorized"), OURS, OURS, Effect::None),
        fault("403", error(403, "Forbidden"), OURS, OURS, Effect::None),
        fault("404", error(404, "Not Found"), OURS, DEAD, Effect::None),
        fault("404 without a body", Will::body(404, "text/plain", ""), OURS, DEAD, Effect::None),
        fault("400", error(400, "Bad Request"), REFUSED, REFUSED, Effect::None),
        fault("422", Will::json(422, &json!({"errors": [item]})), REFUSED, REFUSED, Effect::None),
        fault(
            "422 of another form",
            Will::json(422, &json!({"errors": [other]})),
            REFUSED,
            REFUSED,
            Effect::None,
        ),
        fault("422 that does not end", Will::Stall(422), REFUSED, REFUSED, Effect::None),
        fault("429", asked_later, "too many messages", CHECK_AGAIN, Effect::None),
        fault("redirect", redirect, OURS, OURS, Effect::None),
        fault("500", error(500, "Internal Server Error"), UNSURE, CHECK_AGAIN, Effect::Unknown),
        fault("503", Will::body(503, "text/plain", ""), UNSURE, CHECK_AGAIN, Effect::Unknown),
        fault("502 in HTML", html(502), UNSURE, CHECK_AGAIN, Effect::Unknown),
        fault("200 in HTML", html(200), UNSURE, CHECK_AGAIN, Effect::Unknown),
        fault(
            "200 without a body",
            Will::body(200, "application/json", ""),
            UNSURE,
            CHECK_AGAIN,
            Effect::Unknown,
        ),
        fault("200 with a list", Will::json(200, &json!([])), UNSURE, CHECK_AGAIN, Effect::Unknown),
        fault(
            "200 without success",
            Will::json(200, &json!({"id": StandIn::REQUEST})),
            UNSURE,
            CHECK_AGAIN,
            Effect::Unknown,
        ),
        fault("200 that does not end", Will::Stall(200), UNSURE, CHECK_AGAIN, Effect::Unknown),
        fault("20 MB", huge, UNSURE, CHECK_AGAIN, Effect::Unknown),
        fault("reset", Will::Reset, UNSURE, CHECK_AGAIN, Effect::Unknown),
        fault("silence", Will::Silence, UNSURE, CHECK_AGAIN, Effect::Unknown),
    ]
}

fn sent(text: &str) -> bool {
    text == "6 digit number sent"
}

/// The caller that fails in this way.
fn caller(place: usize) -> String {
    format!("+1555123{place:04}")
}

/// The code that fails in this way.
fn token(place: usize) -> String {
    format!("{place:06}")
}

/// A stand-in that knows by the number, or by the code, how to fail.
async fn faulty() -> StandIn {
    let wills: Vec<Will> = faults().into_iter().map(|fault| fault.will).collect();
    StandIn::start(move |request| {
        let body = request.json();
        let asked = |key: &str, name: fn(usize) -> String| {
            (0..wills.len()).find(|place| body[key] == name(*place).as_str())
        };
        let place = asked("to", caller).or_else(|| asked("token", token));
        place.map_or_else(|| Will::succeed(request), |place| wills[place].clone())
    })
    .await
}

async fn timely(name: &str, call: &PhoneCall, webhook: &Value) -> Reply {
    let started = Instant::now();
    let reply = call.post(webhook).await;
    assert!(started.elapsed() < BUDGET, "{name}: answered after {:?}", started.elapsed());
    let text = reply.response();
    assert!(text.starts_with(char::is_uppercase) && text.ends_with('.'), "{name}: a full sentence: {text}");
    reply
}

#[tokio::test]
async fn a_failure_to_send_says_so_and_is_never_followed_by_a_second_message() {
    let stand_in = faulty().await;
    // All the faults are met at once, and each is to reach the API.
    let employee = Employee::live_with(&stand_in, [NO_BREAKER]).await;
    let faults = faults();
    let cases = faults.iter().enumerate().map(async |(place, fault)| {
        let call = PhoneCall::from(&employee, &caller(place)).await;
        let webhook = call.webhook("send_mfa", &json!({}));
        let first = timely(fault.name, &call, &webhook).await;
        let text = first.response();
        assert!(
            text.starts_with("Sending the code failed") && text.contains(fault.sending),
            "{}: {text}",
            fault.name
        );
        assert!(
            !text.contains("invalid") && !text.to_lowercase().contains("wrong number"),
            "{}: {text}",
            fault.name
        );
        assert!(first.actions().is_empty(), "{}: nothing is kept: {first:?}", fault.name);
        // The platform posts again what it got no good answer to.
        for _ in 0..2 {
            assert_eq!(timely(fault.name, &call, &webhook).await, first, "{}", fault.name);
        }
    });
    join_all(cases).await;

    let requests = stand_in.requests();
    for (place, fault) in faults.iter().enumerate() {
        let sends = requests.iter().filter(|request| request.json()["to"] == caller(place).as_str()).count();
        // What was clearly refused may be asked again; what may have been done must not.
        let expected = if fault.effect == Effect::None { 3 } else { 1 };
        assert_eq!(sends, expected, "{}", fault.name);
    }
}

#[tokio::test]
async fn a_code_that_cannot_be_checked_is_neither_right_nor_wrong() {
    let stand_in = faulty().await;
    // All the faults are met with one number, and at once: a code that is being checked counts as a wrong one until it is not.
    let settings = UNLIMITED.into_iter().chain([NO_BREAKER, ("MFA_WRONG_TRIES_PER_NUMBER_HOUR", "0")]);
    let employee = Employee::live_with(&stand_in, settings).await;
    let faults = faults();
    let cases = faults.iter().enumerate().map(async |(place, fault)| {
        let mut call = PhoneCall::from(&employee, "+15559990000").await;
        let sent = call.call("send_mfa", json!({})).await;
        assert_eq!(sent.response(), "6 digit number sent");
        let webhook = call.webhook("verify_mfa", &json!({"token": token(place)}));
        let reply = timely(fault.name, &call, &webhook).await;
        let text = reply.response();
        assert!(text.contains(fault.checking), "{}: {text}", fault.name);
        for verdict in ["Verification successful", "Verification failed", "wrong"] {
            assert!(!text.contains(verdict), "{}: {text}", fault.name);
        }
        call.carry_out("verify_mfa", &reply);
        let kept = call.meta_data("verify_mfa");
        assert!(!kept.contains_key("verified"), "{}: {kept:?}", fault.name);
        // The code that was sent is still good, unless the API says that it is not.
        assert_eq!(kept.contains_key("mfa"), fault.checking != DEAD, "{}: {kept:?}", fault.name);
    });
    join_all(cases).await;
}

#[tokio::test]
async fn a_code_that_was_not_queued_is_told_and_may_be_asked_for_again() {
    let stand_in = StandIn::start(|request| {
        Will::json(200, &json!({"id": StandIn::REQUEST, "success": !request.is_send(), "channel": "sms"}))
    })
    .await;
    let employee = Employee::live(&stand_in).await;
    let call = PhoneCall::from(&employee, "+15551230000").await;
    let webhook = call.webhook("send_mfa", &json!({}));
    for sends in 1..=2 {
        let reply = timely("not queued", &call, &webhook).await;
        assert!(reply.response().contains("no message went out"), "{reply:?}");
        assert_eq!(stand_in.sends(), sends);
    }
}

#[tokio::test]
async fn where_nobody_listens_no_message_went_out() {
    // A port that was free a moment ago.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let employee = Employee::sandbox_with([
        ("SIGNALWIRE_PROJECT_ID", StandIn::PROJECT),
        ("SIGNALWIRE_API_TOKEN", StandIn::TOKEN),
        ("SIGNALWIRE_API_URL", &*format!("http://{nobody}")),
    ])
    .await;
    let call = PhoneCall::from(&employee, "+15551230000").await;
    let reply = timely("nobody listens", &call, &call.webhook("send_mfa", &json!({}))).await;
    assert!(reply.response().contains("no message went out"), "{reply:?}");
}

#[tokio::test]
async fn an_api_that_is_down_is_left_alone_and_used_again_when_it_is_back() {
    let down = Arc::new(AtomicBool::new(true));
    let is_down = down.clone();
    let stand_in = StandIn::start(move |request| {
        if is_down.load(Ordering::Relaxed) {
            Will::body(503, "text/plain", "")
        } else {
            Will::succeed(request)
        }
    })
    .await;
    let employee = Employee::live_with(&stand_in, UNLIMITED).await;
    let send = async |caller: usize| {
        let call = PhoneCall::from(&employee, &self::caller(caller)).await;
        call.post(&call.webhook("send_mfa", &json!({}))).await.response().to_owned()
    };
    let mut failures = 0;
    // On a slow machine a probe or two may come between.
    let text = loop {
        let text = send(failures).await;
        if !text.contains(UNSURE) {
            break text;
        }
        failures += 1;
    };
    assert!(text.contains("no codes can be sent right now") && text.contains("Nothing went out"), "{text}");
    assert!(failures >= 5 && stand_in.sends() == failures, "{failures}");
    let mut live = employee.events("?after=0").await;
    let mut outcomes = Vec::new();
    while outcomes.last() != Some(&json!("breaker open")) {
        let event = soon("the breaker to open", live.next()).await.unwrap();
        outcomes.extend((event.kind() == "upstream").then(|| event.data()["outcome"].clone()));
    }
    assert_eq!(outcomes.len(), failures + 1);
    let metrics = employee.client().get("/metrics").await.text().to_owned();
    for (name, labels, value) in [
        ("swaig_upstream_total", r#"upstream="mfa",outcome="failed""#, failures),
        ("swaig_upstream_total", r#"upstream="mfa",outcome="breaker_open""#, 1),
        ("swaig_upstream_seconds_count", r#"upstream="mfa""#, failures),
        ("swaig_breaker_open", r#"upstream="mfa""#, 1),
    ] {
        let wanted = format!("{name}{{{labels}}} {value}");
        assert!(metrics.lines().any(|found| found == wanted), "{wanted}: {metrics}");
    }

    down.store(false, Ordering::Relaxed);
    // A probe is sent once the pause is over.
    let back = async {
        let mut caller = failures + 1;
        while !sent(&send(caller).await) {
            caller += 1;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    soon("the API to be asked again", back).await;
    assert!(sent(&send(0).await));
}

#[tokio::test]
async fn a_failure_is_seen_live_and_in_the_log_without_secrets() {
    let stand_in = StandIn::start(|request| {
        let echo = format!("{} of {} is not valid", request.text(), request.header("authorization"));
        Will::json(422, &json!({"errors": [{"detail": echo, "title": StandIn::TOKEN}]}))
    })
    .await;
    let employee = Employee::live(&stand_in).await;
    let mut call = PhoneCall::from(&employee, "+15551230000").await;
    let reply = call.call("send_mfa", json!({})).await;
    assert!(!reply.response().contains("+1555"), "{reply:?}");
    let mut live = employee.events("?after=0").await;
    let events = live.until("function_failed").await;
    let upstream = events.iter().find(|event| event.kind() == "upstream").unwrap();
    assert_eq!(
        (&upstream.data()["operation"], &upstream.data()["outcome"]),
        (&json!("mfa/sms"), &json!("refused"))
    );
    let failure = |line: &str| line.contains("function_failed").then(|| line.to_owned());
    let logged = employee.log().find("the failure in the log", failure).await;
    assert!(logged.contains(call.call_id()), "{logged}");
    for text in [&logged, live.seen()] {
        for secret in ["5551230000", StandIn::TOKEN] {
            assert!(!text.contains(secret), "{secret} is in {text}");
        }
    }
}
