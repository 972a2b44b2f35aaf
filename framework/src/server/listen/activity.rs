//! What happens on a connection, and whether it has gone on for too long.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::super::response::Body;
use super::limits::{HEAD_TIME, LINGER, REQUESTS, WRITE_TIME};

/// What is to be done with a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It goes on.
    GoOn,
    /// It ends once what runs is answered.
    Close,
    /// It ends now, and why.
    Cut(&'static str),
}

/// The state of one connection, shared by its socket, its requests and their answers.
pub(super) struct Activity {
    state: Mutex<State>,
    idle: Duration,
    /// Told when a connection has carried all requests that it may.
    used_up: Notify,
}

struct State {
    /// Whether a byte between requests begins a head: so in HTTP/1.
    heads: bool,
    /// Whether a head said twice where its body ends.
    ambiguous: bool,
    running: usize,
    served: u64,
    /// Since when nothing runs.
    idle_since: Instant,
    /// Since when a head is on its way.
    head_since: Option<Instant>,
    /// Since when it was to end.
    closing_since: Option<Instant>,
    /// Since when a part of an answer waits to be taken, for each answer.
    waiting: Vec<(u64, Instant)>,
}

impl State {
    /// No part of this answer waits any more.
    fn taken(&mut self, answer: u64) {
        self.waiting.retain(|(id, _)| *id != answer);
    }
}

impl Activity {
    /// A connection on which the head of the first request has begun.
    pub(super) fn new(http_1: bool, idle: Duration) -> Arc<Self> {
        let now = Instant::now();
        let state = State {
            heads: http_1,
            ambiguous: false,
            running: 0,
            served: 0,
            idle_since: now,
            head_since: http_1.then_some(now),
            closing_since: None,
            waiting: Vec::new(),
        };
        Arc::new(Self { state: Mutex::new(state), idle, used_up: Notify::new() })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Bytes came in.
    pub(super) fn received(&self) {
        let mut state = self.state();
        if state.heads && state.running == 0 && state.head_since.is_none() {
            state.head_since = Some(Instant::now());
        }
    }

    /// A head said twice where its body ends.
    pub(super) fn found_ambiguous(&self) {
        self.state().ambiguous = true;
    }

    /// A request has come. It runs until its answer is taken, or given up. Also says whether a head of the connection was
    /// ambiguous.
    pub(super) fn begin(self: &Arc<Self>) -> (Running, bool) {
        let mut state = self.state();
        state.running += 1;
        state.served += 1;
        state.head_since = None;
        if state.served >= REQUESTS {
            self.used_up.notify_one();
        }
        (Running { id: state.served, activity: self.clone() }, state.ambiguous)
    }

    /// Ends when the connection has carried all requests that it may.
    pub(super) async fn used_up(&self) {
        self.used_up.notified().await;
    }

    /// It was asked to end.
    pub(super) fn closing(&self) {
        self.state().closing_since.get_or_insert_with(Instant::now);
    }

    pub(super) fn verdict(&self) -> Verdict {
        let state = self.state();
        let now = Instant::now();
        let past = |since: Instant, time: Duration| now.duration_since(since) >= time;
        if state.waiting.iter().any(|(_, since)| past(*since, WRITE_TIME)) {
            return Verdict::Cut("the client does not take its answer");
        }
        if state.running > 0 {
            return Verdict::GoOn;
        }
        if state.head_since.is_some_and(|since| past(since, HEAD_TIME)) {
            return Verdict::Cut("the head of a request took too long");
        }
        match state.closing_since {
            Some(since) if past(since.max(state.idle_since), LINGER) => {
                Verdict::Cut("the client does not close")
            }
            None if past(state.idle_since, self.idle) => Verdict::Close,
            _ => Verdict::GoOn,
        }
    }
}

/// A request that is being answered.
pub(super) struct Running {
    id: u64,
    activity: Arc<Activity>,
}

impl Running {
    /// The body of its answer.
    pub(super) fn answer(self, body: Body) -> Answer {
        Answer { body, running: self }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut state = self.activity.state();
        state.taken(self.id);
        state.running -= 1;
        state.idle_since = Instant::now();
    }
}

/// The body of an answer, which notices when its parts are not taken.
pub(super) struct Answer {
    body: Body,
    running: Running,
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        let mut state = self.running.activity.state();
        // Who asks for the next part has taken the last one.
        state.taken(self.running.id);
        if let Poll::Ready(Some(_)) = polled {
            state.waiting.push((self.running.id, Instant::now()));
        }
        drop(state);
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::{BodyExt as _, Full};
    use tokio::time::advance;

    use super::*;

    const IDLE: Duration = Duration::from_secs(75);
    const MOMENT: Duration = Duration::from_millis(1);

    /// Lets all but a moment of a time pass.
    async fn nearly(time: Duration) {
        advance(time.saturating_sub(MOMENT)).await;
    }

    fn body() -> Body {
        Full::new(Bytes::from_static(b"hello")).boxed_unsync()
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_that_takes_too_long_is_cut_off() {
        let activity = Activity::new(true, IDLE);
        nearly(HEAD_TIME).await;
        // More bytes of the same head do not help.
        activity.received();
        assert_eq!(activity.verdict(), Verdict::GoOn);
        advance(MOMENT).await;
        assert!(matches!(activity.verdict(), Verdict::Cut(_)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_without_a_request_is_closed_and_then_cut() {
        for http_1 in [true, false] {
            let activity = Activity::new(http_1, IDLE);
            drop(activity.begin());
            nearly(IDLE).await;
            assert_eq!(activity.verdict(), Verdict::GoOn);
            advance(MOMENT).await;
            assert_eq!(activity.verdict(), Verdict::Close);
            activity.closing();
            assert_eq!(activity.verdict(), Verdict::GoOn);
            advance(LINGER).await;
            assert!(matches!(activity.verdict(), Verdict::Cut(_)));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn bytes_between_the_requests_of_http_2_begin_no_head() {
        let activity = Activity::new(false, IDLE);
        activity.received();
        advance(HEAD_TIME).await;
        assert_eq!(activity.verdict(), Verdict::GoOn);
    }

    #[tokio::test(start_paused = true)]
    async fn what_runs_may_run() {
        let activity = Activity::new(true, IDLE);
        let (running, _) = activity.begin();
        activity.received();
        activity.closing();
        advance(IDLE * 10).await;
        assert_eq!(activity.verdict(), Verdict::GoOn);
        drop(running);
        assert_eq!(activity.verdict(), Verdict::GoOn);
        advance(LINGER).await;
        assert!(matches!(activity.verdict(), Verdict::Cut(_)));
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_is_not_taken_is_cut_off() {
        let activity = Activity::new(false, IDLE);
        let mut answer = activity.begin().0.answer(body());
        advance(WRITE_TIME).await;
        assert_eq!(activity.verdict(), Verdict::GoOn, "nothing was ready yet");
        assert!(answer.frame().await.is_some());
        nearly(WRITE_TIME).await;
        assert_eq!(activity.verdict(), Verdict::GoOn);
        advance(MOMENT).await;
        assert!(matches!(activity.verdict(), Verdict::Cut(_)));
        assert!(answer.frame().await.is_none());
        assert_eq!(activity.verdict(), Verdict::GoOn, "it was taken after all");
        drop(answer);
        assert_eq!(activity.state().running, 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_is_used_up() {
        let activity = Activity::new(true, IDLE);
        for _ in 1..REQUESTS {
            drop(activity.begin());
        }
        assert!(tokio::time::timeout(MOMENT, activity.used_up()).await.is_err());
        drop(activity.begin());
        activity.used_up().await;
    }
}
