//! A call between the platform, as it is played here, and the agents of this process.

use std::sync::Arc;

use serde_json::{Map, Value, json};

#[cfg(feature = "console")]
use super::CallState;
use super::{DataMapError, Done, PlatformCall, PlatformError, Runs};
use crate::http::{AddressPolicy, HttpClient, HttpError, HttpReply};
use crate::registry::RegisteredAgent;
#[cfg(feature = "cli")]
use crate::remote::IncludeError;
use crate::server::{App, in_process};

/// The number that is dialled where none is named. The block 555-01 is for fiction.
pub(crate) const DIALLED: &str = "+15550100009";

/// What the model reads where another server gave no reply.
const NO_ANSWER: &str =
    "The function cannot be reached now. Go on without it, and tell the caller so if it matters.";

/// A call on its way: its server, and what the platform keeps of it.
pub(crate) struct Line {
    app: Arc<App>,
    agent: Arc<RegisteredAgent>,
    agent_id: Arc<str>,
    pub(crate) document: Value,
    pub(crate) call: PlatformCall,
    client: HttpClient,
    /// Whether functions of other servers are called there.
    reaches_others: bool,
    /// What was said and done, as the end-of-call report will have it.
    pub(crate) log: Vec<Value>,
}

/// Who calls whom.
#[derive(Clone, Debug, Default)]
pub(crate) struct Incoming {
    pub(crate) call_id: String,
    /// `None`: the number is withheld.
    pub(crate) from: Option<String>,
    pub(crate) to: Option<String>,
    /// More members of `call` in the request for the document.
    pub(crate) fields: Map<String, Value>,
}

/// What came of a function call.
pub(crate) struct Ran {
    pub(crate) reply: Value,
    pub(crate) done: Vec<Done>,
    /// What failed on the way to its reply.
    pub(crate) problems: Vec<RunError>,
}

/// What failed while a function ran, for who tries the agent. The model reads something else.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RunError {
    #[error(transparent)]
    DataMap(#[from] DataMapError),
    #[error("the server that answers {function} did not do so")]
    Elsewhere { function: String, source: HttpError },
    #[error("{function} has no address that can be called")]
    Address { function: String, source: url::ParseError },
}

impl Ran {
    /// What the model reads.
    pub(crate) fn text(&self) -> String {
        super::response_text(&self.reply)
    }
}

impl Incoming {
    /// The request for the document.
    fn body(&self) -> Value {
        let from = self.from.as_deref().unwrap_or("anonymous");
        let to = self.to.as_deref().unwrap_or(DIALLED);
        let mut call = json!({
            "call_id": self.call_id, "node_id": "node", "segment_id": "segment", "call_state": "created",
            "direction": "inbound", "type": "phone", "from": from, "to": to,
            "from_number": from, "to_number": to, "headers": [],
        });
        if let Value::Object(call) = &mut call {
            call.extend(self.fields.clone());
        }
        json!({"call": call, "vars": {}, "envs": {}, "params": {}})
    }
}

impl Line {
    /// A call comes in: the platform fetches the document.
    pub(crate) async fn begin(
        app: Arc<App>,
        agent: Arc<RegisteredAgent>,
        agent_id: Arc<str>,
        incoming: Incoming,
    ) -> Result<Self, PlatformError> {
        let (_, document) = in_process::ask(&app, &agent, agent_id.clone(), incoming.body()).await;
        let call = PlatformCall::start(&document, incoming.call_id, incoming.from)?;
        let mut line = Self::of(app, agent, agent_id, document, call);
        line.hook("startup_hook").await;
        Ok(line)
    }

    /// A call goes on from a kept state, with the document as it is now. Nobody is told that it was looked at again.
    #[cfg(feature = "console")]
    pub(crate) async fn resume(
        app: Arc<App>,
        agent: Arc<RegisteredAgent>,
        agent_id: Arc<str>,
        state: CallState,
    ) -> Result<Self, PlatformError> {
        let incoming =
            Incoming { call_id: state.call_id.clone(), from: state.caller.clone(), ..Incoming::default() };
        let document = in_process::document(&app, &agent, &agent_id, incoming.body()).await;
        let call = PlatformCall::resume(&document, state)?;
        Ok(Self::of(app, agent, agent_id, document, call))
    }

    fn of(
        app: Arc<App>,
        agent: Arc<RegisteredAgent>,
        agent_id: Arc<str>,
        document: Value,
        call: PlatformCall,
    ) -> Self {
        let client = HttpClient::new(AddressPolicy::AnyAddress).timeout(super::data_map::TIME);
        Self { app, agent, agent_id, document, call, client, reaches_others: false, log: Vec::new() }
    }

    pub(crate) fn app(&self) -> &App {
        &self.app
    }

    pub(crate) fn agent_id(&self) -> &str {
        &self.agent_id
    }

    pub(crate) fn agent(&self) -> &str {
        &self.agent.name
    }

    /// Posts a body to the agent: the status, and what it answers.
    pub(crate) async fn ask(&self, body: Value) -> (u16, Value) {
        in_process::ask(&self.app, &self.agent, self.agent_id.clone(), body).await
    }

    /// Whether a function is answered by another server, which is not asked here.
    pub(crate) fn is_elsewhere(&self, function: &str) -> bool {
        !self.reaches_others && self.elsewhere(function).is_some()
    }

