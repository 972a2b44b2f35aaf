//! How much room a message and its code take: one text message, or one spoken sentence.
//!
//! Multi-Factor Authentication reference, `message`: one segment, which is 160 characters of the
//! GSM alphabet or 70 otherwise. SignalWire's MFA guide gives 500 characters for a call, the code
//! included. Whether the code counts for a text message is not said, so it is counted: a text that
//! is split in two costs more and can arrive in the wrong order.

use super::request::Channel;

/// The longest spoken message, in characters, the code included.
pub(super) const CALL_LIMIT: usize = 500;
const GSM_LIMIT: usize = 160;
const UCS2_LIMIT: usize = 70;

/// GSM 03.38, basic table: one septet each. ASCII letters and digits are tested apart.
const GSM_BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà";
/// GSM 03.38, extension table: an escape and a septet each.
const GSM_EXTENDED: &str = "^{}\\[~]|€\u{0c}";

/// What a message with its code would take, and the most that is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Room {
    pub(crate) taken: usize,
    pub(crate) limit: usize,
}

impl Room {
    pub(crate) fn of(channel: Channel, message: &str, token_length: usize) -> Self {
        let (taken, limit) = match channel {
            Channel::Call => (message.chars().count(), CALL_LIMIT),
            Channel::Sms => match septets(message) {
                Some(septets) => (septets, GSM_LIMIT),
                None => (message.encode_utf16().count(), UCS2_LIMIT),
            },
        };
        Self { taken: taken.saturating_add(token_length), limit }
    }

    pub(crate) fn is_enough(self) -> bool {
        self.taken <= self.limit
    }
}

/// The septets of a text, or nothing when one character is outside the GSM alphabet.
fn septets(text: &str) -> Option<usize> {
    text.chars().try_fold(0_usize, |sum, c| {
        if c.is_ascii_alphanumeric() || GSM_BASIC.contains(c) {
            Some(sum + 1)
        } else if GSM_EXTENDED.contains(c) {
            Some(sum + 2)
        } else {
            None
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_last_that_fits(channel: Channel, unit: &str, token_length: usize, most: usize) {
        let fits = |n: usize| Room::of(channel, &unit.repeat(n), token_length).is_enough();
        assert!(fits(most), "{most} × {unit:?} should fit");
        assert!(!fits(most + 1), "{} × {unit:?} should not fit", most + 1);
    }

    #[test]
    fn a_gsm_text_and_its_code_share_160_characters() {
        assert_last_that_fits(Channel::Sms, "a", 6, 154);
        assert_last_that_fits(Channel::Sms, "é", 20, 140);
    }

    #[test]
    fn an_extended_gsm_character_counts_twice() {
        assert_last_that_fits(Channel::Sms, "€", 6, 77);
    }

    #[test]
    fn one_other_character_leaves_70() {
        assert_last_that_fits(Channel::Sms, "ж", 6, 64);
        assert_last_that_fits(Channel::Sms, "🙂", 6, 32);
        assert_eq!(Room::of(Channel::Sms, "aж", 6).limit, 70);
    }

    #[test]
    fn a_call_takes_500_characters_of_any_alphabet() {
        assert_last_that_fits(Channel::Call, "🙂", 6, 494);
    }
}
