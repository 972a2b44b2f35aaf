//! A circuit breaker: an upstream service that fails again and again is left alone for a while, and callers hear at once
//! that it cannot be asked, instead of waiting for it in vain.

mod state;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::server::metrics;
use state::{Change, Settings, State, Verdict};

/// Failures in a row after which a breaker opens, unless it is told another number.
const FAILURES: u32 = 5;
const PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// A circuit breaker before one upstream service, shared by all who ask it.
///
/// *Closed*, it lets everything through. After 5 failures in a row it *opens*: requests are refused at once with
/// [`BreakerOpen`]. After a pause of a second it lets one request through as a probe, one at a time. If that succeeds, the
/// breaker closes; if it fails, the pause begins again and is twice as long, up to 30 seconds. Requests that were under
/// way when it opened no longer count.
///
/// A failure is that of the service: no connection, no answer in time, a status 5xx, or 429. An answer that says that the
/// request was wrong (other 4xx) shows that the service works. A request that was given up half-way, as at a function's
/// deadline, says nothing about it, and makes room for the next probe.
///
/// Where a request was let through or refused, it is counted in `swaig_upstream_total` under the breaker's name, and the
/// gauge `swaig_breaker_open` is 1 until the breaker closes again.
///
/// ```
/// use std::time::Duration;
/// use swaig::{Breaker, BreakerOpen};
///
/// #[derive(Debug, thiserror::Error)]
/// enum RatesError {
///     #[error("the rates answered with the status {0}")]
///     Status(u16),
///     #[error(transparent)]
///     Open(#[from] BreakerOpen),
/// }
///
/// async fn ask(status: u16) -> Result<&'static str, RatesError> {
///     if status == 200 { Ok("1.25") } else { Err(RatesError::Status(status)) }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// // One for a client; a `static` will do as well.
/// let breaker = Breaker::new("rates").failures(2).pause(Duration::from_secs(1), Duration::from_secs(30));
/// let is_failure = |error: &RatesError| !matches!(error, RatesError::Status(400..=428 | 430..=499));
/// for _ in 0..2 {
///     assert!(matches!(breaker.run(ask(503), is_failure).await, Err(RatesError::Status(503))));
/// }
/// // The service is not asked any more.
/// assert!(matches!(breaker.run(ask(200), is_failure).await, Err(RatesError::Open(_))));
/// # }
/// ```
pub struct Breaker {
    upstream: &'static str,
    settings: Settings,
    state: Mutex<State>,
}

impl Breaker {
    /// A breaker before the upstream service of this name, which labels its metrics: `snake_case`, one for each service.
    pub const fn new(upstream: &'static str) -> Self {
        let settings = Settings { failures: FAILURES, pause: PAUSE, longest_pause: LONGEST_PAUSE };
        Self { upstream, settings, state: Mutex::new(State::new()) }
    }

    /// So many failures in a row open it; by default 5. With 0 it never opens, and only counts.
    #[must_use]
    pub const fn failures(mut self, failures: u32) -> Self {
        self.settings.failures = failures;
        self
    }

    /// How long it is open before the first probe, and at most after probes that failed; by default 1 and 30 seconds. More
    /// than a day counts as a day.
    #[must_use]
    pub fn pause(mut self, first: Duration, longest: Duration) -> Self {
        self.settings.longest_pause = longest.min(Duration::from_hours(24));
        self.settings.pause = first.min(self.settings.longest_pause);
        self
    }

    /// Whether requests are refused, or all but a probe.
    pub fn is_open(&self) -> bool {
        self.state().is_open()
    }

    /// Sends a request, unless the breaker is open. `is_failure` says of an error whether it is the service's own failure:
    /// no connection, no answer in time, 5xx, 429, an answer that cannot be understood; it is not one when the service
    /// answered that the request was wrong.
    ///
    /// The request is not started while the breaker is open. It may be dropped at any time.
    ///
    /// # Errors
    /// The request's own, or [`BreakerOpen`] in its form.
    pub async fn run<T, E: From<BreakerOpen>>(
        &self,
        request: impl Future<Output = Result<T, E>>,
        is_failure: impl FnOnce(&E) -> bool,
    ) -> Result<T, E> {
        let pass = self.pass()?;
        let result = request.await;
        match &result {
            Ok(_) => pass.succeeded(),
            Err(error) if is_failure(error) => pass.failed(),
            Err(_) => pass.refused(),
        }
        result
    }

