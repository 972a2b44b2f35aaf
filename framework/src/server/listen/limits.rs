//! How much one client may take: the settings, and what is fixed.

use std::time::Duration;

use crate::setup::{Settings, SetupError};

/// How long a client may take for the TLS handshake, and again for the first byte and for the head of a request.
pub(super) const HEAD_TIME: Duration = Duration::from_secs(10);
/// How many bytes a head may have.
pub(super) const HEAD_SIZE: usize = 32 << 10;
/// How many headers a request may have: as many as hyper takes in HTTP/1 unless it is told another number.
pub(super) const HEADERS: usize = 100;
/// How many bytes a path with its query may have.
pub(super) const PATH_SIZE: usize = 8 << 10;
/// How long a client may take nothing of what is written to it.
pub(super) const WRITE_TIME: Duration = Duration::from_secs(30);
/// How many requests one connection may carry.
pub(super) const REQUESTS: u64 = 10_000;
/// How long a connection that was asked to end, and on which nothing runs, may linger.
pub(super) const LINGER: Duration = Duration::from_secs(5);
/// How often a connection is looked at: all times of a connection are kept this exactly.
pub(super) const LOOK: Duration = Duration::from_secs(1);

/// How many requests of one HTTP/2 connection run at once.
pub(super) const STREAMS: u32 = 250;
/// How many bytes of an answer wait for each HTTP/2 request.
pub(super) const SEND_BUFFER: usize = 64 << 10;
/// How many requests a client may reset before they were looked at (the "rapid reset" flood).
pub(super) const EARLY_RESETS: usize = 20;
/// How many requests may break the rules of HTTP/2 before their connection ends.
pub(super) const BROKEN_STREAMS: usize = 100;

const CONNECTIONS: &str = "SWAIG_MAX_CONNECTIONS";
const CONNECTIONS_PER_ADDRESS: &str = "SWAIG_MAX_CONNECTIONS_PER_ADDRESS";
const IDLE_TIME: &str = "SWAIG_IDLE_TIMEOUT";

/// More connections than one process can have.
const MOST_CONNECTIONS: usize = 1_000_000;

/// The limits that are settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Limits {
    /// Connections at once.
    pub(super) connections: usize,
    /// Connections at once from one address.
    pub(super) per_address: usize,
    /// How long a connection without a request is kept.
    pub(super) idle: Duration,
}

impl Limits {
    pub(super) fn from_settings(settings: &Settings) -> Result<Self, SetupError> {
        let connections = settings.number(CONNECTIONS, 1..=MOST_CONNECTIONS)?.unwrap_or(10_000);
        let per_address = settings.number(CONNECTIONS_PER_ADDRESS, 1..=MOST_CONNECTIONS)?;
        let idle = settings.number(IDLE_TIME, 1..=3600)?.unwrap_or(75);
        Ok(Self {
            connections,
            per_address: per_address.unwrap_or(connections.div_ceil(2)),
            idle: Duration::from_secs(idle),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits<const N: usize>(settings: [(&str, &str); N]) -> Result<Limits, String> {
        Limits::from_settings(&Settings::of(settings)).map_err(|error| error.to_string())
    }

    #[test]
    fn one_address_gets_half_of_the_connections_unless_told() {
        let of = |limits: Limits| (limits.connections, limits.per_address);
        assert_eq!(of(limits([]).unwrap()), (10_000, 5_000));
        assert_eq!(of(limits([(CONNECTIONS, "7")]).unwrap()), (7, 4));
        assert_eq!(of(limits([(CONNECTIONS, "1")]).unwrap()), (1, 1));
        assert_eq!(of(limits([(CONNECTIONS, "7"), (CONNECTIONS_PER_ADDRESS, "7")]).unwrap()), (7, 7));
    }

    #[test]
    fn a_limit_that_is_none_is_refused_by_name() {
        for (name, value) in
            [(CONNECTIONS, "0"), (CONNECTIONS, "many"), (CONNECTIONS_PER_ADDRESS, "-1"), (IDLE_TIME, "3601")]
        {
            let error = limits([(name, value)]).unwrap_err();
            assert!(error.contains(name) && error.contains("from 1 to"), "{error}");
        }
    }
}
