//! SIGHUP: the settings file is read again while the server goes on, all of it or nothing.

use serde_json::json;
use swaig_tests::{Client, Credentials, Employee, PhoneCall, Program};

const FILE: &str = "digital-employees.toml";

/// A server whose password and other settings are in its file.
async fn employee(password: &str, more: &str) -> Employee {
    Program::new(["--listen", "127.0.0.1:0"])
        .file(FILE, &file(password, more))
        .password(password)
        .serve()
        .await
}

fn file(password: &str, more: &str) -> String {
    format!("swml_basic_auth_password = '{password}'\n{more}\n")
}

/// Writes the file, sends the signal, and waits for a line of the log.
async fn reload(employee: &Employee, text: &str, line: &str) -> String {
    std::fs::write(employee.folder().join(FILE), text).expect("a file can be written");
    hang_up(employee, line).await
}

async fn hang_up(employee: &Employee, line: &str) -> String {
    let before = employee.log().lines().len();
    employee.signal("HUP");
    employee.log().find_after(before, line, |it| it.contains(line).then(|| it.to_owned())).await
}

const DONE: &str = "the settings were read again";
const NOT_DONE: &str = "the settings are as before";

/// The status that `/mfa` answers with for a password.
async fn status(employee: &Employee, password: &str) -> u16 {
    with(employee, password).get("/mfa").await.status
}

fn with(employee: &Employee, password: &str) -> Client {
    let credentials = Credentials { user: "signalwire".to_owned(), password: password.to_owned() };
    Client::new(employee.address(), Some(credentials))
}

#[tokio::test]
async fn a_password_is_changed_without_a_gap() {
    let employee = employee("first-password", "").await;
    let viewer = employee.events("").await;
    let both = file("second-password", "swml_basic_auth_previous_password = 'first-password'");
    let line = reload(&employee, &both, DONE).await;
    assert!(line.contains("SWML_BASIC_AUTH_PASSWORD,SWML_BASIC_AUTH_PREVIOUS_PASSWORD"), "{line}");
    for (password, expected) in [("second-password", 200), ("first-password", 200), ("third-password", 401)] {
        assert_eq!(status(&employee, password).await, expected, "{password}");
    }
    // New documents give out the new one.
    let document = with(&employee, "first-password").get("/mfa").await;
    assert!(document.text().contains("signalwire:second-password@"), "{}", document.text());

    reload(&employee, &file("second-password", ""), DONE).await;
    assert_eq!(
        (status(&employee, "second-password").await, status(&employee, "first-password").await),
        (200, 401)
    );
    // Who was there is not sent away.
    assert_eq!(viewer.status(), 200);
    let log = employee.log().lines().join("\n");
    assert!(!log.contains("first-password") && !log.contains("second-password"), "{log}");
}

#[tokio::test]
async fn secrets_of_now_and_of_before_are_masked() {
    let employee = employee("first-password", "").await;
    reload(&employee, &file("second-password", "signalwire_signing_key = 'PSK_of_the_project'"), DONE).await;
    let client = with(&employee, "second-password");
    assert_eq!(client.get("/mfa").await.status, 403, "the signing key counts from now on");
    let said = "they said first-password, second-password and PSK_of_the_project";
    let report = json!({
        "action": "post_conversation", "call_id": "c1", "ai_session_id": "s1", "post_prompt_data": {"raw": said},
    });
    assert_eq!(client.post("/mfa/post_prompt", &report).await.status, 200);
    let mut viewer = client.events("/mfa/events?after=0", &[]).await;
    viewer.until("conversation_ended").await;
    assert!(viewer.seen().contains("they said"), "{}", viewer.seen());
    for secret in ["first-password", "second-password", "PSK_of_the_project"] {
        assert!(!viewer.seen().contains(secret), "{secret}: {}", viewer.seen());
    }
}

