use serde_json::json;

use super::*;
use crate::store::conformance::event;

fn events(number: u32) -> Record {
    Record::Events(EventBatch::new(vec![event("7", json!(number))]))
}

fn shown(spool: &mut Spool) -> Vec<String> {
    let mut shown = Vec::new();
    while let Some(record) = spool.first() {
        shown.push(serde_json::to_string(record).unwrap());
        spool.taken();
    }
    shown
}

fn folder() -> (tempfile::TempDir, PathBuf) {
    let base = tempfile::tempdir().unwrap();
    let folder = base.path().join("spool");
    (base, folder)
}

#[test]
fn what_waits_is_there_for_the_next_process_in_order_and_only_once() {
    let (_base, folder) = folder();
    let mut first = Spool::at(folder.clone(), 1 << 20);
    assert!(!folder.exists(), "there is no folder while nothing waits");
    let report = Conversation::dead_letter("mfa".into(), "7".into(), "text".to_owned(), "why".to_owned());
    let records = [events(1), Record::Report(Box::new(report)), events(2)];
    let expected: Vec<_> = records.iter().map(|record| serde_json::to_string(record).unwrap()).collect();
    for record in records {
        first.push(record).unwrap();
    }
    assert_eq!((first.len(), first.bytes()), (3, expected.iter().map(String::len).sum()));
    // Another process that lives takes nothing of it.
    assert!(Spool::at(folder.clone(), 1 << 20).is_empty());
    // The process ends when one of them is in the store: it comes again, and the store knows it.
    first.taken();
    drop(first);
    let mut second = Spool::at(folder.clone(), 1 << 20);
    second.push(events(3)).unwrap();
    assert_eq!(shown(&mut second)[..3], expected);
    assert!(!folder.exists(), "there is no folder when nothing waits any more");
    second.push(events(4)).unwrap();
    drop(second);
    assert_eq!(Spool::at(folder, 1 << 20).len(), 1);
}

#[test]
fn a_line_that_was_cut_off_is_left_out() {
    let (_base, folder) = folder();
    let mut spool = Spool::at(folder.clone(), 1 << 20);
    spool.push(events(1)).unwrap();
    drop(spool);
    let file = std::fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    let mut text = std::fs::read(&file).unwrap();
    text.extend_from_slice(b"{\"events\":{\"id\"");
    std::fs::write(&file, text).unwrap();
    assert_eq!(Spool::at(folder, 1 << 20).len(), 1);
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let (_base, folder) = folder();
    let mut spool = Spool::at(folder.clone(), 1 << 20);
    spool.push(events(1)).unwrap();
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let file = std::fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    assert_eq!((mode(&folder), mode(&file)), (0o700, 0o600));
}

#[test]
fn it_is_bounded_and_the_last_quarter_is_for_reports() {
    let mut spool = Spool::in_memory(4000);
    let mut kept = 0;
    while spool.push(events(kept)).is_ok() {
        kept += 1;
    }
    assert!(spool.bytes() <= 3000 && spool.bytes() > 2500, "{}", spool.bytes());
    let report = Conversation::dead_letter("mfa".into(), "7".into(), "x".repeat(100), "why".to_owned());
    spool.push(Record::Report(Box::new(report.clone()))).unwrap();
    let larger = Conversation::dead_letter("mfa".into(), "7".into(), "x".repeat(2000), "why".to_owned());
    spool.push(Record::Report(Box::new(larger))).unwrap_err();
    // What is taken makes room.
    while spool.first().is_some() {
        spool.taken();
    }
    assert_eq!(spool.bytes(), 0);
    spool.push(events(1)).unwrap();
}

#[test]
fn without_a_folder_that_can_be_written_it_waits_in_memory() {
    let base = tempfile::tempdir().unwrap();
    let file = base.path().join("file");
    std::fs::write(&file, "").unwrap();
    let mut spool = Spool::at(file.join("spool"), 1 << 20);
    spool.push(events(1)).unwrap();
    spool.push(events(2)).unwrap();
    assert_eq!(shown(&mut spool).len(), 2);
}

#[test]
fn the_settings_name_a_folder_and_a_size() {
    let open = |pairs: &[(&'static str, &'static str)]| {
        Spool::open(&Setup::test(pairs.iter().copied())).map_err(|error| error.to_string())
    };
    let base = tempfile::tempdir().unwrap();
    let spool = open(&[(FOLDER, IN_MEMORY), (SIZE, "2")]).unwrap();
    assert_eq!((spool.most, spool.journal.is_none()), (2 << 20, true));
    assert!(open(&[(FOLDER, "memory:")]).unwrap().most == DEFAULT_SIZE << 20);
    let error = open(&[(FOLDER, "memory:"), (SIZE, "0")]).err().unwrap();
    assert!(error.contains(SIZE), "{error}");
    let folder: &'static str = base.path().to_str().unwrap().to_owned().leak();
    assert!(open(&[(FOLDER, folder)]).unwrap().journal.is_some());
}
