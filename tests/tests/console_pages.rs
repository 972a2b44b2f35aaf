//! The pages of the console in a real browser: with the mouse, on a small screen, in the dark, without scripts.

use serde_json::{Value, json};
use swaig_tests::console::{address, assert_quiet, inspect, logged_in, picture};
use swaig_tests::{Browser, Employee, PhoneCall, StandIn};

const CALLER: &str = "+15551230000";

/// A conversation with all that a report may have.
fn report(call: &PhoneCall) -> Value {
    json!({
        "call_id": call.call_id(), "caller_id_number": "+15551237842", "call_ended_by": "caller",
        "call_start_date": 1_700_000_000_000_000_i64, "call_end_date": 1_700_000_090_000_000_i64,
        "post_prompt_data": {"raw": "The caller was verified at once", "parsed": []},
        "call_log": [
            {"role": "system", "content": "You are Jim. ".repeat(60)},
            {"role": "assistant", "content": "Hi, this is Jim. May I text you a code?", "latency": 430, "audio_latency": 720, "acoustic_latency": 1100},
            {"role": "user", "content": "Yes, please", "confidence": 0.97, "timestamp": 1_700_000_004_000_000_i64},
            {"role": "assistant", "content": null, "tool_calls": [{"id": "t1", "function": {"name": "send_mfa", "arguments": "{}"}}]},
            {"role": "tool", "tool_call_id": "t1", "function_name": "send_mfa", "content": "6 digit number sent", "function_latency": 234, "execution_latency": 180},
            {"role": "assistant", "content": "It is on its way.", "latency": 380, "audio_latency": 650},
            {"role": "system-log", "action": "step_change", "content": "send -> verify"},
        ],
        "swaig_log": [{
            "command_name": "send_mfa", "command_arg": "{}", "epoch_time": 1_700_000_006,
            "post_data": {"function": "send_mfa", "argument": {"parsed": [{}]}}, "post_response": {"response": "6 digit number sent"},
        }],
        "SWMLVars": {"record_call_url": "https://recordings.example.com/a.wav"},
        "total_minutes": 1.5, "total_input_tokens": 812,
    })
}

/// The step in which the call is, on the page on which it is tried.
async fn step(browser: &mut Browser) -> Value {
    browser.value("document.getElementById('step').innerText").await
}

#[tokio::test]
async fn a_person_runs_the_mfa_call_with_the_mouse() {
    let employee = Employee::sandbox().await;
    let Some(mut browser) = logged_in(&employee).await else { return };
    browser.follow(".links a[href$='/agents/mfa/try']").await;
    inspect(&mut browser, "try-before").await;
    browser.fill("#agent_id", "desk-7").await;
    browser.follow("main button[type=submit]").await;
    // In the first step the model has no functions.
    assert_eq!(step(&mut browser).await, "greet");
    assert_eq!(browser.value("document.querySelectorAll('input[value=send_mfa]').length").await, 0);
    let page = browser.html().await;
    assert!(page.contains("<code>send_mfa</code>: the step"), "{page}");
    inspect(&mut browser, "try-begun").await;

    browser.choose("select[name='a.step']", "send").await;
    browser.follow("form:has(input[value=next_step]) button").await;
    assert_eq!(step(&mut browser).await, "send");
    browser.choose("select[name='a.channel']", "sms").await;
    browser.follow("form:has(input[value=send_mfa]) button").await;
    assert_eq!(
        browser.value("document.querySelector('#result [role=status]').innerText").await,
        "6 digit number sent"
    );
    let code = employee.code_after(0).await;
    assert!(
        browser
            .value("document.querySelector('.phone .bubble').innerText")
            .await
            .as_str()
            .unwrap()
            .contains(&code)
    );
    inspect(&mut browser, "try-sent").await;
    browser.choose("select[name='a.step']", "verify").await;
    browser.follow("form:has(input[value=next_step]) button").await;

    // What is wrong is told by the function itself.
    browser.follow("form:has(input[value=verify_mfa]) button[formnovalidate]").await;
    let said = "document.querySelector('#result [role=status]').innerText";
    let answer = browser.value(said).await;
    assert!(answer.as_str().unwrap().contains("token"), "{answer}");
    browser.fill("input[name='a.token']", &code).await;
    browser.follow("form:has(input[value=verify_mfa]) button").await;
    assert_eq!(browser.value(said).await, "Verification successful");
    let page = browser.html().await;
    for expected in ["<code>set_meta_data</code>", "<code>unset_meta_data</code>", "verify_mfa", "verified"] {
        assert!(page.contains(expected), "{expected}: {page}");
    }
    // The code is on the phone and nowhere else, and the number nowhere.
    assert_eq!(page.matches(&code).count(), 1, "{page}");
    assert!(!page.contains("5551230000"), "{page}");
    inspect(&mut browser, "try-verified").await;

    browser.fill("#summary", "{\"verified\": true, \"summary\": \"All went well\"}").await;
    browser.follow("form:has(input[value=end]) button").await;
    inspect(&mut browser, "try-ended").await;
    browser.follow("a[href^='/console/live?']:not(.tabs a)").await;
    assert_eq!(browser.value("document.getElementById('agent_id').value").await, "desk-7");
    let page = browser.html().await;
    for expected in ["function_called", "function_replied", "conversation_ended", "class=\"bars\""] {
        assert!(page.contains(expected), "{expected}: {page}");
    }
    browser.open(&address(&employee, "/conversations")).await;
    browser.follow(".conversations a").await;
    let page = browser.html().await;
    assert!(page.contains("All went well") && page.contains("Verification successful"), "{page}");
    assert!(!page.contains(&code), "{page}");
    assert_quiet(&browser, &employee);
}

