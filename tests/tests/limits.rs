//! Limits on what callers, and those who try passwords, may do.

use serde_json::{Value, json};
use swaig_tests::{Answer, Client, Credentials, Employee, PhoneCall, UNLIMITED};

const CALLER: &str = "+15551230000";
const ANY: (&str, &str) = ("MFA_NUMBER_POLICY", "any");
const SENT: &str = "6 digit number sent";

/// A server with no limits on sending but these.
async fn limited<'a>(settings: &[(&'a str, &'a str)]) -> Employee {
    let none = UNLIMITED.into_iter().chain([("MFA_COOL_DOWN", "0")]);
    Employee::sandbox_with(none.chain(settings.iter().copied())).await
}

/// Sends a code to a number and returns what the model hears.
async fn send(call: &mut PhoneCall, to: &str) -> String {
    call.call("send_mfa", json!({"phone_number": to})).await.response().to_owned()
}

async fn reached(employee: &Employee) -> Value {
    let events = employee.events("?after=0").await.until("limit_reached").await;
    events.last().map(|event| event.data().clone()).unwrap_or_default()
}

async fn metrics(employee: &Employee) -> String {
    employee.client().get("/metrics").await.text().to_owned()
}

#[tokio::test]
async fn a_call_gets_so_many_codes_whatever_its_meta_data_says() {
    let employee = limited(&[("MFA_SENDS_PER_CALL", "2"), ANY]).await;
    let mut call = PhoneCall::from(&employee, CALLER).await;
    for to in ["+15551110000", "+15552220000"] {
        assert_eq!(send(&mut call, to).await, SENT);
        // The platform forgets, or somebody forges.
        call.set_meta_data("send_mfa", "mfa", Value::Null);
    }
    let refused = send(&mut call, "+15553330000").await;
    assert!(refused.starts_with("2 codes have been sent in this call already"), "{refused}");
    assert_eq!(employee.codes(), 2);
    let event = reached(&employee).await;
    assert_eq!(event["limit"], "mfa_sends_per_call");
    assert!(event["retry_after"].as_u64().is_some_and(|seconds| seconds > 86_000), "{event}");
    let line = r#"swaig_limit_reached_total{limit="mfa_sends_per_call"} 1"#;
    let metrics = metrics(&employee).await;
    assert!(metrics.contains(line), "{metrics}");
    let mut other = PhoneCall::from(&employee, CALLER).await;
    assert_eq!(send(&mut other, "+15553330000").await, SENT);
}

#[tokio::test]
async fn the_log_says_which_limit_and_shows_no_number_in_the_place_of_the_calls_id() {
    let employee = limited(&[("MFA_SENDS_PER_CALL", "1"), ANY]).await;
    let call = PhoneCall::from(&employee, CALLER).await;
    for to in ["+15551110000", "+15552220000"] {
        let mut webhook = call.webhook("send_mfa", &json!({"phone_number": to}));
        webhook["call_id"] = "+15557340192".into();
        call.post(&webhook).await;
    }
    let line =
        employee.log().find("the limit", |line| line.contains("limit_reached").then(|| line.to_owned()));
    let line = line.await;
    assert!(line.contains("mfa_sends_per_call") && line.contains("0192"), "{line}");
    assert!(!line.contains("5557340192"), "{line}");
}

#[tokio::test]
async fn a_number_a_caller_and_an_agent_get_so_many_codes_over_all_calls() {
    for (setting, other_caller, other_number) in [
        ("MFA_SENDS_PER_NUMBER_HOUR", false, true),
        ("MFA_SENDS_PER_NUMBER_DAY", false, true),
        ("MFA_SENDS_PER_CALLER_HOUR", true, false),
        ("MFA_SENDS_PER_CALLER_DAY", true, false),
        ("MFA_SENDS_PER_AGENT_HOUR", false, false),
    ] {
        let employee = limited(&[(setting, "1"), ANY]).await;
        let number = "+15551110000";
        let mut first = PhoneCall::from(&employee, CALLER).await;
        assert_eq!(send(&mut first, number).await, SENT, "{setting}");
        let mut second = PhoneCall::from(&employee, CALLER).await;
        let refused = send(&mut second, number).await;
        assert!(refused.starts_with("Too many codes") && refused.contains("Apologise"), "{refused}");
        assert!(!refused.contains("5551110000"), "{refused}");
        assert_eq!(reached(&employee).await["limit"], setting.to_lowercase());
        assert_eq!(send(&mut second, "+15552220000").await == SENT, other_number, "{setting}");
        let mut third = PhoneCall::from(&employee, "+15559990000").await;
        assert_eq!(send(&mut third, number).await == SENT, other_caller, "{setting}");
    }
}

#[tokio::test]
async fn of_codes_asked_for_at_the_same_moment_one_goes_out() {
    let employee = Employee::sandbox_with([ANY]).await;
    let call = PhoneCall::from(&employee, CALLER).await;
    let arguments = [
        json!({}),
        json!({"channel": "call"}),
        json!({"channel": "sms"}),
        json!({"phone_number": CALLER}),
        json!({"phone_number": "+15559990000"}),
    ];
    let webhooks: Vec<_> = arguments.iter().map(|arguments| call.webhook("send_mfa", arguments)).collect();
    let replies = futures_util::future::join_all(webhooks.iter().map(|webhook| call.post(webhook))).await;
    let sent = replies.iter().filter(|reply| reply.response() == SENT).count();
    let waiting = replies.iter().filter(|reply| reply.response().contains("only a moment ago")).count();
    assert_eq!((sent, waiting, employee.codes()), (1, 4, 1), "{replies:?}");
    assert_eq!(reached(&employee).await["limit"], "mfa_cool_down");
}

