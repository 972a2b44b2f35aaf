//! The way of a record into the store: masked, queued, and written in groups. While the store is down it waits in the spool.

#[cfg(test)]
mod tests;
mod writer;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::FutureExt as _;
use jiff::{Timestamp, Unit};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use super::spool::{NoRoom, Spool};
use super::{Conversation, Event, EventBatch, EventSink, NewEvent, Store, StoreError, Stored, Told, in_time};
use crate::redact::{Redactor, shown_id};
use crate::setup::{Setup, SetupError};
use writer::Writer;

/// Writes records to a store from one task, so that whoever emits an event does not wait, and many are committed together.
/// A store in memory makes nobody wait: there an event is written where it is emitted.
#[derive(Clone)]
pub(crate) struct Recorder {
    at_once: bool,
    queue: mpsc::UnboundedSender<Item>,
    store: Arc<dyn Store>,
    redactor: Arc<Redactor>,
    waiting: Arc<AtomicUsize>,
}

enum Item {
    Event(NewEvent),
    /// An event that is in the store once, however often it comes.
    Once(Uuid, NewEvent),
    Report(Box<Conversation>, oneshot::Sender<Result<(), NoRoom>>),
    Flush(oneshot::Sender<()>),
}

/// What became of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// It is in the store.
    Stored(Stored),
    /// It waits for the store.
    Waits,
}

/// A report is neither in the store nor waits for it.
#[derive(Debug, thiserror::Error)]
#[error("the store does not work, and there is no room to wait: {no_room}")]
pub(crate) struct NotKept {
    no_room: NoRoom,
    #[source]
    store: StoreError,
}

impl Recorder {
    /// Starts the writing task. It ends when the last clone is gone and the queue is empty.
    pub(crate) fn start(
        setup: &Setup,
        store: Arc<dyn Store>,
        redactor: Arc<Redactor>,
    ) -> Result<Self, SetupError> {
        // In memory there is nothing that a later process could find again.
        let spool = if store.name() == "memory" { Spool::in_memory(0) } else { Spool::open(setup)? };
        Ok(Self { at_once: store.is_here_alone(), ..Self::with(spool, store, redactor) })
    }

    pub(super) fn with(spool: Spool, store: Arc<dyn Store>, redactor: Arc<Redactor>) -> Self {
        let (queue, items) = mpsc::unbounded_channel();
        let waiting = Arc::new(AtomicUsize::new(spool.len()));
        tokio::spawn(Writer::new(store.clone(), spool, waiting.clone()).run(items));
        Self { at_once: false, queue, store, redactor, waiting }
    }

    /// What a call of this agent sends its events to.
    pub(crate) fn sink(&self, agent: Arc<str>, agent_id: Arc<str>) -> EventSink {
        let recorder = self.clone();
        EventSink::new(move |told, call_id| {
            recorder.write(None, recorder.masked(&agent, &agent_id, told, call_id));
        })
    }

    /// Writes an event, or hands it to the task that does.
    fn write(&self, id: Option<Uuid>, event: NewEvent) {
        if self.at_once {
            let events = vec![event];
            let batch = match id {
                Some(id) => EventBatch { id, events },
                None => EventBatch::new(events),
            };
            // By its promise such a store neither waits nor fails.
            let _ = self.store.append(&batch).now_or_never();
            return;
        }
        // The task ends after the last sender only; a runtime that shuts down is the exception, and then nobody watches.
        let _ = self.queue.send(match id {
            Some(id) => Item::Once(id, event),
            None => Item::Event(event),
        });
    }

    /// Emits an event that is in the store once, however often this is done with the same id within a day.
    pub(crate) fn emit_once(
        &self,
        id: Uuid,
        agent: &Arc<str>,
        agent_id: &Arc<str>,
        event: Event,
        call_id: Option<&str>,
    ) {
        self.write(Some(id), self.masked(agent, agent_id, event.into(), call_id));
    }

    fn masked(&self, agent: &Arc<str>, agent_id: &Arc<str>, told: Told, call_id: Option<&str>) -> NewEvent {
        let (kind, data) = match told {
            Told::Event(event) => {
                let (kind, data) = event.into_parts();
                (kind, self.redactor.owned_json(data).into())
            }
            Told::Own(kind, data) => (kind.into(), data),
        };
        NewEvent {
            at: now(),
            agent: agent.clone(),
            agent_id: agent_id.clone(),
            call_id: call_id.filter(|id| !id.is_empty()).map(|id| shown_id(id).into_owned()),
            kind,
            data,
        }
    }

    /// Waits until all that was emitted before is in the store, or waits for it.
    pub(crate) async fn flush(&self) {
        if self.at_once {
            return;
        }
        let (done, wait) = oneshot::channel();
        if self.queue.send(Item::Flush(done)).is_ok() {
            let _ = wait.await;
        }
    }

    /// Waits until nothing waits for the store any more, for this long at most. What waits still is in its folder.
    pub(crate) async fn settle(&self, time: Duration) {
        self.flush().await;
        let settled = async {
            while self.waiting() > 0 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        if tokio::time::timeout(time, settled).await.is_err() {
            tracing::warn!(
                records = self.waiting(),
                "records wait for the store still, and are left to the next process"
            );
        }
    }

    /// Keeps a report, in the store or for it.
    pub(crate) async fn report(&self, conversation: Conversation) -> Result<Kept, NotKept> {
        let store = match in_time(self.store.put(&conversation)).await {
            Ok(stored) => return Ok(Kept::Stored(stored)),
            Err(error) => error,
        };
        tracing::error!(error = &store as &dyn std::error::Error, "a report waits for the store");
        let (done, wait) = oneshot::channel();
        // Both fail when the runtime shuts down alone.
        let kept = match self.queue.send(Item::Report(Box::new(conversation), done)) {
            Ok(()) => wait.await.unwrap_or(Err(NoRoom)),
            Err(_) => Err(NoRoom),
        };
        kept.map(|()| Kept::Waits).map_err(|no_room| NotKept { no_room, store })
    }

    /// How many records wait for the store: 0 while it works.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }
}

/// The time, to the millisecond: finer says nothing about a phone call.
fn now() -> Timestamp {
    let now = Timestamp::now();
    now.round(Unit::Millisecond).unwrap_or(now)
}
