use serde_json::json;

use super::*;
use crate::Call;

const HOUR: Duration = Duration::from_hours(1);

fn reached(outcome: Result<Permit, LimitError>) -> LimitReached {
    match outcome {
        Err(LimitError::Reached(reached)) => reached,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_is_given_back_does_not_count() {
    let limiter = Limiter::test();
    let limits = [Limit::new("a", 2, HOUR).of("x"), Limit::new("b", 1, HOUR)];
    limiter.take(&limits).await.unwrap().give_back().await;
    limiter.take(&limits).await.unwrap().keep();
    assert_eq!(reached(limiter.take(&limits).await).name, "b");
    limiter.clear(&limits[1]).await.unwrap();
    limiter.look(&limits).await.unwrap();
    limiter.take(&limits).await.unwrap().keep();
    limiter.clear(&limits[1]).await.unwrap();
    assert_eq!(reached(limiter.take(&limits).await).name, "a");
    assert!(matches!(limiter.look(&limits[..1]).await, Err(LimitError::Reached(_))));
}

#[tokio::test]
async fn zero_is_no_limit_and_the_limit_that_is_named_is_the_one_that_is_reached() {
    let limiter = Limiter::test();
    let limits = [Limit::new("none", 0, HOUR), Limit::new("one", 1, HOUR)];
    limiter.take(&limits).await.unwrap().keep();
    let reached = reached(limiter.take(&limits).await);
    assert_eq!((reached.name, reached.wait().as_str()), ("one", "60 minutes"));
    for _ in 0..9 {
        limiter.take(&limits[..1]).await.unwrap().keep();
    }
}

#[tokio::test]
async fn those_who_watch_the_call_hear_of_it_and_see_no_number() {
    let call = Call::test();
    let number = PhoneNumber::parse("+15551230000").unwrap();
    let limits = [Limit::new("per_number", 1, Duration::from_secs(30)).of_number(&number)];
    call.limits().take(&limits).await.unwrap().keep();
    assert!(call.broadcasts().is_empty());
    reached(call.limits().take(&limits).await);
    let events = call.broadcasts();
    assert_eq!(events[0].kind(), "limit_reached");
    let expected = json!({"limit": "per_number", "retry_after": 30, "subject": "+1••••••0000"});
    assert_eq!(events[0].data(), &expected);
    assert!(!format!("{limits:?}").contains("5551230000"));
}

#[tokio::test]
async fn before_a_server_runs_nothing_is_allowed() {
    let limiter = crate::Setup::test([("X", "y")]).limits();
    assert!(matches!(limiter.take(&[]).await, Err(LimitError::NotServing)));
}

#[test]
fn a_wait_reads_well_when_spoken() {
    let wait = |millis| LimitReached { name: "x", retry_after: Duration::from_millis(millis) }.wait();
    let table = [
        (1, "1 second"),
        (1_001, "2 seconds"),
        (90_000, "90 seconds"),
        (90_001, "2 minutes"),
        (3_600_000, "60 minutes"),
        (5_401_000, "2 hours"),
        (86_400_000, "24 hours"),
    ];
    for (millis, words) in table {
        assert_eq!(wait(millis), words);
    }
}
