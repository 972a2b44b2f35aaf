//! HTTPS without a proxy: chain, protocols, versions, and a certificate that is replaced while the server runs.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body_util::Full;
use hyper::Request;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConnection, HandshakeKind};
use swaig_tests::{Answer, Employee, Identity, Program, TlsClient, soon};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

const HEALTH: &str = "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

/// The program, with these files as its certificate and key.
fn program(chain: &str, key: &str) -> Program {
    Program::new(["--listen", "127.0.0.1:0"]).tls(chain, key).set("SWML_BASIC_AUTH_PASSWORD", "try-me")
}

async fn employee(identity: &Identity) -> Employee {
    program(&identity.chain, &identity.key).serve().await
}

/// Whether the server shows a certificate of this root.
async fn shows(employee: &Employee, root: &CertificateDer<'static>) -> bool {
    let answer = TlsClient::new(root, &["http/1.1"]).exchange(employee.address(), HEALTH).await;
    match answer {
        Ok(answer) => {
            assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
            true
        }
        Err(error) => {
            assert!(error.to_string().contains("invalid peer certificate"), "{error}");
            false
        }
    }
}

#[tokio::test]
async fn a_document_comes_over_https_and_leads_back_over_https() {
    let identity = Identity::default();
    let employee = employee(&identity).await;
    let client = TlsClient::new(&identity.root, &["http/1.1"]);
    let request = format!(
        "GET /mfa HTTP/1.1\r\nHost: localhost\r\nAuthorization: {}\r\nConnection: close\r\n\r\n",
        employee.credentials().basic()
    );
    let answer = client.exchange(employee.address(), &request).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains(&format!("@{}/mfa/swaig", employee.address())), "{answer}");
    assert!(answer.contains("https://signalwire:") && !answer.contains("http://"), "{answer}");
    let first = &employee.stdout().lines()[0];
    assert_eq!(**first, format!("listening on https://{}", employee.address()));
    employee
        .log()
        .find("the address of the agent", |line| {
            line.contains(&format!("https://{}/mfa", employee.address())).then_some(())
        })
        .await;
}

