//! A call is claimed once, and its reply is given again.

use std::sync::Arc;
use std::time::Duration;

use super::super::{Claim, ReplyKey, Store};

/// Longer than this test takes.
const LONG: Duration = Duration::from_mins(5);
const SHORT: Duration = Duration::from_millis(40);

pub(super) async fn keep(store: &Arc<dyn Store>) {
    given_again(store).await;
    released(store).await;
    forgotten(&**store).await;
    interrupted(&**store).await;
    over(&**store).await;
    at_once(store).await;
}

fn key(call_id: &str, function: &str, argument: u8) -> ReplyKey {
    ReplyKey {
        agent_id: "7".into(),
        call_id: call_id.into(),
        function: function.into(),
        argument: [argument; 32],
    }
}

async fn claim(store: &dyn Store, key: &ReplyKey) -> Claim {
    store.claim(key, LONG, LONG).await.unwrap()
}

async fn given_again(store: &Arc<dyn Store>) {
    let (one, other) = (key("again", "f", 1), key("again", "f", 2));
    assert_eq!(claim(&**store, &one).await, Claim::Run);
    assert_eq!(claim(&**store, &one).await, Claim::Running);
    assert_eq!(claim(&**store, &other).await, Claim::Run);
    let waiting = tokio::spawn({
        let (store, one) = (store.clone(), one.clone());
        async move { store.wait(&one).await.unwrap() }
    });
    store.finish(&one, "re\0ply".into(), LONG).await.unwrap();
    // The task may ask before or after: it gets the reply either way.
    assert_eq!(waiting.await.unwrap(), Some("re\0ply".into()));
    assert_eq!(claim(&**store, &one).await, Claim::Done("re\0ply".into()));
    assert_eq!(store.wait(&one).await.unwrap(), Some("re\0ply".into()));
    assert_eq!(claim(&**store, &other).await, Claim::Running);
    // One that nobody claimed is remembered as well.
    store.finish(&key("again", "f", 3), "late".into(), LONG).await.unwrap();
    assert_eq!(claim(&**store, &key("again", "f", 3)).await, Claim::Done("late".into()));
}

async fn released(store: &Arc<dyn Store>) {
    let one = key("released", "f", 1);
    assert_eq!(store.wait(&one).await.unwrap(), None);
    assert_eq!(claim(&**store, &one).await, Claim::Run);
    let waiting = tokio::spawn({
        let (store, one) = (store.clone(), one.clone());
        async move { store.wait(&one).await.unwrap() }
    });
    store.release(&one).await.unwrap();
    assert_eq!(waiting.await.unwrap(), None);
    assert_eq!(claim(&**store, &one).await, Claim::Run);
}

async fn forgotten(store: &dyn Store) {
    let keys = [
        key("forget", "f", 1),
        key("forget", "f", 2),
        key("forget", "f2", 1),
        key("forget2", "f", 1),
        ReplyKey { agent_id: "8".into(), ..key("forget", "f", 1) },
    ];
    for key in &keys {
        store.finish(key, "reply".into(), LONG).await.unwrap();
    }
    assert_eq!(claim(store, &key("forget", "f", 3)).await, Claim::Run);
    store.forget("7", "forget", "f").await.unwrap();
    assert_eq!(claim(store, &keys[0]).await, Claim::Run);
    assert_eq!(claim(store, &keys[1]).await, Claim::Run);
    for key in &keys[2..] {
        assert_eq!(claim(store, key).await, Claim::Done("reply".into()), "{key:?}");
    }
    // It still runs: whoever waits for it gets its reply.
    assert_eq!(claim(store, &key("forget", "f", 3)).await, Claim::Running);
}

async fn interrupted(store: &dyn Store) {
    let one = key("interrupted", "f", 1);
    assert_eq!(store.claim(&one, SHORT, LONG).await.unwrap(), Claim::Run);
    assert_eq!(store.wait(&one).await.unwrap(), None);
    assert_eq!(claim(store, &one).await, Claim::Interrupted);
    assert_eq!(claim(store, &one).await, Claim::Interrupted);
    assert_eq!(store.wait(&one).await.unwrap(), None);
    store.forget("7", "interrupted", "f").await.unwrap();
    assert_eq!(store.claim(&one, SHORT, LONG).await.unwrap(), Claim::Run);
    assert_eq!(store.wait(&one).await.unwrap(), None);
    assert_eq!(claim(store, &one).await, Claim::Interrupted);
    // Who ran it was only slow.
    store.finish(&one, "after all".into(), LONG).await.unwrap();
    assert_eq!(claim(store, &one).await, Claim::Done("after all".into()));
}

async fn over(store: &dyn Store) {
    let (reply, broken) = (key("over", "f", 1), key("over", "f", 2));
    store.finish(&reply, "reply".into(), SHORT).await.unwrap();
    assert_eq!(store.claim(&broken, SHORT, SHORT).await.unwrap(), Claim::Run);
    // A window ends by the clock of the store, so there is nothing but the clock to wait for.
    tokio::time::sleep(3 * SHORT).await;
    assert_eq!(claim(store, &reply).await, Claim::Run);
    assert_eq!(claim(store, &broken).await, Claim::Run);
}

async fn at_once(store: &Arc<dyn Store>) {
    let asked = (0..20).map(|_| {
        let store = store.clone();
        tokio::spawn(async move { claim(&*store, &key("at once", "f", 1)).await })
    });
    let asked: Vec<_> = asked.collect();
    let mut runs = 0;
    for one in asked {
        match one.await.unwrap() {
            Claim::Run => runs += 1,
            other => assert_eq!(other, Claim::Running),
        }
    }
    assert_eq!(runs, 1);
}
