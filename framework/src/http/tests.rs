//! Limits and refusals, against servers on loopback.

use std::net::{IpAddr, SocketAddr};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::address::{is_public, public_of};
use super::*;

/// A server for one request. It returns the request, once the client has gone.
async fn server(answer: &'static str) -> (Url, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/path?agent_id=7", listener.local_addr().unwrap());
    let request = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        while !request.windows(4).any(|it| it == b"\r\n\r\n")
            && stream.read_buf(&mut request).await.unwrap() > 0
        {}
        stream.write_all(answer.as_bytes()).await.unwrap();
        // What comes with a body arrives in one piece with its head or after it; both end with the connection.
        let _ = stream.read_to_end(&mut request).await;
        String::from_utf8(request).unwrap()
    });
    (Url::parse(&url).unwrap(), request)
}

fn any() -> HttpClient {
    HttpClient::new(AddressPolicy::AnyAddress)
}

async fn failure(client: &HttpClient, url: &str) -> HttpError {
    client.get(&Url::parse(url).unwrap()).send().await.unwrap_err()
}

#[tokio::test]
async fn a_form_and_credentials_are_sent_as_servers_read_them() {
    let (url, request) = server(FINE).await;
    let form = [("To", "+1555"), ("Body", "a & b\u{e9}")];
    let sent = any().post(&url).form(form).basic_auth("sw", &"p@ss:/".into()).send().await;
    assert_eq!(sent.unwrap().status(), 200);
    let request = request.await.unwrap();
    assert!(request.contains("\r\nauthorization: Basic c3c6cEBzczov\r\n"), "{request}");
    assert!(request.contains("\r\ncontent-type: application/x-www-form-urlencoded\r\n"), "{request}");
    assert!(request.ends_with("\r\n\r\nTo=%2B1555&Body=a+%26+b%C3%A9"), "{request}");
}

#[test]
fn what_may_have_been_done_is_told_from_what_was_surely_not() {
    // What failed, whether it may have been done, whether the server is at fault.
    let limit = Duration::from_secs(1);
    for (error, unknown, failure) in [
        (HttpError::Timeout { connecting: true, limit }, false, true),
        (HttpError::Timeout { connecting: false, limit }, true, true),
        (HttpError::Status { status: 500 }, true, true),
        (HttpError::Status { status: 429 }, false, true),
        (HttpError::Status { status: 422 }, false, false),
        (HttpError::NotText, true, true),
        (HttpError::NotWeb, false, false),
    ] {
        assert_eq!((error.effect_unknown(), error.is_failure()), (unknown, failure), "{error:?}");
    }
}

