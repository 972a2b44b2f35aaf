//! Answers.

use std::convert::Infallible;

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use hyper::header::{self, HeaderValue};
use hyper::{Response, StatusCode};
use serde::Serialize;

/// The bytes of a usual document.
pub(crate) const TYPICAL: usize = 2048;

const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// The body of every answer.
pub(crate) type Body = UnsyncBoxBody<Bytes, Infallible>;

/// An answer with a body of this media type.
pub(crate) fn with_type(
    status: StatusCode,
    media_type: &'static str,
    body: impl Into<Bytes>,
) -> Response<Body> {
    let mut response = Response::new(Full::new(body.into()).boxed_unsync());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    // Those that every answer gets before it is sent have room as well.
    headers.reserve(12);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, NO_STORE);
    response
}

/// 200 with JSON that is there already.
pub(crate) fn json_bytes(body: impl Into<Bytes>) -> Response<Body> {
    with_type(StatusCode::OK, "application/json", body)
}

/// An answer in JSON.
pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Response<Body> {
    let mut written = Vec::with_capacity(TYPICAL);
    match serde_json::to_writer(&mut written, body).map(|()| written) {
        Ok(body) => with_type(status, "application/json", body),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "an answer is not JSON");
            with_type(StatusCode::INTERNAL_SERVER_ERROR, "application/json", r#"{"error":"internal error"}"#)
        }
    }
}

/// The way to another path of this server.
pub(crate) fn see_other(path: &str) -> Response<Body> {
    let mut response = with_type(StatusCode::SEE_OTHER, "text/plain; charset=utf-8", format!("{path}\n"));
    // What is no header value was not made here, and the body says it all the same.
    if let Ok(location) = HeaderValue::from_str(path) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

/// 200 with YAML that is there already.
pub(crate) fn yaml(body: String) -> Response<Body> {
    with_type(StatusCode::OK, "application/yaml", body)
}

/// A refusal, with what to do about it.
pub(crate) fn refusal(status: StatusCode, message: &str) -> Response<Body> {
    json(status, &serde_json::json!({ "error": message }))
}
