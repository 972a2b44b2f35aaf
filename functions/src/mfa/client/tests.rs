//! The client against a scripted server that speaks raw bytes: every status, every fault.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use swaig::PhoneNumber;
use swaig::http::tls;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use reqwest::header::HeaderValue;

const ID: &str = "3fa85f64-5717-4562-b3fc-2c963f66afa6";
const NUMBER: &str = "+15554422333";
const TOKEN: &str = "012345";
const API_TOKEN: &str = "PTsecret";

/// What the server does with a request once it has read it.
enum Act {
    Answer(String),
    /// Closes so that the client sees a reset.
    Reset,
    /// Keeps the connection and says nothing.
    Silence,
    /// Answers with a body that never ends.
    Flood(&'static str),
    /// Closes without having read anything, as a server does that dislikes the TLS handshake.
    HangUp,
}

/// A server on a free port that does one thing, and what it has seen, a string a connection.
struct Upstream {
    url: Url,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Upstream {
    async fn start(act: Act) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                log.lock().unwrap().push(String::new());
                if matches!(act, Act::HangUp) {
                    continue;
                }
                let request = read_request(&mut stream).await;
                *log.lock().unwrap().last_mut().unwrap() = request;
                match &act {
                    Act::Answer(answer) => {
                        // This server closes after each answer, and says so as a server does.
                        let answer = answer.replacen("\r\n", "\r\nconnection: close\r\n", 1);
                        stream.write_all(answer.as_bytes()).await.unwrap();
                    }
                    Act::Reset => stream.set_zero_linger().unwrap(),
                    Act::Silence => while stream.read(&mut [0; 64]).await.is_ok_and(|n| n > 0) {},
                    Act::Flood(status) => {
                        let head = format!("HTTP/1.1 {status}\r\ncontent-length: 20000000\r\n\r\n");
                        stream.write_all(head.as_bytes()).await.unwrap();
                        while stream.write_all(&[b' '; 4096]).await.is_ok() {}
                    }
                    Act::HangUp => unreachable!(),
                }
            }
        });
        Self { url: url.parse().unwrap(), seen }
    }

    async fn answering(status: &str, body: &str) -> Self {
        let length = body.len();
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\n\r\n{body}");
        Self::start(Act::Answer(answer)).await
    }

    fn requests(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }

    fn client(&self) -> MfaClient {
        MfaClient::new(self.url.clone(), credentials()).unwrap()
    }

    /// A client whose patience ends soon, for servers that never answer.
    fn hurried_client(&self) -> MfaClientBuilder {
        MfaClient::builder(self.url.clone(), credentials()).timeout(Duration::from_millis(200))
    }
}

async fn read_request(stream: &mut TcpStream) -> String {
    let mut request = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&request);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "))
                .map_or(0, |n| n.parse().unwrap());
            if body.len() >= length {
                return text.into_owned();
            }
        }
        if stream.read_buf(&mut request).await.unwrap_or(0) == 0 {
            return String::from_utf8_lossy(&request).into_owned();
        }
    }
}

fn credentials() -> Credentials {
    Credentials::new("project", API_TOKEN.into())
}

fn request() -> SendRequest {
    SendRequest::new(PhoneNumber::parse(NUMBER).unwrap())
}

fn id() -> RequestId {
    RequestId::parse(ID).unwrap()
}

async fn send(client: &MfaClient) -> Result<Ticket, MfaError> {
    client.send(Channel::Sms, &request()).await
}

async fn verify(client: &MfaClient) -> Result<Verdict, MfaError> {
    client.verify(&id(), &TOKEN.into()).await
}

