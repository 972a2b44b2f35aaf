//! What goes to SignalWire's MFA REST API is what its reference documents, byte for byte.

use serde_json::{Value, json};
use swaig_tests::{Credentials, Employee, PhoneCall, Recorded, StandIn, Will};

const CALLER: &str = "+15551230000";

fn assert_documented(request: &Recorded, path: &str) {
    assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", path));
    let account = Credentials { user: StandIn::PROJECT.into(), password: StandIn::TOKEN.into() };
    assert_eq!(request.header("authorization"), account.basic());
    assert_eq!(request.header("content-type"), "application/json");
    assert_eq!(request.header("content-length"), request.body.len().to_string());
}

/// The one request that a call of `send_mfa` makes under these settings.
async fn sent(settings: &[(&str, &str)], arguments: Value) -> Recorded {
    let stand_in = StandIn::obliging().await;
    let employee = Employee::live_with(&stand_in, settings.iter().copied()).await;
    let mut call = PhoneCall::from(&employee, CALLER).await;
    let reply = call.call("send_mfa", arguments).await;
    assert!(reply.response().ends_with("digit number sent"), "{reply:?}");
    let mut requests = stand_in.requests();
    assert_eq!(requests.len(), 1);
    requests.remove(0)
}

#[tokio::test]
async fn a_code_is_asked_for_with_the_defaults() {
    let request = sent(&[], json!({})).await;
    assert_documented(&request, "/api/relay/rest/mfa/sms");
    // The whole text: numbers are numbers, and `allow_alphas` is a boolean.
    assert_eq!(
        request.text(),
        r#"{"to":"+15551230000","token_length":6,"valid_for":7200,"max_attempts":4,"allow_alphas":false}"#
    );
}

#[tokio::test]
async fn a_code_is_asked_for_as_the_settings_say() {
    let settings = [
        ("MFA_FROM_NUMBER", "+15550001111"),
        ("MFA_MESSAGE", "Your code for Example is:"),
        ("MFA_TOKEN_LENGTH", "8"),
        ("MFA_VALID_FOR", "300"),
        ("MFA_MAX_ATTEMPTS", "2"),
    ];
    let request = sent(&settings, json!({})).await;
    assert_documented(&request, "/api/relay/rest/mfa/sms");
    assert_eq!(
        request.json(),
        json!({
            "to": CALLER, "from": "+15550001111", "message": "Your code for Example is: ", "token_length": 8,
            "valid_for": 300, "max_attempts": 2, "allow_alphas": false,
        })
    );
}

#[tokio::test]
async fn a_number_of_ones_own_comes_with_a_message() {
    let request = sent(&[("MFA_FROM_NUMBER", "+15550001111")], json!({})).await;
    let body = request.json();
    assert_eq!(
        (&body["from"], &body["message"]),
        (&json!("+15550001111"), &json!("Your number to verify is: "))
    );
}

#[tokio::test]
async fn a_code_by_phone_call_has_a_path_of_its_own() {
    let request = sent(&[], json!({"channel": "call"})).await;
    assert_documented(&request, "/api/relay/rest/mfa/call");
    assert_eq!(request.json()["to"], CALLER);
}

