//! The console in a real browser: what is on the page, that nothing on it runs, and that it works with the keyboard alone.

use serde_json::json;
use swaig_tests::console::{address, log_in, logged_in, picture};
use swaig_tests::{Browser, Employee, PhoneCall};

const CALLER: &str = "+15551230000";

fn console(employee: &Employee) -> String {
    address(employee, "")
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
    for expected in
        ["Sandbox", "send_mfa", "verify_mfa", "/mfa\" ", "No conversation has ended yet", "to +1••••••0000"]
    {
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
    let strange = "document.querySelectorAll('script:not([src^=\"/console/\"]), img:not([src=\"/console/icon.svg\"]), \
                   svg:not(.bars svg), base, meta[http-equiv], iframe, [onerror], [onload], [src*=evil], [href*=evil]').length";
    for path in ["", "/conversations", "/conversations/1", "/live", "/live?kind=debug"] {
        browser.open(&address(&employee, path)).await;
        let page = browser.html().await;
        assert!(page.contains("&lt;script&gt;"), "{path}: {page}");
        assert!(
            browser.value("document.title").await.as_str().unwrap().ends_with("Digital employees"),
            "{path}"
        );
        assert_eq!(browser.value(strange).await, 0, "{path}: {page}");
        assert!(!page.contains("482913"), "{path}: {page}");
        assert_eq!(browser.value("location.host").await, employee.address().to_string());
    }
    // What was asked for is text on the page, too.
    let query = "q=%22%3E%3Cscript%3Edocument.title%3D1%3C%2Fscript%3E&agent=%22%3E%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E";
    for path in ["/conversations", "/live", "/agents/%22%3E%3Cscript%3E"] {
        browser
            .open(&address(
                &employee,
                &format!("{path}?{query}&call_id=%22%3E%3Cscript%3E&kind=%22%3E%3Cscript%3E"),
            ))
            .await;
        assert_eq!(browser.value(strange).await, 0, "{path}");
    }
    // The stored report is a file to keep, and no page.
    let stored = employee.client().get("/console/conversations/1.json").await;
    assert_eq!(stored.header("content-type"), "application/json");
    assert!(
        stored.header("content-disposition").starts_with("attachment"),
        "{:?}",
        stored.header("content-disposition")
    );
}
