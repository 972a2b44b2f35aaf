//! HTTP/2 by hand: frames that break its rules (RFC 9113), and floods of frames that do not.

use std::io::Cursor;

use swaig_tests::soon;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::row::{Target, call};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const PRIORITY: u8 = 2;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PUSH_PROMISE: u8 = 5;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
/// What the last frame of every row carries, to see whether the connection lives on.
const LAST: &[u8; 8] = b"the last";

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a frame is short").to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// A header block: literals, never indexed, with lengths below 127.
fn block(headers: &[(&str, &str)]) -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in headers {
        block.push(0x10);
        for text in [name, value] {
            block.push(u8::try_from(text.len()).expect("a text is short"));
            assert!(text.len() < 127, "a longer length is written in another way");
            block.extend_from_slice(text.as_bytes());
        }
    }
    block
}

/// What may come of the frames.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Outcome {
    /// The connection ended, with or without a word.
    Ended,
    /// This stream was reset.
    Reset(u32),
    /// This stream was answered with this status.
    Answered(u32, u16),
    /// Nothing in particular, and the connection goes on.
    GoesOn,
}

struct Row {
    what: &'static str,
    frames: Vec<u8>,
    outcomes: Vec<Outcome>,
}

fn row(what: &'static str, frames: impl Into<Vec<u8>>, outcomes: &[Outcome]) -> Row {
    Row { what, frames: frames.into(), outcomes: outcomes.to_vec() }
}

/// What came of the frames first, apart from a sign of life that is not waited for.
async fn outcome(target: &Target, row: &Row) -> Outcome {
    let stream = TcpStream::connect(target.employee.address()).await.expect("the server listens");
    let (mut reader, mut writer) = stream.into_split();
    let bytes = [PREFACE, &frame(SETTINGS, 0, 0, &[]), &row.frames, &frame(PING, 0, 0, LAST)].concat();
    let write = async {
        let _ = writer.write_all(&bytes).await;
        writer
    };
    let read = async {
        // The answers' headers come compressed, one after the other.
        let mut statuses = Statuses::default();
        loop {
            let mut head = [0; 9];
            if reader.read_exact(&mut head).await.is_err() {
                return Outcome::Ended;
            }
            let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
            let stream = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
            let mut payload = vec![0; length];
            if reader.read_exact(&mut payload).await.is_err() {
                return Outcome::Ended;
            }
            let outcome = match head[3] {
                GOAWAY => Outcome::Ended,
                RST_STREAM => Outcome::Reset(stream),
                HEADERS => Outcome::Answered(stream, statuses.read(&payload)),
                PING if head[4] == 1 && payload == LAST => Outcome::GoesOn,
                _ => continue,
            };
            // Streams may be looked at after the ping; and while floods go on, single streams fare as they do.
            let waits = row.outcomes.contains(&Outcome::GoesOn);
            let counts = match outcome {
                Outcome::GoesOn => waits,
                Outcome::Ended => true,
                _ => !waits,
            };
            if counts {
                return outcome;
            }
        }
    };
    let both = async { tokio::join!(write, read) };
    soon(row.what, both).await.1
}

/// Reads the status at the start of a header block (RFC 7541): from the static table, or as a text that was put into the
/// dynamic table before.
#[derive(Default)]
struct Statuses {
    /// What was put into the dynamic table: only the statuses matter, and they come first in their block.
    last: Option<u16>,
}

impl Statuses {
    fn read(&mut self, block: &[u8]) -> u16 {
        let mut block = Cursor::new(block);
        let mut byte = || {
            let at = usize::try_from(block.position()).expect("a block is short");
            block.set_position(block.position() + 1);
            block.get_ref()[at]
        };
        let mut first = byte();
        while first & 0xe0 == 0x20 {
            // A change of the size of the table.
            first = byte();
        }
        let fixed = [200, 204, 206, 304, 400, 404, 500];
        match first {
            0x88..=0x8e => fixed[usize::from(first - 0x88)],
            0x40..=0x7f => {
                let length = byte();
                let mut text = [0; 4];
                for place in text.iter_mut().take(usize::from(length & 0x7f)) {
                    *place = byte();
                }
                let status = if length & 0x80 == 0 {
                    text[..3].iter().fold(0, |sum, digit| sum * 10 + u16::from(digit - b'0'))
                } else {
                    huffman(u32::from_be_bytes(text))
                };
                self.last = Some(status);
                status
            }
            _ => self.last.expect("an indexed status was seen before"),
        }
    }
}

/// Three digits in Huffman's code, where 0 to 2 have 5 bits, and the others 6.
fn huffman(mut bits: u32) -> u16 {
    let mut status = 0;
    for _ in 0..3 {
        let five = bits >> 27;
        let (digit, length) = if five < 3 { (five, 5) } else { ((bits >> 26) - 0x19 + 3, 6) };
        status = status * 10 + u16::try_from(digit).expect("a digit");
        bits <<= length;
    }
    status
}