#[tokio::test]
async fn what_cannot_be_taken_changes_nothing_and_says_why() {
    let employee = employee("first-password", "swaig_max_viewers = 1").await;
    let table = [
        ("swml_basic_auth_password = 'second", "is not valid TOML at line 1"),
        (
            &*file("second-password", "swaig_max_viewers = 0"),
            "SWAIG_MAX_VIEWERS is not valid: expected a whole number",
        ),
        (&*file("second-password", "swaig_trusted_proxies = 'x'"), "SWAIG_TRUSTED_PROXIES is not valid"),
        (&*file("second-password", "rust_log = '=='"), "RUST_LOG is not valid"),
        (
            &*file("second-password", "signalwire_previous_signing_key = 'k'"),
            "SIGNALWIRE_SIGNING_KEY is missing",
        ),
        ("swml_basic_auth_user = 'else'", "SWML_BASIC_AUTH_PASSWORD is missing"),
    ];
    for (text, reason) in table {
        let line = reload(&employee, text, NOT_DONE).await;
        assert!(line.contains(reason), "{reason}: {line}");
        assert!(!line.contains("second"), "no value is shown: {line}");
        assert_eq!(
            (status(&employee, "first-password").await, status(&employee, "second-password").await),
            (200, 401)
        );
    }
    std::fs::remove_file(employee.folder().join(FILE)).unwrap();
    let line = hang_up(&employee, NOT_DONE).await;
    // With what it came from.
    assert!(line.contains("cannot read the settings file") && line.contains("No such file"), "{line}");
    assert_eq!(status(&employee, "first-password").await, 200);
}

#[tokio::test]
async fn the_environment_wins_still() {
    let settings = file("first-password", "swaig_max_viewers = 5");
    let program = Program::new(["--listen", "127.0.0.1:0"]).file(FILE, &settings);
    let employee = program.set("SWML_BASIC_AUTH_PASSWORD", "of-the-environment").serve().await;
    let line = reload(&employee, &file("second-password", "swaig_max_viewers = 1"), DONE).await;
    assert!(line.contains("SWAIG_MAX_VIEWERS") && !line.contains("PASSWORD"), "{line}");
    for (password, expected) in
        [("of-the-environment", 200), ("first-password", 401), ("second-password", 401)]
    {
        assert_eq!(status(&employee, password).await, expected, "{password}");
    }
    let first = employee.events("").await;
    assert_eq!((first.status(), employee.events("").await.status()), (200, 503), "one viewer at most");
}

#[tokio::test]
async fn the_level_of_the_log_and_the_limits_change() {
    let employee = employee("first-password", "rust_log = 'swaig=info'").await;
    reload(
        &employee,
        &file("first-password", "rust_log = 'swaig=debug'\nswaig_max_connections_per_address = 1"),
        DONE,
    )
    .await;
    let open = tokio::net::TcpStream::connect(employee.address()).await.unwrap();
    // A line of the level debug, about the limit that is new.
    let mut second = tokio::net::TcpStream::connect(employee.address()).await.unwrap();
    let line = "refused a connection: its address has enough of them";
    employee.log().find(line, |it| it.contains(line).then_some(())).await;
    let mut byte = [0];
    let read = tokio::io::AsyncReadExt::read(&mut second, &mut byte).await;
    assert!(matches!(read, Ok(0) | Err(_)), "{read:?}");
    drop(open);
}

#[tokio::test]
async fn what_needs_a_restart_is_named_each_time_until_it_is_as_before() {
    let employee = employee("first-password", "mfa_token_length = 6").await;
    let changed = file("first-password", "mfa_token_length = 8\nmfa_tokn_length = 7\nswaig_max_viewers = 7");
    for _ in 0..2 {
        let before = employee.log().lines().len();
        reload(&employee, &changed, "the setting MFA_TOKEN_LENGTH has changed, which needs a restart").await;
        let misspelt = "nothing has read the setting mfa_tokn_length";
        employee.log().find_after(before, misspelt, |it| it.contains(misspelt).then_some(())).await;
        let log = employee.log().lines()[before..].join("\n");
        assert!(!log.contains("SWAIG_MAX_VIEWERS has changed"), "{log}");
    }
    let mut call = PhoneCall::from(&employee, "+15551230000").await;
    assert_eq!(call.call("send_mfa", json!({})).await.response(), "6 digit number sent");
    let before = employee.log().lines().len();
    reload(&employee, &file("first-password", "mfa_token_length = 6"), DONE).await;
    // The next line that there is comes from the next signal.
    reload(&employee, "x", NOT_DONE).await;
    let log = employee.log().lines()[before..].join("\n");
    assert!(!log.contains("restart") && !log.contains("misspelt"), "{log}");
}

#[tokio::test]
async fn without_a_settings_file_nothing_is_read_and_nothing_ends() {
    let employee = Employee::sandbox().await;
    hang_up(&employee, "there is no settings file: nothing is read again").await;
    assert_eq!(employee.client().get("/mfa").await.status, 200, "the password that was made up stays");
    // One that is there now is read, and the password that was made up stays with it.
    reload(&employee, "swaig_max_viewers = 1", DONE).await;
    assert_eq!(employee.client().get("/mfa").await.status, 200);
    let first = employee.events("").await;
    assert_eq!((first.status(), employee.events("").await.status()), (200, 503));
}
