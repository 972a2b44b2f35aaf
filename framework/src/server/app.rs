//! What all requests share: the registry, the store, the credentials, the public address.

use std::io::ErrorKind;
use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock};

use hyper::HeaderMap;
use jiff::SignedDuration;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::watch;
use url::Url;

use super::auth::{CallTokens, Sessions};
use super::dispatch::Places;
use super::documents::Documents;
use super::live::{Live, pair};
use super::route::Routes;
use super::turns::Turns;
use super::viewers::Viewers;
use super::{Urls, conversation};
use crate::call::{Call, FunctionRequest};
use crate::redact::Redactor;
use crate::registry::{RegisteredAgent, Registry, RegistryError};
use crate::remote;
use crate::seal;
use crate::setup::{Setup, SetupError, SignalWire, plain_url};
use crate::store::{EventSink, Health, MemoryStore, Recorder, Store, StoreError};

/// The setting that all emitted URLs start with.
const PUBLIC_URL: &str = "SWML_PROXY_URL_BASE";
/// The host in emitted URLs, where there is no public URL and the server speaks https.
const DOMAIN: &str = "SWML_DOMAIN";

/// A server without its sockets: everything that answers.
pub(crate) struct App {
    pub(crate) routes: Routes,
    pub(crate) registry: Registry,
    pub(crate) setup: Setup,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) health: Health,
    pub(crate) recorder: Recorder,
    pub(crate) redactor: Arc<Redactor>,
    live: RwLock<Arc<Live>>,
    pub(crate) call_tokens: CallTokens,
    pub(crate) sessions: Sessions,
    pub(crate) base: Arc<Url>,
    /// Whether the public URL is a setting: then no proxy has a say in it.
    base_is_set: bool,
    pub(crate) viewers: Arc<Viewers>,
    pub(crate) places: Places,
    pub(crate) turns: Turns,
    pub(crate) documents: Documents,
    /// Function calls that run in this process, and their replies where the store could not keep them.
    pub(crate) claims: MemoryStore,
    /// How long a conversation is remembered; zero: not at all.
    pub(crate) conversation_window: SignedDuration,
    leave: watch::Sender<bool>,
    stop: watch::Sender<bool>,
}

/// Why a server cannot start.
///
/// ```standalone_crate
/// use swaig::{Server, Setup, StartError};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// match Server::start(Setup::test([("SWAIG_STORE", "memory:")]), "127.0.0.1:0").await {
///     Err(StartError::NoAgents) => println!("link the crate of an agent"),
///     Err(other) => panic!("{other}"),
///     Ok(_) => panic!("this program has no agents"),
/// }
/// # }
/// ```
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
    #[error("cannot listen on {address}: {}", about(source))]
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

