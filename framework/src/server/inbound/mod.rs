//! The platform's requests to an agent, told apart by their bodies.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use hyper::Response;
use serde_json::Value;
use url::Url;

use super::accept::Language;
use super::app::App;
use super::auth::{DEBUG, POST_PROMPT};
use super::response::Body;
use super::route::Route;
use super::{conversation, document, report, swaig};
use crate::call::{DebugEvents, FunctionRequest, Inbound, IncomingCall, Report};
use crate::registry::RegisteredAgent;

/// How an answer is written.
pub(crate) struct Form {
    /// What its URLs start with.
    pub(crate) base: Arc<Url>,
    /// The language of a document.
    pub(crate) language: Language,
}

/// Answers a request by what it is. The body decides, since a URL is easily mixed up with another in a document that was
/// written by hand; where the body does not tell, the path does. Only documents are bound to their path.
///
/// Each kind of request takes the memory that it needs, so that a function that waits holds no room for another kind.
pub(crate) fn answer<'a>(
    app: &'a Arc<App>,
    route: &'a Route,
    agent: &'a Arc<RegisteredAgent>,
    agent_id: Arc<str>,
    inbound: Inbound,
    form: &'a Form,
) -> BoxFuture<'a, Response<Body>> {
    if let Some(path) = path_of(&inbound).filter(|path| *path != route.name()) {
        tracing::warn!(
            agent = %agent.name,
            "a request of the kind {} came to the path of {}; its URL is that of {path}",
            inbound.name(),
            route.name()
        );
    }
    match inbound {
        Inbound::Function(request) => Box::pin(swaig::call(app, agent, agent_id, request)),
        Inbound::Signatures(request) => {
            Box::pin(async move { swaig::signatures(app, agent, &agent_id, &form.base, &request).await })
        }
        Inbound::Report(report) => Box::pin(report::post_prompt(app, agent, agent_id, report)),
        Inbound::Conversation(request) => {
            Box::pin(async move { conversation::fetch(app, agent, agent_id, &request).await })
        }
        Inbound::Debug(events) => Box::pin(report::debug(app, agent, agent_id, events)),
        Inbound::Document(call) if let Route::Document(_) = route => {
            Box::pin(document::answer(app, agent, agent_id, call, form))
        }
        other @ (Inbound::Document(_) | Inbound::Other(_)) => {
            Box::pin(by_path(app, route, agent, agent_id, other.into_raw(), form))
        }
    }
}

/// The name of the route that a request belongs to; `None` for a body that does not tell.
pub(crate) fn path_of(inbound: &Inbound) -> Option<&'static str> {
    match inbound {
        Inbound::Function(_) | Inbound::Signatures(_) => Some("swaig"),
        Inbound::Report(_) | Inbound::Conversation(_) => Some("post_prompt"),
        Inbound::Debug(_) => Some("debug"),
        Inbound::Document(_) => Some("document"),
        Inbound::Other(_) => None,
    }
}

/// The call that a request is about.
pub(crate) fn call_id(inbound: &Inbound) -> Option<&str> {
    match inbound {
        Inbound::Document(call) => call.call_id(),
        Inbound::Function(request) => Some(request.call_id()),
        Inbound::Report(report) => report.call_id(),
        Inbound::Conversation(request) => request.call_id(),
        Inbound::Debug(events) => events.call_info().call_id(),
        Inbound::Signatures(_) => None,
        Inbound::Other(body) => body.pointer("/call_id")?.as_str(),
    }
}

/// The function that a request calls, where it is one of the agent's.
pub(crate) fn function_of<'a>(inbound: &Inbound, agent: &'a RegisteredAgent) -> Option<&'a str> {
    let Inbound::Function(request) = inbound else { return None };
    let name = request.function()?;
    let hook = || agent.definition.reserved_functions().find(|own| *own == name);
    agent.mount(name).map(crate::Mount::name).or_else(hook)
}

/// What the call token of a webhook has to be bound to: the call, and the function or the path. `None` for a document,
/// which is where tokens come from.
pub(crate) fn token_of(route: &Route, inbound: &Inbound) -> Option<(String, String)> {
    let of = |call_id: Option<&str>, target: &str| {
        Some((call_id.unwrap_or_default().to_owned(), target.to_owned()))
    };
    let other = |pointer: &str| match inbound {
        Inbound::Other(body) => body.pointer(pointer).and_then(Value::as_str),
        _ => None,
    };
    match (inbound, route) {
        (Inbound::Function(request), _) => {
            of(Some(request.call_id()), request.function().unwrap_or_default())
        }
        (Inbound::Report(report), _) => of(report.call_id(), POST_PROMPT),
        (Inbound::Conversation(request), _) => of(request.call_id(), POST_PROMPT),
        (Inbound::Debug(events), _) => of(events.call_info().call_id(), DEBUG),
        // Who asks for signatures has no call.
        (Inbound::Signatures(_), _) => of(None, ""),
        (_, Route::Document(_)) => None,
        (_, Route::PostPrompt(_)) => of(other("/call_id"), POST_PROMPT),
        (_, Route::Debug(_)) => of(other("/call_info/call_id"), DEBUG),
        _ => of(other("/call_id"), ""),
    }
}

async fn by_path(
    app: &Arc<App>,
    route: &Route,
    agent: &Arc<RegisteredAgent>,
    agent_id: Arc<str>,
    body: Value,
    form: &Form,
) -> Response<Body> {
    match route {
        // Without a name no function runs, and the model hears so.
        Route::Swaig(_) => {
            let request = FunctionRequest::from_value(body).unwrap_or_default();
            swaig::call(app, agent, agent_id, request).await
        }
        Route::PostPrompt(_) => report::post_prompt(app, agent, agent_id, Report::new(body)).await,
        Route::Debug(_) => report::debug(app, agent, agent_id, DebugEvents::new(body)).await,
        _ => {
            let call = IncomingCall::from_body(&*agent_id, body);
            document::answer(app, agent, agent_id, call, form).await
        }
    }
}

#[cfg(test)]
mod tests;
