//! SignalWire's signatures.

use hmac::{Hmac, KeyInit, Mac};
use hyper::HeaderMap;
use hyper::header::{HeaderName, HeaderValue};
use sha1::Sha1;
use sha2::Sha256;
use swaig::fuzzing::check_signature;
use swaig::setup::Settings;

use crate::lines;

const KEY: &str = "PSK_key_of_today";
const PREVIOUS: &str = "PSK_key_of_yesterday";
const SHA1: &str = "x-signalwire-signature";
const SHA256: &str = "x-signalwire-sha256-signature";

/// The lines of an input are the URL and the two signatures (`-`: none); the rest is the body. They pass when there is one
/// and each that is there is the right one of either key, and never otherwise. A right one fits no other URL or body.
pub fn signature(input: &[u8]) {
    let ([url, sha1, sha256], body) = lines(input);
    let Ok(url) = std::str::from_utf8(url) else { return };
    let mut headers = HeaderMap::new();
    let mut right = Vec::new();
    for (name, given) in [(SHA1, sha1), (SHA256, sha256)] {
        if given == b"-" {
            continue;
        }
        let Ok(value) = HeaderValue::from_bytes(given) else { return };
        right.push([KEY, PREVIOUS].into_iter().any(|key| {
            let expected = if name == SHA1 {
                sign::<Hmac<Sha1>>(key, url, body)
            } else {
                sign::<Hmac<Sha256>>(key, url, body)
            };
            given.trim_ascii().eq_ignore_ascii_case(expected.as_bytes())
        }));
        headers.insert(HeaderName::from_static(name), value);
    }
    let settings =
        Settings::of([("SIGNALWIRE_SIGNING_KEY", KEY), ("SIGNALWIRE_PREVIOUS_SIGNING_KEY", PREVIOUS)]);
    let passes =
        |headers: &HeaderMap, url: &str, body: &[u8]| check_signature(&settings, headers, url, body).is_ok();
    assert_eq!(passes(&headers, url, body), !right.is_empty() && right.iter().all(|right| *right));

    for (name, signature) in
        [(SHA1, sign::<Hmac<Sha1>>(KEY, url, body)), (SHA256, sign::<Hmac<Sha256>>(PREVIOUS, url, body))]
    {
        let value = HeaderValue::from_str(&signature).expect("hex");
        let signed = HeaderMap::from_iter([(HeaderName::from_static(name), value)]);
        assert!(passes(&signed, url, body), "the right signature is refused");
        assert!(!passes(&signed, url, &[body, b" "].concat()), "the signature of another body");
        assert!(!passes(&signed, &format!("{url}/"), body), "the signature of another URL");
        let mut two = signed;
        two.append(HeaderName::from_static(name), HeaderValue::from_static("00"));
        assert!(!passes(&two, url, body), "a wrong signature beside the right one");
    }
}

fn sign<M: Mac + KeyInit>(key: &str, url: &str, body: &[u8]) -> String {
    let mac = <M as KeyInit>::new_from_slice(key.as_bytes()).expect("any key");
    hex::encode(mac.chain_update(url).chain_update(body).finalize().into_bytes())
}
