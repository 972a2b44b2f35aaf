//! What a webhook says about a call, and what a function can tell those who watch.

mod incoming;
mod report;
mod request;
mod sealed;
mod verification;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use tokio::time::Instant;

use crate::phone_number::CallerNumber;
use crate::seal::Sealer;
use crate::store::{Event, EventSink};

pub use incoming::IncomingCall;
pub use report::Report;
pub use request::FunctionRequest;
pub use verification::Verification;

/// How long a function has, from the arrival of its webhook. The platform gives up after about 10 s.
pub const DEADLINE: Duration = Duration::from_secs(8);

/// The call that a function runs for: a typed view of its webhook.
///
/// ```
/// use swaig::Call;
/// use serde_json::json;
///
/// let call = Call::test().with_caller("+15551230000").with_meta_data("visits", json!(3));
/// assert_eq!(call.meta::<u32>("visits")?, Some(3));
/// assert_eq!(call.caller().phone().unwrap().expose(), "+15551230000");
/// # Ok::<(), swaig::MetaDataError>(())
/// ```
pub struct Call {
    agent: Arc<str>,
    agent_id: Arc<str>,
    caller: CallerNumber,
    request: Arc<FunctionRequest>,
    deadline: Instant,
    events: EventSink,
    sealer: Sealer,
    /// What was broadcast, for a call made by [`Call::test`].
    kept: Arc<Mutex<Vec<Event>>>,
}

impl Call {
    pub(crate) fn new(
        agent: Arc<str>,
        agent_id: Arc<str>,
        request: Arc<FunctionRequest>,
        events: EventSink,
        sealer: Sealer,
    ) -> Self {
        Self {
            agent,
            agent_id,
            caller: CallerNumber::from_caller_id(request.text("caller_id_num")),
            request,
            deadline: Instant::now() + DEADLINE,
            events,
            sealer,
            kept: Arc::default(),
        }
    }

    /// A call for a test: call id `test-call`, an anonymous caller, no `meta_data`. What is broadcast is kept
    /// ([`broadcasts`](Self::broadcasts)).
    pub fn test() -> Self {
        let body = serde_json::json!({
            "function": "test", "call_id": "test-call", "ai_session_id": "test-session", "meta_data": {}, "global_data": {}
        });
        let request = FunctionRequest::from_value(body).unwrap_or_default();
        let kept: Arc<Mutex<Vec<Event>>> = Arc::default();
        let keeper = kept.clone();
        let events = EventSink::new(move |event, _| {
            keeper.lock().unwrap_or_else(PoisonError::into_inner).push(event);
        });
        Self { kept, ..Self::new("test".into(), "test".into(), Arc::new(request), events, Sealer::of_tests()) }
    }

    /// The same call from this number (E.164), SIP address, or `anonymous`.
    #[must_use]
    pub fn with_caller(mut self, caller_id: &str) -> Self {
        self.caller = CallerNumber::from_caller_id(Some(caller_id));
        self.with_field("caller_id_num", caller_id.into())
    }

    /// The same call with a value in its `meta_data`.
    #[must_use]
    pub fn with_meta_data(self, key: &str, value: impl Into<Value>) -> Self {
        let mut data = self.meta_data().clone();
        data.insert(key.to_owned(), value.into());
        self.with_field("meta_data", data.into())
    }

    /// The same call with a value in its `global_data`.
    #[must_use]
    pub fn with_global_data(self, key: &str, value: impl Into<Value>) -> Self {
        let mut data = self.global_data().clone();
        data.insert(key.to_owned(), value.into());
        self.with_field("global_data", data.into())
    }

    pub(crate) fn with_field(mut self, key: &str, value: Value) -> Self {
        let request = Arc::make_mut(&mut self.request);
        request.insert(key, value);
        self
    }

    /// The call's id: what correlates webhooks, events and logs. Empty where the platform sent none.
    pub fn call_id(&self) -> &str {
        self.request.call_id()
    }

    /// The call's id for a log: masked where it holds nothing but digits.
    pub(crate) fn shown_id(&self) -> std::borrow::Cow<'_, str> {
        crate::redact::shown_id(self.call_id())
    }

    /// The id of the AI session; it changes when the agent is entered again in the same call.
    pub fn ai_session_id(&self) -> Option<&str> {
        self.request.text("ai_session_id")
    }

    /// The name of the agent that serves the call.
    pub fn agent(&self) -> &str {
        &self.agent
    }

    /// The `agent_id` of the URL that the platform was given; the agent's name by default.
    pub fn agent_id(&self) -> &str {
        &self.agent_id
    }

    /// Who calls. Phone numbers are masked in `Debug` and `Display`.
    pub fn caller(&self) -> &CallerNumber {
        &self.caller
    }

    /// The name that the network gives for the caller.
    pub fn caller_name(&self) -> Option<&str> {
        self.request.text("caller_id_name")
    }

    /// State of the call that the agent's functions share and the model never sees.
    pub fn meta_data(&self) -> &Map<String, Value> {
        self.request.object("meta_data")
    }

    /// One value of `meta_data`, typed; `None` where the key is absent or `null`.
    ///
    /// # Errors
    /// The value is there and is not a `T`.
    pub fn meta<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, MetaDataError> {
        match self.meta_data().get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => T::deserialize(value)
                .map(Some)
                .map_err(|source| MetaDataError { key: key.to_owned(), source }),
        }
    }

    /// State of the session that prompts can refer to.
    pub fn global_data(&self) -> &Map<String, Value> {
        self.request.object("global_data")
    }

    /// The webhook's body as it came, all fields and those that this type has no accessor for.
    pub fn raw(&self) -> &Map<String, Value> {
        self.request.body()
    }

    pub(crate) fn request(&self) -> &FunctionRequest {
        &self.request
    }

    /// When the function is cut off.
    pub fn deadline(&self) -> Instant {
        self.deadline
    }

    /// How much time is left.
    pub fn remaining(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// Tells those who watch the agent what happens. Phone numbers, codes and credentials in it are masked.
    ///
    /// ```
    /// # use swaig::{Call, Event};
    /// # use serde_json::json;
    /// let call = Call::test();
    /// call.broadcast(Event::new("table_booked", json!({"guests": 4})));
    /// assert_eq!(call.broadcasts()[0].kind(), "table_booked");
    /// ```
    pub fn broadcast(&self, event: Event) {
        self.events.emit(event, Some(self.call_id()));
    }

    /// What was broadcast so far, for a call that [`Call::test`] made.
    pub fn broadcasts(&self) -> Vec<Event> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl fmt::Debug for Call {
    // The body holds arguments, and they may hold a code.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("agent", &self.agent)
            .field("agent_id", &self.agent_id)
            .field("call_id", &self.call_id())
            .field("caller", &self.caller)
            .finish_non_exhaustive()
    }
}

/// A value of `meta_data` that is not of the type that was asked for.
#[derive(Debug, thiserror::Error)]
#[error("the meta_data of this call holds a {key:?} that is not of the expected shape")]
pub struct MetaDataError {
    key: String,
    source: serde_json::Error,
}
