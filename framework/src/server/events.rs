//! `GET /{agent}/events`: the live events of an agent id, as Server-Sent Events.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::{BufMut as _, Bytes, BytesMut};
use futures_util::stream;
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::Frame;
use hyper::header::{self, HeaderValue};
use hyper::{HeaderMap, Response, StatusCode};

use super::app::App;
use super::query::Query;
use super::response::{Body, refusal, with_type};
use super::viewers::Viewer;
use crate::redact::shown_id;
use crate::store::{EventId, RecordedEvent};

/// How often a silent stream says that it is alive. Proxies often give up after 30 s.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How many events are written at once.
const BATCH: usize = 128;
/// After how many seconds one that found no place may try again.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("30");

/// Answers with the events after `Last-Event-ID` or `?after=`, else with those from now on.
pub(crate) async fn answer(
    app: &Arc<App>,
    agent_id: Arc<str>,
    query: &Query,
    headers: &HeaderMap,
) -> Response<Body> {
    let asked = headers.get("last-event-id").map(|id| id.to_str().unwrap_or("?"));
    let asked = asked.or_else(|| query.get("after")).map(str::trim).filter(|id| !id.is_empty());
    let Ok(asked) = asked.map(str::parse::<EventId>).transpose() else {
        return refusal(
            StatusCode::BAD_REQUEST,
            "Last-Event-ID and after are whole numbers; 0 replays all events",
        );
    };
    let latest = match app.store.latest(&agent_id).await {
        Ok(latest) => latest,
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "events cannot be read");
            return refusal(StatusCode::SERVICE_UNAVAILABLE, "the events cannot be read now; try again");
        }
    };
    let after = match asked {
        None => latest,
        // An id that is not given yet comes from before a restart: all that is kept is new to this viewer.
        Some(id) if id > latest => 0,
        Some(id) => id,
    };
    let Some(viewer) = app.viewers.enter(&agent_id) else {
        let mut response = refusal(
            StatusCode::SERVICE_UNAVAILABLE,
            "too many are watching: close other viewers, or raise SWAIG_MAX_VIEWERS_PER_AGENT and SWAIG_MAX_VIEWERS",
        );
        response.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER);
        return response;
    };
    let mut response = with_type(StatusCode::OK, "text/event-stream", Bytes::new());
    // Proxies are asked not to hold events back.
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store, no-transform"));
    let watch = Watch {
        app: app.clone(),
        agent_id,
        call_id: query.get("call_id").map(|id| shown_id(id).into_owned()),
        after,
        greeted: false,
        gone: false,
        _viewer: viewer,
    };
    *response.body_mut() = StreamBody::new(stream::unfold(watch, next)).boxed_unsync();
    response
}

/// One viewer's place in the log.
struct Watch {
    app: Arc<App>,
    agent_id: Arc<str>,
    call_id: Option<String>,
    after: EventId,
    greeted: bool,
    gone: bool,
    _viewer: Viewer,
}

async fn next(mut watch: Watch) -> Option<(Result<Frame<Bytes>, Infallible>, Watch)> {
    if !watch.greeted {
        watch.greeted = true;
        return Some((Ok(Frame::data(Bytes::from_static(b"retry: 2000\n\n"))), watch));
    }
    let mut stopping = watch.app.stopping();
    loop {
        if *stopping.borrow() {
            return farewell(watch);
        }
        let events = match watch.app.store.after(&watch.agent_id, watch.after, BATCH).await {
            Ok(events) => events,
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "events cannot be read");
                return None;
            }
        };
        if let Some(last) = events.last() {
            watch.after = last.id;
            let shown =
                |event: &&Arc<RecordedEvent>| watch.call_id.is_none() || event.call_id == watch.call_id;
            let text = events.iter().filter(shown).fold(BytesMut::new(), write);
            if text.is_empty() {
                continue;
            }
            return Some((Ok(Frame::data(text.freeze())), watch));
        }
        tokio::select! {
            changed = watch.app.store.changed(&watch.agent_id, watch.after) => {
                if changed.is_err() {
                    return None;
                }
            }
            _ = stopping.wait_for(|stopping| *stopping) => return farewell(watch),
            () = tokio::time::sleep(KEEP_ALIVE) => {
                return Some((Ok(Frame::data(Bytes::from_static(b": alive\n\n"))), watch));
            }
        }
    }
}

/// The end of the stream of a server that stops: the viewer comes back soon, here or at another instance, and goes on from its
/// last event.
fn farewell(mut watch: Watch) -> Option<(Result<Frame<Bytes>, Infallible>, Watch)> {
    if std::mem::replace(&mut watch.gone, true) {
        return None;
    }
    Some((Ok(Frame::data(Bytes::from_static(b"retry: 500\n: the server stops\n\n"))), watch))
}

/// JSON holds no line breaks, so an event is one `data:` line.
fn write(mut text: BytesMut, event: &Arc<RecordedEvent>) -> BytesMut {
    text.put_slice(b"id: ");
    text.put_slice(event.id.to_string().as_bytes());
    text.put_slice(b"\ndata: ");
    text.put_slice(&event.json);
    text.put_slice(b"\n\n");
    text
}
