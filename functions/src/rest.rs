//! The REST API of a SignalWire account, for functions that ask it for one thing. The MFA functions have a client of their own.

use std::fmt::Display;
use std::time::Instant;

use serde_json::json;
use swaig::http::{AddressPolicy, HttpClient, HttpError, HttpReply, HttpRequest};
use swaig::setup::Account;
use swaig::{Breaker, BreakerOpen, Call, Event};
use url::Url;

/// The most that is read of an answer, in bytes.
const LIMIT: usize = 64 * 1024;

/// A client of one of the account's services.
pub(crate) struct Rest {
    service: &'static str,
    http: HttpClient,
    account: Account,
    breaker: Breaker,
}

/// Why a service gave no good answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RestError {
    /// 400, 404 or 422: it looked at the request and will not do it.
    #[error("{service} refused the request ({status})")]
    Refused { service: &'static str, status: u16 },
    /// 401 or 403.
    #[error(
        "{service} does not accept the API token ({status}); check SIGNALWIRE_PROJECT_ID and SIGNALWIRE_API_TOKEN, and give the token the scope of this service"
    )]
    Unauthorized { service: &'static str, status: u16 },
    /// Anything else.
    #[error("{service} gave no good answer")]
    Http {
        service: &'static str,
        #[source]
        source: HttpError,
    },
    /// It failed again and again, so it was left alone this time.
    #[error(transparent)]
    Open(#[from] BreakerOpen),
}

impl RestError {
    /// Whether what was asked may have been done all the same.
    pub(crate) fn effect_unknown(&self) -> bool {
        matches!(self, Self::Http { source, .. } if source.effect_unknown())
    }

    /// Whether the service failed, and not the request.
    fn is_failure(&self) -> bool {
        matches!(self, Self::Http { source, .. } if source.is_failure())
    }
}

impl Rest {
    /// A client of the service of this name, which labels its metrics.
    pub(crate) fn new(service: &'static str, account: &Account) -> Self {
        let http = HttpClient::new(AddressPolicy::AnyAddress).limit(LIMIT);
        Self { service, http, account: account.clone(), breaker: Breaker::new(service) }
    }

    /// The project: the user of the account, and a part of some paths.
    pub(crate) fn project_id(&self) -> &str {
        &self.account.project_id
    }

    /// Reads what is at a path. Reading twice does no harm, so a connection that broke is tried again, once.
    pub(crate) async fn get(
        &self,
        call: &Call,
        path: &[&str],
        query: Option<&str>,
    ) -> Result<HttpReply, RestError> {
        let mut url = self.url(path);
        url.set_query(query);
        let again = |error: &HttpError| matches!(error, HttpError::Connect(_) | HttpError::Transport(_));
        self.ask(call, || self.http.get(&url), again).await
    }

    /// Sends a form to a path, once. Only a connection that could not be made is tried again.
    pub(crate) async fn post(
        &self,
        call: &Call,
        path: &[&str],
        fields: &[(&str, &str)],
    ) -> Result<HttpReply, RestError> {
        let url = self.url(path);
        let request = || self.http.post(&url).form(fields.iter().copied());
        self.ask(call, request, |error| matches!(error, HttpError::Connect(_))).await
    }

    fn url(&self, path: &[&str]) -> Url {
        let mut url = self.account.base_url.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.clear().extend(path);
        }
        url
    }

    /// Asks, sorts the answer, and tells those who watch how it went.
    async fn ask<'c>(
        &'c self,
        call: &Call,
        request: impl Fn() -> HttpRequest<'c>,
        again: impl Fn(&HttpError) -> bool,
    ) -> Result<HttpReply, RestError> {
        let service = self.service;
        let started = Instant::now();
        let send = || {
            let Account { project_id, api_token, .. } = &self.account;
            request().basic_auth(project_id, api_token).timeout(call.remaining()).send()
        };
        let asking = async {
            let reply = match send().await {
                Err(error) if again(&error) => send().await,
                first => first,
            };
            let reply = reply.map_err(|source| RestError::Http { service, source })?;
            match reply.status() {
                status @ (401 | 403) => Err(RestError::Unauthorized { service, status }),
                status @ (400 | 404 | 422) => Err(RestError::Refused { service, status }),
                _ => reply.success().map_err(|source| RestError::Http { service, source }),
            }
        };
        let reply = self.breaker.run(asking, RestError::is_failure).await;
        let outcome = match &reply {
            Ok(_) => "accepted",
            Err(RestError::Open(_)) => "breaker open",
            Err(RestError::Refused { .. }) => "refused",
            Err(RestError::Unauthorized { .. } | RestError::Http { .. }) => "unavailable",
        };
        tell(call, service, outcome, reply.as_ref().err(), started);
        reply
    }

    /// An answer that says that nothing will be done.
    pub(crate) fn refused(&self, status: u16) -> RestError {
        RestError::Refused { service: self.service, status }
    }

    /// An answer that is not what the service documents.
    pub(crate) fn unreadable(&self, source: HttpError) -> RestError {
        RestError::Http { service: self.service, source }
    }
}

/// Tells those who watch how a request to an API went.
pub(crate) fn tell<E: Display>(
    call: &Call,
    operation: &str,
    outcome: &str,
    reason: Option<&E>,
    started: Instant,
) {
    let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let mut data = json!({"operation": operation, "outcome": outcome, "duration_ms": milliseconds});
    if let Some(reason) = reason {
        data["reason"] = reason.to_string().into();
    }
    call.broadcast(Event::new("upstream", data));
}

/// A stand-in for the account's API, for tests.
#[cfg(test)]
pub(crate) mod stand_in {
    use std::sync::{Arc, Mutex};

    use swaig::Setup;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    /// An account that is never asked.
    pub(crate) const ACCOUNT: [(&str, &str); 3] =
        [("SIGNALWIRE_PROJECT_ID", "p"), ("SIGNALWIRE_API_TOKEN", "t"), ("SIGNALWIRE_SPACE", "example")];

    /// What was asked: heads and bodies as they came.
    #[derive(Clone, Default)]
    pub(crate) struct Asked(Arc<Mutex<Vec<String>>>);

    impl Asked {
        pub(crate) fn all(&self) -> Vec<String> {
            self.0.lock().unwrap().clone()
        }
    }

    /// The settings of a live account whose API answers each request like this.
    pub(crate) async fn settings(status: u16, body: &'static str, more: &[(&str, &str)]) -> (Setup, Asked) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Asked::default();
        let (answer, kept) = (answer(status, body), asked.clone());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let request = request(&mut stream).await;
                kept.0.lock().unwrap().push(request);
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        let account = [
            ("SIGNALWIRE_PROJECT_ID", "8f0f3b1e-5c1d-4a7b-9b57-3f1c2d4e5a6b"),
            ("SIGNALWIRE_API_TOKEN", "PT-token"),
            ("SIGNALWIRE_API_URL", &url),
        ];
        (Setup::test(account.into_iter().chain(more.iter().copied())), asked)
    }

    fn answer(status: u16, body: &str) -> String {
        format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
    }

    /// One request, with the body that its head announces.
    async fn request(stream: &mut tokio::net::TcpStream) -> String {
        let mut bytes = Vec::new();
        loop {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length = head.lines().find_map(|line| {
                    let (name, value) = line.split_once(':')?;
                    name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().unwrap())
                });
                if body.len() >= length.unwrap_or(0) {
                    return text;
                }
            }
            if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
                return text;
            }
        }
    }
}
