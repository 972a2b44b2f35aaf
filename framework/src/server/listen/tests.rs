//! What is answered on a connection, whatever route it is for.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::*;

/// The answer to the operator's request with this first line and these further lines of its head.
async fn answer(line: &str, headers: &str) -> String {
    let setup = Setup::test([("SWML_BASIC_AUTH_PASSWORD", "try-me"), ("SWAIG_TRUSTED_PROXIES", "127.0.0.1")]);
    let app = App::build(setup, &Url::parse("http://127.0.0.1:1").unwrap()).unwrap();
    let shared = Shared { app, tls: None, idle: 75.into() };
    let authorization = STANDARD.encode("signalwire:try-me");
    let head = format!(
        "{line} HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {authorization}\r\nConnection: close\r\n{headers}\r\n"
    );
    let (mut client, server) = tokio::io::duplex(64 << 10);
    client.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let serving = shared.begin(server, None, Ipv4Addr::LOCALHOST.into(), shared.app.stopping());
    let (ended, read) = tokio::join!(serving, client.read_to_string(&mut answer));
    assert!(ended.is_ok() && read.is_ok(), "{line}: {answer}");
    answer
}

#[cfg(feature = "console")]
#[tokio::test]
async fn a_page_of_the_console_has_one_address() {
    for (path, status) in [
        ("/console", 200),
        ("/console/", 200),
        ("/console/style.css", 200),
        ("/console/logout", 405),
        ("/console//logout", 404),
        ("/console//login", 404),
        ("/console//style.css", 404),
    ] {
        let answer = answer(&format!("GET {path}"), "").await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{path}: {answer}");
        assert!(!answer.contains("set-cookie"), "{path}: {answer}");
    }
}

#[tokio::test]
async fn refusals_of_the_listener_tell_a_browser_as_much_as_other_answers_do() {
    let long = format!("GET /{}", "x".repeat(limits::PATH_SIZE));
    let proxied = "X-Forwarded-Proto: https\r\nX-Forwarded-Host: a.example\r\n";
    let table = [
        ("GET /health", "", 200),
        ("GET /health", "Host: y\r\n", 400),
        ("POST /mfa", "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", 400),
        ("CONNECT x:1", "", 405),
        (&long, "", 414),
        ("POST /mfa", "Content-Encoding: gzip\r\n", 415),
        ("POST /mfa", "Expect: 200-ok\r\n", 417),
    ];
    for (line, headers, status) in table {
        let answer = answer(line, &format!("{proxied}{headers}")).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{line}: {answer}");
        for header in [
            "content-security-policy: default-src 'none'",
            "referrer-policy: no-referrer",
            "x-content-type-options: nosniff",
            "x-frame-options: DENY",
            "cross-origin-opener-policy: same-origin",
            "cross-origin-resource-policy: same-origin",
            "permissions-policy: camera=()",
            "strict-transport-security: max-age=",
        ] {
            assert!(answer.contains(&format!("\r\n{header}")), "{line}: {header}: {answer}");
        }
    }
}

#[tokio::test]
async fn a_refusal_of_the_listener_has_no_body_for_head_either() {
    let answer = answer("HEAD /health", "Content-Encoding: gzip\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 415 ") && answer.ends_with("\r\n\r\n"), "{answer}");
    assert!(!answer.contains("\r\ncontent-length: 0\r\n"), "{answer}");
}
