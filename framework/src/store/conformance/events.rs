//! Events are appended once, and read in order by agent id.

use std::sync::Arc;

use serde_json::{Value, json};

use super::super::{EventBatch, NewEvent, RecordedEvent, Store};
use super::event;

pub(super) async fn keep(store: &Arc<dyn Store>) {
    in_order_and_apart_by_agent_id(&**store).await;
    as_it_came_with_its_id(&**store).await;
    once(&**store).await;
    those_who_wait_wake_up(store).await;
    at_once(store).await;
}

async fn append(store: &dyn Store, events: Vec<NewEvent>) {
    store.append(&EventBatch::new(events)).await.unwrap();
}

fn shown(event: &RecordedEvent) -> Value {
    serde_json::from_slice(&event.json).unwrap()
}

fn data(events: &[Arc<RecordedEvent>]) -> Vec<Value> {
    events.iter().map(|event| shown(event)["data"].clone()).collect()
}

async fn in_order_and_apart_by_agent_id(store: &dyn Store) {
    assert_eq!(store.latest("order").await.unwrap(), 0);
    assert!(store.after("order", 0, 9).await.unwrap().is_empty());
    append(store, vec![event("order", json!(1)), event("other", json!("other")), event("order", json!(2))])
        .await;
    append(store, vec![]).await;
    append(store, vec![event("order", json!(3))]).await;
    let all = store.after("order", 0, 9).await.unwrap();
    assert_eq!(data(&all), [json!(1), json!(2), json!(3)]);
    assert!(all[0].id > 0 && all.is_sorted_by_key(|event| event.id));
    assert_eq!(store.latest("order").await.unwrap(), all[2].id);
    assert_eq!(data(&store.after("order", all[0].id, 1).await.unwrap()), [json!(2)]);
    assert_eq!(data(&store.after("order", all[1].id, 9).await.unwrap()), [json!(3)]);
    assert!(store.after("order", all[2].id, 9).await.unwrap().is_empty());
    assert_eq!(data(&store.newest("order", 2).await.unwrap()), [json!(2), json!(3)]);
    assert_eq!(data(&store.newest("order", 9).await.unwrap()), [json!(1), json!(2), json!(3)]);
    assert!(store.newest("none", 9).await.unwrap().is_empty());
    assert!(store.after("order", all[2].id + 1000, 9).await.unwrap().is_empty());
    assert_eq!(data(&store.after("other", 0, 9).await.unwrap()), [json!("other")]);
    // One id is not the beginning of another, nor a pattern of it.
    for id in
        ["", "o", "order2", "order*", "order%", "order:", "{order}", "or\u{1f600}der", "ORDER", "other "]
    {
        assert_eq!(store.latest(id).await.unwrap(), 0, "{id:?}");
    }
    append(store, vec![event("o}r{d\"e'r\u{1f600}", json!("odd"))]).await;
    assert_eq!(data(&store.after("o}r{d\"e'r\u{1f600}", 0, 9).await.unwrap()), [json!("odd")]);
}

async fn as_it_came_with_its_id(store: &dyn Store) {
    let with_call = NewEvent {
        call_id: Some("c-1".to_owned()),
        at: "2026-02-03T04:05:06.789Z".parse().unwrap(),
        ..event("shape", json!({"z": "\u{0}\"<ü>", "a": [1.5, null, true], "big": u64::MAX}))
    };
    append(store, vec![event("shape", json!(null)), with_call]).await;
    let all = store.after("shape", 0, 9).await.unwrap();
    let ids: Vec<_> = all.iter().map(|event| event.id).collect();
    assert_eq!(
        all[0].json,
        json!({"id": ids[0], "at": "1970-01-01T00:00:00Z", "agent": "mfa", "agent_id": "shape", "kind": "test", "data": null})
            .to_string()
    );
    assert_eq!(
        all[1].json,
        json!({
            "id": ids[1], "at": "2026-02-03T04:05:06.789Z", "agent": "mfa", "agent_id": "shape", "call_id": "c-1",
            "kind": "test", "data": {"z": "\u{0}\"<ü>", "a": [1.5, null, true], "big": u64::MAX},
        })
        .to_string()
    );
    assert_eq!((all[0].call_id.as_deref(), all[1].call_id.as_deref()), (None, Some("c-1")));
}

async fn once(store: &dyn Store) {
    let batch =
        EventBatch::new(vec![event("once", json!(1)), event("once too", json!(1)), event("once", json!(2))]);
    for _ in 0..3 {
        store.append(&batch).await.unwrap();
    }
    append(store, batch.events.clone()).await;
    let expected = [json!(1), json!(2), json!(1), json!(2)];
    assert_eq!(data(&store.after("once", 0, 9).await.unwrap()), expected);
    assert_eq!(store.after("once too", 0, 9).await.unwrap().len(), 2);
}

async fn those_who_wait_wake_up(store: &Arc<dyn Store>) {
    append(&**store, vec![event("wake", json!(1))]).await;
    let newest = store.latest("wake").await.unwrap();
    // There is one already.
    store.changed("wake", newest - 1).await.unwrap();
    let waiting: Vec<_> = (0..3)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                // It may return early.
                while store.after("wake", newest, 1).await.unwrap().is_empty() {
                    store.changed("wake", newest).await.unwrap();
                }
            })
        })
        .collect();
    append(&**store, vec![event("wake", json!(2))]).await;
    for one in waiting {
        one.await.unwrap();
    }
}

async fn at_once(store: &Arc<dyn Store>) {
    let writers: Vec<_> = (0..8)
        .map(|writer| {
            let store = store.clone();
            tokio::spawn(async move {
                for number in 0..25 {
                    append(
                        &*store,
                        vec![event("busy", json!([writer, number])), event("busy", json!("pair"))],
                    )
                    .await;
                }
            })
        })
        .collect();
    // Who reads meanwhile sees each event once, in order, and none appears behind what was read.
    let mut read = Vec::new();
    while read.len() < 400 {
        let after = read.last().map_or(0, |event: &Arc<RecordedEvent>| event.id);
        read.extend(store.after("busy", after, 7).await.unwrap());
        tokio::task::yield_now().await;
    }
    for writer in writers {
        writer.await.unwrap();
    }
    let all = store.after("busy", 0, 1000).await.unwrap();
    assert_eq!(all.len(), 400);
    assert_eq!(data(&read), data(&all));
    for writer in 0..8 {
        let own: Vec<_> = data(&all).into_iter().filter(|data| data[0] == writer).collect();
        assert_eq!(own, (0..25).map(|number| json!([writer, number])).collect::<Vec<_>>());
    }
    // The events of a batch stay together.
    assert!(data(&all).chunks(2).all(|pair| pair[0].is_array() && pair[1] == "pair"));
}
