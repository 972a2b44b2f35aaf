//! The sandbox through the real client, and with raw requests where the client is too polite.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use swaig::PhoneNumber;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::*;
use crate::mfa::client::{
    MaxAttempts, Message, MfaClient, MfaError, RequestId, SendRequest, TokenLength, ValidFor, Verdict,
};

const NUMBER: &str = "+15554422333";

/// A sandbox with a phone whose messages are kept and a clock that is set by hand.
struct Scene {
    sandbox: Sandbox,
    client: MfaClient,
    phone: Arc<Mutex<Vec<TextMessage>>>,
    seconds: Arc<AtomicU64>,
}

impl Scene {
    fn new() -> Self {
        let phone = Arc::new(Mutex::new(Vec::new()));
        let seconds = Arc::new(AtomicU64::new(0));
        let (inbox, clock, start) = (Arc::clone(&phone), Arc::clone(&seconds), Instant::now());
        let sandbox = Sandbox::start_with_clock(
            move |text| inbox.lock().unwrap().push(text),
            move || start + Duration::from_secs(clock.load(Ordering::SeqCst)),
        )
        .unwrap();
        let client = MfaClient::new(sandbox.base_url(), sandbox.credentials()).unwrap();
        Self { sandbox, client, phone, seconds }
    }

    async fn send(&self, request: &SendRequest) -> (RequestId, String) {
        let ticket = self.client.send(Channel::Sms, request).await.unwrap();
        (ticket.id, last_word(self.last_text().body.expose_secret()))
    }

    fn last_text(&self) -> TextMessage {
        self.phone.lock().unwrap().last().unwrap().clone()
    }

    async fn verify(&self, id: RequestId, token: &str) -> Verdict {
        self.client.verify(&id, &token.into()).await.unwrap()
    }

    /// One request as bytes, with good credentials unless told otherwise: status and body.
    async fn raw(&self, method: &str, path: &str, auth: Option<&str>, body: &str) -> (u16, Value) {
        let address = self.sandbox.base.socket_addrs(|| None).unwrap();
        let mut stream = TcpStream::connect(address.as_slice()).await.unwrap();
        let good = api::basic(&self.sandbox.credentials);
        let auth = auth.unwrap_or(&good);
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: x\r\nauthorization: {auth}\r\n\
             connection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, serde_json::from_str(body).unwrap())
    }

    async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        let path = format!("/api/relay/rest/mfa/{path}");
        self.raw("POST", &path, None, &body.to_string()).await
    }
}

fn last_word(text: &str) -> String {
    text.rsplit(' ').next().unwrap().to_owned()
}

/// A code of the same length that is not this one.
fn other_than(token: &str) -> String {
    let first = if token.starts_with('0') { '1' } else { '0' };
    format!("{first}{}", &token[1..])
}

fn request() -> SendRequest {
    SendRequest::new(PhoneNumber::parse(NUMBER).unwrap())
}

#[tokio::test]
async fn a_code_is_texted_and_verified_once() {
    let scene = Scene::new();
    let (id, token) = scene.send(&request()).await;
    let text = scene.last_text();
    assert_eq!((text.to.expose(), text.channel), (NUMBER, Channel::Sms));
    assert_eq!(text.body.expose_secret(), &*format!("Your Personal Authorization Code is: {token}"));
    assert!(!format!("{text:?}").contains(&token) && !format!("{text:?}").contains(NUMBER));
    assert!(token.len() == 6 && token.bytes().all(|b| b.is_ascii_digit()));

    assert_eq!(scene.verify(id, &other_than(&token)).await, Verdict::WrongToken);
    assert_eq!(scene.verify(id, &token).await, Verdict::Accepted);
    assert_eq!(scene.verify(id, &token).await, Verdict::Gone);
}

#[tokio::test]
async fn a_call_speaks_the_message_of_the_request() {
    let scene = Scene::new();
    let request = SendRequest {
        from: Some(PhoneNumber::parse("+15551110000").unwrap()),
        message: Some(Message::parse("Your number to verify is: ").unwrap()),
        token_length: TokenLength::MAX,
        ..request()
    };
    let ticket = scene.client.send(Channel::Call, &request).await.unwrap();
    assert_eq!(ticket.channel, Channel::Call);
    let text = scene.last_text();
    assert_eq!(text.channel, Channel::Call);
    let token = text.body.expose_secret().strip_prefix("Your number to verify is: ").unwrap();
    assert_eq!(token.len(), 20);
    assert_eq!(scene.verify(ticket.id, token).await, Verdict::Accepted);
}

