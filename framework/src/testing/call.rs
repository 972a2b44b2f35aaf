//! A call that is played on an agent.

use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Map, Value, json};

use super::turn::Turn;
use crate::agent::CHECK_FOR_INPUT;
use crate::error_chain::chain;
use crate::platform::{Incoming, Line, Offered, Outcome};
use crate::registry::RegisteredAgent;
use crate::server::App;

/// A call that is about to come in: who calls, and whom. It begins when it is awaited.
///
/// ```standalone_crate
/// # use swaig::swml::ai::Prompt;
/// # use swaig::{Agent, AgentDefinition, Call, Function, FunctionError, NoArgs, Reply, Setup, SetupError, async_trait};
/// # struct Greet;
/// # #[async_trait]
/// # impl Function for Greet {
/// #     const NAME: &'static str = "greet";
/// #     const DESCRIPTION: &'static str = "Greet";
/// #     type Args = NoArgs;
/// #     fn build(_: &Setup) -> Result<Self, SetupError> { Ok(Self) }
/// #     async fn call(&self, _: NoArgs, _: &Call) -> Result<Reply, FunctionError> {
/// #         Ok(Reply::text("Welcome.").set_meta_data("greeted", true))
/// #     }
/// # }
/// # swaig::register_function!(Greet);
/// # struct Host;
/// # impl Agent for Host {
/// #     const NAME: &'static str = "host";
/// #     fn build(_: &Setup) -> Result<Self, SetupError> { Ok(Self) }
/// #     fn define(&self) -> AgentDefinition {
/// #         AgentDefinition::new(Prompt::text("You are a host.")).function("greet")
/// #     }
/// # }
/// # swaig::register_agent!(Host);
/// use serde_json::json;
/// use swaig::testing::Platform;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let platform = Platform::new([("HOUSE", "the Swan")]);
/// let call = platform.call("host").from("+15551230000").agent_id("front-desk").await;
/// assert_eq!(call.functions(), ["greet"]);
/// # }
/// ```
#[must_use = "a call begins when it is awaited"]
pub struct NewCall {
    app: Arc<App>,
    agent: Arc<RegisteredAgent>,
    agent_id: Option<String>,
    incoming: Incoming,
}

impl NewCall {
    pub(super) fn to(app: Arc<App>, agent: Arc<RegisteredAgent>) -> Self {
        static CALLS: AtomicUsize = AtomicUsize::new(1);
        let call_id = format!("test-call-{}", CALLS.fetch_add(1, Ordering::Relaxed));
        Self { app, agent, agent_id: None, incoming: Incoming { call_id, ..Incoming::default() } }
    }

    /// The number that the caller calls from, in E.164, or a SIP address. Without it the number is withheld.
    pub fn from(mut self, caller: impl Into<String>) -> Self {
        self.incoming.from = Some(caller.into());
        self
    }

    /// The number that was dialled. Default: `+15550100009`.
    pub fn dialled(mut self, number: impl Into<String>) -> Self {
        self.incoming.to = Some(number.into());
        self
    }

    /// The `agent_id` of the URL that the platform fetches. Default: the agent's name.
    pub fn agent_id(mut self, agent_id: impl Into<String>) -> Self {
        self.agent_id = Some(agent_id.into());
        self
    }

    /// Another member of `call` in the request for the document, such as `headers` or `type`.
    pub fn with_field(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.incoming.fields.insert(name.into(), value.into());
        self
    }

    async fn begin(self) -> TestCall {
        let agent_id: Arc<str> = self.agent_id.map_or_else(|| self.agent.name.clone(), Into::into);
        match Line::begin(self.app, self.agent, agent_id, self.incoming).await {
            Ok(line) => TestCall { line },
            Err(error) => panic!("{error}"),
        }
    }
}

impl IntoFuture for NewCall {
    type Output = TestCall;
    type IntoFuture = Pin<Box<dyn Future<Output = TestCall> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.begin())
    }
}

