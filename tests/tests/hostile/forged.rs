//! Requests of somebody who is not the platform.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use swaig_tests::function_request;

use crate::row::{Row, Target, call, check};

const REFUSED: &[&[u16]] = &[&[401]];

/// A call that would run, with these lines in place of the credentials.
fn call_with(credentials: &str) -> String {
    let body = call().to_string();
    format!(
        "POST /mfa/swaig HTTP/1.1\r\nHost: x\r\n{credentials}Connection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[tokio::test]
async fn forged_credentials_are_refused() {
    let target = Target::with([("SWML_BASIC_AUTH_PASSWORD", "try-me")]).await;
    let basic = |text: &str| format!("Authorization: Basic {}\r\n", STANDARD.encode(text));
    let good = basic("signalwire:try-me");
    let rows = vec![
        Row::new("no credentials", call_with(""), REFUSED),
        Row::new("another password", call_with(&basic("signalwire:try-mf")), REFUSED),
        Row::new("a password that goes on", call_with(&basic("signalwire:try-me\0")), REFUSED),
        Row::new(
            "a password of 9,000 letters",
            call_with(&basic(&format!("signalwire:{}", "x".repeat(9_000)))),
            REFUSED,
        ),
        Row::new("another user", call_with(&basic("root:try-me")), REFUSED),
        Row::new("no colon", call_with(&basic("signalwire")), REFUSED),
        Row::new("nothing in it", call_with(&basic("")), REFUSED),
        Row::new("not base 64", call_with("Authorization: Basic signalwire:try-me\r\n"), REFUSED),
        Row::new("base 64 of no text", call_with("Authorization: Basic /////w==\r\n"), REFUSED),
        Row::new("another scheme", call_with(&good.replace("Basic", "Bearer")), REFUSED),
        Row::new("a header of a proxy", call_with(&format!("Proxy-{good}")), REFUSED),
        Row::new("wrong ones, then good ones", call_with(&format!("{}{good}", basic("a:b"))), REFUSED),
        Row::new(
            "credentials in the address",
            call_with("").replacen("/mfa/swaig", "http://signalwire:try-me@x/mfa/swaig", 1),
            REFUSED,
        ),
        Row::new(
            "credentials in the query",
            call_with("").replacen("/mfa/swaig", "/mfa/swaig?user=signalwire&password=try-me", 1),
            REFUSED,
        ),
        Row::new("an inner address", call_with("X-Forwarded-For: 127.0.0.1\r\nX-Real-IP: ::1\r\n"), REFUSED),
        Row::new("a public path in a header", call_with("X-Original-URL: /health\r\n"), REFUSED),
        Row::new(
            "a public path before it",
            call_with("").replacen("/mfa/swaig", "/health/../mfa/swaig", 1),
            REFUSED,
        ),
    ];
    check(target, rows).await;
}

/// A browser adds a cached password by itself, so the right credentials are no sign that somebody meant it.
#[tokio::test]
async fn a_page_of_another_site_calls_nothing() {
    let target = Target::with([("SWML_BASIC_AUTH_PASSWORD", "try-me")]).await;
    let good = format!("Authorization: Basic {}\r\n", STANDARD.encode("signalwire:try-me"));
    let form = "Content-Type: text/plain\r\n";
    let of = |browser: &str| call_with(&format!("{good}{form}{browser}"));
    let forbidden: &[&[u16]] = &[&[403]];
    let mut rows = vec![
        Row::new("another site", of("Sec-Fetch-Site: cross-site\r\n"), forbidden),
        Row::new("a neighbour's site", of("Sec-Fetch-Site: same-site\r\n"), forbidden),
        Row::new("another origin", of("Origin: https://evil.example\r\n"), forbidden),
        Row::new(
            "another origin beside the own one",
            of("Origin: http://x\r\nOrigin: https://evil.example\r\n"),
            forbidden,
        ),
        Row::new(
            "another site under the own origin",
            of("Sec-Fetch-Site: cross-site\r\nOrigin: http://x\r\n"),
            forbidden,
        ),
    ];
    for path in ["/mfa", "/mfa/post_prompt", "/mfa/debug", "/mfa/input"] {
        let request = of("Sec-Fetch-Site: cross-site\r\n").replacen("/mfa/swaig", path, 1);
        rows.push(Row::new("another site on every path", request, forbidden));
    }
    check(target, rows).await;
}

#[tokio::test]
async fn a_wrong_host_is_harmless() {
    let target = Target::start().await;
    let good = target.employee.client().get("/mfa").await.json();
    for headers in [
        &[("host", "evil.example")][..],
        &[("host", "x"), ("x-forwarded-host", "evil.example"), ("x-forwarded-proto", "https")],
        &[("host", "x"), ("forwarded", "host=evil.example;proto=https")],
        &[("host", "evil.example:99999"), ("x-host", "evil.example")],
    ] {
        let mut request = target.head("GET /mfa", "");
        let lines: Vec<_> = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        request = request.replacen("Host: x\r\n", &lines.concat(), 1);
        let row = Row::new("a wrong host", request, &[&[200]]);
        assert_eq!(crate::row::answers(&target, &row).await, [200]);
        let answer = target.employee.stranger().send("GET", "/nobody", &headers[1..], "").await;
        assert!(!answer.text().contains("evil"));
        let answer = target.employee.client().send("GET", "/mfa", &headers[1..], "").await;
        assert_eq!(answer.json(), good, "{headers:?}");
    }
    // What a body says of hosts is not believed either.
    let mut body = function_request("x", &serde_json::json!({}));
    body["action"] = "get_signature".into();
    body["function"] = "".into();
    body["host"] = "evil.example".into();
    let answer = target.employee.client().post("/mfa/swaig", &body).await;
    assert!(answer.status == 200 && !answer.text().contains("evil"), "{}", answer.text());
    target.assert_nothing_ran().await;
}
