//! A viewer that loses its connection again and again sees every event of a call once and in order.

use std::sync::Arc;

use serde_json::json;
use swaig_tests::{Employee, Program, Redis};

const CALL: &str = "call-of-the-viewer";
const EVENTS: u64 = 500;
const CONNECTIONS: usize = 100;

/// While the call's events come in by all instances, a viewer sees up to five of them on one, and goes on at the next.
async fn watch(instances: [Employee; 2]) {
    let instances = Arc::new(instances);
    let feed = tokio::spawn({
        let instances = instances.clone();
        async move {
            for number in 0..EVENTS {
                let client = instances[usize::from(number % 2 == 1)].client();
                // Another call's events are between them.
                for call in [CALL, "another-call"] {
                    let body = json!({"call_info": {"call_id": call}, "step_change": {"number": number}});
                    assert_eq!(client.post("/mfa/debug", &body).await.status, 200);
                }
            }
        }
    });
    let (mut seen, mut ids) = (Vec::new(), vec![0]);
    for connection in 0..CONNECTIONS {
        let client = instances[connection % 2].client();
        let last = ids.last().map_or_else(String::new, u64::to_string);
        let path = format!("/mfa/events?call_id={CALL}");
        let mut events = client.events(&path, &[("last-event-id", last.as_str())]).await;
        for _ in 0..5 {
            let event = events.next().await.expect("the stream goes on");
            ids.push(event.id);
            seen.push(event.json["data"]["step_change"]["number"].as_u64().expect("a number"));
        }
    }
    feed.await.expect("all were posted");
    assert!(ids.is_sorted_by(|one, next| one < next), "{ids:?}");
    assert_eq!(seen, (0..EVENTS).collect::<Vec<_>>());
}

fn instance(store: &str) -> Program {
    Program::new(["--listen", "127.0.0.1:0"])
        .set("SWAIG_STORE", store)
        .set("SWML_BASIC_AUTH_PASSWORD", "try-me")
        .set("SWAIG_SECRET", "0123456789abcdef0123456789abcdef")
}

#[tokio::test]
async fn on_sqlite() {
    // Two processes on one file: as while a new one takes over.
    let folder = tempfile::tempdir().unwrap();
    let store = format!("sqlite:{}", folder.path().join("store.db").display());
    watch([instance(&store).serve().await, instance(&store).serve().await]).await;
}

#[tokio::test]
async fn on_redis() {
    let Some(redis) = Redis::start().await else { return };
    watch([instance(&redis.url()).serve().await, instance(&redis.url()).serve().await]).await;
}
