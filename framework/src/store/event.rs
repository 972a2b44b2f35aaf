//! Events: every step of every call, in order, for those who watch an agent.

use std::borrow::Cow;
use std::io::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

use async_trait::async_trait;
use bytes::{Buf as _, Bytes};
use jiff::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::{EventData, StoreError};

/// The position of an event in the log of its agent id. Ids grow, not always by one; 0 is before the first.
///
/// ```
/// use std::borrow::Cow;
/// use swaig::store::{EventBatch, EventLog as _, MemoryStore, NewEvent};
/// use serde_json::json;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), swaig::store::StoreError> {
/// let event = NewEvent {
///     at: jiff::Timestamp::UNIX_EPOCH,
///     agent: "mfa".into(),
///     agent_id: "mfa".into(),
///     call_id: Some("c1".to_owned()),
///     kind: Cow::Borrowed("table_booked"),
///     data: json!({"guests": 4}).into(),
/// };
/// let store = MemoryStore::default();
/// store.append(&EventBatch::new(vec![event])).await?;
/// let newest = store.newest("mfa", 1).await?;
/// assert_eq!((newest[0].id, store.latest("mfa").await?), (1, 1));
/// # Ok(()) }
/// ```
pub type EventId = u64;

/// Something that happened, as a function or the server says it.
///
/// ```
/// use serde_json::json;
/// use swaig::{Call, Event};
///
/// // In a function: those who watch the agent see it, masked.
/// let call = Call::test();
/// call.broadcast(Event::new("table_booked", json!({"guests": 4})));
/// assert_eq!(call.broadcasts()[0].kind(), "table_booked");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    kind: Cow<'static, str>,
    data: Value,
}

impl Event {
    /// An event of this kind (in `snake_case`) with its data.
    ///
    /// The server's own kinds are `document_fetched`, `signatures_fetched`, `function_called`, `function_replied`,
    /// `function_refused`, `function_failed`, `function_repeated`, `function_interrupted`, `upstream`, `call_started`, `call_ended`,
    /// `conversation_summarised`, `conversation_ended`, `conversation_fetched`, `input_queued`, `input_given`,
    /// `limit_reached`, `report_unreadable`, `seal_refused`, `request_refused`, and `debug`.
    pub fn new(kind: impl Into<Cow<'static, str>>, data: impl Into<Value>) -> Self {
        Self { kind: kind.into(), data: data.into() }
    }

    pub(crate) fn into_parts(self) -> (Cow<'static, str>, Value) {
        (self.kind, self.data)
    }

    /// Its kind.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Its data.
    pub fn data(&self) -> &Value {
        &self.data
    }
}

/// What those who watch are told.
pub(crate) enum Told {
    /// Something in it may have to be masked.
    Event(Event),
    /// A kind, and data that the server has made itself: names of the program, and what is masked already.
    Own(&'static str, EventData),
}

impl Told {
    pub(crate) fn own(kind: &'static str, data: impl Into<EventData>) -> Self {
        Self::Own(kind, data.into())
    }

    pub(crate) fn into_event(self) -> Event {
        match self {
            Self::Event(event) => event,
            Self::Own(kind, data) => Event::new(kind, data.to_value()),
        }
    }
}

impl From<Event> for Told {
    fn from(event: Event) -> Self {
        Self::Event(event)
    }
}

/// An event on its way into the log, masked.
///
/// ```
/// use std::borrow::Cow;
/// use swaig::store::{EventBatch, EventLog as _, MemoryStore, NewEvent};
/// use serde_json::json;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), swaig::store::StoreError> {
/// let event = NewEvent {
///     at: jiff::Timestamp::UNIX_EPOCH,
///     agent: "mfa".into(),
///     agent_id: "mfa".into(),
///     call_id: Some("c1".to_owned()),
///     kind: Cow::Borrowed("table_booked"),
///     data: json!({"guests": 4}).into(),
/// };
/// let store = MemoryStore::default();
/// store.append(&EventBatch::new(vec![event])).await?;
/// let newest = store.newest("mfa", 1).await?;
/// assert_eq!((newest[0].id, store.latest("mfa").await?), (1, 1));
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewEvent {
    /// When it happened.
    pub at: Timestamp,
    /// The agent's name.
    pub agent: Arc<str>,
    /// The id that viewers watch.
    pub agent_id: Arc<str>,
    /// The call that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_id: Option<String>,
    /// What kind of event it is.
    pub kind: Cow<'static, str>,
    /// Its data.
    pub data: EventData,
}

impl NewEvent {
    /// The event as a JSON object, for a store that keeps it as text.
    pub fn to_json(&self) -> Vec<u8> {
        let mut json = Vec::with_capacity(TYPICAL);
        self.write_json(&mut json);
        json
    }

