//! The console in a real browser: what is on the page, that nothing on it runs, and that it works with the keyboard alone.

use serde_json::json;
use swaig_tests::{Browser, Employee, PhoneCall};

const CALLER: &str = "+15551230000";

fn console(employee: &Employee) -> String {
    format!("http://{}/console", employee.address())
}

/// A browser that has logged in, with the keyboard alone, and looks at the console. `None` where there is no browser.
async fn logged_in(employee: &Employee) -> Option<Browser> {
    let mut browser = Browser::start().await?;
    browser.open(&console(employee)).await;
    log_in(&mut browser, &employee.credentials().user, &employee.credentials().password).await;
    Some(browser)
}

/// Fills in the form from its first field, which has the focus, and sends it.
async fn log_in(browser: &mut Browser, user: &str, password: &str) {
    browser.until("document.activeElement.id == 'user'").await;
    browser.type_text(user).await;
    browser.press("Tab").await;
    browser.type_text(password).await;
    browser.submit().await;
}

/// Keeps a picture for who asks for it: `CONSOLE_PICTURES` names a folder.
async fn picture(browser: &mut Browser, name: &str) {
    if let Some(folder) = std::env::var_os("CONSOLE_PICTURES") {
        browser.picture(&std::path::Path::new(&folder).join(name)).await;
    }
}

#[tokio::test]
async fn a_person_logs_in_looks_and_logs_out_with_the_keyboard() {
    let employee = Employee::sandbox().await;
    let Some(mut browser) = Browser::start().await else { return };
    browser.open(&console(&employee)).await;
    assert_eq!(browser.value("location.pathname + location.search").await, "/console/login?next=%2Fconsole");
    browser.until("document.activeElement.id == 'user'").await;
    assert_eq!(browser.value("document.querySelector('label[for=password]').innerText").await, "Password");
    picture(&mut browser, "login.png").await;

    log_in(&mut browser, "signalwire", "wrong").await;
    assert_eq!(
        browser.value("document.querySelector('[role=alert]').innerText").await,
        "Wrong user or password."
    );
    // The user need not be typed again, and the password is not given back.
    browser.until("document.activeElement.id == 'password'").await;
    assert_eq!(browser.value("user.value + '/' + password.value").await, "signalwire/");
    browser.prefer_dark().await;
    let dark = browser.value("getComputedStyle(document.body).backgroundColor").await;
    assert_eq!(dark, "rgb(20, 23, 27)", "dark");
    picture(&mut browser, "wrong.png").await;

    browser.type_text(&employee.credentials().password).await;
    browser.submit().await;
    assert_eq!(browser.value("location.pathname").await, "/console");
    picture(&mut browser, "console.png").await;
    let cookies = browser.cookies().await;
    let session = cookies.iter().find(|cookie| cookie["name"] == "swaig_session").expect("a session");
    assert_eq!((&session["httpOnly"], &session["sameSite"]), (&json!(true), &json!("Strict")), "{session}");
    assert_eq!(browser.value("document.cookie").await, "");

    // The first thing that Tab reaches skips to the content.
    browser.press("Tab").await;
    assert_eq!(browser.value("document.activeElement.className").await, "skip");
    let mut reached = Vec::new();
    while reached.len() < 30 && reached.last() != Some(&json!("Log out")) {
        browser.press("Tab").await;
        reached.push(browser.value("document.activeElement.innerText").await);
    }
    browser.submit().await;
    assert_eq!(
        browser.value("document.querySelector('[role=status]').innerText").await,
        "You are logged out."
    );
    browser.open(&console(&employee)).await;
    assert_eq!(browser.value("location.pathname").await, "/console/login");
    // Nothing that a page asked for was forbidden by its own policy or not there. The refused login is told as well.
    assert!(
        browser.complaints().iter().all(|it| it.contains("403 (Forbidden)")),
        "{:?}",
        browser.complaints()
    );
}

#[tokio::test]
async fn the_login_holds_on_loopback_too_where_the_public_url_has_tls() {
    let employee = Employee::sandbox_with([("SWML_PROXY_URL_BASE", "https://agents.example.com")]).await;
    let Some(mut browser) = logged_in(&employee).await else { return };
    assert_eq!(browser.value("location.pathname").await, "/console");
    let cookies = browser.cookies().await;
    let session = cookies.iter().find(|cookie| cookie["name"] == "__Host-swaig_session").expect("a session");
    assert_eq!(session["secure"], true, "{session}");
}

