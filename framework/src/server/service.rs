//! The way of one request: route, credentials, method, body, answer.

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty};
use hyper::body::{Body as _, Incoming};
use hyper::header::{self, HeaderValue};
use hyper::{Method, Request, Response, StatusCode, Uri};
use serde_json::{Value, json};
use url::Url;

use super::app::App;
use super::auth::{CALL_TOKEN, Session, TokenRefused};
use super::protection::protect;
use super::query::Query;
use super::response::{Body, json, refusal, see_other, with_type};
use super::route::{Route, Routes};
use super::{body, document, events, metrics, report, swaig, unauthorized};
use crate::registry::RegisteredAgent;
use crate::store::Event;

/// Answers a request.
pub(crate) async fn answer(
    app: Arc<App>,
    routes: Arc<Routes>,
    peer: IpAddr,
    request: Request<Incoming>,
) -> Response<Body> {
    let route = routes.find(request.uri().path());
    let name = route.as_ref().map_or("none", Route::name);
    let head = request.method() == Method::HEAD;
    let base = app.base(peer, request.headers());
    let secure = base.scheme() == "https";
    let mut response = guard(&app, route, base, request).await;
    protect(&mut response, secure);
    if head {
        drop_body(&mut response);
    }
    metrics::request(name, response.status().as_u16());
    response
}

/// Leaves the head of an answer, for HEAD: hyper does it for HTTP/1 only.
fn drop_body(response: &mut Response<Body>) {
    if let Some(length) = response.body().size_hint().exact() {
        response.headers_mut().insert(header::CONTENT_LENGTH, length.into());
    }
    *response.body_mut() = Empty::new().boxed_unsync();
}

/// Lets through who may ask, what exists, and how it is asked.
async fn guard(
    app: &Arc<App>,
    route: Option<Route>,
    base: Url,
    request: Request<Incoming>,
) -> Response<Body> {
    let session = app.sessions.find(&app.access.operator, request.headers(), base.scheme() == "https");
    let by_session = session.is_some() && route.as_ref().is_some_and(|it| Session::opens(it, request.method()));
    // Paths are checked after credentials: who has none learns nothing of the agents.
    if !by_session && !app.access.allows(route.as_ref(), request.headers()) {
        return unauthorized::answer(route.as_ref(), &request);
    }
    let Some(route) = route else {
        return refusal(StatusCode::NOT_FOUND, "there is nothing at this path");
    };
    let agent = route.agent().map(|name| app.registry.agent(name));
    if let Some(None) = agent {
        let known: Vec<_> = app.registry.agents().map(|agent| agent.name.to_string()).collect();
        return refusal(
            StatusCode::NOT_FOUND,
            &format!("there is no agent of this name; agents: {}", known.join(", ")),
        );
    }
    if !route.allows(request.method()) {
        let allow = route.allow();
        let mut response = refusal(StatusCode::METHOD_NOT_ALLOWED, &format!("this path answers {allow}"));
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allow));
        return response;
    }
    match agent.flatten() {
        Some(agent) => take(app, &route, agent, &base, request).await,
        #[cfg(feature = "console")]
        None if matches!(route, Route::Console(_)) => crate::console::answer(app, &base, session, request).await,
        None => take_own(app, &route),
    }
}

