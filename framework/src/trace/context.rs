//! The `traceparent` header (W3C Trace Context, section 3.2).

use std::hash::{BuildHasher as _, RandomState};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use hyper::HeaderMap;

/// A trace, and the part of it that is at work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trace {
    /// Not 0.
    id: u128,
    span: u64,
    sampled: bool,
}

impl Trace {
    /// The trace of a request, or a new one, with a new span.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let span = random();
        let received = Self::received(headers);
        // A new one is not sampled: nobody keeps it.
        let new = || Self { id: (u128::from(random()) << 64) | u128::from(random()), span, sampled: false };
        received.map_or_else(new, |trace| Self { span, ..trace })
    }

    /// The trace that a request says. Of several headers none counts.
    pub(crate) fn received(headers: &HeaderMap) -> Option<Self> {
        let mut values = headers.get_all("traceparent").iter();
        let (Some(value), None) = (values.next(), values.next()) else { return None };
        Self::read(value.to_str().ok()?)
    }

    fn read(header: &str) -> Option<Self> {
        let mut parts = header.split('-');
        let mut part = |length| parts.next().filter(|it| it.len() == length && it.bytes().all(is_hex));
        let (version, id, span, flags) = (part(2)?, part(32)?, part(16)?, part(2)?);
        // A later version may go on after the flags; this one may not.
        if version == "ff" || (version == "00" && parts.next().is_some()) {
            return None;
        }
        let span = u64::from_str_radix(span, 16).ok().filter(|span| *span != 0)?;
        let flags = u8::from_str_radix(flags, 16).ok()?;
        let id = u128::from_str_radix(id, 16).ok().filter(|id| *id != 0)?;
        Some(Self { id, span, sampled: flags & 1 == 1 })
    }

    /// Its id, in lower-case hex, as it is written everywhere.
    #[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "the log shows it"))]
    pub(crate) fn id(&self) -> String {
        format!("{:032x}", self.id)
    }

    /// The value of the header for a request that belongs to it.
    pub(crate) fn traceparent(&self) -> String {
        format!("00-{:032x}-{:016x}-{:02x}", self.id, self.span, u8::from(self.sampled))
    }
}

/// Capital letters are not valid.
fn is_hex(letter: u8) -> bool {
    matches!(letter, b'0'..=b'9' | b'a'..=b'f')
}

/// A number that is not 0, which would be no id. Asking the system each time would cost more than all else here, so that it
/// is asked once: what follows is a keyed hash of a count, which nobody can guess who has not the key.
fn random() -> u64 {
    static KEY: OnceLock<RandomState> = OnceLock::new();
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let key = KEY.get_or_init(RandomState::new);
    key.hash_one(COUNT.fetch_add(1, Ordering::Relaxed)).max(1)
}

#[cfg(feature = "otel")]
impl From<opentelemetry::trace::SpanContext> for Trace {
    fn from(context: opentelemetry::trace::SpanContext) -> Self {
        let span = u64::from_be_bytes(context.span_id().to_bytes());
        Self { id: u128::from_be_bytes(context.trace_id().to_bytes()), span, sampled: context.is_sampled() }
    }
}

#[cfg(feature = "otel")]
impl From<Trace> for opentelemetry::trace::SpanContext {
    fn from(trace: Trace) -> Self {
        use opentelemetry::trace::{SpanId, TraceFlags, TraceId, TraceState};
        let id = TraceId::from(trace.id);
        let flags = TraceFlags::default().with_sampled(trace.sampled);
        Self::new(id, SpanId::from(trace.span), flags, true, TraceState::default())
    }
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    const HEADER: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    fn headers(values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append("traceparent", HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    #[test]
    fn a_trace_goes_on_with_a_span_of_its_own() {
        let trace = Trace::of(&headers(&[HEADER]));
        assert_eq!(trace.id(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_ne!(trace.traceparent(), HEADER);
        assert!(trace.traceparent().ends_with("-01"));
        assert_eq!(Trace::read(&trace.traceparent()), Some(trace));
    }

    #[test]
    fn without_a_header_that_is_valid_a_new_trace_begins() {
        let invalid = [
            "",
            "00",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-+bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0x",
        ];
        let mut seen = std::collections::BTreeSet::new();
        for header in invalid {
            assert_eq!(Trace::read(header), None, "{header}");
            let trace = Trace::of(&headers(&[header]));
            assert!(trace.traceparent().ends_with("-00"));
            seen.insert(trace.id());
        }
        assert_eq!(seen.len(), invalid.len(), "each is new");
        assert_eq!(Trace::received(&headers(&[HEADER, HEADER])), None, "which one is meant is not known");
        assert!(Trace::read(&HEADER.replacen("00", "01", 1)).is_some(), "a later version");
        assert!(Trace::read("01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more").is_some());
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_as_it_was_and_nothing_panics(
            id in "[0-9a-f]{32}", span in "[0-9a-f]{16}", sampled: bool, any in ".{0,80}"
        ) {
            let header = format!("00-{id}-{span}-{:02x}", u8::from(sampled));
            if let Some(trace) = Trace::read(&header) {
                prop_assert_eq!(trace.traceparent(), header);
            } else {
                prop_assert!(id.bytes().all(|it| it == b'0') || span.bytes().all(|it| it == b'0'));
            }
            let _ = Trace::read(&any);
        }
    }
}
