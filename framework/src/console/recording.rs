//! `/console/conversations/{id}/recording`: the recording of a call, fetched here and handed on, so that a page can play it and
//! still lets in no other origin.

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::Frame;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};
use tokio::time::timeout;
use url::Url;

use super::conversation::find;
use super::page::Shell;
use crate::call::Report;
use crate::error_chain::chain;
use crate::http::{AddressPolicy, HttpClient, HttpError, HttpStream};
use crate::redact::MASK;
use crate::server::App;
use crate::server::response::{Body, refusal, with_type};
use crate::setup::{Setup, SetupError, SignalWire};
use crate::store::StoreError;

/// How long one answer may take: whoever listens reads it as slowly as it plays.
const TIME: Duration = Duration::from_mins(30);
/// How long it may take until an answer begins.
const BEGIN: Duration = Duration::from_secs(10);
/// How many redirects are followed: from the platform to where it keeps its files.
const REDIRECTS: usize = 3;
/// The media types that are handed on.
const MEDIA: [&str; 7] =
    ["audio/wav", "audio/x-wav", "audio/wave", "audio/mpeg", "audio/mp3", "audio/mp4", "video/mp4"];
/// What is handed on of the answer: that a player can go to any place of it.
const HEADERS: [HeaderName; 3] = [header::ACCEPT_RANGES, header::CONTENT_RANGE, header::CONTENT_LENGTH];

/// Who fetches recordings. Their addresses are out of reports, so they must lead to the internet, unless to the place that the
/// settings name themselves.
struct Recordings {
    own: Option<(url::Origin, HttpClient)>,
    others: HttpClient,
}