#[tokio::test]
async fn the_protocol_is_agreed_on_in_the_handshake() {
    let identity = Identity::default();
    let employee = employee(&identity).await;
    for (offered, expected) in [
        (&["h2", "http/1.1"][..], Some(&b"h2"[..])),
        (&["http/1.1"], Some(b"http/1.1")),
        (&["http/1.1", "h2"], Some(b"h2")),
        (&[], None),
    ] {
        let client = TlsClient::new(&identity.root, offered);
        let stream = client.connect(employee.address()).await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), expected, "{offered:?}");
    }
    let unknown = TlsClient::new(&identity.root, &["gopher"]).connect(employee.address()).await;
    assert!(unknown.unwrap_err().to_string().contains("NoApplicationProtocol"));

    let stream = TlsClient::new(&identity.root, &["h2"]).connect(employee.address()).await.unwrap();
    let (mut sender, connection) =
        http2::handshake::<_, _, Full<Bytes>>(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let request = Request::get(format!("https://{}/mfa", employee.address()))
        .header("authorization", employee.credentials().basic())
        .body(Full::default());
    let response = soon("an answer", sender.send_request(request.unwrap())).await.unwrap();
    assert_eq!(Answer::read(response).await.json()["version"], "1.0.0");
    // Without an agreement both are told by their first bytes.
    let silent = TlsClient::new(&identity.root, &[]);
    assert!(silent.exchange(employee.address(), HEALTH).await.unwrap().starts_with("HTTP/1.1 200"));
    let stream = silent.connect(employee.address()).await.unwrap();
    let (mut sender, connection) =
        http2::handshake::<_, _, Full<Bytes>>(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let request = Request::get(format!("https://{}/health", employee.address())).body(Full::default());
    assert_eq!(soon("an answer", sender.send_request(request.unwrap())).await.unwrap().status(), 200);
}

#[tokio::test]
async fn tls_1_2_and_1_3_are_spoken() {
    let identity = Identity::default();
    let employee = employee(&identity).await;
    for version in [&TLS12, &TLS13] {
        let client = TlsClient::with_versions(&identity.root, &["http/1.1"], &[version]);
        let answer = client.exchange(employee.address(), HEALTH).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{version:?}: {answer}");
    }
}

#[tokio::test]
async fn a_client_that_comes_back_may_resume_and_gets_no_early_data() {
    let identity = Identity::default();
    let employee = employee(&identity).await;
    let client = TlsClient::with_versions(&identity.root, &["http/1.1"], &[&TLS13]);
    // The tickets come with the answer.
    client.exchange(employee.address(), HEALTH).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let mut again = ClientConnection::new(client.config(), name).unwrap();
    assert!(again.early_data().is_none(), "the ticket allows early data");
    client.exchange(employee.address(), HEALTH).await.unwrap();
    let stream = client.connect(employee.address()).await.unwrap();
    assert_eq!(stream.get_ref().1.handshake_kind(), Some(HandshakeKind::Resumed));
}

#[tokio::test]
async fn a_key_may_be_written_as_sec_1() {
    let identity = Identity::default();
    // PKCS#8 holds the other form: a sequence that begins with version 1 and 32 bytes.
    let start = identity.key_der.windows(5).position(|it| it == [2, 1, 1, 4, 32]).unwrap() - 2;
    let key = STANDARD.encode(&identity.key_der[start..]);
    let key = format!("-----BEGIN EC PRIVATE KEY-----\n{key}\n-----END EC PRIVATE KEY-----\n");
    let employee = program(&identity.chain, &key).serve().await;
    assert!(shows(&employee, &identity.root).await);
}

#[tokio::test]
async fn a_new_certificate_is_taken_while_the_server_runs() {
    let (old, new) = (Identity::default(), Identity::default());
    let program = program(&old.chain, &old.key);
    let folder = program.folder().to_owned();
    let employee = program.serve().await;
    assert!(shows(&employee, &old.root).await);
    // A connection that is open stays so.
    let stream = TlsClient::new(&old.root, &["http/1.1"]).connect(employee.address()).await.unwrap();
    let (mut kept, connection) = http1::handshake::<_, Full<Bytes>>(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let health = || employee.stranger().request("GET", "/health", &[], Bytes::new());
    assert_eq!(Answer::read(kept.send_request(health()).await.unwrap()).await.status, 200);

    std::fs::write(folder.join("chain.pem"), &new.chain).unwrap();
    employee.signal("HUP");
    employee
        .log()
        .find("that the two do not fit", |line| {
            (line.contains("the old one is kept") && line.contains("does not fit")).then_some(())
        })
        .await;
    assert!(shows(&employee, &old.root).await && !shows(&employee, &new.root).await);

    // Nobody tells it this time.
    std::fs::write(folder.join("key.pem"), &new.key).unwrap();
    employee.log().find("the new certificate", |line| line.contains("was read again").then_some(())).await;
    assert!(shows(&employee, &new.root).await && !shows(&employee, &old.root).await);

    for (name, text) in [("key.pem", "nonsense"), ("chain.pem", "")] {
        let before = employee.log().lines().len();
        std::fs::write(folder.join(name), text).unwrap();
        employee.signal("HUP");
        employee.log().find_after(before, "a warning", |line| line.contains(name).then_some(())).await;
        assert!(shows(&employee, &new.root).await, "{name}");
    }
    let before = employee.log().lines().len();
    std::fs::remove_file(folder.join("key.pem")).unwrap();
    employee.signal("HUP");
    employee.log().find_after(before, "a warning", |line| line.contains("cannot read").then_some(())).await;
    assert!(shows(&employee, &new.root).await);

    assert_eq!(soon("an answer", kept.send_request(health())).await.unwrap().status(), 200);
    let log = employee.log().lines().join("\n");
    assert!(!log.contains(new.key.lines().nth(1).unwrap()), "{log}");
}

#[tokio::test]
async fn a_certificate_that_cannot_be_used_stops_the_start_with_a_remedy() {
    let (one, other) = (Identity::default(), Identity::default());
    let half = |name: &str| {
        Program::new(["--listen", "127.0.0.1:0"]).set(name, "file.pem").file("file.pem", &one.chain)
    };
    let table = [
        (half("SWAIG_TLS_CERTIFICATE"), "SWAIG_TLS_KEY is missing: set it"),
        (half("SWAIG_TLS_KEY"), "SWAIG_TLS_CERTIFICATE is missing: set it"),
        (program(&one.chain, &other.key), "the key in key.pem does not fit the certificate in chain.pem"),
        (program(&one.key, &one.key), "chain.pem holds no certificate in PEM"),
        (program(&one.chain, &one.chain), "key.pem holds no private key in PEM"),
        (program("", &one.key), "chain.pem holds no certificate in PEM"),
        (program(&one.chain[..200], &one.key), "chain.pem is not valid PEM"),
        (
            program(&one.chain.replacen("MII", "AAA", 1), &one.key),
            "the certificate in chain.pem or the key in key.pem cannot be used",
        ),
        (program(&one.chain, &one.key).set("SWAIG_TLS_KEY", "nowhere.pem"), "cannot read nowhere.pem"),
    ];
    for (program, expected) in table {
        let ended = program.run().await;
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""), "{expected}: {}", ended.stderr);
        assert!(ended.stderr.contains("cannot serve https"), "{}", ended.stderr);
        assert!(ended.stderr.contains(expected), "{expected}: {}", ended.stderr);
    }
}

#[tokio::test]
async fn urls_are_rendered_as_the_server_would_emit_them() {
    let identity = Identity::default();
    let ended = program(&identity.chain, &identity.key).arguments(["render", "mfa"]).run().await;
    assert!(ended.stdout.contains("https://signalwire:"), "{}", ended.stdout);
}

#[tokio::test]
async fn a_stop_does_not_wait_for_a_handshake() {
    let identity = Identity::default();
    let mut employee = employee(&identity).await;
    let mut silent = TcpStream::connect(employee.address()).await.unwrap();
    // It was accepted before the one that is answered.
    assert!(shows(&employee, &identity.root).await);
    employee.signal("TERM");
    assert_eq!(employee.exit().await, Some(0));
    let read = silent.read(&mut [0]).await;
    assert!(matches!(read, Ok(0)) || read.is_err_and(|it| it.kind() == io::ErrorKind::ConnectionReset));
    assert!(!employee.log().to_end().await.iter().any(|line| line.contains("cut off")));
}
