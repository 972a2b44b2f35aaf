//! A stand-in of SignalWire's MFA REST API, written from the API's own description on a bare socket: it shares no code
//! with the client that it checks. It keeps each request byte for byte and answers as it is told.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};

use crate::soon;

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// The method.
    pub method: String,
    /// The path and query.
    pub path: String,
    /// The headers, names as they came.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Recorded {
    /// The only header of this name.
    pub fn header(&self, name: &str) -> &str {
        let mut found = self.headers.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
        let (_, value) =
            found.next().unwrap_or_else(|| panic!("there is a header {name}: {:?}", self.headers));
        assert!(found.next().is_none(), "there is one header {name}: {:?}", self.headers);
        value
    }

    /// The body as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("the body is UTF-8")
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the body is JSON")
    }

    /// Whether it asks for a code to be sent.
    pub fn is_send(&self) -> bool {
        self.path.ends_with("/mfa/sms") || self.path.ends_with("/mfa/call")
    }
}

/// What the stand-in does with a request.
#[derive(Clone)]
pub enum Will {
    /// Answers.
    Answer {
        /// The status.
        status: u16,
        /// Headers besides the length.
        headers: Vec<(&'static str, String)>,
        /// The body.
        body: Vec<u8>,
    },
    /// Waits to be told, then goes on.
    Hold(Arc<Notify>, Box<Will>),
    /// Takes its time, then goes on.
    Later(Duration, Box<Will>),
    /// Ends the connection with a reset.
    Reset,
    /// Never answers.
    Silence,
    /// Answers with this status, and stops half-way through the body.
    Stall(u16),
}

impl Will {
    /// An answer with JSON.
    pub fn json(status: u16, body: &Value) -> Self {
        Self::body(status, "application/json", body.to_string())
    }

    /// An answer with a body of this media type.
    pub fn body(status: u16, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::Answer { status, headers: vec![("Content-Type", media_type.to_owned())], body: body.into() }
    }

    /// The documented answer to a request that succeeds.
    pub fn succeed(request: &Recorded) -> Self {
        let channel = if request.path.ends_with("/call") { "call" } else { "sms" };
        if request.is_send() {
            let to = request.json()["to"].clone();
            Self::json(200, &json!({"id": StandIn::REQUEST, "success": true, "to": to, "channel": channel}))
        } else {
            Self::json(200, &json!({"success": true}))
        }
    }
}

/// The stand-in. It ends with the test's runtime.
pub struct StandIn {
    address: SocketAddr,
    requests: watch::Receiver<Vec<Recorded>>,
}

impl StandIn {
    /// The project id of the account.
    pub const PROJECT: &'static str = "8f0f3b1e-5c1d-4a7b-9b57-3f1c2d4e5a6b";
    /// The API token of the account.
    pub const TOKEN: &'static str = "PT0123456789abcdef-secret";
    /// The id that it gives every code.
    pub const REQUEST: &'static str = "3fa85f64-5717-4562-b3fc-2c963f66afa6";

    /// Starts one that does with each request what `will` says.
    pub async fn start(will: impl Fn(&Recorded) -> Will + Send + Sync + 'static) -> Self {
        Self::at(0, will).await
    }

    /// One where everything succeeds, on this port of loopback.
    pub async fn obliging_at(port: u16) -> Self {
        Self::at(port, Will::succeed).await
    }

    async fn at(port: u16, will: impl Fn(&Recorded) -> Will + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.expect("a port is free");
        let address = listener.local_addr().expect("it has an address");
        let (sender, requests) = watch::channel(Vec::new());
        let (sender, will) = (Arc::new(sender), Arc::new(will));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (sender, will) = (sender.clone(), will.clone());
                tokio::spawn(async move { serve(stream, &sender, &*will).await });
            }
        });
        Self { address, requests }
    }

    /// One where everything succeeds.
    pub async fn obliging() -> Self {
        Self::start(Will::succeed).await
    }

    /// Its address, for `SIGNALWIRE_API_URL`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests so far.
    pub fn requests(&self) -> Vec<Recorded> {
        self.requests.borrow().clone()
    }

    /// How many codes it was asked to send.
    pub fn sends(&self) -> usize {
        self.requests.borrow().iter().filter(|request| request.is_send()).count()
    }

    /// Waits for that many requests, and returns all that have come.
    pub async fn wait_for(&self, requests: usize) -> Vec<Recorded> {
        let mut receiver = self.requests.clone();
        let enough = receiver.wait_for(|seen| seen.len() >= requests);
        drop(soon("a request to the stand-in", enough).await);
        self.requests()
    }
}

/// Answers the requests of one connection.
async fn serve(
    mut stream: TcpStream,
    sender: &watch::Sender<Vec<Recorded>>,
    will: &(dyn Fn(&Recorded) -> Will + Send + Sync),
) {
    let mut buffer = Vec::new();
    while let Some(request) = read(&mut stream, &mut buffer).await {
        let mut next = will(&request);
        sender.send_modify(|seen| seen.push(request));
        loop {
            match next {
                Will::Hold(told, then) => {
                    told.notified().await;
                    next = *then;
                }
                Will::Later(time, then) => {
                    tokio::time::sleep(time).await;
                    next = *then;
                }
                Will::Reset => {
                    let _ = stream.set_zero_linger();
                    return;
                }
                Will::Stall(status) => {
                    let text = format!("HTTP/1.1 {status} Stand-In\r\nContent-Length: 100\r\n\r\n{{\"id\"");
                    let _ = stream.write_all(text.as_bytes()).await;
                    next = Will::Silence;
                }
                Will::Silence => {
                    // The client gives up; this ends when it closes the connection.
                    let _ = stream.read(&mut [0; 1]).await;
                    return;
                }
                Will::Answer { status, headers, body } => {
                    let mut head =
                        format!("HTTP/1.1 {status} Stand-In\r\nContent-Length: {}\r\n", body.len());
                    for (name, value) in headers {
                        head.extend([name, ": ", &value, "\r\n"]);
                    }
                    head.push_str("\r\n");
                    let whole = [head.as_bytes(), &body].concat();
                    if stream.write_all(&whole).await.is_err() {
                        return;
                    }
                    break;
                }
            }
        }
    }
}

/// Reads one request; `None` at the end of the connection.
async fn read(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Recorded> {
    let head_end = loop {
        if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(buffer[..head_end].to_vec()).ok()?;
    let mut lines = head.split("\r\n");
    let mut first = lines.next()?.split(' ');
    let (method, path) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let length: usize = length.map_or(Some(0), |(_, value)| value.parse().ok())?;
    let end = head_end + 4 + length;
    while buffer.len() < end {
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
    let body = buffer[head_end + 4..end].to_vec();
    buffer.drain(..end);
    Some(Recorded { method, path, headers, body })
}
