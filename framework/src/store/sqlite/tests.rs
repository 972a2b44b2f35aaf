mod keeping;
mod start;
mod writing;

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