#[tokio::test]
async fn agents_and_the_sandboxs_phone_are_on_the_page() {
    let employee = Employee::sandbox().await;
    let mut call = PhoneCall::from(&employee, CALLER).await;
    call.call("send_mfa", json!({})).await;
    let code = employee.code_after(0).await;
    let Some(mut browser) = logged_in(&employee).await else { return };
    let page = browser.html().await;
    for expected in [
        "Sandbox",
        "send_mfa",
        "verify_mfa",
        "/mfa\"",
        "function_replied",
        "No conversation has ended yet",
        "to +1••••••0000",
    ] {
        assert!(page.contains(expected), "{expected} is not on {page}");
    }
    // The phone is the one place where the code is seen.
    assert_eq!(page.matches(&code).count(), 1, "{page}");
    let (before, _) = page.split_once(&code).unwrap();
    assert!(before.contains("id=\"phone\"") && !before.contains("id=\"conversations\""), "{page}");
    assert!(!page.contains("5551230000"), "{page}");
    picture(&mut browser, "call.png").await;
}

#[tokio::test]
async fn hostile_text_of_a_caller_is_text_on_the_page() {
    let employee = Employee::sandbox().await;
    let call = PhoneCall::from(&employee, CALLER).await;
    let hostile = "</p><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">\
                   <svg/onload=\"document.title='owned'\"><base href=//evil.example><meta http-equiv=refresh content=0;//evil.example>\
                   {{7*7}}\u{202e} code 482913";
    call.end(json!({"post_prompt_data": {"raw": hostile, "substituted": ""}})).await;
    // The same in a place that becomes an event.
    let feed = json!({"call_info": {"call_id": call.call_id()}, "label": hostile, hostile: hostile});
    assert_eq!(employee.client().post("/mfa/debug", &feed).await.status, 200);
    let Some(mut browser) = logged_in(&employee).await else { return };
    let page = browser.html().await;
    assert!(page.contains("&lt;script&gt;"), "{page}");
    assert_eq!(browser.value("document.title").await, "Agents – Digital employees");
    let strange = "document.querySelectorAll('script:not([src=\"/console/console.js\"]), img, svg, base, meta[http-equiv], iframe, [onerror], [onload]').length";
    assert_eq!(browser.value(strange).await, 0, "{page}");
    assert!(!page.contains("482913"), "{page}");
    // The same on the page of the conversation, and where it is searched for.
    for path in ["/conversations/1", "/conversations?q=owned", "/live?agent=mfa"] {
        browser.open(&format!("{}{path}", console(&employee))).await;
        let page = browser.html().await;
        assert!(page.contains("owned"), "{path}: {page}");
        assert!(!page.contains("482913"), "{path}: {page}");
        assert_eq!(browser.value(strange).await, 0, "{path}: {page}");
        assert!(browser.value("document.title").await.as_str().unwrap().ends_with(" – Digital employees"));
    }
    assert_eq!(browser.value(strange).await, 0);
    assert_eq!(browser.value("location.host").await, employee.address().to_string());
}

/// The pages that a person sees, with something on each.
const PAGES: [&str; 6] =
    ["", "/agents/mfa", "/agents/mfa/try", "/live?agent=mfa", "/conversations", "/conversations/1"];

#[tokio::test]
async fn a_whole_call_is_played_by_mouse() {
    let employee = Employee::sandbox().await;
    let Some(mut browser) = logged_in(&employee).await else { return };
    browser.follow("a[href='/console/agents/mfa']").await;
    let page = browser.html().await;
    assert!(page.contains("The checker finds nothing") && page.contains("Greet the caller"), "{page}");
    assert!(!page.contains(employee.credentials().password.as_str()), "{page}");
    browser.follow("a[href='/console/agents/mfa/try']").await;
    picture(&mut browser, "try.png").await;
    // greet → send
    browser.follow("section[aria-labelledby=function-next_step] button").await;
    browser.follow("section[aria-labelledby=function-send_mfa] button").await;
    let reply = "document.querySelector('.reply [role=status]').innerText";
    assert_eq!(browser.value(reply).await, "6 digit number sent");
    let page = browser.html().await;
    assert!(page.contains("Sets <code>mfa</code> in <code>meta_data</code>."), "{page}");
    let code = browser.value("document.querySelector('.phone .bubble').innerText").await;
    let code: String = code.as_str().unwrap().chars().filter(char::is_ascii_digit).collect();
    assert_eq!(code.len(), 6, "the text is on the phone beside it");
    // send → verify
    browser
        .value(
            "document.querySelector('section[aria-labelledby=function-next_step] select').value = 'verify'",
        )
        .await;
    browser.follow("section[aria-labelledby=function-next_step] button").await;
    browser.value(&format!("document.getElementById('verify_mfa-token').value = '{code}'")).await;
    browser.follow("section[aria-labelledby=function-verify_mfa] button").await;
    assert_eq!(browser.value(reply).await, "Verification successful");
    picture(&mut browser, "verified.png").await;
    // The timeline of this call.
    browser.follow("a[href^='/console/live']:not(nav a)").await;
    let page = browser.html().await;
    assert!(page.contains("function_replied") && page.contains("Verification successful"), "{page}");
    assert_eq!(browser.value("document.querySelectorAll('.call').length").await, 1);
    picture(&mut browser, "live.png").await;
    assert!(browser.complaints().is_empty(), "{:?}", browser.complaints());
}

