//! Headers that tell a browser what an answer may do and who may use it.

use hyper::Response;
use hyper::header::{self, HeaderName, HeaderValue};

use super::response::Body;

// All of them are constants: a text would be looked through for each answer.

/// Everything comes from this server, nothing runs, and no other page may frame it.
const CONTENT: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self'; media-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);
/// The same for a page that has a script: it is a file of this server, and asks this server alone. What is written into a page
/// never runs.
const CONTENT_WITH_SCRIPT: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);
/// What is the same for all answers. No page here needs anything of the device.
const ALWAYS: [(HeaderName, HeaderValue); 6] = [
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static(
            "camera=(), display-capture=(), geolocation=(), microphone=(), midi=(), payment=(), serial=(), usb=()",
        ),
    ),
];
/// A year, for this host only.
const TRANSPORT: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Marks an answer as a page that has a script.
#[derive(Clone, Copy)]
#[cfg_attr(not(feature = "console"), allow(dead_code, reason = "pages have scripts"))]
pub(crate) struct HasScript;

/// Puts them on an answer. `secure`: the request came over TLS, to here or to the proxy in front.
pub(crate) fn protect(response: &mut Response<Body>, secure: bool) {
    let has_script = response.extensions_mut().remove::<HasScript>().is_some();
    let headers = response.headers_mut();
    // These, and the date that hyper adds.
    headers.reserve(9);
    headers.insert(header::CONTENT_SECURITY_POLICY, if has_script { CONTENT_WITH_SCRIPT } else { CONTENT });
    for (name, value) in ALWAYS {
        headers.insert(name, value);
    }
    if secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, TRANSPORT);
    }
}
