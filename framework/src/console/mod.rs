//! The pages that operators and developers look at: real HTML, rendered here, and without anything from another origin. They
//! work without scripts; a script of this server copies addresses and follows live events where it may run.

mod conversations;
mod document;
mod live;
mod login;
mod overview;
mod page;
mod try_it;

use std::sync::Arc;

use hyper::body::Incoming;
use hyper::header::{CONTENT_DISPOSITION, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};

use crate::registry::RegisteredAgent;
use crate::server::App;
use crate::server::auth::Session;
use crate::server::query::Query;
use crate::server::response::{Body, refusal, with_type};
use crate::server::service::Visit;
use crate::store::StoreError;

const ICON: &str = include_str!("icon.svg");
const SCRIPT: &str = include_str!("console.js");
const STYLE: &str = include_str!("style.css");

/// Answers `path`, which is below `/console`. `session` is that of the visitor; one who sends HTTP Basic has none.
pub(crate) async fn answer(
    app: &Arc<App>,
    path: &str,
    visit: &Visit,
    session: Option<Session>,
    request: Request<Incoming>,
) -> Response<Body> {
    let query = Query::of(request.uri());
    let session = session.as_ref();
    let parts: Vec<&str> = path.split('/').collect();
    let answer = match parts.as_slice() {
        [""] => overview::answer(app, session).await,
        ["login"] => return login::log_in(app, visit, session, request).await,
        ["logout"] => return login::log_out(app, visit, session, request).await,
        ["icon.svg"] => return with_type(StatusCode::OK, "image/svg+xml", ICON),
        ["style.css"] => return with_type(StatusCode::OK, "text/css; charset=utf-8", STYLE),
        ["console.js"] => return with_type(StatusCode::OK, "text/javascript; charset=utf-8", SCRIPT),
        ["live"] => live::answer(app, session, &query).await,
        ["conversations"] => conversations::list(app, session, &query).await,
        ["conversations", id] => conversation(app, session, id, &request).await,
        ["agents", name] => match app.registry.agent(name) {
            Some(agent) => Ok(document::answer(app, session, agent)),
            None => Ok(no_agent(app)),
        },
        ["agents", name, "try"] => match app.registry.agent(name) {
            Some(agent) => return try_it(app, visit, session, agent, request).await,
            None => Ok(no_agent(app)),
        },
        _ => Ok(refusal(StatusCode::NOT_FOUND, "there is no such page; the console is at /console")),
    };
    answer.unwrap_or_else(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "the console cannot read the store");
        refusal(StatusCode::SERVICE_UNAVAILABLE, "the store cannot be read now; try again")
    })
}

async fn try_it(
    app: &Arc<App>,
    visit: &Visit,
    session: Option<&Session>,
    agent: &Arc<RegisteredAgent>,
    request: Request<Incoming>,
) -> Response<Body> {
    if request.method() == Method::POST {
        try_it::run(app, visit, session, agent, request).await
    } else {
        try_it::begin(app, session, agent, &Query::of(request.uri())).await
    }
}

/// A conversation: a page for a browser, the report itself for a program, and for who downloads it.
async fn conversation(
    app: &App,
    session: Option<&Session>,
    id: &str,
    request: &Request<Incoming>,
) -> Result<Response<Body>, StoreError> {
    let (number, is_file) = id.strip_suffix(".json").map_or((id, false), |number| (number, true));
    let accept = request.headers().get(hyper::header::ACCEPT).and_then(|value| value.to_str().ok());
    if !is_file && accept.is_some_and(|accept| accept.contains("text/html")) {
        return conversations::one(app, session, number).await;
    }
    let mut response = conversations::raw(app, number).await?;
    if is_file
        && let Ok(name) =
            HeaderValue::from_str(&format!("attachment; filename=\"conversation-{number}.json\""))
    {
        response.headers_mut().insert(CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

fn no_agent(app: &App) -> Response<Body> {
    let known: Vec<_> = app.registry.agents().map(|agent| &*agent.name).collect();
    refusal(StatusCode::NOT_FOUND, &format!("there is no agent of this name; agents: {}", known.join(", ")))
}
