//! Seals: what only this server may have written.
//!
//! State of a call travels in its `meta_data`, through the platform and back. A value that must not be forged (the caller
//! is verified; this request at the MFA API is theirs) goes out with a seal: a signed token (JWT, HS256) that is bound to
//! its purpose, the call, the agent and the caller, and that expires. The key is `SWAIG_SECRET`.

mod hs256;
mod keys;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{KeyInit as _, Mac as _};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, Header, Validation};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

pub(crate) use hs256::HmacSha256;
pub(crate) use keys::{Key, Keys, PREVIOUS, SECRET};

/// The longest token that is read.
pub(crate) const LONGEST: usize = 16 << 10;

/// Why a seal is not accepted. What it was for is then as if it had never been there.
///
/// ```
/// use swaig::{Call, SealError};
/// use serde_json::json;
///
/// // Somebody else wrote it.
/// let call = Call::test().with_meta_data("order", json!({"price": 1}));
/// assert_eq!(call.unseal::<u32>("order"), Err(SealError::Missing));
/// ```
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// There is a value and no seal.
    #[error("the value carries no seal: it was not written by this server")]
    Missing,
    /// It was made with another key, or changed, or made for another purpose, call, agent or caller.
    #[error("the seal is not one of this call")]
    Foreign,
    /// It was good, and its time is over.
    #[error("the seal has expired")]
    Expired,
    /// The sealed value is not of the type that was asked for: another version of the program wrote it.
    #[error("the sealed value is not of the expected shape")]
    Shape,
    /// The value cannot be sealed: it is not JSON.
    #[error("the value cannot be sealed: it has no JSON form")]
    Value,
}

#[derive(Serialize, Deserialize)]
struct Claims<T> {
    /// What it is for.
    aud: String,
    /// A keyed digest of what it is bound to: the parts themselves (a phone number, say) do not travel.
    bound: String,
    /// Seconds since 1970.
    exp: u64,
    /// The value.
    #[serde(rename = "val")]
    value: T,
}

/// Makes and opens seals. Clones share the keys: every call has one, and keys are neither copied nor wiped for it.
#[derive(Clone, Debug)]
pub(crate) struct Sealer {
    keys: Arc<Keys>,
}

impl Sealer {
    pub(crate) fn new(keys: Keys) -> Self {
        hs256::install();
        Self { keys: Arc::new(keys) }
    }

    /// One secret for all calls that a test makes in this process.
    pub(crate) fn of_tests() -> Self {
        static SEALER: OnceLock<Sealer> = OnceLock::new();
        let random = || Keys::random().unwrap_or_else(|error| panic!("{error}"));
        SEALER.get_or_init(|| Self::new(random())).clone()
    }

    /// Whether the secret was made up at start-up.
    #[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "the banner says it"))]
    pub(crate) fn is_of_this_run_only(&self) -> bool {
        self.keys.are_generated()
    }

    /// Seals a value for a purpose, bound to these parts, for a time.
    pub(crate) fn seal<T: Serialize>(
        &self,
        purpose: &str,
        bound: &[&str],
        value: &T,
        lifetime: Duration,
    ) -> Result<String, SealError> {
        let exp = jsonwebtoken::get_current_timestamp().saturating_add(lifetime.as_secs());
        self.seal_until(purpose, bound, value, exp)
    }

    pub(crate) fn seal_until<T: Serialize>(
        &self,
        purpose: &str,
        bound: &[&str],
        value: &T,
        exp: u64,
    ) -> Result<String, SealError> {
        let key = self.keys.current();
        let claims = Claims { aud: purpose.to_owned(), bound: digest(key, bound), exp, value };
        let header = Header::new(Algorithm::HS256);
        jsonwebtoken::encode(&header, &claims, &key.for_signing()).map_err(|_| SealError::Value)
    }

    /// The key of what is stored and must not be read there.
    #[cfg(any(feature = "redis", feature = "sqlite"))]
    pub(crate) fn store_key(&self) -> &Key {
        self.keys.of_store()
    }

    /// What stands for a text, and does not tell it.
    pub(crate) fn pseudonym(&self, text: &str) -> String {
        digest(self.keys.current(), &["pseudonym", text])
    }

    /// Opens a seal: the value, if the seal was made for this purpose with these parts and has not expired.
    pub(crate) fn open<T: DeserializeOwned>(
        &self,
        purpose: &str,
        bound: &[&str],
        token: &str,
    ) -> Result<T, SealError> {
        if token.len() > LONGEST {
            return Err(SealError::Foreign);
        }
        let mut validation = Validation::new(Algorithm::HS256);
        validation.leeway = 0;
        validation.set_audience(&[purpose]);
        validation.set_required_spec_claims(&["exp", "aud"]);
        let mut refused = SealError::Foreign;
        for key in self.keys.all() {
            match jsonwebtoken::decode::<Claims<serde_json::Value>>(token, &key.for_checking(), &validation) {
                Ok(data) => {
                    let expected = digest(key, bound);
                    if !bool::from(subtle::ConstantTimeEq::ct_eq(
                        expected.as_bytes(),
                        data.claims.bound.as_bytes(),
                    )) {
                        return Err(SealError::Foreign);
                    }
                    return T::deserialize(data.claims.value).map_err(|_| SealError::Shape);
                }
                // The signature is checked first: this one was ours.
                Err(error) if matches!(error.kind(), ErrorKind::ExpiredSignature) => {
                    refused = SealError::Expired;
                }
                Err(_) => {}
            }
        }
        Err(refused)
    }
}

/// A keyed digest of the parts, each with its length, so that no two lists of parts look the same.
fn digest(key: &Key, parts: &[&str]) -> String {
    // HMAC takes a key of any length.
    let Ok(mut mac) = HmacSha256::new_from_slice(key.bytes()) else { return String::new() };
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part.as_bytes());
    }
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests;
