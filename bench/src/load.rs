//! A load: connections that each send one request after the other, as fast as they are answered.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// What stands in a request where each one has a number of its own: as many letters as the number has digits.
pub const NUMBER: &str = "NNNNNNNNNNNN";

/// A request, byte for byte; [`NUMBER`] in it is another one each time.
#[derive(Clone)]
pub struct Request {
    bytes: Vec<u8>,
    numbers: Vec<usize>,
    /// What is sent instead, one after the other, where a number would make a signature wrong.
    turns: Vec<Vec<u8>>,
}

impl Request {
    /// A `GET`, or a `POST` of a body.
    pub fn new(path: &str, authorization: &str, more: &str, body: &str) -> Self {
        let method = if body.is_empty() { "GET" } else { "POST" };
        let mut text = format!(
            "{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: {authorization}\r\n{more}"
        );
        if !body.is_empty() {
            text.push_str(
                &format_args!("content-type: application/json\r\ncontent-length: {}\r\n", body.len())
                    .to_string(),
            );
        }
        text.push_str("\r\n");
        text.push_str(body);
        let numbers = text.match_indices(NUMBER).map(|(place, _)| place).collect();
        Self { bytes: text.into_bytes(), numbers, turns: Vec::new() }
    }

    /// Requests that are sent in turns.
    ///
    /// # Panics
    /// Where there is none.
    pub fn in_turns(requests: impl IntoIterator<Item = Self>) -> Self {
        let turns: Vec<_> = requests.into_iter().map(|request| request.bytes).collect();
        Self { bytes: turns[0].clone(), numbers: Vec::new(), turns }
    }

    /// The bytes of the request with this number.
    fn number(&mut self, number: u64) -> &[u8] {
        if !self.turns.is_empty() {
            let turn = usize::try_from(number).unwrap_or_default() % self.turns.len();
            return &self.turns[turn];
        }
        let digits = format!("{number:012}");
        for place in &self.numbers {
            self.bytes[*place..*place + NUMBER.len()].copy_from_slice(digits.as_bytes());
        }
        &self.bytes
    }
}

/// What came of a load.
#[derive(Clone, Copy, Debug, Default)]
pub struct Answers {
    /// How many answers came.
    pub count: u64,
    /// How long it took.
    pub took: Duration,
}

impl Answers {
    /// Answers in a second.
    #[expect(clippy::cast_precision_loss, reason = "it is a measurement")]
    pub fn rate(&self) -> f64 {
        self.count as f64 / self.took.as_secs_f64()
    }
}

/// Loads a server for a time over so many connections. `first` is the first number: no two loads may share one.
///
/// # Panics
/// Where an answer is not 200.
pub async fn run(
    address: SocketAddr,
    request: &Request,
    connections: u64,
    time: Duration,
    first: u64,
) -> Answers {
    let started = Instant::now();
    let end = started + time;
    let tasks: Vec<_> = (0..connections)
        .map(|connection| {
            let request = request.clone();
            tokio::spawn(one(address, request, end, first + connection, connections))
        })
        .collect();
    let mut count = 0;
    for task in tasks {
        count += task.await.expect("a connection works to the end");
    }
    Answers { count, took: started.elapsed() }
}

async fn one(address: SocketAddr, mut request: Request, end: Instant, first: u64, step: u64) -> u64 {
    let mut stream = TcpStream::connect(address).await.expect("the server listens");
    stream.set_nodelay(true).expect("an option can be set");
    let mut buffer = Vec::with_capacity(64 << 10);
    let mut count = 0;
    while Instant::now() < end {
        exchange(&mut stream, &mut request, first + count * step, &mut buffer).await;
        count += 1;
    }
    count
}

/// Sends a request with this number, and reads its answer into `buffer`.
///
/// # Panics
/// Where it is not 200.
pub async fn exchange(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    request: &mut Request,
    number: u64,
    buffer: &mut Vec<u8>,
) {
    stream.write_all(request.number(number)).await.expect("a request can be sent");
    answer(stream, buffer).await;
}

/// Reads one answer to its end.
async fn answer(stream: &mut (impl AsyncRead + Unpin), buffer: &mut Vec<u8>) {
    buffer.clear();
    let mut whole = None;
    loop {
        let read = stream.read_buf(buffer).await.expect("an answer can be read");
        assert!(read > 0, "the server closed the connection: {}", String::from_utf8_lossy(buffer));
        whole = whole.or_else(|| length(buffer));
        if whole.is_some_and(|whole| buffer.len() >= whole) {
            return;
        }
    }
}

/// How long the answer is that begins here; `None` while its head is not whole.
fn length(buffer: &[u8]) -> Option<usize> {
    let head = buffer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let text = std::str::from_utf8(&buffer[..head]).expect("a head is text");
    assert!(text.starts_with("HTTP/1.1 200"), "{}", String::from_utf8_lossy(buffer));
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    Some(head + 4 + length.expect("an answer has a length"))
}

/// Sends a request over a connection, and reads its answer.
///
/// # Panics
/// Where it is not 200.
pub async fn ask(stream: &mut TcpStream, request: &Request) {
    let mut buffer = Vec::with_capacity(1 << 10);
    stream.write_all(&request.bytes).await.expect("a request can be sent");
    answer(stream, &mut buffer).await;
}

/// The same with this number.
///
/// # Panics
/// Where the answer is not 200.
pub async fn ask_as(stream: &mut TcpStream, request: &Request, number: u64) {
    let mut request = request.clone();
    request.number(number);
    ask(stream, &request).await;
}

/// One answer, whole, for a look at it.
///
/// # Panics
/// Where it is not 200.
pub async fn look(address: SocketAddr, request: &Request) -> String {
    let mut stream = TcpStream::connect(address).await.expect("the server listens");
    let mut request = request.clone();
    let mut buffer = Vec::new();
    exchange(&mut stream, &mut request, 0, &mut buffer).await;
    String::from_utf8_lossy(&buffer).into_owned()
}