    /// The address of a function at another server.
    fn elsewhere(&self, function: &str) -> Option<&str> {
        match self.call.function(function)?.runs {
            Runs::Webhook(url) if !self.is_own(url) => Some(url),
            _ => None,
        }
    }

    /// Asks the other servers that the document includes for their functions, as the platform does, and from now on calls
    /// the functions of others there. What each gave: its address for people, and the names.
    #[cfg(feature = "cli")]
    pub(crate) async fn reach_others(&mut self) -> Vec<(String, Result<Vec<String>, IncludeError>)> {
        self.reaches_others = true;
        let mut given = Vec::new();
        for include in self.call.includes() {
            let signatures = include.signatures(&self.client).await;
            given.push((
                include.shown(),
                signatures.map(|signatures| self.call.include(&include, signatures)),
            ));
        }
        given
    }

    /// Calls a function and carries out the actions of its reply.
    pub(crate) async fn run(&mut self, name: &str, arguments: &Map<String, Value>) -> Ran {
        let by_itself = self.call.run_data_map(name, arguments, &self.client).await;
        let (reply, problems) = if let Some((reply, problems)) = by_itself {
            (reply, problems.into_iter().map(RunError::from).collect())
        } else if self.reaches_others
            && let Some(url) = self.elsewhere(name)
        {
            match self.ask_elsewhere(name, url, arguments).await {
                Ok(reply) => (reply, Vec::new()),
                Err(problem) => (json!({"response": NO_ANSWER}), vec![problem]),
            }
        } else {
            (self.ask(self.call.webhook(name, arguments)).await.1, Vec::new())
        };
        let done = self.call.apply(name, &reply);
        self.keep(name, Ran { reply, done, problems })
    }

    /// Posts a function's webhook to the other server that answers it.
    async fn ask_elsewhere(
        &self,
        name: &str,
        url: &str,
        arguments: &Map<String, Value>,
    ) -> Result<Value, RunError> {
        let address = |source| RunError::Address { function: name.to_owned(), source };
        let failed = |source| RunError::Elsewhere { function: name.to_owned(), source };
        let url = url::Url::parse(url).map_err(address)?;
        let sent = self.client.post(&url).json(&self.call.webhook(name, arguments)).send().await;
        sent.and_then(HttpReply::success).and_then(|reply| reply.json()).map_err(failed)
    }

    /// Runs one of the platform's own functions; `None` where it is none of them.
    pub(crate) fn run_native(&mut self, name: &str, arguments: &Map<String, Value>) -> Option<Ran> {
        let native = self.call.run_native(name, arguments)?;
        let ran = Ran { reply: json!({"response": native.words}), done: native.done, problems: Vec::new() };
        Some(self.keep(name, ran))
    }

    /// Writes down what came of a function.
    fn keep(&mut self, name: &str, ran: Ran) -> Ran {
        self.log.push(json!({"role": "tool", "function_name": name, "content": ran.text()}));
        ran
    }

    /// Calls one of the platform's hooks, if the agent has it.
    pub(crate) async fn hook(&mut self, name: &str) -> Option<Ran> {
        if self.call.has_hook(name) { Some(self.run(name, &Map::new()).await) } else { None }
    }

    /// Somebody says something.
    pub(crate) fn hear(&mut self, role: &str, text: &str) {
        self.log.push(json!({"role": role, "content": text}));
    }

    /// The caller hangs up, and the end is reported with these fields: the status, and what is answered.
    pub(crate) async fn end(&mut self, fields: Map<String, Value>) -> (u16, Value) {
        self.call.hang_up();
        self.hook("hangup_hook").await;
        let call_id = self.call.call_id();
        let mut report = json!({
            "action": "post_conversation", "content_type": "text/json", "content_disposition": "agent.summary",
            "conversation_type": "voice", "call_id": call_id, "ai_session_id": format!("{call_id}-session"),
            "app_name": self.call.param("app_name").as_str().unwrap_or("swml app"),
            "call_log": self.log, "raw_call_log": self.log, "swaig_log": [],
            "global_data": self.call.global_data(), "post_prompt_data": {"raw": "", "parsed": []},
        });
        if let Some(caller) = &self.call.state().caller {
            report["caller_id_number"] = caller.as_str().into();
        }
        if let Some(id) = self.call.conversation_id() {
            report["conversation_id"] = id.into();
        }
        if let Value::Object(report) = &mut report {
            report.extend(fields);
        }
        self.ask(report).await
    }

    /// What the sandbox's phone shows of the caller's number, newest first.
    pub(crate) fn texts(&self) -> Vec<String> {
        use secrecy::ExposeSecret as _;
        let caller = self.call.state().caller.as_deref();
        let messages = self.app.setup.phone().messages().into_iter();
        let own = messages.filter(|message| Some(message.to.expose()) == caller);
        own.map(|message| message.body.expose_secret().to_owned()).collect()
    }

    /// Whether a webhook is answered by this process.
    fn is_own(&self, url: &str) -> bool {
        let Ok(mut url) = url::Url::parse(url) else { return false };
        // Without its credentials.
        let plain = url.set_username("").and_then(|()| url.set_password(None));
        plain.is_ok() && url.as_str().starts_with(self.app.base.as_str())
    }
}
