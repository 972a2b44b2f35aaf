//! Fields that hold one of a few words.

use std::fmt;

/// Writes an enum of words that are known, and `Other` for those that are not.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $variant:ident = $word:literal,)+ })+) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
            #[non_exhaustive]
            pub enum $name<'a> {
                $($(#[$word_doc])* $variant,)+
                /// A word that this crate does not know, as it came.
                Other(&'a str),
            }

            impl<'a> $name<'a> {
                /// Reads the platform's word. Case does not matter.
                pub fn of(word: &'a str) -> Self {
                    $(if word.eq_ignore_ascii_case($word) {
                        return Self::$variant;
                    })+
                    Self::Other(word)
                }

                /// The platform's word.
                pub fn as_str(self) -> &'a str {
                    match self {
                        $(Self::$variant => $word,)+
                        Self::Other(word) => word,
                    }
                }
            }

            impl fmt::Display for $name<'_> {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.pad(self.as_str())
                }
            }
        )+
    };
}

words! {
    /// Who began a call (SWAIG webhook reference, "SWML fetch request", `call.direction`).
    ///
    /// ```
    /// use swaig::call::Direction;
    ///
    /// assert_eq!(Direction::of("inbound"), Direction::Inbound);
    /// assert_eq!(Direction::of("another").as_str(), "another");
    /// ```
    Direction {
        /// `inbound`: somebody calls the agent.
        Inbound = "inbound",
        /// `outbound`: the agent calls somebody.
        Outbound = "outbound",
    }
    /// What a call comes in by (SWAIG webhook reference, "SWML fetch request", `call.type`).
    ///
    /// ```
    /// use swaig::call::CallType;
    ///
    /// assert_eq!(CallType::of("sip"), CallType::Sip);
    /// assert_eq!(CallType::of("another").as_str(), "another");
    /// ```
    CallType {
        /// `phone`: the telephone network.
        Phone = "phone",
        /// `sip`: a SIP endpoint.
        Sip = "sip",
        /// `webrtc`: a browser or an app.
        WebRtc = "webrtc",
    }
    /// How one talks with the agent (SWAIG webhook reference, `conversation_type`).
    ///
    /// ```
    /// use swaig::call::ConversationType;
    ///
    /// assert_eq!(ConversationType::of("voice"), ConversationType::Voice);
    /// assert_eq!(ConversationType::of("another").as_str(), "another");
    /// ```
    ConversationType {
        /// `voice`.
        Voice = "voice",
        /// `chat`: in writing.
        Chat = "chat",
    }
    /// Whose an entry of a conversation's log is (SWAIG webhook reference, `call_log`).
    ///
    /// ```
    /// use swaig::call::Role;
    ///
    /// assert_eq!(Role::of("assistant"), Role::Assistant);
    /// assert_eq!(Role::of("another").as_str(), "another");
    /// ```
    Role {
        /// `system`: what the model was told.
        System = "system",
        /// `user`: what the caller said.
        User = "user",
        /// `assistant`: what the model said, or which functions it called.
        Assistant = "assistant",
        /// `tool`: what a function answered.
        Tool = "tool",
        /// `function`: the same, from older engines.
        Function = "function",
        /// `system-log`: something that the engine did, such as a change of step.
        SystemLog = "system-log",
        /// `assistant-thinking`: what the model thought and did not say.
        Thinking = "assistant-thinking",
        /// `assistant-manual`: what the engine said without asking the model, such as a filler.
        Manual = "assistant-manual",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_reads_back_as_itself() {
        for word in ["inbound", "outbound", "sideways", ""] {
            assert_eq!(Direction::of(word).to_string(), word);
        }
        assert_eq!(
            (Direction::of("Inbound"), Direction::of("x")),
            (Direction::Inbound, Direction::Other("x"))
        );
        assert_eq!(Role::of("assistant-thinking"), Role::Thinking);
        assert_eq!(CallType::of("WebRTC").as_str(), "webrtc");
        assert_eq!(format!("[{:>6}]", ConversationType::Chat), "[  chat]");
    }
}
