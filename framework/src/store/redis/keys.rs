//! The names of the keys. What is between the braces decides about the slot of a cluster.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::super::{ConversationKey, LimitKey, ReplyKey};

/// Makes keys.
#[derive(Clone)]
pub(super) struct Keys {
    prefix: String,
}

impl Keys {
    pub(super) fn new(prefix: &str) -> Self {
        Self { prefix: prefix.to_owned() }
    }

    fn key(&self, tag: &str, rest: &str) -> String {
        format!("{}:{{{tag}}}:{rest}", self.prefix)
    }

    fn of_agent_id(&self, agent_id: &str, rest: &str) -> String {
        // A tag is never empty: an empty one is none.
        self.key(&format!("a:{}", escaped(agent_id)), rest)
    }

    pub(super) fn ping(&self) -> String {
        self.key("ping", "1")
    }

    /// The stream of the events of an agent id.
    pub(super) fn events(&self, agent_id: &str) -> String {
        self.of_agent_id(agent_id, "events")
    }

    /// The id of its newest event.
    pub(super) fn newest(&self, agent_id: &str) -> String {
        self.of_agent_id(agent_id, "newest")
    }

    /// A batch that was appended.
    pub(super) fn batch(&self, agent_id: &str, batch: uuid::Uuid) -> String {
        self.of_agent_id(agent_id, &format!("batch:{batch}"))
    }

    /// The replies of a function in a call, by their arguments.
    pub(super) fn replies(&self, agent_id: &str, call_id: &str, function: &str) -> String {
        self.of_agent_id(agent_id, &format!("replies:{}:{}", escaped(function), escaped(call_id)))
    }

    pub(super) fn replies_of(&self, key: &ReplyKey) -> String {
        self.replies(&key.agent_id, &key.call_id, &key.function)
    }

    /// The messages of a conversation.
    pub(super) fn messages(&self, key: &ConversationKey) -> String {
        self.key(&format!("m:{}", hex::encode(key.as_bytes())), "messages")
    }

    /// The events under a limit. All limits are in one slot, since an event counts under several at once.
    pub(super) fn limit(&self, key: &LimitKey) -> String {
        self.key("limits", &hex::encode(key.as_bytes()))
    }

    /// What the keys of conversations begin with. All are in one slot, since they are listed together.
    pub(super) fn conversations(&self) -> String {
        self.key("conversations", "")
    }
}

/// A text without the characters that mean something in a key.
pub(super) fn escaped(text: &str) -> Cow<'_, str> {
    let special = |c: char| matches!(c, '{' | '}' | '%' | ':') || c.is_control();
    if !text.contains(special) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if special(c) {
            // Writing to a string cannot fail.
            let _ = write!(escaped, "%{:02X}", u32::from(c));
        } else {
            escaped.push(c);
        }
    }
    Cow::Owned(escaped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agent_ids_never_share_a_key_and_each_has_its_slot() {
        let keys = Keys::new("swaig");
        assert_eq!(keys.events("mfa"), "swaig:{a:mfa}:events");
        assert_eq!(keys.events("m}f{a"), "swaig:{a:m%7Df%7Ba}:events");
        assert_eq!(keys.events(""), "swaig:{a:}:events");
        let odd = ["a", "a:b", "a%3Ab", "a%", "a}", "a}:events"];
        for (place, one) in odd.iter().enumerate() {
            assert!(odd[..place].iter().all(|other| keys.events(one) != keys.events(other)), "{one}");
        }
        assert_ne!(keys.replies("7", "a:b", "c"), keys.replies("7", "a", "b:c"));
    }
}
