use serde_json::{Value, json};

use super::super::faulty::{Fault, Faulty};
use super::super::{Conversations as _, EventLog as _};
use super::*;
use crate::call::Report;
use crate::store::Event;

fn recorder(store: &Arc<Faulty>, most: usize) -> (Recorder, EventSink) {
    let recorder = Recorder::with(Spool::in_memory(most), store.clone(), Arc::new(Redactor::new()));
    let sink = recorder.sink("mfa".into(), "7".into());
    (recorder, sink)
}

fn report(call_id: &str) -> Conversation {
    Conversation::new("mfa".into(), "7".into(), None, Report::new(json!({"call_id": call_id})))
}

/// What the events that are in the store say.
async fn kinds(store: &Faulty) -> Vec<String> {
    let events = store.inner.after("7", 0, usize::MAX).await.unwrap();
    let shown = events.iter().map(|event| serde_json::from_slice::<Value>(&event.json).unwrap());
    shown.map(|event| event["kind"].as_str().unwrap().to_owned()).collect()
}

/// Waits until nothing waits for the store.
async fn settled(recorder: &Recorder) {
    while recorder.waiting() > 0 {
        // The clock is paused and moves on when nothing else can.
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn what_was_emitted_before_a_flush_is_in_the_store_after_it() {
    let store = Faulty::new();
    let (recorder, sink) = recorder(&store, 1 << 20);
    for number in 0..1000 {
        sink.emit(Event::new(number.to_string(), json!(null)), None);
    }
    recorder.flush().await;
    assert_eq!(kinds(&store).await, (0..1000).map(|number| number.to_string()).collect::<Vec<_>>());
    assert_eq!(recorder.waiting(), 0);
}

#[tokio::test(start_paused = true)]
async fn records_wait_for_a_store_that_is_down_and_are_written_once_and_in_order() {
    for fault in [Fault::Down, Fault::Lies, Fault::Hangs] {
        let store = Faulty::new();
        let (recorder, sink) = recorder(&store, 1 << 20);
        sink.emit(Event::new("before", json!(null)), None);
        recorder.flush().await;
        store.set(fault);
        let mut expected = vec!["before".to_owned()];
        for number in 0..40 {
            sink.emit(Event::new(number.to_string(), json!(null)), None);
            expected.push(number.to_string());
            recorder.flush().await;
        }
        assert_eq!(recorder.report(report("c1")).await.unwrap(), Kept::Waits);
        assert!(recorder.waiting() > 1, "{fault:?}");
        store.set(Fault::None);
        sink.emit(Event::new("after", json!(null)), None);
        expected.push("after".to_owned());
        recorder.flush().await;
        settled(&recorder).await;
        assert_eq!(kinds(&store).await, expected, "{fault:?}");
        assert_eq!(store.inner.list(None, None, 9).await.unwrap().len(), 1, "{fault:?}");
        // From then on all goes straight into the store.
        assert!(matches!(recorder.report(report("c2")).await.unwrap(), Kept::Stored(_)));
    }
}

#[tokio::test(start_paused = true)]
async fn what_does_not_fit_is_refused_and_what_fits_is_kept() {
    let store = Faulty::new();
    let (recorder, sink) = recorder(&store, 4000);
    store.set(Fault::Down);
    for number in 0..100 {
        sink.emit(Event::new(number.to_string(), json!("x".repeat(100))), None);
        recorder.flush().await;
    }
    let mut kept = 0;
    while recorder.report(report(&format!("c{kept}"))).await.is_ok() {
        kept += 1;
    }
    assert!(kept > 1, "the last quarter is for reports");
    let error = recorder.report(report("one more")).await.unwrap_err();
    assert!(error.to_string().contains("SWAIG_SPOOL_SIZE"), "{error}");
    store.set(Fault::None);
    settled(&recorder).await;
    let events = kinds(&store).await;
    assert!(events.len() > 5 && events.len() < 20, "{}", events.len());
    assert_eq!(events, (0..events.len()).map(|number| number.to_string()).collect::<Vec<_>>());
    assert_eq!(store.inner.list(None, None, 99).await.unwrap().len(), kept);
}

#[tokio::test]
async fn a_report_that_comes_twice_is_kept_once() {
    let store = Faulty::new();
    let (recorder, _sink) = recorder(&store, 1 << 20);
    let first = recorder.report(report("c1")).await.unwrap();
    let Kept::Stored(Stored { id, again: false }) = first else { panic!("{first:?}") };
    assert_eq!(recorder.report(report("c1")).await.unwrap(), Kept::Stored(Stored { id, again: true }));
}
