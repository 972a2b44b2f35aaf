//! A language model at an endpoint of the `OpenAI` kind: `POST {base}/chat/completions`, streamed (`OpenAI` API reference,
//! "Create chat completion" and "Streaming").

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value, json};
use url::Url;

use super::error::ChatError;
use crate::http::{AddressPolicy, HttpClient};
use crate::setup::{Setup, SetupError};

/// Where `OpenAI` answers.
const OPENAI: &str = "https://api.openai.com/v1";
/// How long a whole answer may take.
const TIME: Duration = Duration::from_mins(2);
/// The most that is read of one answer, in bytes.
const LIMIT: usize = 8 << 20;

/// A model that can be asked.
pub(super) struct Model {
    client: HttpClient,
    url: Url,
    key: Option<SecretString>,
    pub(super) name: String,
}

/// What a model is asked.
pub(super) struct Question<'q> {
    pub(super) messages: &'q [Value],
    pub(super) tools: &'q [Value],
    /// `temperature` and the like.
    pub(super) settings: Map<String, Value>,
}

/// What it said.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Answer {
    pub(super) text: String,
    pub(super) calls: Vec<FunctionCall>,
}

/// A function that it calls.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct FunctionCall {
    pub(super) id: String,
    pub(super) name: String,
    /// As the model wrote them: JSON, if all went well.
    pub(super) arguments: String,
}

impl Model {
    pub(super) fn from_setup(setup: &Setup, name: String) -> Result<Self, ChatError> {
        let base = setup.setting("OPENAI_BASE_URL");
        let key = setup.secret("OPENAI_API_KEY");
        if base.is_none() && key.is_none() {
            return Err(ChatError::NoModel);
        }
        let base = base.unwrap_or_else(|| OPENAI.to_owned());
        let url = Url::parse(&format!("{}/chat/completions", base.trim_end_matches('/')))
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https"))
            .ok_or_else(|| {
                let expected = "expected the address that /chat/completions comes after, such as http://127.0.0.1:11434/v1";
                SetupError::invalid("OPENAI_BASE_URL", &expected)
            })?;
        let client = HttpClient::new(AddressPolicy::AnyAddress).timeout(TIME).limit(LIMIT);
        Ok(Self { client, url, key, name })
    }

    /// Asks, and hands on the text as it comes.
    pub(super) async fn ask(
        &self,
        question: Question<'_>,
        mut hear: impl FnMut(&str),
    ) -> Result<Answer, ChatError> {
        let mut body = json!({"model": self.name, "messages": question.messages, "stream": true});
        if let Value::Object(body) = &mut body {
            body.extend(question.settings);
            if !question.tools.is_empty() {
                body.insert("tools".to_owned(), question.tools.into());
            }
        }
        let mut request = self.client.post(&self.url).json(&body);
        if let Some(key) = &self.key {
            request = request.header("authorization", &format!("Bearer {}", key.expose_secret()));
        }
        let (mut answer, mut stream) = (Answer::default(), Stream::default());
        let reply = request.send_and_hear(|chunk| stream.take(chunk, &mut answer, &mut hear)).await;
        let reply = reply.map_err(|source| ChatError::Unreachable { source })?;
        let status = reply.status();
        if !(200..300).contains(&status) {
            let said = reply.json::<Value>().ok().and_then(|body| {
                let message = body.pointer("/error/message").or_else(|| body.get("error"))?;
                message.as_str().map(str::to_owned)
            });
            return Err(ChatError::Refused {
                status,
                model: self.name.clone(),
                said: said.unwrap_or_default(),
            });
        }
        // An endpoint that does not stream gives the whole answer at once.
        if !stream.is_one() {
            let body: Value = reply.json().map_err(|source| ChatError::Unreachable { source })?;
            whole(&body["choices"][0]["message"], &mut answer);
            hear(&answer.text);
        }
        if answer == Answer::default() && !stream.ended {
            return Err(ChatError::NothingSaid);
        }
        Ok(answer)
    }
}

/// The stream of an answer, read line by line.
#[derive(Default)]
struct Stream {
    rest: Vec<u8>,
    lines: usize,
    ended: bool,
}

