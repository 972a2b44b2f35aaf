//! The socket: accept connections, within limits, and stop without cutting anybody off.
//!
//! `limits` says how much is allowed, `admission` who may connect. `connection` has the way of one connection: `tls`,
//! `stream` (the bytes), `activity` (the time), `screen` and `framing` (requests that are wrong whatever they ask for).

mod activity;
mod admission;
mod connection;
mod framing;
mod limits;
#[cfg(feature = "cli")]
mod reload;
mod screen;
mod socket;
#[cfg(feature = "fuzzing")]
pub(crate) mod socketless;
mod stream;
#[cfg(test)]
mod tests;
#[cfg(feature = "tls")]
mod tls;
#[cfg(not(feature = "tls"))]
#[path = "tls_absent.rs"]
mod tls;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::net::{TcpListener, TcpStream};
use url::Url;

use super::app::{App, StartError};
use super::metrics;
use crate::setup::{Setup, SetupError};
use admission::{Admission, Place};
use connection::Shared;
use limits::Limits;
#[cfg(feature = "cli")]
pub(crate) use reload::Reloader;
use tls::Tls;

/// The setting that names the file of the certificate; with it, and with the key, the server speaks TLS.
pub(crate) const TLS_CERTIFICATE: &str = "SWAIG_TLS_CERTIFICATE";
/// The setting that names the file of the certificate's key.
const TLS_KEY: &str = "SWAIG_TLS_KEY";
/// The setting: for how many seconds a server that is told to stop answers all while it says that it is not ready.
const STOP_GRACE: &str = "SWAIG_STOP_GRACE";
/// Long enough for a load balancer that looks every two seconds.
const DEFAULT_STOP_GRACE: u64 = 5;
/// How long a stop waits for a store that is down: some records may wait for it.
const SETTLE: Duration = Duration::from_secs(3);
/// How long a stop waits for answers that are under way: longer than any webhook may take.
const GRACE: Duration = Duration::from_secs(10);

/// A server that listens.
///
/// ```no_run
/// use swaig::{Server, Setup};
///
/// # async fn start() -> Result<(), swaig::StartError> {
/// let setup = Setup::test([("SWML_BASIC_AUTH_PASSWORD", "try-me")]);
/// let server = Server::start(setup, "127.0.0.1:0").await?;
/// println!("listening on {}", server.url());
/// server.run_until(std::future::pending()).await;
/// # Ok(())
/// # }
/// ```
pub struct Server {
    shared: Arc<Shared>,
    admission: Arc<Admission>,
    listener: TcpListener,
    address: SocketAddr,
    grace: Duration,
}

impl Server {
    /// Builds all agents and functions, asks the servers whose functions are included, and listens. Connections are
    /// accepted from now on, and answered by [`run_until`](Self::run_until).
    ///
    /// # Errors
    /// A [`StartError`] that says what to change.
    pub async fn start(setup: Setup, address: &str) -> Result<Self, StartError> {
        let listen_error = |source| StartError::Listen { address: address.to_owned(), source };
        let limits = Limits::from_settings(setup.settings())?;
        let grace = setup.settings().number(STOP_GRACE, 0..=3600)?.unwrap_or(DEFAULT_STOP_GRACE);
        let tls = Tls::from_settings(&setup)?;
        let listener = socket::listen(&setup, address).await?;
        let address = listener.local_addr().map_err(listen_error)?;
        metrics::install();
        let app = App::start(setup, &url_of(address, scheme(tls.is_some()))?).await?;
        let shared = Shared { app, tls, idle: limits.idle.as_secs().into() };
        let grace = Duration::from_secs(grace);
        Ok(Self {
            shared: Arc::new(shared),
            admission: Arc::new(Admission::new(&limits)),
            listener,
            address,
            grace,
        })
    }

    /// The address that it listens on, with the port that was chosen for port 0.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it listens, such as `https://127.0.0.1:3000`. The public URL may be another one.
    pub fn url(&self) -> String {
        format!("{}://{}", scheme(self.shared.tls.is_some()), self.address)
    }

    #[cfg(feature = "cli")]
    pub(crate) fn app(&self) -> &Arc<App> {
        &self.shared.app
    }

