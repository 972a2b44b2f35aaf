//! The runs against faults, in short.

use swaig_tests::faults::upstream;

#[tokio::test]
async fn whatever_the_upstream_does_every_webhook_is_answered_and_no_code_is_sent_twice() {
    print!("{}", upstream::run(upstream::Size { seed: 7, webhooks: 300, at_once: 40, faults: 300 }).await);
}
