//! What all requests share: the registry, the store, the credentials, the public address.

use std::sync::Arc;

use jiff::SignedDuration;
use tokio::sync::watch;
use url::Url;

use super::viewers::Viewers;
use super::{Credentials, Urls, conversation};
use crate::redact::Redactor;
use crate::registry::{RegisteredAgent, Registry, RegistryError};
use crate::remote;
use crate::setup::{Setup, SetupError, plain_url};
use crate::store::{EventSink, Recorder, Store, StoreError};

/// The setting that all emitted URLs start with.
const PUBLIC_URL: &str = "SWML_PROXY_URL_BASE";
/// The setting that names the store.
pub(crate) const STORE: &str = "SWAIG_STORE";

/// A server without its sockets: everything that answers.
pub(crate) struct App {
    pub(crate) registry: Registry,
    pub(crate) setup: Setup,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) recorder: Recorder,
    pub(crate) redactor: Arc<Redactor>,
    pub(crate) credentials: Credentials,
    pub(crate) base: Url,
    pub(crate) viewers: Arc<Viewers>,
    /// How long a conversation is remembered; zero: not at all.
    pub(crate) conversation_window: SignedDuration,
    stop: watch::Sender<bool>,
}

/// Why a server cannot start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// A setting, or something that is made from settings.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// Functions and agents that do not fit together.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The store.
    #[error("cannot open the store")]
    Store(#[from] StoreError),
    /// No agent is linked.
    #[error(
        "this program has no agents: register one with `swaig::register_agent!`, and link its crate with `use the_crate as _;`"
    )]
    NoAgents,
    /// The address cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: String,
        /// Why.
        source: std::io::Error,
    },
    /// The sandbox must not be reachable from elsewhere.
    #[error(
        "the sandbox listens on loopback addresses only, and {address} is not one: set SIGNALWIRE_PROJECT_ID, SIGNALWIRE_API_TOKEN and SIGNALWIRE_SPACE for live mode, or use --listen 127.0.0.1:3000"
    )]
    SandboxAddress {
        /// The address.
        address: String,
    },
}

impl App {
    /// Builds everything for a server: as [`build`](Self::build), and asks the servers whose functions are included.
    pub(crate) async fn start(setup: Setup, listening: &Url) -> Result<Arc<Self>, StartError> {
        let mut app = Self::prepare(setup, listening)?;
        remote::ask_all(&mut app.registry, &app.base).await?;
        Ok(Arc::new(app))
    }

    /// Builds everything, and asks nobody. `listening` is the address that is used where no public URL is set. It has to
    /// be called inside a tokio runtime.
    #[cfg_attr(not(any(feature = "cli", test)), allow(dead_code, reason = "a command uses it"))]
    pub(crate) fn build(setup: Setup, listening: &Url) -> Result<Arc<Self>, StartError> {
        Self::prepare(setup, listening).map(Arc::new)
    }

    fn prepare(setup: Setup, listening: &Url) -> Result<Self, StartError> {
        let base = public_url(&setup, listening)?;
        let credentials = Credentials::from_settings(setup.settings())?;
        let viewers = Viewers::from_settings(&setup)?;
        let store = crate::store::open(&setup.setting(STORE).unwrap_or_else(|| "memory:".to_owned()))?;
        let conversation_window = conversation::window(&setup)?;
        let mut registry = Registry::load(&setup)?;
        if registry.agents().next().is_none() {
            return Err(StartError::NoAgents);
        }
        registry.build_functions(&setup)?;
        let redactor = Arc::new(Redactor::new().sensitive(registry.sensitive_arguments()));
        let recorder = Recorder::start(store.clone(), redactor.clone());
        let accepting = registry.agents().filter(|agent| agent.definition.accepts_input());
        let accepting = accepting.map(|agent| agent.name.clone()).collect();
        setup.inputs().serve(store.clone(), recorder.clone(), accepting);
        Ok(Self {
            registry,
            setup,
            store,
            recorder,
            redactor,
            credentials,
            base,
            viewers,
            conversation_window,
            stop: watch::Sender::new(false),
        })
    }

    pub(crate) fn urls(&self, agent: &RegisteredAgent, agent_id: &str) -> Urls {
        Urls::new(&self.base, &self.credentials, &agent.name, agent_id)
    }

    pub(crate) fn sink(&self, agent: &RegisteredAgent, agent_id: &Arc<str>) -> EventSink {
        self.recorder.sink(agent.name.clone(), agent_id.clone())
    }

    /// Says that the server stops: it is not ready any more, and viewers are sent away.
    pub(crate) fn begin_stop(&self) {
        self.stop.send_replace(true);
    }

    pub(crate) fn is_stopping(&self) -> bool {
        *self.stop.borrow()
    }

    /// Changes to `true` when the server stops.
    pub(crate) fn stopping(&self) -> watch::Receiver<bool> {
        self.stop.subscribe()
    }
}

/// The base of all emitted URLs.
pub(crate) fn public_url(setup: &Setup, listening: &Url) -> Result<Url, SetupError> {
    let Some(text) = setup.setting(PUBLIC_URL) else { return Ok(listening.clone()) };
    let expected = "expected https://host or https://host/path, without credentials and without a query";
    plain_url(PUBLIC_URL, &text, expected)
}
