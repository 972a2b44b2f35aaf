//! The way of an event into the store: masked, queued, and written in groups.

use std::sync::Arc;

use jiff::{Timestamp, Unit};
use tokio::sync::{mpsc, oneshot};

use super::{EventBatch, EventSink, NewEvent, Store};
use crate::redact::{Redactor, shown_id};

/// How many queued events are written at once.
const GROUP: usize = 256;

/// Writes events to a store from one task, so that whoever emits one does not wait, and many are committed together.
#[derive(Clone)]
pub struct Recorder {
    queue: mpsc::UnboundedSender<Item>,
    redactor: Arc<Redactor>,
}

enum Item {
    Event(NewEvent),
    Flush(oneshot::Sender<()>),
}

impl Recorder {
    /// Starts the writing task. It ends when the last clone is gone and the queue is empty.
    pub(crate) fn start(store: Arc<dyn Store>, redactor: Arc<Redactor>) -> Self {
        let (queue, items) = mpsc::unbounded_channel();
        tokio::spawn(write(store, items));
        Self { queue, redactor }
    }

    /// What a call of this agent sends its events to.
    pub(crate) fn sink(&self, agent: Arc<str>, agent_id: Arc<str>) -> EventSink {
        let recorder = self.clone();
        EventSink::new(move |event, call_id| {
            let event = NewEvent {
                at: now(),
                agent: agent.clone(),
                agent_id: agent_id.clone(),
                call_id: call_id.filter(|id| !id.is_empty()).map(|id| shown_id(id).into_owned()),
                data: recorder.redactor.json(event.data()),
                kind: event.kind().to_owned().into(),
            };
            // The task ends after the last sender only; a runtime that shuts down is the exception, and then nobody watches.
            let _ = recorder.queue.send(Item::Event(event));
        })
    }

    /// Waits until all that was emitted before is in the store.
    pub(crate) async fn flush(&self) {
        let (done, wait) = oneshot::channel();
        if self.queue.send(Item::Flush(done)).is_ok() {
            let _ = wait.await;
        }
    }
}

async fn write(store: Arc<dyn Store>, mut items: mpsc::UnboundedReceiver<Item>) {
    let mut group = Vec::with_capacity(GROUP);
    while items.recv_many(&mut group, GROUP).await > 0 {
        let mut events = Vec::with_capacity(group.len());
        let mut waiting = Vec::new();
        for item in group.drain(..) {
            match item {
                Item::Event(event) => events.push(event),
                Item::Flush(done) => waiting.push(done),
            }
        }
        if !events.is_empty()
            && let Err(error) = store.append(&EventBatch::new(events)).await
        {
            tracing::error!(error = &error as &dyn std::error::Error, "events were not stored");
        }
        for done in waiting {
            let _ = done.send(());
        }
    }
}

/// The time, to the millisecond: finer says nothing about a phone call.
fn now() -> Timestamp {
    let now = Timestamp::now();
    now.round(Unit::Millisecond).unwrap_or(now)
}