/// The routes of an agent.
async fn take(
    app: &Arc<App>,
    route: &Route,
    agent: &Arc<RegisteredAgent>,
    base: &Url,
    request: Request<Incoming>,
) -> Response<Body> {
    let query = Query::of(request.uri());
    let agent_id: Arc<str> = match query.agent_id(&agent.name) {
        Ok(id) => id.into(),
        Err(problem) => return refusal(StatusCode::BAD_REQUEST, problem),
    };
    if let Route::Events(_) = route {
        return events::answer(app, agent_id, &query, request.headers()).await;
    }
    let (head, body) = request.into_parts();
    let bytes = match head.method {
        Method::POST => match body::read(body, route.body_limit()).await {
            Ok(bytes) => bytes,
            Err(refusal) => {
                metrics::malformed(route.name());
                return refusal;
            }
        },
        _ => Bytes::new(),
    };
    if app.signatures.apply_to(route) {
        let urls = signed_urls(base, &head.uri);
        if let Err(refused) = app.signatures.check(route, &head.headers, &urls, &bytes) {
            return refuse(app, agent, &agent_id, "signature", &refused);
        }
    }
    let body = match body::object(&bytes) {
        Ok(body) => body,
        Err(refusal) => {
            metrics::malformed(route.name());
            return refusal;
        }
    };
    if agent.definition.call_tokens
        && let Err(refused) = check_token(app, agent, route, &agent_id, &query, &body)
    {
        return refuse(app, agent, &agent_id, "call_token", &refused);
    }
    match route {
        Route::Swaig(_) => swaig::answer(app, agent, agent_id, base, body).await,
        Route::PostPrompt(_) => report::post_prompt(app, agent, agent_id, body).await,
        Route::Debug(_) => report::debug(app, agent, agent_id, body).await,
        _ => document::answer(app, agent, agent_id, base, body).await,
    }
}

/// The spellings of the URL that the platform may have been given: `https://host/…` and `https://host:443/…` are one.
fn signed_urls(base: &Url, uri: &Uri) -> Vec<String> {
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let start = base.as_str().trim_end_matches('/');
    let mut urls = vec![format!("{start}{path}")];
    if let (None, Some(port), Some(host)) = (base.port(), base.port_or_known_default(), base.host_str()) {
        let prefix = base.path().trim_end_matches('/');
        urls.push(format!("{}://{host}:{port}{prefix}{path}", base.scheme()));
    }
    urls
}

/// Whether a webhook of an agent with call tokens carries the right one. What the token has to be bound to is in the body.
fn check_token(
    app: &App,
    agent: &RegisteredAgent,
    route: &Route,
    agent_id: &str,
    query: &Query,
    body: &Value,
) -> Result<(), TokenRefused> {
    let text = |pointer: &str| body.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let (call_id, target) = match route {
        Route::Swaig(_) => (text("/call_id"), text("/function")),
        Route::PostPrompt(_) => (text("/call_id"), "/post_prompt"),
        Route::Debug(_) => (text("/call_info/call_id"), "/debug"),
        _ => return Ok(()),
    };
    let token = query.get(CALL_TOKEN);
    app.call_tokens.check(token.as_deref(), &agent.name, agent_id, call_id, target)
}

/// 403 for a request that is not the platform's; those who watch the agent hear of it.
fn refuse(
    app: &App,
    agent: &RegisteredAgent,
    agent_id: &Arc<str>,
    what: &'static str,
    why: &dyn std::error::Error,
) -> Response<Body> {
    let reason = why.to_string();
    tracing::warn!(agent = %agent.name, check = what, reason, "a request was refused");
    metrics::refused(what);
    app.sink(agent, agent_id).emit(Event::new("request_refused", json!({"check": what, "reason": reason})), None);
    refusal(StatusCode::FORBIDDEN, &reason)
}

/// The routes that belong to no agent.
fn take_own(app: &App, route: &Route) -> Response<Body> {
    match route {
        Route::Health => json(StatusCode::OK, &json!({"status": "ok"})),
        Route::Ready if app.is_stopping() => {
            json(StatusCode::SERVICE_UNAVAILABLE, &json!({"status": "stopping"}))
        }
        Route::Ready => json(StatusCode::OK, &json!({"status": "ready"})),
        Route::Metrics => match metrics::render() {
            Some(text) => with_type(StatusCode::OK, "text/plain; version=0.0.4; charset=utf-8", text),
            None => {
                refusal(StatusCode::NOT_FOUND, "another recorder of metrics is installed in this process")
            }
        },
        Route::Root => see_other("/console"),
        _ => refusal(StatusCode::NOT_FOUND, "there is nothing at this path"),
    }
}
