//! How a line of the log looks. Whatever is written while a request is answered says which agent and call it is about.

use std::error::Error;
use std::fmt;

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::{DefaultFields, JsonFields, Writer};
use tracing_subscriber::fmt::time::{FormatTime as _, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields as _, FormattedFields};
use tracing_subscriber::registry::LookupSpan;

use super::super::args::LogFormat;
use crate::error_chain::chain;

/// What a line for people says of the request, where the line itself does not.
const SHOWN: [&str; 3] = ["agent", "call_id", "function"];

/// Writes lines.
pub(super) struct Lines(pub(super) LogFormat);

impl<S> FormatEvent<S, JsonFields> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, JsonFields>,
        writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut fields = Fields::default();
        event.record(&mut fields);
        // What the line says itself is nearest to it.
        let mut around = around(context);
        around.retain(|name, _| !fields.0.contains_key(name));
        match self.0 {
            LogFormat::Text => text(writer, event, &around),
            LogFormat::Json => json(writer, event, fields.0, around),
        }
    }
}

/// What is known of the request around a line, and the fields of the spans around it, those of the innermost first.
fn around<S>(context: &FmtContext<'_, S, JsonFields>) -> Map<String, Value>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let mut fields = Map::new();
    fields.extend(crate::trace::fields().into_iter().map(|(name, value)| (name.to_owned(), value.into())));
    for span in context.event_scope().into_iter().flatten() {
        let extensions = span.extensions();
        let own = extensions.get::<FormattedFields<JsonFields>>();
        let own = own.and_then(|own| serde_json::from_str::<Map<String, Value>>(&own.fields).ok());
        for (name, value) in own.into_iter().flatten() {
            // These tell the exporter of spans how to do it.
            if !name.starts_with("otel.") {
                fields.entry(name).or_insert(value);
            }
        }
    }
    fields
}

/// `TIME LEVEL target: message field=value …`
fn text(mut writer: Writer<'_>, event: &Event<'_>, around: &Map<String, Value>) -> fmt::Result {
    let (level, target) = (event.metadata().level(), event.metadata().target());
    let colours = writer.has_ansi_escapes();
    let (dim, end) = if colours { ("\x1b[2m", "\x1b[0m") } else { ("", "") };
    write!(writer, "{dim}")?;
    SystemTime.format_time(&mut writer)?;
    let colour = match *level {
        _ if !colours => "",
        Level::ERROR => "\x1b[31m",
        Level::WARN => "\x1b[33m",
        Level::INFO => "\x1b[32m",
        Level::DEBUG => "\x1b[34m",
        Level::TRACE => "\x1b[35m",
    };
    write!(writer, "{end} {colour}{level:>5}{end} {dim}{target}:{end} ")?;
    DefaultFields::new().format_fields(writer.by_ref(), event)?;
    for name in SHOWN {
        if let Some(value) = around.get(name).and_then(Value::as_str) {
            // Escaped, since it may come from outside.
            write!(writer, " {name}={value:?}")?;
        }
    }
    writeln!(writer)
}

/// One JSON object, in which all fields are on one level.
fn json(
    mut writer: Writer<'_>,
    event: &Event<'_>,
    fields: Map<String, Value>,
    around: Map<String, Value>,
) -> fmt::Result {
    let mut time = String::new();
    SystemTime.format_time(&mut Writer::new(&mut time))?;
    let mut line = Map::new();
    line.insert("timestamp".to_owned(), time.into());
    line.insert("level".to_owned(), event.metadata().level().as_str().into());
    line.insert("target".to_owned(), event.metadata().target().into());
    for (name, value) in fields.into_iter().chain(around) {
        line.entry(name).or_insert(value);
    }
    writeln!(writer, "{}", Value::from(line))
}

/// The fields of a line.
#[derive(Default)]
struct Fields(Map<String, Value>);

impl Fields {
    fn set(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Fields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.set(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.set(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.set(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.set(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.set(field, value);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.set(field, chain(value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.set(field, format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Written {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    /// What is written while this runs inside a span of a call.
    fn written(format: LogFormat, lines: impl FnOnce()) -> Vec<String> {
        let written = Written::default();
        let writer = written.clone();
        let layer = tracing_subscriber::fmt::layer()
            .with_ansi(false)
            .fmt_fields(JsonFields::new())
            .event_format(Lines(format))
            .with_writer(move || writer.clone());
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
            let span = tracing::error_span!(
                "webhook",
                otel.kind = "server",
                agent = "mfa",
                call_id = tracing::field::Empty,
                trace_id = "4bf9"
            );
            span.in_scope(|| {
                span.record("call_id", "c\u{1b}1");
                lines();
            });
        });
        let bytes = written.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap().lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_line_of_json_has_all_fields_on_one_level() {
        #[derive(Debug, thiserror::Error)]
        #[error("outer")]
        struct Outer(#[source] fmt::Error);
        let lines = written(LogFormat::Json, || {
            tracing::warn!(n = 1, ok = true, agent = "bank", "hello {}", "you");
            let error: &dyn Error = &Outer(fmt::Error);
            tracing::error!(error, "failed");
        });
        let lines: Vec<Value> = lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
        let mut first = lines[0].as_object().unwrap().clone();
        assert!(first.remove("timestamp").unwrap().as_str().unwrap().ends_with('Z'));
        let target = module_path!();
        let expected = serde_json::json!({
            "level": "WARN", "target": target, "message": "hello you", "n": 1, "ok": true, "agent": "bank",
            "call_id": "c\u{1b}1", "trace_id": "4bf9",
        });
        assert_eq!(Value::from(first), expected);
        assert_eq!(lines[1]["error"], format!("outer: {}", fmt::Error));
        assert_eq!((&lines[1]["agent"], &lines[1]["message"]), (&"mfa".into(), &"failed".into()));
    }

    #[test]
    fn a_line_for_people_says_the_call_once() {
        let lines = written(LogFormat::Text, || {
            tracing::info!(n = 1, "hello");
            tracing::info!(agent = "bank", call_id = "c2", "again");
        });
        let target = module_path!();
        assert!(
            lines[0].ends_with(&format!("Z  INFO {target}: hello n=1 agent=\"mfa\" call_id=\"c\\u{{1b}}1\"")),
            "{}",
            lines[0]
        );
        assert!(
            lines[1].ends_with(&format!("{target}: again agent=\"bank\" call_id=\"c2\"")),
            "{}",
            lines[1]
        );
    }
}
