//! Reports are kept once, as they came, and listed newest first.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::{Conversation, ConversationKey, Store, Stored};
use crate::call::Report;

pub(super) async fn keep(store: &dyn Store) {
    listed_in_pages(store).await;
    as_they_came(store).await;
    once(store).await;
    summaries(store).await;
}

fn conversation(agent: &str, report: Value) -> Conversation {
    Conversation::new(agent.into(), "7".into(), None, Report::new(report))
}

async fn put(store: &dyn Store, conversation: &Conversation) -> u64 {
    let stored = store.put(conversation).await.unwrap();
    assert!(!stored.again && stored.id > 0, "{stored:?}");
    stored.id
}

async fn listed_in_pages(store: &dyn Store) {
    let mut ids = Vec::new();
    for number in 0..5 {
        let agent = if number % 2 == 0 { "even" } else { "odd" };
        ids.push(put(store, &conversation(agent, json!({"call_id": format!("c{number}")}))).await);
    }
    assert!(ids.is_sorted());
    let list = async |agent, before, limit| -> Vec<u64> {
        let found = store.list(agent, before, limit).await.unwrap();
        found.iter().map(|conversation| conversation.id).collect()
    };
    assert_eq!(list(None, None, 2).await, [ids[4], ids[3]]);
    assert_eq!(list(None, Some(ids[3]), 9).await, [ids[2], ids[1], ids[0]]);
    assert_eq!(list(Some("even"), None, 9).await, [ids[4], ids[2], ids[0]]);
    assert_eq!(list(Some("even"), Some(ids[4]), 1).await, [ids[2]]);
    assert!(list(Some("eve"), None, 9).await.is_empty());
    assert!(list(None, Some(ids[0]), 9).await.is_empty());
    assert!(store.get(ids[4] + 1000).await.unwrap().is_none());
}

async fn as_they_came(store: &dyn Store) {
    let body = json!({
        "z": "\u{0}ü\"", "a": [1.5, {"deep": null}], "call_id": "c-shape", "conversation_summary": "All is well",
        "call_start_date": 1_700_000_000_000_000_i64, "big": u64::MAX,
    });
    let key = ConversationKey::new("shape", "7", "k");
    let mut conversation = Conversation::new("shape".into(), "7".into(), key, Report::new(body.clone()));
    conversation.received_at = "2026-02-03T04:05:06.789Z".parse().unwrap();
    let id = put(store, &conversation).await;
    let found = store.get(id).await.unwrap().unwrap();
    assert_eq!(found.report.raw().to_string(), body.to_string());
    assert_eq!((found.id, found.received_at), (id, conversation.received_at));
    assert_eq!((&*found.agent, &*found.agent_id, found.call_id.as_deref()), ("shape", "7", Some("c-shape")));
    // The key may be the store's own name for it.
    assert_eq!((found.key.is_some(), found.dead_letter), (true, None));
    let dead =
        Conversation::dead_letter("shape".into(), "7".into(), "{\"half\":".to_owned(), "it ends".to_owned());
    let id = put(store, &dead).await;
    let found = store.get(id).await.unwrap().unwrap();
    assert_eq!((found.dead_letter.as_deref(), found.report.raw()), (Some("it ends"), &json!("{\"half\":")));
}

async fn once(store: &dyn Store) {
    let first = conversation("once", json!({"call_id": "same"}));
    let id = put(store, &first).await;
    let mut later = first.clone();
    later.received_at = Timestamp::now();
    assert_eq!(store.put(&later).await.unwrap(), Stored { id, again: true });
    assert_eq!(store.list(Some("once"), None, 9).await.unwrap().len(), 1);
    // Another report of the same call, and the same report of another agent.
    put(store, &conversation("once", json!({"call_id": "same", "more": 1}))).await;
    put(store, &conversation("once too", json!({"call_id": "same"}))).await;
}

async fn summaries(store: &dyn Store) {
    let key = |id| ConversationKey::new("mfa", "7", id);
    let put = async |key, at: i64, summary: Value| {
        let report = Report::new(json!({"call_id": format!("c{at}"), "conversation_summary": summary}));
        let mut conversation = Conversation::new("mfa".into(), "7".into(), key, report);
        conversation.received_at = Timestamp::from_second(at).unwrap();
        put(store, &conversation).await;
    };
    put(key("a"), 1, json!("too old")).await;
    put(key("a"), 2, json!("first")).await;
    put(key("b"), 3, json!("of another")).await;
    put(None, 3, json!("of none")).await;
    put(key("a"), 4, json!(" ")).await;
    put(key("a"), 4, json!({"text": "no text"})).await;
    put(key("a"), 5, json!("second")).await;
    let since = Timestamp::from_second(2).unwrap();
    let found = async |limit| store.summaries(&key("a").unwrap(), since, limit).await.unwrap();
    let all = found(9).await;
    let texts: Vec<_> = all.iter().map(|summary| &*summary.text).collect();
    assert_eq!(texts, ["second", "first"]);
    assert_eq!((all[0].at, all[0].call_id.as_deref()), (Timestamp::from_second(5).unwrap(), Some("c5")));
    assert_eq!(found(1).await.len(), 1);
}
