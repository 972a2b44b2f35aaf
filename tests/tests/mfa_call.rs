//! A whole call in the sandbox: a code is sent, read from the phone, and verified, while a viewer watches.

use std::time::Duration;

use serde_json::{Value, json};
use swaig_tests::{Employee, LiveEvent, PhoneCall, UNLIMITED};

const CALLER: &str = "+15551230000";

/// A code of the same length that is not this one.
fn other_than(code: &str) -> String {
    let last = if code.ends_with('0') { '1' } else { '0' };
    format!("{}{last}", &code[..code.len() - 1])
}

fn spoken(code: &str) -> String {
    let names = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    let digits = code.chars().filter_map(|digit| digit.to_digit(10)).map(|digit| names[digit as usize]);
    digits.collect::<Vec<_>>().join(" ")
}

fn kinds(events: &[LiveEvent]) -> Vec<(&str, &str)> {
    events.iter().map(|event| (event.kind(), event.data()["function"].as_str().unwrap_or_default())).collect()
}

/// Sends a code in this call and returns it.
async fn send(employee: &Employee, call: &mut PhoneCall) -> String {
    let lines = employee.log().lines().len();
    let reply = call.call("send_mfa", json!({})).await;
    assert_eq!(reply.response(), "6 digit number sent");
    employee.code_after(lines).await
}

#[tokio::test]
async fn a_caller_is_sent_a_code_and_verified_with_it() {
    let employee = Employee::sandbox().await;
    let mut call = PhoneCall::from(&employee, CALLER).await;

    let code = send(&employee, &mut call).await;
    assert_eq!(code.len(), 6);
    let kept = call.meta_data("verify_mfa");
    let state = &kept["mfa"];
    assert_eq!(
        (&state["success"], &state["channel"], &state["to"]),
        (&json!(true), &json!("sms"), &json!("+1••••••0000"))
    );
    for key in ["id", "sent_at", "expires_at"] {
        assert!(state[key].is_string(), "{key}: {state}");
    }

    let reply = call.call("verify_mfa", json!({"token": other_than(&code)})).await;
    assert!(reply.response().starts_with("Verification failed, try again"), "{reply:?}");
    assert!(reply.response().contains("3 tries are left"), "{reply:?}");
    assert!(!call.meta_data("verify_mfa").contains_key("verified"));

    let reply = call.call("verify_mfa", json!({"token": code})).await;
    assert_eq!(reply.response(), "Verification successful");
    let kept = call.meta_data("send_mfa");
    assert_eq!((kept.get("verified"), kept.get("mfa")), (Some(&json!(true)), None), "{kept:?}");
}

#[tokio::test]
async fn a_spoken_code_is_understood() {
    let employee = Employee::sandbox().await;
    for speak in [spoken, |code: &str| code.split("").collect::<Vec<_>>().join(" - ")] {
        let mut call = PhoneCall::from(&employee, CALLER).await;
        let code = send(&employee, &mut call).await;
        let reply = call.call("verify_mfa", json!({"token": speak(&code)})).await;
        assert_eq!(reply.response(), "Verification successful", "{}", speak(&code));
    }
}

#[tokio::test]
async fn what_is_taken_for_a_code_is_masked_where_it_is_reported() {
    let employee = Employee::sandbox_with(UNLIMITED).await;
    let mut live = employee.events("").await;
    live.ready().await;
    let joined =
        |code: &str, gap: &str| code.split("").filter(|it| !it.is_empty()).collect::<Vec<_>>().join(gap);
    let ways: [fn(&str) -> String; 3] = [str::to_owned, spoken, |code| spoken(code).to_uppercase()];
    for way in ways {
        for gap in ["", " ", ", ", "-", "... ", "… ", " – ", ". ", "\n"] {
            let mut call = PhoneCall::from(&employee, CALLER).await;
            let code = send(&employee, &mut call).await;
            let heard = if way(&code) == code {
                joined(&code, gap)
            } else {
                way(&code).replace(' ', if gap.is_empty() { " " } else { gap })
            };
            let reply = call.call("verify_mfa", json!({"token": heard})).await;
            assert_eq!(reply.response(), "Verification successful", "{heard:?}");
            call.end(
                json!({"post_prompt_data": {"raw": format!("The code was {heard}. Done."), "parsed": []}}),
            )
            .await;
            let events = live.until("conversation_ended").await;
            let summary = events.last().unwrap().data()["summary"].as_str().unwrap().to_owned();
            assert!(summary.starts_with("The code was ") && summary.ends_with(" Done."), "{summary}");
            assert!(!summary.contains(&heard), "{heard:?} is shown: {summary}");
        }
    }
}