/// A call on its way: what the platform keeps of it, and what the model may do now.
///
/// ```standalone_crate
/// # use swaig::swml::ai::Prompt;
/// # use swaig::{Agent, AgentDefinition, Call, Function, FunctionError, NoArgs, Reply, Setup, SetupError, async_trait};
/// # struct Greet;
/// # #[async_trait]
/// # impl Function for Greet {
/// #     const NAME: &'static str = "greet";
/// #     const DESCRIPTION: &'static str = "Greet";
/// #     type Args = NoArgs;
/// #     fn build(_: &Setup) -> Result<Self, SetupError> { Ok(Self) }
/// #     async fn call(&self, _: NoArgs, _: &Call) -> Result<Reply, FunctionError> {
/// #         Ok(Reply::text("Welcome.").set_meta_data("greeted", true))
/// #     }
/// # }
/// # swaig::register_function!(Greet);
/// # struct Host;
/// # impl Agent for Host {
/// #     const NAME: &'static str = "host";
/// #     fn build(_: &Setup) -> Result<Self, SetupError> { Ok(Self) }
/// #     fn define(&self) -> AgentDefinition {
/// #         AgentDefinition::new(Prompt::text("You are a host.")).function("greet")
/// #     }
/// # }
/// # swaig::register_agent!(Host);
/// use serde_json::json;
/// use swaig::testing::Platform;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let platform = Platform::new([("HOUSE", "the Swan")]);
/// let mut call = platform.call("host").await;
/// call.say("Hello?");
/// call.function("greet", json!({})).await;
/// assert_eq!(call.meta_data("greet")["greeted"], true);
/// assert!(!call.is_over());
/// # }
/// ```
pub struct TestCall {
    line: Line,
}

impl TestCall {
    /// The call's id.
    pub fn call_id(&self) -> &str {
        self.line.call.call_id()
    }

    /// The SWML document that the call runs on, as the platform fetched it.
    pub fn document(&self) -> &Value {
        &self.line.document
    }

    /// What the model is told now: the prompt, and the step where there is one. Variables are replaced.
    pub fn prompt(&self) -> String {
        self.line.call.prompt()
    }

    /// What the model is asked at the end of the call; empty where it is asked nothing.
    pub fn post_prompt(&self) -> String {
        self.line.call.post_prompt()
    }

    /// Where the conversation is, for an agent with contexts: context and step.
    pub fn step(&self) -> Option<(&str, &str)> {
        self.line.call.place()
    }

    /// The caller says something. It is in the report's `call_log`.
    pub fn say(&mut self, text: impl Into<String>) -> &mut Self {
        self.line.hear("user", &text.into());
        self
    }

    /// The agent says something, in the model's own words. It is in the report's `call_log`.
    pub fn answer(&mut self, text: impl Into<String>) -> &mut Self {
        self.line.hear("assistant", &text.into());
        self
    }

    /// The model calls a function with these arguments, and the platform carries out the actions of the reply. `next_step`
    /// and `change_context` go through the steps, `gather_submit` answers the question that a step asks, and the platform's
    /// other functions are there where the agent asks for them (`SWAIG.native_functions`).
    ///
    /// # Panics
    /// Where the model cannot call it now: it is not in the document, it is switched off, the step does not allow it, or
    /// the call is over.
    pub async fn function(&mut self, name: &str, arguments: Value) -> Turn {
        if let Some(ran) = self.line.run_native(name, &object(arguments.clone())) {
            return Turn::of(name, ran);
        }
        match self.line.call.function(name) {
            Some(Offered { why_not: Some(why), .. }) => panic!("the model cannot call {name} now: {why}"),
            Some(_) => {}
            None => panic!("the document has no function {name}; it has: {}", self.names().join(", ")),
        }
        self.line.call.count(name);
        self.run(name, arguments).await
    }

    /// The function is called although the model may not: by a model that made it up, or by somebody else. The server has
    /// to stand that, too.
    pub async fn force(&mut self, name: &str, arguments: Value) -> Turn {
        self.run(name, arguments).await
    }

    /// Posts the body of a function webhook as it is, and carries out nothing: the reply.
    ///
    /// # Panics
    /// Where it is answered with another status than 200.
    pub async fn post(&self, body: Value) -> Value {
        let (status, reply) = self.line.ask(body).await;
        assert_eq!(status, 200, "a function webhook is answered with 200: {reply}");
        reply
    }

    /// The body of the webhook that calls a function now.
    pub fn webhook(&self, name: &str, arguments: Value) -> Value {
        self.line.call.webhook(name, &object(arguments))
    }

