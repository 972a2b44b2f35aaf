//! Who counts as one client, where something is limited by address.

use std::net::{IpAddr, Ipv6Addr};

/// An IPv4 address, or the 64 bits of an IPv6 network, which one client gets whole.
pub(super) fn one_client(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(ip) => Ipv6Addr::from_bits(ip.to_bits() & !u128::from(u64::MAX)).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}
