//! The breaker against a model that knows nothing but its history, and the passes around it.

use std::future::pending;

use proptest::prelude::*;

use super::*;

const SETTINGS: Settings =
    Settings { failures: 3, pause: Duration::from_secs(1), longest_pause: Duration::from_secs(30) };

/// What happens to a breaker, in random order.
#[derive(Clone, Debug)]
enum Step {
    Pass,
    /// One of the requests that are under way ends so.
    Settle(prop::sample::Index, Verdict),
    Advance(Duration),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let verdict =
        prop_oneof![2 => Just(Verdict::Works), 5 => Just(Verdict::Fails), 1 => Just(Verdict::Unknown)];
    let step = prop_oneof![
        5 => Just(Step::Pass),
        5 => (any::<prop::sample::Index>(), verdict).prop_map(|(index, verdict)| Step::Settle(index, verdict)),
        2 => (0_u64..40_000).prop_map(|millis| Step::Advance(Duration::from_millis(millis))),
    ];
    prop::collection::vec(step, 0..200)
}

/// What was seen of a breaker: where it must stand follows from that alone.
#[derive(Default)]
struct Model {
    /// Failures in a row, of requests that count.
    failures: u32,
    /// Since when it is open, and for which pause.
    opened: Option<(Instant, Duration)>,
    /// The request that is the probe.
    probe: Option<usize>,
    /// Requests before this one were let through before it last closed or opened.
    counts_from: usize,
}

impl Model {
    fn lets_through(&self, now: Instant) -> bool {
        self.opened.is_none_or(|(since, pause)| self.probe.is_none() && now >= since + pause)
    }

    fn passed(&mut self, request: usize) {
        if self.opened.is_some() {
            self.probe = Some(request);
        }
    }

    fn settled(&mut self, request: usize, verdict: Verdict, now: Instant, next: usize) {
        match (self.opened, self.probe == Some(request)) {
            (Some((_, pause)), true) => {
                self.probe = None;
                match verdict {
                    Verdict::Works => {
                        (self.opened, self.failures, self.counts_from) = (None, 0, next);
                    }
                    Verdict::Fails => self.opened = Some((now, (pause * 2).min(SETTINGS.longest_pause))),
                    Verdict::Unknown => {}
                }
            }
            (None, _) if request >= self.counts_from => match verdict {
                Verdict::Works => self.failures = 0,
                Verdict::Fails => {
                    self.failures += 1;
                    if self.failures == SETTINGS.failures {
                        self.opened = Some((now, SETTINGS.pause));
                    }
                }
                Verdict::Unknown => {}
            },
            _ => {}
        }
    }
}

proptest! {
    #[test]
    fn a_breaker_does_what_its_history_says(steps in steps()) {
        let (mut state, mut model) = (State::new(), Model::default());
        let mut now = Instant::now();
        let mut under_way: Vec<(usize, u64)> = Vec::new();
        let mut requests = 0;
        for step in steps {
            match step {
                Step::Advance(time) => now += time,
                Step::Pass => {
                    let passed = state.pass(now);
                    prop_assert_eq!(passed.is_ok(), model.lets_through(now));
                    match passed {
                        Ok(epoch) => {
                            model.passed(requests);
                            under_way.push((requests, epoch));
                            requests += 1;
                        }
                        Err(wait) => prop_assert!(wait <= SETTINGS.longest_pause),
                    }
                }
                Step::Settle(index, verdict) => {
                    if under_way.is_empty() {
                        continue;
                    }
                    let (request, epoch) = under_way.swap_remove(index.index(under_way.len()));
                    let was_open = state.is_open();
                    let change = state.settle(epoch, verdict, now, &SETTINGS);
                    model.settled(request, verdict, now, requests);
                    prop_assert_eq!(matches!(change, Some(Change::Closed)), was_open && !state.is_open());
                }
            }
            prop_assert_eq!(state.is_open(), model.opened.is_some());
        }
    }
}

