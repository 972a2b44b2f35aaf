//! Settings that are read again while the server runs.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::super::live::Live;
use super::super::viewers::ViewerLimits;
use super::admission::Admission;
use super::connection::Shared;
use super::limits::Limits;
use crate::setup::{Settings, SetupError};

/// Changes what may change: credentials, signing keys, trusted proxies, and limits of logins, connections and viewers.
pub(crate) struct Reloader {
    shared: Arc<Shared>,
    admission: Arc<Admission>,
}

/// What settings that were read again say; all of it is valid.
pub(crate) struct Change {
    live: Arc<Live>,
    limits: Limits,
    viewers: ViewerLimits,
}

impl Reloader {
    pub(super) fn new(shared: Arc<Shared>, admission: Arc<Admission>) -> Self {
        Self { shared, admission }
    }

    /// The settings of the start, which hold for all that needs a restart.
    pub(crate) fn first(&self) -> &Settings {
        self.shared.app.setup.settings()
    }

    /// Makes the server look at the files of its certificate at once; `false` where it has none.
    pub(crate) fn look_at_certificate(&self) -> bool {
        let Some(tls) = &self.shared.tls else { return false };
        tls.reload().notify_one();
        true
    }

    /// Reads what may change, and changes nothing yet. Whatever this does not ask the settings for needs a restart.
    pub(crate) fn prepare(&self, settings: &Settings) -> Result<Change, SetupError> {
        let app = &self.shared.app;
        Ok(Change {
            live: app.live().again(settings, &app.registry)?,
            limits: Limits::from_settings(settings)?,
            viewers: ViewerLimits::from_settings(settings)?,
        })
    }

    /// Changes it, all or nothing. It has to be called inside a tokio runtime.
    pub(crate) fn apply(&self, change: Change) -> Result<(), SetupError> {
        self.shared.app.set_live(change.live)?;
        self.admission.limit(&change.limits);
        self.shared.idle.store(change.limits.idle.as_secs(), Ordering::Relaxed);
        self.shared.app.viewers.limit(change.viewers);
        Ok(())
    }
}
