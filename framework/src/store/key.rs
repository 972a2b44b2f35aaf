//! Which conversation something belongs to.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The longest conversation id that is taken, in bytes.
const CONVERSATION_ID_LENGTH: usize = 256;

/// One conversation of one agent, under one agent id.
///
/// It is a digest: a conversation id is often the caller's phone number, and its masked form would be that of other
/// callers too.
///
/// ```
/// use swaig::store::ConversationKey;
///
/// let key = ConversationKey::new("mfa", "mfa", "+15551230000").expect("it names one");
/// assert_eq!(ConversationKey::from_bytes(*key.as_bytes()), key);
/// // Many callers would share it.
/// assert_eq!(ConversationKey::new("mfa", "mfa", "anonymous"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ConversationKey(#[serde(with = "hex")] [u8; 32]);

impl ConversationKey {
    /// The key of a conversation; `None` for an id that does not name one: an empty one, one that is longer than 256
    /// bytes or holds control characters, and one that many callers would share (`anonymous` and its like, or a
    /// variable such as `${call.from}` that was not replaced).
    pub fn new(agent: &str, agent_id: &str, conversation_id: &str) -> Option<Self> {
        let id = conversation_id.trim();
        let variable = id.contains("${") || id.contains("%{");
        if id.len() > CONVERSATION_ID_LENGTH
            || id.chars().any(char::is_control)
            || variable
            || crate::phone_number::is_withheld_id(id)
        {
            return None;
        }
        Some(Self(digest([agent, agent_id, id])))
    }

    /// Its bytes, for a store that keeps it elsewhere.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The key of these bytes, from a store that keeps it elsewhere.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

/// A digest of these texts, and of no others.
pub(super) fn digest<const N: usize>(parts: [&str; N]) -> [u8; 32] {
    let mut digest = Sha256::new();
    for part in parts {
        // With its length, so that no two lists read the same.
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    digest.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agents_agent_ids_and_conversations_are_apart() {
        let key = |agent, agent_id, id| ConversationKey::new(agent, agent_id, id).unwrap();
        let all = [
            key("mfa", "7", "+15551230000"),
            key("mfa", "7", "+15559990000"),
            key("mfa", "71", "5551230000"),
            key("mfa", "8", "+15551230000"),
            key("orders", "7", "+15551230000"),
        ];
        for (place, one) in all.iter().enumerate() {
            assert!(!all[..place].contains(one));
        }
        assert_eq!(key("mfa", "7", " c1 "), key("mfa", "7", "c1"));
        assert!(!format!("{:?}", all[0]).contains("5551230000"));
    }

    #[test]
    fn an_id_that_many_callers_would_share_is_none() {
        for id in [
            "",
            "  ",
            "anonymous",
            "Restricted",
            "sip:anonymous@anonymous.invalid",
            "${call.from}",
            "%{call.from}",
            "a\0b",
            "a\nb",
        ] {
            assert_eq!(ConversationKey::new("mfa", "7", id), None, "{id:?}");
        }
        assert!(ConversationKey::new("mfa", "7", &"x".repeat(256)).is_some());
        assert!(ConversationKey::new("mfa", "7", &"x".repeat(257)).is_none());
    }
}
