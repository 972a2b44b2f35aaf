//! HTTP Basic credentials: who may ask this server anything.

use std::fmt;
use std::ops::Deref;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hyper::HeaderMap;
use hyper::header::AUTHORIZATION;
use secrecy::{ExposeSecret, SecretString};
use sha2::digest::Output;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

use crate::setup::{Settings, SetupError};

/// The names of the operator's settings start with this, those of one agent with its name and `_BASIC_AUTH_`.
const OPERATOR: &str = "SWML_BASIC_AUTH_";

/// A user name and its password, and for a while the password before it.
///
/// ```
/// use swaig::server::Credentials;
///
/// let credentials = Credentials::new("signalwire", "a long password");
/// assert!(!format!("{credentials:?}").contains("a long password"));
/// ```
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The user name.
    pub user: String,
    /// The password. The URLs that are given out carry it.
    pub password: SecretString,
    /// The password before it, which is accepted while documents that carry it are still in use.
    pub previous_password: Option<SecretString>,
    /// Whether the password was made up at start-up.
    pub generated: bool,
}

impl Credentials {
    /// These credentials.
    pub fn new(user: impl Into<String>, password: impl Into<String>) -> Self {
        Self {
            user: user.into(),
            password: SecretString::from(password.into()),
            previous_password: None,
            generated: false,
        }
    }

    /// `SWML_BASIC_AUTH_USER`, `SWML_BASIC_AUTH_PASSWORD` and `SWML_BASIC_AUTH_PREVIOUS_PASSWORD`; without them
    /// `signalwire` and a random password.
    pub(crate) fn from_settings(settings: &Settings) -> Result<Self, SetupError> {
        if let Some(set) = Self::read(settings, OPERATOR, "signalwire")? {
            return Ok(set);
        }
        let user = user(settings, OPERATOR, "signalwire")?;
        let mut bytes = [0_u8; 18];
        getrandom::fill(&mut bytes)
            .map_err(|error| SetupError::failed("cannot make a random password", error))?;
        Ok(Self { generated: true, ..Self::new(user, URL_SAFE_NO_PAD.encode(bytes)) })
    }

    /// An agent's own: `{AGENT}_BASIC_AUTH_PASSWORD` and the like, with the agent's name in upper case. `None` where it has
    /// none. Its user is the operator's unless it is set.
    pub(crate) fn of_agent(
        settings: &Settings,
        agent: &str,
        operator: &str,
    ) -> Result<Option<Self>, SetupError> {
        Self::read(settings, &format!("{}_BASIC_AUTH_", agent.to_uppercase()), operator)
    }

    fn read(settings: &Settings, prefix: &str, default_user: &str) -> Result<Option<Self>, SetupError> {
        let name = |end: &str| format!("{prefix}{end}");
        let secret = |end: &str| settings.get(&name(end)).map(SecretString::from);
        let (password, previous_password) = (secret("PASSWORD"), secret("PREVIOUS_PASSWORD"));
        let Some(password) = password else {
            if previous_password.is_some() || (prefix != OPERATOR && settings.get(&name("USER")).is_some()) {
                return Err(SetupError::Missing { name: name("PASSWORD").into() });
            }
            return Ok(None);
        };
        let user = user(settings, prefix, default_user)?;
        Ok(Some(Self { user, password, previous_password, generated: false }))
    }

    /// Whether these are the ones, the password being the current one. The comparison takes the same time wherever they
    /// differ.
    #[cfg(feature = "console")]
    pub(crate) fn are(&self, user: &str, password: &str) -> bool {
        let digest = |user: &str, password: &str| Sha256::digest(format!("{user}:{password}").as_bytes());
        let expected = digest(&self.user, self.password.expose_secret());
        // A user name has no colon, and a user that has one would move it into the password.
        let given = digest(user, password);
        !user.contains(':') & bool::from(given.ct_eq(&expected))
    }
}

/// Credentials that requests are asked for, with their digests, so that they are made once and not for each request.
pub(crate) struct Expected {
    credentials: Credentials,
    digests: Vec<Output<Sha256>>,
}

impl Expected {
    /// Whether the request carries them. The comparison takes the same time wherever they differ.
    pub(crate) fn allow(&self, headers: &HeaderMap) -> bool {
        let Some(given) = basic(headers) else { return false };
        // Digests have one length: the length of the password does not show either.
        let given = Sha256::digest(&given);
        let matches = |expected: &Output<Sha256>| given.ct_eq(expected);
        self.digests.iter().map(matches).fold(Choice::from(0), |any, this| any | this).into()
    }
}