    /// Writes what `Serialize` would. Each event is written, and most of what it says is known.
    fn write_json(&self, json: &mut Vec<u8>) {
        json.extend_from_slice(b"{\"at\":\"");
        // Nothing here can fail: memory takes what it is given, and a text has a form in JSON.
        let _ = DateTimePrinter::new().print_timestamp(&self.at, &mut *json);
        json.push(b'"');
        let texts = [
            (",\"agent\":", Some(&*self.agent)),
            (",\"agent_id\":", Some(&*self.agent_id)),
            (",\"call_id\":", self.call_id.as_deref()),
            (",\"kind\":", Some(&*self.kind)),
        ];
        for (name, text) in texts.into_iter().filter_map(|(name, text)| Some((name, text?))) {
            json.extend_from_slice(name.as_bytes());
            let _ = serde_json::to_writer(&mut *json, text);
        }
        json.extend_from_slice(b",\"data\":");
        json.extend_from_slice(self.data.as_str().as_bytes());
        json.push(b'}');
    }
}

/// The bytes of a usual event.
const TYPICAL: usize = 384;

/// Events that are appended together, under an id that tells this batch from all others.
///
/// ```
/// use std::borrow::Cow;
/// use swaig::store::{EventBatch, EventLog as _, MemoryStore, NewEvent};
/// use serde_json::json;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), swaig::store::StoreError> {
/// let event = NewEvent {
///     at: jiff::Timestamp::UNIX_EPOCH,
///     agent: "mfa".into(),
///     agent_id: "mfa".into(),
///     call_id: Some("c1".to_owned()),
///     kind: Cow::Borrowed("table_booked"),
///     data: json!({"guests": 4}).into(),
/// };
/// let store = MemoryStore::default();
/// store.append(&EventBatch::new(vec![event])).await?;
/// let newest = store.newest("mfa", 1).await?;
/// assert_eq!((newest[0].id, store.latest("mfa").await?), (1, 1));
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EventBatch {
    /// Its id: by it a store knows a batch that it is given again, because nobody knew whether the first time had worked.
    pub id: Uuid,
    /// The events, in order.
    pub events: Vec<NewEvent>,
}

impl EventBatch {
    /// A batch with an id of its own.
    pub fn new(events: Vec<NewEvent>) -> Self {
        Self { id: unique_id(), events }
    }
}

/// An id that no other batch has: random where the process is concerned, and then counted, since fresh random numbers for
/// each batch cost a system call.
fn unique_id() -> Uuid {
    static PROCESS: LazyLock<u64> = LazyLock::new(|| Uuid::new_v4().as_u64_pair().0);
    static COUNT: AtomicU64 = AtomicU64::new(0);
    Uuid::from_u64_pair(*PROCESS, COUNT.fetch_add(1, Ordering::Relaxed))
}

/// An event in the log.
///
/// ```
/// use std::borrow::Cow;
/// use swaig::store::{EventBatch, EventLog as _, MemoryStore, NewEvent};
/// use serde_json::json;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), swaig::store::StoreError> {
/// let event = NewEvent {
///     at: jiff::Timestamp::UNIX_EPOCH,
///     agent: "mfa".into(),
///     agent_id: "mfa".into(),
///     call_id: Some("c1".to_owned()),
///     kind: Cow::Borrowed("table_booked"),
///     data: json!({"guests": 4}).into(),
/// };
/// let store = MemoryStore::default();
/// store.append(&EventBatch::new(vec![event])).await?;
/// let newest = store.newest("mfa", 1).await?;
/// assert_eq!((newest[0].id, store.latest("mfa").await?), (1, 1));
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct RecordedEvent {
    /// Its position.
    pub id: EventId,
    /// The call that it belongs to.
    pub call_id: Option<String>,
    /// The whole event as JSON with its `id`: serialised once, whoever watches.
    pub json: Bytes,
}

impl RecordedEvent {
    /// Gives an event its place in the log. `json` is the event as [`NewEvent::to_json`] has it.
    ///
    /// ```
    /// # use swaig::store::RecordedEvent;
    /// let event = RecordedEvent::new(7, Some("c1".to_owned()), br#"{"call_id":"c1","kind":"debug"}"#);
    /// assert_eq!(event.json, r#"{"id":7,"call_id":"c1","kind":"debug"}"#);
    /// ```
    pub fn new(id: EventId, call_id: Option<String>, json: &[u8]) -> Self {
        let fields = json.strip_prefix(b"{").unwrap_or(json);
        let mut with_id = Vec::with_capacity(json.len() + Written::ROOM);
        // Writing to memory cannot fail.
        let _ = write!(with_id, "{{\"id\":{id},");
        with_id.extend_from_slice(fields);
        Self { id, call_id, json: with_id.into() }
    }
}

/// An event that is written, all but its place in the log: this is given to it while the log is locked.
pub(crate) struct Written {
    call_id: Option<String>,
    /// The event after room for the place.
    json: Box<[u8]>,
}

impl Written {
    /// Room for the longest id and what stands around it.
    const ROOM: usize = r#"{"id":18446744073709551615,"#.len();

