//! Certificates made for one test.

use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};

/// An authority that signs certificates of servers on this machine.
#[derive(Debug)]
pub struct Authority {
    directory: PathBuf,
    issuer: Issuer<'static, KeyPair>,
    /// A PEM file with its certificate.
    pub certificate: PathBuf,
}

/// A server's certificate.
#[derive(Debug, Clone)]
pub struct Issued {
    /// A PEM file with the certificate.
    pub certificate: PathBuf,
    /// A PEM file with its private key.
    pub key: PathBuf,
    /// A PEM file with both, as Kafka's keystores are.
    pub both: PathBuf,
}

impl Authority {
    /// Makes an authority whose files go into `directory`.
    ///
    /// # Errors
    /// There is no randomness, or a file cannot be written.
    pub fn new(directory: &Path, name: &str) -> anyhow::Result<Self> {
        let mut params = CertificateParams::new(Vec::new())?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate()?;
        let certificate = directory.join(format!("{name}.pem"));
        std::fs::write(&certificate, params.self_signed(&key)?.pem())?;
        Ok(Self { directory: directory.to_owned(), issuer: Issuer::new(params, key), certificate })
    }

    /// Signs a certificate for a server at the loopback address.
    ///
    /// # Errors
    /// There is no randomness, or a file cannot be written.
    pub fn issue(&self, server: &str) -> anyhow::Result<Issued> {
        let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned(), "localhost".to_owned()])?;
        params.distinguished_name.push(DnType::CommonName, server);
        let key = KeyPair::generate()?;
        let (certificate, key) = (params.signed_by(&key, &self.issuer)?.pem(), key.serialize_pem());
        let file = |kind: &str, content: String| {
            let path = self.directory.join(format!("{server}-{kind}.pem"));
            std::fs::write(&path, content).map(|()| path)
        };
        let both = file("both", format!("{key}{certificate}"))?;
        Ok(Issued { both, certificate: file("certificate", certificate)?, key: file("key", key)? })
    }
}
