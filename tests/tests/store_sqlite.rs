//! The store in a file, as an operator sees it: what was acknowledged outlives the process, however it ends.

use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use swaig_tests::{Employee, PhoneCall, Program, StandIn, Will};
use tokio::sync::Notify;

const CALLER: &str = "+15551230000";

fn at(path: &Path) -> Program {
    Program::new(["--listen", "127.0.0.1:0"])
        .set("SWAIG_STORE", format!("sqlite:{}", path.display()))
        .set("SWML_BASIC_AUTH_PASSWORD", "try-me")
        .set("SWAIG_SECRET", "0123456789abcdef0123456789abcdef")
}

async fn kinds(employee: &Employee, until: &str) -> Vec<String> {
    let events = employee.events("?after=0").await.until(until).await;
    events.iter().map(|event| event.kind().to_owned()).collect()
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_a_kill_and_a_repeated_webhook_runs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let mut employee = at(&path).serve().await;
    let call = PhoneCall::from(&employee, CALLER).await;
    let webhook = call.webhook("send_mfa", &json!({}));
    let first = call.post(&webhook).await;
    assert_eq!(first.response(), "6 digit number sent");
    assert_eq!(call.end(json!({"post_prompt_data": {"raw": "Goodbye"}})).await.status, 200);
    let before = kinds(&employee, "conversation_ended").await;
    employee.signal("KILL");
    assert_eq!(employee.exit().await, None);

    let mut employee = at(&path).serve().await;
    assert_eq!(kinds(&employee, "conversation_ended").await, before);
    let page = employee.client().get("/console").await;
    assert!(page.text().contains("Goodbye"), "{}", page.text());
    let again = employee.client().post("/mfa/swaig", &webhook).await.json();
    assert_eq!(again, first.0, "the first reply is given again");
    assert_eq!(employee.codes(), 0, "and no second code is sent");
    assert!(kinds(&employee, "function_repeated").await.starts_with(&before));
    // In order, it ends without a write-ahead log.
    employee.signal("TERM");
    assert_eq!(employee.exit().await, Some(0));
    let left: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(left, ["store.db"]);
}

#[tokio::test]
async fn the_file_is_in_the_working_folder_where_no_other_is_named() {
    let employee = Employee::sandbox().await;
    assert!(employee.folder().join("digital-employees.db").exists());
    let line =
        employee.log().find("the store", |line| line.contains(" store ").then(|| line.to_owned())).await;
    assert!(line.contains("sqlite at digital-employees.db (default)"), "{line}");
    let ready = employee.stranger().get("/ready").await;
    assert_eq!((ready.status, ready.json()), (200, json!({"status": "ready"})));
}

#[tokio::test]
async fn a_file_that_cannot_be_used_stops_the_start_and_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("broken.db");
    std::fs::write(&broken, "no database ".repeat(100)).unwrap();
    let missing = folder.path().join("missing/store.db");
    let newer = folder.path().join("newer.db");
    let mut employee = at(&newer).serve().await;
    employee.signal("TERM");
    assert_eq!(employee.exit().await, Some(0));
    // The file format of SQLite, 1.3: the user version is a big-endian number at byte 60.
    let mut bytes = std::fs::read(&newer).unwrap();
    bytes[60..64].copy_from_slice(&99_u32.to_be_bytes());
    std::fs::write(&newer, bytes).unwrap();
    let cut_off = folder.path().join("cut-off.db");
    let mut employee = at(&cut_off).serve().await;
    employee.signal("TERM");
    assert_eq!(employee.exit().await, Some(0));
    let bytes = std::fs::read(&cut_off).unwrap();
    std::fs::write(&cut_off, &bytes[..bytes.len() / 2]).unwrap();
    for (path, words) in [
        (&broken, "move it away"),
        (&cut_off, "restore it from a copy"),
        (&newer, "has version 99"),
        (&missing, "make its folder"),
    ] {
        let ended = at(path).run().await;
        assert_eq!(ended.code, Some(1), "{}", ended.stderr);
        assert!(
            ended.stderr.contains(words) && ended.stderr.contains(&*path.to_string_lossy()),
            "{}",
            ended.stderr
        );
    }
    let ended = Program::new(["--listen", "127.0.0.1:0"])
        .set("SWAIG_STORE", "postgres://u:secret@host/db")
        .run()
        .await;
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("sqlite:PATH") && !ended.stderr.contains("secret"), "{}", ended.stderr);
}

