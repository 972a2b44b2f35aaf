//! What the platform's requests say about a call, and what a function can tell those who watch.
//!
//! The platform posts six requests, and [`Inbound`] tells which one a body is:
//!
//! | request | type |
//! |---|---|
//! | document fetch | [`IncomingCall`] |
//! | function call | [`FunctionRequest`], and [`Call`] for the function that runs |
//! | `get_signature` | [`SignatureRequest`] |
//! | end-of-call report, `post_conversation` | [`Report`] |
//! | earlier conversation, `fetch_conversation` | [`ConversationRequest`] |
//! | debug feed | [`DebugEvents`], and [`DebugEvent`] for each event |
//!
//! All are lenient: a field that is absent or of another type is `None`, and never fails the rest. All keep the whole
//! body, with the fields that have no accessor. Their `Debug` shows neither arguments nor numbers nor what was said.

mod body;
mod conversation;
mod debug;
mod fields;
mod inbound;
mod incoming;
mod input;
mod log;
mod report;
mod request;
mod sealed;
mod signature;
#[cfg(test)]
mod tests;
mod verification;
mod words;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use tokio::time::Instant;

use crate::limit::Limiter;
use crate::phone_number::CallerNumber;
use crate::seal::Sealer;
use crate::store::{Event, EventSink, Told};

pub(crate) use body::Body as JsonBody;
pub use conversation::ConversationRequest;
pub use debug::{CallInfo, DebugEvent, DebugEvents, WebhookFail};
pub use inbound::Inbound;
pub use incoming::{IncomingCall, OtherCall, SipData};
pub use input::{InputError, InputQueue, Inputs};
pub use log::{LogEntry, ToolCall};
pub use report::{Generation, Report, SwaigLogEntry, TimelineEntry};
pub use request::FunctionRequest;
pub use signature::SignatureRequest;
pub use verification::Verification;
pub use words::{CallType, ConversationType, Direction, Role};

