//! A server with one agent, whose function has one argument that must not be shown.

use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use schemars::JsonSchema;
use serde::Deserialize;
use swaig::fuzzing::Socketless;
use swaig::swml::ai::Prompt;
use swaig::{
    Agent, AgentDefinition, Call, Effect, Function, FunctionError, Reply, Setup, SetupError, async_trait,
};
use tokio::runtime::{Builder, Runtime};

/// The agent's name, and its path.
pub(crate) const AGENT: &str = "desk";
/// The argument whose value must not be shown.
pub(crate) const SENSITIVE: &str = "pass_phrase";

const USER: &str = "signalwire";
const PASSWORD: &str = "not the one that anybody guesses";

struct Desk;

impl Agent for Desk {
    const NAME: &'static str = AGENT;

    fn build(_: &Setup) -> Result<Self, SetupError> {
        Ok(Self)
    }

    fn define(&self) -> AgentDefinition {
        AgentDefinition::new(Prompt::text("You keep the desk."))
            .debug_events(1)
            .accept_input(Duration::from_secs(5))
            .function(Reserve::NAME)
    }
}
swaig::register_agent!(Desk);

/// A function with arguments of many kinds.
struct Reserve;

#[derive(Deserialize, JsonSchema)]
struct ReserveArgs {
    /// What the caller gives as a proof.
    #[schemars(extend("x-swaig-sensitive" = true))]
    pass_phrase: Option<String>,
    /// How many guests.
    #[schemars(range(min = 1, max = 20))]
    guests: Option<u8>,
    /// Where to sit.
    place: Option<Place>,
    /// The guests by name.
    #[serde(default)]
    names: Vec<String>,
    /// The address of the caller.
    address: Option<Address>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Place {
    Inside,
    Outside,
}

#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
enum Address {
    Text(String),
    Parts { street: String, number: f64 },
}

#[async_trait]
impl Function for Reserve {
    const NAME: &'static str = "reserve";
    const DESCRIPTION: &'static str = "Reserve a table";
    // Each webhook is looked at, also one that came before.
    const EFFECT: Effect = Effect::None;
    type Args = ReserveArgs;

    fn build(_: &Setup) -> Result<Self, SetupError> {
        Ok(Self)
    }

    async fn call(&self, args: ReserveArgs, call: &Call) -> Result<Reply, FunctionError> {
        let ReserveArgs { pass_phrase, guests, place, names, address } = args;
        assert!(guests.is_none_or(|guests| (1..=20).contains(&guests)), "guests out of range");
        let address = address.map(|address| match address {
            Address::Text(text) => text,
            Address::Parts { street, number } => format!("{street} {number}"),
        });
        let text = format!("{guests:?} {place:?} {names:?} {address:?}");
        let reply = Reply::text(text).set_meta_data("proof", pass_phrase.is_some());
        Ok(reply.set_meta_data("verified", call.verification().is_some()))
    }
}
swaig::register_function!(Reserve);

pub(crate) struct Server {
    runtime: Runtime,
    socketless: Socketless,
}

/// What the server answered.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

/// The server of this process.
pub(crate) fn server() -> MutexGuard<'static, Server> {
    static SERVER: LazyLock<Mutex<Server>> = LazyLock::new(|| {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let setup = Setup::test([("SWML_BASIC_AUTH_PASSWORD", PASSWORD)]);
        let socketless = runtime.block_on(Socketless::new(setup)).expect("a server");
        Mutex::new(Server { runtime, socketless })
    });
    // After a failure there is no state in it that another input could trip over.
    SERVER.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The `Authorization` header of who may ask.
pub(crate) fn authorization() -> String {
    format!("authorization: Basic {}\r\n", STANDARD.encode(format!("{USER}:{PASSWORD}")))
}

impl Server {
    /// What it writes to a client that writes these bytes.
    pub(crate) fn exchange(&self, request: &[u8]) -> Vec<u8> {
        self.runtime.block_on(self.socketless.answer(request))
    }

    /// Posts a body as the platform does.
    pub(crate) fn post(&self, path: &str, body: &[u8]) -> Answer {
        let mut request = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\n{}content-length: {}\r\nconnection: close\r\n\r\n",
            authorization(),
            body.len()
        )
        .into_bytes();
        request.extend_from_slice(body);
        let answer = self.exchange(&request);
        let end = answer.windows(4).position(|window| window == b"\r\n\r\n").expect("an answer");
        let status = std::str::from_utf8(&answer[9..12]).ok().and_then(|status| status.parse().ok());
        Answer { status: status.expect("a status"), body: answer[end + 4..].to_vec() }
    }

    /// The id of the newest event.
    pub(crate) fn latest(&self) -> u64 {
        self.runtime.block_on(self.socketless.store().latest(AGENT)).expect("a store")
    }

    /// All that was written down after this event: events, and reports of conversations when `reports` were posted.
    pub(crate) fn written_after(&self, event: u64, reports: usize) -> String {
        let store = self.socketless.store();
        let (events, conversations) = self.runtime.block_on(async {
            let events = store.after(AGENT, event, usize::MAX).await.expect("events");
            (events, store.list(None, None, reports).await.expect("conversations"))
        });
        let events = events.iter().map(|event| String::from_utf8_lossy(&event.json).into_owned());
        let reports = conversations.iter().map(|conversation| conversation.report.raw().to_string());
        events.chain(reports).collect::<Vec<_>>().join("\n")
    }
}
