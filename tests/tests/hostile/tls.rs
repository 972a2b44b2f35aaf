//! What is sent to a server that speaks TLS, and is not TLS, or not of these days.

use futures_util::future::join_all;
use swaig_tests::{Identity, Program, TlsClient, soon};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::row::to_the_end;

/// A greeting of a version of TLS before 1.2, with the cipher suites of its time.
fn old_greeting(minor: u8) -> Vec<u8> {
    let suites = [0x00, 0x2f, 0x00, 0x35, 0xc0, 0x13, 0xc0, 0x14];
    let hello = [&[3, minor][..], &[7; 32], &[0, 0, 8], &suites, &[1, 0]].concat();
    let length = u8::try_from(hello.len()).expect("a greeting is short");
    [&[0x16, 3, 1, 0, length + 4, 1, 0, 0, length][..], &hello].concat()
}

#[tokio::test]
async fn what_is_no_handshake_ends_its_connection_only() {
    let identity = Identity::default();
    let employee =
        Program::new(["--listen", "127.0.0.1:0"]).tls(&identity.chain, &identity.key).serve().await;
    let client = TlsClient::new(&identity.root, &["http/1.1"]);
    let good = "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let alert = |level: u8, kind: u8| vec![0x15, 3, 3, 0, 2, level, kind];
    // What is written, whether the client ends its side, and whether an alert comes back before the end.
    let table: Vec<(&str, Vec<u8>, bool, bool)> = vec![
        ("plain HTTP", good.into(), false, true),
        ("plain HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), false, true),
        ("TLS 1.0", old_greeting(1), false, true),
        ("TLS 1.1", old_greeting(2), false, true),
        ("SSL 3", old_greeting(0), false, true),
        ("SSL 2", b"\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10\x01\x00\x80".to_vec(), true, true),
        ("zeros", vec![0; 10_000], false, true),
        ("noise", (0..10_000_u32).map(|it| (it * 7919 % 251) as u8).collect(), false, true),
        ("half a greeting", old_greeting(3)[..20].to_vec(), true, false),
        ("a record of 65,535 bytes", [&[0x16, 3, 1, 0xff, 0xff][..], &[1; 100]].concat(), false, true),
        ("a greeting of 16 megabytes", [0x16, 3, 1, 0, 4, 1, 0xff, 0xff, 0xff].to_vec(), true, true),
        ("an alert first", alert(2, 40), false, false),
        ("data first", vec![0x17, 3, 3, 0, 3, 1, 2, 3], false, true),
        ("nothing", Vec::new(), true, false),
    ];
    let mut wrong = Vec::new();
    for (what, bytes, ends, alerted) in table {
        let mut stream = TcpStream::connect(employee.address()).await.unwrap();
        let _ = stream.write_all(&bytes).await;
        if ends {
            let _ = stream.shutdown().await;
        }
        let answer = soon(what, to_the_end(&mut stream)).await;
        // A reset may lose the alert.
        if !(answer.is_empty() || alerted && answer[0] == 0x15) {
            wrong.push(format!("{what}: {answer:x?}"));
        }
        let answer = client.exchange(employee.address(), good).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "after {what}: {answer}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_handshake_that_does_not_go_on_is_cut_off() {
    let identity = Identity::default();
    let employee =
        Program::new(["--listen", "127.0.0.1:0"]).tls(&identity.chain, &identity.key).serve().await;
    let client = TlsClient::new(&identity.root, &["http/1.1"]);
    let stalled = [Vec::new(), vec![0x16], old_greeting(3)[..30].to_vec()].map(|bytes| async {
        let bytes = bytes;
        let mut stream = TcpStream::connect(employee.address()).await.unwrap();
        stream.write_all(&bytes).await.unwrap();
        soon("the end of a stalled handshake", to_the_end(&mut stream)).await
    });
    // And one that shook hands, and then says nothing.
    let silent = async {
        let mut stream = client.connect(employee.address()).await.unwrap();
        let mut answer = Vec::new();
        let _ = soon("the end of a silent connection", stream.read_to_end(&mut answer)).await;
        answer
    };
    let alive = async {
        let good = "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        client.exchange(employee.address(), good).await.unwrap()
    };
    let (stalled, silent, alive) = tokio::join!(join_all(stalled), silent, alive);
    assert!(alive.starts_with("HTTP/1.1 200"), "{alive}");
    assert!(silent.is_empty() && stalled.iter().all(Vec::is_empty), "{silent:?} {stalled:?}");
}
