//! TLS with rustls and ring, and the machine's own root certificates.
//!
//! The crypto provider is handed over instead of installed for the whole process: a library must not decide that for
//! the program that it is linked into.

use std::sync::Arc;

use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt as _;

/// TLS that trusts what the machine trusts.
pub(super) fn platform() -> Result<ClientConfig, rustls::Error> {
    Ok(ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_platform_verifier()?
        .with_no_client_auth())
}

/// TLS that trusts nobody, for plain `http`: that has to work on a machine without root certificates.
pub(super) fn none() -> Result<ClientConfig, rustls::Error> {
    Ok(ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth())
}
