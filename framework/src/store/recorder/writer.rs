//! The task that writes records: groups of new ones, and those that wait.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::super::spool::{Record, Spool};
use super::super::{EventBatch, Store, StoreError, in_time, metrics};
use super::Item;

/// How many queued events are written at once.
const GROUP: usize = 256;
/// How many waiting records are written before new ones are looked at.
const DRAIN: usize = 16;
/// How long after a failure the store is tried again, at first and at most.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(2));
/// How often a record is tried while the store works otherwise.
const TRIES: u32 = 10;

/// The task that writes.
pub(super) struct Writer {
    store: Arc<dyn Store>,
    spool: Spool,
    waiting: Arc<AtomicUsize>,
    /// How long the next pause is.
    pause: Duration,
    /// When the store is tried again, while records wait.
    again_at: Instant,
    /// How often the first record that waits was tried while the store worked otherwise.
    tries: u32,
}

impl Writer {
    pub(super) fn new(store: Arc<dyn Store>, spool: Spool, waiting: Arc<AtomicUsize>) -> Self {
        Self { store, spool, waiting, pause: PAUSES.0, again_at: Instant::now(), tries: 0 }
    }

    pub(super) async fn run(mut self, mut items: mpsc::UnboundedReceiver<Item>) {
        let mut group = Vec::with_capacity(GROUP);
        loop {
            if !self.spool.is_empty() && Instant::now() >= self.again_at {
                self.drain(DRAIN).await;
            }
            let received = if self.spool.is_empty() {
                Some(items.recv_many(&mut group, GROUP).await)
            } else {
                let new = items.recv_many(&mut group, GROUP);
                tokio::time::timeout_at(self.again_at, new).await.ok()
            };
            match received {
                // The process ends. What waits still is in the journal, and one more try is cheap.
                Some(0) => return self.drain(usize::MAX).await,
                Some(_) => self.take(&mut group).await,
                None => {}
            }
        }
    }

    /// Writes what came in, or lets it wait behind what waits already.
    async fn take(&mut self, group: &mut Vec<Item>) {
        let (mut events, mut reports, mut waiting) =
            (Vec::with_capacity(group.len()), Vec::new(), Vec::new());
        for item in group.drain(..) {
            match item {
                Item::Event(event) => events.push(event),
                Item::Once(id, event) => {
                    self.append(EventBatch::new(std::mem::take(&mut events))).await;
                    self.append(EventBatch { id, events: vec![event] }).await;
                }
                Item::Report(report, done) => reports.push((report, done)),
                Item::Flush(done) => waiting.push(done),
            }
        }
        self.append(EventBatch::new(events)).await;
        for (report, done) in reports {
            let kept = self.spool.push(Record::Report(report));
            self.count();
            let _ = done.send(kept);
        }
        for done in waiting {
            let _ = done.send(());
        }
    }

    async fn append(&mut self, batch: EventBatch) {
        if batch.events.is_empty() {
            return;
        }
        if !self.spool.is_empty() {
            self.wait_with(batch);
        } else if let Err(error) = in_time(self.store.append(&batch)).await {
            tracing::error!(error = &error as &dyn std::error::Error, "events wait for the store");
            self.wait_with(batch);
            self.later();
        }
    }

    fn wait_with(&mut self, batch: EventBatch) {
        let events = batch.events.len();
        if let Err(error) = self.spool.push(Record::Events(batch)) {
            tracing::error!(error = &error as &dyn std::error::Error, events, "events are lost");
            metrics::lost("event", events);
        }
        self.count();
    }

    /// Writes up to `most` records that wait, in order, until one fails.
    async fn drain(&mut self, most: usize) {
        for _ in 0..most {
            let Some(record) = self.spool.first() else { break };
            match self.write(record).await {
                Ok(()) => {
                    self.spool.taken();
                    (self.pause, self.tries) = (PAUSES.0, 0);
                }
                Err(error) => {
                    tracing::debug!(error = &error as &dyn std::error::Error, "records wait for the store");
                    self.later();
                    self.give_up(&error).await;
                    break;
                }
            }
            if self.spool.is_empty() {
                tracing::info!("the store works again, and all that waited for it is in it");
            }
        }
        self.count();
    }

    async fn write(&self, record: &Record) -> Result<(), StoreError> {
        match record {
            Record::Events(batch) => in_time(self.store.append(batch)).await,
            Record::Report(report) => in_time(self.store.put(report)).await.map(|_| ()),
        }
    }

    /// A record that the store refuses again and again, while it works otherwise, must not hold up those behind it.
    async fn give_up(&mut self, error: &StoreError) {
        if in_time(self.store.ping()).await.is_err() {
            return;
        }
        self.tries += 1;
        if self.tries < TRIES {
            return;
        }
        tracing::error!(error = error as &dyn std::error::Error, "a record is lost: the store refuses it");
        match self.spool.first() {
            Some(Record::Events(batch)) => metrics::lost("event", batch.events.len()),
            Some(Record::Report(_)) => metrics::lost("report", 1),
            None => {}
        }
        self.spool.taken();
        self.tries = 0;
    }

    fn later(&mut self) {
        self.again_at = Instant::now() + self.pause;
        self.pause = (self.pause * 2).min(PAUSES.1);
    }

    fn count(&self) {
        self.waiting.store(self.spool.len(), Ordering::Relaxed);
        metrics::waiting(self.spool.len(), self.spool.bytes());
    }
}
