//! Whether a request that changes something was made by a page of this server.

use hyper::HeaderMap;
use hyper::header::{HOST, ORIGIN};
use url::Url;

/// A browser made the request for a page of another site. It may have added the password by itself, as browsers do with HTTP
/// Basic, and nobody meant it to.
#[derive(Debug, thiserror::Error)]
#[error("a page of another site made this request (Sec-Fetch-Site, Origin); webhooks are no pages' business")]
pub(crate) struct CrossSite;

/// Whether a browser says that another site made this request. What is no browser says nothing, and then the token of the
/// console's form, or the credentials of a webhook, decide alone.
pub(crate) fn is_cross_site(headers: &HeaderMap, base: &Url) -> bool {
    let text = |value: &hyper::header::HeaderValue| value.to_str().unwrap_or("?").to_owned();
    // Sent by all current browsers over TLS and to loopback (Fetch Metadata, section 2.2). No page can forge it.
    if let Some(site) = headers.get("sec-fetch-site").map(text) {
        return site != "same-origin";
    }
    let mut origins = headers.get_all(ORIGIN).iter().map(text).peekable();
    // A page with `Referrer-Policy: no-referrer`, as ours are, sends "null" (Fetch, "append a request Origin header").
    origins.any(|origin| origin != "null" && !is_own(&origin, headers, base))
}

/// The origin is that of the public URL, or the host that the request was sent to.
fn is_own(origin: &str, headers: &HeaderMap, base: &Url) -> bool {
    if base.origin().ascii_serialization() == origin {
        return true;
    }
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let given = origin.split_once("://").map(|(_, host)| host);
    host.is_some() && host == given
}

#[cfg(test)]
mod tests {
    use hyper::header::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn a_page_of_another_site_is_told_from_our_own() {
        let table: [(&[(&'static str, &'static str)], bool); 13] = [
            (&[], false),
            (&[("sec-fetch-site", "same-origin")], false),
            (&[("sec-fetch-site", "same-origin"), ("origin", "null")], false),
            (&[("sec-fetch-site", "same-site")], true),
            (&[("sec-fetch-site", "cross-site")], true),
            (&[("sec-fetch-site", "none")], true),
            (&[("sec-fetch-site", "cross-site"), ("origin", "https://agents.example.com")], true),
            (&[("origin", "https://agents.example.com")], false),
            (&[("origin", "http://127.0.0.1:3000"), ("host", "127.0.0.1:3000")], false),
            (&[("origin", "http://127.0.0.1:3001"), ("host", "127.0.0.1:3000")], true),
            (&[("origin", "https://evil.example"), ("host", "127.0.0.1:3000")], true),
            (&[("origin", "https://agents.example.com.evil.example")], true),
            (&[("origin", "https://evil.example"), ("origin", "https://agents.example.com")], true),
        ];
        let base = Url::parse("https://agents.example.com/").unwrap();
        for (pairs, expected) in table {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
            }
            assert_eq!(is_cross_site(&headers, &base), expected, "{pairs:?}");
        }
    }
}