    /// Whether the model can call this function now.
    pub fn can_call(&self, name: &str) -> bool {
        self.line.call.function(name).is_some_and(|function| function.why_not.is_none())
    }

    /// The functions that the model can call now, in the document's order.
    pub fn functions(&self) -> Vec<String> {
        let offered = self.line.call.functions().into_iter().filter(|it| it.why_not.is_none());
        offered.map(|function| function.name.to_owned()).collect()
    }

    /// The `meta_data` that a function gets.
    pub fn meta_data(&self, function: &str) -> Map<String, Value> {
        self.line.call.meta_data(function)
    }

    /// Changes the `meta_data` that a function gets, as nobody but the platform can.
    pub fn set_meta_data(&mut self, function: &str, key: &str, value: impl Into<Value>) -> &mut Self {
        self.line.call.set_meta_data(function, key, value.into());
        self
    }

    /// The session's `global_data`.
    pub fn global_data(&self) -> &Map<String, Value> {
        self.line.call.global_data()
    }

    /// Changes the session's `global_data`.
    pub fn set_global_data(&mut self, key: &str, value: impl Into<Value>) -> &mut Self {
        self.line.call.set_global_data(key, value.into());
        self
    }

    /// Whether the agent's part of the call has ended: it hung up, stopped, or handed the call on.
    pub fn is_over(&self) -> bool {
        self.line.call.end().is_some()
    }

    /// What the sandbox's phone shows of the caller's number, newest first: what was texted or spoken to the caller.
    pub fn texts(&self) -> Vec<String> {
        self.line.texts()
    }

    /// The texts that wait for the agent (`POST /{agent}/input`, [`Inputs`](crate::Inputs)), asked for as the platform does
    /// while it talks.
    pub async fn inputs(&mut self) -> Vec<String> {
        let done = self.line.hook(CHECK_FOR_INPUT).await.map(|ran| ran.done).unwrap_or_default();
        let inputs = done.into_iter().filter_map(|done| match done.outcome {
            Outcome::UserInput(text) => Some(text),
            _ => None,
        });
        inputs.collect()
    }

    /// The events of this call so far, as those who watch it see them: masked.
    ///
    /// # Panics
    /// Where the store cannot be read.
    pub async fn events(&self) -> Vec<Value> {
        let app = self.line.app();
        app.recorder.flush().await;
        match app.store.newest(self.line.agent_id(), usize::from(u16::MAX)).await {
            Ok(events) => {
                let own = events.iter().filter(|event| event.call_id.as_deref() == Some(self.call_id()));
                own.filter_map(|event| serde_json::from_slice(&event.json).ok()).collect()
            }
            Err(error) => panic!("the store cannot be read: {}", chain(&error)),
        }
    }

    /// The caller hangs up, and the end is reported.
    pub async fn end(self) {
        self.end_with(json!({})).await;
    }

    /// The caller hangs up, and the end is reported with these fields, such as
    /// `{"post_prompt_data": {"raw": "The caller was verified."}}`.
    ///
    /// # Panics
    /// Where the server does not take the report.
    pub async fn end_with(mut self, fields: Value) {
        let (status, answer) = self.line.end(object(fields)).await;
        assert_eq!(status, 200, "a report is answered with 200: {answer}");
    }

    async fn run(&mut self, name: &str, arguments: Value) -> Turn {
        let is_played = !self.line.is_elsewhere(name);
        assert!(is_played, "{name} is answered by another server, which is not played here");
        let ran = self.line.run(name, &object(arguments)).await;
        let turn = Turn::of(name, ran);
        for said in turn.said() {
            self.line.hear("assistant", said);
        }
        turn
    }

    fn names(&self) -> Vec<&str> {
        self.line.call.functions().into_iter().map(|function| function.name).collect()
    }
}

fn object(arguments: Value) -> Map<String, Value> {
    match arguments {
        Value::Object(arguments) => arguments,
        other => panic!("an object was expected, such as {{\"token\": \"x\"}}, and not {other}"),
    }
}

/// For `dbg!` in a test: not the document, which is long.
impl std::fmt::Debug for TestCall {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TestCall")
            .field("agent", &self.line.agent())
            .field("call_id", &self.call_id())
            .field("step", &self.step())
            .field("functions", &self.functions())
            .finish_non_exhaustive()
    }
}