impl Stream {
    /// Whether it was a stream at all.
    fn is_one(&self) -> bool {
        self.lines > 0
    }

    fn take(&mut self, chunk: &[u8], answer: &mut Answer, hear: &mut impl FnMut(&str)) {
        self.rest.extend_from_slice(chunk);
        while let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.rest.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line);
            let Some(data) = line.trim().strip_prefix("data:") else { continue };
            self.lines += 1;
            match data.trim() {
                "[DONE]" => self.ended = true,
                data => {
                    // What is no JSON is a comment of the endpoint.
                    let Ok(piece) = serde_json::from_str::<Value>(data) else { continue };
                    let choice = &piece["choices"][0];
                    self.ended |= choice["finish_reason"].is_string();
                    add(&choice["delta"], answer, hear);
                }
            }
        }
    }
}

/// Adds a piece of a streamed answer.
fn add(delta: &Value, answer: &mut Answer, hear: &mut impl FnMut(&str)) {
    if let Some(text) = delta["content"].as_str().filter(|text| !text.is_empty()) {
        answer.text.push_str(text);
        hear(text);
    }
    for piece in delta["tool_calls"].as_array().into_iter().flatten() {
        // Without a number each piece is a call of its own.
        let index = piece["index"].as_u64().and_then(|index| usize::try_from(index).ok());
        let index = index.unwrap_or(answer.calls.len()).min(answer.calls.len());
        if index == answer.calls.len() {
            answer.calls.push(FunctionCall::default());
        }
        let call = &mut answer.calls[index];
        let function = &piece["function"];
        for (part, value) in [
            (&mut call.id, &piece["id"]),
            (&mut call.name, &function["name"]),
            (&mut call.arguments, &function["arguments"]),
        ] {
            part.push_str(value.as_str().unwrap_or_default());
        }
    }
}

/// Takes an answer that came at once.
fn whole(message: &Value, answer: &mut Answer) {
    answer.text.push_str(message["content"].as_str().unwrap_or_default());
    let calls = message["tool_calls"].as_array().into_iter().flatten();
    answer.calls = calls
        .map(|call| {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let function = &call["function"];
            FunctionCall {
                id: text(&call["id"]),
                name: text(&function["name"]),
                arguments: text(&function["arguments"]),
            }
        })
        .collect();
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The answer that a stream gives, however it is cut.
    fn read(stream: &str, size: usize) -> (Answer, String, bool) {
        let (mut answer, mut reader, mut heard) = (Answer::default(), Stream::default(), String::new());
        for chunk in stream.as_bytes().chunks(size) {
            reader.take(chunk, &mut answer, &mut |text: &str| heard.push_str(text));
        }
        (answer, heard, reader.ended)
    }

    #[test]
    fn a_stream_is_read_however_it_is_cut() {
        let stream = concat!(
            ": keep-alive\n\n",
            "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"Grüß\"}}]}\r\n\r\n",
            "data: {\"choices\":[{\"delta\":{\"content\":\" Gott\"}}]}\n\n",
            "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"c1\",\"function\":{\"name\":\"send\",\"arguments\":\"{\\\"a\\\"\"}}]}}]}\n\n",
            "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\":1}\"}},{\"index\":1,\"id\":\"c2\",\"function\":{\"name\":\"x\"}}]}}]}\n\n",
            "data: not json\n\n",
            "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"tool_calls\"}]}\n\ndata: [DONE]\n\n",
        );
        for size in [1, 2, 7, 4096] {
            let (answer, heard, ended) = read(stream, size);
            assert_eq!(
                (answer.text.as_str(), heard.as_str(), ended),
                ("Grüß Gott", "Grüß Gott", true),
                "{size}"
            );
            assert_eq!(answer.calls.len(), 2);
            assert_eq!(
                (answer.calls[0].name.as_str(), answer.calls[0].arguments.as_str()),
                ("send", "{\"a\":1}")
            );
            assert_eq!((answer.calls[1].id.as_str(), answer.calls[1].name.as_str()), ("c2", "x"));
        }
    }
}