#[tokio::test]
async fn a_code_is_verified_as_text_with_its_leading_zero() {
    let stand_in = StandIn::obliging().await;
    let employee = Employee::live(&stand_in).await;
    let mut call = PhoneCall::from(&employee, CALLER).await;
    call.call("send_mfa", json!({})).await;
    let reply = call.call("verify_mfa", json!({"token": "0-1-2 three four five"})).await;
    assert_eq!(reply.response(), "Verification successful");
    let requests = stand_in.requests();
    assert_eq!(requests.len(), 2);
    assert_documented(&requests[1], &format!("/api/relay/rest/mfa/{}/verify", StandIn::REQUEST));
    assert_eq!(requests[1].text(), r#"{"token":"012345"}"#);
}

#[tokio::test]
async fn a_wrong_and_a_dead_code_are_told_apart() {
    let stand_in = StandIn::start(|request| match request.text() {
        r#"{"token":"111111"}"# => Will::json(200, &json!({"success": false})),
        r#"{"token":"222222"}"# => Will::json(404, &json!({"error": "Not Found"})),
        r#"{"token":"333333"}"# => Will::body(404, "text/html", "<html>Not Found</html>"),
        _ => Will::succeed(request),
    })
    .await;
    let employee = Employee::live(&stand_in).await;
    for (token, expected) in [
        ("111111", "Verification failed, try again. 3 tries are left."),
        ("222222", "call send_mfa to send a new code"),
        ("333333", "call send_mfa to send a new code"),
    ] {
        let mut call = PhoneCall::from(&employee, CALLER).await;
        call.call("send_mfa", json!({})).await;
        let reply = call.call("verify_mfa", json!({"token": token})).await;
        assert!(reply.response().contains(expected), "{token}: {reply:?}");
    }
}

#[tokio::test]
async fn a_code_of_another_length_costs_no_attempt() {
    let stand_in = StandIn::obliging().await;
    let employee = Employee::live(&stand_in).await;
    let mut call = PhoneCall::from(&employee, CALLER).await;
    call.call("send_mfa", json!({})).await;
    for heard in ["12345", "1234567", "I did not get it", ""] {
        let reply = call.call("verify_mfa", json!({"token": heard})).await;
        assert!(reply.response().contains("digit by digit"), "{heard:?}: {reply:?}");
    }
    assert_eq!(stand_in.requests().len(), 1);
}

#[tokio::test]
async fn a_request_id_that_is_none_never_becomes_a_path() {
    let stand_in = StandIn::obliging().await;
    let employee = Employee::live(&stand_in).await;
    let mut call = PhoneCall::from(&employee, CALLER).await;
    call.call("send_mfa", json!({})).await;
    let good = call.meta_data("verify_mfa")["mfa"].clone();
    for id in [json!(""), json!("../../sms"), json!("x/verify?"), json!(null), json!(7)] {
        let mut state = good.clone();
        state["id"] = id.clone();
        call.set_meta_data("verify_mfa", "mfa", state);
        let reply = call.call("verify_mfa", json!({"token": "123456"})).await;
        assert!(reply.response().contains("send_mfa"), "{id}: {reply:?}");
    }
    assert_eq!(stand_in.requests().len(), 1);
}

/// Whom a code went to, or what the model heard instead.
async fn policy(policy: &str, caller: Option<&str>, asked: Option<&str>) -> Result<String, String> {
    let stand_in = StandIn::obliging().await;
    let employee = Employee::live_with(&stand_in, [("MFA_NUMBER_POLICY", policy)]).await;
    let mut call = PhoneCall::incoming(&employee, "/mfa", caller).await;
    let arguments = asked.map_or_else(|| json!({}), |number| json!({"phone_number": number}));
    let reply = call.call("send_mfa", arguments).await;
    match stand_in.requests().as_slice() {
        [] => Err(reply.response().to_owned()),
        [request] => Ok(request.json()["to"].as_str().unwrap_or_default().to_owned()),
        more => panic!("{} requests", more.len()),
    }
}

/// The policy, the caller, the number that the model asks for, and whom the code goes to or what the model hears.
type Case = (&'static str, Option<&'static str>, Option<&'static str>, Result<&'static str, &'static str>);

#[tokio::test]
async fn codes_go_to_whom_the_policy_allows_and_to_nobody_else() {
    let other = "+15559990000";
    let sip = "sip:alice@example.com";
    let table: [Case; 13] = [
        ("caller", Some(CALLER), None, Ok(CALLER)),
        ("caller", Some(CALLER), Some(CALLER), Ok(CALLER)),
        ("caller", Some(CALLER), Some(other), Err("only be sent to the number that the caller calls from")),
        ("caller", None, Some(other), Err("number is not shown")),
        ("caller", Some("anonymous"), None, Err("number is not shown")),
        ("caller", Some(sip), Some(other), Err("number is not shown")),
        ("any", Some(CALLER), Some(other), Ok(other)),
        ("any", Some(CALLER), None, Ok(CALLER)),
        ("any", Some(sip), None, Err("Ask for the phone number")),
        ("any", None, Some(other), Ok(other)),
        ("+1555,+44", Some(sip), Some("+447700900123"), Ok("+447700900123")),
        ("+1555,+44", Some(CALLER), Some("+33123456789"), Err("not served")),
        ("+44", Some(CALLER), None, Err("not served")),
    ];
    let cases = table.iter().map(|(setting, caller, asked, _)| policy(setting, *caller, *asked));
    let outcomes = futures_util::future::join_all(cases).await;
    for ((setting, caller, asked, expected), outcome) in table.iter().zip(outcomes) {
        let case = format!("{setting} {caller:?} {asked:?}: {outcome:?}");
        match (expected, outcome) {
            (Ok(expected), Ok(to)) => assert_eq!(to, *expected, "{case}"),
            (Err(expected), Err(text)) => assert!(text.contains(expected), "{case}"),
            _ => panic!("{case}"),
        }
    }
}

#[tokio::test]
async fn in_live_mode_nothing_shows_a_code_and_no_secret_is_logged() {
    let stand_in = StandIn::obliging().await;
    let employee = Employee::live_with(&stand_in, [("RUST_LOG", "debug")]).await;
    let mut call = PhoneCall::from(&employee, CALLER).await;
    call.call("send_mfa", json!({})).await;
    call.call("verify_mfa", json!({"token": "012345"})).await;
    let mut live = employee.events("?after=0").await;
    live.until("function_replied").await;
    live.until("function_replied").await;
    let log = employee.log().lines().join("\n");
    assert!(!log.contains("sandbox"), "{log}");
    for text in [&log, live.seen()] {
        for secret in [CALLER, "012345", StandIn::TOKEN, "try-me"] {
            assert!(!text.contains(secret), "{secret} is in {text}");
        }
    }
}