/// The error of sending and that of verifying, which must be the same kind, with no secret in it.
#[track_caller]
fn assert_same(sent: Result<Ticket, MfaError>, verified: Result<Verdict, MfaError>) -> MfaError {
    let (sent, verified) = (sent.unwrap_err(), verified.unwrap_err());
    assert_eq!(sent.to_string(), verified.to_string());
    for error in [&sent, &verified] {
        let mut text = format!("{error:?}");
        let mut source: Option<&dyn std::error::Error> = Some(error);
        while let Some(error) = source {
            text.push_str(&error.to_string());
            source = error.source();
        }
        for secret in [NUMBER, &NUMBER[1..], TOKEN, API_TOKEN, ID] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
    sent
}

async fn error_for(status: &str, body: &str) -> MfaError {
    let upstream = Upstream::answering(status, body).await;
    let client = upstream.client();
    let error = assert_same(send(&client).await, verify(&client).await);
    assert_eq!(upstream.requests().len(), 2, "a request was repeated: {error}");
    error
}

fn ticket_body() -> String {
    format!(r#"{{"id":"{ID}","success":true,"to":"{NUMBER}","channel":"sms"}}"#)
}

// ---- what is sent

#[tokio::test]
async fn requests_share_a_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    // One connection is accepted, and none after it.
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        for _ in 0..3 {
            read_request(&mut stream).await;
            let answer = "HTTP/1.1 200 OK\r\ncontent-length: 17\r\n\r\n{\"success\":false}";
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    let client = MfaClient::builder(base, credentials()).timeout(Duration::from_secs(3)).build().unwrap();
    for _ in 0..3 {
        assert_eq!(verify(&client).await.unwrap(), Verdict::WrongToken);
    }
    server.await.unwrap();
}

#[tokio::test]
async fn a_send_is_these_bytes() {
    let upstream = Upstream::answering("200 OK", &ticket_body()).await;
    let request = SendRequest {
        from: Some(PhoneNumber::parse("+15551110000").unwrap()),
        message: Some(Message::parse("Your number to verify is: ").unwrap()),
        ..request()
    };
    let ticket = upstream.client().send(Channel::Sms, &request).await.unwrap();
    assert_eq!((ticket.id, ticket.channel), (id(), Channel::Sms));
    let body = concat!(
        r#"{"to":"+15554422333","from":"+15551110000","message":"Your number to verify is: ","#,
        r#""token_length":6,"valid_for":7200,"max_attempts":4,"allow_alphas":false}"#
    );
    assert_request(&upstream, "sms", body);
}

#[tokio::test]
async fn a_call_without_message_and_from_leaves_them_out() {
    let upstream = Upstream::answering("201 Created", &ticket_body()).await;
    upstream.client().send(Channel::Call, &request()).await.unwrap();
    let body =
        r#"{"to":"+15554422333","token_length":6,"valid_for":7200,"max_attempts":4,"allow_alphas":false}"#;
    assert_request(&upstream, "call", body);
}

#[tokio::test]
async fn a_verify_is_these_bytes_and_keeps_the_leading_zero() {
    let upstream = Upstream::answering("200 OK", r#"{"success":true}"#).await;
    assert_eq!(verify(&upstream.client()).await.unwrap(), Verdict::Accepted);
    let body = r#"{"token":"012345"}"#;
    let path = format!("{ID}/verify");
    assert_request(&upstream, &path, body);
}

/// One request with exactly these headers; their order is the HTTP library's business.
#[track_caller]
fn assert_request(upstream: &Upstream, path: &str, body: &str) {
    let requests = upstream.requests();
    let [request] = requests.as_slice() else { panic!("{requests:?}") };
    let (head, sent) = request.split_once("\r\n\r\n").unwrap();
    let mut lines = head.split("\r\n");
    assert_eq!(lines.next().unwrap(), format!("POST /api/relay/rest/mfa/{path} HTTP/1.1"));
    let mut headers: Vec<&str> = lines.collect();
    headers.sort_unstable();
    let url = &upstream.url;
    assert_eq!(
        headers,
        [
            "accept: application/json",
            // project:PTsecret
            "authorization: Basic cHJvamVjdDpQVHNlY3JldA==",
            &format!("content-length: {}", body.len()),
            "content-type: application/json",
            &format!("host: {}:{}", url.host_str().unwrap(), url.port().unwrap()),
            concat!("user-agent: swaig/", env!("CARGO_PKG_VERSION")),
        ]
    );
    assert_eq!(sent, body);
}

#[tokio::test]
async fn what_is_not_valid_is_not_sent() {
    let upstream = Upstream::answering("200 OK", &ticket_body()).await;
    let client = upstream.client();
    let long = SendRequest { message: Some(Message::parse(&"a".repeat(200)).unwrap()), ..request() };
    let error = client.send(Channel::Sms, &long).await.unwrap_err();
    assert!(matches!(error, MfaError::Invalid(InvalidRequest::MessageTooLong { .. })));
    for token in ["", "123", "123456789012345678901"] {
        let error = client.verify(&id(), &token.into()).await.unwrap_err();
        assert!(matches!(error, MfaError::Invalid(InvalidRequest::NotAToken)));
        assert_eq!(error.outcome(), Outcome::Refused);
    }
    assert_eq!(upstream.requests(), [""; 0]);
}

// ---- what comes back

#[tokio::test]
async fn success_false_is_not_queued_or_a_wrong_token() {
    let upstream = Upstream::answering("200 OK", r#"{"success":false}"#).await;
    let error = send(&upstream.client()).await.unwrap_err();
    assert!(matches!(error, MfaError::NotQueued), "{error:?}");
    assert!(!error.effect_unknown());
    assert_eq!(verify(&upstream.client()).await.unwrap(), Verdict::WrongToken);
}

#[tokio::test]
async fn not_found_is_a_dead_code_or_a_wrong_address() {
    for body in [r#"{"error":"Not Found"}"#, "", "<html>"] {
        let upstream = Upstream::answering("404 Not Found", body).await;
        assert_eq!(verify(&upstream.client()).await.unwrap(), Verdict::Gone);
        let error = send(&upstream.client()).await.unwrap_err();
        assert!(matches!(error, MfaError::Unexpected { status: 404 }), "{error:?}");
    }
}

#[tokio::test]
async fn bad_credentials_are_told_apart_from_a_missing_scope() {
    let error = error_for("401 Unauthorized", r#"{"error":"Unauthorized"}"#).await;
    assert!(matches!(error, MfaError::Unauthorized), "{error:?}");
    assert_eq!(error.outcome(), Outcome::Unavailable);
    let error = error_for("403 Forbidden", "<html>no</html>").await;
    assert!(matches!(error, MfaError::Forbidden), "{error:?}");
}

#[tokio::test]
async fn a_refusal_says_what_is_wrong_in_either_form() {
    let forms = [
        r#"{"errors":[{"detail":"To +15554422333 must be valid","status":"422","title":"Invalid Attribute","code":"422"}]}"#,
        r#"{"errors":[{"type":"validation","code":"bad","message":"To +15554422333 must be valid","attribute":"to","url":"u"}]}"#,
        r#"{"error":"To +15554422333 must be valid"}"#,
    ];
    for (status, body) in [
        ("422 Unprocessable Entity", forms[0]),
        ("422 Unprocessable Entity", forms[1]),
        ("400 Bad Request", forms[2]),
    ] {
        let error = error_for(status, body).await;
        assert_eq!(error.to_string(), "the MFA API refused the request: To +••••••••••• must be valid");
        assert_eq!(error.outcome(), Outcome::Refused);
        assert!(!error.effect_unknown());
    }
    for body in ["", "<html>"] {
        let error = error_for("422 Unprocessable Entity", body).await;
        assert_eq!(error.to_string(), "the MFA API refused the request");
    }
}

#[tokio::test]
async fn a_rate_limit_says_how_long_to_wait() {
    let later = SystemTime::now() + Duration::from_hours(1);
    let date = httpdate::fmt_http_date(later);
    for (header, range) in [
        ("retry-after: 7\r\n".to_owned(), Some(7..=7)),
        (format!("Retry-After: {date}\r\n"), Some(3_500..=3_600)),
        ("retry-after: soon\r\n".to_owned(), None),
        (String::new(), None),
    ] {
        let answer = format!("HTTP/1.1 429 Too Many Requests\r\n{header}content-length: 0\r\n\r\n");
        let upstream = Upstream::start(Act::Answer(answer)).await;
        let client = upstream.client();
        let error = assert_same(send(&client).await, verify(&client).await);
        let MfaError::RateLimited { retry_after } = error else { panic!("{error:?}") };
        match (range, retry_after) {
            (Some(range), Some(wait)) => assert!(range.contains(&wait.as_secs()), "{wait:?}"),
            (None, None) => {}
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_date_to_retry_after_that_has_passed_is_now() {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
    let wait = |value: &'static str| {
        let headers = HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static(value))]);
        retry_after(&headers, now)
    };
    let seconds = |n| Some(Duration::from_secs(n));
    assert_eq!(wait("Sun, 06 Nov 1994 08:49:47 GMT"), seconds(10));
    assert_eq!(wait("Sun, 06 Nov 1994 08:49:36 GMT"), seconds(0));
    assert_eq!(wait("99999999999999999999"), None);
}

#[tokio::test]
async fn a_failing_server_leaves_the_effect_unknown_and_is_not_asked_again() {
    for (status, number) in [("500 Internal Server Error", 500), ("503 Service Unavailable", 503)] {
        for body in [r#"{"error":"Internal Server Error"}"#, "<html>", ""] {
            let error = error_for(status, body).await;
            assert!(matches!(error, MfaError::Server { status } if status == number));
            assert!(error.effect_unknown());
            assert_eq!(error.outcome(), Outcome::Unavailable);
        }
    }
}

#[tokio::test]
async fn a_good_status_with_a_strange_body_leaves_the_effect_unknown() {
    for body in ["", "<html>ok</html>", "[]", "{}", r#"{"success":"+15554422333"}"#] {
        let error = error_for("200 OK", body).await;
        assert!(matches!(error, MfaError::Decode(_)), "{error:?}");
        assert!(error.effect_unknown());
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let target = Upstream::answering("200 OK", &ticket_body()).await;
    let answer =
        format!("HTTP/1.1 307 Temporary Redirect\r\nlocation: {}\r\ncontent-length: 0\r\n\r\n", target.url);
    let upstream = Upstream::start(Act::Answer(answer)).await;
    let client = upstream.client();
    let error = assert_same(send(&client).await, verify(&client).await);
    assert!(matches!(error, MfaError::Unexpected { status: 307 }), "{error:?}");
    assert_eq!(target.requests(), [""; 0]);
}

// ---- what goes wrong on the way

#[tokio::test]
async fn a_body_beyond_the_cap_is_not_read_on() {
    let upstream = Upstream::start(Act::Flood("200 OK")).await;
    let client = upstream.client();
    let error = assert_same(send(&client).await, verify(&client).await);
    assert!(matches!(error, MfaError::TooLarge { limit: 65_536 }), "{error:?}");
    assert!(error.effect_unknown());
}

#[tokio::test]
async fn an_error_with_an_endless_body_is_still_that_error() {
    for (status, expected) in [
        ("401 Unauthorized", "the MFA API does not accept the credentials (401)"),
        ("422 Unprocessable Entity", "the MFA API refused the request"),
    ] {
        let upstream = Upstream::start(Act::Flood(status)).await;
        let client = upstream.client();
        let error = assert_same(send(&client).await, verify(&client).await);
        assert_eq!(error.to_string(), expected);
    }
}

#[tokio::test]
async fn a_reset_after_sending_is_not_retried() {
    let upstream = Upstream::start(Act::Reset).await;
    let client = upstream.client();
    let error = assert_same(send(&client).await, verify(&client).await);
    assert!(matches!(error, MfaError::Transport { sent: true, .. }), "{error:?}");
    assert!(error.effect_unknown());
    assert_eq!(upstream.requests().len(), 2);
}

#[tokio::test]
async fn a_body_that_breaks_off_leaves_the_effect_unknown() {
    let answer = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"success\":true".to_owned();
    let upstream = Upstream::start(Act::Answer(answer)).await;
    let client = upstream.client();
    let error = assert_same(send(&client).await, verify(&client).await);
    assert!(matches!(error, MfaError::Transport { sent: true, .. }), "{error:?}");
}

#[tokio::test]
async fn silence_ends_at_the_timeout_and_is_not_retried() {
    let upstream = Upstream::start(Act::Silence).await;
    let client = upstream.hurried_client().build().unwrap();
    let error = send(&client).await.unwrap_err();
    assert!(matches!(error, MfaError::Timeout { sent: true }), "{error:?}");
    assert!(error.effect_unknown());
    assert!(upstream.requests().len() <= 1);
}

#[tokio::test]
async fn a_refused_connection_has_sent_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url: Url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    drop(listener);
    let client = MfaClient::new(url, credentials()).unwrap();
    let error = assert_same(send(&client).await, verify(&client).await);
    assert!(matches!(error, MfaError::Transport { sent: false, .. }), "{error:?}");
    assert!(!error.effect_unknown());
}

fn over_tls(upstream: &Upstream) -> Url {
    upstream.url.as_str().replace("http:", "https:").parse().unwrap()
}

#[tokio::test]
async fn a_connection_that_cannot_be_made_is_tried_twice() {
    let upstream = Upstream::start(Act::HangUp).await;
    let client =
        MfaClient::builder(over_tls(&upstream), credentials()).tls(tls::none().unwrap()).build().unwrap();
    let error = send(&client).await.unwrap_err();
    assert!(matches!(error, MfaError::Transport { sent: false, .. }), "{error:?}");
    assert!(!error.effect_unknown());
    assert_eq!(upstream.requests().len(), 2);
}

#[tokio::test]
async fn a_handshake_that_never_ends_has_sent_nothing() {
    let upstream = Upstream::start(Act::Silence).await;
    let client = MfaClient::builder(over_tls(&upstream), credentials())
        .tls(tls::none().unwrap())
        .connect_timeout(Duration::from_millis(20))
        .build()
        .unwrap();
    let error = send(&client).await.unwrap_err();
    assert!(matches!(error, MfaError::Timeout { sent: false }), "{error:?}");
}

// ---- the breaker

#[tokio::test]
async fn an_api_that_fails_again_and_again_is_left_alone_by_all_who_share_the_client() {
    let upstream = Upstream::answering("503 Service Unavailable", "").await;
    let client = upstream.client();
    for _ in 0..2 {
        assert!(matches!(send(&client).await, Err(MfaError::Server { .. })));
        assert!(matches!(verify(&client.clone()).await, Err(MfaError::Server { .. })));
    }
    // Nothing of this is sent, so it says nothing about the API.
    let invalid = client.verify(&id(), &"1".into()).await;
    assert!(matches!(invalid, Err(MfaError::Invalid(_))));
    assert!(matches!(send(&client).await, Err(MfaError::Server { .. })));
    let error = assert_same(send(&client).await, verify(&client).await);
    assert!(matches!(error, MfaError::Open(_)), "{error:?}");
    assert_eq!(error.outcome(), Outcome::Unavailable);
    assert!(!error.effect_unknown());
    assert_eq!(upstream.requests().len(), 5);
    // Another account's client has a breaker of its own.
    assert!(matches!(send(&upstream.client()).await, Err(MfaError::Server { .. })));
}

#[tokio::test]
async fn an_api_that_refuses_is_asked_every_time_and_so_is_one_without_a_breaker() {
    for (status, failures, expected) in
        [("422 X", 5, 8), ("401 X", 5, 8), ("404 X", 5, 8), ("500 X", 0, 8), ("500 X", 2, 2)]
    {
        let upstream = Upstream::answering(status, "").await;
        let client = MfaClient::builder(upstream.url.clone(), credentials());
        let client = client.breaker_failures(failures).build().unwrap();
        for _ in 0..8 {
            assert!(send(&client).await.is_err());
        }
        assert_eq!(upstream.requests().len(), expected, "{status} {failures}");
    }
}

// ---- the client itself

#[test]
fn a_base_is_scheme_host_and_port() {
    let new = |base: &str| MfaClient::new(base.parse().unwrap(), credentials());
    assert!(new("http://127.0.0.1:1").is_ok());
    assert!(new("http://127.0.0.1:1/").is_ok());
    for base in [
        "ftp://host",
        "http://host/api",
        "http://host?a",
        "http://host#a",
        "http://user:pass@host",
        "mailto:a@b",
    ] {
        assert!(matches!(new(base), Err(ClientError::Base)), "{base}");
    }
}

#[test]
fn an_https_client_needs_nothing_but_the_machines_certificates() {
    let client = MfaClient::new("https://host".parse().unwrap(), credentials());
    assert!(matches!(client, Ok(_) | Err(ClientError::Tls(_))), "{client:?}");
}

#[test]
fn credentials_that_basic_cannot_carry_are_refused() {
    for (id, token) in [("", "PT"), ("a:b", "PT"), ("a", "")] {
        let credentials = Credentials::new(id, token.into());
        let client = MfaClient::new("http://host".parse().unwrap(), credentials);
        assert!(matches!(client, Err(ClientError::Credentials)));
    }
}

#[test]
fn debug_shows_no_secret() {
    let client = MfaClient::new("http://host".parse().unwrap(), credentials()).unwrap();
    let builder = MfaClient::builder("http://host".parse().unwrap(), credentials());
    let text = format!("{client:?} {builder:?} {:?} {:?}", credentials(), request());
    for secret in [API_TOKEN, "project\"", &NUMBER[1..]] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[test]
fn a_request_can_move_between_threads() {
    fn assert_send(_: impl Send) {}
    let client = MfaClient::new("http://host".parse().unwrap(), credentials()).unwrap();
    assert_send(send(&client));
    assert_send(verify(&client));
}
