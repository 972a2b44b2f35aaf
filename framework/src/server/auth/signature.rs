//! SignalWire's signatures (SWAIG webhook reference, "Authentication and signatures"): who made a request, beyond who knows
//! the password.
//!
//! A signature is a keyed digest of the URL as it was configured and of the body as it was sent. The project's signing
//! key is `SIGNALWIRE_SIGNING_KEY`. A request for the document is signed and has to be; sources disagree on the others, so
//! there a signature is checked where there is one, and `SIGNALWIRE_REQUIRE_SIGNATURE` makes it required.

use hmac::{Hmac, KeyInit, Mac};
use hyper::{HeaderMap, Uri};
use secrecy::{ExposeSecret as _, SecretString};
use sha1::Sha1;
use sha2::Sha256;
use url::Url;

use crate::setup::{Settings, SetupError};

const KEY: &str = "SIGNALWIRE_SIGNING_KEY";
const PREVIOUS_KEY: &str = "SIGNALWIRE_PREVIOUS_SIGNING_KEY";
const REQUIRE: &str = "SIGNALWIRE_REQUIRE_SIGNATURE";

/// Headers with their digests. Header names have no case.
const SHA1_HEADER: &str = "x-signalwire-signature";
const SHA256_HEADER: &str = "x-signalwire-sha256-signature";

/// The routes that can be signed, by their names.
const ROUTES: [&str; 4] = ["document", "swaig", "post_prompt", "debug"];

/// The keys, and where a signature has to be.
#[derive(Debug)]
pub(crate) struct Signatures {
    keys: Vec<SecretString>,
    required: Vec<&'static str>,
}

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SignatureRefused {
    #[error(
        "the request has no X-SignalWire-Signature, and this path requires one: see SIGNALWIRE_REQUIRE_SIGNATURE"
    )]
    Missing,
    #[error(
        "the signature does not fit: check SIGNALWIRE_SIGNING_KEY, and that SWML_PROXY_URL_BASE is the start of the URL that SignalWire was given"
    )]
    Wrong,
}

impl Signatures {
    pub(crate) fn from_settings(settings: &Settings) -> Result<Self, SetupError> {
        let key = |name| settings.get(name).map(SecretString::from);
        let (current, previous) = (key(KEY), key(PREVIOUS_KEY));
        let required = settings.get(REQUIRE).map(|text| routes(&text)).transpose()?;
        if current.is_none() && (previous.is_some() || required.as_ref().is_some_and(|it| !it.is_empty())) {
            return Err(SetupError::Missing { name: KEY.into() });
        }
        let required = match current {
            Some(_) => required.unwrap_or_else(|| vec!["document"]),
            None => Vec::new(),
        };
        Ok(Self { keys: [current, previous].into_iter().flatten().collect(), required })
    }

    /// The keys.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &SecretString> {
        self.keys.iter()
    }

    /// Checks the signatures of a request: each that is there has to fit, and on some routes there has to be one. `urls`
    /// are the spellings of the URL that was configured; `route` is its route's name. Says whether there was a signature.
    pub(crate) fn check(
        &self,
        route: &str,
        headers: &HeaderMap,
        urls: impl FnOnce() -> Vec<String>,
        body: &[u8],
    ) -> Result<bool, SignatureRefused> {
        if self.keys.is_empty() || !ROUTES.contains(&route) {
            return Ok(false);
        }
        let urls = urls();
        let sha1 = headers.get_all(SHA1_HEADER).iter();
        let sha256 = headers.get_all(SHA256_HEADER).iter();
        let mut found = false;
        for value in sha1 {
            found = true;
            self.fits::<Hmac<Sha1>>(value.as_bytes(), &urls, body)?;
        }
        for value in sha256 {
            found = true;
            self.fits::<Hmac<Sha256>>(value.as_bytes(), &urls, body)?;
        }
        self.demand(route, found)?;
        Ok(found)
    }

    /// Refuses a request without a signature where there has to be one.
    pub(crate) fn demand(&self, route: &str, signed: bool) -> Result<(), SignatureRefused> {
        if !signed && self.required.contains(&route) {
            return Err(SignatureRefused::Missing);
        }
        Ok(())
    }

    fn fits<M: Mac + KeyInit>(
        &self,
        given: &[u8],
        urls: &[String],
        body: &[u8],
    ) -> Result<(), SignatureRefused> {
        let given = hex::decode(given.trim_ascii()).map_err(|_| SignatureRefused::Wrong)?;
        // Every key and URL is tried, so that the time does not tell which one was near.
        let mut fits = false;
        for key in &self.keys {
            for url in urls {
                let Ok(mac) = <M as KeyInit>::new_from_slice(key.expose_secret().as_bytes()) else {
                    continue;
                };
                fits |= mac.chain_update(url).chain_update(body).verify_slice(&given).is_ok();
            }
        }
        if fits { Ok(()) } else { Err(SignatureRefused::Wrong) }
    }
}

