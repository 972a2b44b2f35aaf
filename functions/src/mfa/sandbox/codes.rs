//! The codes that were sent and are not dead yet.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use secrecy::{ExposeSecret as _, SecretString};
use uuid::Uuid;

use crate::mfa::client::RequestId;

/// The most codes that are kept; beyond it the oldest is forgotten.
pub(super) const MOST_CODES: usize = 10_000;

const DIGITS: &[u8] = b"0123456789";
const DIGITS_AND_LETTERS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

struct Code {
    token: SecretString,
    expires: Instant,
    attempts_left: u32,
}

/// What comes of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Attempt {
    Right,
    Wrong,
    /// Unknown, expired, used up or already verified: the API does not tell them apart.
    Dead,
}

#[derive(Default)]
pub(super) struct Codes {
    live: HashMap<RequestId, Code>,
    /// Every id in the order of sending, those of dead codes included.
    order: VecDeque<RequestId>,
}

impl Codes {
    pub(super) fn add(
        &mut self,
        token: SecretString,
        expires: Instant,
        max_attempts: u32,
    ) -> Result<RequestId, getrandom::Error> {
        let id = RequestId::new(random_uuid()?);
        while self.order.len() >= MOST_CODES
            && let Some(oldest) = self.order.pop_front()
        {
            self.live.remove(&oldest);
        }
        self.order.push_back(id);
        let code = Code { token, expires, attempts_left: max_attempts };
        self.live.insert(id, code);
        Ok(id)
    }

    pub(super) fn try_token(&mut self, id: RequestId, token: &str, now: Instant) -> Attempt {
        let Some(code) = self.live.get_mut(&id) else {
            return Attempt::Dead;
        };
        let attempt = if code.expires <= now {
            Attempt::Dead
        } else if code.token.expose_secret() == token {
            Attempt::Right
        } else {
            code.attempts_left = code.attempts_left.saturating_sub(1);
            Attempt::Wrong
        };
        if attempt != Attempt::Wrong || code.attempts_left == 0 {
            self.live.remove(&id);
        }
        attempt
    }
}

/// When a code that is sent now expires.
pub(super) fn expiry(now: Instant, valid_for: u64) -> Instant {
    now.checked_add(Duration::from_secs(valid_for)).unwrap_or(now)
}

pub(super) fn random_uuid() -> Result<Uuid, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(uuid::Builder::from_random_bytes(bytes).into_uuid())
}

/// A code in which every character is as likely as any other.
pub(super) fn random_token(length: usize, allow_alphas: bool) -> Result<SecretString, getrandom::Error> {
    let alphabet = if allow_alphas { DIGITS_AND_LETTERS } else { DIGITS };
    let mut token = String::with_capacity(length);
    let mut bytes = [0; 32];
    while token.len() < length {
        getrandom::fill(&mut bytes)?;
        let fair = bytes
            .iter()
            .map(|byte| usize::from(*byte))
            // A byte at the end of the range would favour the first characters.
            .filter(|byte| *byte < 256 - 256 % alphabet.len())
            .filter_map(|byte| alphabet.get(byte % alphabet.len()))
            .map(|c| char::from(*c));
        token.extend(fair.take(length - token.len()));
    }
    Ok(token.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(max_attempts: u32, valid_for: u64) -> (Codes, RequestId, Instant) {
        let now = Instant::now();
        let mut codes = Codes::default();
        let expires = expiry(now, valid_for);
        let id = codes.add("123456".into(), expires, max_attempts).unwrap();
        (codes, id, now)
    }

    #[test]
    fn a_code_is_accepted_once() {
        let (mut codes, id, now) = one(1, 60);
        assert_eq!(codes.try_token(id, "123456", now), Attempt::Right);
        assert_eq!(codes.try_token(id, "123456", now), Attempt::Dead);
    }

    #[test]
    fn the_last_attempt_still_counts_and_then_the_code_is_dead() {
        let (mut codes, id, now) = one(2, 60);
        assert_eq!(codes.try_token(id, "000000", now), Attempt::Wrong);
        assert_eq!(codes.try_token(id, "000000", now), Attempt::Wrong);
        assert_eq!(codes.try_token(id, "123456", now), Attempt::Dead);
        let (mut codes, id, now) = one(2, 60);
        assert_eq!(codes.try_token(id, "000000", now), Attempt::Wrong);
        assert_eq!(codes.try_token(id, "123456", now), Attempt::Right);
    }

    #[test]
    fn a_code_expires_at_its_second() {
        let (mut codes, id, now) = one(2, 60);
        let before = now + Duration::from_secs(59);
        assert_eq!(codes.try_token(id, "000000", before), Attempt::Wrong);
        let then = now + Duration::from_mins(1);
        assert_eq!(codes.try_token(id, "123456", then), Attempt::Dead);
    }

    #[test]
    fn the_oldest_code_is_forgotten_beyond_the_limit() {
        let (mut codes, first, now) = one(2, 60);
        let second = codes.add("1".into(), expiry(now, 60), 1).unwrap();
        for _ in 0..MOST_CODES - 1 {
            codes.add("1".into(), expiry(now, 60), 1).unwrap();
        }
        assert_eq!(codes.try_token(first, "123456", now), Attempt::Dead);
        assert_eq!(codes.try_token(second, "1", now), Attempt::Right);
        assert!(codes.order.len() <= MOST_CODES && codes.live.len() <= MOST_CODES);
    }

    #[test]
    fn dead_codes_do_not_pile_up() {
        let (mut codes, _, now) = one(2, 60);
        for _ in 0..MOST_CODES * 2 {
            let id = codes.add("1".into(), expiry(now, 60), 1).unwrap();
            codes.try_token(id, "1", now);
        }
        assert!(codes.order.len() <= MOST_CODES);
    }

    #[test]
    fn a_token_has_its_length_and_its_alphabet() {
        for length in 4..=20 {
            let token = random_token(length, false).unwrap();
            let token = token.expose_secret();
            assert!(token.len() == length && token.bytes().all(|b| b.is_ascii_digit()));
        }
        // Each misses the letters with a chance of (10/36)^20.
        let token = |letters| random_token(20, letters).unwrap().expose_secret().to_owned();
        assert!(token(true).bytes().any(|b| b.is_ascii_uppercase()));
        assert_ne!(token(false), token(false));
    }
}
