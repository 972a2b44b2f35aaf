mod outages;

use std::time::Duration;

use serde_json::{Value, json};

use super::super::{
    Bound, Claim, Conversation, Conversations as _, EventBatch, EventLog as _, LimitKey, Limits as _,
    RecordedEvent, ReplyKey, ReplyMemory as _,
};
use super::server::Server;
use super::*;
use crate::call::Report;
use crate::store::conformance::{self, event};

const LONG: Duration = Duration::from_mins(5);

fn key(argument: u8) -> ReplyKey {
    ReplyKey { agent_id: "7".into(), call_id: "c".into(), function: "f".into(), argument: [argument; 32] }
}

async fn append(store: &RedisStore, number: u64) {
    store.append(&EventBatch::new(vec![event("7", json!(number))])).await.unwrap();
}

fn data(events: &[Arc<RecordedEvent>]) -> Vec<u64> {
    events
        .iter()
        .map(|event| serde_json::from_slice::<Value>(&event.json).unwrap()["data"].as_u64().unwrap())
        .collect()
}

/// Reads as a viewer does, until so many events were seen.
async fn watch(store: &RedisStore, mut after: u64, most: usize) -> Vec<u64> {
    let mut seen = Vec::new();
    while seen.len() < most {
        // Whoever hears of an error comes back, as a browser does.
        let Ok(events) = store.after("7", after, 3).await else {
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        if events.is_empty() {
            let _ = store.changed("7", after).await;
            continue;
        }
        after = events.last().unwrap().id;
        seen.extend(data(&events));
    }
    seen
}

#[tokio::test]
async fn it_keeps_the_contract() {
    let Some(server) = Server::start().await else { return };
    conformance::all(&(Arc::new(server.store()) as Arc<dyn Store>)).await;
    // The same again under other keys of the same server.
    let other = server.with(&[("SWAIG_STORE_PREFIX", "other")]).unwrap();
    conformance::all(&(Arc::new(other) as Arc<dyn Store>)).await;
}

#[tokio::test]
async fn instances_share_all_of_it() {
    let Some(server) = Server::start().await else { return };
    let (one, other) = (Arc::new(server.store()), Arc::new(server.store()));
    // Who watches at one hears of what happens at the other, in order and once.
    append(&one, 0).await;
    let viewers: Vec<_> = (0..20)
        .map(|number| {
            let store = if number % 2 == 0 { one.clone() } else { other.clone() };
            tokio::spawn(async move { watch(&store, 0, 200).await })
        })
        .collect();
    let mut written = vec![0];
    for number in 1..200 {
        append(if number % 3 == 0 { &one } else { &other }, number).await;
        written.push(number);
    }
    for viewer in viewers {
        assert_eq!(viewer.await.unwrap(), written);
    }
    assert_eq!((lock_len(&one), lock_len(&other)), (1, 1), "one read for all viewers of an instance");

    // A function that runs at one is awaited at the other.
    assert_eq!(one.claim(&key(1), LONG, LONG).await.unwrap(), Claim::Run);
    assert_eq!(other.claim(&key(1), LONG, LONG).await.unwrap(), Claim::Running);
    let waiting = tokio::spawn({
        let other = other.clone();
        async move { other.wait(&key(1)).await.unwrap() }
    });
    one.finish(&key(1), "reply".into(), LONG).await.unwrap();
    assert_eq!(waiting.await.unwrap(), Some("reply".into()));

    let bound = Bound { key: LimitKey::new("test", "a"), most: 2, window: LONG };
    assert_eq!(one.count(&[bound], [1; 16]).await.unwrap(), None);
    assert_eq!(other.count(&[bound], [2; 16]).await.unwrap(), None);
    assert!(one.count(&[bound], [3; 16]).await.unwrap().is_some());

    let report = Report::new(json!({"call_id": "c"}));
    let conversation = Conversation::new("mfa".into(), "7".into(), None, report);
    let first = one.put(&conversation).await.unwrap();
    let second = other.put(&conversation).await.unwrap();
    assert_eq!((first.id, first.again, second.again), (second.id, false, true));
}

fn lock_len(store: &RedisStore) -> usize {
    store.watched.lock().unwrap().len()
}

#[tokio::test]
async fn it_goes_on_after_a_crash_of_redis_without_a_gap_and_without_anything_twice() {
    let Some(mut server) = Server::start().await else { return };
    let store = Arc::new(server.store());
    append(&store, 0).await;
    let viewer = tokio::spawn({
        let store = store.clone();
        async move { watch(&store, 0, 21).await }
    });
    append(&store, 1).await;
    server.stop().await;
    let batch = EventBatch::new(vec![event("7", json!(2))]);
    let started = std::time::Instant::now();
    let error = store.append(&batch).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    assert!(store.claim(&key(1), LONG, LONG).await.is_err());
    assert!(store.ping().await.is_err());
    assert!(started.elapsed() < Duration::from_secs(20), "it fails and does not wait for ever");
    server.start_again().await;
    // It connects again by itself.
    while store.append(&batch).await.is_err() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    store.append(&batch).await.unwrap();
    for number in 3..=20 {
        append(&store, number).await;
    }
    assert_eq!(viewer.await.unwrap(), (0..=20).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_redis_that_lost_all_its_data_begins_again() {
    let Some(server) = Server::start().await else { return };
    let store = server.store();
    for number in 0..5 {
        append(&store, number).await;
    }
    let () = server.ask(&redis::cmd("FLUSHALL")).await;
    append(&store, 7).await;
    assert_eq!(data(&store.after("7", 0, 9).await.unwrap()), [7]);
    assert_eq!(store.latest("7").await.unwrap(), 1);
}

#[tokio::test]
async fn a_counter_that_was_lost_gives_no_id_twice() {
    let Some(server) = Server::start().await else { return };
    let store = server.store();
    for number in 0..5 {
        append(&store, number).await;
    }
    let _: i64 = server.ask(redis::cmd("DEL").arg(store.keys.newest("7"))).await;
    append(&store, 5).await;
    let events = store.after("7", 0, 9).await.unwrap();
    assert_eq!(events.iter().map(|event| event.id).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
}

#[tokio::test]
async fn what_is_kept_is_bounded_and_has_an_end() {
    let Some(server) = Server::start().await else { return };
    let store = server.with(&[("SWAIG_STORE_MAX_EVENTS", "100"), ("SWAIG_STORE_MAX_AGE", "1")]).unwrap();
    let many: Vec<_> = (0..2000).map(|number| event("7", json!(number))).collect();
    for some in many.chunks(100) {
        store.append(&EventBatch::new(some.to_vec())).await.unwrap();
    }
    let kept = store.after("7", 0, 5000).await.unwrap().len();
    // Redis trims by whole nodes of a stream.
    assert!((100..500).contains(&kept), "{kept}");
    store.claim(&key(1), LONG, LONG).await.unwrap();
    let report = Conversation::new("mfa".into(), "7".into(), None, Report::new(json!({"call_id": "c"})));
    store.put(&report).await.unwrap();
    store.count(&[Bound { key: LimitKey::new("t", "a"), most: 2, window: LONG }], [1; 16]).await.unwrap();
    let keys: Vec<String> = server.ask(redis::cmd("KEYS").arg("*")).await;
    for key in &keys {
        let life: i64 = server.ask(redis::cmd("PTTL").arg(key)).await;
        // The counters of ids outlive what they count.
        assert!(life > 0 || key.ends_with(":newest"), "{key} has no end");
    }
    assert!(keys.len() > 8, "{keys:?}");
}

#[test]
fn a_url_that_is_not_valid_is_told_and_no_password_is_shown() {
    let setup = Setup::test([("SWAIG_STORE", "redis://user:s3cret-word@host:6379/0")]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let _guard = runtime.enter();
    let store = RedisStore::from_setup(&setup, &setup.setting("SWAIG_STORE").unwrap()).unwrap();
    assert_eq!(store.place().as_deref(), Some("host:6379"));
    assert_eq!(secrecy::ExposeSecret::expose_secret(&passwords(&setup)[0]), "s3cret-word");
    for wrong in ["redis://", "redis://u:s3cret-word@host:port", "redis://u:s3cret-word@", "rediss://[::"] {
        let Err(error) = RedisStore::from_setup(&setup, wrong) else { continue };
        assert!(error.to_string().contains("redis://[user:password@]host"), "{error}");
        assert!(!format!("{error:?} {error}").contains("s3cret"), "{error:?}");
    }
    assert!(RedisStore::from_setup(&setup, "redis://u:s3cret-word@host:port").is_err());
    let Err(error) = RedisStore::from_setup(&setup, "rediss://u:s3cret-word@host#insecure") else {
        panic!("certificates are checked")
    };
    assert!(
        error.to_string().contains("SSL_CERT_FILE") && !format!("{error:?}").contains("s3cret"),
        "{error}"
    );
    for prefix in ["a{b", "a}", "a b", "ü", &"x".repeat(65)] {
        let setup = Setup::test([("SWAIG_STORE_PREFIX", prefix)]);
        let Err(error) = RedisStore::from_setup(&setup, "redis://host") else { panic!("{prefix}") };
        assert!(error.to_string().contains("SWAIG_STORE_PREFIX"), "{error}");
    }
}

#[tokio::test]
async fn a_wrong_password_is_said_without_it() {
    let Some(server) = Server::start().await else { return };
    let () = server.ask(redis::cmd("CONFIG").arg("SET").arg("requirepass").arg("right-word")).await;
    let url = format!("{}?pass=s3cret-word", server.url());
    let store = RedisStore::from_setup(&Setup::test([("SWAIG_STORE", &*url)]), &url).unwrap();
    let error = store.ping().await.unwrap_err();
    let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
    assert!(!format!("{error:?} {error} {cause}").contains("s3cret"), "{error:?}");
}