const FINE: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 7\r\nConnection: close\r\n\r\n{\"a\":1}";

#[tokio::test]
async fn credentials_of_the_url_are_sent_as_basic_and_not_in_the_target() {
    let (mut url, request) = server(FINE).await;
    url.set_username("sw").unwrap();
    url.set_password(Some("p%40ss%3A%2F")).unwrap();
    let reply = any().post(&url).json(&json!({"b": [2]})).send().await.unwrap().success().unwrap();
    assert_eq!((reply.status(), reply.content_type()), (200, Some("application/json")));
    assert_eq!((reply.text().unwrap(), reply.json::<Value>().unwrap()), ("{\"a\":1}", json!({"a": 1})));
    assert_eq!(format!("{reply:?}").matches("\"a\"").count(), 0);
    let request = request.await.unwrap().to_ascii_lowercase();
    assert!(request.starts_with("post /path?agent_id=7 http/1.1\r\n"), "{request}");
    // sw:p@ss:/
    assert!(request.contains("\r\nauthorization: basic c3c6cebzczov\r\n"), "{request}");
    assert!(
        request.contains("\r\ncontent-type: application/json\r\n") && request.ends_with("{\"b\":[2]}"),
        "{request}"
    );
}

#[tokio::test]
async fn an_answer_that_is_no_success_says_what_to_do() {
    for (answer, expected) in [
        (
            "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
            "302; redirects are not followed",
        ),
        ("HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", "401; check the user name"),
        ("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", "404; check the path"),
        ("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", "500; look at that server's log"),
    ] {
        let (url, _request) = server(answer).await;
        let error = any().get(&url).send().await.unwrap().success().unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[tokio::test]
async fn time_and_size_are_limited() {
    let (url, _request) = server("").await;
    let client = any().timeout(Duration::from_millis(50));
    let error = client.get(&url).send().await.unwrap_err();
    assert!(matches!(error, HttpError::Timeout { connecting: false, .. }), "{error:?}");
    assert!(error.to_string().contains("within 0.05 s"), "{error}");

    // Half a body is no answer.
    let (url, _request) = server("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{").await;
    let error = client.get(&url).send().await.unwrap_err();
    assert!(matches!(error, HttpError::Timeout { .. }), "{error:?}");
    // A call that waits has less time than the client.
    let (url, _request) = server("").await;
    let error = any().get(&url).timeout(Duration::from_millis(20)).send().await.unwrap_err();
    assert!(error.to_string().contains("within 0.02 s"), "{error}");

    for (limit, fits) in [(7, true), (6, false)] {
        let (url, _request) = server(FINE).await;
        let outcome = any().limit(limit).get(&url).send().await;
        assert_eq!(outcome.is_ok(), fits);
        assert!(fits || matches!(outcome.unwrap_err(), HttpError::TooLarge { limit: 6 }));
    }
}

#[tokio::test]
async fn no_failure_shows_the_url() {
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let error = failure(&any(), &format!("http://sw:hunter2@{gone}/?token=hunter2")).await;
    assert!(matches!(error, HttpError::Connect(_)), "{error:?}");
    assert!(!format!("{error:?} {error}").contains("hunter2"), "{error:?}");
    assert!(matches!(failure(&any(), "ftp://sw:hunter2@host/").await, HttpError::NotWeb));
    assert_eq!(
        shown(&Url::parse("https://sw:hunter2@example.com/a/swaig?token=hunter2#x").unwrap()),
        "https://example.com/a/swaig?…"
    );
    let (url, _request) = server(FINE).await;
    let error = any().get(&url).header("x", "a\nb").send().await.unwrap_err();
    assert!(matches!(error, HttpError::Request(_)), "{error:?}");
}

#[tokio::test]
async fn only_public_addresses_are_asked_when_the_policy_says_so() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let client = HttpClient::new(AddressPolicy::PublicOnly);
    // All ways to write loopback, and a name that leads there.
    for host in [
        "127.0.0.1",
        "127.1",
        "0x7f000001",
        "2130706433",
        "127.0.0.1.",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0",
        "localhost",
    ] {
        for scheme in ["http", "https"] {
            let error = failure(&client, &format!("{scheme}://{host}:{port}/")).await;
            assert!(matches!(error, HttpError::NotPublic { .. }), "{host}: {error:?}");
        }
    }
    // Nothing has knocked.
    assert!(tokio::time::timeout(Duration::ZERO, listener.accept()).await.is_err());
}

#[test]
fn of_the_addresses_of_a_name_only_the_public_ones_are_used() {
    let addresses =
        |texts: &[&str]| texts.iter().map(|it| SocketAddr::new(it.parse().unwrap(), 0)).collect::<Vec<_>>();
    let mixed = addresses(&["10.0.0.1", "8.8.8.8", "fd00::1"]);
    assert_eq!(public_of("mixed.example", mixed.into_iter()).unwrap(), addresses(&["8.8.8.8"]));
    assert!(public_of("inside.example", addresses(&["10.0.0.1", "::1"]).into_iter()).is_err());
}

#[test]
fn what_is_public() {
    let special = [
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.31.196.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "::10.0.0.1",
        "64:ff9b::10.0.0.1",
        "64:ff9b:1::8.8.8.8",
        "100::1",
        "2001::1",
        "2001:10::1",
        "2001:db8::1",
        "2002:0a00:0001::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "febf::1",
        "fec0::1",
        "ff02::1",
    ];
    let public = [
        "1.1.1.1",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.1",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.1",
        "169.253.255.255",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.1",
        "192.167.255.255",
        "192.169.0.1",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8",
        "2001:200::1",
        "2001:4860:4860::8888",
        "2002:0808:0808::1",
        "2606:4700::1111",
        "2a00:1450::1",
    ];
    for (addresses, expected) in [(&special[..], false), (&public[..], true)] {
        for address in addresses {
            assert_eq!(is_public(address.parse::<IpAddr>().unwrap()), expected, "{address}");
        }
    }
}