    /// What changes its settings while it runs.
    #[cfg(feature = "cli")]
    pub(crate) fn reloader(&self) -> Reloader {
        Reloader::new(self.shared.clone(), self.admission.clone())
    }

    /// Answers requests until `stop` is done and the grace of `SWAIG_STOP_GRACE` is over, then ends what is under way within
    /// 10 seconds.
    ///
    /// During the grace `/ready` answers 503, so that whoever sends requests here finds another instance; all are answered
    /// still.
    ///
    /// With TLS, a certificate or a key whose file has changed is used from then on: the files are looked at every 10
    /// seconds. Files that cannot be used, or do not fit together, change nothing.
    pub async fn run_until(self, stop: impl Future<Output = ()>) {
        self.run(stop, std::future::pending()).await;
    }

    /// As [`run_until`](Self::run_until), and the grace ends early when `hurry` is done.
    pub(crate) async fn run(self, stop: impl Future<Output = ()>, hurry: impl Future<Output = ()>) {
        let leave = async {
            stop.await;
            self.shared.app.begin_leave();
            let _ = tokio::time::timeout(self.grace, hurry).await;
        };
        let mut leave = std::pin::pin!(leave);
        let tls = self.shared.tls.clone();
        let mut certificate = std::pin::pin!(watch(tls.as_deref()));
        let mut figures = std::pin::pin!(metrics::keep_small());
        loop {
            tokio::select! {
                (place, accepted) = accept(&self.admission, &self.listener) => match accepted {
                    Ok((stream, peer)) => self.serve(place, stream, peer),
                    Err(error) => {
                        // Out of file descriptors, most likely: others have to close theirs first.
                        tracing::warn!(error = &error as &dyn std::error::Error, "cannot accept a connection");
                        tokio::time::sleep(Duration::from_millis(50)).await;
                    }
                },
                () = &mut certificate => {}
                () = &mut figures => {}
                () = &mut leave => break,
            }
        }
        // Those who have connected already are answered, too.
        while let Some((place, Ok((stream, peer)))) = accept(&self.admission, &self.listener).now_or_never() {
            self.serve(place, stream, peer);
        }
        self.shared.app.begin_stop();
        drop(self.listener);
        if tokio::time::timeout(GRACE, self.admission.all_ended()).await.is_err() {
            tracing::warn!("some requests did not end in time and were cut off");
        }
        self.shared.app.recorder.settle(SETTLE).await;
        self.shared.app.store.close().await;
    }

    fn serve(&self, place: Place, stream: TcpStream, peer: SocketAddr) {
        let peer = peer.ip();
        // Behind a proxy there are many clients.
        let shared = self.shared.app.live().proxies.contain(peer);
        let Some(admitted) = self.admission.admit(place, peer, shared) else {
            tracing::debug!(%peer, "refused a connection: its address has enough of them");
            return;
        };
        let shared = self.shared.clone();
        tokio::spawn(async move {
            if let Err(error) = shared.serve(stream, peer).await {
                tracing::debug!(error = &*error as &dyn std::error::Error, %peer, "a connection ended");
            }
            drop(admitted);
        });
    }
}

/// Waits for a place, and for somebody who takes it.
async fn accept(
    admission: &Admission,
    listener: &TcpListener,
) -> (Place, std::io::Result<(TcpStream, SocketAddr)>) {
    let place = admission.place().await;
    (place, listener.accept().await)
}

/// Keeps the certificate as its files have it. It never ends.
async fn watch(tls: Option<&Tls>) {
    match tls {
        Some(tls) => tls.watch().await,
        None => std::future::pending().await,
    }
}

fn scheme(tls: bool) -> &'static str {
    if tls { "https" } else { "http" }
}

/// The URL of an address; a server that listens on all addresses is reached by loopback from here.
fn url_of(address: SocketAddr, scheme: &str) -> Result<Url, SetupError> {
    let host: IpAddr = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    Url::parse(&format!("{scheme}://{}", SocketAddr::new(host, address.port())))
        .map_err(|error| SetupError::failed("cannot make a URL of the listening address", error))
}
