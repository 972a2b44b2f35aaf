//! The log: to stderr, since stdout is for what a command is asked for.

use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, Registry, fmt, reload};

use super::args::LogFormat;
use crate::setup::{Settings, SetupError};

/// What is logged, which can be changed later.
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

/// Starts the log.
pub(super) fn start(
    settings: &Settings,
    default: &'static str,
    format: LogFormat,
) -> Result<Level, SetupError> {
    let (layer, handle) = reload::Layer::new(filter(settings, default)?);
    let lines = fmt::layer().with_writer(std::io::stderr);
    let lines = match format {
        LogFormat::Text => {
            let colour = std::io::IsTerminal::is_terminal(&std::io::stderr())
                && std::env::var_os("NO_COLOR").is_none();
            lines.with_ansi(colour).boxed()
        }
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    tracing_subscriber::registry().with(layer).with(lines).init();
    Ok(Level { default, filter: handle })
}

fn filter(settings: &Settings, default: &str) -> Result<EnvFilter, SetupError> {
    let filter = settings.get("RUST_LOG").unwrap_or_else(|| default.to_owned());
    EnvFilter::try_new(filter).map_err(|error| SetupError::invalid("RUST_LOG", &error))
}
