//! One connection of the platform to a server, used for one request after the other, and made again when it is gone.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

use crate::{Answer, Client, Credentials};

/// How long the platform waits for an answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Why there was no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Nobody listens, so the server knows nothing of the request.
    Refused,
    /// The connection ended: the request may have been served.
    Lost,
    /// There was no answer in time.
    Silent,
}

/// The connection.
pub struct Line {
    client: Client,
    sender: Option<SendRequest<Full<Bytes>>>,
}

impl Line {
    /// A line to the server at this address.
    pub fn new(address: SocketAddr, credentials: Credentials) -> Self {
        Self { client: Client::new(address, Some(credentials)), sender: None }
    }

    /// Where it leads.
    pub fn address(&self) -> SocketAddr {
        self.client.address()
    }

    /// Posts JSON once.
    ///
    /// # Errors
    /// Why there was no answer.
    pub async fn post(&mut self, path: &str, body: &Value) -> Result<Answer, Failure> {
        let whole = tokio::time::timeout(PATIENCE, self.send("POST", path, body.to_string().into()));
        let answer = whole.await.unwrap_or(Err(Failure::Silent));
        if answer.is_err() {
            self.sender = None;
        }
        answer
    }

    async fn send(&mut self, method: &str, path: &str, body: Bytes) -> Result<Answer, Failure> {
        let mut kept = self.sender.take();
        let usable = match &mut kept {
            Some(sender) => sender.ready().await.is_ok(),
            None => false,
        };
        let mut sender = match kept {
            Some(sender) if usable => sender,
            _ => self.connect().await?,
        };
        let request = self.client.request(method, path, &[("content-type", "application/json")], body);
        let response = sender.send_request(request).await.map_err(|_| Failure::Lost)?;
        let keeps = response.headers().get("connection").is_none_or(|value| value != "close");
        let (head, body) = response.into_parts();
        let body = http_body_util::BodyExt::collect(body).await.map_err(|_| Failure::Lost)?.to_bytes();
        if keeps {
            self.sender = Some(sender);
        }
        Ok(Answer { status: head.status.as_u16(), headers: head.headers, body })
    }

    async fn connect(&self) -> Result<SendRequest<Full<Bytes>>, Failure> {
        let stream = TcpStream::connect(self.client.address()).await.map_err(|_| Failure::Refused)?;
        let _ = stream.set_nodelay(true);
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|_| Failure::Lost)?;
        tokio::spawn(connection);
        Ok(sender)
    }
}
