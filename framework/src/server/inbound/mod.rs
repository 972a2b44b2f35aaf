//! The platform's requests to an agent, told apart by their bodies.

use std::sync::Arc;

use hyper::Response;
use serde_json::Value;
use url::Url;

use super::accept::Language;
use super::app::App;
use super::response::Body;
use super::route::Route;
use super::{conversation, document, report, swaig};
use crate::call::{DebugEvents, FunctionRequest, Inbound, IncomingCall, Report};
use crate::registry::RegisteredAgent;

/// Answers a request by what it is. The body decides, since a URL is easily mixed up with another in a document that was
/// written by hand; where the body does not tell, the path does. Only documents are bound to their path.
pub(crate) async fn answer(
    app: &Arc<App>,
    route: &Route,
    agent: &Arc<RegisteredAgent>,
    agent_id: Arc<str>,
    base: &Url,
    inbound: Inbound,
    language: Language,
) -> Response<Body> {
    if let Some(path) = route_of(&inbound).filter(|path| *path != route.name()) {
        tracing::warn!(
            agent = %agent.name,
            "a request of the kind {} came to the path of {}; its URL is that of {path}",
            inbound.name(),
            route.name()
        );
    }
    match inbound {
        Inbound::Function(request) => swaig::call(app, agent, agent_id, request).await,
        Inbound::Signatures(request) => swaig::signatures(app, agent, &agent_id, base, &request).await,
        Inbound::Report(report) => report::post_prompt(app, agent, agent_id, report).await,
        Inbound::Conversation(request) => conversation::fetch(app, agent, agent_id, &request).await,
        Inbound::Debug(events) => report::debug(app, agent, agent_id, events).await,
        other @ (Inbound::Document(_) | Inbound::Other(_)) => {
            by_path(app, route, agent, agent_id, base, other.into_raw(), language).await
        }
    }
}

/// The name of the route that a request belongs to; `None` for a body that does not tell.
pub(super) fn route_of(inbound: &Inbound) -> Option<&'static str> {
    match inbound {
        Inbound::Function(_) | Inbound::Signatures(_) => Some("swaig"),
        Inbound::Report(_) | Inbound::Conversation(_) => Some("post_prompt"),
        Inbound::Debug(_) => Some("debug"),
        Inbound::Document(_) => Some("document"),
        Inbound::Other(_) => None,
    }
}

async fn by_path(
    app: &Arc<App>,
    route: &Route,
    agent: &Arc<RegisteredAgent>,
    agent_id: Arc<str>,
    base: &Url,
    body: Value,
    language: Language,
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
            document::answer(app, agent, agent_id, base, call, language).await
        }
    }
}

#[cfg(test)]
mod tests;
