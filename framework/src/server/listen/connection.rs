//! One connection, from its first byte to its last.

use std::convert::Infallible;
use std::io;
use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulConnection;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::super::app::App;
use super::super::service::{self, Visit};
use super::activity::{Activity, Answer, Verdict};
use super::framing::Framing;
use super::limits::{BROKEN_STREAMS, EARLY_RESETS, HEAD_SIZE, HEAD_TIME, LOOK, SEND_BUFFER, STREAMS};
use super::screen::screen;
use super::stream::{Protocol, Watched, sniff};
use super::tls::Tls;

/// What all connections of a server share.
pub(super) struct Shared {
    pub(super) app: Arc<App>,
    pub(super) tls: Option<Arc<Tls>>,
    /// For how many seconds a connection without a request is kept.
    pub(super) idle: AtomicU64,
}

/// Why a connection ended otherwise than it should.
type Ended = Result<(), Box<dyn std::error::Error + Send + Sync>>;

impl Shared {
    fn idle(&self) -> Duration {
        Duration::from_secs(self.idle.load(Ordering::Relaxed))
    }

    /// Serves a connection to its end.
    pub(super) async fn serve(&self, stream: TcpStream, peer: IpAddr) -> Ended {
        // Answers are small and written at once: waiting for more to send would only add latency.
        let _ = stream.set_nodelay(true);
        let mut stop = self.app.stopping();
        match &self.tls {
            None => Box::pin(self.begin(stream, None, peer, stop)).await,
            Some(tls) => {
                // In a box: it is the largest part of a connection, and most have none.
                let handshake = timeout(HEAD_TIME, Box::pin(tls.accept(stream)));
                let (stream, protocol) = tokio::select! {
                    accepted = handshake => accepted.map_err(|_| late("the TLS handshake"))??,
                    _ = stop.wait_for(|stop| *stop) => return Ok(()),
                };
                Box::pin(self.begin(stream, protocol, peer, stop)).await
            }
        }
    }

    /// Finds out the protocol, where TLS did not say it, and speaks it.
    pub(super) async fn begin<S>(
        &self,
        mut stream: S,
        agreed: Option<Protocol>,
        peer: IpAddr,
        mut stop: watch::Receiver<bool>,
    ) -> Ended
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let first = tokio::select! {
            first = timeout(HEAD_TIME, sniff(&mut stream)) => first.map_err(|_| late("the first bytes"))??,
            _ = stop.wait_for(|stop| *stop) => return Ok(()),
        };
        let Some((spoken, first)) = first else { return Ok(()) };
        match agreed.unwrap_or(spoken) {
            // In a box each: a connection takes the memory of the protocol that it speaks, and not of the largest.
            Protocol::Http1 => Box::pin(self.http_1(stream, first, peer, stop)).await,
            Protocol::Http2 => Box::pin(self.http_2(stream, first, peer, stop)).await,
        }
    }

    async fn http_1<S>(&self, stream: S, first: Bytes, peer: IpAddr, stop: watch::Receiver<bool>) -> Ended
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let activity = Activity::new(true, self.idle());
        let stream = Watched::new(stream, first, activity.clone(), Some(Framing::default()));
        let connection = http1::Builder::new()
            // The activity keeps the time: hyper would close connections that are idle as early as slow ones.
            .header_read_timeout(None)
            .max_buf_size(HEAD_SIZE)
            .max_header_size(HEAD_SIZE)
            // How many headers there may be is `HEADERS` by itself: to say so would take memory for them with each head.
            .serve_connection(
                TokioIo::new(stream),
                // In a box: a connection that waits for its next request holds no room for one.
                service_fn(|request| Box::pin(self.answer(request, peer, &activity))),
            );
        drive(pin!(connection), &activity, stop).await
    }

    async fn http_2<S>(&self, stream: S, first: Bytes, peer: IpAddr, stop: watch::Receiver<bool>) -> Ended
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let activity = Activity::new(false, self.idle());
        let stream = Watched::new(stream, first, activity.clone(), None);
        let connection = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .max_concurrent_streams(STREAMS)
            .max_header_list_size(u32::try_from(HEAD_SIZE).unwrap_or(u32::MAX))
            .max_send_buf_size(SEND_BUFFER)
            .max_pending_accept_reset_streams(EARLY_RESETS)
            .max_local_error_reset_streams(BROKEN_STREAMS)
            .keep_alive_interval(Duration::from_secs(30))
            .keep_alive_timeout(HEAD_TIME)
            .serve_connection(
                TokioIo::new(stream),
                service_fn(|request| self.answer(request, peer, &activity)),
            );
        drive(pin!(connection), &activity, stop).await
    }

    /// Answers one request of a connection.
    fn answer(
        &self,
        request: Request<Incoming>,
        peer: IpAddr,
        activity: &Arc<Activity>,
    ) -> impl Future<Output = Result<Response<Answer>, Infallible>> + Send + use<> {
        let (running, ambiguous) = activity.begin();
        let app = self.app.clone();
        // Each future that it is handed on to would have room for it, for as long as a function waits.
        let request = Box::new(request);
        async move {
            let response = match screen(&request, ambiguous) {
                None => service::answer(app, peer, request).await,
                Some(refused) => {
                    let secure = Visit::of(&app, peer, request.headers()).is_secure();
                    service::finish(refused, "none", request.method() == Method::HEAD, secure)
                }
            };
            Ok(response.map(|body| running.answer(body)))
        }
    }
}

/// Lets a connection go on until it ends, is told to end, or has to be ended.
async fn drive<C>(mut connection: Pin<&mut C>, activity: &Activity, mut stop: watch::Receiver<bool>) -> Ended
where
    C: GracefulConnection,
    C::Error: std::error::Error + Send + Sync + 'static,
{
    let mut look = interval(LOOK);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut closing = false;
    loop {
        let close = tokio::select! {
            ended = connection.as_mut() => return Ok(ended?),
            _ = look.tick() => match activity.verdict() {
                Verdict::GoOn => false,
                Verdict::Close => true,
                Verdict::Cut(why) => return Err(io::Error::new(io::ErrorKind::TimedOut, why).into()),
            },
            () = activity.used_up() => true,
            _ = stop.wait_for(|stop| *stop), if !closing => true,
        };
        if close && !closing {
            closing = true;
            connection.as_mut().graceful_shutdown();
            activity.closing();
        }
    }
}

fn late(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, format!("{what} took too long"))
}
