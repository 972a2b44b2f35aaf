//! Certificates, and a client that speaks TLS.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ClientConfig;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::soon;

/// A certificate for `localhost`, with its chain, its key and its root.
pub struct Identity {
    /// The certificate and the one that signed it, in PEM.
    pub chain: String,
    /// The key, PKCS#8 in PEM.
    pub key: String,
    /// The same key, in DER.
    pub key_der: Vec<u8>,
    /// What a client has to trust.
    pub root: CertificateDer<'static>,
    /// The same, in PEM.
    pub root_pem: String,
}

impl Default for Identity {
    /// Makes a new one: root, intermediate, certificate.
    fn default() -> Self {
        let authority = |name: &str| {
            let mut params = CertificateParams::new([name.to_owned()]).expect("a name");
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            (params, KeyPair::generate().expect("a key can be made"))
        };
        let (params, key) = authority("root");
        let root = params.self_signed(&key).expect("a root can be signed");
        let (root, root_pem) = (root.der().clone(), root.pem());
        let root_issuer = Issuer::new(params, key);
        let (params, key) = authority("intermediate");
        let intermediate = params.signed_by(&key, &root_issuer).expect("it can be signed").pem();
        let issuer = Issuer::new(params, key);
        let key = KeyPair::generate().expect("a key can be made");
        let params = CertificateParams::new(["localhost".to_owned()]).expect("a name");
        let certificate = params.signed_by(&key, &issuer).expect("it can be signed").pem();
        let chain = format!("{certificate}{intermediate}");
        Self { chain, key: key.serialize_pem(), key_der: key.serialize_der(), root, root_pem }
    }
}

/// A client that trusts one root. Its sessions are remembered, so a second connection may resume the first.
#[derive(Clone)]
pub struct TlsClient {
    config: Arc<ClientConfig>,
}

impl TlsClient {
    /// A client that offers these protocols, such as `h2`.
    pub fn new(root: &CertificateDer<'static>, protocols: &[&str]) -> Self {
        Self::with_versions(root, protocols, rustls::ALL_VERSIONS)
    }

    /// A client that speaks only these versions of TLS.
    pub fn with_versions(
        root: &CertificateDer<'static>,
        protocols: &[&str],
        versions: &[&'static rustls::SupportedProtocolVersion],
    ) -> Self {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(root.clone()).expect("a root");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .expect("versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|it| it.as_bytes().to_vec()).collect();
        // It would send early data where the server takes it.
        config.enable_early_data = true;
        Self { config: Arc::new(config) }
    }

    /// The configuration.
    pub fn config(&self) -> Arc<ClientConfig> {
        self.config.clone()
    }

    /// Connects and shakes hands.
    ///
    /// # Errors
    /// What is wrong with the server's side.
    pub async fn connect(&self, address: SocketAddr) -> io::Result<TlsStream<TcpStream>> {
        let stream = TcpStream::connect(address).await?;
        let name = ServerName::try_from("localhost").expect("a name");
        soon("the handshake", TlsConnector::from(self.config.clone()).connect(name, stream)).await
    }

    /// Sends the text of a request that ends its connection, and returns all that comes back.
    ///
    /// # Errors
    /// What is wrong with the server's side.
    pub async fn exchange(&self, address: SocketAddr, request: &str) -> io::Result<String> {
        let mut stream = self.connect(address).await?;
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        soon("the answer", stream.read_to_end(&mut answer)).await?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }
}