#[tokio::test]
async fn a_code_that_is_spoken_on_a_phone_call_verifies_too() {
    let employee = Employee::sandbox().await;
    let mut call = PhoneCall::from(&employee, CALLER).await;
    let lines = employee.log().lines().len();
    call.call("send_mfa", json!({"channel": "call"})).await;
    let code = employee.code_after(lines).await;
    assert_eq!(call.meta_data("verify_mfa")["mfa"]["channel"], "call");
    assert_eq!(call.call("verify_mfa", json!({"token": code})).await.response(), "Verification successful");
}

#[tokio::test]
async fn every_step_is_seen_live_in_order() {
    let employee = Employee::sandbox().await;
    let mut live = employee.events("").await;
    live.ready().await;
    let mut call = PhoneCall::from(&employee, CALLER).await;
    let code = send(&employee, &mut call).await;
    call.call("verify_mfa", json!({"token": other_than(&code)})).await;
    call.call("verify_mfa", json!({"token": code})).await;
    call.end(json!({"post_prompt_data": {"raw": "All went well", "parsed": []}})).await;

    let events = live.until("conversation_ended").await;
    assert_eq!(
        kinds(&events),
        [
            ("document_fetched", ""),
            ("function_called", "send_mfa"),
            ("upstream", ""),
            ("function_replied", "send_mfa"),
            ("function_called", "verify_mfa"),
            ("upstream", ""),
            ("function_replied", "verify_mfa"),
            ("function_called", "verify_mfa"),
            ("upstream", ""),
            ("function_replied", "verify_mfa"),
            ("conversation_ended", ""),
        ]
    );
    assert!(events.is_sorted_by(|one, next| one.id < next.id), "ids grow");
    for event in &events {
        assert_eq!((&event.json["id"], &event.json["agent"]), (&json!(event.id), &json!("mfa")));
        assert_eq!(event.json["call_id"], call.call_id(), "{}", event.json);
    }
    let upstream: Vec<_> =
        events.iter().filter(|event| event.kind() == "upstream").map(LiveEvent::data).collect();
    assert_eq!(
        upstream.iter().map(|data| (&data["operation"], &data["outcome"])).collect::<Vec<_>>(),
        [
            (&json!("mfa/sms"), &json!("accepted")),
            (&json!("mfa/verify"), &json!("wrong")),
            (&json!("mfa/verify"), &json!("accepted")),
        ]
    );
}

#[tokio::test]
async fn a_viewer_that_comes_back_misses_nothing() {
    let employee = Employee::sandbox().await;
    let mut call = PhoneCall::from(&employee, CALLER).await;
    send(&employee, &mut call).await;
    let all = employee.events("?after=0").await.until("function_replied").await;
    assert_eq!(all.len(), 4);

    let id = all[1].id.to_string();
    let mut again = employee.client().events("/mfa/events", &[("last-event-id", &id)]).await;
    let rest = again.until("function_replied").await;
    assert_eq!(rest.iter().map(|event| event.id).collect::<Vec<_>>(), [all[2].id, all[3].id]);
    // The header of a browser that reconnects counts more than the address that it was given.
    let mut again = employee.client().events("/mfa/events?after=0", &[("last-event-id", &id)]).await;
    assert_eq!(again.next().await.unwrap().id, all[2].id);
    let mut again = employee.client().events("/mfa/events", &[("last-event-id", "0")]).await;
    assert_eq!(again.next().await.unwrap().id, all[0].id);
}