impl From<Credentials> for Expected {
    fn from(credentials: Credentials) -> Self {
        let passwords = [Some(&credentials.password), credentials.previous_password.as_ref()];
        let digest = |password: &SecretString| {
            Sha256::digest(format!("{}:{}", credentials.user, password.expose_secret()).as_bytes())
        };
        Self { digests: passwords.into_iter().flatten().map(digest).collect(), credentials }
    }
}

impl Deref for Expected {
    type Target = Credentials;

    fn deref(&self) -> &Credentials {
        &self.credentials
    }
}

impl fmt::Debug for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.credentials.fmt(f)
    }
}

fn user(settings: &Settings, prefix: &str, default: &str) -> Result<String, SetupError> {
    let name = format!("{prefix}USER");
    let user = settings.get(&name).unwrap_or_else(|| default.to_owned());
    if user.contains(':') || user.chars().any(char::is_control) {
        return Err(SetupError::invalid(name, &"a user name has no colon and no control characters"));
    }
    Ok(user)
}

/// The `user:password` of the Basic `Authorization` header. Of several headers none counts: which one is meant is not
/// known.
fn basic(headers: &HeaderMap) -> Option<Vec<u8>> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (header, None) = (values.next()?, values.next()) else { return None };
    let (scheme, encoded) = header.as_bytes().split_at_checked(6)?;
    if !scheme.eq_ignore_ascii_case(b"basic ") {
        return None;
    }
    STANDARD.decode(encoded.trim_ascii()).ok()
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;

    use super::*;

    fn expected(user: &str, password: &str) -> Expected {
        Credentials::new(user, password).into()
    }

    fn allowed(header: &str) -> bool {
        let headers = HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_str(header).unwrap())]);
        expected("signalwire", "s3cret:with colon").allow(&headers)
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
        assert!(!expected("a", "b").allow(&HeaderMap::new()));
    }

    #[test]
    fn while_a_password_is_changed_both_are_valid() {
        let settings = Settings::of([
            ("SWML_BASIC_AUTH_PASSWORD", "new"),
            ("SWML_BASIC_AUTH_PREVIOUS_PASSWORD", "old"),
            ("MFA_BASIC_AUTH_PASSWORD", "of the agent"),
        ]);
        let operator = Credentials::from_settings(&settings).unwrap().into();
        let mfa = Credentials::of_agent(&settings, "mfa", "signalwire").unwrap().unwrap().into();
        let allowed = |credentials: &Expected, password: &str| {
            let header = format!("Basic {}", STANDARD.encode(format!("signalwire:{password}")));
            let value = HeaderValue::from_str(&header).unwrap();
            credentials.allow(&HeaderMap::from_iter([(AUTHORIZATION, value)]))
        };
        assert!(allowed(&operator, "new") && allowed(&operator, "old") && !allowed(&operator, "older"));
        assert!(allowed(&mfa, "of the agent") && !allowed(&mfa, "new") && !allowed(&mfa, ""));
        assert!(Credentials::of_agent(&settings, "bank", "signalwire").unwrap().is_none());
    }

    #[test]
    fn half_of_a_pair_is_an_error_that_names_the_other_half() {
        let of = |name: &str| Settings::of([(name, "x")]);
        for name in ["BANK_BASIC_AUTH_USER", "BANK_BASIC_AUTH_PREVIOUS_PASSWORD"] {
            let error = Credentials::of_agent(&of(name), "bank", "signalwire").unwrap_err();
            assert!(error.to_string().contains("BANK_BASIC_AUTH_PASSWORD is missing"), "{error}");
        }
        assert!(Credentials::from_settings(&of("SWML_BASIC_AUTH_PREVIOUS_PASSWORD")).is_err());
        assert!(Credentials::from_settings(&of("SWML_BASIC_AUTH_USER")).unwrap().generated);
    }

    #[test]
    fn two_authorization_headers_are_none() {
        let right = HeaderValue::from_str(&format!("Basic {}", STANDARD.encode("a:b"))).unwrap();
        let mut headers = HeaderMap::new();
        headers.append(AUTHORIZATION, right.clone());
        assert!(expected("a", "b").allow(&headers));
        headers.append(AUTHORIZATION, right);
        assert!(!expected("a", "b").allow(&headers));
    }

    #[test]
    fn a_generated_password_is_long_and_new_each_time_and_never_shown_by_debug() {
        let make = || Credentials::from_settings(&Settings::of([("X", "y")])).unwrap();
        let (first, second) = (make(), make());
        assert!(first.generated && first.password.expose_secret().len() >= 24);
        assert_ne!(first.password.expose_secret(), second.password.expose_secret());
        let shown = format!("{first:?} {:?}", Expected::from(first.clone()));
        assert!(!shown.contains(first.password.expose_secret()) && shown.contains("signalwire"));
    }
}
