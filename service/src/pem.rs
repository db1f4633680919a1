//! Certificates and keys in PEM files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::RootCertStore;
use rustls::crypto::ring;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde::{Deserialize, Deserializer};

/// Why a PEM file was refused.
#[derive(Debug, thiserror::Error)]
pub enum PemError {
    /// It cannot be read, or is no PEM.
    #[error("{path}: {cause}", path = path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        cause: pem::Error,
    },
    /// Nothing of the kind is in it.
    #[error("{path} holds no certificate", path = path.display())]
    NoCertificate {
        /// The file.
        path: PathBuf,
    },
    /// A certificate in it is none that could sign.
    #[error("{path}: {cause}", path = path.display())]
    Refused {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        cause: rustls::Error,
    },
}

/// Every certificate of a file, of which there is at least one.
///
/// # Errors
/// The file is absent, no PEM, or without a certificate.
pub(crate) fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, PemError> {
    let unreadable = |cause| PemError::Unreadable { path: path.to_path_buf(), cause };
    let read = CertificateDer::pem_file_iter(path).map_err(unreadable)?;
    let certificates = read.collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
    if certificates.is_empty() {
        return Err(PemError::NoCertificate { path: path.to_path_buf() });
    }
    Ok(certificates)
}

/// The first private key of a file.
///
/// # Errors
/// The file is absent, no PEM, or without a key.
pub(crate) fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, PemError> {
    PrivateKeyDer::from_pem_file(path).map_err(|cause| PemError::Unreadable { path: path.to_path_buf(), cause })
}

/// The authorities that a client trusts instead of the system's: as a field of a configuration, the path of a PEM file
/// with one certificate or more, which is read with the configuration.
#[derive(Clone)]
pub struct Authorities {
    path: PathBuf,
    roots: Arc<RootCertStore>,
}

impl Authorities {
    /// Reads the certificates of a PEM file.
    ///
    /// # Errors
    /// The file is absent, no PEM, without a certificate, or one in it cannot sign.
    pub fn read(path: impl Into<PathBuf>) -> Result<Self, PemError> {
        let path = path.into();
        let mut roots = RootCertStore::empty();
        for certificate in certificates(&path)? {
            roots.add(certificate).map_err(|cause| PemError::Refused { path: path.clone(), cause })?;
        }
        Ok(Self { path, roots: Arc::new(roots) })
    }
}

impl std::fmt::Debug for Authorities {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.path.display())
    }
}

impl<'de> Deserialize<'de> for Authorities {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(PathBuf::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// What a client of TLS 1.2 and 1.3 trusts: these authorities, else the system's.
#[must_use]
pub(crate) fn client_config(authorities: Option<&Authorities>) -> ClientConfig {
    let roots = authorities.map_or_else(|| Arc::new(system_roots()), |authorities| Arc::clone(&authorities.roots));
    ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring speaks the default versions of TLS")
        .with_root_certificates(roots)
        .with_no_client_auth()
}

/// Without any, every connection is refused, and says that the issuer is unknown.
fn system_roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!(%error, "some of the system's authorities cannot be read");
    }
    roots.add_parsable_certificates(found.certs);
    roots
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_certificate_is_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let message = Authorities::read(file.path()).unwrap_err().to_string();
        assert_eq!(message, format!("{} holds no certificate", file.path().display()));
        let message = Authorities::read("absent.pem").unwrap_err().to_string();
        assert!(message.starts_with("absent.pem: "), "{message}");
    }

    #[test]
    fn authorities_are_read_from_pem() {
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = rcgen::CertificateParams::new(vec![]).unwrap().self_signed(&key).unwrap();
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), certificate.pem()).unwrap();
        assert_eq!(Authorities::read(file.path()).unwrap().roots.len(), 1);
        std::fs::write(file.path(), key.serialize_pem()).unwrap();
        assert!(Authorities::read(file.path()).unwrap_err().to_string().ends_with("holds no certificate"));
    }
}