/// Why there is nothing to hear.
#[derive(Debug, thiserror::Error)]
enum RecordingError {
    #[error(transparent)]
    Setup(#[from] SetupError),
    #[error(transparent)]
    Http(#[from] HttpError),
    #[error("there was no answer within {} s", BEGIN.as_secs())]
    Late,
    #[error("it was sent on more than {REDIRECTS} times")]
    Redirects,
    #[error("the answer with the status {status} is of the type {kind}, and no recording")]
    NoRecording { status: u16, kind: String },
}

impl Recordings {
    fn of(setup: &Setup) -> Self {
        let client = |policy| HttpClient::new(policy).timeout(TIME);
        let own = match setup.signalwire() {
            SignalWire::Live(account) => Some((account.base_url.origin(), client(AddressPolicy::AnyAddress))),
            SignalWire::Sandbox => None,
        };
        Self { own, others: client(AddressPolicy::PublicOnly) }
    }

    fn client(&self, url: &Url) -> &HttpClient {
        match &self.own {
            Some((origin, client)) if *origin == url.origin() => client,
            _ => &self.others,
        }
    }

    async fn open(&self, url: Url, range: Option<&HeaderValue>) -> Result<HttpStream, RecordingError> {
        let mut url = url;
        for _ in 0..=REDIRECTS {
            let mut request = self.client(&url).get(&url);
            if let Some(range) = range.and_then(|range| range.to_str().ok()) {
                request = request.header("range", range);
            }
            let answer = timeout(BEGIN, request.open()).await.map_err(|_| RecordingError::Late)??;
            let location = answer.headers().get(header::LOCATION).and_then(|it| it.to_str().ok());
            match location.and_then(|location| url.join(location).ok()) {
                Some(next) if answer.status().is_redirection() => url = next,
                _ => return Ok(answer),
            }
        }
        Err(RecordingError::Redirects)
    }
}

/// The address of the recording of a call, where it is one of the web and was not masked.
pub(super) fn address(report: &Report) -> Option<Url> {
    let text = report.recording_url().filter(|text| !text.contains(MASK))?;
    Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"))
}

/// The recording, or the part of it that is asked for.
pub(super) async fn answer(
    shell: &Shell<'_>,
    id: &str,
    headers: &HeaderMap,
) -> Result<Response<Body>, StoreError> {
    let Some(conversation) = find(shell, id).await? else {
        return Ok(refusal(StatusCode::NOT_FOUND, "there is no conversation of this number"));
    };
    let Some(url) = address(&conversation.report) else {
        return Ok(refusal(StatusCode::NOT_FOUND, "this report names no recording that can be fetched"));
    };
    Ok(match fetch(shell.app, url, headers.get(header::RANGE)).await {
        Ok(answer) => answer,
        Err(problem) => {
            tracing::warn!(
                conversation = conversation.id,
                "a recording was not fetched: {}",
                chain(&problem)
            );
            refusal(StatusCode::BAD_GATEWAY, &format!("the recording was not fetched: {}", chain(&problem)))
        }
    })
}

async fn fetch(app: &App, url: Url, range: Option<&HeaderValue>) -> Result<Response<Body>, RecordingError> {
    let recordings = app.setup.shared(|setup| Ok(Recordings::of(setup)))?;
    let by_name = by_name(&url);
    let answer = recordings.open(url, range).await?;
    let kind = answer.headers().get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or("none");
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_unnamed = ["application/octet-stream", "binary/octet-stream", "none"].contains(&kind.as_str());
    let media = MEDIA.into_iter().find(|media| *media == kind).or_else(|| by_name.filter(|_| is_unnamed));
    let status = answer.status();
    let (Some(media), true) = (media, status.is_success()) else {
        return Err(RecordingError::NoRecording { status: status.as_u16(), kind });
    };
    let mut response = with_type(status, media, Bytes::new());
    for name in HEADERS {
        if let Some(value) = answer.headers().get(&name) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    let parts = stream::unfold(answer, async |mut answer| {
        // One that breaks off ends short of its length, and the player asks for the rest.
        let part = answer.chunk().await.ok().flatten()?;
        Some((Ok::<_, Infallible>(Frame::data(part)), answer))
    });
    *response.body_mut() = StreamBody::new(parts).boxed_unsync();
    Ok(response)
}

/// The media type that the name of a file says: where files are kept, they are often just bytes.
fn by_name(url: &Url) -> Option<&'static str> {
    match url.path().rsplit_once('.')?.1 {
        "wav" => Some("audio/wav"),
        "mp3" => Some("audio/mpeg"),
        "mp4" => Some("audio/mp4"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_addresses_of_the_web_that_are_whole_are_fetched() {
        let of = |url: &str| {
            address(&Report::test().with_field("SWMLVars", json!({"record_call_url": url}))).map(String::from)
        };
        assert_eq!(of("https://files.example.com/a.wav").as_deref(), Some("https://files.example.com/a.wav"));
        for text in ["javascript:alert(1)", "file:///etc/passwd", "//x.example", ""] {
            assert_eq!(of(text), None, "{text}");
        }
        assert_eq!(of(&format!("https://files.example.com/a.wav?token={MASK}")), None);
    }

    #[tokio::test]
    async fn an_address_inside_the_own_network_is_not_asked() {
        let recordings = Recordings::of(&Setup::test([("A", "b")]));
        let inside = "http://127.0.0.1:1/a.wav".parse().unwrap();
        let error = recordings.open(inside, None).await.err();
        assert!(matches!(error, Some(RecordingError::Http(HttpError::NotPublic { .. }))), "{error:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_does_not_begin_to_answer_is_left() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let setup = Setup::test([
            ("SIGNALWIRE_PROJECT_ID", "p1"),
            ("SIGNALWIRE_API_TOKEN", "PT1"),
            ("SIGNALWIRE_API_URL", address.as_str()),
        ]);
        let url = format!("{address}/a.wav").parse().unwrap();
        let error = Recordings::of(&setup).open(url, None).await.err();
        let text = error.map(|error| error.to_string()).unwrap_or_default();
        assert!(text.contains("within"), "{text}");
    }
}
