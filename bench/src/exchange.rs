//! Requests and their answers over memory, in one process: what the server does, without the kernel.

use swaig::Setup;
use swaig::fuzzing::Socketless;
use tokio::io::DuplexStream;

use crate::load::{self, Request};
use crate::requests;

/// What is sent again and again, with what it is for the table.
pub fn kinds() -> [(&'static str, Request); 3] {
    [
        ("document, the same for each call", requests::fetch("fixed")),
        ("document of one call", requests::fetch("personal")),
        ("function", requests::order()),
    ]
}

/// A connection to a server in this process.
pub struct Exchange {
    server: Socketless,
    stream: DuplexStream,
    answer: Vec<u8>,
    number: u64,
}

impl Exchange {
    /// A server with this store. It is called inside a runtime.
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
        Self { server, stream, answer: Vec::new(), number: 0 }
    }

    /// Another connection to the same server, which goes on from this number.
    #[must_use]
    pub fn beside(&self, number: u64) -> Self {
        let server = self.server.clone();
        Self { stream: server.connect(), server, answer: Vec::new(), number }
    }

    /// Sends a request with the next number, and reads its answer.
    ///
    /// # Panics
    /// Where it is answered with anything but 200.
    pub async fn ask(&mut self, request: &mut Request) {
        self.number += 1;
        // A server ends a connection after some thousand requests.
        if self.number.is_multiple_of(1000) {
            self.stream = self.server.connect();
        }
        load::exchange(&mut self.stream, request, self.number, &mut self.answer).await;
    }
}
