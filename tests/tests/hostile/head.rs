//! The first line and the headers.

use crate::row::{BAD, Row, Target, check};

const TOO_LARGE: &[&[u16]] = &[&[431], &[]];

#[tokio::test]
async fn odd_first_lines_are_refused() {
    let target = Target::start().await;
    let line = |line: &str| target.call("").replacen("POST /mfa/swaig HTTP/1.1", line, 1);
    let rows = vec![
        Row::new("HTTP/0.9", "GET /mfa\r\n\r\n", BAD),
        Row::new("HTTP/0.9 in words", line("POST /mfa/swaig HTTP/0.9"), BAD),
        Row::new("HTTP/1.2", line("POST /mfa/swaig HTTP/1.2"), BAD),
        Row::new("HTTP/2 in words", line("POST /mfa/swaig HTTP/2.0"), BAD),
        Row::new("HTTP/3 in words", line("POST /mfa/swaig HTTP/3"), BAD),
        Row::new("a version in small letters", line("POST /mfa/swaig http/1.1"), BAD),
        Row::new("a version with a sign", line("POST /mfa/swaig HTTP/+1.1"), BAD),
        Row::new("another protocol", line("POST /mfa/swaig ICY/1.0"), BAD),
        Row::new("a greeting of SSH", "SSH-2.0-OpenSSH_9.6\r\n\r\n", BAD),
        Row::new("a greeting of TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", BAD),
        Row::new("nearly a greeting of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSX\r\n\r\n", BAD),
        Row::new("no method", line(" /mfa/swaig HTTP/1.1"), BAD),
        Row::new("a method with a bracket", line("PO[ST /mfa/swaig HTTP/1.1"), BAD),
        Row::new("a method with a null byte", line("PO\0ST /mfa/swaig HTTP/1.1"), BAD),
        Row::new("a method in small letters", line("post /mfa/swaig HTTP/1.1"), &[&[405]]),
        Row::new(
            "a method of 8,000 letters",
            line(&format!("{} /mfa/swaig HTTP/1.1", "X".repeat(8_000))),
            &[&[405], &[400]],
        ),
        Row::new("TRACE", line("TRACE /mfa/swaig HTTP/1.1"), &[&[405]]),
        Row::new("DELETE", line("DELETE /mfa/swaig HTTP/1.1"), &[&[405]]),
        Row::new("CONNECT", line("CONNECT mfa:443 HTTP/1.1"), &[&[405]]),
        Row::new("CONNECT to a path", line("CONNECT /mfa/swaig HTTP/1.1"), &[&[405], &[400]]),
        Row::new("a question about the whole server", line("OPTIONS * HTTP/1.1"), &[&[404]]),
        Row::new(
            "another method in a header",
            line("GET /mfa/swaig HTTP/1.1\r\nX-HTTP-Method-Override: POST"),
            &[&[405]],
        ),
        Row::new("two spaces", line("POST  /mfa/swaig HTTP/1.1"), BAD),
        Row::new("a tab", line("POST\t/mfa/swaig HTTP/1.1"), BAD),
        Row::new("words behind the version", line("POST /mfa/swaig HTTP/1.1 x"), BAD),
        Row::new("HTTP/1.0 without a host", "GET /health HTTP/1.0\r\n\r\n", &[&[200]]),
    ];
    check(target, rows).await;
}

#[tokio::test]
async fn odd_headers_are_refused() {
    let target = Target::start().await;
    let with = |headers: &str| target.call(headers);
    let rows = vec![
        Row::new("no host", with("").replace("Host: x\r\n", ""), BAD),
        Row::new("two hosts", with("Host: y\r\n"), BAD),
        Row::new("a null byte in a name", with("X\0Y: 1\r\n"), BAD),
        Row::new("a null byte in a value", with("X: 1\x002\r\n"), BAD),
        Row::new("a control character in a value", with("X: 1\x082\r\n"), BAD),
        Row::new("a bare carriage return", with("X: 1\rY: 2\r\n"), BAD),
        Row::new("a line without a colon", with("nonsense\r\n"), BAD),
        Row::new("no name", with(": 1\r\n"), BAD),
        Row::new("a space in a name", with("X Y: 1\r\n"), BAD),
        Row::new("a folded line", with("X: 1\r\n 2\r\n"), BAD),
        Row::new("a space before the first header", with("").replacen("\r\nHost", "\r\n Host", 1), BAD),
        Row::new("101 headers", with(&"X-Flood: 1\r\n".repeat(101)), TOO_LARGE),
        Row::new("5,000 headers", with(&"X-Flood: 1\r\n".repeat(5_000)), TOO_LARGE),
        Row::new("a header of 40,000 bytes", with(&format!("X: {}\r\n", "x".repeat(40_000))), TOO_LARGE),
        Row::new("a header of a megabyte", with(&format!("X: {}\r\n", "x".repeat(1 << 20))), TOO_LARGE),
        Row::new(
            "a name of 70,000 bytes",
            with(&format!("{}: 1\r\n", "x".repeat(70_000))),
            &[&[431], &[400], &[]],
        ),
        Row::new("an expectation that nobody has", with("Expect: 200-ok\r\n"), &[&[417]]),
        Row::new("two expectations", with("Expect: 100-continue\r\nExpect: a=b\r\n"), &[&[417]]),
        Row::new("gzip", with("Content-Encoding: gzip\r\n"), &[&[415]]),
        Row::new("gzip, twice", with("Content-Encoding: gzip, gzip\r\n"), &[&[415]]),
        Row::new(
            "br behind identity",
            with("Content-Encoding: identity\r\nContent-Encoding: br\r\n"),
            &[&[415]],
        ),
        // Nothing else is spoken here, so what asks for it is not heard.
        Row::new(
            "another protocol is asked for",
            target.head("GET /health", "").replacen("Connection: close\r\n", "", 1).replacen(
                "\r\n\r\n",
                "\r\nConnection: close, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n",
                1,
            ),
            &[&[200]],
        ),
        Row::new(
            "HTTP/2 is asked for",
            target.head("GET /health", "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n"),
            &[&[200]],
        ),
        Row::new("a range", target.head("GET /health", "Range: bytes=0-0,0-0,0-0\r\n"), &[&[200]]),
    ];
    check(target, rows).await;
}

#[tokio::test]
async fn a_client_may_ask_before_it_sends_a_body() {
    let target = Target::start().await;
    let expect = "Expect: 100-continue\r\nContent-Length: 2\r\n";
    let rows = vec![
        Row::new("asked, and told to go on", target.head("POST /mfa/swaig", expect) + "[]", &[&[400]]),
        // Who is refused anyway is not asked for the body.
        Row::new(
            "asked without credentials",
            target.head("POST /mfa/swaig", expect).replace(&target.authorization, "Basic eDp5"),
            &[&[401]],
        ),
        Row::new(
            "asked for too much",
            target.head("POST /mfa/swaig", "Expect: 100-continue\r\nContent-Length: 99999999999\r\n"),
            &[&[413]],
        ),
    ];
    check(target, rows).await;
}
