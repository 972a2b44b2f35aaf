//! SIGHUP: the settings file and the certificate are read again.

use std::path::PathBuf;

use tracing_subscriber::EnvFilter;

use super::log::Level;
use crate::server::Reloader;
use crate::setup::{Settings, SettingsError, SetupError};

/// Where settings come from, beside the environment.
#[derive(Clone)]
pub(super) struct Sources {
    pub(super) config: Option<PathBuf>,
    pub(super) listen: Option<String>,
}

impl Sources {
    pub(super) fn read(&self) -> Result<Settings, SettingsError> {
        let mut settings = Settings::read(self.config.as_deref())?;
        if let Some(listen) = &self.listen {
            settings.set_flag(super::serve::LISTEN, listen);
        }
        Ok(settings)
    }
}

/// Reads settings again.
pub(super) struct Reload {
    sources: Sources,
    reloader: Reloader,
    level: Level,
    /// The settings that are in use, as far as they may change; `None` as long as they are those of the start.
    current: Option<Settings>,
}

/// Why settings are not changed.
#[derive(Debug, thiserror::Error)]
enum ReloadError {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Setup(#[from] SetupError),
}

impl Reload {
    pub(super) fn new(sources: Sources, reloader: Reloader, level: Level) -> Self {
        // The file that was found at the start has to be there still.
        let config = sources.config.or_else(|| reloader.first().path().map(ToOwned::to_owned));
        Self { sources: Sources { config, ..sources }, reloader, level, current: None }
    }

    /// Does it, and tells the log what came of it.
    pub(super) async fn run(&mut self) {
        let certificate = self.reloader.look_at_certificate();
        let sources = self.sources.clone();
        // An error is a panic of the reader, which has been logged.
        let Ok(settings) = tokio::task::spawn_blocking(move || sources.read()).await else { return };
        if let Ok(settings) = &settings
            && settings.path().is_none()
        {
            let words =
                if certificate { "the certificate alone is read again" } else { "nothing is read again" };
            tracing::info!("there is no settings file: {words}");
            return;
        }
        if let Err(error) = settings.map_err(ReloadError::from).and_then(|settings| self.change(settings)) {
            let error: &dyn std::error::Error = &error;
            tracing::error!(error, "the settings are as before: what was read again cannot be taken");
        }
    }

    fn change(&mut self, settings: Settings) -> Result<(), ReloadError> {
        // All of it is looked at before any of it counts.
        let filter: EnvFilter = self.level.read(&settings)?;
        let change = self.reloader.prepare(&settings)?;
        self.reloader.apply(change)?;
        self.level.set(filter)?;
        let first = self.reloader.first();
        let changed = self.current.as_ref().unwrap_or(first).changed(&settings);
        let changed: Vec<_> = changed.into_iter().filter(|name| settings.was_asked(name)).collect();
        tracing::info!(changed = changed.join(","), "the settings were read again");
        for name in first.changed(&settings).into_iter().filter(|name| !settings.was_asked(name)) {
            if first.was_asked(&name) {
                tracing::warn!(
                    "the setting {name} has changed, which needs a restart: the server goes on with the one before"
                );
            } else {
                let name = name.to_lowercase();
                tracing::warn!("nothing has read the setting {name} of the settings file: is it misspelt?");
            }
        }
        self.current = Some(settings);
        Ok(())
    }
}
