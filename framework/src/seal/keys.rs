//! The keys that seals are made with.

use std::fmt;

use hmac::{KeyInit as _, Mac as _};
use jsonwebtoken::{DecodingKey, EncodingKey};
use secrecy::zeroize::Zeroizing;

use super::HmacSha256;
use crate::setup::{Settings, SetupError};

/// The secret that seals are made with, the same on every instance.
pub(crate) const SECRET: &str = "SWAIG_SECRET";
/// The one before it: its seals are still accepted.
pub(crate) const PREVIOUS: &str = "SWAIG_PREVIOUS_SECRET";
/// What keys are made for: what is signed for another use of the secret is worth nothing here.
const SEALS: &[u8] = b"swaig seal 1";
const STORE: &[u8] = b"swaig store 1";
/// The fewest bytes of a secret.
const SHORTEST: usize = 32;

/// A key for seals. Its `Debug` shows nothing.
pub(crate) struct Key(Zeroizing<Vec<u8>>);

impl Key {
    /// A key for one use alone, made from the secret.
    fn derive(secret: &[u8], label: &[u8]) -> Self {
        let bytes = HmacSha256::new_from_slice(secret)
            .map(|mut mac| {
                mac.update(label);
                mac.finalize().into_bytes().to_vec()
            })
            // HMAC takes a key of any length; a secret that it would not take signs nothing that can be checked.
            .unwrap_or_default();
        Self(Zeroizing::new(bytes))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    pub(super) fn for_signing(&self) -> EncodingKey {
        EncodingKey::from_secret(&self.0)
    }

    pub(super) fn for_checking(&self) -> DecodingKey {
        DecodingKey::from_secret(&self.0)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

/// The key that signs, and the ones that are accepted.
#[derive(Debug)]
pub(crate) struct Keys {
    current: Key,
    previous: Option<Key>,
    store: Key,
    generated: bool,
}

impl Keys {
    /// `SWAIG_SECRET` and `SWAIG_PREVIOUS_SECRET`; without them a random secret that this process alone knows.
    pub(crate) fn from_settings(settings: &Settings) -> Result<Self, SetupError> {
        let read = |name: &'static str| match settings.get(name) {
            Some(secret) if secret.len() < SHORTEST => Err(SetupError::invalid(
                name,
                &"it has fewer than 32 bytes; make one with `openssl rand -base64 32`",
            )),
            secret => Ok(secret.map(Zeroizing::new)),
        };
        let (current, previous) = (read(SECRET)?, read(PREVIOUS)?);
        let key = |secret: &Zeroizing<String>| Key::derive(secret.as_bytes(), SEALS);
        match (&current, &previous) {
            (Some(current), previous) => Ok(Self {
                current: key(current),
                previous: previous.as_ref().map(key),
                store: Key::derive(current.as_bytes(), STORE),
                generated: false,
            }),
            (None, Some(_)) => Err(SetupError::Missing { name: SECRET.into() }),
            (None, None) => Self::random(),
        }
    }

    pub(crate) fn random() -> Result<Self, SetupError> {
        let mut bytes = Zeroizing::new([0_u8; 32]);
        getrandom::fill(bytes.as_mut())
            .map_err(|error| SetupError::failed("cannot make a random secret", error))?;
        Ok(Self {
            current: Key::derive(bytes.as_ref(), SEALS),
            previous: None,
            store: Key::derive(bytes.as_ref(), STORE),
            generated: true,
        })
    }

    pub(super) fn current(&self) -> &Key {
        &self.current
    }

    /// The key of what is stored and must not be read there.
    #[cfg_attr(
        not(any(feature = "redis", feature = "sqlite")),
        allow(dead_code, reason = "the memory of this process needs none")
    )]
    pub(super) fn of_store(&self) -> &Key {
        &self.store
    }

    /// The keys whose seals are accepted.
    pub(super) fn all(&self) -> impl Iterator<Item = &Key> {
        [Some(&self.current), self.previous.as_ref()].into_iter().flatten()
    }

    /// Whether the secret was made up at start-up: another instance, and the next run, does not know it.
    #[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "the banner says it"))]
    pub(crate) fn are_generated(&self) -> bool {
        self.generated
    }
}