    pub(crate) fn of(event: &NewEvent) -> Self {
        let mut json = Vec::with_capacity(Self::ROOM + TYPICAL);
        // The object goes on after the id, where its brace is now.
        json.resize(Self::ROOM - 1, b' ');
        event.write_json(&mut json);
        Self { call_id: event.call_id.clone(), json: json.into() }
    }

    pub(crate) fn at(mut self, id: EventId) -> RecordedEvent {
        let mut head = [0; Self::ROOM];
        let mut rest = &mut head[..];
        // There is room for each id.
        let _ = write!(rest, "{{\"id\":{id},");
        let start = rest.len();
        self.json[start..Self::ROOM].copy_from_slice(&head[..Self::ROOM - start]);
        let mut json = Bytes::from(self.json);
        json.advance(start);
        RecordedEvent { id, call_id: self.call_id, json }
    }
}

/// The log of events, by agent id.
///
/// ```
/// use std::borrow::Cow;
/// use swaig::store::{EventBatch, EventLog as _, MemoryStore, NewEvent};
/// use serde_json::json;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), swaig::store::StoreError> {
/// let event = NewEvent {
///     at: jiff::Timestamp::UNIX_EPOCH,
///     agent: "mfa".into(),
///     agent_id: "mfa".into(),
///     call_id: Some("c1".to_owned()),
///     kind: Cow::Borrowed("table_booked"),
///     data: json!({"guests": 4}).into(),
/// };
/// let store = MemoryStore::default();
/// store.append(&EventBatch::new(vec![event])).await?;
/// let newest = store.newest("mfa", 1).await?;
/// assert_eq!((newest[0].id, store.latest("mfa").await?), (1, 1));
/// # Ok(()) }
/// ```
#[async_trait]
pub trait EventLog: Send + Sync {
    /// Appends events in order. When it returns they are kept as the store promises. A batch that is given again within a
    /// day is not appended twice, also where the first time ended with an error.
    async fn append(&self, batch: &EventBatch) -> Result<(), StoreError>;

    /// Up to `limit` events of an agent id with an id above `after`, oldest first.
    async fn after(
        &self,
        agent_id: &str,
        after: EventId,
        limit: usize,
    ) -> Result<Vec<Arc<RecordedEvent>>, StoreError>;

    /// The newest events of an agent id, `limit` at most, oldest first.
    async fn newest(&self, agent_id: &str, limit: usize) -> Result<Vec<Arc<RecordedEvent>>, StoreError>;

    /// The id of the newest event of an agent id; 0 where there is none.
    async fn latest(&self, agent_id: &str) -> Result<EventId, StoreError>;

    /// Waits until there is an event above `after`. It may return early.
    async fn changed(&self, agent_id: &str, after: EventId) -> Result<(), StoreError>;
}

type Emit = dyn Fn(Told, Option<&str>) + Send + Sync;

/// Where a call's events go.
#[derive(Clone)]
pub(crate) struct EventSink(Arc<Emit>);

impl EventSink {
    pub(crate) fn new(emit: impl Fn(Told, Option<&str>) + Send + Sync + 'static) -> Self {
        Self(Arc::new(emit))
    }

    pub(crate) fn emit(&self, told: impl Into<Told>, call_id: Option<&str>) {
        (self.0)(told.into(), call_id);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    proptest! {
        #[test]
        fn an_event_is_written_as_serde_writes_it(
            nanoseconds in -4_000_000_000_000_000_000_i64..8_000_000_000_000_000_000,
            agent in ".{0,9}", agent_id in ".{0,9}", call_id in prop::option::of(".{0,9}"), text in ".{0,9}",
        ) {
            let event = NewEvent {
                at: Timestamp::from_nanosecond(nanoseconds.into()).unwrap(),
                agent: agent.into(),
                agent_id: agent_id.into(),
                call_id,
                kind: text.clone().into(),
                data: json!({&text: [text, 1, null]}).into(),
            };
            prop_assert_eq!(event.to_json(), serde_json::to_vec(&event).unwrap());
            for id in [7, EventId::MAX] {
                let recorded = Written::of(&event).at(id);
                let expected = RecordedEvent::new(id, event.call_id.clone(), &event.to_json());
                prop_assert_eq!((recorded.json, recorded.call_id), (expected.json, expected.call_id));
            }
        }
    }
}
