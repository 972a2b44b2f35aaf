//! The console, in a real browser: what is on the page, and that nothing on it runs.

use std::process::Stdio;

use serde_json::json;
use swaig_tests::{Employee, PhoneCall};
use tokio::process::Command;

const CALLER: &str = "+15551230000";

/// Where Debian and others put it.
const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// The page as Chromium has it after loading; `None`, said aloud, where there is no Chromium.
async fn page(address: &str, more: &[&str]) -> Option<String> {
    let profile = tempfile::tempdir().expect("a folder for the profile");
    for browser in BROWSERS {
        let run = Command::new(browser)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .args(more)
            .args(["--dump-dom", address])
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .output();
        if let Ok(output) = run.await {
            return Some(String::from_utf8(output.stdout).expect("a page in UTF-8"));
        }
    }
    assert!(std::env::var_os("REQUIRE_SERVICES").is_none(), "Chromium is required and not installed");
    eprintln!("skipped: Chromium is not installed");
    None
}

/// The console's address with the credentials in it, as a person may type it.
fn console(employee: &Employee) -> String {
    let credentials = employee.credentials();
    format!("http://{}:{}@{}/console", credentials.user, credentials.password, employee.address())
}

#[tokio::test]
async fn agents_and_the_sandboxs_phone_are_on_the_page() {
    let employee = Employee::sandbox().await;
    let mut call = PhoneCall::from(&employee, CALLER).await;
    call.call("send_mfa", json!({})).await;
    let code = employee.code_after(0).await;
    let Some(page) = page(&console(&employee), &[]).await else { return };
    for expected in [
        "Sandbox",
        "send_mfa",
        "verify_mfa",
        "/mfa</code>",
        "function_replied",
        "No conversation has ended yet",
    ] {
        assert!(page.contains(expected), "{expected} is not on {page}");
    }
    // The phone is the one place where the code is seen.
    assert_eq!(page.matches(&code).count(), 1, "{page}");
    let (before, _) = page.split_once(&code).unwrap();
    assert!(before.contains("id=\"phone\"") && !before.contains("id=\"conversations\""), "{page}");
}

#[tokio::test]
async fn hostile_text_of_a_caller_is_text_on_the_page() {
    let employee = Employee::sandbox().await;
    let call = PhoneCall::from(&employee, CALLER).await;
    let hostile = "</p><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\"> code 482913";
    call.end(json!({"post_prompt_data": {"raw": hostile, "substituted": ""}})).await;
    let Some(page) = page(&console(&employee), &[]).await else { return };
    assert!(page.contains("&lt;script&gt;"), "{page}");
    assert!(page.contains("<title>Digital employees</title>") && !page.contains("<script"), "{page}");
    assert!(!page.contains("<img") && !page.contains("482913"), "{page}");
}

#[tokio::test]
async fn the_page_lets_nothing_of_others_in_and_itself_into_no_frame() {
    let employee = Employee::sandbox().await;
    let answer = employee.client().get("/console").await;
    assert_eq!(answer.status, 200);
    let policy = answer.header("content-security-policy");
    for part in ["default-src 'none'", "style-src 'self'", "frame-ancestors 'none'", "form-action 'none'"] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(employee.stranger().get("/console").await.status, 401);
    assert_eq!(employee.client().get("/console/nothing").await.status, 404);
    assert_eq!(employee.client().get("/console/conversations/7").await.status, 404);
    let root = employee.client().get("/").await;
    assert_eq!((root.status, root.header("location")), (303, "/console"));
}
