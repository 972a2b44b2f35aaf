//! Many webhooks against an upstream service that fails, hangs, resets and lies.
//!
//! Each phone call asks for a code, some several times at once, as the platform and a model do, and then reads one out. What
//! has to hold: no status but 200, every reply a sentence, and no code sent twice for one request of the model.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use serde_json::{Value, json};

use super::ledger::number_of;
use super::{Figures, Line, Random};
use crate::{Employee, Recorded, StandIn, UNLIMITED, Will, function_request};

/// How large a run is.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// What decides of all chances.
    pub seed: u64,
    /// How many webhooks are posted at least.
    pub webhooks: u64,
    /// How many phone calls go on at the same moment.
    pub at_once: u64,
    /// How often in a thousand times the upstream does not do as it should.
    pub faults: u64,
}

/// What the upstream did with the requests for one number.
type Sent = Arc<Mutex<HashMap<String, u64>>>;

/// Runs it.
///
/// # Panics
/// When something that has to hold does not.
pub async fn run(size: Size) -> Figures {
    let sent = Sent::default();
    let stand_in = stand_in(size, sent.clone()).await;
    let employee = Employee::live_with(&stand_in, UNLIMITED).await;
    let (next, posted) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let words: Arc<Mutex<HashMap<String, u64>>> = Arc::default();
    let started = Instant::now();
    let callers: Vec<_> = (0..size.at_once)
        .map(|_| {
            let (next, posted, words) = (next.clone(), posted.clone(), words.clone());
            let (address, credentials) = (employee.address(), employee.credentials().clone());
            tokio::spawn(async move {
                let mut lines: Vec<_> = (0..3).map(|_| Line::new(address, credentials.clone())).collect();
                while posted.load(Ordering::Relaxed) < size.webhooks {
                    let call = next.fetch_add(1, Ordering::Relaxed);
                    let replies = phone_call(size.seed, call, &mut lines).await;
                    posted.fetch_add(replies.len() as u64, Ordering::Relaxed);
                    let mut words = words.lock().unwrap_or_else(PoisonError::into_inner);
                    for reply in replies {
                        *words.entry(reply).or_default() += 1;
                    }
                }
            })
        })
        .collect();
    for caller in callers {
        caller.await.expect("a phone call went as it should");
    }
    let took = started.elapsed();
    let sent = sent.lock().unwrap_or_else(PoisonError::into_inner);
    let twice: Vec<_> = sent.iter().filter(|(_, times)| **times > 1).collect();
    assert!(twice.is_empty(), "codes were sent twice: {twice:?}");
    let words = words.lock().unwrap_or_else(PoisonError::into_inner);
    let mut figures = Figures::default()
        .with("seed", size.seed)
        .with("webhooks", posted.load(Ordering::Relaxed))
        .with("phone calls", next.load(Ordering::Relaxed))
        .with("requests at the upstream", stand_in.requests().len())
        .with("codes sent", sent.len())
        .with("codes sent twice", twice.len())
        .with("statuses other than 200", 0)
        .with("seconds", format!("{:.1}", took.as_secs_f64()));
    let mut words: Vec<_> = words.iter().collect();
    words.sort_by_key(|(_, times)| std::cmp::Reverse(**times));
    for (reply, times) in words {
        figures = figures.with("reply", format!("{times} x {reply}"));
    }
    figures
}

