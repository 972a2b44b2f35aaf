//! Calls of the ready-made agents, played with the testing kit.

mod bank_desk;
mod faq;
mod mfa;
mod receptionist;
mod scheduler;
mod survey;

use swaig::testing::TestCall;
use swaig_agents as _;

/// The number that the tests call from.
const CALLER: &str = "+15551230000";

/// The code in the newest text on the caller's phone.
fn code(call: &TestCall) -> String {
    let text = call.texts().into_iter().next().expect("a text was sent");
    text.chars().filter(char::is_ascii_digit).collect()
}
