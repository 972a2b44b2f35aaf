//! Messages wait in order and are given once.

use super::super::{ConversationKey, MESSAGES_WAITING, Store};

pub(super) async fn keep(store: &dyn Store) {
    in_order_and_once(store).await;
    a_full_queue(store).await;
    at_once(store).await;
}

fn key(conversation: &str) -> ConversationKey {
    ConversationKey::new("mfa", "7", conversation).unwrap()
}

async fn in_order_and_once(store: &dyn Store) {
    assert!(store.take(&key("a")).await.unwrap().is_empty());
    assert_eq!(store.push(&key("a"), "one").await.unwrap(), Some(1));
    assert_eq!(store.push(&key("a"), "two \u{0}ü").await.unwrap(), Some(2));
    assert_eq!(store.push(&key("b"), "other").await.unwrap(), Some(1));
    assert_eq!(store.take(&key("a")).await.unwrap(), ["one", "two \u{0}ü"]);
    assert!(store.take(&key("a")).await.unwrap().is_empty());
    assert_eq!(store.take(&key("b")).await.unwrap(), ["other"]);
}

async fn a_full_queue(store: &dyn Store) {
    for number in 1..=MESSAGES_WAITING {
        assert_eq!(store.push(&key("full"), "text").await.unwrap(), Some(number));
    }
    assert_eq!(store.push(&key("full"), "too many").await.unwrap(), None);
    assert_eq!(store.take(&key("full")).await.unwrap().len(), MESSAGES_WAITING);
    assert_eq!(store.push(&key("full"), "again").await.unwrap(), Some(1));
}

async fn at_once(store: &dyn Store) {
    for _ in 0..10 {
        store.push(&key("at once"), "text").await.unwrap();
    }
    let key = key("at once");
    let asked = futures_util::future::join_all((0..8).map(|_| store.take(&key))).await;
    assert_eq!(asked.into_iter().map(|texts| texts.unwrap().len()).sum::<usize>(), 10);
}
