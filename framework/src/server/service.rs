//! The way of one request: route, credentials, method, body, answer.

use std::error::Error;
use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty};
use hyper::body::{Body as _, Incoming};
use hyper::header::{self, HeaderValue};
use hyper::{HeaderMap, Method, Request, Response, StatusCode, Version};
use serde_json::json;
use url::Url;

use super::accept::Language;
use super::app::App;
use super::auth::{CALL_TOKEN, CrossSite, FailedLogin, Session, is_cross_site, signed_urls};
use super::inbound::Form;
use super::live::Live;
use super::protection::protect;
use super::query::Query;
use super::response::{Body, json, refusal, see_other, with_type};
use super::route::Route;
use super::{body, events, inbound, input, metrics, ready, report, unauthorized};
use crate::call::Inbound;
use crate::registry::RegisteredAgent;
use crate::store::Event;
use crate::trace;

/// Where a request came from, and where it was sent to.
pub(crate) struct Visit {
    /// Who may ask, and whose word is taken, when it came.
    pub(crate) live: Arc<Live>,
    /// What the URLs of this server start with, for who made the request.
    pub(crate) base: Arc<Url>,
    /// The address of who made it.
    pub(crate) client: IpAddr,
}

impl Visit {
    pub(crate) fn of(app: &App, peer: IpAddr, headers: &HeaderMap) -> Self {
        let live = app.live();
        Self { base: app.base(&live, peer, headers), client: live.proxies.client(peer, headers), live }
    }

    /// Whether it came over TLS, to here or to the proxy in front.
    pub(crate) fn is_secure(&self) -> bool {
        self.base.scheme() == "https"
    }
}

