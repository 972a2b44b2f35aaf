//! What belongs together: a span around each request of the platform, for the log, and W3C Trace Context, level 1, from
//! the request that comes in to those that functions send.

mod context;

use hyper::HeaderMap;
use tracing::{Instrument as _, Span, field};

pub(crate) use context::Trace;

tokio::task_local! {
    /// The trace of the request that is answered.
    static CURRENT: Option<Trace>;
}

/// The target of the span, which has to be on whatever the log is to hold.
pub(crate) const TARGET: &str = "swaig::call";

/// The `traceparent` of what is asked now; `None` outside of a request, and in a task that a function has spawned.
pub(crate) fn traceparent() -> Option<String> {
    CURRENT.try_with(|trace| trace.as_ref().map(Trace::traceparent)).ok().flatten()
}

/// Does what a request of the platform to an agent asks for. Each line of the log that is written meanwhile says so, and what
/// is sent meanwhile belongs to the same trace.
pub(crate) async fn within<T>(
    route: &'static str,
    agent: &str,
    agent_id: &str,
    headers: &HeaderMap,
    work: impl Future<Output = T>,
) -> T {
    // Of the highest level, so that it is there for every line.
    let span = tracing::error_span!(
        target: TARGET,
        "webhook",
        otel.name = route,
        otel.kind = "server",
        agent,
        agent_id,
        trace_id = field::Empty,
        call_id = field::Empty,
        function = field::Empty,
        status = field::Empty,
        otel.status_code = field::Empty,
    );
    let trace = begin(&span, headers);
    if let Some(trace) = &trace {
        span.record("trace_id", trace.id());
    }
    CURRENT.scope(trace, work.instrument(span)).await
}

/// Says which call it is about, and which function. Both are known once the body was read. The function is one of the agent's:
/// what a model makes up may hold anything.
pub(crate) fn about(call_id: Option<&str>, function: Option<&str>) {
    let span = Span::current();
    if let Some(call_id) = call_id.filter(|id| !id.is_empty()) {
        span.record("call_id", &*crate::redact::shown_id(call_id));
    }
    if let Some(function) = function {
        span.record("function", function);
    }
}

/// Says how the request was answered.
pub(crate) fn answered(status: u16) {
    let span = Span::current();
    span.record("status", status);
    if status >= 500 {
        span.record("otel.status_code", "ERROR");
    }
}

/// Takes the span and the trace along into a task of its own.
pub(crate) fn carried<T>(work: impl Future<Output = T>) -> impl Future<Output = T> {
    let trace = CURRENT.try_with(Clone::clone).ok().flatten();
    CURRENT.scope(trace, work.in_current_span())
}

/// The trace of a request, with this server as its newest part.
#[cfg(not(feature = "otel"))]
fn begin(_: &Span, headers: &HeaderMap) -> Option<Trace> {
    Trace::of(headers)
}

/// The same. Where spans are exported, the span's own ids count.
#[cfg(feature = "otel")]
fn begin(span: &Span, headers: &HeaderMap) -> Option<Trace> {
    use opentelemetry::trace::TraceContextExt as _;
    use tracing_opentelemetry::OpenTelemetrySpanExt as _;
    if let Some(caller) = Trace::received(headers) {
        // An error means that spans are not exported.
        let _ = span.set_parent(opentelemetry::Context::new().with_remote_span_context(caller.into()));
    }
    let context = span.context();
    let own = context.span().span_context().clone();
    if own.is_valid() { Some(own.into()) } else { Trace::of(headers) }
}
