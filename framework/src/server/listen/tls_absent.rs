//! What stands in for TLS in a program that was built without it.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;

use tokio::net::TcpStream;
#[cfg(feature = "cli")]
use tokio::sync::Notify;

use super::stream::Protocol;
use crate::setup::{Setup, SetupError};

/// No program has one.
pub(crate) struct Tls(Infallible);

#[expect(clippy::unused_async, reason = "what it stands in for waits")]
impl Tls {
    /// Refuses settings that ask for TLS.
    pub(super) fn from_settings(setup: &Setup) -> Result<Option<Arc<Self>>, SetupError> {
        match [super::TLS_CERTIFICATE, super::TLS_KEY].into_iter().find(|name| setup.setting(name).is_some())
        {
            None => Ok(None),
            Some(name) => Err(SetupError::invalid(
                name,
                &"this program was built without TLS: build it with the feature `tls` of `swaig`, or unset it",
            )),
        }
    }

    pub(super) async fn accept(&self, _: TcpStream) -> io::Result<(TcpStream, Option<Protocol>)> {
        match self.0 {}
    }

    #[cfg(feature = "cli")]
    pub(crate) fn reload(&self) -> Arc<Notify> {
        match self.0 {}
    }

    pub(super) async fn watch(&self) {
        match self.0 {}
    }
}
