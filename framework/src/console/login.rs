//! Logging in and out: a form, since a browser's own dialog for HTTP Basic has no way out.

use hyper::body::Incoming;
use hyper::header::{HeaderValue, RETRY_AFTER, SET_COOKIE};
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use maud::html;

use super::page::page;
use crate::server::App;
use crate::server::auth::{Session, Visitor, is_cross_site};
use crate::server::query::Query;
use crate::server::response::{Body, refusal, see_other};
use crate::server::service::Visit;
use crate::server::{body, metrics};

/// How many bytes of a form are read.
const FORM: usize = 8 << 10;
/// Where a visitor goes after the login by default.
const HOME: &str = "/console";
/// The longest address that a visitor is led back to.
const LONGEST: usize = 2048;

const CROSS_SITE: &str = "this request was made by another site; open /console and try again";

/// `/console/login`: the form, and what comes of it.
pub(super) async fn log_in(
    app: &App,
    visit: &Visit,
    session: Option<&Session>,
    request: Request<Incoming>,
) -> Response<Body> {
    if request.method() == Method::POST {
        if is_cross_site(request.headers(), &visit.base) {
            return refusal(StatusCode::FORBIDDEN, CROSS_SITE);
        }
        let (head, body) = request.into_parts();
        return match body::read(body, FORM).await {
            Ok(bytes) => try_login(app, visit, &head.headers, &Query::read(&bytes)).await,
            Err(refusal) => refusal,
        };
    }
    let query = Query::of(request.uri());
    let next = next(&query);
    if session.is_some() {
        return see_other(next);
    }
    let notice = query.get("out").map(|_| Notice::LoggedOut);
    form(app, visit, request.headers(), next, "", notice)
}

/// `POST /console/logout`
pub(super) async fn log_out(
    app: &App,
    visit: &Visit,
    session: Option<&Session>,
    request: Request<Incoming>,
) -> Response<Body> {
    if is_cross_site(request.headers(), &visit.base) {
        return refusal(StatusCode::FORBIDDEN, CROSS_SITE);
    }
    let bytes = match body::read(request.into_body(), FORM).await {
        Ok(bytes) => bytes,
        Err(refusal) => return refusal,
    };
    let fields = Query::read(&bytes);
    let token = fields.get("form_token").unwrap_or_default();
    if session.is_some_and(|session| !app.sessions.form_token_fits(session, token)) {
        return refusal(
            StatusCode::FORBIDDEN,
            "this form is not one of your session; open /console and try again",
        );
    }
    with_cookie(see_other("/console/login?out=1"), Session::end(visit.is_secure()))
}

async fn try_login(app: &App, visit: &Visit, headers: &HeaderMap, fields: &Query) -> Response<Body> {
    let [user, password, token] =
        ["user", "password", "form_token"].map(|name| fields.get(name).unwrap_or_default());
    let next = next(fields);
    let own_form =
        Visitor::of(headers, visit.is_secure()).is_some_and(|it| app.sessions.login_token_fits(&it, token));
    if !own_form {
        return form(app, visit, headers, next, user, Some(Notice::Stale));
    }
    let operator = &visit.live.access.operator;
    if !operator.are(user, password) {
        // What was typed is not logged: it may be a password in the wrong field.
        tracing::warn!(client = %visit.client, "a login at the console was refused: wrong user or password");
        metrics::refused("login");
        let Some(reached) = visit.live.failed_logins.count(&*app.store, visit.client).await else {
            return form(app, visit, headers, next, user, Some(Notice::Wrong));
        };
        let mut response = form(app, visit, headers, next, user, Some(Notice::TooMany));
        *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
        response.headers_mut().insert(RETRY_AFTER, reached.seconds().into());
        return response;
    }
    match app.sessions.start(operator, visit.is_secure()) {
        Some(cookie) => with_cookie(see_other(next), Some(cookie)),
        None => refusal(StatusCode::INTERNAL_SERVER_ERROR, "a session cannot be made; use HTTP Basic"),
    }
}

/// What the form has to say.
#[derive(Clone, Copy)]
enum Notice {
    LoggedOut,
    Stale,
    TooMany,
    Wrong,
}

