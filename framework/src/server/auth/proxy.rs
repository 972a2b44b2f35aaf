//! Proxies in front of the server: whose word on the client's address and on the public URL is taken.

use std::net::IpAddr;

use hyper::HeaderMap;
use ipnet::IpNet;
use url::Url;

use crate::setup::{Settings, SetupError, plain_url};

const TRUSTED: &str = "SWAIG_TRUSTED_PROXIES";

/// The addresses whose forwarded headers are believed: `SWAIG_TRUSTED_PROXIES`, a comma list of addresses and networks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Proxies(Vec<IpNet>);

impl Proxies {
    pub(crate) fn from_settings(settings: &Settings) -> Result<Self, SetupError> {
        let Some(text) = settings.get(TRUSTED) else { return Ok(Self::default()) };
        text.split(',')
            .map(str::trim)
            .map(|item| item.parse::<IpNet>().ok().or_else(|| item.parse::<IpAddr>().ok().map(IpNet::from)))
            .collect::<Option<_>>()
            .map(Self)
            .ok_or_else(|| {
                SetupError::invalid(
                    TRUSTED,
                    &"expected a comma list of addresses and networks, such as 10.0.0.0/8",
                )
            })
    }

    /// Whether this is the address of a proxy of ours.
    pub(crate) fn contain(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// The client's address: the peer's, or what a trusted proxy says in `X-Forwarded-For`. The list is read from its end,
    /// since the client itself may have written its start.
    pub(crate) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        if !self.contain(client) {
            return client;
        }
        let values = headers.get_all("x-forwarded-for").iter().rev();
        let mut hops = values
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.rsplit(',').map(str::trim).collect::<Vec<_>>());
        while self.contain(client) {
            let Some(hop) = hops.next().and_then(address) else { break };
            client = hop.to_canonical();
        }
        client
    }

    /// The public URL as a trusted proxy says it in `X-Forwarded-Proto` and `X-Forwarded-Host`.
    pub(crate) fn base(&self, peer: IpAddr, headers: &HeaderMap) -> Option<Url> {
        if !self.contain(peer) {
            return None;
        }
        let last = |name: &str| {
            let value = headers.get_all(name).iter().next_back()?.to_str().ok()?;
            Some(value.rsplit(',').next()?.trim().to_owned())
        };
        let (scheme, host) = (last("x-forwarded-proto")?, last("x-forwarded-host")?);
        // Not more than a scheme, a host and a port. A proxy that sets but one of the two passes on what the client wrote
        // in the other.
        if !["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
            return None;
        }
        if host.is_empty() || !host.chars().all(|c| c.is_ascii_alphanumeric() || "-._:[]".contains(c)) {
            return None;
        }
        plain_url("X-Forwarded-Host", &format!("{scheme}://{host}"), "").ok()
    }
}

/// An address with or without a port: `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]:80`.
fn address(text: &str) -> Option<IpAddr> {
    text.parse::<IpAddr>()
        .ok()
        .or_else(|| text.parse::<std::net::SocketAddr>().ok().map(|address| address.ip()))
        .or_else(|| text.strip_prefix('[')?.strip_suffix(']')?.parse().ok())
}

#[cfg(test)]
mod tests {
    use hyper::header::{HeaderName, HeaderValue};

    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    fn proxies(list: &str) -> Proxies {
        Proxies::from_settings(&Settings::of([(TRUSTED, list)])).unwrap()
    }

    #[test]
    fn the_client_is_the_last_hop_that_no_proxy_of_ours_is() {
        let table = [
            // Not a proxy of ours: what it says does not count.
            ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
            ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
            ("10.0.0.1", "1.2.3.4, 198.51.100.1", "198.51.100.1"),
            ("10.0.0.1", "1.2.3.4, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
            ("10.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"),
            ("10.0.0.1", "198.51.100.1:80", "198.51.100.1"),
            ("::ffff:10.0.0.1", "::ffff:198.51.100.1", "198.51.100.1"),
            // What cannot be read ends the walk at the last address that is known.
            ("10.0.0.1", "198.51.100.1, unknown", "10.0.0.1"),
            ("10.0.0.1", "", "10.0.0.1"),
            ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ];
        let proxies = proxies("10.0.0.0/8, 127.0.0.1");
        for (peer, forwarded, expected) in table {
            let client = proxies.client(peer.parse().unwrap(), &headers(&[("x-forwarded-for", forwarded)]));
            assert_eq!(client.to_string(), expected, "{peer} {forwarded}");
        }
        let two = headers(&[("x-forwarded-for", "1.2.3.4"), ("x-forwarded-for", "198.51.100.1")]);
        assert_eq!(proxies.client("10.0.0.1".parse().unwrap(), &two).to_string(), "198.51.100.1");
        let none = Proxies::default().client("127.0.0.1".parse().unwrap(), &two);
        assert_eq!(none.to_string(), "127.0.0.1");
    }

    #[test]
    fn the_public_url_is_a_proxys_to_say_and_nobody_elses() {
        let proxies = proxies("127.0.0.1");
        let base = |peer: &str, host: &str, scheme: &str| {
            let headers = headers(&[("x-forwarded-host", host), ("x-forwarded-proto", scheme)]);
            proxies.base(peer.parse().unwrap(), &headers).map(String::from)
        };
        assert_eq!(base("127.0.0.1", "a.example", "https").as_deref(), Some("https://a.example/"));
        assert_eq!(
            base("127.0.0.1", "x.example, a.example:8443", "https").as_deref(),
            Some("https://a.example:8443/")
        );
        assert_eq!(base("192.0.2.1", "a.example", "https"), None);
        for host in [
            "",
            "a.example/path",
            "user@a.example",
            "a.example?x",
            "a b",
            "a.example:99999",
            "a.example\"&x=1",
            "a.example\\x",
        ] {
            assert_eq!(base("127.0.0.1", host, "https"), None, "{host}");
        }
        assert_eq!(base("127.0.0.1", "a.example", "HTTP").as_deref(), Some("http://a.example/"));
        for scheme in ["ftp", "", "http:", "http:evil.example", "https://evil.example/x"] {
            assert_eq!(base("127.0.0.1", "a.example", scheme), None, "{scheme}");
        }
        assert_eq!(proxies.base("127.0.0.1".parse().unwrap(), &HeaderMap::new()), None);
    }

    #[test]
    fn a_list_that_cannot_be_read_is_an_error() {
        for list in ["10.0.0.0/33", "proxy.example", "10.0.0.1;10.0.0.2", ","] {
            assert!(Proxies::from_settings(&Settings::of([(TRUSTED, list)])).is_err(), "{list}");
        }
    }
}