/// Answers a request.
pub(crate) async fn answer(app: Arc<App>, peer: IpAddr, request: Box<Request<Incoming>>) -> Response<Body> {
    let route = app.routes.find(request.uri().path());
    let name = route.as_ref().map_or("none", Route::name);
    let head = request.method() == Method::HEAD;
    let one_by_one = request.version() < Version::HTTP_2;
    let in_flight = metrics::InFlight::begin();
    let visit = Visit::of(&app, peer, request.headers());
    let response = guard(&app, route, &visit, request).await;
    in_flight.answered(name);
    let mut response = finish(response, name, head, visit.is_secure());
    if one_by_one && app.is_leaving() {
        // Whoever keeps the connection would meet its end with some later request.
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// What every answer gets. `name` is that of its route, `head` says that it is for HEAD, and `secure` that its request came
/// over TLS.
pub(crate) fn finish(
    mut response: Response<Body>,
    name: &'static str,
    head: bool,
    secure: bool,
) -> Response<Body> {
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
    visit: &Visit,
    request: Box<Request<Incoming>>,
) -> Response<Body> {
    // A cookie is looked at where it opens something, and nowhere else: that costs two digests.
    let session = route
        .as_ref()
        .filter(|route| Session::opens(route, request.method()))
        .and_then(|_| app.sessions.find(&visit.live.access.operator, request.headers(), visit.is_secure()));
    // Paths are checked after credentials: who has none learns nothing of the agents.
    if session.is_none() && !visit.live.access.allows(route.as_ref(), request.headers()) {
        return Box::pin(no_entry(app, route.as_ref(), visit, &request)).await;
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
    match (agent.flatten(), &route) {
        (Some(agent), _) => take(app, &route, agent, visit, request).await,
        #[cfg(feature = "console")]
        (None, Route::Console(path)) => {
            Box::pin(crate::console::answer(app, path, visit, session, *request)).await
        }
        (None, _) => take_own(app, &route).await,
    }
}

/// The answer to who has not shown credentials, which may be one too many of them.
async fn no_entry(
    app: &App,
    route: Option<&Route>,
    visit: &Visit,
    request: &Request<Incoming>,
) -> Response<Body> {
    let answer = unauthorized::answer(route, request);
    // The way to the login form is no failed login.
    if answer.status() != StatusCode::UNAUTHORIZED {
        return answer;
    }
    let limit = visit.live.failed_logins;
    let answer = limit.refuse(&*app.store, visit.client, answer).await;
    let agent = route.and_then(Route::agent).and_then(|name| app.registry.agent(name));
    if let Some(agent) = agent
        && answer.status() == StatusCode::UNAUTHORIZED
    {
        let user = &visit.live.access.of(&agent.name).user;
        let sent = request.headers().contains_key(header::AUTHORIZATION);
        let failed = FailedLogin { agent: &agent.name, sent, base: &visit.base, user };
        limit.tell(&*app.store, visit.client, failed).await;
    }
    answer
}

/// The routes of an agent.
async fn take(
    app: &Arc<App>,
    route: &Route,
    agent: &Arc<RegisteredAgent>,
    visit: &Visit,
    request: Box<Request<Incoming>>,
) -> Response<Body> {
    let query = Query::of(request.uri());
    let agent_id: Arc<str> = match query.agent_id(&agent.name) {
        Ok(id) => id.into(),
        Err(problem) => return refusal(StatusCode::BAD_REQUEST, problem),
    };
    if let Route::Events(_) = route {
        return Box::pin(events::answer(app, agent_id, &query, request.headers())).await;
    }
    let about = trace::begin(route.name(), &agent.name, &agent_id, request.headers());
    trace::within(about, async {
        let response = webhook(app, route, agent, agent_id, &query, visit, request).await;
        trace::answered(response.status().as_u16());
        response
    })
    .await
}

/// A request of the platform to an agent.
async fn webhook(
    app: &Arc<App>,
    route: &Route,
    agent: &Arc<RegisteredAgent>,
    agent_id: Arc<str>,
    query: &Query,
    visit: &Visit,
    request: Box<Request<Incoming>>,
) -> Response<Body> {
    // What came is gone when it is answered, with the memory that it was read into: a function may wait for long.
    match Box::pin(admit(app, route, agent, &agent_id, query, visit, request)).await {
        Ok((inbound, form)) => {
            // What is held while it waits is small by now.
            app.turns.mine().await;
            inbound::answer(app, route, agent, agent_id, inbound, &form).await
        }
        Err(refused) => refused,
    }
}

/// What a request asks for, where it is the platform's; else its answer.
async fn admit(
    app: &Arc<App>,
    route: &Route,
    agent: &Arc<RegisteredAgent>,
    agent_id: &Arc<str>,
    query: &Query,
    visit: &Visit,
    request: Box<Request<Incoming>>,
) -> Result<(Inbound, Form), Response<Body>> {
    let refuse = |what, why: &dyn Error| refuse(app, agent, agent_id, visit.client, what, why);
    if request.method() == Method::POST && is_cross_site(request.headers(), &visit.base) {
        return Err(refuse("cross_site", &CrossSite));
    }
    let form = Form { base: visit.base.clone(), language: Language::of(request.headers()) };
    let (head, body) = request.into_parts();
    let bytes = match head.method {
        Method::POST => match body::read(body, route.body_limit()).await {
            Ok(bytes) => bytes,
            Err(refusal) => {
                metrics::malformed(route.name());
                return Err(refusal);
            }
        },
        _ => Bytes::new(),
    };
    let urls = || signed_urls(&visit.base, &head.uri);
    let signed = match visit.live.signatures.check(route.name(), &head.headers, urls, &bytes) {
        Ok(signed) => signed,
        Err(refused) => return Err(refuse("signature", &refused)),
    };
    let body = match body::object(&bytes) {
        Ok(body) => body,
        Err(problem) => {
            metrics::malformed(route.name());
            // An agent's report is all that is left of a call, so what cannot be read is kept too.
            if let Route::PostPrompt(_) = route
                && visit.live.signatures.demand(route.name(), signed).is_ok()
            {
                let kept = report::dead_letter(app, agent, agent_id.clone(), &bytes, problem);
                return Err(Box::pin(kept).await);
            }
            return Err(refusal(StatusCode::BAD_REQUEST, &problem));
        }
    };
    if let Route::Input(_) = route {
        return Err(Box::pin(input::answer(app, agent, agent_id.clone(), &body.into_value())).await);
    }
    let inbound = Inbound::of(&**agent_id, body);
    trace::about(inbound::call_id(&inbound), inbound::function_of(&inbound, agent));
    // The body decides what a request is, so what its own path asks for is asked of it on every path.
    let kind = inbound::path_of(&inbound).unwrap_or(route.name());
    if let Err(refused) = visit.live.signatures.demand(kind, signed) {
        return Err(refuse("signature", &refused));
    }
    if agent.definition.call_tokens
        && let Some((call_id, target)) = inbound::token_of(route, &inbound)
    {
        let checked = app.call_tokens.check(query.get(CALL_TOKEN), &agent.name, agent_id, &call_id, &target);
        if let Err(refused) = checked {
            return Err(refuse("call_token", &refused));
        }
    }
    Ok((inbound, form))
}

/// 403 for a request that is not the platform's; those who watch the agent hear of it.
fn refuse(
    app: &App,
    agent: &RegisteredAgent,
    agent_id: &Arc<str>,
    client: IpAddr,
    what: &'static str,
    why: &dyn Error,
) -> Response<Body> {
    let reason = why.to_string();
    tracing::warn!(agent = %agent.name, %client, check = what, reason, "a request was refused");
    metrics::refused(what);
    app.sink(agent, agent_id)
        .emit(Event::new("request_refused", json!({"check": what, "reason": reason})), None);
    refusal(StatusCode::FORBIDDEN, &reason)
}

/// The routes that belong to no agent.
async fn take_own(app: &App, route: &Route) -> Response<Body> {
    match route {
        Route::Health => json(StatusCode::OK, &json!({"status": "ok"})),
        Route::Ready => ready::answer(app).await,
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