#[tokio::test]
async fn a_viewer_that_outlived_the_server_sees_what_happens_now() {
    // A browser reconnects with the id that it saw last; a server that was restarted counts from one again.
    let employee = Employee::sandbox().await;
    let mut live = employee.client().events("/mfa/events", &[("last-event-id", "5000")]).await;
    live.ready().await;
    let mut call = PhoneCall::from(&employee, CALLER).await;
    call.call("send_mfa", json!({})).await;
    // A viewer of now says when the events are there.
    let now = employee.events("?after=0").await.until("function_replied").await;
    let seen = tokio::time::timeout(Duration::from_secs(10), live.until("function_replied")).await;
    assert_eq!(seen.expect("the viewer sees them").len(), now.len());
}

#[tokio::test]
async fn a_viewer_of_one_call_sees_only_that_call() {
    let employee = Employee::sandbox().await;
    let mut first = PhoneCall::from(&employee, CALLER).await;
    let mut second = PhoneCall::from(&employee, "+15551239999").await;
    let mut live = employee.events(&format!("?after=0&call_id={}", second.call_id())).await;
    first.call("send_mfa", json!({})).await;
    second.call("send_mfa", json!({})).await;
    let events = live.until("function_replied").await;
    assert_eq!(events.len(), 4);
    assert!(events.iter().all(|event| event.json["call_id"] == second.call_id()), "{}", live.seen());
}

#[tokio::test]
async fn agent_ids_do_not_see_each_other() {
    let employee = Employee::sandbox().await;
    for id in ["7", "8 & 9"] {
        let path = format!("/mfa?agent_id={}", id.replace(' ', "+").replace('&', "%26"));
        let mut call = PhoneCall::incoming(&employee, &path, Some(CALLER)).await;
        call.call("send_mfa", json!({})).await;
        call.end(json!({})).await;
    }
    for (query, id) in [("?after=0&agent_id=7", "7"), ("?after=0&agent_id=8%20%26%209", "8 & 9")] {
        let events = employee.events(query).await.until("conversation_ended").await;
        assert_eq!(events.len(), 5);
        assert!(events.iter().all(|event| event.json["agent_id"] == id), "{events:?}");
    }
    // Under the agent's own id nothing happened until now.
    let mut own = employee.events("?after=0").await;
    PhoneCall::from(&employee, CALLER).await;
    assert_eq!(own.next().await.unwrap().kind(), "document_fetched");
}

#[tokio::test]
async fn the_report_is_stored_masked() {
    let employee = Employee::sandbox().await;
    let mut call = PhoneCall::from(&employee, CALLER).await;
    let code = send(&employee, &mut call).await;
    let report = json!({
        "caller_id_number": CALLER,
        "post_prompt_data": {"raw": format!("{CALLER} read out {code}"), "parsed": []},
        "call_log": [
            {"role": "user", "content": format!("it is {}", spoken(&code))},
            {"role": "assistant", "content": null, "tool_calls": [
                {"function": {"name": "verify_mfa", "arguments": json!({"token": code}).to_string()}}
            ]},
        ],
        "SWMLVars": {"record_call_url": "https://user:hunter2@example.com/a.wav"},
    });
    let answer = call.end(report).await;
    assert!(answer.status == 200 && answer.json()["response"].is_string(), "{}", answer.text());

    let events = employee.events("?after=0").await.until("conversation_ended").await;
    let ended = events.last().unwrap().data();
    assert!(ended["summary"].as_str().unwrap().contains("read out"), "{ended}");
    let at = |end: &str| format!("/console/conversations/{}{end}", ended["conversation"]);
    let (page, stored) = (employee.client().get(&at("")).await, employee.client().get(&at(".json")).await);
    for answer in [&page, &stored] {
        assert_eq!(answer.status, 200);
        assert!(answer.text().contains(call.call_id()), "{}", answer.text());
    }
    for shown in [page.text(), stored.text(), &ended.to_string()] {
        for secret in [CALLER, "5551230000", &code, &spoken(&code), "hunter2"] {
            assert!(!shown.contains(secret), "{secret} is shown in {shown}");
        }
    }
}

