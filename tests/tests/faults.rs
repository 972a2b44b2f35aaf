//! The runs against faults, in short.

use std::time::Duration;

use swaig_tests::faults::{crash, outage, rolling, soak, upstream};

#[tokio::test]
async fn whatever_the_upstream_does_every_webhook_is_answered_and_no_code_is_sent_twice() {
    print!("{}", upstream::run(upstream::Size { seed: 7, webhooks: 300, at_once: 40, faults: 300 }).await);
}

#[tokio::test]
async fn however_often_the_server_is_killed_nothing_that_was_answered_is_missing_or_doubled() {
    print!("{}", crash::run(crash::Size { seed: 7, kills: 4, at_once: 10 }).await);
}

#[tokio::test]
async fn while_redis_is_away_every_webhook_is_answered_and_nothing_is_missing_or_doubled_after() {
    let figures = outage::run(outage::Size { away: Duration::from_secs(2), at_once: 6 }).await;
    print!("{}", figures.unwrap_or_default());
}

#[tokio::test]
async fn under_load_files_are_closed_again() {
    // A few seconds say nothing about memory: the allocator is still warming up.
    let size = soak::Size { lasts: Duration::from_secs(3), at_once: 10, may_grow: None };
    print!("{}", soak::run(size).await);
}

#[tokio::test]
async fn when_instances_are_replaced_under_load_no_request_fails() {
    let figures = rolling::run(rolling::Size { seed: 7, instances: 3, rounds: 1, at_once: 6 }).await;
    print!("{}", figures.unwrap_or_default());
}
