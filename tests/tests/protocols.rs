//! HTTP/1.1 with kept connections, and HTTP/2 that is spoken at once, on the same port.

use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::{http1, http2};
use hyper::{Request, Version};
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::{Value, json};
use swaig_tests::{Answer, Employee, function_request, soon};
use tokio::net::TcpStream;

fn send_mfa() -> Value {
    let mut body = function_request("send_mfa", &json!({}));
    body["caller_id_num"] = "+15551230000".into();
    body
}

/// A request as HTTP/2 writes it: the address is part of it.
fn absolute(employee: &Employee, method: &str, path: &str, body: impl Into<Bytes>) -> Request<Full<Bytes>> {
    Request::builder()
        .method(method)
        .uri(format!("http://{}{path}", employee.address()))
        .header("authorization", employee.credentials().basic())
        .body(Full::new(body.into()))
        .expect("the request is well formed")
}

#[tokio::test]
async fn one_connection_of_http_1_serves_many_requests() {
    let employee = Employee::sandbox().await;
    let stream = TcpStream::connect(employee.address()).await.unwrap();
    let (mut sender, connection) = http1::handshake::<_, Full<Bytes>>(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let client = employee.client();
    let requests = [
        ("GET", "/mfa", Bytes::new(), 200),
        ("POST", "/mfa/swaig", send_mfa().to_string().into(), 200),
        ("HEAD", "/mfa", Bytes::new(), 200),
        ("GET", "/nobody", Bytes::new(), 404),
        ("POST", "/mfa/swaig", "no json".into(), 400),
        ("DELETE", "/mfa", Bytes::new(), 405),
        ("GET", "/health", Bytes::new(), 200),
    ];
    for (method, path, body, expected) in requests {
        soon("the connection to be free", sender.ready()).await.unwrap();
        let request = client.request(method, path, &[], body);
        let response = soon("an answer", sender.send_request(request)).await.unwrap();
        assert_eq!(
            (response.status().as_u16(), response.version()),
            (expected, Version::HTTP_11),
            "{method} {path}"
        );
        Answer::read(response).await;
    }
}

#[tokio::test]
async fn http_2_serves_a_document_and_a_function_call_at_once() {
    let employee = Employee::sandbox().await;
    let stream = TcpStream::connect(employee.address()).await.unwrap();
    let (sender, connection) =
        http2::handshake::<_, _, Full<Bytes>>(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let ask = |method, path, body: String| {
        let (mut sender, request) = (sender.clone(), absolute(&employee, method, path, body));
        async move {
            let response = soon("an answer", sender.send_request(request)).await.unwrap();
            assert_eq!(response.version(), Version::HTTP_2);
            Answer::read(response).await
        }
    };
    let (document, reply, refusal) = futures_util::future::join3(
        ask("GET", "/mfa", String::new()),
        ask("POST", "/mfa/swaig", send_mfa().to_string()),
        ask("POST", "/mfa/swaig", "[]".to_owned()),
    )
    .await;
    assert_eq!(document.status, 200);
    assert_eq!(document.json(), employee.client().get("/mfa").await.json());
    assert_eq!((reply.status, &reply.json()["response"]), (200, &json!("6 digit number sent")));
    assert_eq!(refusal.status, 400);
    let large = ask("POST", "/mfa/swaig", " ".repeat((2 << 20) + 1)).await;
    assert_eq!(large.status, 413);
    // The connection outlives all of it.
    assert_eq!(ask("GET", "/ready", String::new()).await.status, 200);
}

#[tokio::test]
async fn head_over_http_2_has_no_body_either() {
    let employee = Employee::sandbox().await;
    for path in ["/mfa", "/health", "/nobody"] {
        let stream = TcpStream::connect(employee.address()).await.unwrap();
        let (mut sender, connection) =
            http2::handshake::<_, _, Full<Bytes>>(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        let request = absolute(&employee, "HEAD", path, "");
        let answer = Answer::read(soon("an answer", sender.send_request(request)).await.unwrap()).await;
        assert_eq!(answer.body.len(), 0, "{path}");
    }
}

#[tokio::test]
async fn http_2_needs_credentials_too() {
    let employee = Employee::sandbox().await;
    let stream = TcpStream::connect(employee.address()).await.unwrap();
    let (mut sender, connection) =
        http2::handshake::<_, _, Full<Bytes>>(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let mut request = absolute(&employee, "GET", "/mfa", "");
    request.headers_mut().remove("authorization");
    let answer = Answer::read(soon("an answer", sender.send_request(request)).await.unwrap()).await;
    assert_eq!(answer.status, 401);
}

#[tokio::test]
async fn head_answers_like_get_without_the_body() {
    let employee = Employee::sandbox().await;
    for path in ["/mfa", "/mfa/events", "/health", "/ready", "/metrics"] {
        let head = employee.client().send("HEAD", path, &[], "").await;
        assert_eq!((head.status, head.body.len()), (200, 0), "{path}");
        if path != "/mfa/events" && path != "/metrics" {
            let got = employee.client().get(path).await;
            assert_eq!(head.header("content-type"), got.header("content-type"), "{path}");
            assert_eq!(head.header("content-length"), got.body.len().to_string(), "{path}");
        }
    }
}

#[tokio::test]
async fn what_a_browser_must_not_keep_or_guess_is_marked() {
    let employee = Employee::sandbox().await;
    for path in ["/mfa", "/console", "/health", "/metrics", "/nobody"] {
        let answer = employee.client().get(path).await;
        assert!(answer.header("cache-control").contains("no-store"), "{path}: {:?}", answer.headers);
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert!(!answer.header("content-type").is_empty(), "{path}");
    }
}
