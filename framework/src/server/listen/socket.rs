//! The socket that is listened on: one of its own, one that it shares with the process that it follows, or one that was
//! opened for it.

use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpSocket};

use super::super::app::StartError;
use crate::setup::Setup;

/// The setting: several processes may listen on the address, so that a new one does before the old one stops.
const REUSE_PORT: &str = "SWAIG_REUSE_PORT";
/// How many connections wait to be accepted.
const BACKLOG: u32 = 1024;

/// Listens at the address, or on the socket that a service manager has opened (`LISTEN_FDS`, as systemd does).
pub(super) async fn listen(setup: &Setup, address: &str) -> Result<TcpListener, StartError> {
    let failed = |source| StartError::Listen { address: address.to_owned(), source };
    let sandbox = |addresses: &[SocketAddr]| {
        if setup.signalwire().is_sandbox() && !addresses.iter().all(|it| it.ip().is_loopback()) {
            return Err(StartError::SandboxAddress { address: address.to_owned() });
        }
        Ok(())
    };
    let reuse = setup.flag(REUSE_PORT)?;
    if let Some(given) = listenfd::ListenFd::from_env().take_tcp_listener(0).map_err(failed)? {
        given.set_nonblocking(true).map_err(failed)?;
        let listener = TcpListener::from_std(given).map_err(failed)?;
        sandbox(&[listener.local_addr().map_err(failed)?])?;
        return Ok(listener);
    }
    let candidates: Vec<_> = tokio::net::lookup_host(address).await.map_err(failed)?.collect();
    sandbox(&candidates)?;
    if !reuse {
        return TcpListener::bind(&*candidates).await.map_err(failed);
    }
    let mut last = std::io::Error::other("the name has no address");
    for candidate in candidates {
        match shared(candidate) {
            Ok(listener) => return Ok(listener),
            Err(error) => last = error,
        }
    }
    Err(failed(last))
}

fn shared(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    #[cfg(unix)]
    socket.set_reuseport(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}