#[tokio::test]
async fn events_appear_while_somebody_looks() {
    let employee = Employee::sandbox().await;
    let Some(mut browser) = logged_in(&employee).await else { return };
    browser.open(&address(&employee, "/live")).await;
    browser.until("state.innerText.startsWith('Live')").await;
    assert!(browser.html().await.contains("Nothing has happened yet"));
    let mut call = PhoneCall::from(&employee, CALLER).await;
    call.call("send_mfa", json!({})).await;
    browser.until("document.querySelectorAll('#feed .events li').length >= 4").await;
    browser.until("document.querySelector('#feed .bars .words')?.innerText.includes('replied')").await;
    // What somebody has opened stays open, and the focus stays where it is.
    browser.click("#feed .events li:last-child summary").await;
    let open = browser.value("document.querySelector('#feed details[open]').id").await;
    assert_eq!(browser.value("document.activeElement.closest('details').id").await, open);

    // While it is paused nothing moves; then all is there at once.
    browser.click("#pause").await;
    let before = browser.value("document.querySelectorAll('#feed .events li').length").await;
    call.call("verify_mfa", json!({"token": "000000"})).await;
    browser.until("state.innerText.includes('events have come since')").await;
    assert_eq!(browser.value("document.querySelectorAll('#feed .events li').length").await, before);
    browser.click("#pause").await;
    browser.until("document.querySelectorAll('#feed .bars li').length >= 4").await;
    assert_eq!(browser.value("document.querySelector('#feed details[open]').id").await, open);

    // Another call beside it; and then one call, and one kind, alone.
    let other = PhoneCall::from(&employee, CALLER).await;
    browser.until("document.querySelectorAll('#feed .call').length == 2").await;
    assert!(
        browser
            .value("document.querySelector('#feed .call h2').innerText")
            .await
            .as_str()
            .unwrap()
            .contains(other.call_id())
    );
    inspect(&mut browser, "live").await;
    browser.follow("#feed .call:last-child h2 a").await;
    assert_eq!(browser.value("document.querySelectorAll('#feed .call').length").await, 1);
    browser.choose("#kind", "function_replied").await;
    browser.follow(".filter button").await;
    let kinds = browser
        .value("[...new Set([...document.querySelectorAll('.kind')].map(it => it.innerText))].join()")
        .await;
    assert_eq!(kinds, "function_replied");
    assert_quiet(&browser, &employee);
}

#[tokio::test]
async fn without_scripts_the_pages_say_the_same() {
    let employee = Employee::sandbox().await;
    let mut call = PhoneCall::from(&employee, CALLER).await;
    call.call("send_mfa", json!({})).await;
    let Some(mut browser) = logged_in(&employee).await else { return };
    browser.scripts(false).await;
    browser.open(&address(&employee, "/live?agent=mfa")).await;
    let page = browser.html().await;
    for expected in ["function_called", "function_replied", "Load them again", "class=\"bars\""] {
        assert!(page.contains(expected), "{expected}: {page}");
    }
    assert_eq!(browser.value("document.getElementById('pause').hidden").await, true);
    browser.open(&address(&employee, "")).await;
    assert_eq!(
        browser.value("document.querySelectorAll('button[data-copies]:not([hidden])').length").await,
        0
    );
    assert_quiet(&browser, &employee);
}