impl Notice {
    fn text(self) -> &'static str {
        match self {
            Self::LoggedOut => "You are logged out.",
            Self::Stale => {
                "This form had been open for too long, or your browser keeps no cookies for this page. Please try again."
            }
            Self::TooMany => {
                "Wrong user or password, and too many failed logins came from your address. Wait a few minutes, or use the right ones."
            }
            Self::Wrong => "Wrong user or password.",
        }
    }

    fn is_error(self) -> bool {
        !matches!(self, Self::LoggedOut)
    }
}

fn form(
    app: &App,
    visit: &Visit,
    headers: &HeaderMap,
    next: &str,
    user: &str,
    notice: Option<Notice>,
) -> Response<Body> {
    let known = Visitor::of(headers, visit.is_secure());
    let is_known = known.is_some();
    let Some(visitor) = known.or_else(Visitor::new) else {
        return refusal(StatusCode::INTERNAL_SERVER_ERROR, "there are no random numbers; use HTTP Basic");
    };
    let token = app.sessions.login_token(&visitor).unwrap_or_default();
    let error = notice.filter(|notice| notice.is_error());
    let described = error.map(|_| "notice");
    let content = html! {
        main .login {
            h1 { "Digital employees" }
            @if let Some(notice) = notice {
                p #notice .error[notice.is_error()] role=(if notice.is_error() { "alert" } else { "status" }) { (notice.text()) }
            }
            form method="post" action="/console/login" {
                input type="hidden" name="form_token" value=(token);
                input type="hidden" name="next" value=(next);
                label for="user" { "User" }
                input #user name="user" value=(user) autocomplete="username" autocapitalize="none" spellcheck="false"
                    required autofocus[user.is_empty()] aria-invalid=[error.map(|_| "true")] aria-describedby=[described];
                label for="password" { "Password" }
                input #password name="password" type="password" autocomplete="current-password"
                    required autofocus[!user.is_empty()] aria-invalid=[error.map(|_| "true")] aria-describedby=[described];
                button type="submit" { "Log in" }
            }
            p { small {
                "Both are settings of the server, " code { "SWML_BASIC_AUTH_USER" } " and "
                code { "SWML_BASIC_AUTH_PASSWORD" } ". Where no password is set, one is shown when the server starts."
            } }
        }
    };
    let title =
        if error.is_some() { "Error: log in – Digital employees" } else { "Log in – Digital employees" };
    // Not 401: with it a browser would open its own dialog.
    let status = if error.is_some() { StatusCode::FORBIDDEN } else { StatusCode::OK };
    let cookie = if is_known { None } else { visitor.keep(visit.is_secure()) };
    with_cookie(page(status, title, &content), cookie)
}

fn with_cookie(mut response: Response<Body>, cookie: Option<HeaderValue>) -> Response<Body> {
    if let Some(cookie) = cookie {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// Where the visitor wanted to go: a path of this server, and nothing that a browser could take for another one.
fn next(fields: &Query) -> &str {
    fields.get("next").filter(|path| is_local(path)).unwrap_or(HOME)
}

fn is_local(path: &str) -> bool {
    let plain = |b: u8| b.is_ascii_graphic() && b != b'\\';
    path.starts_with('/') && !path.starts_with("//") && path.len() <= LONGEST && path.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn led_to(path: &str) -> String {
        let form = url::form_urlencoded::Serializer::new(String::new()).append_pair("next", path).finish();
        next(&Query::read(form.as_bytes())).to_owned()
    }

    #[test]
    fn a_visitor_is_led_back_to_paths_of_this_server_only() {
        for path in [
            "/",
            "/console",
            "/console/conversations/3",
            "/mfa/events?after=0",
            "/metrics",
            "/a//b",
            "/?x=//y",
        ] {
            assert_eq!(led_to(path), path);
        }
        let long = format!("/{}", "x".repeat(LONGEST));
        for path in [
            "",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "\\\\evil.example",
            "https://evil.example",
            "https:evil.example",
            "javascript:alert(1)",
            "console",
            "/a\r\nSet-Cookie: x=y",
            "/\t/evil.example",
            " //evil.example",
            "/é",
            "/a\\b",
            "@evil.example",
            ".evil.example",
            &long,
        ] {
            assert_eq!(led_to(path), HOME, "{path:?}");
        }
        let base = url::Url::parse("https://agents.example.com").unwrap();
        for path in ["/./", "/%2f/evil.example", "/..//evil.example", "/.//evil.example"] {
            assert!(is_local(path), "{path}");
            assert_eq!(base.join(path).unwrap().host_str(), Some("agents.example.com"), "{path}");
        }
    }
}
