//! A node that asks its clients who they are, over TLS.

use std::fmt::Write;
use std::io;
use std::path::PathBuf;

use super::properties::escaped;

/// How a node proves itself, and whom it lets in: by SCRAM-SHA-512, and by OAUTHBEARER when it knows who signs tokens.
#[derive(Debug, Clone)]
pub struct Security {
    /// A PEM file: the node's certificate and its PKCS #8 private key.
    pub keystore: PathBuf,
    /// A PEM file: the authority that signed it.
    pub truststore: PathBuf,
    /// Users and passwords, made known when the node's directory is formatted; the first is the node's own.
    pub users: Vec<(String, String)>,
    /// Whose tokens are taken.
    pub tokens: Option<Tokens>,
}

/// Whose tokens a node takes.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// A JSON web key set: the public keys of the issuer.
    pub keys: PathBuf,
    /// The `iss` that tokens must have.
    pub issuer: String,
    /// The `aud` that tokens must have.
    pub audience: String,
}

impl Security {
    /// The properties of a node whose clients' listener is called `SASL_SSL`.
    pub(super) fn properties(&self) -> io::Result<String> {
        let refuse = |rule: &str| io::Error::new(io::ErrorKind::InvalidInput, rule.to_owned());
        let (user, password) = self.users.first().ok_or_else(|| refuse("a node needs a user of its own"))?;
        if self.users.iter().any(|(user, password)| format!("{user}{password}").contains(['"', '\\', ',', ']', '\n'])) {
            return Err(refuse("users and passwords of a node must not hold quotes, commas, brackets or newlines"));
        }
        let (keystore, truststore) = (escaped(&self.keystore)?, escaped(&self.truststore)?);
        let mechanisms = if self.tokens.is_some() { "SCRAM-SHA-512,OAUTHBEARER" } else { "SCRAM-SHA-512" };
        let scram = "org.apache.kafka.common.security.scram.ScramLoginModule";
        let mut text = format!(
            "\
ssl.keystore.type=PEM
ssl.keystore.location={keystore}
ssl.truststore.type=PEM
ssl.truststore.location={truststore}
sasl.enabled.mechanisms={mechanisms}
sasl.mechanism.inter.broker.protocol=SCRAM-SHA-512
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config={scram} required username=\"{user}\" password=\"{password}\";
"
        );
        if let Some(Tokens { issuer, audience, .. }) = &self.tokens {
            let url = self.keys_url()?;
            let oauth = "org.apache.kafka.common.security.oauthbearer";
            // Writing to a String does not fail.
            let _ = write!(
                text,
                "\
listener.name.sasl_ssl.oauthbearer.sasl.jaas.config={oauth}.OAuthBearerLoginModule required;
listener.name.sasl_ssl.oauthbearer.connections.max.reauth.ms=3600000
listener.name.sasl_ssl.oauthbearer.sasl.server.callback.handler.class={oauth}.OAuthBearerValidatorCallbackHandler
sasl.oauthbearer.jwks.endpoint.url={url}
sasl.oauthbearer.expected.issuer={issuer}
sasl.oauthbearer.expected.audience={audience}
"
            );
        }
        Ok(text)
    }

    /// What the node's JVM is told: without it Kafka reads keys from nowhere.
    pub(super) fn jvm_option(&self) -> io::Result<Option<String>> {
        let Some(_) = &self.tokens else { return Ok(None) };
        Ok(Some(format!("-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls={}", self.keys_url()?)))
    }

    /// What formats the users into the directory.
    pub(super) fn format_options(&self) -> impl Iterator<Item = String> {
        let users = self.users.iter();
        users.flat_map(|(user, password)| {
            ["--add-scram".to_owned(), format!("SCRAM-SHA-512=[name={user},password={password}]")]
        })
    }

    fn keys_url(&self) -> io::Result<String> {
        let keys = self.tokens.as_ref().map(|tokens| escaped(&tokens.keys)).transpose()?;
        Ok(format!("file://{}", keys.unwrap_or_default()))
    }
}
