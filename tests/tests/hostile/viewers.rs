//! Viewers of live events: how many there may be, and that they have to read.

use serde_json::json;
use swaig_tests::{Client, soon};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpSocket;

use crate::row::{Target, to_the_end};

#[tokio::test]
async fn viewers_beyond_the_limit_are_told_to_come_back() {
    let target = Target::with([("SWAIG_MAX_VIEWERS", "3"), ("SWAIG_MAX_VIEWERS_PER_AGENT", "2")]).await;
    let employee = &target.employee;
    let mut watching = Vec::new();
    for query in ["", "", "?agent_id=other"] {
        let mut viewer = employee.events(query).await;
        viewer.ready().await;
        watching.push(viewer);
    }
    for query in ["", "?agent_id=other", "?agent_id=third"] {
        let answer = employee.client().get(&format!("/mfa/events{query}")).await;
        assert_eq!((answer.status, answer.header("retry-after")), (503, "30"), "{query}");
        assert!(answer.text().contains("SWAIG_MAX_VIEWERS"), "{}", answer.text());
    }
    target.assert_alive("too many viewers").await;
    watching.remove(0);
    soon("a place", async { while employee.events("?after=0").await.status() == 503 {} }).await;
    drop(watching);
}

/// How many viewers the server counts.
async fn viewers(client: &Client) -> String {
    let figures = client.get("/metrics").await;
    let line = figures.text().lines().find_map(|line| line.strip_prefix("swaig_event_viewers "));
    line.unwrap_or("none yet").to_owned()
}

#[tokio::test]
async fn a_viewer_who_does_not_read_is_cut_off_and_may_come_back() {
    let target = Target::start().await;
    let employee = &target.employee;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut viewer = socket.connect(employee.address()).await.unwrap();
    viewer.write_all(target.head("GET /mfa/events?after=0", "").as_bytes()).await.unwrap();
    let mut text = String::new();
    soon("the greeting", async {
        while !text.contains("retry:") {
            let mut bytes = [0; 512];
            let read = viewer.read(&mut bytes).await.unwrap();
            text.push_str(&String::from_utf8_lossy(&bytes[..read]));
        }
    })
    .await;
    let client = employee.client();
    assert_eq!(viewers(&client).await, "1");
    // More than the buffers of two sockets can hold, until the server has to wait; then until it has waited enough.
    let filler = json!({"call_id": "flood", "filler": "x".repeat(200_000)});
    let mut sent = 0;
    soon("the viewer to be cut off", async {
        while viewers(&client).await != "0" {
            if sent < 100 {
                assert_eq!(client.post("/mfa/debug", &filler).await.status, 200);
                sent += 1;
            }
        }
    })
    .await;
    // It reads what was on its way, finds the stream cut, and goes on behind the last event that it has whole.
    let rest = to_the_end(&mut viewer).await;
    text.push_str(&String::from_utf8_lossy(&rest));
    let whole = text.rsplit_once("\n\n").map_or("", |(whole, _)| whole);
    let last: u64 =
        whole.lines().rev().find_map(|line| line.strip_prefix("id: ")?.parse().ok()).unwrap_or_default();
    let again = [("last-event-id", last.to_string())];
    let again: Vec<_> = again.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let mut viewer = client.events("/mfa/events", &again).await;
    let next = viewer.next().await.expect("there is more");
    assert!(next.id > last, "{} comes behind {last}", next.id);
    assert_eq!(next.kind(), "debug");
    drop(viewer);
}