/// How long a function has by default ([`Function::DEADLINE`](crate::Function::DEADLINE)), from the arrival of its webhook.
/// The platform gives up after about 10 s.
///
/// ```
/// use std::time::Duration;
///
/// assert_eq!(swaig::call::DEADLINE, Duration::from_secs(8));
/// ```
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
    arrived: Instant,
    /// How long the function has.
    time: Duration,
    events: EventSink,
    sealer: Sealer,
    inputs: Inputs,
    limits: Limiter,
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
        inputs: Inputs,
        limits: Limiter,
    ) -> Self {
        Self {
            agent,
            agent_id,
            caller: request.caller(),
            request,
            arrived: Instant::now(),
            time: DEADLINE,
            events,
            sealer,
            inputs,
            limits,
            kept: Arc::default(),
        }
    }

    /// A call for a test: call id `test-call`, an anonymous caller, no `meta_data`. What is broadcast is kept
    /// ([`broadcasts`](Self::broadcasts)).
    pub fn test() -> Self {
        let body = serde_json::json!({
            "function": "test", "call_id": "test-call", "ai_session_id": "test-session",
            "conversation_id": "test-conversation", "meta_data": {}, "global_data": {}
        });
        let request = FunctionRequest::from_value(body).unwrap_or_default();
        let kept: Arc<Mutex<Vec<Event>>> = Arc::default();
        let keeper = kept.clone();
        let events = EventSink::new(move |told, _| {
            keeper.lock().unwrap_or_else(PoisonError::into_inner).push(told.into_event());
        });
        let (sealer, inputs, limits) = (Sealer::of_tests(), Inputs::test(), Limiter::test());
        let (agent, request) = (Arc::from("test"), Arc::new(request));
        Self { kept, ..Self::new(Arc::clone(&agent), agent, request, events, sealer, inputs, limits) }
    }

    /// The same call for a function that has so much time.
    pub(crate) fn with_time(mut self, time: Duration) -> Self {
        self.time = time;
        self
    }

    /// The same call from this number (E.164), SIP address, or `anonymous`.
    #[must_use]
    pub fn with_caller(mut self, caller_id: &str) -> Self {
        self.caller = CallerNumber::from_caller_id(Some(caller_id));
        self.with_field("caller_id_num", caller_id)
    }

    /// The same call with a value in its `meta_data`.
    #[must_use]
    pub fn with_meta_data(self, key: &str, value: impl Into<Value>) -> Self {
        let mut data = self.meta_data().clone();
        data.insert(key.to_owned(), value.into());
        self.with_field("meta_data", data)
    }

    /// The same call with a value in its `global_data`.
    #[must_use]
    pub fn with_global_data(self, key: &str, value: impl Into<Value>) -> Self {
        let mut data = self.global_data().clone();
        data.insert(key.to_owned(), value.into());
        self.with_field("global_data", data)
    }

    /// The same call with another field of the webhook's body.
    ///
    /// ```
    /// # use swaig::Call;
    /// let call = Call::test().with_field("conversation_id", "v1");
    /// assert_eq!(call.request().conversation_id(), Some("v1"));
    /// ```
    #[must_use]
    pub fn with_field(mut self, key: &str, value: impl Into<Value>) -> Self {
        Arc::make_mut(&mut self.request).insert(key, value.into());
        self
    }

    /// The call's id: what correlates webhooks, events and logs. Empty where the platform sent none.
    pub fn call_id(&self) -> &str {
        self.request.call_id()
    }

    /// The call's id for a log: masked where it holds nothing but digits.
    #[doc(hidden)]
    pub fn shown_id(&self) -> std::borrow::Cow<'_, str> {
        crate::redact::shown_id(self.call_id())
    }

    /// The id of the AI session; it changes when the agent is entered again in the same call.
    pub fn ai_session_id(&self) -> Option<&str> {
        self.request.ai_session_id()
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
        self.request.caller_name()
    }

    /// State of the call that the agent's functions share and the model never sees.
    pub fn meta_data(&self) -> &Map<String, Value> {
        self.request.meta_data()
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
        self.request.global_data()
    }

    /// The webhook's body as it came, all fields and those that this type has no accessor for.
    pub fn raw(&self) -> &Map<String, Value> {
        self.request.body()
    }

    /// The webhook, with an accessor for each field that the platform documents.
    pub fn request(&self) -> &FunctionRequest {
        &self.request
    }

    /// When the function is cut off.
    pub fn deadline(&self) -> Instant {
        self.arrived + self.time
    }

    /// How much time is left.
    pub fn remaining(&self) -> Duration {
        self.deadline().saturating_duration_since(Instant::now())
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
        self.tell(event);
    }

    /// Tells those who watch the agent.
    pub(crate) fn tell(&self, told: impl Into<Told>) {
        self.events.emit(told, Some(self.call_id()));
    }

    /// The queue of messages of this call's conversation, to keep for a task that goes on in the background.
    ///
    /// The agent has to ask for messages: [`AgentDefinition::accept_input`](crate::AgentDefinition::accept_input).
    pub fn input_queue(&self) -> InputQueue {
        let conversation_id = self.request.conversation_id().unwrap_or_default();
        let queue = self.inputs.queue(&self.agent, &self.agent_id, conversation_id);
        queue.watched(self.events.clone(), self.call_id())
    }

    /// Queues a message that the agent hears as if the caller had said it, and returns how many wait now. It is given
    /// the next time that the platform asks for messages.
    ///
    /// ```
    /// # use swaig::Call;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), swaig::InputError> {
    /// let call = Call::test();
    /// assert_eq!(call.queue_input("The taxi is there.").await?, 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// An [`InputError`]: the agent does not ask for messages, the text cannot be taken, or too many wait.
    pub async fn queue_input(&self, text: &str) -> Result<usize, InputError> {
        self.input_queue().push(text).await
    }

    /// Asks whether something may be done once more. What is refused is told to those who watch the agent. A call that
    /// [`Call::test`] made has counters of its own.
    pub fn limits(&self) -> Limiter {
        self.limits.watched(self.events.clone(), self.agent.clone(), self.call_id())
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
///
/// ```
/// use swaig::Call;
///
/// let call = Call::test().with_meta_data("tries", "three");
/// let error = call.meta::<u32>("tries").unwrap_err();
/// assert!(error.to_string().contains("tries"));
/// ```
#[derive(Debug, thiserror::Error)]
#[error("the meta_data of this call holds a {key:?} that is not of the expected shape")]
pub struct MetaDataError {
    key: String,
    source: serde_json::Error,
}