#[tokio::test]
async fn wrong_codes_count_over_all_codes_of_a_call() {
    let employee = limited(&[("MFA_WRONG_TRIES_PER_CALL", "3"), ("MFA_MAX_ATTEMPTS", "2")]).await;
    let mut call = PhoneCall::from(&employee, CALLER).await;
    let mut code = String::new();
    for tries in [2, 1] {
        let lines = employee.log().lines().len();
        assert_eq!(call.call("send_mfa", json!({})).await.response(), SENT);
        code = employee.code_after(lines).await;
        for number in 0..tries {
            let wrong =
                if code == format!("00000{number}") { "000009".into() } else { format!("00000{number}") };
            let reply = call.call("verify_mfa", json!({"token": wrong})).await;
            assert!(reply.response().starts_with("Verification failed"), "{reply:?}");
        }
    }
    let reply = call.call("verify_mfa", json!({"token": code})).await;
    assert!(reply.response().contains("no more tries on this call"), "{reply:?}");
    assert_eq!(reached(&employee).await["limit"], "mfa_wrong_tries_per_call");
    let reply = call.call("send_mfa", json!({})).await;
    assert!(reply.response().contains("no more tries on this call"), "{reply:?}");
    // The same caller may try on another call.
    let mut other = PhoneCall::from(&employee, CALLER).await;
    assert_eq!(other.call("send_mfa", json!({})).await.response(), SENT);
}

#[tokio::test]
async fn countries_and_special_numbers_are_refused_by_policy() {
    let employee = limited(&[("MFA_COUNTRIES", "US"), ANY]).await;
    let mut call = PhoneCall::from(&employee, CALLER).await;
    assert_eq!(send(&mut call, CALLER).await, SENT);
    for (number, why) in [
        ("+18765550123", "country or region is not served"),
        ("+4915112345678", "country or region is not served"),
        ("+19005551234", "special number"),
        ("+88216123456", "special number"),
        ("+999123456", "no country with its country code"),
    ] {
        let refused = send(&mut call, number).await;
        assert!(refused.contains(why) && refused.contains("another number"), "{number}: {refused}");
        assert!(!refused.contains(&number[1..]), "{refused}");
    }
    assert_eq!(employee.codes(), 1);
}

/// A client whose password is wrong.
fn guesser(employee: &Employee) -> Client {
    employee.client().with(Some(Credentials { user: "signalwire".into(), password: "guess".into() }))
}

async fn from(client: &Client, address: &str) -> Answer {
    client.send("GET", "/mfa", &[("X-Forwarded-For", address)], "").await
}

#[tokio::test]
async fn after_ten_failed_logins_an_address_has_to_wait_and_who_has_the_password_has_not() {
    let employee = Employee::sandbox().await;
    let guesser = guesser(&employee);
    for number in 0..10 {
        let client = if number % 2 == 0 { &guesser } else { &employee.stranger() };
        // It is not a proxy of ours: what it says of its address does not count.
        assert_eq!(from(client, &format!("198.51.100.{number}")).await.status, 401);
    }
    for client in [&guesser, &employee.stranger()] {
        let refused = client.get("/mfa").await;
        assert_eq!(refused.status, 429, "{}", refused.text());
        let wait: u64 = refused.header("retry-after").parse().expect("seconds");
        assert!((1..=300).contains(&wait), "{wait}");
        assert!(refused.text().contains("too many failed logins"), "{}", refused.text());
    }
    assert_eq!(employee.client().get("/mfa").await.status, 200);
    assert_eq!(employee.stranger().get("/health").await.status, 200);
    assert_eq!(guesser.get("/mfa").await.status, 429);
    let metrics = metrics(&employee).await;
    assert!(metrics.contains(r#"swaig_limit_reached_total{limit="failed_logins"} 3"#), "{metrics}");
    let lines = employee.log().lines();
    assert_eq!(lines.iter().filter(|line| line.contains("too many failed logins")).count(), 1);
}

#[tokio::test]
async fn behind_a_trusted_proxy_each_client_has_its_own_failed_logins() {
    let settings = [("SWAIG_TRUSTED_PROXIES", "127.0.0.0/8"), ("SWAIG_FAILED_LOGINS", "2")];
    let employee = Employee::sandbox_with(settings).await;
    let guesser = guesser(&employee);
    let table = [
        ("198.51.100.1", 401),
        // What stands before the last hop, the client itself wrote.
        ("203.0.113.1, 198.51.100.1", 401),
        ("203.0.113.2, 198.51.100.1", 429),
        ("198.51.100.2", 401),
        ("2001:db8:1:2::1", 401),
        ("2001:db8:1:2:ffff::9", 401),
        ("2001:db8:1:2:1::7", 429),
        ("2001:db8:1:3::1", 401),
    ];
    for (forwarded, status) in table {
        assert_eq!(from(&guesser, forwarded).await.status, status, "{forwarded}");
    }
    assert_eq!(from(&employee.client(), "198.51.100.1").await.status, 200);
}
