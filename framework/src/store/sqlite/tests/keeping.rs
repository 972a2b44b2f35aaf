//! What is kept for how long, by a clock that people set.

use super::*;

#[tokio::test]
async fn a_clock_that_was_set_back_blocks_nobody_for_long() {
    let folder = Folder::new();
    let store = folder.open().unwrap();
    let short = Duration::from_millis(50);
    let bounds: Vec<_> = ["counted", "looked at"]
        .map(|subject| Bound { key: LimitKey::new("test", subject), most: 1, window: short })
        .to_vec();
    for argument in 1..=2 {
        assert_eq!(store.claim(&key(argument), short, LONG).await.unwrap(), Claim::Run);
    }
    store.finish(&key(3), "reply".into(), short).await.unwrap();
    assert_eq!(store.count(&bounds, [1; 16]).await.unwrap(), None);
    // As if all of it had happened in a year from now.
    let year = 365 * 24 * 60 * 60 * 1000_i64;
    store
        .write(move |connection| {
            let claims = "UPDATE claims SET made = made + ?1, lease = lease + ?1, ends = ends + ?1";
            connection.execute(claims, [year])?;
            connection.execute("UPDATE replies SET made = made + ?1, ends = ends + ?1", [year])?;
            connection.execute("UPDATE limits SET at = at + ?1, ends = ends + ?1", [year])
        })
        .await
        .unwrap();
    // Whoever waits without a claim as well.
    assert_eq!(store.wait(&key(2)).await.unwrap(), None);
    assert_eq!(store.claim(&key(1), LONG, LONG).await.unwrap(), Claim::Running);
    assert_eq!(store.wait(&key(1)).await.unwrap(), None);
    assert_eq!(store.claim(&key(1), LONG, LONG).await.unwrap(), Claim::Interrupted);
    assert_eq!(store.claim(&key(3), LONG, LONG).await.unwrap(), Claim::Done("reply".into()));
    for full in [store.count(&bounds[..1], [2; 16]).await.unwrap(), store.look(&bounds[1..]).await.unwrap()] {
        assert!(full.unwrap().room_in <= short, "{full:?}");
    }
    // They end by the clock of the store, so there is nothing but the clock to wait for.
    tokio::time::sleep(2 * short).await;
    assert_eq!(store.claim(&key(3), LONG, LONG).await.unwrap(), Claim::Run);
    assert_eq!(store.count(&bounds[..1], [3; 16]).await.unwrap(), None);
    assert_eq!(store.look(&bounds[1..]).await.unwrap(), None);
}

#[tokio::test]
async fn of_two_bounds_of_one_key_the_longer_one_says_how_long_it_is_kept() {
    let folder = Folder::new();
    let store = folder.open().unwrap();
    let long = Bound { key: LimitKey::new("test", "a"), most: 5, window: LONG };
    let short = Bound { window: Duration::from_millis(1), ..long };
    assert_eq!(store.count(&[long, short], [1; 16]).await.unwrap(), None);
    let kept: i64 = store
        .read(|connection| connection.query_row("SELECT ends - at FROM limits", [], |row| row.get(0)))
        .await
        .unwrap();
    assert_eq!(kept, milliseconds(LONG));
}

#[tokio::test]
async fn what_is_too_old_goes_and_ids_never_come_back() {
    let folder = Folder::new();
    let store = folder.open().unwrap();
    for number in 0..1200 {
        append(&store, number).await;
    }
    put(&store, 1).await;
    store.finish(&key(1), "reply".into(), Duration::from_millis(1)).await.unwrap();
    // The events of the tests are of 1970; the report is of today.
    let retention = Retention::of(Some(60_000), None);
    let mut pieces = 0;
    while retention.pause() < Duration::from_secs(1) {
        let connection = folder.connection();
        retention.tidy(&connection).unwrap();
        pieces += 1;
    }
    assert!(pieces <= 6, "{pieces} pieces: many pages go back to the disk at once");
    assert!(store.after("7", 0, 9).await.unwrap().is_empty());
    assert_eq!(store.list(None, None, 9).await.unwrap().len(), 1);
    let left = "SELECT (SELECT count(*) FROM claims) + (SELECT count(*) FROM replies)";
    assert_eq!(folder.connection().query_row(left, [], |row| row.get(0)), Ok(0));
    append(&store, 1).await;
    assert_eq!(store.latest("7").await.unwrap(), 1201);
    // What is free goes back to the disk, but for an eighth.
    let of = |name| folder.connection().pragma_query_value(None, name, |row| row.get::<_, i64>(0)).unwrap();
    assert!(of("freelist_count") <= of("page_count") / 8, "{} of {}", of("freelist_count"), of("page_count"));
}

#[tokio::test]
async fn of_events_and_reports_the_oldest_go_first() {
    let folder = Folder::new();
    let store = folder.open().unwrap();
    let at = |second| jiff::Timestamp::from_second(second).unwrap();
    for second in [10, 900].into_iter().flat_map(|second| [second; 15]).zip(0..) {
        let report = Report::new(json!({"call_id": format!("c{}", second.1)}));
        let mut conversation = Conversation::new("mfa".into(), "7".into(), None, report);
        conversation.received_at = at(second.0);
        store.put(&conversation).await.unwrap();
    }
    let events = (0..600).map(|number| NewEvent { at: at(100 + number), ..event("7", json!(number)) });
    store.append(&EventBatch::new(events.collect())).await.unwrap();
    // Everything is too much.
    let retention = Retention::of(None, Some(1));
    let left = async || {
        retention.tidy(&folder.connection()).unwrap();
        (store.after("7", 0, 1000).await.unwrap().len(), store.list(None, None, 100).await.unwrap().len())
    };
    assert_eq!(left().await, (600, 15));
    assert_eq!(left().await, (100, 15));
    assert_eq!(left().await, (0, 15));
    assert_eq!(left().await, (0, 0));
}

#[tokio::test]
async fn what_is_too_much_goes_oldest_first_while_others_write() {
    let folder = Folder::new();
    let store = folder.with(Retention::of(None, Some(2 << 20))).unwrap();
    let text = "x".repeat(2000);
    for number in 0..6000 {
        store.append(&EventBatch::new(vec![event("7", json!([number, text]))])).await.unwrap();
    }
    // The writer deletes between its groups.
    loop {
        append(&store, 1).await;
        let used: i64 = store
            .read(|connection| {
                let of = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
                Ok((of("page_count")? - of("freelist_count")?) * of("page_size")?)
            })
            .await
            .unwrap();
        if used <= 2 << 20 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let oldest = store.after("7", 0, 1).await.unwrap();
    assert!(oldest[0].id > 4000, "{}", oldest[0].id);
    assert!(store.latest("7").await.unwrap() > 6000);
}
