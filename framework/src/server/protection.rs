//! Headers that tell a browser what an answer may do and who may use it.

use hyper::header::{self, HeaderName, HeaderValue};
use hyper::{HeaderMap, Response};

use super::response::Body;

/// Everything comes from this server, nothing runs, and no other page may frame it.
const CONTENT: &str = "default-src 'none'; style-src 'self'; img-src 'self'; media-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// The same for a page that has a script: it is a file of this server, and asks this server alone. What is written into a page
/// never runs.
const CONTENT_WITH_SCRIPT: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// No page here needs anything of the device.
const DEVICE: &str =
    "camera=(), display-capture=(), geolocation=(), microphone=(), midi=(), payment=(), serial=(), usb=()";
/// A year, for this host only.
const TRANSPORT: &str = "max-age=31536000";

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
    let mut put = |name: HeaderName, value| put(headers, name, value);
    put(header::CONTENT_SECURITY_POLICY, if has_script { CONTENT_WITH_SCRIPT } else { CONTENT });
    put(header::REFERRER_POLICY, "no-referrer");
    put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(header::X_FRAME_OPTIONS, "DENY");
    put(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    put(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    put(HeaderName::from_static("permissions-policy"), DEVICE);
    if secure {
        put(header::STRICT_TRANSPORT_SECURITY, TRANSPORT);
    }
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.insert(name, HeaderValue::from_static(value));
}
