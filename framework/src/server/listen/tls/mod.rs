//! TLS: a certificate and its key from two files, which may be replaced while the server runs.

mod certificate;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use rustls::crypto::ring;
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::{MissedTickBehavior, interval};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::stream::Protocol;
use crate::setup::{Setup, SetupError};
use certificate::{Current, Files};

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(10);

const H2: &[u8] = b"h2";
const HTTP_1: &[u8] = b"http/1.1";

/// Makes connections into TLS connections.
pub(crate) struct Tls {
    acceptor: TlsAcceptor,
    files: Files,
    current: Arc<Current>,
    reload: Arc<Notify>,
}

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
enum TlsError {
    #[error("{name} is missing: set it to the path of the PEM file, or unset {set} to speak plain HTTP")]
    HalfSet { set: &'static str, name: &'static str },
    #[error("no protocol fits")]
    Protocol(#[from] rustls::Error),
}

impl Tls {
    /// Reads the certificate and the key that the settings name; `None` where they name none.
    pub(super) fn from_settings(setup: &Setup) -> Result<Option<Arc<Self>>, SetupError> {
        let path = |name| setup.setting(name).map(PathBuf::from);
        let failed =
            |error: Box<dyn std::error::Error + Send + Sync>| SetupError::failed("cannot serve https", error);
        let half = |set, name| failed(TlsError::HalfSet { set, name }.into());
        let files = match (path(super::TLS_CERTIFICATE), path(super::TLS_KEY)) {
            (None, None) => return Ok(None),
            (Some(certificate), Some(key)) => Files { certificate, key },
            (Some(_), None) => return Err(half(super::TLS_CERTIFICATE, super::TLS_KEY)),
            (None, Some(_)) => return Err(half(super::TLS_KEY, super::TLS_CERTIFICATE)),
        };
        let provider = Arc::new(ring::default_provider());
        let current =
            Arc::new(Current::read(&files, provider.clone()).map_err(|error| failed(error.into()))?);
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
            .map_err(|error| failed(TlsError::Protocol(error).into()))?
            .with_no_client_auth()
            .with_cert_resolver(current.clone());
        config.alpn_protocols = vec![H2.to_vec(), HTTP_1.to_vec()];
        // Early data can be replayed by whoever saw it.
        config.max_early_data_size = 0;
        let acceptor = TlsAcceptor::from(Arc::new(config));
        Ok(Some(Arc::new(Self { acceptor, files, current, reload: Arc::default() })))
    }

    /// Shakes hands, and says which protocol was agreed on.
    pub(super) async fn accept(
        &self,
        stream: TcpStream,
    ) -> io::Result<(TlsStream<TcpStream>, Option<Protocol>)> {
        let stream = self.acceptor.accept(stream).await?;
        let protocol = match stream.get_ref().1.alpn_protocol() {
            Some(H2) => Some(Protocol::Http2),
            Some(_) => Some(Protocol::Http1),
            None => None,
        };
        Ok((stream, protocol))
    }

    /// Makes [`watch`](Self::watch) look at the files at once.
    #[cfg(feature = "cli")]
    pub(crate) fn reload(&self) -> Arc<Notify> {
        self.reload.clone()
    }

    /// Takes what the files hold when it has changed, and goes on for ever.
    pub(super) async fn watch(&self) {
        let mut look = interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = look.tick() => {}
                () = self.reload.notified() => {}
            }
            let (files, current) = (self.files.clone(), self.current.clone());
            // An error is a panic of the reader, which has been logged.
            let _ = tokio::task::spawn_blocking(move || current.refresh(&files)).await;
        }
    }
}
