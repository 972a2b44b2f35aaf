//! Connections without a socket, for the fuzz targets.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use futures_util::FutureExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use url::Url;

use super::super::app::{App, StartError};
use super::super::metrics;
use super::connection::Shared;
use super::limits::Limits;
use crate::setup::{Setup, SetupError};
use crate::store::Store;

/// Room for a request or an answer, so that neither side waits for the other.
const ROOM: usize = 4 << 20;
/// For how many turns of the runtime a server has to be silent until it has said all. Nothing in it waits for a clock or for
/// another machine.
const TURNS: usize = 64;

/// A server that listens to nobody. Clones are the same one.
#[derive(Clone)]
pub struct Socketless(Arc<Shared>);

impl Socketless {
    /// Builds all that is linked. It has to be called inside a tokio runtime.
    ///
    /// # Errors
    /// As [`Server::start`](crate::Server::start).
    pub async fn new(setup: Setup) -> Result<Self, StartError> {
        metrics::install();
        let limits = Limits::from_settings(setup.settings())?;
        let url = Url::parse("http://127.0.0.1:3000").map_err(|error| SetupError::failed("no URL", error))?;
        let app = App::start(setup, &url).await?;
        Ok(Self(Arc::new(Shared { app, tls: None, idle: limits.idle.as_secs().into() })))
    }

    /// A connection that stays: what a client has of it.
    pub fn connect(&self) -> DuplexStream {
        let (client, server) = tokio::io::duplex(ROOM);
        let shared = self.0.clone();
        tokio::spawn(async move {
            let (peer, stop) = (IpAddr::V4(Ipv4Addr::LOCALHOST), shared.app.stopping());
            // How it ends is the log's to tell.
            let _ = shared.begin(server, None, peer, stop).await;
        });
        client
    }

    /// What it writes on a connection on which a client writes these bytes and then waits. The runtime has to be one of a single
    /// thread: elsewhere it is not seen when the server has said all.
    pub async fn answer(&self, request: &[u8]) -> Vec<u8> {
        let (mut client, server) = tokio::io::duplex(ROOM);
        let shared = self.0.clone();
        let connection = tokio::spawn(async move {
            let (peer, stop) = (IpAddr::V4(Ipv4Addr::LOCALHOST), shared.app.stopping());
            // How it ends is the log's to tell.
            let _ = shared.begin(server, None, peer, stop).await;
        });
        let mut answer = Vec::new();
        // The server may hang up at any time; what it has said by then counts.
        let _ = client.write_all(request).await;
        let mut silent = 0;
        while silent < TURNS {
            match client.read_buf(&mut answer).now_or_never() {
                Some(Ok(0) | Err(_)) => break,
                Some(Ok(_)) => silent = 0,
                None => {
                    silent += 1;
                    tokio::task::yield_now().await;
                }
            }
        }
        drop(client);
        connection.abort();
        if let Err(error) = connection.await
            && error.is_panic()
        {
            std::panic::resume_unwind(error.into_panic());
        }
        answer
    }

    /// Where its events and conversations are.
    pub fn store(&self) -> &dyn Store {
        &*self.0.app.store
    }
}
