//! The socket: accept, serve HTTP/1.1 and HTTP/2, and stop without cutting anybody off.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use url::Url;

use super::app::{App, StartError};
use super::route::Routes;
use super::{metrics, service};
use crate::setup::{Setup, SetupError};

/// How long a client may take to send the head of a request.
const HEAD_TIME: Duration = Duration::from_secs(10);
/// How many bytes a head may have.
const HEAD_SIZE: usize = 32 << 10;
/// How many requests of one HTTP/2 connection run at once.
const STREAMS: u32 = 250;
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
/// println!("listening on http://{}", server.address());
/// server.run_until(std::future::pending()).await;
/// # Ok(())
/// # }
/// ```
pub struct Server {
    app: Arc<App>,
    routes: Arc<Routes>,
    listener: TcpListener,
    address: SocketAddr,
}

impl Server {
    /// Builds all agents and functions, asks the servers whose functions are included, and listens. Connections are accepted from now on, and answered by
    /// [`run_until`](Self::run_until).
    ///
    /// # Errors
    /// A [`StartError`] that says what to change.
    pub async fn start(setup: Setup, address: &str) -> Result<Self, StartError> {
        let listen_error = |source| StartError::Listen { address: address.to_owned(), source };
        let candidates: Vec<_> = tokio::net::lookup_host(address).await.map_err(listen_error)?.collect();
        if setup.signalwire().is_sandbox() && !candidates.iter().all(|it| it.ip().is_loopback()) {
            return Err(StartError::SandboxAddress { address: address.to_owned() });
        }
        let listener = TcpListener::bind(&*candidates).await.map_err(listen_error)?;
        let address = listener.local_addr().map_err(listen_error)?;
        metrics::install();
        let app = App::start(setup, &url_of(address)?).await?;
        let routes = Routes::new().map_err(|error| SetupError::failed("cannot build the routes", error))?;
        Ok(Self { app, routes: Arc::new(routes), listener, address })
    }

    /// The address that it listens on, with the port that was chosen for port 0.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    #[cfg(feature = "cli")]
    pub(crate) fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// Answers requests until `stop` is done, then ends what is under way within 10 seconds.
    pub async fn run_until(self, stop: impl Future<Output = ()>) {
        let graceful = GracefulShutdown::new();
        let mut stop = std::pin::pin!(stop);
        loop {
            tokio::select! {
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, peer)) => self.serve(stream, peer.ip(), &graceful),
                    Err(error) => {
                        // Out of file descriptors, most likely: others have to close theirs first.
                        tracing::warn!(error = &error as &dyn std::error::Error, "cannot accept a connection");
                        tokio::time::sleep(Duration::from_millis(50)).await;
                    }
                },
                () = &mut stop => break,
            }
        }
        self.app.begin_stop();
        drop(self.listener);
        if tokio::time::timeout(GRACE, graceful.shutdown()).await.is_err() {
            tracing::warn!("some requests did not end in time and were cut off");
        }
        self.app.recorder.flush().await;
    }

    fn serve(&self, stream: TcpStream, peer: IpAddr, graceful: &GracefulShutdown) {
        // Answers are small and written at once: waiting for more to send would only add latency.
        let _ = stream.set_nodelay(true);
        let (app, routes) = (self.app.clone(), self.routes.clone());
        let service = service_fn(move |request| {
            let (app, routes) = (app.clone(), routes.clone());
            async move { Ok::<_, Infallible>(service::answer(app, routes, peer, request).await) }
        });
        let mut builder = auto::Builder::new(TokioExecutor::new());
        builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_TIME).max_buf_size(HEAD_SIZE);
        builder
            .http2()
            .timer(TokioTimer::new())
            .max_concurrent_streams(STREAMS)
            .max_header_list_size(32 << 10)
            .keep_alive_interval(Duration::from_secs(30))
            .keep_alive_timeout(HEAD_TIME);
        let connection = builder.serve_connection(TokioIo::new(stream), service).into_owned();
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(error = %error, "a connection ended");
            }
        });
    }
}

/// The URL of an address; a server that listens on all addresses is reached by loopback from here.
fn url_of(address: SocketAddr) -> Result<Url, SetupError> {
    let host: IpAddr = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    Url::parse(&format!("http://{}", SocketAddr::new(host, address.port())))
        .map_err(|error| SetupError::failed("cannot make a URL of the listening address", error))
}