#[tokio::test]
async fn the_attempts_are_those_of_the_request() {
    let scene = Scene::new();
    let request = SendRequest { max_attempts: MaxAttempts::try_from(2).unwrap(), ..request() };
    let (id, token) = scene.send(&request).await;
    let wrong = other_than(&token);
    assert_eq!(scene.verify(id, &wrong).await, Verdict::WrongToken);
    assert_eq!(scene.verify(id, &wrong).await, Verdict::WrongToken);
    assert_eq!(scene.verify(id, &token).await, Verdict::Gone);
}

#[tokio::test]
async fn a_code_expires_by_the_clock() {
    let scene = Scene::new();
    let request = SendRequest { valid_for: ValidFor::try_from(60).unwrap(), ..request() };
    let (id, token) = scene.send(&request).await;
    scene.seconds.store(59, Ordering::SeqCst);
    assert_eq!(scene.verify(id, &other_than(&token)).await, Verdict::WrongToken);
    scene.seconds.store(60, Ordering::SeqCst);
    assert_eq!(scene.verify(id, &token).await, Verdict::Gone);
}

#[tokio::test]
async fn a_second_code_leaves_the_first_one_valid() {
    let scene = Scene::new();
    let (first, first_token) = scene.send(&request()).await;
    let (second, second_token) = scene.send(&request()).await;
    assert_ne!(first, second);
    assert_eq!(scene.verify(second, &second_token).await, Verdict::Accepted);
    assert_eq!(scene.verify(first, &first_token).await, Verdict::Accepted);
}

#[tokio::test]
async fn an_unknown_id_is_gone() {
    let scene = Scene::new();
    let id = RequestId::parse("3fa85f64-5717-4562-b3fc-2c963f66afa6").unwrap();
    assert_eq!(scene.verify(id, "123456").await, Verdict::Gone);
    for id in ["x", "", "..", "3fa85f64"] {
        let (status, body) = scene.post(&format!("{id}/verify"), json!({"token":"123456"})).await;
        assert_eq!((status, body), (404, json!({"error":"Not Found"})), "{id}");
    }
}

#[tokio::test]
async fn letters_come_only_when_they_are_allowed() {
    let scene = Scene::new();
    let body = json!({"to": NUMBER, "token_length": 20, "allow_alphas": true});
    let (status, _) = scene.post("sms", body).await;
    assert_eq!(status, 200);
    let token = last_word(scene.last_text().body.expose_secret());
    assert!(token.bytes().any(|b| b.is_ascii_uppercase()), "{token}");
}

#[tokio::test]
async fn a_refusal_has_the_documented_form() {
    let scene = Scene::new();
    assert_eq!(
        scene.post("sms", json!({})).await,
        (
            422,
            json!({"errors":[{
                "detail": "To must be a valid E164 number",
                "status": "422",
                "title": "Invalid Attribute",
                "code": "422",
            }]})
        )
    );
}

