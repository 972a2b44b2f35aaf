use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Barrier, mpsc};
use std::time::Duration;

use futures_util::FutureExt as _;
use serde_json::json;

use super::super::{
    Claim, Conversation, Conversations as _, EventBatch, EventLog as _, Limits as _, ReplyKey,
    ReplyMemory as _,
};
use super::*;
use crate::call::Report;
use crate::store::conformance::{self, event};
use crate::store::{Bound, LimitKey, NewEvent};

const LONG: Duration = Duration::from_mins(5);

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("store.db")
    }

    fn open(&self) -> Result<SqliteStore, StoreError> {
        self.with(Retention::of(None, None))
    }

    fn with(&self, retention: Retention) -> Result<SqliteStore, StoreError> {
        SqliteStore::open(&self.path(), Sync::Normal, retention)
    }

    fn error(&self) -> StoreError {
        self.open().err().expect("it cannot be opened")
    }

    /// The file as another program sees it.
    fn connection(&self) -> Connection {
        Connection::open(self.path()).unwrap()
    }
}

async fn append(store: &SqliteStore, number: u64) {
    store.append(&EventBatch::new(vec![event("7", json!(number))])).await.unwrap();
}

async fn put(store: &SqliteStore, number: u64) {
    let report = Report::new(json!({"call_id": format!("c{number}")}));
    store.put(&Conversation::new("mfa".into(), "7".into(), None, report)).await.unwrap();
}

fn key(argument: u8) -> ReplyKey {
    ReplyKey { agent_id: "7".into(), call_id: "c".into(), function: "f".into(), argument: [argument; 32] }
}

#[tokio::test]
async fn it_keeps_the_contract() {
    let folder = Folder::new();
    let store: Arc<dyn Store> = Arc::new(folder.open().unwrap());
    conformance::all(&store).await;
    assert_eq!(store.place(), Some(folder.path().display().to_string()));
    store.close().await;
    assert!(matches!(store.ping().await, Err(StoreError::Unavailable(_))), "it is closed");
}