#[tokio::test]
async fn calls_go_on_when_the_store_has_no_room_and_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let spool = folder.path().join("spool");
    let start = || at(&path).set("SWAIG_SPOOL", spool.as_os_str());
    // A limit on the size of files stands for a disk without room. The shell sets it, in blocks of 512 bytes or 1 KiB.
    let mut employee = start().limit_file_size(400).serve().await;
    let call = PhoneCall::from(&employee, CALLER).await;
    let text = "a long story ".repeat(2000);
    let mut posted = 0;
    let degraded = loop {
        let report = json!({"post_prompt_data": {"raw": format!("{posted} {text}")}});
        assert_eq!(call.end(report).await.status, 200);
        posted += 1;
        let ready = employee.stranger().get("/ready").await;
        assert_eq!(ready.status, 200);
        let ready = ready.json();
        if ready["status"] == "degraded" {
            break ready;
        }
        assert!(posted < 200, "the disk is never full");
    };
    assert!(degraded["reasons"].to_string().contains("wait"), "{degraded}");
    // A function that needs no counter is answered, and one that does says honestly that it did nothing.
    let reply = call.post(&call.webhook("verify_mfa", &json!({"token": "123456"}))).await;
    assert!(reply.response().contains("No code"), "{}", reply.response());
    let metrics = employee.client().get("/metrics").await;
    assert!(metrics.text().contains("swaig_spool_records"), "{}", metrics.text());
    employee.signal("KILL");
    employee.exit().await;
    assert!(spool.exists(), "what waits is in the spool");

    // With room again, the next process writes it.
    let employee = start().serve().await;
    let stored = async |id: usize| employee.client().get(&format!("/console/conversations/{id}.json")).await;
    let mut seen = Vec::new();
    let mut events = employee.events("?after=0").await;
    while seen.len() < posted {
        let event = events.next().await.expect("an event");
        if event.kind() == "conversation_ended" {
            let summary = event.data()["summary"].as_str().unwrap_or_default().to_owned();
            seen.push(summary.split(' ').next().unwrap_or_default().to_owned());
        }
    }
    assert_eq!(seen, (0..posted).map(|number| number.to_string()).collect::<Vec<_>>());
    let mut kept = Vec::new();
    for id in 1..=posted {
        let report = stored(id).await;
        assert_eq!(report.status, 200, "{id}");
        let report: Value = report.json();
        kept.push(report["post_prompt_data"]["raw"].as_str().unwrap().split(' ').next().unwrap().to_owned());
    }
    assert_eq!(kept, (0..posted).map(|number| number.to_string()).collect::<Vec<_>>());
    assert_eq!(stored(posted + 1).await.status, 404);
    assert!(!spool.exists(), "the spool is gone");
}

#[tokio::test]
async fn a_run_that_was_cut_off_is_not_repeated_and_the_model_hears_that_nobody_knows() {
    let told = Arc::new(Notify::new());
    let stand_in = StandIn::start({
        let told = told.clone();
        move |request| Will::Hold(told.clone(), Box::new(Will::succeed(request)))
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let start = || at(&path).account(&stand_in);
    let mut employee = start().serve().await;
    let call = PhoneCall::from(&employee, CALLER).await;
    let webhook = call.webhook("send_mfa", &json!({}));
    let cut_off = tokio::spawn({
        let (client, webhook) = (employee.client(), webhook.clone());
        async move { client.post("/mfa/swaig", &webhook).await }
    });
    stand_in.wait_for(1).await;
    employee.signal("KILL");
    employee.exit().await;
    assert!(cut_off.await.is_err(), "nobody answered");

    let employee = start().serve().await;
    // The first one waits for as long as the run may still go on somewhere, and the second hears how it ended.
    for _ in 0..2 {
        let reply = employee.client().post("/mfa/swaig", &webhook).await.json();
        let response = reply["response"].as_str().unwrap();
        assert!(response.contains("not known"), "{response}");
    }
    assert_eq!(stand_in.sends(), 1, "no second message goes out");
    let events = employee.events("?after=0").await.until("function_interrupted").await;
    assert_eq!(events.iter().filter(|event| event.kind() == "function_called").count(), 1);
    told.notify_waiters();
}