#[tokio::test]
async fn the_platforms_debug_feed_is_shown_masked() {
    let employee = Employee::sandbox().await;
    let mut call = PhoneCall::from(&employee, CALLER).await;
    let code = send(&employee, &mut call).await;
    let body = json!({
        "call_info": {"call_id": call.call_id(), "content_type": "text/json"},
        "speech_detect": {"text": format!("my code is {}, {}", code, spoken(&code)), "from": CALLER},
        "swaig_call": {"url": "https://user:hunter2@example.com/mfa/swaig", "arguments": {"token": code}},
    });
    let answer = employee.client().post("/mfa/debug?agent_id=mfa", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let mut live = employee.events("?after=0").await;
    let events = live.until("debug").await;
    let event = events.last().unwrap();
    assert_eq!(event.json["call_id"], call.call_id());
    assert!(
        event.data()["speech_detect"]["text"].as_str().unwrap().starts_with("my code is"),
        "{}",
        event.json
    );
    for secret in [CALLER, &code, &spoken(&code), "hunter2"] {
        assert!(!live.seen().contains(secret), "{secret} is shown in {}", live.seen());
    }
}

#[tokio::test]
async fn no_code_no_number_and_no_password_is_told_to_anybody() {
    let employee = Employee::sandbox_with([("RUST_LOG", "debug")]).await;
    let mut call = PhoneCall::from(&employee, CALLER).await;
    let code = send(&employee, &mut call).await;
    let wrong = other_than(&code);
    call.call("verify_mfa", json!({"token": wrong})).await;
    call.call("verify_mfa", json!({"token": format!("{wrong}{code}")})).await;
    call.call("verify_mfa", json!({"token": format!("I think it is {code}?")})).await;
    call.call("verify_mfa", json!({"token": [code], "to": CALLER})).await;
    call.call("send_mfa", json!({"phone_number": "+15559876543"})).await;
    call.call("send_mfa", json!({"phone_number": code})).await;
    call.call("verify_mfa", json!({"token": spoken(&code)})).await;
    call.end(json!({"post_prompt_data": {"raw": format!("{code} {CALLER}")}})).await;

    let mut live = employee.events("?after=0").await;
    live.until("conversation_ended").await;
    let metrics = employee.client().get("/metrics").await;
    let lines = employee.log().lines();
    let private = |line: &str| line.contains("sandbox::phone") || line.contains("credentials  user");
    let log: Vec<&str> = lines.iter().map(|line| &**line).filter(|line| !private(line)).collect();
    let log = log.join("\n");
    let password = employee.credentials().password.clone();
    let spoken = spoken(&code);
    for secret in [CALLER, "5551230000", "5559876543", &code, &wrong, &spoken, &password] {
        for (place, text) in [("events", live.seen()), ("log", &log), ("metrics", metrics.text())] {
            assert!(!text.contains(secret), "{secret} is in the {place}:\n{text}");
        }
    }
}

#[tokio::test]
async fn a_function_name_that_the_model_made_up_shows_no_code() {
    let employee = Employee::sandbox().await;
    let mut call = PhoneCall::from(&employee, CALLER).await;
    let code = send(&employee, &mut call).await;
    for name in [format!("verify_mfa({code})"), format!("verify_{code}")] {
        call.call(&name, json!({"token": code})).await;
    }
    let mut live = employee.events("?after=0").await;
    live.until("function_refused").await;
    live.until("function_refused").await;
    assert!(!live.seen().contains(&code), "{code} is in the events:\n{}", live.seen());
}

#[tokio::test]
async fn a_repeated_webhook_gets_the_same_reply_and_sends_nothing() {
    let employee = Employee::sandbox().await;
    let mut call = PhoneCall::from(&employee, CALLER).await;
    let webhook = call.webhook("send_mfa", &json!({}));
    let first = call.post(&webhook).await;
    assert_eq!(call.post(&webhook).await, first);
    // A model that was interrupted asks again, with the state that it has by then.
    call.carry_out("send_mfa", &first);
    assert_eq!(call.call("send_mfa", json!({})).await, first);
    assert_eq!(employee.codes(), 1);

    let events = employee.events("?after=0").await.until("function_repeated").await;
    assert_eq!(events.iter().filter(|event| event.kind() == "upstream").count(), 1);
    // Another call of the same caller is another call.
    let mut other = PhoneCall::from(&employee, CALLER).await;
    other.call("send_mfa", json!({})).await;
    assert_eq!(employee.codes(), 2);
}

#[tokio::test]
async fn a_repeated_wrong_code_costs_one_try() {
    let employee = Employee::sandbox().await;
    let mut call = PhoneCall::from(&employee, CALLER).await;
    let code = send(&employee, &mut call).await;
    let webhook = call.webhook("verify_mfa", &json!({"token": other_than(&code)}));
    let first = call.post(&webhook).await;
    assert!(first.response().contains("3 tries are left"), "{first:?}");
    for _ in 0..5 {
        assert_eq!(call.post(&webhook).await, first);
    }
    assert_eq!(call.call("verify_mfa", json!({"token": code})).await.response(), "Verification successful");
}

#[tokio::test]
async fn the_same_call_at_the_same_moment_runs_once() {
    let employee = Employee::sandbox().await;
    let call = PhoneCall::from(&employee, CALLER).await;
    let webhook = call.webhook("send_mfa", &json!({}));
    let replies = futures_util::future::join_all((0..20).map(|_| call.post(&webhook))).await;
    assert!(replies.iter().all(|reply| *reply == replies[0]), "{replies:?}");
    assert_eq!(replies[0].response(), "6 digit number sent");
    assert_eq!(employee.codes(), 1);
}

#[tokio::test]
async fn a_dead_code_makes_room_for_a_new_one() {
    let employee = Employee::sandbox_with([("MFA_MAX_ATTEMPTS", "1")]).await;
    let mut call = PhoneCall::from(&employee, CALLER).await;
    let code = send(&employee, &mut call).await;
    let state = call.meta_data("verify_mfa")["mfa"].clone();
    let reply = call.call("verify_mfa", json!({"token": other_than(&code)})).await;
    assert!(reply.response().contains("call send_mfa"), "{reply:?}");
    assert!(!call.meta_data("verify_mfa").contains_key("mfa"));

    // The model that still has the old request hears that it is gone.
    call.set_meta_data("verify_mfa", "mfa", state);
    let reply = call.call("verify_mfa", json!({"token": code})).await;
    assert!(reply.response().contains("can no longer be used"), "{reply:?}");

    let new = send(&employee, &mut call).await;
    assert_eq!(employee.codes(), 2);
    assert_eq!(call.call("verify_mfa", json!({"token": new})).await.response(), "Verification successful");
}

#[tokio::test]
async fn without_a_code_there_is_nothing_to_verify() {
    let employee = Employee::sandbox().await;
    let mut call = PhoneCall::from(&employee, CALLER).await;
    let reply = call.call("verify_mfa", json!({"token": "123456"})).await;
    assert!(reply.response().contains("Call send_mfa first"), "{reply:?}");
    assert_eq!(reply.0.get("action"), None::<&Value>);
}

#[tokio::test]
async fn a_new_code_asked_for_after_a_wrong_one_is_sent() {
    let employee = Employee::sandbox().await;
    let mut call = PhoneCall::from(&employee, CALLER).await;
    let first = send(&employee, &mut call).await;
    let wrong = if first == "000000" { "111111" } else { "000000" };
    let reply = call.call("verify_mfa", json!({"token": wrong})).await;
    assert!(reply.response().contains("3 tries are left"), "{reply:?}");
    let second = send(&employee, &mut call).await;
    assert_eq!(employee.codes(), 2);
    // The same wrong code again: what was said of the first code must not bring its state back.
    call.call("verify_mfa", json!({"token": wrong})).await;
    let reply = call.call("verify_mfa", json!({"token": second})).await;
    assert_eq!(reply.response(), "Verification successful");
}
