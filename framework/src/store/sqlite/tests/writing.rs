//! Changes that come together, those who wait for them, and a disk without room.

use super::*;

/// Keeps the writer busy until the sender is used or dropped.
async fn gate(store: &Arc<SqliteStore>) -> mpsc::Sender<()> {
    let (open, opened) = mpsc::channel();
    let (here, arrived) = tokio::sync::oneshot::channel();
    let store = store.clone();
    tokio::spawn(async move {
        let mut here = Some(here);
        let wait = move |_: &Connection| {
            let _ = here.take().map(|here| here.send(()));
            let _ = opened.recv();
            Ok(())
        };
        store.write(wait).await
    });
    arrived.await.unwrap();
    open
}

#[tokio::test]
async fn changes_that_come_together_are_committed_together_and_one_that_fails_is_undone_alone() {
    let folder = Folder::new();
    let store = Arc::new(folder.open().unwrap());
    let gate = gate(&store).await;
    let mut changes: Vec<_> = (0..400_u32)
        .map(|number| {
            let path = folder.path();
            let work = move |connection: &Connection| {
                connection
                    .execute("INSERT INTO events (agent_id, at, json) VALUES ('7', ?1, x'7b7d')", [number])?;
                if number % 10 == 3 {
                    // After it has changed something.
                    connection.execute("INSERT INTO nothing VALUES (1)", [])?;
                }
                assert!(number != 4, "this change panics");
                // What another connection sees is what was committed before this group.
                Connection::open(&path)?
                    .query_row("SELECT count(*) FROM events", [], |row| row.get::<_, i64>(0))
            };
            // All begin within one turn of this task.
            Box::pin(tokio::task::unconstrained(store.write(work)))
        })
        .collect();
    for change in &mut changes {
        assert!(change.now_or_never().is_none(), "it waits at the gate");
    }
    drop(gate);
    let mut before = HashSet::new();
    let mut worked = 0;
    for change in changes {
        if let Ok(committed) = change.await {
            before.insert(committed);
            worked += 1;
        }
    }
    assert_eq!(worked, 359);
    assert!(before.len() <= 3, "400 changes in {} commits", before.len());
    let times: HashSet<i64> = store
        .read(|connection| {
            connection.prepare("SELECT at FROM events")?.query_map([], |row| row.get(0))?.collect()
        })
        .await
        .unwrap();
    assert_eq!(times.len(), 359);
    assert!(times.iter().all(|number| number % 10 != 3 && *number != 4));
    append(&store, 1).await;
}

#[tokio::test]
async fn what_waits_for_the_writer_is_bounded() {
    let folder = Folder::new();
    let store = Arc::new(folder.open().unwrap());
    let gate = gate(&store).await;
    let ran = Arc::new(AtomicUsize::new(0));
    for _ in 0..5_000 {
        let ran = ran.clone();
        let change =
            tokio::task::unconstrained(store.write(move |_| Ok(ran.fetch_add(1, Ordering::Relaxed))));
        // Who asked gives up. What was in the queue by then is done all the same.
        assert!(change.now_or_never().is_none());
    }
    drop(gate);
    store.ping().await.unwrap();
    assert_eq!(ran.load(Ordering::Relaxed), 4095, "beside the one that kept the writer busy");
}

#[tokio::test]
async fn who_begins_to_watch_between_a_change_and_its_commit_is_woken() {
    let folder = Folder::new();
    let store = Arc::new(folder.open().unwrap());
    let closed = gate(&store).await;
    let batch = EventBatch::new(vec![event("7", json!(1))]);
    let mut appended = store.append(&batch);
    assert!(appended.as_mut().now_or_never().is_none());
    // In the group of the event, after it.
    let before_commit = tokio::spawn({
        let store = store.clone();
        async move { gate(&store).await }
    });
    tokio::task::yield_now().await;
    drop(closed);
    let before_commit = before_commit.await.unwrap();
    let mut changed = store.changed("7", 0);
    assert!(changed.as_mut().now_or_never().is_none());
    // Four reads at once: that of the watcher has ended, and had found nothing.
    let all = Arc::new(Barrier::new(4));
    let reads = (0..4).map(|_| {
        let all = all.clone();
        store.read(move |_| Ok(all.wait().is_leader()))
    });
    let mut reads = std::pin::pin!(futures_util::future::join_all(reads.collect::<Vec<_>>()));
    tokio::select! {
        biased;
        changed = &mut changed => panic!("nothing is committed yet: {changed:?}"),
        _ = &mut reads => {}
    }
    assert!(changed.as_mut().now_or_never().is_none());
    drop(before_commit);
    appended.await.unwrap();
    changed.await.unwrap();
    assert_eq!(store.after("7", 0, 9).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_read_that_nobody_waits_for_keeps_its_turn_to_its_end() {
    let folder = Folder::new();
    let store = folder.open().unwrap();
    let (open, opened) = mpsc::channel::<()>();
    let opened = Arc::new(std::sync::Mutex::new(opened));
    for _ in 0..4 {
        let (here, arrived) = tokio::sync::oneshot::channel();
        let opened = opened.clone();
        let read = store.read(move |_| {
            let _ = here.send(());
            let _ = opened.lock().unwrap_or_else(std::sync::PoisonError::into_inner).recv();
            Ok(())
        });
        tokio::select! {
            biased;
            read = read => panic!("it cannot end: {read:?}"),
            arrived = arrived => arrived.unwrap(),
        }
    }
    let mut fifth = std::pin::pin!(store.latest("7"));
    let beside_them = tokio::time::timeout(Duration::from_millis(50), &mut fifth).await;
    assert!(beside_them.is_err(), "there is a fifth connection");
    drop(open);
    assert_eq!(fifth.await.unwrap(), 0);
}

#[tokio::test]
async fn a_disk_without_room_is_said_and_used_again_when_there_is_some() {
    let folder = Folder::new();
    let store = folder.open().unwrap();
    append(&store, 1).await;
    store
        .write(|connection| {
            let pages: i64 = connection.pragma_query_value(None, "page_count", |row| row.get(0))?;
            connection.pragma_update(None, "max_page_count", pages + 2)
        })
        .await
        .unwrap();
    let large = EventBatch::new(vec![event("7", json!("x".repeat(1 << 20)))]);
    let error = store.append(&large).await.unwrap_err();
    assert!(matches!(error, StoreError::Full(_)), "{error:?}");
    // In a group with others, too.
    let (small, again) = (EventBatch::new(vec![event("7", json!(2))]), large.clone());
    let (first, second, third) =
        tokio::join!(store.append(&small), store.append(&again), store.append(&small));
    assert!(second.is_err(), "{first:?} {third:?}");
    store.write(|connection| connection.pragma_update(None, "max_page_count", 1 << 30)).await.unwrap();
    store.append(&large).await.unwrap();
    store.append(&small).await.unwrap();
    assert_eq!(store.after("7", 0, 9).await.unwrap().len(), 3);
}
