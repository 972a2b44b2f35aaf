//! A Redis that goes away, loses its data, or says nothing.

use std::time::Instant;

use super::*;
use crate::store::redis::gate::Gate;

/// Far longer than what is tested takes; it fails, where that waits for ever.
const PATIENCE: Duration = Duration::from_mins(1);

fn through(gate: &Gate) -> Arc<RedisStore> {
    let url = gate.url();
    Arc::new(RedisStore::from_setup(&Setup::test([("SWAIG_STORE", &*url)]), &url).unwrap())
}

#[tokio::test]
async fn a_redis_that_refused_at_first_is_used_once_it_does_not() {
    let Some(server) = Server::start().await else { return };
    let url = format!("{}?pass=right-word", server.url());
    let store = RedisStore::from_setup(&Setup::test([("SWAIG_STORE", &*url)]), &url).unwrap();
    // It has no passwords yet.
    assert!(store.ping().await.is_err());
    let () = server.ask(redis::cmd("CONFIG").arg("SET").arg("requirepass").arg("right-word")).await;
    tokio::time::timeout(PATIENCE, async {
        while store.ping().await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_connection_that_redis_closed_costs_no_call_its_memory() {
    let Some(server) = Server::start().await else { return };
    let store = server.store();
    store.ping().await.unwrap();
    let bound = Bound { key: LimitKey::new("test", "a"), most: 1, window: LONG };
    let batch = EventBatch::new(vec![event("7", json!(1))]);
    let report = Conversation::new("mfa".into(), "7".into(), None, Report::new(json!({"call_id": "c"})));
    let close = || async {
        let _: u64 = server.ask(redis::cmd("CLIENT").arg("KILL").arg("TYPE").arg("normal")).await;
    };
    close().await;
    assert_eq!(store.claim(&key(1), LONG, LONG).await.unwrap(), Claim::Run);
    close().await;
    assert_eq!(store.count(&[bound], [1; 16]).await.unwrap(), None);
    close().await;
    store.finish(&key(1), "reply".into(), LONG).await.unwrap();
    close().await;
    store.append(&batch).await.unwrap();
    close().await;
    assert!(!store.put(&report).await.unwrap().again);
    close().await;
    assert_eq!(data(&store.after("7", 0, 9).await.unwrap()), [1]);
}

#[tokio::test]
async fn a_redis_that_says_nothing_holds_up_one_question_and_not_all() {
    let Some(server) = Server::start().await else { return };
    let gate = Gate::to(server.socket()).await;
    let store = through(&gate);
    store.ping().await.unwrap();
    gate.shut();
    let started = Instant::now();
    for number in 0..20 {
        assert!(store.claim(&key(number), LONG, LONG).await.is_err());
    }
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    gate.open();
    tokio::time::timeout(PATIENCE, async {
        while store.ping().await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_viewer_sees_what_comes_after_its_connection_went_silent() {
    let Some(server) = Server::start().await else { return };
    let gate = Gate::to(server.socket()).await;
    let (store, other) = (through(&gate), server.store());
    append(&other, 0).await;
    let viewer = tokio::spawn({
        let store = store.clone();
        async move { watch(&store, 0, 2).await }
    });
    // The connection of all commands, and the one that reads.
    tokio::time::timeout(PATIENCE, async {
        while gate.taken() < 2 || store.tail.is_above("7", 1).is_none() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await
    .unwrap();
    gate.silence();
    append(&other, 1).await;
    assert_eq!(tokio::time::timeout(PATIENCE, viewer).await.unwrap().unwrap(), [0, 1]);
}

#[tokio::test]
async fn a_viewer_hears_that_the_log_begins_again_after_a_loss_of_all_data() {
    let Some(server) = Server::start().await else { return };
    let (store, other) = (Arc::new(server.store()), server.store());
    for number in 0..5 {
        append(&other, number).await;
    }
    let viewer = tokio::spawn({
        let store = store.clone();
        async move {
            let mut after = 5;
            loop {
                let events = store.after("7", after, 9).await.unwrap();
                if !events.is_empty() {
                    return data(&events);
                }
                // It ends the stream; the browser comes back with an id that was not given yet, and gets all there is.
                if store.changed("7", after).await.is_err() {
                    after = 0;
                }
            }
        }
    });
    tokio::time::timeout(PATIENCE, async {
        while store.tail.is_above("7", 5).is_none() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await
    .unwrap();
    let () = server.ask(&redis::cmd("FLUSHALL")).await;
    append(&other, 70).await;
    assert_eq!(tokio::time::timeout(PATIENCE, viewer).await.unwrap().unwrap(), [70]);
}

#[tokio::test]
async fn events_that_could_not_be_appended_are_not_taken_for_known() {
    let Some(server) = Server::start().await else { return };
    let store = server.store();
    let batch = EventBatch::new(vec![event("7", json!(1)), event("7", json!(2))]);
    let stream = store.keys.events("7");
    // Something else is there.
    let () = server.ask(redis::cmd("SET").arg(&stream).arg("x")).await;
    assert!(store.append(&batch).await.is_err());
    let _: i64 = server.ask(redis::cmd("DEL").arg(&stream)).await;
    store.append(&batch).await.unwrap();
    store.append(&batch).await.unwrap();
    assert_eq!(data(&store.after("7", 0, 9).await.unwrap()), [1, 2]);
}

#[tokio::test]
async fn a_redis_without_room_is_full_and_goes_on_when_there_is_some() {
    let Some(server) = Server::start().await else { return };
    let store = server.store();
    append(&store, 1).await;
    let () = server.ask(redis::cmd("CONFIG").arg("SET").arg("maxmemory").arg("1")).await;
    let batch = EventBatch::new(vec![event("7", json!(2))]);
    let report = Conversation::new("mfa".into(), "7".into(), None, Report::new(json!({"call_id": "c"})));
    let errors = [
        store.append(&batch).await.err(),
        store.put(&report).await.err(),
        store.claim(&key(1), LONG, LONG).await.err(),
        store.ping().await.err(),
    ];
    assert!(errors.iter().all(|error| matches!(error, Some(StoreError::Full(_)))), "{errors:?}");
    // It can be read, and looked through.
    assert_eq!(data(&store.after("7", 0, 9).await.unwrap()), [1]);
    assert_eq!(store.wait(&key(1)).await.unwrap(), None);
    let () = server.ask(redis::cmd("CONFIG").arg("SET").arg("maxmemory").arg("0")).await;
    store.append(&batch).await.unwrap();
    assert_eq!(store.claim(&key(1), LONG, LONG).await.unwrap(), Claim::Run);
    assert_eq!(data(&store.after("7", 0, 9).await.unwrap()), [1, 2]);
}

#[tokio::test]
async fn what_is_kept_for_ever_from_now_on_loses_its_end() {
    let Some(server) = Server::start().await else { return };
    let (days, ever) = (server.store(), server.with(&[("SWAIG_STORE_MAX_AGE", "0")]).unwrap());
    for (store, call_id) in [(&days, "a"), (&ever, "b")] {
        append(store, 1).await;
        let report =
            Conversation::new("mfa".into(), "7".into(), None, Report::new(json!({"call_id": call_id})));
        store.put(&report).await.unwrap();
    }
    for list in
        [days.keys.events("7"), days.keys.conversations() + "all", days.keys.conversations() + "agent:mfa"]
    {
        let life: i64 = server.ask(redis::cmd("PTTL").arg(&list)).await;
        assert_eq!(life, -1, "{list}");
    }
}
