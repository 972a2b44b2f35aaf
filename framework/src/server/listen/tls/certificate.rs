//! The certificate that is shown now.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use sha2::{Digest as _, Sha256};

/// Where the certificate and its key are.
#[derive(Clone, Debug)]
pub(super) struct Files {
    /// The certificate, with the chain that leads to its root, in PEM.
    pub(super) certificate: PathBuf,
    /// Its key, in PEM: PKCS#8, PKCS#1 (RSA) or SEC 1 (EC).
    pub(super) key: PathBuf,
}

/// Why a certificate cannot be used. No text repeats what a file holds.
#[derive(Debug, thiserror::Error)]
pub(super) enum CertificateError {
    #[error("cannot read {}: check the path and who may read it", path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("{} holds no {what} in PEM: expected a block that begins with -----BEGIN {begin}-----", path.display())]
    Nothing { path: PathBuf, what: &'static str, begin: &'static str },
    #[error("{} is not valid PEM: write the file again", path.display())]
    NotPem { path: PathBuf, source: pem::Error },
    #[error(
        "the key in {} does not fit the certificate in {}: the first certificate has to be the one that the key was made for",
        files.key.display(), files.certificate.display()
    )]
    Mismatch { files: Files },
    #[error(
        "the certificate in {} or the key in {} cannot be used: make an RSA, ECDSA (P-256, P-384) or Ed25519 one",
        files.certificate.display(), files.key.display()
    )]
    Unusable { files: Files, source: rustls::Error },
}

/// The bytes of both files.
struct Contents {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

impl Contents {
    fn read(files: &Files) -> Result<Self, CertificateError> {
        let read = |path: &Path| {
            std::fs::read(path)
                .map_err(|source| CertificateError::Unreadable { path: path.to_owned(), source })
        };
        Ok(Self { certificate: read(&files.certificate)?, key: read(&files.key)? })
    }

    fn digest(&self) -> [u8; 32] {
        let mut digest = Sha256::new();
        digest.update(self.certificate.len().to_be_bytes());
        digest.update(&self.certificate);
        digest.update(&self.key);
        digest.finalize().into()
    }

    fn parse(&self, files: &Files, provider: &CryptoProvider) -> Result<CertifiedKey, CertificateError> {
        let not_pem = |path: &Path, source| CertificateError::NotPem { path: path.to_owned(), source };
        let nothing =
            |path: &Path, what, begin| CertificateError::Nothing { path: path.to_owned(), what, begin };
        let chain: Vec<_> = CertificateDer::pem_slice_iter(&self.certificate)
            .collect::<Result<_, _>>()
            .map_err(|source| not_pem(&files.certificate, source))?;
        if chain.is_empty() {
            return Err(nothing(&files.certificate, "certificate", "CERTIFICATE"));
        }
        let key = PrivateKeyDer::from_pem_slice(&self.key).map_err(|error| match error {
            pem::Error::NoItemsFound => nothing(&files.key, "private key", "PRIVATE KEY"),
            source => not_pem(&files.key, source),
        })?;
        CertifiedKey::from_der(chain, key, provider).map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => CertificateError::Mismatch { files: files.clone() },
            source => CertificateError::Unusable { files: files.clone(), source },
        })
    }
}

/// The certificate that is shown to clients, and what its files last held.
pub(super) struct Current {
    shown: RwLock<Arc<CertifiedKey>>,
    /// A digest, since keys do not have to be in memory twice; `None` when the files could not be read.
    seen: Mutex<Option<[u8; 32]>>,
    provider: Arc<CryptoProvider>,
}

impl Current {
    pub(super) fn read(files: &Files, provider: Arc<CryptoProvider>) -> Result<Self, CertificateError> {
        let contents = Contents::read(files)?;
        let shown = contents.parse(files, &provider)?;
        Ok(Self { shown: RwLock::new(Arc::new(shown)), seen: Mutex::new(Some(contents.digest())), provider })
    }

    /// Shows what the files hold from now on. Files that cannot be used change nothing, which is logged once.
    pub(super) fn refresh(&self, files: &Files) {
        let contents = Contents::read(files);
        let digest = contents.as_ref().ok().map(Contents::digest);
        let before =
            std::mem::replace(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner), digest);
        if before == digest {
            return;
        }
        match contents.and_then(|contents| contents.parse(files, &self.provider)) {
            Ok(key) => {
                *self.shown.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(key);
                tracing::info!(path = %files.certificate.display(), "the certificate was read again");
            }
            Err(error) => tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the new certificate is not used, and the old one is kept"
            ),
        }
    }
}

/// rustls asks for it; there is nothing to show that is not secret or long.
impl std::fmt::Debug for Current {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Current").finish_non_exhaustive()
    }
}

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.shown.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}
