//! Messages for a caller's agent, from code: what the platform asks for with `check_for_input`.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, OnceLock};

use serde_json::json;

use crate::store::{
    ConversationKey, Event, EventSink, MESSAGE_LENGTH, MESSAGES_WAITING, MemoryStore, Recorder, Store,
    StoreError,
};

/// The queues of a server's conversations, for code that runs outside of a call: [`Setup::inputs`](crate::Setup::inputs).
///
/// ```
/// use swaig::{InputError, Setup};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let inputs = Setup::test([("X", "y")]).inputs();
/// // In a running server this queues the text for the agent `shop`.
/// let outcome = inputs.queue("shop", "shop", "+15551230000").push("my address is a@example.com").await;
/// assert!(matches!(outcome, Err(InputError::NotServing)));
/// # }
/// ```
#[derive(Clone, Default)]
pub struct Inputs(Arc<OnceLock<Served>>);

/// What a running server has.
struct Served {
    store: Arc<dyn Store>,
    /// `None` in a test, where the call itself keeps its events.
    recorder: Option<Recorder>,
    /// The agents that ask for input; `None` in a test: all.
    agents: Option<BTreeSet<Arc<str>>>,
}

impl Inputs {
    /// Connects it with the server that starts.
    pub(crate) fn serve(&self, store: Arc<dyn Store>, recorder: Recorder, agents: BTreeSet<Arc<str>>) {
        // A setup starts one server: it is moved into it.
        let _ = self.0.set(Served { store, recorder: Some(recorder), agents: Some(agents) });
    }

    /// Queues that nobody asks for, for a test.
    pub(crate) fn test() -> Self {
        let served = Served { store: Arc::new(MemoryStore::default()), recorder: None, agents: None };
        Self(Arc::new(OnceLock::from(served)))
    }

    /// The queue of one conversation: the agent's name, the agent id (the agent's name by default), and the
    /// `conversation_id` that the agent's document gives to the call.
    pub fn queue(&self, agent: &str, agent_id: &str, conversation_id: &str) -> InputQueue {
        InputQueue {
            inputs: self.clone(),
            agent: agent.into(),
            agent_id: agent_id.into(),
            conversation_id: conversation_id.to_owned(),
            watched: None,
        }
    }
}

/// The queue of messages of one conversation. The agent hears each as if the caller had said it.
///
/// ```
/// use swaig::Call;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), swaig::InputError> {
/// let call = Call::test();
/// let queue = call.input_queue();
/// let task = tokio::spawn(async move { queue.push("The parcel has left the warehouse.").await });
/// assert_eq!(task.await.unwrap()?, 1);
/// assert_eq!(call.broadcasts()[0].kind(), "input_queued");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct InputQueue {
    inputs: Inputs,
    agent: Arc<str>,
    agent_id: Arc<str>,
    conversation_id: String,
    /// Where a call's events go, and its id.
    watched: Option<(EventSink, String)>,
}

impl InputQueue {
    /// The same queue, whose events belong to a call.
    pub(crate) fn watched(mut self, events: EventSink, call_id: &str) -> Self {
        self.watched = Some((events, call_id.to_owned()));
        self
    }

    /// Appends a message and returns how many wait now. Line breaks and tabs become spaces. It is given to the agent the
    /// next time that the platform asks, and it is gone when nobody asks within an hour.
    ///
    /// # Errors
    /// An [`InputError`] that says what to change; nothing was queued then.
    pub async fn push(&self, text: &str) -> Result<usize, InputError> {
        let served = self.inputs.0.get().ok_or(InputError::NotServing)?;
        if served.agents.as_ref().is_some_and(|agents| !agents.contains(&self.agent)) {
            return Err(InputError::NotAccepted { agent: self.agent.to_string() });
        }
        let key = ConversationKey::new(&self.agent, &self.agent_id, &self.conversation_id)
            .ok_or(InputError::Conversation)?;
        let text = text.trim().replace(['\n', '\r', '\t'], " ");
        if text.is_empty() || text.len() > MESSAGE_LENGTH || text.chars().any(char::is_control) {
            return Err(InputError::Text);
        }
        let waiting = served.store.push(&key, &text).await?.ok_or(InputError::Full)?;
        let data = json!({"conversation_id": self.conversation_id, "text": text, "waiting": waiting});
        let event = Event::new("input_queued", data);
        match (&self.watched, &served.recorder) {
            (Some((events, call_id)), _) => events.emit(event, Some(call_id)),
            (None, Some(recorder)) => {
                recorder.sink(self.agent.clone(), self.agent_id.clone()).emit(event, None);
            }
            (None, None) => {}
        }
        Ok(waiting)
    }
}

impl fmt::Debug for InputQueue {
    // The conversation id may be a phone number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InputQueue")
            .field("agent", &self.agent)
            .field("agent_id", &self.agent_id)
            .finish_non_exhaustive()
    }
}

/// Why a message was not queued.
///
/// ```
/// use swaig::{InputError, Inputs, Setup};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// // Nothing is served yet.
/// let inputs: Inputs = Setup::test([("A", "b")]).inputs();
/// let told = inputs.queue("mfa", "mfa", "c1").push("The courier is there.").await;
/// assert!(matches!(told, Err(InputError::NotServing)));
/// # }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InputError {
    /// The agent is not there, or does not ask for input.
    #[error("the agent {agent:?} takes no input: call accept_input in its definition")]
    NotAccepted {
        /// The agent.
        agent: String,
    },
    /// The conversation id names no conversation.
    #[error(
        "the conversation id names no conversation: it must not be empty, a withheld number such as anonymous, or a variable, and has up to 256 bytes and no control characters"
    )]
    Conversation,
    /// The text cannot be taken.
    #[error("the text is empty, longer than {MESSAGE_LENGTH} bytes, or holds control characters")]
    Text,
    /// Too many messages wait.
    #[error(
        "{MESSAGES_WAITING} messages wait for this conversation already: try again when the agent has taken them"
    )]
    Full,
    /// The server has not started.
    #[error("no server runs yet: queue messages once calls are taken")]
    NotServing,
    /// The store failed.
    #[error("the message could not be stored: try again")]
    Store(#[from] StoreError),
}
