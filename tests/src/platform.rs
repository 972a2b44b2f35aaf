//! SignalWire's side of the wire: it fetches the document, calls functions back at the addresses that the document gives,
//! and carries `meta_data` from one function to the next.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};
use url::Url;

use crate::{Answer, Client, Credentials, Employee};

/// A call in progress.
pub struct PhoneCall {
    client: Client,
    call_id: String,
    caller: Option<String>,
    document: Value,
    meta_data: HashMap<String, Map<String, Value>>,
}

/// A function's reply.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply(pub Value);

impl Reply {
    /// What the model hears.
    pub fn response(&self) -> &str {
        self.0["response"].as_str().unwrap_or_else(|| panic!("a reply has a response: {}", self.0))
    }

    /// The actions: the platform takes one object or a list.
    pub fn actions(&self) -> Vec<&Map<String, Value>> {
        match &self.0["action"] {
            Value::Array(actions) => actions.iter().filter_map(Value::as_object).collect(),
            Value::Object(action) => vec![action],
            _ => Vec::new(),
        }
    }
}

impl PhoneCall {
    /// A call comes in from this number and the platform fetches the document of the agent `mfa`.
    pub async fn from(employee: &Employee, caller: &str) -> Self {
        Self::incoming(employee, "/mfa", Some(caller)).await
    }

    /// A call comes in and the platform fetches the document at `path`. Without a caller the number is withheld.
    pub async fn incoming(employee: &Employee, path: &str, caller: Option<&str>) -> Self {
        static CALLS: AtomicUsize = AtomicUsize::new(1);
        let call_id = format!("2e1e66e5-5d07-413d-9668-{:012}", CALLS.fetch_add(1, Ordering::Relaxed));
        let client = employee.client();
        let from = caller.unwrap_or("anonymous");
        let body = json!({
            "call": {
                "call_id": call_id, "node_id": "node", "segment_id": "segment", "call_state": "created",
                "direction": "inbound", "type": "phone", "from": from, "to": "+15550009999",
                "from_number": from, "to_number": "+15550009999", "headers": [],
                "project_id": "11111111-2222-3333-4444-555555555555", "space_id": "space",
            },
            "vars": {}, "envs": {}, "params": {},
        });
        let answer = client.post(path, &body).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let caller = caller.map(str::to_owned);
        Self { client, call_id, caller, document: answer.json(), meta_data: HashMap::new() }
    }

    /// The call's id.
    pub fn call_id(&self) -> &str {
        &self.call_id
    }

    /// The document that the call runs on.
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// The `ai` step of the document.
    pub fn ai(&self) -> &Value {
        let steps = self.document["sections"]["main"].as_array().expect("main is a list of steps");
        steps.iter().find_map(|step| step.get("ai")).expect("the document has an ai step")
    }

    /// The `meta_data` that a function gets.
    pub fn meta_data(&self, function: &str) -> Map<String, Value> {
        self.meta_data.get(&self.token(function)).cloned().unwrap_or_default()
    }

    /// Changes the `meta_data` that a function gets.
    pub fn set_meta_data(&mut self, function: &str, key: &str, value: Value) {
        self.meta_data.entry(self.token(function)).or_default().insert(key.to_owned(), value);
    }

    /// The body of a webhook as the platform would post it now.
    pub fn webhook(&self, function: &str, arguments: &Value) -> Value {
        let signature = self.signature(function);
        let mut body = function_request(function, arguments);
        body["argument_desc"] = signature["parameters"].clone();
        body["description"] = signature["description"].clone();
        body["call_id"] = self.call_id.as_str().into();
        body["meta_data_token"] = self.token(function).into();
        body["meta_data"] = self.meta_data(function).into();
        if let Some(caller) = &self.caller {
            body["caller_id_name"] = "Jane Doe".into();
            body["caller_id_num"] = caller.as_str().into();
        }
        body
    }

