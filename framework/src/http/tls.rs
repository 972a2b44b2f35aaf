//! TLS settings for clients of one's own: rustls with ring.
//!
//! [`HttpClient`](super::HttpClient) has them already. A client that needs what it does not offer takes them from here, so
//! that all clients of a program trust the same. The crypto provider is handed over instead of installed for the whole
//! process: a library must not decide that for the program that it is linked into.
//!
//! ```
//! // For `reqwest::ClientBuilder::tls_backend_preconfigured`, and for all else that takes rustls' settings.
//! let config = swaig::http::tls::none()?;
//! assert!(config.alpn_protocols.is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::sync::Arc;

use rustls::crypto::ring;
use rustls::{ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier};
use rustls_platform_verifier::BuilderVerifierExt as _;

/// TLS that trusts what the machine trusts.
///
/// ```
/// match swaig::http::tls::platform() {
///     Ok(config) => assert!(config.alpn_protocols.is_empty()),
///     Err(error) => println!("install root certificates: {error}"),
/// }
/// ```
///
/// # Errors
/// It cannot be set up: most likely the machine has no root certificates.
pub fn platform() -> Result<ClientConfig, rustls::Error> {
    Ok(builder()?.with_platform_verifier()?.with_no_client_auth())
}

/// TLS that trusts nobody, for plain `http`: that has to work on a machine without root certificates.
///
/// ```
/// let config = swaig::http::tls::none()?;
/// assert!(config.alpn_protocols.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// It cannot be set up.
pub fn none() -> Result<ClientConfig, rustls::Error> {
    Ok(builder()?.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
}

fn builder() -> Result<ConfigBuilder<ClientConfig, WantsVerifier>, rustls::Error> {
    ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
}
