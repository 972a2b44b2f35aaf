//! What belongs together: what each line of the log says of the request that is answered, and W3C Trace Context, level 1,
//! from the request that comes in to those that functions send.
//!
//! It is kept beside the request, and read when a line is written: most requests write none. Only a build that exports spans
//! (feature `otel`) makes one for each request.

mod context;

use std::sync::{Arc, OnceLock};

use futures_util::future::Either;
use hyper::HeaderMap;

pub(crate) use context::Trace;

tokio::task_local! {
    /// The request that is answered.
    static CURRENT: Arc<Request>;
}

/// The target of the span, which has to be on whatever the log is to hold.
#[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "the log's settings name it"))]
pub(crate) const TARGET: &str = "swaig::call";

/// A request of the platform to an agent.
#[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "the log shows it"))]
pub(crate) struct Request {
    agent: Arc<str>,
    agent_id: Arc<str>,
    trace: Trace,
    call_id: OnceLock<String>,
    function: OnceLock<String>,
    #[cfg(feature = "otel")]
    span: tracing::Span,
}

/// The `traceparent` of what is asked now; `None` outside of a request, and in a task that a function has spawned.
pub(crate) fn traceparent() -> Option<String> {
    CURRENT.try_with(|request| request.trace.traceparent()).ok()
}

/// What a line of the log says of the request that is answered while it is written.
#[cfg(feature = "cli")]
pub(crate) fn fields() -> Vec<(&'static str, String)> {
    let of = |request: &Arc<Request>| {
        let mut fields = vec![
            ("agent", request.agent.to_string()),
            ("agent_id", crate::redact::shown_id(&request.agent_id).into_owned()),
            ("trace_id", request.trace.id()),
        ];
        fields.extend(request.call_id.get().map(|id| ("call_id", id.clone())));
        fields.extend(request.function.get().map(|function| ("function", function.clone())));
        fields
    };
    CURRENT.try_with(of).unwrap_or_default()
}

/// A request of the platform to an agent begins.
#[cfg(not(feature = "otel"))]
pub(crate) fn begin(_: &'static str, agent: &Arc<str>, agent_id: &Arc<str>, headers: &HeaderMap) -> Request {
    let (agent, agent_id) = (agent.clone(), agent_id.clone());
    let (call_id, function) = (OnceLock::new(), OnceLock::new());
    Request { agent, agent_id, trace: Trace::of(headers), call_id, function }
}

/// Does what a request asks for. Each line of the log that is written meanwhile says so, and what is sent meanwhile belongs to
/// the same trace.
#[cfg(not(feature = "otel"))]
pub(crate) fn within<T>(request: Request, work: impl Future<Output = T>) -> impl Future<Output = T> {
    CURRENT.scope(Arc::new(request), work)
}

/// Says which call it is about, and which function. Both are known once the body was read. The function is one of the agent's:
/// what a model makes up may hold anything.
pub(crate) fn about(call_id: Option<&str>, function: Option<&str>) {
    let _ = CURRENT.try_with(|request| {
        if let Some(call_id) = call_id.filter(|id| !id.is_empty()) {
            let shown = crate::redact::shown_id(call_id);
            #[cfg(feature = "otel")]
            request.span.record("call_id", &*shown);
            let _ = request.call_id.set(shown.into_owned());
        }
        if let Some(function) = function {
            #[cfg(feature = "otel")]
            request.span.record("function", function);
            let _ = request.function.set(function.to_owned());
        }
    });
}

/// Says how the request was answered.
pub(crate) fn answered(status: u16) {
    #[cfg(feature = "otel")]
    let _ = CURRENT.try_with(|request| {
        request.span.record("status", status);
        if status >= 500 {
            request.span.record("otel.status_code", "ERROR");
        }
    });
    #[cfg(not(feature = "otel"))]
    let _ = status;
}

/// Takes the request along into a task of its own. Outside of a request it is the work alone.
pub(crate) fn carried<T>(work: impl Future<Output = T>) -> impl Future<Output = T> {
    let Ok(request) = CURRENT.try_with(Clone::clone) else { return Either::Left(work) };
    #[cfg(feature = "otel")]
    let work = tracing::Instrument::instrument(work, request.span.clone());
    Either::Right(CURRENT.scope(request, work))
}

/// A request of the platform to an agent begins, with a span of its own. Where spans are exported, the span's own ids count.
#[cfg(feature = "otel")]
pub(crate) fn begin(
    route: &'static str,
    agent: &Arc<str>,
    agent_id: &Arc<str>,
    headers: &HeaderMap,
) -> Request {
    use opentelemetry::trace::TraceContextExt as _;
    use tracing::field;
    use tracing_opentelemetry::OpenTelemetrySpanExt as _;
    // Of the highest level, so that it is there for every line.
    let span = tracing::error_span!(
        target: TARGET,
        "webhook",
        otel.name = route,
        otel.kind = "server",
        agent = &**agent,
        agent_id = &*crate::redact::shown_id(agent_id),
        trace_id = field::Empty,
        call_id = field::Empty,
        function = field::Empty,
        status = field::Empty,
        otel.status_code = field::Empty,
    );
    if let Some(caller) = Trace::received(headers) {
        // An error means that spans are not exported.
        let _ = span.set_parent(opentelemetry::Context::new().with_remote_span_context(caller.into()));
    }
    let context = span.context();
    let own = context.span().span_context().clone();
    let trace = if own.is_valid() { own.into() } else { Trace::of(headers) };
    span.record("trace_id", &*trace.id());
    let (agent, agent_id) = (agent.clone(), agent_id.clone());
    Request { agent, agent_id, trace, call_id: OnceLock::new(), function: OnceLock::new(), span }
}

/// Does what a request asks for, inside its span.
#[cfg(feature = "otel")]
pub(crate) fn within<T>(request: Request, work: impl Future<Output = T>) -> impl Future<Output = T> {
    use tracing::Instrument as _;
    let span = request.span.clone();
    CURRENT.scope(Arc::new(request), work.instrument(span))
}
