//! A request of the platform without a socket, for what plays the platform in this process.

use std::sync::Arc;

use http_body_util::BodyExt as _;
use serde_json::Value;

use super::accept::Language;
use super::app::App;
#[cfg(feature = "console")]
use super::document;
use super::inbound::{self, Form};
use super::route::Route;
use crate::call::Inbound;
#[cfg(feature = "console")]
use crate::call::IncomingCall;

use crate::registry::RegisteredAgent;

/// The document that a body asks for, and nobody is told of it.
#[cfg(feature = "console")]
pub(crate) async fn document(
    app: &Arc<App>,
    agent: &Arc<RegisteredAgent>,
    agent_id: &Arc<str>,
    body: Value,
) -> Value {
    let call = IncomingCall::from_body(&**agent_id, body);
    let form = Form { base: app.base.clone(), language: Language::Json };
    document::quietly(app, agent, agent_id, &call, &form).await.to_value()
}

/// Answers a body as the server would answer its sender: the status, and the answer's JSON.
pub(crate) async fn ask(
    app: &Arc<App>,
    agent: &Arc<RegisteredAgent>,
    agent_id: Arc<str>,
    body: Value,
) -> (u16, Value) {
    let inbound = Inbound::read(&*agent_id, body);
    let name = agent.name.to_string();
    let route = match inbound::path_of(&inbound) {
        Some("swaig") => Route::Swaig(name),
        Some("post_prompt") => Route::PostPrompt(name),
        Some("debug") => Route::Debug(name),
        _ => Route::Document(name),
    };
    let form = Form { base: app.base.clone(), language: Language::Json };
    let response = inbound::answer(app, &route, agent, agent_id, inbound, &form).await;
    let status = response.status().as_u16();
    // The body is one of this server's own, and it is whole.
    let bytes = response.into_body().collect().await.map(http_body_util::Collected::to_bytes);
    let answer = bytes.ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    (status, answer.unwrap_or_default())
}
