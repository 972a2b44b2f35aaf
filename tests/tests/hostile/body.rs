//! Bodies that are too large for their route.

use crate::row::{Row, Target, check};

#[tokio::test]
async fn a_body_over_the_limit_of_its_route_is_refused_by_its_length() {
    let target = Target::start().await;
    let mut rows = Vec::new();
    for (what, path, limit) in [
        ("a document request", "/mfa", 1 << 20),
        ("a function call", "/mfa/swaig", 2 << 20),
        ("a debug event", "/mfa/debug", 2 << 20),
        ("a report", "/mfa/post_prompt", 32 << 20),
    ] {
        let headers = format!("Content-Length: {}\r\n", limit + 1);
        rows.push(Row::new(what, target.head(&format!("POST {path}"), &headers), &[&[413]]));
    }
    // Where no body is read, none is waited for.
    rows.push(Row::new(
        "a body nobody asked for",
        target.head("GET /health", "Content-Length: 99999999999\r\n"),
        &[&[200]],
    ));
    rows.push(Row::new(
        "a body behind a wrong path",
        target.head("POST /nobody", "Content-Length: 99999999999\r\n"),
        &[&[404]],
    ));
    check(target, rows).await;
}
