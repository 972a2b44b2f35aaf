//! The log: to stderr, since stdout is for what a command is asked for.

#[cfg(feature = "otel")]
mod export;
mod lines;

use tracing_subscriber::fmt::format::JsonFields;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Registry, fmt, reload};

use self::lines::Lines;
use super::args::LogFormat;
use crate::setup::{Settings, SetupError};

/// What is logged, which can be changed later.
#[derive(Clone)]
pub(super) struct Level {
    default: &'static str,
    filter: reload::Handle<EnvFilter, Registry>,
}

impl Level {
    /// What the settings say; nothing changes yet.
    pub(super) fn read(&self, settings: &Settings) -> Result<EnvFilter, SetupError> {
        filter(settings, self.default)
    }

    /// Changes it.
    pub(super) fn set(&self, filter: EnvFilter) -> Result<(), SetupError> {
        self.filter
            .reload(filter)
            .map_err(|error| SetupError::failed("the level of the log cannot be changed", error))
    }
}

/// The log of this process.
pub(super) struct Log {
    pub(super) level: Level,
    #[cfg(feature = "otel")]
    _exporter: Option<export::Exporter>,
}

/// Starts the log. What goes with it ends when it is dropped, which has to be outside of a runtime.
pub(super) fn start(
    settings: &Settings,
    default: &'static str,
    format: Option<LogFormat>,
) -> Result<Log, SetupError> {
    // Read in any case: a setting that is not valid is told, and one that is there is not misspelt.
    let set = LogFormat::from_settings(settings)?;
    let format = format.or(set).unwrap_or(LogFormat::Text);
    let (layer, handle) = reload::Layer::new(filter(settings, default)?);
    let colour = matches!(format, LogFormat::Text)
        && std::io::IsTerminal::is_terminal(&std::io::stderr())
        && std::env::var_os("NO_COLOR").is_none();
    let lines = fmt::layer()
        .with_ansi(colour)
        .fmt_fields(JsonFields::new())
        .event_format(Lines(format))
        .with_writer(std::io::stderr);
    let level = Level { default, filter: handle };
    let registry = tracing_subscriber::registry().with(layer).with(lines);
    #[cfg(feature = "otel")]
    {
        let exporter = export::Exporter::start()?;
        registry.with(exporter.as_ref().map(export::Exporter::layer)).init();
        Ok(Log { level, _exporter: exporter })
    }
    #[cfg(not(feature = "otel"))]
    {
        registry.init();
        Ok(Log { level })
    }
}

fn filter(settings: &Settings, default: &str) -> Result<EnvFilter, SetupError> {
    let filter = settings.get("RUST_LOG").unwrap_or_else(|| default.to_owned());
    let filter = EnvFilter::try_new(filter).map_err(|error| SetupError::invalid("RUST_LOG", &error))?;
    // Whatever is logged, each line of a call has to say so.
    let call = format!("{}=error", crate::trace::TARGET).parse();
    Ok(match call {
        Ok(call) => filter.add_directive(call),
        Err(_) => filter,
    })
}
