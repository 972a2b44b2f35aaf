//! Requests and their answers over memory, in one process and one thread: what the server does, without the kernel.

use swaig::Setup;
use swaig::fuzzing::Socketless;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};

use crate::server::BASIC;

/// What is sent again and again.
#[derive(Clone, Copy)]
pub struct Kind {
    /// What it is, for the table.
    pub name: &'static str,
    path: &'static str,
    /// The body of the call of this number.
    body: fn(&str) -> String,
}

/// The requests that are measured.
pub const KINDS: [Kind; 3] = [
    Kind { name: "document, the same for each call", path: "/fixed", body: crate::body::fetch },
    Kind { name: "document of one call", path: "/personal", body: crate::body::fetch },
    Kind { name: "function", path: "/shop/swaig", body: crate::body::order },
];

/// A connection to a server in this process.
pub struct Exchange {
    server: Socketless,
    stream: DuplexStream,
    request: Vec<u8>,
    answer: Vec<u8>,
    number: u64,
}

impl Exchange {
    /// A server with this store. It is called inside a runtime of one thread.
    ///
    /// # Panics
    /// Where the server does not start.
    pub async fn begin(store: &str) -> Self {
        crate::agents::link();
        let setup = Setup::test([
            ("SWAIG_STORE", store),
            ("SWML_BASIC_AUTH_USER", "bench"),
            ("SWML_BASIC_AUTH_PASSWORD", "try-me"),
            ("SWAIG_SECRET", "0123456789abcdef0123456789abcdef"),
        ]);
        let server = Socketless::new(setup).await.expect("it starts");
        let stream = server.connect();
        Self { server, stream, request: Vec::new(), answer: Vec::new(), number: 0 }
    }

    /// Makes the next request ready, for [`exchange`](Self::exchange).
    pub fn ready(&mut self, kind: Kind) {
        self.number += 1;
        // Each call has an id of its own, of the same length: a function runs once for each.
        let (path, body) = (kind.path, (kind.body)(&format!("{:012}", self.number)));
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: {BASIC}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n",
            body.len()
        );
        self.request.clear();
        self.request.extend_from_slice(head.as_bytes());
        self.request.extend_from_slice(body.as_bytes());
    }

    /// Sends a request, and reads its answer.
    ///
    /// # Panics
    /// Where it is answered with anything but 200.
    pub async fn ask(&mut self, kind: Kind) {
        self.ready(kind);
        self.exchange().await;
    }

    /// Sends the request that is ready, and reads its answer: this is the server's part.
    ///
    /// # Panics
    /// As [`ask`](Self::ask).
    pub async fn exchange(&mut self) {
        // A server ends a connection after some thousand requests.
        if self.number.is_multiple_of(1000) {
            self.stream = self.server.connect();
        }
        self.stream.write_all(&self.request).await.expect("it listens");
        self.answer.clear();
        loop {
            let read = self.stream.read_buf(&mut self.answer).await.expect("it answers");
            assert!(read > 0, "it hung up: {}", String::from_utf8_lossy(&self.answer));
            if is_whole(&self.answer) {
                break;
            }
        }
        assert!(self.answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&self.answer));
    }
}

/// Whether an answer is there to its end, by the length in its head.
fn is_whole(answer: &[u8]) -> bool {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n");
    let head = end.and_then(|end| Some((end, std::str::from_utf8(answer.get(..end)?).ok()?)));
    head.is_some_and(|(end, head)| {
        let length =
            head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
        length.is_some_and(|length| answer.len() >= end + 4 + length)
    })
}
