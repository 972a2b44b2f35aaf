//! The page that operators and developers look at: real HTML, rendered here, without scripts and without anything from
//! another origin.

mod login;
mod overview;
mod page;

use hyper::body::Incoming;
use hyper::{Request, Response, StatusCode};

use crate::server::App;
use crate::server::auth::Session;
use crate::server::response::{Body, refusal, with_type};
use crate::server::service::Visit;

const ICON: &str = include_str!("icon.svg");
const STYLE: &str = include_str!("style.css");

/// Answers `path`, which is below `/console`. `session` is that of the visitor; one who sends HTTP Basic has none.
pub(crate) async fn answer(
    app: &App,
    path: &str,
    visit: &Visit,
    session: Option<Session>,
    request: Request<Incoming>,
) -> Response<Body> {
    let answer = match path {
        "" => overview::answer(app, session.as_ref()).await,
        "login" => return login::log_in(app, visit, session.as_ref(), request).await,
        "logout" => return login::log_out(app, visit, session.as_ref(), request).await,
        "icon.svg" => return with_type(StatusCode::OK, "image/svg+xml", ICON),
        "style.css" => return with_type(StatusCode::OK, "text/css; charset=utf-8", STYLE),
        _ => match path.strip_prefix("conversations/") {
            Some(id) => overview::conversation(app, id).await,
            None => Ok(refusal(StatusCode::NOT_FOUND, "there is no such page; the console is at /console")),
        },
    };
    answer.unwrap_or_else(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "the console cannot read the store");
        refusal(StatusCode::SERVICE_UNAVAILABLE, "the store cannot be read now; try again")
    })
}
