//! The answer to who has not shown credentials.

use hyper::body::Incoming;
use hyper::header::{self, HeaderValue};
use hyper::{HeaderMap, Method, Request, Response, StatusCode};

use super::auth::Session;
use super::response::{Body, refusal};
use super::route::Route;

/// 401, or the way to the login form for a person with a browser.
pub(crate) fn answer(route: Option<&Route>, request: &Request<Incoming>) -> Response<Body> {
    let looks = request.method() == Method::GET || request.method() == Method::HEAD;
    let opened = route.is_some_and(|route| Session::opens(route, request.method()));
    // Who has sent credentials that are wrong is asked for other ones.
    let by_hand = is_browser(request.headers()) && !request.headers().contains_key(header::AUTHORIZATION);
    if cfg!(feature = "console") && looks && opened && by_hand {
        let path = request.uri().path_and_query().map_or("/console", |path| path.as_str());
        return to_login(if path == "/" { "/console" } else { path });
    }
    let mut response = refusal(
        StatusCode::UNAUTHORIZED,
        "wrong or missing credentials: send HTTP Basic with SWML_BASIC_AUTH_USER and SWML_BASIC_AUTH_PASSWORD",
    );
    let challenge = HeaderValue::from_static(r#"Basic realm="swaig", charset="UTF-8""#);
    response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    response
}

fn to_login(path: &str) -> Response<Body> {
    let query: String =
        url::form_urlencoded::Serializer::new(String::new()).append_pair("next", path).finish();
    super::response::see_other(&format!("/console/login?{query}"))
}

/// Whether the client asks for a page: a program asks for anything, or for what it can read.
fn is_browser(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|it| it.contains("text/html"))
}
