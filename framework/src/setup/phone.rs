//! The sandbox's phone: where messages go that no network carries.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

/// How many messages are kept; the oldest go first.
const KEPT: usize = 50;

/// The phone of sandbox mode. It is the one place where a one-time code may be seen, since it *is* the
/// caller's phone: a message is shown in the console's phone panel and written to the log once, with the target
/// `sandbox::phone`.
///
/// Clones are the same phone.
#[derive(Clone, Default)]
pub struct Phone {
    messages: Arc<Mutex<VecDeque<TextMessage>>>,
}

/// A message as the phone shows it. It has no `Debug`: its body may hold a one-time code.
#[derive(Clone)]
#[non_exhaustive]
pub struct TextMessage {
    /// When it arrived.
    pub at: Timestamp,
    /// The number that it was sent to.
    pub to: String,
    /// How it came: `sms` or `call`.
    pub channel: String,
    /// What it says.
    pub body: String,
}

impl Phone {
    /// Shows a message on the phone and in the log.
    pub fn deliver(&self, to: impl Into<String>, channel: impl Into<String>, body: impl Into<String>) {
        let message =
            TextMessage { at: Timestamp::now(), to: to.into(), channel: channel.into(), body: body.into() };
        tracing::info!(target: "sandbox::phone", channel = %message.channel, "sandbox phone: {}", message.body);
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
