//! The pages that operators and developers look at: real HTML, rendered here, that works without scripts and has nothing
//! from another origin. A script is a file of its own, on the pages alone that gain by one.

mod agents;
mod bars;
mod conversation;
mod conversations;
mod document;
mod events;
mod figures;
mod highlight;
mod live;
mod login;
mod missing;
mod outline;
mod page;
mod phone;
mod recording;
mod timeline;
mod transcript;
mod try_it;

use std::sync::Arc;

use hyper::body::Incoming;
use hyper::{Request, Response, StatusCode};

use crate::server::App;
use crate::server::auth::Session;
use crate::server::query::Query;
use crate::server::response::{Body, with_type};
use crate::server::service::Visit;
use page::Shell;

const ICON: &str = include_str!("icon.svg");
const STYLE: &str = include_str!("style.css");
const COPY: &str = include_str!("copy.js");
const LIVE: &str = include_str!("live.js");

/// Answers `path`, which is below `/console`. `session` is that of the visitor; one who sends HTTP Basic has none.
pub(crate) async fn answer(
    app: &Arc<App>,
    path: &str,
    visit: &Visit,
    session: Option<Session>,
    request: Request<Incoming>,
) -> Response<Body> {
    let shell = Shell { app, visit, session: session.as_ref() };
    let query = Query::of(request.uri());
    let parts: Vec<&str> = path.split('/').collect();
    let answer = match parts.as_slice() {
        [""] => agents::answer(&shell).await,
        ["login"] => return login::log_in(app, visit, session.as_ref(), request).await,
        ["logout"] => return login::log_out(app, visit, session.as_ref(), request).await,
        ["icon.svg"] => return with_type(StatusCode::OK, "image/svg+xml", ICON),
        ["style.css"] => return with_type(StatusCode::OK, "text/css; charset=utf-8", STYLE),
        ["copy.js"] => return script(COPY),
        ["live.js"] => return script(LIVE),
        ["agents", agent] => Ok(document::answer(&shell, agent)),
        ["agents", agent, "try"] => try_it::answer(&shell, agent, request).await,
        ["live"] => live::answer(&shell, &query).await,
        ["conversations"] => conversations::answer(&shell, &query).await,
        ["conversations", id] => match id.strip_suffix(".json") {
            Some(id) => conversation::download(&shell, id).await,
            None => conversation::answer(&shell, id).await,
        },
        ["conversations", id, "recording"] => recording::answer(&shell, id, request.headers()).await,
        _ => Ok(missing::page(&shell)),
    };
    answer.unwrap_or_else(|error| missing::store(&shell, &error))
}

fn script(text: &'static str) -> Response<Body> {
    with_type(StatusCode::OK, "text/javascript; charset=utf-8", text)
}
