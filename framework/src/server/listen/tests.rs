//! What is answered on a connection, whatever route it is for.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::*;

/// The answer to the operator's request with this first line and these further lines of its head.
async fn answer(line: &str, headers: &str) -> String {
    let setup = Setup::test([("SWML_BASIC_AUTH_PASSWORD", "try-me")]);
    let app = App::build(setup, &Url::parse("http://127.0.0.1:1").unwrap()).unwrap();
    let shared = Shared { app, tls: None, idle: Duration::from_secs(75) };
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
