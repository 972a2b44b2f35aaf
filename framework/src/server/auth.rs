//! HTTP Basic credentials: who may ask this server anything.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hyper::HeaderMap;
use hyper::header::AUTHORIZATION;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::setup::{Settings, SetupError};

const USER: &str = "SWML_BASIC_AUTH_USER";
const PASSWORD: &str = "SWML_BASIC_AUTH_PASSWORD";

/// The user name and password of the webhooks.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The user name.
    pub user: String,
    /// The password.
    pub password: SecretString,
    /// Whether the password was made up at start-up.
    pub generated: bool,
}

impl Credentials {
    /// These credentials.
    pub fn new(user: impl Into<String>, password: impl Into<String>) -> Self {
        Self { user: user.into(), password: SecretString::from(password.into()), generated: false }
    }

    /// `SWML_BASIC_AUTH_USER` and `SWML_BASIC_AUTH_PASSWORD`; without them `signalwire` and a random password.
    pub(crate) fn from_settings(settings: &Settings) -> Result<Self, SetupError> {
        let user = settings.get(USER).unwrap_or_else(|| "signalwire".to_owned());
        if user.contains(':') || user.chars().any(char::is_control) {
            return Err(SetupError::invalid(USER, &"a user name has no colon and no control characters"));
        }
        if let Some(password) = settings.get(PASSWORD) {
            return Ok(Self::new(user, password));
        }
        let mut bytes = [0_u8; 18];
        getrandom::fill(&mut bytes)
            .map_err(|error| SetupError::failed("cannot make a random password", error))?;
        Ok(Self { generated: true, ..Self::new(user, URL_SAFE_NO_PAD.encode(bytes)) })
    }

    /// Whether the request carries them. The comparison takes the same time wherever they differ.
    pub(crate) fn allow(&self, headers: &HeaderMap) -> bool {
        let Some(given) = headers.get(AUTHORIZATION).and_then(|value| basic(value.as_bytes())) else {
            return false;
        };
        let expected = format!("{}:{}", self.user, self.password.expose_secret());
        // Digests have one length: the length of the password does not show either.
        Sha256::digest(&given).ct_eq(&Sha256::digest(expected.as_bytes())).into()
    }
}

/// The `user:password` of a Basic `Authorization` header.
fn basic(header: &[u8]) -> Option<Vec<u8>> {
    let (scheme, encoded) = header.split_at_checked(6)?;
    if !scheme.eq_ignore_ascii_case(b"basic ") {
        return None;
    }
    STANDARD.decode(encoded.trim_ascii()).ok()
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;

    use super::*;

    fn allowed(header: &str) -> bool {
        let headers = HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_str(header).unwrap())]);
        Credentials::new("signalwire", "s3cret:with colon").allow(&headers)
    }

    #[test]
    fn only_the_exact_credentials_pass() {
        let right = STANDARD.encode("signalwire:s3cret:with colon");
        assert!(allowed(&format!("Basic {right}")));
        assert!(allowed(&format!("basic  {right} ")));
        for wrong in [
            "signalwire:s3cret",
            "signalwire:",
            ":",
            "",
            "signalwire:s3cret:with colonx",
            "Signalwire:s3cret:with colon",
        ] {
            assert!(!allowed(&format!("Basic {}", STANDARD.encode(wrong))), "{wrong}");
        }
        assert!(!allowed(&format!("Bearer {right}")));
        assert!(!allowed("Basic"));
        assert!(!allowed("Basic ???"));
        assert!(!Credentials::new("a", "b").allow(&HeaderMap::new()));
    }

    #[test]
    fn a_generated_password_is_long_and_new_each_time_and_never_shown_by_debug() {
        let make = || Credentials::from_settings(&Settings::of([("X", "y")])).unwrap();
        let (first, second) = (make(), make());
        assert!(first.generated && first.password.expose_secret().len() >= 24);
        assert_ne!(first.password.expose_secret(), second.password.expose_secret());
        assert!(!format!("{first:?}").contains(first.password.expose_secret()));
    }
}