#[derive(Debug, PartialEq, thiserror::Error)]
enum Failure {
    #[error("down")]
    Down,
    #[error("wrong")]
    Wrong,
    #[error(transparent)]
    Open(#[from] BreakerOpen),
}

async fn ask(breaker: &Breaker, result: Result<(), Failure>) -> Result<(), Failure> {
    breaker.run(async { result }, |error| *error == Failure::Down).await
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[tokio::test(start_paused = true)]
async fn it_opens_after_failures_in_a_row_and_its_pause_grows_until_a_probe_succeeds() {
    let breaker = Breaker::new("test");
    for result in [Err(Failure::Down), Err(Failure::Down), Err(Failure::Wrong), Ok(())] {
        let _ = ask(&breaker, result).await;
    }
    for _ in 0..4 {
        assert_eq!(ask(&breaker, Err(Failure::Down)).await, Err(Failure::Down));
        assert!(!breaker.is_open());
    }
    assert_eq!(ask(&breaker, Err(Failure::Down)).await, Err(Failure::Down));
    for pause in [1, 2, 4, 8, 16, 30, 30] {
        assert!(breaker.is_open());
        let Err(Failure::Open(open)) = ask(&breaker, Ok(())).await else { panic!("it was let through") };
        assert_eq!((open.upstream(), open.retry_after()), ("test", seconds(pause)));
        tokio::time::advance(seconds(pause)).await;
        assert_eq!(ask(&breaker, Err(Failure::Down)).await, Err(Failure::Down));
    }
    tokio::time::advance(seconds(30)).await;
    // What the service says no to shows that it works.
    assert_eq!(ask(&breaker, Err(Failure::Wrong)).await, Err(Failure::Wrong));
    assert!(!breaker.is_open());
}

#[tokio::test(start_paused = true)]
async fn one_probe_is_sent_at_a_time_and_one_that_is_given_up_makes_room() {
    let breaker = Breaker::new("test").failures(1);
    let _ = ask(&breaker, Err(Failure::Down)).await;
    tokio::time::advance(seconds(1)).await;
    let hanging = breaker.run(pending::<Result<(), Failure>>(), |_| true);
    {
        let mut hanging = std::pin::pin!(hanging);
        tokio::select! {
            biased;
            _ = &mut hanging => panic!("it ended"),
            () = std::future::ready(()) => {}
        }
        let Err(Failure::Open(open)) = ask(&breaker, Ok(())).await else { panic!("a second probe") };
        assert_eq!(open.retry_after(), Duration::ZERO);
    }
    assert!(breaker.is_open());
    assert_eq!(ask(&breaker, Ok(())).await, Ok(()));
    assert!(!breaker.is_open());
}

#[tokio::test(start_paused = true)]
async fn what_was_under_way_when_it_opened_changes_nothing() {
    let breaker = Breaker::new("test").failures(1);
    let (early, late) = (breaker.pass().unwrap(), breaker.pass().unwrap());
    let _ = ask(&breaker, Err(Failure::Down)).await;
    early.succeeded();
    assert!(breaker.is_open());
    tokio::time::advance(seconds(1)).await;
    assert_eq!(ask(&breaker, Ok(())).await, Ok(()));
    late.failed();
    assert!(!breaker.is_open());
}

#[tokio::test]
async fn without_a_number_of_failures_it_never_opens() {
    let breaker = Breaker::new("test").failures(0);
    for _ in 0..100 {
        assert_eq!(ask(&breaker, Err(Failure::Down)).await, Err(Failure::Down));
    }
    assert!(!breaker.is_open());
}

#[tokio::test]
async fn a_request_is_not_begun_while_it_is_open() {
    static BREAKER: Breaker = Breaker::new("test").failures(1);
    let _ = ask(&BREAKER, Err(Failure::Down)).await;
    let request = async { panic!("it was asked") };
    let result: Result<(), Failure> = BREAKER.run(request, |_| true).await;
    assert!(matches!(result, Err(Failure::Open(_))));
}
