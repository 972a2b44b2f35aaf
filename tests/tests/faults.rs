//! The runs against faults, in short.

use swaig_tests::faults::{crash, upstream};

#[tokio::test]
async fn whatever_the_upstream_does_every_webhook_is_answered_and_no_code_is_sent_twice() {
    print!("{}", upstream::run(upstream::Size { seed: 7, webhooks: 300, at_once: 40, faults: 300 }).await);
}

#[tokio::test]
async fn however_often_the_server_is_killed_nothing_that_was_answered_is_missing_or_doubled() {
    print!("{}", crash::run(crash::Size { seed: 7, kills: 4, at_once: 10 }).await);
}