/// One phone call: what the model heard.
async fn phone_call(seed: u64, call: u64, lines: &mut [Line]) -> Vec<String> {
    let mut random = Random::of(seed, call);
    let webhook = |function: &str, arguments: Value, meta_data: &Value| {
        let mut body = function_request(function, &arguments);
        body["call_id"] = format!("call-{call}").into();
        body["caller_id_num"] = number_of(call).into();
        body["meta_data"] = meta_data.clone();
        body
    };
    let asked = webhook("send_mfa", json!({}), &json!({}));
    // Once, or several times at the same moment.
    let times = if random.permille(300) { lines.len() } else { 1 };
    let posts = lines[..times].iter_mut().map(|line| post(line, &asked));
    let mut replies = futures_util::future::join_all(posts).await;
    // And perhaps once more, after the answer.
    if random.permille(200) {
        replies.push(post(&mut lines[0], &asked).await);
    }
    let spoken: Vec<_> = replies.iter().map(spoken).collect();
    let meta_data = replies.iter().rev().find_map(set_meta_data).unwrap_or_else(|| json!({}));
    let verify = webhook("verify_mfa", json!({"token": "123456"}), &meta_data);
    let verified = post(&mut lines[0], &verify).await;
    spoken.into_iter().chain([self::spoken(&verified)]).collect()
}

async fn post(line: &mut Line, body: &Value) -> Value {
    let answer = line.post("/mfa/swaig", body).await.expect("a webhook is answered");
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

/// The reply's text. Each is a sentence for the model.
fn spoken(reply: &Value) -> String {
    let text = reply["response"].as_str().unwrap_or_else(|| panic!("a reply has a response: {reply}"));
    let ends =
        text.ends_with('.') || text.ends_with("sent") || text.ends_with("successful") || text.ends_with('?');
    assert!(text.contains(' ') && ends, "{text:?} is a sentence");
    text.to_owned()
}

fn set_meta_data(reply: &Value) -> Option<Value> {
    let actions = match &reply["action"] {
        Value::Array(actions) => actions.clone(),
        action => vec![action.clone()],
    };
    actions.iter().find_map(|action| action.get("set_meta_data").cloned())
}

/// The upstream: by chance it answers as it should, or fails, hangs, resets or lies. Whatever may have sent a code counts.
async fn stand_in(size: Size, sent: Sent) -> StandIn {
    let asked = Mutex::new(HashMap::<String, u64>::new());
    StandIn::start(move |request| {
        let about = if request.is_send() { request.json()["to"].to_string() } else { request.path.clone() };
        let times = {
            let mut asked = asked.lock().unwrap_or_else(PoisonError::into_inner);
            let times = asked.entry(about.clone()).or_default();
            *times += 1;
            *times
        };
        let thing = about.bytes().fold(times, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
        let (will, sends) = act(size, thing, request);
        if sends && request.is_send() {
            *sent.lock().unwrap_or_else(PoisonError::into_inner).entry(about).or_default() += 1;
        }
        will
    })
    .await
}

/// What the upstream does, and whether it does what it was asked for.
fn act(size: Size, thing: u64, request: &Recorded) -> (Will, bool) {
    let mut random = Random::of(size.seed, thing);
    if !random.permille(size.faults) {
        return (Will::succeed(request), true);
    }
    let json = |status, body: Value| Will::json(status, &body);
    match random.below(14) {
        0 => (Will::Reset, random.permille(500)),
        1 => (Will::Silence, random.permille(500)),
        2 => (Will::Stall(200), true),
        3 => (json(500, json!({"errors": [{"detail": "internal"}]})), random.permille(500)),
        4 => (Will::body(502, "text/html", "<html>Bad Gateway</html>"), random.permille(500)),
        5 => (json(503, json!({})), false),
        6 => (json(429, json!({"errors": ["slow down"]})), false),
        7 => (json(401, json!({"error": "no"})), false),
        8 => (json(422, json!({"errors": [{"detail": "To is wrong", "code": "422"}]})), false),
        9 => (Will::body(200, "text/html", "<html>Welcome</html>"), true),
        10 => (json(200, json!({"id": 7, "success": "perhaps"})), true),
        11 => (json(200, json!([[[]]])), true),
        12 => (Will::body(200, "application/json", "x".repeat(100_000)), true),
        _ => (
            Will::Answer {
                status: 302,
                headers: vec![("Location", "http://127.0.0.1:9/".to_owned())],
                body: Vec::new(),
            },
            false,
        ),
    }
}
