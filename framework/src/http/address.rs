//! Which addresses may be asked.

use std::error::Error;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use reqwest::ClientBuilder;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use super::error::HttpError;

/// Which addresses a client may ask.
///
/// ```
/// use swaig::http::{AddressPolicy, HttpClient, HttpError};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// // An address that a caller has named must not lead into the own network.
/// let client = HttpClient::new(AddressPolicy::PublicOnly);
/// let url = "http://127.0.0.1/".parse().expect("it is a URL");
/// assert!(matches!(client.get(&url).send().await, Err(HttpError::NotPublic { .. })));
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressPolicy {
    /// Any, also loopback and the local network. For addresses out of the settings or the program.
    AnyAddress,
    /// Only addresses on the internet. For addresses that a caller, a model or another server has named. What a name
    /// leads to is looked at when the connection is made, so a name whose address changes in between does not help.
    PublicOnly,
}

impl AddressPolicy {
    /// Makes a client look at what names lead to.
    pub(super) fn apply(self, builder: ClientBuilder) -> ClientBuilder {
        match self {
            Self::AnyAddress => builder,
            Self::PublicOnly => builder.dns_resolver(Arc::new(PublicNames)),
        }
    }

    /// Looks at a host that is an address already: no name is looked up for it.
    pub(super) fn check(self, url: &Url) -> Result<(), HttpError> {
        let ip = match url.host() {
            Some(Host::Ipv4(ip)) => IpAddr::from(ip),
            Some(Host::Ipv6(ip)) => IpAddr::from(ip),
            _ => return Ok(()),
        };
        if self == Self::AnyAddress || is_public(ip) {
            return Ok(());
        }
        Err(HttpError::NotPublic { host: ip.to_string() })
    }
}

/// A name that leads to no public address.
#[derive(Debug, thiserror::Error)]
#[error("{host} has no public address")]
pub(super) struct NotPublic {
    pub(super) host: String,
}

/// Looks names up, and forgets the addresses that are not public.
struct PublicNames;

impl Resolve for PublicNames {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public = public_of(name.as_str(), found)?;
            Ok::<Addrs, Box<dyn Error + Send + Sync>>(Box::new(public.into_iter()))
        })
    }
}

pub(super) fn public_of(
    host: &str,
    found: impl Iterator<Item = SocketAddr>,
) -> Result<Vec<SocketAddr>, NotPublic> {
    let public: Vec<_> = found.filter(|address| is_public(address.ip())).collect();
    if public.is_empty() { Err(NotPublic { host: host.to_owned() }) } else { Ok(public) }
}

/// Whether an address is one of the internet (IANA's registries of special-purpose addresses).
pub(super) fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

/// Addresses that are not public, as the first address of a block and the length of its prefix.
const SPECIAL_V4: [([u8; 4], u32); 16] = [
    ([0, 0, 0, 0], 8),       // this network, and unspecified
    ([10, 0, 0, 0], 8),      // private
    ([100, 64, 0, 0], 10),   // carrier-grade NAT
    ([127, 0, 0, 0], 8),     // loopback
    ([169, 254, 0, 0], 16),  // link-local, and the meta data services of clouds
    ([172, 16, 0, 0], 12),   // private
    ([192, 0, 0, 0], 24),    // protocol assignments
    ([192, 0, 2, 0], 24),    // documentation
    ([192, 31, 196, 0], 24), // AS112
    ([192, 88, 99, 0], 24),  // 6to4 relays, given up
    ([192, 168, 0, 0], 16),  // private
    ([198, 18, 0, 0], 15),   // benchmarks
    ([198, 51, 100, 0], 24), // documentation
    ([203, 0, 113, 0], 24),  // documentation
    ([224, 0, 0, 0], 4),     // multicast
    ([240, 0, 0, 0], 4),     // reserved, and broadcast
];

fn is_public_v4(ip: Ipv4Addr) -> bool {
    !SPECIAL_V4.iter().any(|(first, prefix)| {
        let mask = u32::MAX << (32 - prefix);
        ip.to_bits() & mask == Ipv4Addr::from(*first).to_bits()
    })
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let embedded = |high: u16, low: u16| is_public_v4(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)));
    match ip.segments() {
        // Protocol assignments (Teredo, ORCHID and others), and documentation.
        [0x2001, 0x0000..=0x01ff | 0x0db8, ..] | [0x3fff, 0..=0x0fff, ..] => false,
        // IPv4-mapped, NAT64 and 6to4: the packets go to the IPv4 address.
        [0, 0, 0, 0, 0, 0xffff, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..] => embedded(high, low),
        // All that is given out today. Outside are loopback, link-local, unique-local and multicast.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}
