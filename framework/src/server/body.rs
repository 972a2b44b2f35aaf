//! Reading a request's body: all of it, within a size and a time.

use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::{Body as _, Incoming};
use hyper::{Response, StatusCode};
use tokio::time::Instant;

use super::response::{Body, refusal};
use crate::call::JsonBody;
use crate::done_by::done_by;

/// How long a client may take to send a body.
const TIME: Duration = Duration::from_secs(15);

/// Reads a body of at most `limit` bytes.
pub(crate) async fn read(body: Incoming, limit: usize) -> Result<Bytes, Response<Body>> {
    let too_large =
        || refusal(StatusCode::PAYLOAD_TOO_LARGE, &format!("the body is larger than {limit} bytes"));
    if body.size_hint().lower() > limit as u64 {
        return Err(too_large());
    }
    match done_by(|| Instant::now() + TIME, pin!(Limited::new(body, limit).collect())).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(_)) => Err(refusal(
            StatusCode::BAD_REQUEST,
            "the body ended early: send as many bytes as Content-Length says",
        )),
        Err(_) => Err(refusal(StatusCode::REQUEST_TIMEOUT, "the body took longer than 15 seconds")),
    }
}

/// The JSON object that a body is, or what is wrong with it. An empty one counts as `{}`; the content type does not matter,
/// since the platform itself is not strict about it.
pub(crate) fn object(bytes: &[u8]) -> Result<JsonBody, String> {
    if bytes.trim_ascii().is_empty() {
        return Ok(JsonBody::default());
    }
    match JsonBody::read(bytes) {
        Ok(Some(body)) => Ok(body),
        Ok(None) => Err("the body is JSON but not an object".to_owned()),
        // The message of serde_json gives the place and never repeats the text.
        Err(error) => Err(format!("the body is not valid JSON: {error}")),
    }
}