#[tokio::test]
async fn events_appear_as_they_happen_and_wait_while_the_page_is_paused() {
    let employee = Employee::sandbox().await;
    let Some(mut browser) = logged_in(&employee).await else { return };
    browser.open(&format!("{}/live?agent=mfa", console(&employee))).await;
    browser.until("document.getElementById('state').innerText.startsWith('Live')").await;
    let mut call = PhoneCall::from(&employee, CALLER).await;
    call.call("send_mfa", json!({})).await;
    browser.until("document.querySelector('#live').innerText.includes('6 digit number sent')").await;
    browser.value("document.getElementById('pause').click()").await;
    let before = browser.value("document.querySelectorAll('#live li').length").await;
    call.call("verify_mfa", json!({"token": "000000"})).await;
    let mut events = employee.events("?after=0").await;
    while !events.seen().contains("try again") {
        assert!(events.next().await.is_some());
    }
    assert_eq!(browser.value("document.querySelectorAll('#live li').length").await, before);
    browser.value("document.getElementById('pause').click()").await;
    browser.until("document.querySelector('#live').innerText.includes('try again')").await;
    assert!(browser.complaints().is_empty(), "{:?}", browser.complaints());
}

#[tokio::test]
async fn pages_fit_a_narrow_screen_and_ask_nobody_else() {
    let employee = Employee::sandbox().await;
    let mut call = PhoneCall::from(&employee, CALLER).await;
    call.call("send_mfa", json!({})).await;
    let log = json!([
        {"role": "assistant", "content": "Hello, may I text you a code?", "latency": 450},
        {"role": "user", "content": "Yes, please."},
        {"role": "tool", "function_name": "send_mfa", "content": "6 digit number sent", "function_latency": 120},
    ]);
    call.end(json!({"post_prompt_data": {"raw": "The caller got a code."}, "call_log": log,
        "swaig_log": [{"command_name": "send_mfa", "command_arg": "{}", "post_response": {"response": "6 digit number sent"}}]})).await;
    let Some(mut browser) = logged_in(&employee).await else { return };
    for (width, name) in [(1280, "wide"), (390, "narrow")] {
        browser.resize(width, 900).await;
        for path in PAGES {
            browser.open(&format!("{}{path}", console(&employee))).await;
            let too_wide = browser
                .value("document.documentElement.scrollWidth > document.documentElement.clientWidth")
                .await;
            assert_eq!(too_wide, false, "{path} at {width}");
            assert_eq!(browser.value("document.querySelectorAll('h1').length").await, 1, "{path}");
            let origin = format!("http://{}", employee.address());
            let foreign = format!(
                "performance.getEntriesByType('resource').filter(it => !it.name.startsWith('{origin}')).length"
            );
            assert_eq!(browser.value(&foreign).await, 0, "{path}");
            let file = path.replace(['/', '?', '='], "-");
            picture(&mut browser, &format!("{name}{file}.png")).await;
        }
    }
    assert!(browser.complaints().is_empty(), "{:?}", browser.complaints());
}

/// What axe-core finds that keeps people out. `AXE_CORE` names its file `axe.min.js`, which is not a part of this project.
#[tokio::test]
async fn nothing_keeps_people_out() {
    let Some(axe) = std::env::var_os("AXE_CORE") else {
        eprintln!("skipped: AXE_CORE does not name the file of axe-core");
        return;
    };
    let axe = std::fs::read_to_string(axe).expect("AXE_CORE names a file");
    let employee = Employee::sandbox().await;
    let mut call = PhoneCall::from(&employee, CALLER).await;
    call.call("send_mfa", json!({})).await;
    call.end(json!({"post_prompt_data": {"raw": "The caller got a code."}, "call_log": [{"role": "user", "content": "Hello"}]})).await;
    let Some(mut browser) = logged_in(&employee).await else { return };
    for dark in [false, true] {
        if dark {
            browser.prefer_dark().await;
        }
        for path in PAGES.into_iter().chain(["/login?out=1"]) {
            browser.open(&format!("{}{path}", console(&employee))).await;
            browser.value(&axe).await;
            browser.value("axe.run().then(it => { window.found = it; }); 0").await;
            browser.until("window.found").await;
            let serious = "JSON.stringify(found.violations.filter(it => ['serious', 'critical'].includes(it.impact)).map(it => [it.id, it.nodes.map(node => node.html)]))";
            assert_eq!(browser.value(serious).await, "[]", "{path}, dark: {dark}");
        }
    }
}
