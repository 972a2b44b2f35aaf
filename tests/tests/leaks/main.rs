//! Whole calls, with everything that can go wrong in them, and then a search of all that the program has written and shows:
//! no code, no phone number and no secret is anywhere, in any spelling. The sandbox's phone is the one exception.

mod program;
mod search;
mod traffic;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;
use swaig_tests::{PhoneCall, Recorded, StandIn, Will};

use program::program;
use search::{assert_clean, harvest, spoken};
use traffic::{report, trouble};

/// The caller, and others who turn up in what the platform posts.
const CALLER: &str = "+15557340192";
const OTHER: &str = "+442079460958";
/// A code in live mode, where the stand-in takes any. Eight digits: the fractions of a second in a log have six.
const CODE: &str = "73914682";

const USER: &str = "operator";
const PASSWORD: &str = "operators-Pa55/word";
const SECRETS: [(&str, &str); 7] = [
    ("SWML_BASIC_AUTH_PASSWORD", PASSWORD),
    ("SWML_BASIC_AUTH_PREVIOUS_PASSWORD", "yesterdays-pass:word"),
    ("LEAKY_BASIC_AUTH_PASSWORD", "of the agent 100%"),
    ("SIGNALWIRE_SIGNING_KEY", "PSK_signing-key-of-the-project"),
    ("SIGNALWIRE_PREVIOUS_SIGNING_KEY", "PSK_previous-key-of-the-project"),
    ("SWAIG_SECRET", "the-secret-that-seals-are-made-with+42"),
    ("SWAIG_PREVIOUS_SECRET", "the-secret-that-seals-were-made-with/1"),
];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Mode {
    Live,
    Sandbox,
}

#[tokio::test]
async fn in_the_sandbox_only_the_phone_shows_a_code() {
    let employee = program("text").serve().await;
    let mut live = employee.events("").await;
    live.ready().await;
    let mut codes = Vec::new();
    for channel in ["sms", "call"] {
        let mut call = PhoneCall::from(&employee, CALLER).await;
        let seen = employee.log().lines().len();
        assert_eq!(
            call.call("send_mfa", json!({"channel": channel})).await.response(),
            "8 digit number sent"
        );
        let code = employee.code_after(seen).await;
        call.call("verify_mfa", json!({"token": OTHER.trim_start_matches('+')})).await;
        call.call("verify_mfa", json!({"token": "00000000"})).await;
        let reply = call.call("verify_mfa", json!({"token": spoken(&code)})).await;
        assert_eq!(reply.response(), "Verification successful");
        assert_eq!(call.end(report(&call, &code)).await.status, 200);
        codes.push(code);
    }
    trouble(&employee, &codes[0]).await;
    let mut found = harvest(&employee, live).await;
    let (_, page) =
        found.iter_mut().find(|(place, _)| place == "/console").expect("the console was looked at");
    let (before, rest) = page.split_once("id=\"phone\"").expect("the phone is on the page");
    let (phone, after) = rest.split_once("id=\"conversations\"").expect("so are the conversations");
    assert!(codes.iter().all(|code| phone.contains(code)), "{phone}");
    // The phone shows codes. It shows no numbers.
    let phone = codes.iter().fold(phone.to_owned(), |phone, code| phone.replace(code, ""));
    *page = format!("{before}{phone}{after}");
    assert_clean(&found, &codes, Mode::Sandbox);
}

#[tokio::test]
async fn in_live_mode_nothing_shows_a_code() {
    let stand_in = StandIn::start(|request: &Recorded| {
        // Whoever is asked says again all that was said.
        let said = format!("{} with {} of {}", request.text(), request.header("authorization"), request.path);
        let failed = |status| {
            Will::json(
                status,
                &json!({"errors": [{"detail": said, "title": said, "code": said}], "error": said}),
            )
        };
        let body = request.json();
        match body["token"].as_str().or(body["to"].as_str()).unwrap_or_default() {
            "82617301" | "+15557340101" => failed(400),
            "82617302" | "+15557340102" => failed(401),
            "82617303" | "+15557340103" => failed(422),
            "82617304" | "+15557340104" => failed(429),
            "82617305" | "+15557340105" => failed(500),
            "82617306" | "+15557340106" => Will::body(200, "text/html", said),
            "82617307" | "+15557340107" => {
                Will::json(200, &json!({"id": said, "success": said, "to": said, "channel": said}))
            }
            "82617308" | "+15557340108" => {
                let to = format!("http://127.0.0.1:1/{}", utf8_percent_encode(&said, NON_ALPHANUMERIC));
                Will::Answer { status: 307, headers: vec![("Location", to)], body: Vec::new() }
            }
            "82617309" | "+15557340109" => Will::Reset,
            _ => Will::succeed(request),
        }
    })
    .await;
    let program = program("json")
        .account(&stand_in)
        .set("SWML_BASIC_AUTH_PASSWORD", PASSWORD)
        .set("MFA_NUMBER_POLICY", "any")
        // Every kind of failure is to reach the API.
        .set("MFA_BREAKER_FAILURES", "0");
    let employee = program.serve().await;
    let mut live = employee.events("").await;
    live.ready().await;
    let mut call = PhoneCall::from(&employee, CALLER).await;
    assert_eq!(call.call("send_mfa", json!({})).await.response(), "8 digit number sent");
    let mut codes = vec![CODE.to_owned()];
    for kind in 1..=9 {
        let code = format!("8261730{kind}");
        call.call("verify_mfa", json!({"token": code})).await;
        codes.push(code);
        let other = PhoneCall::from(&employee, &format!("+1555734010{kind}")).await;
        other.post(&other.webhook("send_mfa", &json!({}))).await;
        other
            .post(&other.webhook(
                "send_mfa",
                &json!({"phone_number": format!("+1555734010{kind}"), "channel": "call"}),
            ))
            .await;
    }
    assert_eq!(call.call("verify_mfa", json!({"token": CODE})).await.response(), "Verification successful");
    assert_eq!(call.end(report(&call, CODE)).await.status, 200);
    assert_eq!(call.end(report(&call, CODE)).await.status, 200);
    trouble(&employee, CODE).await;
    let found = harvest(&employee, live).await;
    assert_clean(&found, &codes, Mode::Live);
    for (place, text) in &found {
        assert!(!text.contains("555734010"), "a number is in {place}");
    }
}