    /// Posts a webhook to the function's address, without carrying out its actions.
    pub async fn post(&self, webhook: &Value) -> Reply {
        let answer = self
            .post_url(&self.function_url(webhook["function"].as_str().unwrap_or_default()), webhook)
            .await;
        assert_eq!(answer.status, 200, "a function webhook is answered 200: {}", answer.text());
        assert_eq!(answer.header("content-type"), "application/json");
        let reply = answer.json();
        assert!(reply.get("error").is_none(), "a reply has no error key: {reply}");
        Reply(reply)
    }

    /// The model calls a function: the webhook is posted and the actions of its reply are carried out.
    pub async fn call(&mut self, function: &str, arguments: Value) -> Reply {
        let webhook = self.webhook(function, &arguments);
        let reply = self.post(&webhook).await;
        self.carry_out(function, &reply);
        reply
    }

    /// Carries out the actions of a reply that change `meta_data`.
    pub fn carry_out(&mut self, function: &str, reply: &Reply) {
        let data = self.meta_data.entry(self.token(function)).or_default();
        for action in reply.actions() {
            if let Some(Value::Object(set)) = action.get("set_meta_data") {
                data.extend(set.clone());
            }
            match action.get("unset_meta_data") {
                Some(Value::String(key)) => drop(data.remove(key)),
                Some(Value::Object(_)) => data.clear(),
                Some(Value::Array(keys)) => {
                    data.retain(|key, _| !keys.iter().any(|it| it == key));
                }
                _ => {}
            }
        }
    }

    /// The call ends and the report is posted.
    pub async fn end(&self, report: Value) -> Answer {
        let url = self.ai()["post_prompt_url"].as_str().expect("the document has a post_prompt_url");
        let mut body = json!({
            "action": "post_conversation", "content_type": "text/json", "content_disposition": "agent.summary",
            "conversation_type": "voice", "call_id": self.call_id, "ai_session_id": "session", "app_name": "mfa",
            "call_log": [], "raw_call_log": [],
        });
        if let (Some(body), Value::Object(report)) = (body.as_object_mut(), report) {
            body.extend(report);
        }
        self.post_url(url, &body).await
    }

    /// Posts to an address of the document, with the credentials that it holds.
    async fn post_url(&self, url: &str, body: &Value) -> Answer {
        let url = Url::parse(url).expect("an emitted URL is one");
        let decode = |text: &str| percent_decode_str(text).decode_utf8().expect("UTF-8").into_owned();
        let credentials = Credentials {
            user: decode(url.username()),
            password: decode(url.password().expect("an emitted URL has a password")),
        };
        let path = &url[url::Position::BeforePath..];
        self.client.with(Some(credentials)).post(path, body).await
    }

    fn signature(&self, function: &str) -> Value {
        let functions = self.ai()["SWAIG"]["functions"].as_array().expect("the document has functions");
        functions.iter().find(|it| it["function"] == function).cloned().unwrap_or_default()
    }

    fn token(&self, function: &str) -> String {
        let signature = self.signature(function);
        // Without a token the platform derives one from the address.
        let token = signature["meta_data_token"].as_str().map(str::to_owned);
        token.unwrap_or_else(|| self.function_url(function))
    }

    fn function_url(&self, function: &str) -> String {
        let signature = self.signature(function);
        let url = signature["web_hook_url"]
            .as_str()
            .or_else(|| self.ai()["SWAIG"]["defaults"]["web_hook_url"].as_str());
        url.expect("the function has an address").to_owned()
    }
}

/// The body of a webhook that is not part of a call.
pub fn function_request(function: &str, arguments: &Value) -> Value {
    json!({
        "function": function,
        "argument": {"parsed": [arguments], "raw": arguments.to_string()},
        "call_id": "2e1e66e5-5d07-413d-9668-000000000000", "ai_session_id": "a0d4e6e5-0000-0000-0000-000000000000",
        "app_name": "mfa", "meta_data_token": "mfa", "meta_data": {}, "global_data": {},
        "channel_active": true, "channel_offhook": true, "channel_ready": true,
        "content_type": "text/swaig", "content_disposition": "SWAIG Function", "conversation_type": "voice",
        "version": "2.0", "project_id": "11111111-2222-3333-4444-555555555555", "space_id": "space",
    })
}
