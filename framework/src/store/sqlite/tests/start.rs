//! Files that are opened, and those that are refused.

use super::*;

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
async fn a_file_of_the_first_version_is_brought_up_to_date_with_what_is_in_it() {
    let folder = Folder::new();
    let old = folder.connection();
    schema::first(&old).unwrap();
    let later = now() + milliseconds(LONG);
    old.execute(
        "INSERT INTO replies (agent_id, call_id, function, argument, reply, lease, ends) VALUES ('7', 'c', 'f', ?1, x'7265706c79', 0, ?2)",
        rusqlite::params![[1_u8; 32], later],
    )
    .unwrap();
    let claim = "INSERT INTO replies (agent_id, call_id, function, argument, lease, ends) VALUES ('7', 'c', 'f', ?1, ?2, ?2)";
    old.execute(claim, rusqlite::params![[2_u8; 32], later]).unwrap();
    old.execute("INSERT INTO events (id, agent_id, at, json) VALUES (41, '7', 0, x'7b7d')", []).unwrap();
    drop(old);
    let store = folder.open().unwrap();
    append(&store, 1).await;
    assert_eq!(store.latest("7").await.unwrap(), 42);
    assert_eq!(store.claim(&key(1), LONG, LONG).await.unwrap(), Claim::Done("reply".into()));
    assert_eq!(store.claim(&key(2), LONG, LONG).await.unwrap(), Claim::Running);
    assert_eq!(store.claim(&key(3), LONG, LONG).await.unwrap(), Claim::Run);
    store.close().await;
    assert_eq!(schema::version(&folder.connection()).unwrap(), schema::newest());
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
    for _ in 0..30 {
        let folder = Folder::new();
        let all = Barrier::new(16);
        let opened: Vec<_> = std::thread::scope(|scope| {
            let open = || {
                all.wait();
                open::writer(&folder.path(), Sync::Normal).map(drop)
            };
            let threads: Vec<_> = (0..16).map(|_| scope.spawn(open)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(opened.iter().all(Result::is_ok), "{opened:?}");
    }
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
        crate::store::open(&setup).err().unwrap().to_string()
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
