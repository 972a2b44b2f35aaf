//! Bytes on a connection.

use crate::server::{Server, authorization, server};

/// What a client of HTTP/2 says first. Its answers are in frames, and only that there are no events is looked at.
const HTTP_2: &[u8] = b"PRI * HTTP/2.0";

/// The paths that need no credentials.
const OPEN: [&str; 6] =
    ["/health", "/ready", "/console/login", "/console/logout", "/console/icon.svg", "/console/style.css"];

/// Whatever a client without credentials writes, it gets no good answer but those of the open paths, and nothing of it is
/// written down. With credentials in its first request no answer is a failure of the server.
pub fn request(input: &[u8]) {
    let server = server();
    let before = server.latest();
    let answer = checked(&server, input);
    let asked = String::from_utf8_lossy(input);
    if !OPEN.iter().any(|path| asked.contains(path)) {
        assert!(!has_status(&answer, b'2'), "{answer}");
    }
    assert_eq!(server.latest(), before, "events without credentials");

    if let Some(end) = input.iter().position(|byte| *byte == b'\n') {
        let (first, rest) = input.split_at(end + 1);
        checked(&server, &[first, authorization().as_bytes(), rest].concat());
    }
}

/// The answers of HTTP/1, of which none is a failure of the server.
fn checked(server: &Server, request: &[u8]) -> String {
    let answer = server.exchange(request);
    if request.starts_with(HTTP_2) {
        return String::new();
    }
    let answer = String::from_utf8_lossy(&answer).into_owned();
    assert!(answer.is_empty() || answer.starts_with("HTTP/1."), "{answer}");
    assert!(!has_status(&answer, b'5'), "{answer}");
    answer
}

/// Whether one of the answers has a status that begins with this digit.
fn has_status(answer: &str, digit: u8) -> bool {
    answer.match_indices("HTTP/1.").any(|(at, _)| answer.as_bytes().get(at + 9) == Some(&digit))
}
