//! Clients that take their time: each is cut off, and holds nobody up until then.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::future::join_all;
use swaig_tests::{Employee, soon};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use crate::row::{Row, Target, answers, to_the_end};

#[tokio::test]
async fn a_request_that_does_not_come_is_not_waited_for() {
    // Half a head that came along with the request before it has as long as an idle connection.
    let target = Target::with([("SWAIG_IDLE_TIMEOUT", "12")]).await;
    let head = target.head("POST /mfa/swaig", "Content-Length: 100\r\n");
    let chunked = target.head("POST /mfa/swaig", "Transfer-Encoding: chunked\r\n");
    let rows = [
        Row::new("nothing", "", &[&[]]),
        Row::new("one byte", "P", &[&[]]),
        Row::new("half a greeting of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM", &[&[]]),
        Row::new("half a line", "POST /mfa/sw", &[&[]]),
        Row::new("half a head", &head.as_bytes()[..60], &[&[]]),
        Row::new("a head but for its end", &head.as_bytes()[..head.len() - 2], &[&[]]),
        Row::new(
            "half a second head",
            target.head("GET /health", "").replace("Connection: close\r\n", "") + "GET /",
            &[&[200]],
        ),
        Row::new("a head without its body", head.clone(), &[&[408]]),
        Row::new("half a body", head.clone() + "{\"function\":\"send_mfa\"", &[&[408]]),
        Row::new("half a chunk", chunked.clone() + "64\r\n{", &[&[408]]),
        Row::new("half a size of a chunk", chunked + "6", &[&[408]]),
    ];
    let all = join_all(rows.iter().map(|row| answers(&target, row)));
    let (all, ()) = tokio::join!(all, target.assert_alive("slow clients came"));
    for (row, answers) in rows.iter().zip(all) {
        assert!(row.answers.contains(&answers.as_slice()), "{}: {answers:?}", row.what);
    }
    target.assert_alive("slow clients went").await;
    target.assert_nothing_ran().await;
}

/// Sends a byte of the endless text now and then until the server has enough, and returns what it said.
async fn drip(employee: &Employee, start: &str, then: &str) -> String {
    let mut stream = TcpStream::connect(employee.address()).await.expect("the server listens");
    stream.write_all(start.as_bytes()).await.expect("the server reads");
    let (mut reader, mut writer) = stream.into_split();
    let bytes: Vec<u8> = then.bytes().collect();
    let writing = tokio::spawn(async move {
        let mut pause = tokio::time::interval(Duration::from_millis(500));
        for byte in bytes.iter().cycle() {
            pause.tick().await;
            if writer.write_all(&[*byte]).await.is_err() {
                return;
            }
        }
    });
    let answer = soon("the end of a slow connection", to_the_end(&mut reader)).await;
    writing.abort();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a_request_that_comes_byte_by_byte_has_no_more_time() {
    let target = Target::start().await;
    let head = target.head("POST /mfa/swaig", "Content-Length: 1000\r\n");
    let employee = &target.employee;
    let (in_head, in_body) =
        tokio::join!(drip(employee, &head[..30], "X: 1\r\n"), drip(employee, &head, " "));
    assert_eq!(in_head, "");
    assert!(in_body.starts_with("HTTP/1.1 408"), "{in_body}");
    target.assert_nothing_ran().await;
}

#[tokio::test]
async fn a_connection_that_is_not_used_is_closed() {
    let target = Target::with([("SWAIG_IDLE_TIMEOUT", "1")]).await;
    let kept = target.head("GET /health", "").replace("Connection: close\r\n", "");
    let http_2 = [&b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..], &[0, 0, 0, 4, 0, 0, 0, 0, 0]].concat();
    let kept = Row::new("HTTP/1.1", kept, &[&[200]]);
    assert_eq!(answers(&target, &kept).await, [200]);
    let mut stream = TcpStream::connect(target.employee.address()).await.unwrap();
    stream.write_all(&http_2).await.unwrap();
    let mut said = Vec::new();
    soon("the end of HTTP/2", stream.read_to_end(&mut said)).await.unwrap();
    assert!(said.windows(5).any(|it| it == [0, 0, 8, 7, 0]), "it says GOAWAY: {said:?}");
    target.assert_nothing_ran().await;
}

/// So many connections that the server has taken up, and that go on.
async fn held(address: SocketAddr, count: usize) -> Vec<TcpStream> {
    let mut held = Vec::new();
    for _ in 0..count {
        let mut stream = TcpStream::connect(address).await.expect("the server listens");
        // The answer says that the connection was taken up.
        stream.write_all(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n").await.expect("the server reads");
        stream.read_exact(&mut [0; 12]).await.expect("the server answers");
        held.push(stream);
    }
    held
}

#[tokio::test]
async fn connections_beyond_the_limit_wait_their_turn() {
    let target =
        Target::with([("SWAIG_MAX_CONNECTIONS", "3"), ("SWAIG_MAX_CONNECTIONS_PER_ADDRESS", "3")]).await;
    let mut held = held(target.employee.address(), 3).await;
    let client = target.employee.client();
    let waiting = tokio::spawn(async move { client.get("/health").await });
    target
        .employee
        .log()
        .find("a warning", |line| line.contains("SWAIG_MAX_CONNECTIONS").then_some(()))
        .await;
    assert!(!waiting.is_finished());
    held.pop();
    assert_eq!(soon("its turn", waiting).await.unwrap().status, 200);
    drop(held);
    target.assert_nothing_ran().await;
}

#[tokio::test]
async fn one_address_cannot_take_all_connections() {
    let target =
        Target::with([("SWAIG_MAX_CONNECTIONS", "4"), ("SWAIG_MAX_CONNECTIONS_PER_ADDRESS", "2")]).await;
    let held = held(target.employee.address(), 2).await;
    let refused = Row::new("one too many", target.head("GET /health", ""), &[&[]]);
    assert!(answers(&target, &refused).await.is_empty());
    // Another address of this machine is another client.
    let health = other_client(&target, "GET /health").await;
    assert!(health.starts_with("HTTP/1.1 200"), "{health}");
    let figures = other_client(&target, "GET /metrics").await;
    let refusals = figures.lines().find(|line| line.starts_with("swaig_connections_refused_total "));
    assert_eq!(refusals, Some("swaig_connections_refused_total 1"), "{figures}");
    drop(held);
    soon("a place", async { while answers(&target, &refused).await.is_empty() {} }).await;
}

/// What a client with another address gets.
async fn other_client(target: &Target, line: &str) -> String {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind("127.0.0.2:0".parse().expect("an address")).expect("all of 127.0.0.0/8 is this machine");
    let mut stream =
        soon("a connection", socket.connect(target.employee.address())).await.expect("it listens");
    stream.write_all(target.head(line, "").as_bytes()).await.expect("the server reads");
    let mut answer = String::new();
    soon("an answer", stream.read_to_string(&mut answer)).await.expect("the answer is whole");
    answer
}
