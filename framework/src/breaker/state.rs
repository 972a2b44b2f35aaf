//! When a breaker opens and closes: no clock, no lock, no I/O.

use std::time::Duration;

use tokio::time::Instant;

pub(super) struct Settings {
    /// Failures in a row that open it; 0: none do.
    pub(super) failures: u32,
    /// How long it is open before the first probe.
    pub(super) pause: Duration,
    pub(super) longest_pause: Duration,
}

/// What a request says about the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Works,
    Fails,
    /// It was given up.
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// For this long.
    Opened(Duration),
    Closed,
}

#[derive(Clone, Copy, Debug)]
enum Position {
    Closed {
        /// Failures in a row.
        failures: u32,
    },
    Open {
        until: Instant,
        pause: Duration,
    },
    /// The pause is over.
    HalfOpen {
        probing: bool,
        /// The one that was.
        pause: Duration,
    },
}

/// Where a breaker stands.
pub(super) struct State {
    position: Position,
    /// Which requests count: those that were let through since it opened, closed, or let its last probe through.
    epoch: u64,
}

impl State {
    pub(super) const fn new() -> Self {
        Self { position: Position::Closed { failures: 0 }, epoch: 0 }
    }

    pub(super) fn is_open(&self) -> bool {
        !matches!(self.position, Position::Closed { .. })
    }

    /// Lets a request through, as part of an epoch; or says how long to wait.
    pub(super) fn pass(&mut self, now: Instant) -> Result<u64, Duration> {
        match self.position {
            Position::Closed { .. } => return Ok(self.epoch),
            Position::Open { until, .. } if now < until => return Err(until - now),
            Position::HalfOpen { probing: true, .. } => return Err(Duration::ZERO),
            Position::Open { pause, .. } | Position::HalfOpen { pause, probing: false } => {
                self.move_to(Position::HalfOpen { probing: true, pause });
            }
        }
        Ok(self.epoch)
    }

    /// Takes note of what became of a request.
    pub(super) fn settle(
        &mut self,
        epoch: u64,
        verdict: Verdict,
        now: Instant,
        settings: &Settings,
    ) -> Option<Change> {
        if epoch != self.epoch {
            // It was under way before the last change.
            return None;
        }
        match (self.position, verdict) {
            (Position::Closed { .. }, Verdict::Works) => {
                self.position = Position::Closed { failures: 0 };
                None
            }
            (Position::Closed { failures }, Verdict::Fails) => {
                let failures = failures.saturating_add(1);
                self.position = Position::Closed { failures };
                let enough = settings.failures != 0 && failures >= settings.failures;
                enough.then(|| self.open(now, settings.pause))
            }
            (Position::HalfOpen { .. }, Verdict::Works) => {
                self.move_to(Position::Closed { failures: 0 });
                Some(Change::Closed)
            }
            (Position::HalfOpen { pause, .. }, Verdict::Fails) => {
                Some(self.open(now, pause.saturating_mul(2).min(settings.longest_pause)))
            }
            (Position::HalfOpen { pause, .. }, Verdict::Unknown) => {
                self.move_to(Position::HalfOpen { probing: false, pause });
                None
            }
            (Position::Closed { .. }, Verdict::Unknown) | (Position::Open { .. }, _) => None,
        }
    }

    fn open(&mut self, now: Instant, pause: Duration) -> Change {
        self.move_to(Position::Open { until: now + pause, pause });
        Change::Opened(pause)
    }

    fn move_to(&mut self, position: Position) {
        self.position = position;
        self.epoch += 1;
    }
}