#[tokio::test]
async fn an_agents_address_is_copied_and_its_document_is_read() {
    let employee = Employee::sandbox().await;
    let mut call = PhoneCall::from(&employee, CALLER).await;
    call.call("send_mfa", json!({})).await;
    call.call("verify_mfa", json!({"token": "000000"})).await;
    let Some(mut browser) = logged_in(&employee).await else { return };
    inspect(&mut browser, "agents").await;
    browser.click("#swml-mfa").await;
    assert_eq!(
        browser.value("(it => it.value.slice(it.selectionStart, it.selectionEnd))(document.getElementById('swml-mfa'))").await,
        format!("http://{}/mfa", employee.address())
    );
    browser.click("button[data-copies=swml-mfa]").await;
    browser
        .until("document.querySelector('button[data-copies=swml-mfa]').innerText.startsWith('Copied')")
        .await;
    let page = browser.html().await;
    for expected in ["ready", "send_mfa", "Median", "Sandbox"] {
        assert!(page.contains(expected), "{expected}: {page}");
    }

    browser.follow(".links a[href$='/agents/mfa']").await;
    assert_eq!(browser.value("document.title").await, "Document – mfa – Agents – Digital employees");
    let page = browser.html().await;
    for expected in [
        "Your name is Jim",
        "verify_mfa",
        "function_fillers",
        ":****@",
        "When it has ended",
        "Nothing was found",
    ] {
        assert!(page.contains(expected), "{expected}: {page}");
    }
    assert!(!page.contains(&employee.credentials().password), "{page}");
    let shown =
        browser.value("JSON.stringify(JSON.parse(document.querySelector('.json').innerText).sections)").await;
    let document = call.document()["sections"].to_string();
    let masked = shown.as_str().unwrap().replace("****", &employee.credentials().password);
    assert_eq!(
        serde_json::from_str::<Value>(&masked).unwrap(),
        serde_json::from_str::<Value>(&document).unwrap()
    );
    inspect(&mut browser, "document").await;

    for (path, status) in [
        ("/agents/nobody", 404),
        ("/agents/nobody/try", 404),
        ("/live?agent=nobody", 404),
        ("/nothing", 404),
        ("/agents", 404),
    ] {
        assert_eq!(employee.client().get(&format!("/console{path}")).await.status, status, "{path}");
    }
    assert_quiet(&browser, &employee);
    browser.open(&address(&employee, "/agents/nobody")).await;
    inspect(&mut browser, "missing").await;
}

#[tokio::test]
async fn conversations_are_searched_and_read() {
    let employee = Employee::sandbox().await;
    let Some(mut browser) = logged_in(&employee).await else { return };
    browser.open(&address(&employee, "/conversations")).await;
    inspect(&mut browser, "conversations-none").await;
    let call = PhoneCall::from(&employee, CALLER).await;
    assert_eq!(call.end(report(&call)).await.status, 200);
    for number in 2..=25 {
        let call = PhoneCall::from(&employee, CALLER).await;
        let summary = json!({"post_prompt_data": {"raw": format!("Report {}", "i".repeat(number))}});
        assert_eq!(call.end(summary).await.status, 200);
    }
    let unreadable = employee.client().send("POST", "/mfa/post_prompt", &[], "{no report").await;
    assert_eq!(unreadable.status, 400);
    browser.open(&address(&employee, "/conversations")).await;
    let count = "document.querySelectorAll('.conversations li').length";
    assert_eq!(browser.value(count).await, 20);
    assert!(browser.html().await.contains("Could not be read"));
    inspect(&mut browser, "conversations").await;
    browser.follow(".paging a[rel=next]").await;
    assert_eq!(browser.value(count).await, 6);
    assert_eq!(browser.value("document.querySelectorAll('.paging a[rel=next]').length").await, 0);

    // By words, by the last digits of the caller, by the call.
    for words in ["verified ONCE", "7842", call.call_id()] {
        browser.open(&address(&employee, "/conversations")).await;
        browser.fill("#q", words).await;
        browser.follow(".filter button").await;
        assert_eq!(browser.value(count).await, 1, "{words}");
    }
    browser.follow(".conversations a").await;
    let page = browser.html().await;
    for expected in [
        "The caller was verified at once",
        "Yes, please",
        "6 digit number sent",
        "Turn 1",
        "1.1 s",
        "1 min 30 s",
        "input tokens",
    ] {
        assert!(page.contains(expected), "{expected}: {page}");
    }
    let link = browser
        .value("(it => [it.href, it.rel].join(' '))(document.querySelector('a[rel~=external]'))")
        .await;
    assert_eq!(link, "https://recordings.example.com/a.wav noopener noreferrer external");
    inspect(&mut browser, "conversation").await;
    let stored = employee.client().get("/console/conversations/1.json").await;
    assert_eq!(stored.header("content-disposition"), "attachment; filename=\"conversation-1.json\"");
    assert_eq!(stored.json()["call_id"], call.call_id());
    browser.open(&address(&employee, "/conversations/26")).await;
    assert!(browser.html().await.contains("{no report"));
    inspect(&mut browser, "dead-letter").await;
    assert_quiet(&browser, &employee);
}

