//! A viewer of live events (Server-Sent Events, HTML Living Standard section 9.2).

use http_body_util::BodyExt as _;
use hyper::Response;
use hyper::body::Incoming;
use serde_json::Value;

use crate::soon;

/// An open stream of events.
pub struct Events {
    status: u16,
    body: Incoming,
    buffer: String,
    /// The beginning of a character whose end has not come yet.
    rest: Vec<u8>,
    /// The raw text so far.
    seen: String,
}

/// One event.
#[derive(Clone, Debug)]
pub struct LiveEvent {
    /// The id of the stream's line.
    pub id: u64,
    /// The data.
    pub json: Value,
}

impl LiveEvent {
    /// What kind of event it is.
    pub fn kind(&self) -> &str {
        self.json["kind"].as_str().unwrap_or_default()
    }

    /// What it tells.
    pub fn data(&self) -> &Value {
        &self.json["data"]
    }
}

impl Events {
    pub(crate) fn of(response: Response<Incoming>) -> Self {
        let status = response.status().as_u16();
        let media_type = response.headers().get("content-type").map(|value| value.as_bytes().to_vec());
        if status == 200 {
            assert_eq!(media_type.as_deref(), Some(&b"text/event-stream"[..]));
        }
        Self {
            status,
            body: response.into_body(),
            buffer: String::new(),
            rest: Vec::new(),
            seen: String::new(),
        }
    }

    /// The status of the answer.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// All that was read so far, as it came.
    pub fn seen(&self) -> &str {
        &self.seen
    }

    /// The next event; `None` at the end of the stream.
    pub async fn next(&mut self) -> Option<LiveEvent> {
        soon("an event", self.read()).await
    }

    /// The events up to and with the first of this kind.
    pub async fn until(&mut self, kind: &str) -> Vec<LiveEvent> {
        let mut events = Vec::new();
        while events.last().is_none_or(|event: &LiveEvent| event.kind() != kind) {
            let event = self.next().await;
            events.push(event.unwrap_or_else(|| panic!("the stream ended before {kind}: {}", self.seen)));
        }
        events
    }

    /// Waits until the server has answered and greeted: from then on no event is missed.
    pub async fn ready(&mut self) {
        soon("the greeting", async {
            while !self.seen.contains("retry:") {
                assert!(self.chunk().await, "the stream ended before its greeting");
            }
        })
        .await;
    }

    async fn read(&mut self) -> Option<LiveEvent> {
        loop {
            if let Some(end) = self.buffer.find("\n\n") {
                let block: String = self.buffer.drain(..end + 2).collect();
                if let Some(event) = parse(&block) {
                    return Some(event);
                }
            } else if !self.chunk().await {
                return None;
            }
        }
    }

    async fn chunk(&mut self) -> bool {
        let Some(frame) = self.body.frame().await else { return false };
        let frame = frame.expect("the stream is whole");
        self.rest.extend_from_slice(frame.data_ref().map(|data| &**data).unwrap_or_default());
        let text = match std::str::from_utf8(&self.rest) {
            Ok(text) => text,
            Err(error) => {
                assert!(error.error_len().is_none(), "events are UTF-8: {error}");
                std::str::from_utf8(&self.rest[..error.valid_up_to()]).expect("that far it is")
            }
        };
        self.seen.push_str(text);
        self.buffer.push_str(text);
        let read = text.len();
        self.rest.drain(..read);
        true
    }
}

/// Reads a block; `None` where it holds no data.
fn parse(block: &str) -> Option<LiveEvent> {
    let (mut id, mut data) = (None, String::new());
    for line in block.lines() {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "id" => id = value.parse().ok(),
            "data" => data.push_str(value),
            _ => {}
        }
    }
    let json = (!data.is_empty()).then(|| serde_json::from_str(&data).expect("data is JSON"))?;
    Some(LiveEvent { id: id.expect("every event has an id"), json })
}