/// What to do about an address that cannot be listened on.
fn about(error: &std::io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::AddrInUse => {
            "another program listens there; stop it, or name another port, such as --listen 127.0.0.1:3001"
        }
        ErrorKind::PermissionDenied => {
            "ports below 1024 are for the system; name another one, such as --listen 127.0.0.1:3000"
        }
        ErrorKind::AddrNotAvailable => "this machine has no such address; name one that it has, or 127.0.0.1",
        _ => "name an address and a port, such as --listen 127.0.0.1:3000",
    }
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
        let routes = Routes::new().map_err(|error| SetupError::failed("cannot build the routes", error))?;
        let base = public_url(&setup, listening)?;
        let base_is_set = setup.setting(PUBLIC_URL).is_some();
        let call_tokens = CallTokens::from_setup(&setup)?;
        let viewers = Viewers::from_settings(setup.settings())?;
        let places = Places::from_settings(setup.settings())?;
        let sessions = Sessions::from_setup(&setup)?;
        let store = crate::store::open(&setup)?;
        let conversation_window = conversation::window(&setup)?;
        setup.flag(crate::registry::watched::WATCH)?;
        let mut registry = Registry::load(&setup)?;
        if registry.agents().next().is_none() {
            return Err(StartError::NoAgents);
        }
        let live = Live::from_settings(setup.settings(), &registry)?;
        registry.build_functions(&setup)?;
        let secrets = own_secrets(&setup, &live);
        let redactor = Redactor::new()
            .sensitive(registry.sensitive_arguments())
            .secrets(secrets.iter().map(ExposeSecret::expose_secret));
        let redactor = Arc::new(redactor);
        let recorder = Recorder::start(&setup, store.clone(), redactor.clone())?;
        let health = Health::of(store.clone());
        let accepting = registry.agents().filter(|agent| agent.definition.accepts_input());
        let accepting = accepting.map(|agent| agent.name.clone()).collect();
        setup.limits().serve(store.clone());
        setup.inputs().serve(store.clone(), recorder.clone(), accepting);
        Ok(Self {
            routes,
            registry,
            setup,
            store,
            health,
            recorder,
            redactor,
            live: RwLock::new(Arc::new(live)),
            call_tokens,
            sessions,
            base: Arc::new(base),
            base_is_set,
            viewers,
            places,
            turns: Turns::new(),
            documents: Documents::default(),
            claims: MemoryStore::default(),
            conversation_window,
            leave: watch::Sender::new(false),
            stop: watch::Sender::new(false),
        })
    }

    /// What may change while the server runs, as it is now.
    pub(crate) fn live(&self) -> Arc<Live> {
        self.live.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes what may change. Its secrets are masked from now on, and those before it still.
    #[cfg(feature = "cli")]
    pub(crate) fn set_live(&self, live: Arc<Live>) -> Result<(), SetupError> {
        let secrets = live.secrets();
        self.redactor
            .learn(secrets.iter().map(ExposeSecret::expose_secret))
            .map_err(|error| SetupError::failed("the new secrets cannot be masked", error))?;
        *self.live.write().unwrap_or_else(PoisonError::into_inner) = live;
        Ok(())
    }

    /// The URLs of an agent, for a call where there is one.
    pub(crate) fn urls(
        &self,
        base: &Url,
        agent: &RegisteredAgent,
        agent_id: &str,
        call_id: Option<&str>,
    ) -> Urls {
        Urls::of(base, self.live().access.of(&agent.name), agent, agent_id, &self.call_tokens, call_id)
    }

    /// What the URLs of a request start with: the setting, else what a trusted proxy says, else the listening address.
    pub(crate) fn base(&self, live: &Live, peer: IpAddr, headers: &HeaderMap) -> Arc<Url> {
        let said = if self.base_is_set { None } else { live.proxies.base(peer, headers) };
        said.map_or_else(|| self.base.clone(), Arc::new)
    }

    /// A call of a function of an agent. `events` takes what it broadcasts.
    pub(crate) fn call(
        &self,
        agent: &RegisteredAgent,
        agent_id: Arc<str>,
        request: FunctionRequest,
        events: EventSink,
    ) -> Call {
        let (sealer, inputs, limits) =
            (self.setup.sealer().clone(), self.setup.inputs(), self.setup.limits());
        Call::new(agent.name.clone(), agent_id, Arc::new(request), events, sealer, inputs, limits)
    }

    pub(crate) fn sink(&self, agent: &RegisteredAgent, agent_id: &Arc<str>) -> EventSink {
        self.recorder.sink(agent.name.clone(), agent_id.clone())
    }

    /// Says that the server will stop: it is not ready any more, and answers all the same.
    pub(crate) fn begin_leave(&self) {
        self.leave.send_replace(true);
    }

    /// Says that the server stops: viewers are sent away, and connections end after their answer.
    pub(crate) fn begin_stop(&self) {
        self.leave.send_replace(true);
        self.stop.send_replace(true);
    }

    /// Whether the server stops, or will.
    pub(crate) fn is_leaving(&self) -> bool {
        *self.leave.borrow()
    }

    /// Changes to `true` when the server stops.
    pub(crate) fn stopping(&self) -> watch::Receiver<bool> {
        self.stop.subscribe()
    }
}

/// What must not be seen anywhere, wherever it turns up: in what an upstream service echoes, or the platform reports.
fn own_secrets(setup: &Setup, live: &Live) -> Vec<SecretString> {
    let mut secrets = live.secrets();
    if let SignalWire::Live(account) = setup.signalwire() {
        secrets.extend(pair(&account.project_id, &account.api_token));
    }
    secrets.extend(crate::store::secrets(setup));
    secrets.extend([seal::SECRET, seal::PREVIOUS].into_iter().filter_map(|name| setup.secret(name)));
    secrets
}

/// The base of all emitted URLs.
pub(crate) fn public_url(setup: &Setup, listening: &Url) -> Result<Url, SetupError> {
    let Some(text) = setup.setting(PUBLIC_URL) else {
        let mut base = listening.clone();
        // As the SDKs have it: with TLS, the name of the certificate takes the place of the address.
        if let Some(domain) = setup.setting(DOMAIN).filter(|_| base.scheme() == "https") {
            let expected = "expected a host name such as agents.example.com";
            base.set_host(Some(&domain)).map_err(|_| SetupError::invalid(DOMAIN, &expected))?;
        }
        return Ok(base);
    };
    let expected = "expected https://host or https://host/path, without credentials and without a query";
    plain_url(PUBLIC_URL, &text, expected)
}

/// Whether callers' data and the password would travel in the clear: a public address without `https`.
#[cfg(feature = "cli")]
pub(crate) fn is_in_the_clear(base: &Url) -> bool {
    let is_here = match base.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => true,
    };
    base.scheme() == "http" && !is_here
}