async fn check(target: Target, rows: Vec<Row>) {
    let mut wrong = Vec::new();
    for row in rows {
        let outcome = outcome(&target, &row).await;
        if !row.outcomes.contains(&outcome) {
            wrong.push(format!("{}: {outcome:?} and not {:?}", row.what, row.outcomes));
        }
        target.assert_alive(row.what).await;
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    target.assert_nothing_ran().await;
}

/// The pseudo-headers of a function call, and its credentials.
fn pseudo(target: &Target) -> Vec<(&str, &str)> {
    vec![
        (":method", "POST"),
        (":scheme", "http"),
        (":path", "/mfa/swaig"),
        (":authority", "x"),
        ("authorization", &target.authorization),
    ]
}

/// A whole function call that would run, but for its headers.
fn post(stream: u32, headers: &[(&str, &str)]) -> Vec<u8> {
    let body = call().to_string();
    [frame(HEADERS, END_HEADERS, stream, &block(headers)), frame(DATA, END_STREAM, stream, body.as_bytes())]
        .concat()
}

#[tokio::test]
async fn headers_that_http_2_forbids_are_refused() {
    use Outcome::{Answered, Ended, Reset};
    let target = Target::start().await;
    let good = pseudo(&target);
    let with =
        |name: &'static str, value: &'static str| post(1, &[good.as_slice(), &[(name, value)]].concat());
    let without = |name: &str| {
        let rest: Vec<_> = good.iter().filter(|(it, _)| *it != name).copied().collect();
        post(1, &rest)
    };
    let length = call().to_string().len();
    let shorter = (length - 1).to_string();
    let longer = (length + 1).to_string();
    let lengths = |length: &str| post(1, &[good.as_slice(), &[("content-length", length)]].concat());
    let moved: Vec<_> = good[1..].iter().chain(&good[..1]).copied().collect();
    let stranger: Vec<_> = good[..4].to_vec();
    let refused = [Reset(1), Ended, Answered(1, 400)];
    let rows = vec![
        row("Transfer-Encoding", with("transfer-encoding", "chunked"), &refused),
        row("Connection", with("connection", "close"), &refused),
        row("a name with capitals", with("X-Y", "1"), &refused),
        row("a name with a line end", with("x\r\ny", "1"), &refused),
        row("a value with a line end", with("x", "1\r\nauthorization: y"), &refused),
        row("a value with a null byte", with("x", "1\0"), &refused),
        row("an unknown pseudo-header", with(":x", "1"), &refused),
        row("a path, twice", with(":path", "/health"), &refused),
        row("a pseudo-header behind the others", post(1, &moved), &refused),
        row("no method", without(":method"), &refused),
        row("no path", without(":path"), &refused),
        row("a length that is too short", lengths(&shorter), &refused),
        row("a length that is too long", lengths(&longer), &refused),
        row("no credentials", post(1, &stranger), &[Answered(1, 401)]),
        row("gzip", with("content-encoding", "gzip"), &[Answered(1, 415)]),
        row("an expectation", with("expect", "x"), &[Answered(1, 417)]),
    ];
    check(target, rows).await;
}

#[tokio::test]
async fn frames_that_http_2_forbids_end_the_connection() {
    use Outcome::{Ended, Reset};
    let target = Target::start().await;
    let headers = block(&pseudo(&target));
    let open = frame(HEADERS, END_HEADERS, 1, &headers);
    let window = |stream, by: u32| frame(WINDOW_UPDATE, 0, stream, &by.to_be_bytes());
    let ended = [Ended];
    let rows = vec![
        row("no settings but data", frame(DATA, 0, 1, b"{}"), &ended),
        row("headers of stream 0", frame(HEADERS, END_HEADERS, 0, &headers), &ended),
        row("headers of a stream of the server", frame(HEADERS, END_HEADERS, 2, &headers), &ended),
        row(
            "a stream that is older than the last",
            [
                open.clone(),
                frame(HEADERS, END_HEADERS, 3, &headers),
                frame(HEADERS, END_HEADERS, 1, &headers),
            ]
            .concat(),
            &[Ended, Reset(1)],
        ),
        row("headers that are no HPACK", frame(HEADERS, END_HEADERS, 1, &[0xff; 40]), &ended),
        row("an index beyond the table", frame(HEADERS, END_HEADERS, 1, &[0xfe]), &ended),
        row("more padding than frame", frame(HEADERS, END_HEADERS | 8, 1, &[0xff, 0x82]), &ended),
        row(
            "headers cut by another frame",
            [frame(HEADERS, 0, 1, &headers), frame(PING, 0, 0, b"12345678")].concat(),
            &ended,
        ),
        row("a continuation of nothing", frame(CONTINUATION, END_HEADERS, 1, &headers), &ended),
        row("data of stream 0", frame(DATA, END_STREAM, 0, b"{}"), &ended),
        row(
            "data behind the end",
            [frame(HEADERS, END_HEADERS | END_STREAM, 1, &headers), frame(DATA, END_STREAM, 1, b"{}")]
                .concat(),
            &[Ended, Reset(1)],
        ),
        row("settings of a stream", frame(SETTINGS, 0, 1, &[]), &ended),
        row("settings of five bytes", frame(SETTINGS, 0, 0, &[0; 5]), &ended),
        row(
            "settings with a window beyond all windows",
            frame(SETTINGS, 0, 0, &[0, 4, 0xff, 0xff, 0xff, 0xff]),
            &ended,
        ),
        row("a ping of seven bytes", frame(PING, 0, 0, &[0; 7]), &ended),
        row("a ping of a stream", frame(PING, 0, 1, &[0; 8]), &ended),
        row("a window that grows by nothing", window(0, 0), &ended),
        row("a window beyond all windows", [window(0, 0x7fff_ffff), window(0, 0x7fff_ffff)].concat(), &ended),
        row("a reset of a stream that never was", frame(RST_STREAM, 0, 9, &[0; 4]), &ended),
        row("a promise by the client", frame(PUSH_PROMISE, END_HEADERS, 1, &[0, 0, 0, 2]), &ended),
        row(
            "a stream that depends on itself",
            [open, frame(PRIORITY, 0, 1, &[0, 0, 0, 1, 16])].concat(),
            &[Ended, Reset(1)],
        ),
        row("a frame of a megabyte", frame(DATA, 0, 1, &vec![0; 1 << 20]), &ended),
    ];
    check(target, rows).await;
}

#[tokio::test]
async fn floods_of_frames_hold_nobody_up() {
    use Outcome::{Answered, Ended, GoesOn, Reset};
    let target = Target::start().await;
    let headers = block(&pseudo(&target));
    let calm = [Ended, GoesOn];
    let many = |count: u32, of: &dyn Fn(u32) -> Vec<u8>| (0..count).flat_map(of).collect::<Vec<_>>();
    let stream = |at: u32| 2 * at + 1;
    let padded = block(&[("x", &"y".repeat(100))]);
    // One entry of the table, named again and again: small on the wire, large in memory.
    let bomb = [
        block(&pseudo(&target)),
        [&[0x40, 1, b'x', 0x7f, 0x85, 0x1e], "y".repeat(3_972).as_bytes()].concat(),
        vec![0xbe; 10_000],
    ]
    .concat();
    let rows = vec![
        row(
            "streams that are reset at once",
            many(5_000, &|at| {
                [
                    frame(HEADERS, END_HEADERS, stream(at), &headers),
                    frame(RST_STREAM, 0, stream(at), &[0, 0, 0, 8]),
                ]
                .concat()
            }),
            &calm,
        ),
        row(
            "streams that the server has to reset",
            many(5_000, &|at| {
                [
                    frame(HEADERS, END_HEADERS, stream(at), &headers),
                    frame(WINDOW_UPDATE, 0, stream(at), &[0; 4]),
                ]
                .concat()
            }),
            &[Ended],
        ),
        row(
            "more streams than allowed",
            many(1_000, &|at| frame(HEADERS, END_HEADERS, stream(at), &headers)),
            &calm,
        ),
        row(
            "a head that never ends",
            [frame(HEADERS, 0, 1, &headers), many(10_000, &|_| frame(CONTINUATION, 0, 1, &padded))].concat(),
            &[Ended],
        ),
        row(
            "a head that never ends and holds nothing",
            [frame(HEADERS, 0, 1, &headers), many(10_000, &|_| frame(CONTINUATION, 0, 1, &[]))].concat(),
            &[Ended],
        ),
        row(
            "a head that unfolds",
            frame(HEADERS, END_HEADERS | END_STREAM, 1, &bomb),
            &[Ended, Reset(1), Answered(1, 431)],
        ),
        row("settings", many(20_000, &|_| frame(SETTINGS, 0, 0, &[0, 4, 0, 1, 0, 0])), &calm),
        row("pings", many(20_000, &|_| frame(PING, 0, 0, b"12345678")), &calm),
        row("frames of no known kind", many(20_000, &|_| frame(0xbe, 0xff, 7, b"12345678")), &calm),
        row("priorities", many(20_000, &|at| frame(PRIORITY, 0, stream(at), &[0, 0, 0, 0, 1])), &calm),
        row(
            "data that holds nothing",
            [frame(HEADERS, END_HEADERS, 1, &headers), many(20_000, &|_| frame(DATA, 0, 1, &[]))].concat(),
            &calm,
        ),
        row(
            "data that is padding",
            [
                frame(HEADERS, END_HEADERS, 1, &headers),
                many(2_000, &|_| frame(DATA, 8, 1, &[[255; 1].as_slice(), &[0; 255]].concat())),
            ]
            .concat(),
            &calm,
        ),
    ];
    check(target, rows).await;
}

#[test]
fn statuses_are_read() {
    let mut statuses = Statuses::default();
    assert_eq!(statuses.read(&[0x8c]), 400);
    assert_eq!(statuses.read(&[0x48, 3, b'4', b'3', b'1']), 431);
    // RFC 7541, appendix C.6.1: "302" in Huffman's code.
    assert_eq!(statuses.read(&[0x48, 0x82, 0x64, 0x02]), 302);
    assert_eq!(statuses.read(&[0xbe]), 302);
    assert_eq!(statuses.read(&[0x48, 0x83, 0x68, 0x2d, 0xff]), 415);
}
