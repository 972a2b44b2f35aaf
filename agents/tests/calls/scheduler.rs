use serde_json::json;
use swaig::testing::{Platform, TestCall};

use crate::CALLER;

struct Practice {
    platform: Platform,
    _folder: tempfile::TempDir,
}

impl Practice {
    fn open() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("appointments.db").display().to_string();
        let settings = [
            ("SWAIG_AGENTS", "scheduler"),
            ("APPOINTMENTS_FILE", &file),
            ("APPOINTMENTS_HOURS", "mon-sun 09:00-11:00"),
            ("APPOINTMENTS_MINUTES", "60"),
        ];
        Self { platform: Platform::new(settings), _folder: folder }
    }

    async fn call(&self, caller: &str) -> TestCall {
        self.platform.call("scheduler").from(caller).await
    }
}

/// A day of next week.
fn day() -> String {
    let day = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 * 7);
    day.strftime("%Y-%m-%d").to_string()
}

#[tokio::test]
async fn a_time_is_given_to_one_caller() {
    let practice = Practice::open();
    let mut first = practice.call(CALLER).await;
    assert!(first.prompt().contains("Today is "), "{}", first.prompt());
    assert!(!first.prompt().contains("${"), "{}", first.prompt());
    first.function("free_times", json!({"day": day()})).await.assert_contains("9 AM, 10 AM");
    let wanted = json!({"day": day(), "time": "09:00", "name": "Ada"});
    first.function("book_appointment", wanted).await.assert_contains("Booked for Ada").assert_done();
    first.function("free_times", json!({"day": day()})).await.assert_contains(": 10 AM.");

    let mut second = practice.call("+15551230001").await;
    let wanted = json!({"day": day(), "time": "09:00", "name": "Bob"});
    second.function("book_appointment", wanted).await.assert_contains("taken by somebody else");
    second.function("cancel_appointment", json!({})).await.assert_response("The caller has no appointment.");
    let not_own = json!({"day": day(), "time": "09:00"});
    second.function("cancel_appointment", not_own.clone()).await.assert_contains("nothing was cancelled");

    first.function("cancel_appointment", json!({})).await.assert_contains("The caller has:");
    first.function("cancel_appointment", not_own).await.assert_contains("Cancelled:");
    let wanted = json!({"day": day(), "time": "9:00", "name": "Bob"});
    second.function("book_appointment", wanted).await.assert_contains("Booked for Bob");
}

#[tokio::test]
async fn what_cannot_be_booked_is_said_with_what_to_do() {
    let practice = Practice::open();
    let mut call = practice.call(CALLER).await;
    for (day, time, expected) in [
        (day(), "09:30", "Call free_times"),
        ("2020-01-01".to_owned(), "09:00", "has passed"),
        ("2999-01-01".to_owned(), "09:00", "more than a year"),
    ] {
        let turn = call.function("book_appointment", json!({"day": day, "time": time, "name": "Ada"})).await;
        turn.assert_contains(expected);
    }
    let turn =
        call.function("book_appointment", json!({"day": "tomorrow", "time": "09:00", "name": "Ada"})).await;
    turn.assert_contains("2027-03-04");
    let mut hidden = practice.platform.call("scheduler").await;
    let turn =
        hidden.function("book_appointment", json!({"day": day(), "time": "09:00", "name": "Ada"})).await;
    turn.assert_contains("number is not shown");
}