#[tokio::test]
async fn in_live_mode_a_function_is_tried_after_a_tick_only() {
    let stand_in = StandIn::obliging().await;
    let employee = Employee::live(&stand_in).await;
    let Some(mut browser) = logged_in(&employee).await else { return };
    browser.open(&address(&employee, "/agents/mfa/try")).await;
    assert!(browser.html().await.contains("this acts for real"));
    inspect(&mut browser, "try-live").await;
    // The browser asks for the tick, and so does the server.
    browser.fill("#caller", CALLER).await;
    browser.click("main button[type=submit]").await;
    assert_eq!(browser.value("document.querySelector('#begin-real').matches(':invalid')").await, true);
    browser.value("document.querySelector('.try').noValidate = true").await;
    browser.follow("main button[type=submit]").await;
    assert!(browser.html().await.contains("tick the box first"));
    picture(&mut browser, "try-unticked.png").await;
    browser.click("#begin-real").await;
    browser.follow("main button[type=submit]").await;
    browser.click("#n0-real").await;
    browser.choose("select[name='a.step']", "send").await;
    browser.follow("form:has(input[value=next_step]) button").await;
    browser.value("[...document.forms].forEach(it => it.noValidate = true)").await;
    browser.follow("form:has(input[value=send_mfa]) button").await;
    assert!(browser.html().await.contains("tick the box first"));
    assert_eq!(stand_in.sends(), 0);
    browser.click("#f0-real").await;
    browser.follow("form:has(input[value=send_mfa]) button").await;
    assert!(browser.html().await.contains("6 digit number sent"));
    assert_eq!(stand_in.sends(), 1);
    assert_eq!(browser.value("document.querySelectorAll('#phone').length").await, 0);
}

#[tokio::test]
async fn a_form_of_elsewhere_tries_nothing() {
    let employee = Employee::sandbox().await;
    let client = employee.client();
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let of_another_site = [form[0], ("sec-fetch-site", "cross-site")];
    let path = "/console/agents/mfa/try";
    assert_eq!(client.send("POST", path, &of_another_site, "do=begin").await.status, 403);
    let begun = client.send("POST", path, &form, "do=begin&caller=%2B15551230000").await;
    assert_eq!(begun.status, 200);
    assert!(!begun.text().contains("5551230000"), "{}", begun.text());
    for body in ["", "do=call", "do=call&function=send_mfa&call=x", "do=end&call=", "do=begin&caller=0800"] {
        let answer = client.send("POST", path, &form, body).await;
        assert_eq!(answer.status, 422, "{body}");
        assert!(answer.text().contains("role=\"alert\""), "{body}: {}", answer.text());
    }
    // What is kept of a call is for its agent, and whole.
    let (_, rest) = begun.text().split_once("name=\"call\" value=\"").expect("the call is kept");
    let (kept, _) = rest.split_once('"').expect("it ends");
    let body = |kept: &str| format!("do=call&function=next_step&a.step=send&call={kept}");
    assert_eq!(client.send("POST", path, &form, body(kept)).await.status, 200);
    let (head, seal) = kept.rsplit_once('.').expect("a seal");
    for changed in [format!("{head}x.{seal}"), format!("{head}.x{seal}"), kept.replace('.', "")] {
        assert_eq!(client.send("POST", path, &form, body(&changed)).await.status, 422, "{changed}");
    }
    // A step that is not allowed, and a function that is not there.
    for what in [
        "function=next_step&a.step=wrap_up",
        "function=send_mfa",
        "function=nothing",
        "function=startup_hook",
    ] {
        let answer = client.send("POST", path, &form, format!("do=call&{what}&call={kept}")).await;
        assert_eq!(answer.status, 422, "{what}: {}", answer.text());
    }
    assert_eq!(employee.codes(), 0);
    assert_eq!(client.send("PUT", path, &form, "").await.status, 405);
}