    /// Asks whether a request may be sent. What became of it is told to the pass; one that is dropped says nothing.
    ///
    /// # Errors
    /// The breaker is open, or its probe is under way.
    pub fn pass(&self) -> Result<Pass<'_>, BreakerOpen> {
        let now = Instant::now();
        let passed = self.state().pass(now);
        match passed {
            Ok(epoch) => Ok(Pass { breaker: self, epoch, started: now, told: false }),
            Err(retry_after) => {
                metrics::upstream(self.upstream, "breaker_open", None);
                Err(BreakerOpen { upstream: self.upstream, retry_after })
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Each change is made in one step, so there is no half-made one to see.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn settle(&self, epoch: u64, verdict: Verdict) {
        let upstream = self.upstream;
        let change = {
            let mut state = self.state();
            let change = state.settle(epoch, verdict, Instant::now(), &self.settings);
            // Under the lock, so that the last word is the newest.
            metrics::breaker(upstream, state.is_open());
            change
        };
        match change {
            Some(Change::Opened(pause)) => {
                tracing::warn!(upstream, pause_ms = pause.as_millis(), "breaker opened: it is not asked now");
            }
            Some(Change::Closed) => tracing::info!(upstream, "breaker closed: it answers again"),
            None => {}
        }
    }
}

impl fmt::Debug for Breaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Breaker")
            .field("upstream", &self.upstream)
            .field("open", &self.is_open())
            .finish_non_exhaustive()
    }
}

/// Leave to send one request. Tell it what became of the request.
///
/// ```
/// use swaig::Breaker;
///
/// static CALENDAR: Breaker = Breaker::new("calendar");
///
/// let pass = CALENDAR.pass().expect("it is closed");
/// // … the request is sent, and answered …
/// pass.succeeded();
/// ```
#[derive(Debug)]
#[must_use = "a pass that is dropped says nothing about the service"]
pub struct Pass<'a> {
    breaker: &'a Breaker,
    epoch: u64,
    started: Instant,
    told: bool,
}

impl Pass<'_> {
    /// The service did what was asked.
    pub fn succeeded(self) {
        self.tell("ok", Verdict::Works);
    }

    /// The service works, and would not do what was asked: the request was wrong.
    pub fn refused(self) {
        self.tell("refused", Verdict::Works);
    }

    /// The service failed, or could not be reached.
    pub fn failed(self) {
        self.tell("failed", Verdict::Fails);
    }

    fn tell(mut self, outcome: &'static str, verdict: Verdict) {
        self.told = true;
        metrics::upstream(self.breaker.upstream, outcome, Some(self.started.elapsed()));
        self.breaker.settle(self.epoch, verdict);
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if !self.told {
            metrics::upstream(self.breaker.upstream, "cancelled", None);
            self.breaker.settle(self.epoch, Verdict::Unknown);
        }
    }
}

/// A request was not sent, because the service has failed again and again.
///
/// ```
/// use swaig::{Breaker, BreakerOpen};
///
/// static CALENDAR: Breaker = Breaker::new("calendar").failures(1);
///
/// CALENDAR.pass().expect("it is closed").failed();
/// let open: BreakerOpen = CALENDAR.pass().unwrap_err();
/// assert_eq!(open.upstream(), "calendar");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{upstream} has failed again and again, so it is not asked for a moment (its breaker is open)")]
pub struct BreakerOpen {
    upstream: &'static str,
    retry_after: Duration,
}

impl BreakerOpen {
    /// The name of the service.
    pub fn upstream(&self) -> &'static str {
        self.upstream
    }

    /// How long until the next probe may be sent; zero while one is under way.
    pub fn retry_after(&self) -> Duration {
        self.retry_after
    }
}
