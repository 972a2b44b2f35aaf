//! The sandbox's phone: where messages go that no network carries.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};

use crate::phone_number::PhoneNumber;

/// How many messages are kept; the oldest go first.
const KEPT: usize = 50;

/// The phone of sandbox mode. It is the one place where a one-time code may be seen, since it *is* the
/// caller's phone: a message is shown in the console's phone panel and written to the log once, with the target
/// `sandbox::phone`.
///
/// Clones are the same phone.
///
/// ```
/// use swaig::{PhoneNumber, Setup};
///
/// let phone = Setup::test([("A", "b")]).phone().clone();
/// let to = PhoneNumber::parse("+15551230000").expect("it is a number");
/// phone.deliver(to, "sms", "Your table is ready.".into());
/// assert_eq!(phone.messages()[0].channel, "sms");
/// ```
#[derive(Clone, Default)]
pub struct Phone {
    messages: Arc<Mutex<VecDeque<TextMessage>>>,
}

/// A message as the phone shows it. Number and body give themselves away only when asked to.
///
/// ```
/// use swaig::{PhoneNumber, Setup};
///
/// let phone = Setup::test([("A", "b")]).phone().clone();
/// let to = PhoneNumber::parse("+15551230000").expect("it is a number");
/// phone.deliver(to, "sms", "Your table is ready.".into());
/// assert_eq!(phone.messages()[0].channel, "sms");
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TextMessage {
    /// When it arrived.
    pub at: Timestamp,
    /// The number that it was sent to.
    pub to: PhoneNumber,
    /// How it came: `sms` or `call`.
    pub channel: String,
    /// What it says. It may hold a one-time code.
    pub body: SecretString,
}

impl Phone {
    /// Shows a message on the phone and in the log.
    pub fn deliver(&self, to: PhoneNumber, channel: impl Into<String>, body: SecretString) {
        let message = TextMessage { at: Timestamp::now(), to, channel: channel.into(), body };
        // The one line of the log that may hold a code.
        let said = message.body.expose_secret();
        tracing::info!(target: "sandbox::phone", channel = %message.channel, "sandbox phone: {said}");
        let mut messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        if messages.len() == KEPT {
            messages.pop_front();
        }
        messages.push_back(message);
    }

    /// The messages that are kept, newest first.
    pub fn messages(&self) -> Vec<TextMessage> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner).iter().rev().cloned().collect()
    }
}
