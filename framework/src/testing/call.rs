//! A call that is played on an agent.

use std::fmt::Display;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use secrecy::ExposeSecret as _;
use serde_json::{Map, Value, json};

use super::turn::Turn;
use super::{BASE, Platform};
use crate::agent::CHECK_FOR_INPUT;
use crate::error_chain::chain;
use crate::http::{AddressPolicy, HttpClient};
use crate::platform::{Offered, Outcome, PlatformCall, Runs};
use crate::registry::RegisteredAgent;
use crate::server::{App, in_process};

/// A call that is about to come in: who calls, and whom. It begins when it is awaited.
#[must_use = "a call begins when it is awaited"]
pub struct NewCall {
    app: Arc<App>,
    agent: Arc<RegisteredAgent>,
    agent_id: Option<String>,
    from: Option<String>,
    to: String,
    fields: Map<String, Value>,
}

impl NewCall {
    pub(super) fn to(app: Arc<App>, agent: Arc<RegisteredAgent>) -> Self {
        let to = "+15550009999".to_owned();
        Self { app, agent, agent_id: None, from: None, to, fields: Map::new() }
    }

    /// The number that the caller calls from, in E.164, or a SIP address. Without it the number is withheld.
    pub fn from(mut self, caller: impl Into<String>) -> Self {
        self.from = Some(caller.into());
        self
    }

    /// The number that was dialled. Default: `+15550009999`.
    pub fn dialled(mut self, number: impl Into<String>) -> Self {
        self.to = number.into();
        self
    }

    /// The `agent_id` of the URL that the platform fetches. Default: the agent's name.
    pub fn agent_id(mut self, agent_id: impl Into<String>) -> Self {
        self.agent_id = Some(agent_id.into());
        self
    }

    /// Another member of `call` in the request for the document, such as `headers` or `type`.
    pub fn with_field(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.fields.insert(name.into(), value.into());
        self
    }