#[tokio::test]
async fn all_is_there_when_it_is_opened_again_closed_or_not() {
    let folder = Folder::new();
    for round in 1..=3 {
        let store = folder.open().unwrap();
        append(&store, round).await;
        put(&store, round).await;
        store.finish(&key(1), "reply".into(), LONG).await.unwrap();
        if round == 2 {
            store.close().await;
        }
    }
    let store = folder.open().unwrap();
    let events = store.after("7", 0, 9).await.unwrap();
    assert_eq!(events.iter().map(|event| event.id).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(store.list(None, None, 9).await.unwrap().len(), 3);
    assert_eq!(store.claim(&key(1), LONG, LONG).await.unwrap(), Claim::Done("reply".into()));
}

#[tokio::test]
async fn two_processes_may_share_it_while_one_hands_over_to_the_other() {
    let folder = Folder::new();
    let (old, new) = (folder.open().unwrap(), folder.open().unwrap());
    append(&old, 1).await;
    // The tail of the new one has an event of its own, and has not seen that of the old one.
    new.changed("7", 0).await.unwrap();
    append(&new, 2).await;
    append(&old, 3).await;
    append(&new, 4).await;
    let ids = |events: Vec<Arc<crate::store::RecordedEvent>>| {
        events.iter().map(|event| event.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(new.after("7", 0, 9).await.unwrap()), [1, 2, 3, 4]);
    assert_eq!(ids(new.after("7", 2, 9).await.unwrap()), [3, 4]);
    assert_eq!(ids(old.after("7", 1, 9).await.unwrap()), [2, 3, 4]);
    // Who waits at one is woken by the other.
    let waiting = tokio::spawn(async move {
        while new.after("7", 4, 1).await.unwrap().is_empty() {
            new.changed("7", 4).await.unwrap();
        }
    });
    append(&old, 5).await;
    waiting.await.unwrap();
}

/// Keeps the writer busy until the sender is used or dropped.
async fn gate(store: &Arc<SqliteStore>) -> mpsc::Sender<()> {
    let (open, opened) = mpsc::channel();
    let (here, arrived) = tokio::sync::oneshot::channel();
    let store = store.clone();
    tokio::spawn(async move {
        let wait = move |_: &Connection| {
            let _ = here.send(());
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
            connection.execute(
                "UPDATE replies SET made = made + ?1, lease = lease + ?1, ends = ends + ?1",
                [year],
            )?;
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
    while retention.pause() < Duration::from_secs(1) {
        let connection = folder.connection();
        retention.tidy(&connection).unwrap();
    }
    assert!(store.after("7", 0, 9).await.unwrap().is_empty());
    assert_eq!(store.list(None, None, 9).await.unwrap().len(), 1);
    let replies: i64 =
        folder.connection().query_row("SELECT count(*) FROM replies", [], |row| row.get(0)).unwrap();
    assert_eq!(replies, 0);
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

#[test]
fn a_file_that_is_no_store_is_refused_and_left_as_it_is() {
    let folder = Folder::new();
    std::fs::write(folder.path(), "this is a text of some length, and no database at all\n".repeat(20))
        .unwrap();
    let before = std::fs::read(folder.path()).unwrap();
    let error = folder.error();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
    assert!(error.to_string().contains("store.db") && error.to_string().contains("move it away"), "{error}");
    assert_eq!(std::fs::read(folder.path()).unwrap(), before);
    std::fs::remove_file(folder.path()).unwrap();
    folder.connection().execute_batch("CREATE TABLE other (x)").unwrap();
    let error = folder.error();
    assert!(error.to_string().contains("another program"), "{error}");
}

#[tokio::test]
async fn a_damaged_file_is_refused() {
    let folder = Folder::new();
    let store = folder.open().unwrap();
    for number in 0..2000 {
        append(&store, number).await;
    }
    store.close().await;
    drop(store);
    let mut bytes = std::fs::read(folder.path()).unwrap();
    let (pages, size) = (bytes.len() / 4096, bytes.len());
    // Pages in the middle are overwritten.
    bytes[(pages / 2) * 4096..(pages / 2 + 4) * 4096].fill(0x5A);
    std::fs::write(folder.path(), &bytes).unwrap();
    let error = folder.error();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
    // Cut off in the middle.
    std::fs::write(folder.path(), &bytes[..size / 3]).unwrap();
    let error = folder.error();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
}

#[tokio::test]
async fn a_newer_file_is_refused_and_says_what_to_do() {
    let folder = Folder::new();
    folder.open().unwrap().close().await;
    folder.connection().pragma_update(None, "user_version", schema::newest() + 1).unwrap();
    let error = folder.error();
    assert!(matches!(error, StoreError::Newer { .. }), "{error:?}");
    assert!(error.to_string().contains("SWAIG_STORE"), "{error}");
}

#[tokio::test]
async fn a_file_that_another_program_holds_is_said_to_be_locked() {
    let folder = Folder::new();
    folder.open().unwrap().close().await;
    let other = folder.connection();
    other
        .execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; UPDATE state SET pings = 7;")
        .unwrap();
    let error = folder.error();
    assert!(matches!(error, StoreError::Locked { .. }), "{error:?}");
    other.execute_batch("ROLLBACK; PRAGMA locking_mode = NORMAL; SELECT * FROM state;").unwrap();
    drop(other);
    folder.open().unwrap().ping().await.unwrap();
}

#[test]
fn several_that_start_at_the_same_moment_make_one_file() {
    for _ in 0..20 {
        let folder = Folder::new();
        let all = Barrier::new(6);
        let opened: Vec<_> = std::thread::scope(|scope| {
            let open = || {
                all.wait();
                open::writer(&folder.path(), Sync::Normal).map(drop)
            };
            let threads: Vec<_> = (0..6).map(|_| scope.spawn(open)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(opened.iter().all(Result::is_ok), "{opened:?}");
    }
}

#[tokio::test]
async fn who_hands_over_does_not_say_that_the_next_one_has_closed_it() {
    let folder = Folder::new();
    let is_open = || {
        folder.connection().query_row("SELECT open != 0 FROM state", [], |row| row.get::<_, bool>(0)).unwrap()
    };
    let (old, new) = (folder.open().unwrap(), folder.open().unwrap());
    old.close().await;
    assert!(is_open());
    append(&new, 1).await;
    new.latest("7").await.unwrap();
    new.close().await;
    assert!(!is_open());
    let left: Vec<_> =
        std::fs::read_dir(folder.0.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(left, ["store.db"], "the write-ahead log is in the file");
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_named() {
    let folder = Folder::new();
    folder.open().unwrap().close().await;
    // Nobody can make a file of this name.
    std::fs::create_dir(folder.0.path().join("store.db-wal")).unwrap();
    let error = folder.error().to_string();
    assert!(error.contains("store.db") && error.contains("into its folder"), "{error}");
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let folder = Folder::new();
    let path = folder.0.path().join("no/such/folder/store.db");
    let error = SqliteStore::open(&path, Sync::Normal, Retention::of(None, None)).err().unwrap();
    assert!(
        error.to_string().contains("no/such/folder/store.db")
            && error.to_string().contains("make its folder"),
        "{error}"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_can_read_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    let store = folder.open().unwrap();
    append(&store, 1).await;
    let files: Vec<_> = std::fs::read_dir(folder.0.path()).unwrap().map(|entry| entry.unwrap()).collect();
    assert!(files.len() > 1, "there is a write-ahead log beside it");
    for file in files {
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.path());
    }
}

#[test]
fn settings_that_are_not_valid_are_errors_that_say_what_is() {
    let open = |pairs: &[(&'static str, &'static str)]| {
        let setup = Setup::test(pairs.iter().copied());
        super::super::open(&setup).err().unwrap().to_string()
    };
    assert!(open(&[("SWAIG_STORE", "sqlite:")]).contains("sqlite:PATH"));
    assert!(open(&[("SWAIG_STORE", "sqlite::memory:")]).contains("memory: keeps nothing"));
    assert!(open(&[("SWAIG_STORE", "sqlite:x"), ("SWAIG_STORE_SYNC", "often")]).contains("normal"));
    assert!(
        open(&[("SWAIG_STORE", "sqlite:x"), ("SWAIG_STORE_MAX_AGE", "-1")]).contains("SWAIG_STORE_MAX_AGE")
    );
    assert!(
        open(&[("SWAIG_STORE", "sqlite:x"), ("SWAIG_STORE_MAX_SIZE", "1 GB")])
            .contains("SWAIG_STORE_MAX_SIZE")
    );
    assert!(open(&[("SWAIG_STORE", "postgres://user:secret@host")]).contains("\"postgres:\""));
}
