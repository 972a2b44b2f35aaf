//! The way of one request: route, credentials, method, body, answer.

use std::sync::Arc;

use http_body_util::{BodyExt as _, Empty};
use hyper::body::{Body as _, Incoming};
use hyper::header::{self, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use serde_json::{Value, json};

use super::accept::Language;
use super::app::App;
use super::query::Query;
use super::response::{Body, json, refusal, with_type};
use super::route::{Route, Routes};
use super::{body, document, events, inbound, input, metrics};
use crate::call::IncomingCall;
use crate::registry::RegisteredAgent;

/// Answers a request.
pub(crate) async fn answer(app: Arc<App>, routes: Arc<Routes>, request: Request<Incoming>) -> Response<Body> {
    let route = routes.find(request.uri().path());
    let name = route.as_ref().map_or("none", Route::name);
    let head = request.method() == Method::HEAD;
    let mut response = guard(&app, route, request).await;
    if head {
        drop_body(&mut response);
    }
    metrics::request(name, response.status().as_u16());
    response
}

/// Leaves the head of an answer, for HEAD: hyper does it for HTTP/1 only.
pub(crate) fn drop_body(response: &mut Response<Body>) {
    if let Some(length) = response.body().size_hint().exact() {
        response.headers_mut().insert(header::CONTENT_LENGTH, length.into());
    }
    *response.body_mut() = Empty::new().boxed_unsync();
}

/// Lets through who may ask, what exists, and how it is asked.
async fn guard(app: &Arc<App>, route: Option<Route>, request: Request<Incoming>) -> Response<Body> {
    let public = route.as_ref().is_some_and(Route::is_public);
    // Paths are checked after credentials: who has none learns nothing of the agents.
    if !public && !app.credentials.allow(request.headers()) {
        let mut response = refusal(
            StatusCode::UNAUTHORIZED,
            "wrong or missing credentials: send HTTP Basic with SWML_BASIC_AUTH_USER and SWML_BASIC_AUTH_PASSWORD",
        );
        let challenge = HeaderValue::from_static(r#"Basic realm="swaig", charset="UTF-8""#);
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        return response;
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
        Some(agent) => take(app, &route, agent, request).await,
        None => take_own(app, &route).await,
    }
}

/// The routes of an agent.
async fn take(
    app: &Arc<App>,
    route: &Route,
    agent: &Arc<RegisteredAgent>,
    request: Request<Incoming>,
) -> Response<Body> {
    let query = Query::of(request.uri());
    let agent_id: Arc<str> = match query.agent_id(&agent.name) {
        Ok(id) => id.into(),
        Err(problem) => return refusal(StatusCode::BAD_REQUEST, problem),
    };
    let language = Language::of(request.headers());
    match route {
        Route::Events(_) => events::answer(app, agent_id, &query, request.headers()).await,
        Route::Document(_) if request.method() != Method::POST => {
            let call = IncomingCall::from_body(&*agent_id, Value::Null);
            document::answer(app, agent, agent_id, call, language).await
        }
        _ => match body::read_object(request.into_body(), route.body_limit()).await {
            Err(refusal) => {
                metrics::malformed(route.name());
                refusal
            }
            Ok(body) => match route {
                Route::Input(_) => input::answer(app, agent, agent_id, &body).await,
                _ => inbound::answer(app, route, agent, agent_id, body, language).await,
            },
        },
    }
}

/// The routes that belong to no agent.
#[cfg_attr(not(feature = "console"), expect(clippy::unused_async, reason = "only the console waits"))]
async fn take_own(app: &Arc<App>, route: &Route) -> Response<Body> {
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
        Route::Root => {
            let mut response = with_type(StatusCode::SEE_OTHER, "text/plain; charset=utf-8", "/console\n");
            response.headers_mut().insert(header::LOCATION, HeaderValue::from_static("/console"));
            response
        }
        #[cfg(feature = "console")]
        Route::Console(path) => crate::console::answer(app, path).await,
        _ => refusal(StatusCode::NOT_FOUND, "there is nothing at this path"),
    }
}