    async fn begin(self) -> TestCall {
        static CALLS: AtomicUsize = AtomicUsize::new(1);
        let call_id = format!("test-call-{}", CALLS.fetch_add(1, Ordering::Relaxed));
        let from = self.from.as_deref().unwrap_or("anonymous");
        let mut call = json!({
            "call_id": call_id, "node_id": "test-node", "segment_id": "test-segment", "call_state": "created",
            "direction": "inbound", "type": "phone", "from": from, "to": self.to,
            "from_number": from, "to_number": self.to, "headers": [],
        });
        if let Value::Object(call) = &mut call {
            call.extend(self.fields);
        }
        let agent_id: Arc<str> = self.agent_id.map_or_else(|| self.agent.name.clone(), Into::into);
        let body = json!({"call": call, "vars": {}, "envs": {}, "params": {}});
        let (_, document) = in_process::ask(&self.app, &self.agent, agent_id.clone(), body).await;
        let platform = match PlatformCall::start(&document, call_id, self.from) {
            Ok(call) => call,
            Err(error) => panic!("{error}: {document}"),
        };
        let client = HttpClient::new(AddressPolicy::AnyAddress);
        let (app, agent) = (self.app, self.agent);
        let mut call = TestCall { app, agent, agent_id, document, platform, client, log: Vec::new() };
        call.hook("startup_hook").await;
        call
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
pub struct TestCall {
    app: Arc<App>,
    agent: Arc<RegisteredAgent>,
    agent_id: Arc<str>,
    document: Value,
    platform: PlatformCall,
    client: HttpClient,
    /// What was said and done, as the report will have it.
    log: Vec<Value>,
}

impl TestCall {
    /// The call's id.
    pub fn call_id(&self) -> &str {
        self.platform.call_id()
    }

    /// The SWML document that the call runs on, as the platform fetched it.
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// What the model is told now: the prompt, and the step where there is one. Variables are replaced.
    pub fn prompt(&self) -> String {
        self.platform.prompt()
    }

    /// Where the conversation is, for an agent with contexts: context and step.
    pub fn step(&self) -> Option<(&str, &str)> {
        self.platform.place()
    }

    /// The caller says something. It is in the report's `call_log`.
    pub fn say(&mut self, text: impl Into<String>) -> &mut Self {
        self.log.push(json!({"role": "user", "content": text.into()}));
        self
    }

    /// The agent says something, in the model's own words. It is in the report's `call_log`.
    pub fn answer(&mut self, text: impl Into<String>) -> &mut Self {
        self.log.push(json!({"role": "assistant", "content": text.into()}));
        self
    }

    /// The model calls a function with these arguments, and the platform carries out the actions of the reply. `next_step`
    /// and `change_context` go through the steps.
    ///
    /// # Panics
    /// Where the model cannot call it now: it is not in the document, it is switched off, the step does not allow it, or
    /// the call is over.
    pub async fn function(&mut self, name: &str, arguments: Value) -> Turn {
        if let Some(words) = self.platform.go(name, &object(arguments.clone())) {
            return self.keep(name, json!({"response": words}));
        }
        match self.platform.function(name) {
            Some(Offered { why_not: Some(why), .. }) => panic!("the model cannot call {name} now: {why}"),
            Some(_) => {}
            None => panic!("the document has no function {name}; it has: {}", self.names().join(", ")),
        }
        self.platform.count(name);
        self.run(name, arguments).await
    }

    /// The function is called although the model may not: by a model that made it up, or by somebody else. The server has
    /// to stand that, too.
    pub async fn force(&mut self, name: &str, arguments: Value) -> Turn {
        self.run(name, arguments).await
    }

    /// Posts the body of a function webhook as it is, and carries out nothing: the reply.
    pub async fn post(&self, body: Value) -> Value {
        let (status, reply) = self.ask(body).await;
        assert_eq!(status, 200, "a function webhook is answered with 200: {reply}");
        reply
    }

    /// The body of the webhook that calls a function now.
    pub fn webhook(&self, name: &str, arguments: Value) -> Value {
        self.platform.webhook(name, &object(arguments))
    }

    /// Whether the model can call this function now.
    pub fn can_call(&self, name: &str) -> bool {
        self.platform.function(name).is_some_and(|function| function.why_not.is_none())
    }

    /// The functions that the model can call now, in the document's order.
    pub fn functions(&self) -> Vec<String> {
        let offered = self.platform.functions().into_iter().filter(|it| it.why_not.is_none());
        offered.map(|function| function.name.to_owned()).collect()
    }

    /// The `meta_data` that a function gets.
    pub fn meta_data(&self, function: &str) -> Map<String, Value> {
        self.platform.meta_data(function)
    }

    /// Changes the `meta_data` that a function gets, as nobody but the platform can.
    pub fn set_meta_data(&mut self, function: &str, key: &str, value: impl Into<Value>) -> &mut Self {
        self.platform.set_meta_data(function, key, value.into());
        self
    }

    /// The session's `global_data`.
    pub fn global_data(&self) -> &Map<String, Value> {
        self.platform.global_data()
    }

    /// Changes the session's `global_data`.
    pub fn set_global_data(&mut self, key: &str, value: impl Into<Value>) -> &mut Self {
        self.platform.set_global_data(key, value.into());
        self
    }

    /// Whether the agent's part of the call has ended: it hung up, stopped, or handed the call on.
    pub fn is_over(&self) -> bool {
        self.platform.end().is_some()
    }

    /// What the sandbox's phone shows of the caller's number, newest first: what was texted or spoken to the caller.
    pub fn texts(&self) -> Vec<String> {
        let caller = self.platform.state().caller.as_deref();
        let messages = self.app.setup.phone().messages().into_iter();
        let own = messages.filter(|message| Some(message.to.expose()) == caller);
        own.map(|message| message.body.expose_secret().to_owned()).collect()
    }

    /// The texts that wait for the agent (`POST /{agent}/input`, [`Inputs`](crate::Inputs)), asked for as the platform does
    /// while it talks.
    pub async fn inputs(&mut self) -> Vec<String> {
        if !self.platform.has_hook(CHECK_FOR_INPUT) {
            return Vec::new();
        }
        let turn = self.run(CHECK_FOR_INPUT, json!({})).await;
        let inputs = turn.done.into_iter().filter_map(|done| match done.outcome {
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
        self.app.recorder.flush().await;
        match self.app.store.newest(&self.agent_id, usize::from(u16::MAX)).await {
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
    pub async fn end_with(mut self, fields: Value) {
        self.platform.hang_up();
        self.hook("hangup_hook").await;
        let mut report = json!({
            "action": "post_conversation", "content_type": "text/json", "content_disposition": "agent.summary",
            "conversation_type": "voice", "call_id": self.call_id(), "ai_session_id": format!("{}-session", self.call_id()),
            "app_name": "test", "call_log": self.log, "raw_call_log": self.log,
            "global_data": self.platform.global_data(), "post_prompt_data": {"raw": "", "parsed": []},
        });
        if let Some(caller) = &self.platform.state().caller {
            report["caller_id_number"] = caller.as_str().into();
        }
        if let Some(id) = self.platform.conversation_id() {
            report["conversation_id"] = id.into();
        }
        if let Value::Object(report) = &mut report {
            report.extend(object(fields));
        }
        let (status, answer) = self.ask(report).await;
        assert_eq!(status, 200, "a report is answered with 200: {answer}");
    }

    async fn hook(&mut self, name: &str) {
        if self.platform.has_hook(name) {
            self.run(name, json!({})).await;
        }
    }

    async fn run(&mut self, name: &str, arguments: Value) -> Turn {
        let arguments = object(arguments);
        let runs = self.platform.function(name).map(|function| function.runs);
        let reply = match runs {
            Some(Runs::DataMap(_)) => {
                match self.platform.run_data_map(name, &arguments, &self.client).await {
                    Some((reply, _)) => reply,
                    None => Value::Null,
                }
            }
            Some(Runs::Webhook(url)) if !is_own(url) => {
                panic!("{name} is answered by another server, which is not played here");
            }
            _ => self.post(self.platform.webhook(name, &arguments)).await,
        };
        self.keep(name, reply)
    }

    fn keep(&mut self, name: &str, reply: Value) -> Turn {
        let done = self.platform.apply(name, &reply);
        let turn = Turn { function: name.to_owned(), reply, done };
        self.log.push(json!({"role": "tool", "function_name": name, "content": turn.response()}));
        for said in turn.said() {
            self.log.push(json!({"role": "assistant", "content": said}));
        }
        turn
    }

    async fn ask(&self, body: Value) -> (u16, Value) {
        in_process::ask(&self.app, &self.agent, self.agent_id.clone(), body).await
    }

    fn names(&self) -> Vec<&str> {
        self.platform.functions().into_iter().map(|function| function.name).collect()
    }
}

/// Whether a webhook is answered by the program under test.
fn is_own(url: &str) -> bool {
    let Ok(mut url) = url::Url::parse(url) else { return false };
    // Without its credentials.
    let plain = url.set_username("").and_then(|()| url.set_password(None));
    plain.is_ok() && url.as_str().starts_with(BASE)
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
            .field("agent", &self.agent.name)
            .field("call_id", &self.call_id())
            .field("step", &self.step())
            .field("functions", &self.functions())
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Platform {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let agents: Vec<_> = self
            .app
            .registry
            .agents()
            .map(|agent| &agent.name as &dyn Display)
            .map(ToString::to_string)
            .collect();
        f.debug_struct("Platform").field("agents", &agents).finish_non_exhaustive()
    }
}