/// The spellings of the URL that the platform may have been given: `https://host/…` and `https://host:443/…` are one.
pub(crate) fn signed_urls(base: &Url, uri: &Uri) -> Vec<String> {
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let start = base.as_str().trim_end_matches('/');
    let mut urls = vec![format!("{start}{path}")];
    if let (None, Some(port), Some(host)) = (base.port(), base.port_or_known_default(), base.host_str()) {
        let prefix = base.path().trim_end_matches('/');
        urls.push(format!("{}://{host}:{port}{prefix}{path}", base.scheme()));
    }
    urls
}

/// A comma list of route names, or `none`.
fn routes(text: &str) -> Result<Vec<&'static str>, SetupError> {
    if text.trim() == "none" {
        return Ok(Vec::new());
    }
    text.split(',')
        .map(|name| {
            ROUTES.into_iter().find(|route| *route == name.trim()).ok_or_else(|| {
                SetupError::invalid(
                    REQUIRE,
                    &"expected `none`, or a comma list of document, swaig, post_prompt, debug",
                )
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use hyper::header::{HeaderName, HeaderValue};

    use super::*;

    // The test vector of the reference.
    const BODY: &[u8] = br#"{"call":{"call_id":"c1"},"vars":{},"envs":{},"params":{}}"#;
    const URL: &str = "https://mfa.example.com/swml?agent_id=7";
    const SHA1: &str = "5798b0d382a1a8b589b49bcdb2eb095c08623b54";
    const SHA256: &str = "f6704eca415e003f60fb73c018d54ec062b0f69d0be83cb93572b00ae7ef2db2";

    fn signatures(settings: &[(&str, &str)]) -> Signatures {
        Signatures::from_settings(&Settings::of(settings.iter().copied())).unwrap()
    }

    fn check(
        signatures: &Signatures,
        route: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<(), SignatureRefused> {
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()))
            .collect();
        let signed = signatures.check(route, &headers, || vec![URL.to_owned()], BODY)?;
        assert_eq!(signed, !headers.is_empty() && !signatures.keys.is_empty());
        Ok(())
    }

    #[test]
    fn the_vector_of_the_reference_fits() {
        let keyed = signatures(&[("SIGNALWIRE_SIGNING_KEY", "PSK_test_key")]);
        for headers in [
            &[("x-signalwire-signature", SHA1)][..],
            &[("x-signalwire-sha256-signature", SHA256)],
            &[("x-signalwire-signature", SHA1), ("x-signalwire-sha256-signature", SHA256)],
            &[("x-signalwire-signature", &SHA1.to_uppercase())],
        ] {
            assert_eq!(check(&keyed, "document", headers), Ok(()), "{headers:?}");
        }
    }

    #[test]
    fn what_does_not_fit_is_refused_wherever_it_is() {
        let keyed = signatures(&[("SIGNALWIRE_SIGNING_KEY", "PSK_test_key")]);
        let wrong = SHA1.replace('5', "6");
        for headers in [
            &[("x-signalwire-signature", wrong.as_str())][..],
            &[("x-signalwire-signature", "")],
            &[("x-signalwire-signature", "xyz")],
            &[("x-signalwire-signature", SHA256)],
            &[("x-signalwire-signature", &SHA1[..38])],
            &[("x-signalwire-signature", SHA1), ("x-signalwire-sha256-signature", &wrong)],
            &[("x-signalwire-signature", SHA1), ("x-signalwire-signature", &wrong)],
        ] {
            for route in ["document", "swaig", "debug"] {
                assert_eq!(check(&keyed, route, headers), Err(SignatureRefused::Wrong), "{headers:?}");
            }
        }
        let other = signatures(&[("SIGNALWIRE_SIGNING_KEY", "another")]);
        assert_eq!(
            check(&other, "document", &[("x-signalwire-signature", SHA1)]),
            Err(SignatureRefused::Wrong)
        );
    }

    #[test]
    fn the_document_needs_one_and_other_routes_by_setting() {
        let key = ("SIGNALWIRE_SIGNING_KEY", "PSK_test_key");
        let keyed = signatures(&[key]);
        assert_eq!(check(&keyed, "document", &[]), Err(SignatureRefused::Missing));
        assert_eq!(check(&keyed, "swaig", &[]), Ok(()));
        assert_eq!(check(&keyed, "health", &[]), Ok(()));
        let strict = signatures(&[key, ("SIGNALWIRE_REQUIRE_SIGNATURE", "swaig, document")]);
        assert_eq!(check(&strict, "swaig", &[]), Err(SignatureRefused::Missing));
        let lax = signatures(&[key, ("SIGNALWIRE_REQUIRE_SIGNATURE", "none")]);
        assert_eq!(check(&lax, "document", &[]), Ok(()));
        assert_eq!(
            check(&lax, "document", &[("x-signalwire-signature", "00")]),
            Err(SignatureRefused::Wrong)
        );
        assert_eq!(
            check(&signatures(&[("X", "y")]), "document", &[("x-signalwire-signature", "00")]),
            Ok(())
        );
    }

    #[test]
    fn the_port_that_goes_without_saying_may_be_said() {
        let urls = |base: &str| signed_urls(&Url::parse(base).unwrap(), &"/swml?agent_id=7".parse().unwrap());
        assert_eq!(urls("https://mfa.example.com"), [URL, "https://mfa.example.com:443/swml?agent_id=7"]);
        assert_eq!(
            urls("http://a.example/base/"),
            ["http://a.example/base/swml?agent_id=7", "http://a.example:80/base/swml?agent_id=7"]
        );
        assert_eq!(urls("https://a.example:8443"), ["https://a.example:8443/swml?agent_id=7"]);
    }

    #[test]
    fn two_keys_are_valid_while_they_are_changed() {
        let both = signatures(&[
            ("SIGNALWIRE_SIGNING_KEY", "new"),
            ("SIGNALWIRE_PREVIOUS_SIGNING_KEY", "PSK_test_key"),
        ]);
        assert_eq!(check(&both, "document", &[("x-signalwire-signature", SHA1)]), Ok(()));
    }

    #[test]
    fn settings_that_would_check_nothing_are_errors() {
        for (name, value) in [
            ("SIGNALWIRE_REQUIRE_SIGNATURE", "document"),
            ("SIGNALWIRE_PREVIOUS_SIGNING_KEY", "old"),
            ("SIGNALWIRE_REQUIRE_SIGNATURE", "documents"),
        ] {
            assert!(Signatures::from_settings(&Settings::of([(name, value)])).is_err(), "{name}={value}");
        }
        let shown = format!("{:?}", signatures(&[("SIGNALWIRE_SIGNING_KEY", "PSK_test_key")]));
        assert!(!shown.contains("PSK_test_key"), "{shown}");
    }
}