#[tokio::test]
async fn what_the_api_would_refuse_is_refused() {
    let scene = Scene::new();
    let from = "+15551110000";
    for (channel, body, detail) in [
        ("sms", json!({"to":"5554422333"}), "To must be a valid E164 number"),
        ("sms", json!({"to":15_554_422_333_u64}), "To must be a valid E164 number"),
        ("sms", json!({"to":NUMBER,"from":"me"}), "From must be a valid E164 number"),
        ("sms", json!({"to":NUMBER,"message":"Code:"}), "From can't be blank when message is given"),
        ("sms", json!({"to":NUMBER,"from":from,"message":" "}), "Message can't be blank"),
        ("sms", json!({"to":NUMBER,"from":from,"message":"a".repeat(155)}), "Message is too long"),
        ("call", json!({"to":NUMBER,"from":from,"message":"a".repeat(495)}), "Message is too long"),
        ("sms", json!({"to":NUMBER,"token_length":3}), "Token length must be between 4 and 20"),
        ("sms", json!({"to":NUMBER,"token_length":"6"}), "Token length must be between 4 and 20"),
        ("sms", json!({"to":NUMBER,"valid_for":604_801}), "Valid for must be between 0 and 604800"),
        ("sms", json!({"to":NUMBER,"max_attempts":0}), "Max attempts must be between 1 and 20"),
        ("sms", json!({"to":NUMBER,"allow_alphas":"false"}), "Allow alphas must be true or false"),
    ] {
        let (status, answer) = scene.post(channel, body.clone()).await;
        assert_eq!((status, &answer["errors"][0]["detail"]), (422, &json!(detail)), "{body}");
    }
    assert!(scene.phone.lock().unwrap().is_empty());
    let (status, _) = scene.post("call", json!({"to":NUMBER,"from":from,"message":"a".repeat(494)})).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn the_client_reads_a_refusal() {
    let scene = Scene::new();
    let request = SendRequest { message: Some(Message::parse("Code:").unwrap()), ..request() };
    let error = scene.client.send(Channel::Sms, &request).await.unwrap_err();
    let MfaError::Refused(problems) = error else { panic!("{error:?}") };
    assert_eq!(problems[0].detail, "From can't be blank when message is given");
}

#[tokio::test]
async fn a_token_is_text() {
    let scene = Scene::new();
    let (id, _) = scene.send(&request()).await;
    for body in [json!({}), json!({"token": 123_456})] {
        let (status, answer) = scene.post(&format!("{id}/verify"), body).await;
        assert_eq!((status, &answer["errors"][0]["detail"]), (422, &json!("Token can't be blank")));
    }
}

#[tokio::test]
async fn only_its_own_credentials_are_accepted() {
    let scene = Scene::new();
    for auth in ["", "Basic", "Basic dTpw", "Bearer x"] {
        let answer = scene.raw("POST", "/api/relay/rest/mfa/sms", Some(auth), "{}").await;
        assert_eq!(answer, (401, json!({"error":"Unauthorized"})), "{auth}");
    }
    let stranger = Scene::new();
    let client = MfaClient::new(scene.sandbox.base_url(), stranger.sandbox.credentials()).unwrap();
    let error = client.send(Channel::Sms, &request()).await.unwrap_err();
    assert!(matches!(error, MfaError::Unauthorized), "{error:?}");
}

#[tokio::test]
async fn what_is_not_the_api_is_refused() {
    let scene = Scene::new();
    for path in [
        "/",
        "/api/relay/rest/mfa",
        "/api/relay/rest/mfa/",
        "/api/relay/rest/mfa/fax",
        "/api/relay/rest/mfa/sms/verify/x",
    ] {
        let answer = scene.raw("POST", path, None, "{}").await;
        assert_eq!(answer, (404, json!({"error":"Not Found"})), "{path}");
    }
    let (status, _) = scene.raw("GET", "/api/relay/rest/mfa/sms", None, "").await;
    assert_eq!(status, 405);
    for body in ["", "to=1", "[]", "null"] {
        let (status, _) = scene.raw("POST", "/api/relay/rest/mfa/sms", None, body).await;
        assert_eq!(status, 400, "{body}");
    }
    // One byte too long, so that the server has read everything before it closes.
    let large = "1".repeat(64 * 1024 + 1);
    let (status, _) = scene.raw("POST", "/api/relay/rest/mfa/sms", None, &large).await;
    assert_eq!(status, 413);
}

#[tokio::test]
async fn it_stops_when_it_is_dropped() {
    let Scene { sandbox, client, .. } = Scene::new();
    let server = sandbox.server.clone();
    drop(sandbox);
    while !server.is_finished() {
        tokio::task::yield_now().await;
    }
    let error = client.send(Channel::Sms, &request()).await.unwrap_err();
    assert!(matches!(error, MfaError::Transport { sent: false, .. }), "{error:?}");
}

#[test]
fn it_needs_a_runtime() {
    assert!(matches!(Sandbox::start(drop), Err(SandboxError::NoRuntime)));
}

#[tokio::test]
async fn debug_shows_neither_number_nor_code() {
    let scene = Scene::new();
    let (_, token) = scene.send(&request()).await;
    let text = format!("{:?} {:?}", scene.last_text(), scene.sandbox);
    assert!(!text.contains(&token) && !text.contains(NUMBER), "{text}");
}
