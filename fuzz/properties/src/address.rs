//! URLs, and who says what the client's address is.

use std::net::IpAddr;

use hyper::Uri;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use swaig::fuzzing::{agent_id, allow, forwarded, webhook_url};
use swaig::server::Credentials;
use swaig::setup::Settings;
use url::Url;

use crate::lines;

const USER: &str = "signalwire";
const PASSWORD: &str = "not the one that anybody guesses";

/// The lines of an input are the target of a request (path and query) and its headers `x-forwarded-for`,
/// `x-forwarded-proto`, `x-forwarded-host` and `authorization`. An agent id that is taken is short, has no control
/// characters, and comes back unchanged from the URL that is given to the platform. What a stranger says of its address does
/// not count; of what a trusted proxy says, a public URL is nothing but a scheme, a host and a port. No header passes for
/// the credentials.
pub fn address(input: &[u8]) {
    let ([target, names @ ..], _) = lines::<5>(input);
    let mut headers = HeaderMap::new();
    for (name, value) in
        ["x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "authorization"].into_iter().zip(names)
    {
        // Nothing, or what cannot be a header, is no header.
        if let Some(value) = Some(value).filter(|value| !value.is_empty())
            && let Ok(value) = HeaderValue::from_bytes(value)
        {
            headers.append(HeaderName::from_static(name), value);
        }
    }
    let credentials = Credentials::new(USER, PASSWORD);
    assert!(!allow(&credentials, &headers), "these are not the credentials");

    let trusted = Settings::of([("SWAIG_TRUSTED_PROXIES", "10.0.0.0/8, 2001:db8::/32")]);
    let stranger = IpAddr::from([203, 0, 113, 9]);
    assert_eq!(forwarded(&trusted, stranger, &headers).expect("networks"), (stranger, None));
    let (_, base) = forwarded(&trusted, IpAddr::from([10, 0, 0, 1]), &headers).expect("networks");
    if let Some(base) = &base {
        assert!(["http", "https"].contains(&base.scheme()) && base.has_host(), "{base}");
        assert!(base.username().is_empty() && base.password().is_none(), "{base}");
        assert!(base.path() == "/" && base.query().is_none() && base.fragment().is_none(), "{base}");
    }

    let Ok(uri) = Uri::try_from(target) else { return };
    let Ok(id) = agent_id(&uri, "desk") else { return };
    assert!(id.len() <= 128 && !id.is_empty() && !id.chars().any(char::is_control), "{id:?}");
    let base = base.unwrap_or_else(|| Url::parse("https://example.com/base").expect("a URL"));
    let url = webhook_url(&base, &credentials, "desk", &id);
    assert!(url.is_ascii() && !url.contains([' ', '"', '<', '>', '\n']), "{url}");
    let parsed = Url::parse(&url).expect("a URL");
    assert_eq!((parsed.host(), parsed.port(), parsed.fragment()), (base.host(), base.port(), None), "{url}");
    let path = &parsed[url::Position::BeforePath..];
    assert_eq!(agent_id(&path.parse().expect("a path"), "desk"), Ok(id), "{url}");
}
