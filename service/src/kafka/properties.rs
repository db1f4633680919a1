//! librdkafka's properties as a configuration states them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hyper::Uri;
use rdkafka::ClientConfig;
use rdkafka::error::KafkaError;
use rdkafka::types::RDKafkaConfRes;
use serde::{Deserialize, Deserializer};

use crate::config::{Invalid, Secret, read_secret};
use crate::oauth::{Credentials, TokenSource};
use crate::pem::{Authorities, PemError};

/// Ends the name of a property whose value is a file's content.
const FILE_SUFFIX: &str = ".file";
/// librdkafka fetches tokens itself only when it is built with curl; ours is not, and ours are shared between clients.
const METHOD: &str = "sasl.oauthbearer.method";
const ENDPOINT: &str = "sasl.oauthbearer.token.endpoint.url";
const CLIENT_ID: &str = "sasl.oauthbearer.client.id";
const CLIENT_SECRET: &str = "sasl.oauthbearer.client.secret";
const SCOPE: &str = "sasl.oauthbearer.scope";
const AUTHORITIES: &str = "https.ca.location";
/// What the wires to Kafka are, and whom its certificates may be signed by.
const PROTOCOL: &str = "security.protocol";
const KAFKA_AUTHORITIES: &str = "ssl.ca.location";
const KAFKA_AUTHORITIES_TEXT: &str = "ssl.ca.pem";
/// Where OpenSSL itself is told of authorities.
const OPENSSL_VARIABLES: [&str; 2] = ["SSL_CERT_FILE", "SSL_CERT_DIR"];
const OIDC: [&str; 6] = [METHOD, ENDPOINT, CLIENT_ID, CLIENT_SECRET, SCOPE, AUTHORITIES];

/// Why properties were refused.
#[derive(Debug, thiserror::Error)]
pub enum PropertyError {
    /// A value's file cannot be read.
    #[error("`{name}`: cannot read {path}: {cause}", path = path.display())]
    Unreadable {
        /// The property, with its suffix.
        name: String,
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        cause: std::io::Error,
    },
    /// A property breaks a rule.
    #[error("`{name}` {rule}")]
    Rule {
        /// The property.
        name: String,
        /// What must hold.
        rule: String,
    },
    /// The authorities of the token endpoint cannot be read.
    #[error("`{AUTHORITIES}`: {0}")]
    Authorities(#[from] PemError),
}

/// Properties of librdkafka by its names, their values never printed.
///
/// The value of `NAME.file` is the content of a file, without the newline at its end: `sasl.password.file`. With
/// `sasl.oauthbearer.method` `oidc`, tokens are fetched as librdkafka's own properties say.
#[derive(Debug, Clone, Default)]
pub struct Properties {
    given: BTreeMap<String, Secret>,
    tokens: Option<Arc<TokenSource>>,
}

impl Properties {
    /// Reads the files that properties name, and what tokens are fetched with.
    ///
    /// # Errors
    /// A file cannot be read, a property is given twice, or one that tokens need is missing or wrong.
    pub fn new(stated: BTreeMap<String, Secret>) -> Result<Self, PropertyError> {
        let mut given = BTreeMap::new();
        for (name, value) in stated {
            let (name, value) = match name.strip_suffix(FILE_SUFFIX) {
                None => (name, value),
                Some(plain) => (plain.to_owned(), from_file(&name, Path::new(value.expose()))?),
            };
            if given.insert(name.clone(), value).is_some() {
                return Err(rule(&name, format!("is given twice: as it is and as `{name}{FILE_SUFFIX}`")));
            }
        }
        let tokens = tokens(&mut given)?;
        if OPENSSL_VARIABLES.iter().all(|name| std::env::var_os(name).is_none()) {
            trust_the_system(&mut given);
        }
        let properties = Self { given, tokens };
        properties.check()?;
        Ok(properties)
    }

    /// Sets them all on a client, over whatever was set before.
    pub fn set_on(&self, client: &mut ClientConfig) {
        for (name, value) in &self.given {
            client.set(name, value.expose());
        }
    }

    /// Has librdkafka look at them now: what it says where a client is made quotes values, and some are secret.
    fn check(&self) -> Result<(), PropertyError> {
        let mut client = ClientConfig::new();
        self.set_on(&mut client);
        match client.create_native_config() {
            Ok(_) => Ok(()),
            Err(KafkaError::ClientConfig(RDKafkaConfRes::RD_KAFKA_CONF_UNKNOWN, _, name, _)) => {
                Err(rule(&name, "is no property of librdkafka"))
            }
            Err(KafkaError::ClientConfig(_, _, name, _)) => {
                Err(rule(&name, "has a value that librdkafka does not take"))
            }
            Err(_) => Err(rule("kafka", "are properties that librdkafka does not take")),
        }
    }

    /// Refuses those that are none to set, because promises of `whose` rest on them.
    ///
    /// # Errors
    /// One is set; it is named.
    pub fn leave_alone(&self, reserved: &[&str], whose: &str) -> Result<(), Invalid> {
        let set = self.given.keys().find(|name| reserved.contains(&name.as_str()));
        let refused =
            |name: &String| Invalid::new("kafka", format!("must not set `{name}`: {whose} promises rest on it"));
        set.map_or(Ok(()), |name| Err(refused(name)))
    }

    /// Where clients get their tokens; none without `sasl.oauthbearer.method` `oidc`.
    #[must_use]
    pub fn tokens(&self) -> Option<&Arc<TokenSource>> {
        self.tokens.as_ref()
    }
}

impl<'p> IntoIterator for &'p Properties {
    type Item = (&'p String, &'p Secret);
    type IntoIter = std::collections::btree_map::Iter<'p, String, Secret>;

    fn into_iter(self) -> Self::IntoIter {
        self.given.iter()
    }
}

impl<'de> Deserialize<'de> for Properties {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(BTreeMap::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

fn from_file(name: &str, path: &Path) -> Result<Secret, PropertyError> {
    let read = read_secret(path);
    read.map(Secret::new).map_err(|cause| PropertyError::Unreadable {
        name: name.to_owned(),
        path: path.to_path_buf(),
        cause,
    })
}

fn rule(name: &str, rule: impl Into<String>) -> PropertyError {
    PropertyError::Rule { name: name.to_owned(), rule: rule.into() }
}

/// Has librdkafka look where systems keep their authorities, when it is told of none: the OpenSSL that it is built with looks in
/// a directory of its own, which no system has.
fn trust_the_system(given: &mut BTreeMap<String, Secret>) {
    let is_told = [KAFKA_AUTHORITIES, KAFKA_AUTHORITIES_TEXT].iter().any(|name| given.contains_key(*name));
    let protocol = given.get(PROTOCOL).map(|protocol| protocol.expose().to_ascii_lowercase());
    if !is_told && matches!(protocol.as_deref(), Some("ssl" | "sasl_ssl")) {
        given.insert(KAFKA_AUTHORITIES.to_owned(), Secret::new("probe"));
    }
}

/// Takes out what is ours to do.
fn tokens(given: &mut BTreeMap<String, Secret>) -> Result<Option<Arc<TokenSource>>, PropertyError> {
    if given.get(METHOD).is_none_or(|method| !method.expose().eq_ignore_ascii_case("oidc")) {
        return Ok(None);
    }
    let mut taken: BTreeMap<&str, Secret> =
        OIDC.iter().filter_map(|name| Some((*name, given.remove(*name)?))).collect();
    let mut required = |name: &'static str| {
        let value = taken.remove(name).filter(|value| !value.expose().is_empty());
        value.ok_or_else(|| rule(name, format!("must be given with `{METHOD}` `oidc`")))
    };
    let (endpoint, client_id, client_secret) = (required(ENDPOINT)?, required(CLIENT_ID)?, required(CLIENT_SECRET)?);
    let endpoint: Uri = endpoint.expose().parse().map_err(|_| rule(ENDPOINT, "must be a URL"))?;
    let is_loopback = matches!(endpoint.host(), Some("127.0.0.1" | "[::1]" | "localhost"));
    let may_be = match endpoint.scheme_str() {
        Some("https") => true,
        Some("http") => is_loopback,
        _ => false,
    };
    if !may_be {
        return Err(rule(ENDPOINT, "must be an https URL, or an http one of a loopback address"));
    }
    let authorities = taken.remove(AUTHORITIES).map(|path| Authorities::read(path.expose())).transpose()?;
    Ok(Some(Arc::new(TokenSource::new(Credentials {
        endpoint,
        client_id: client_id.expose().to_owned(),
        client_secret,
        scope: taken.remove(SCOPE).map(|scope| scope.expose().to_owned()),
        authorities,
    }))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn properties(stated: &[(&str, &str)]) -> Result<Properties, PropertyError> {
        Properties::new(stated.iter().map(|(name, value)| ((*name).to_owned(), Secret::new(*value))).collect())
    }

    #[test]
    fn a_value_may_come_from_a_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "hunter2\n").unwrap();
        let path = file.path().to_str().unwrap();
        let read = properties(&[("sasl.username", "loupe"), ("sasl.password.file", path)]).unwrap();
        let password = read.into_iter().find(|(name, _)| *name == "sasl.password").unwrap().1;
        assert_eq!(password.expose(), "hunter2");
        assert!(!format!("{read:?}").contains("hunter2"));
        let message = properties(&[("sasl.password.file", "absent")]).unwrap_err().to_string();
        assert!(message.starts_with("`sasl.password.file`: cannot read absent: No such file"), "{message}");
        let twice = properties(&[("sasl.password", "x"), ("sasl.password.file", path)]).unwrap_err().to_string();
        assert!(twice.starts_with("`sasl.password` is given twice"), "{twice}");
    }

    #[test]
    fn what_librdkafka_does_not_take_is_told_without_its_value() {
        let message = |name, value| properties(&[(name, value)]).unwrap_err().to_string();
        assert_eq!(message("sasl.pasword", "hunter2"), "`sasl.pasword` is no property of librdkafka");
        assert_eq!(
            message("socket.timeout.ms", "hunter2"),
            "`socket.timeout.ms` has a value that librdkafka does not take"
        );
        assert!(!message(CLIENT_SECRET, "hunter2").contains("hunter2"), "without a method it is librdkafka's own");
    }

    #[test]
    fn without_authorities_those_of_the_system_are_looked_for() {
        let location = |stated: &[(&str, &str)]| {
            let mut given = stated.iter().map(|(name, value)| ((*name).to_owned(), Secret::new(*value))).collect();
            trust_the_system(&mut given);
            Properties::new(given.clone()).unwrap();
            given.get(KAFKA_AUTHORITIES).map(|location| location.expose().to_owned())
        };
        for protocol in ["SSL", "sasl_ssl", "SASL_SSL"] {
            assert_eq!(location(&[(PROTOCOL, protocol)]).as_deref(), Some("probe"), "{protocol}");
            assert_eq!(location(&[(PROTOCOL, protocol), (KAFKA_AUTHORITIES, "/ca.pem")]).as_deref(), Some("/ca.pem"));
            assert_eq!(location(&[(PROTOCOL, protocol), (KAFKA_AUTHORITIES_TEXT, "a certificate")]), None);
        }
        for stated in [&[][..], &[(PROTOCOL, "PLAINTEXT")], &[(PROTOCOL, "SASL_PLAINTEXT")]] {
            assert_eq!(location(stated), None);
        }
    }

    #[test]
    fn tokens_are_ours_to_fetch() {
        let stated = [
            ("sasl.mechanism", "OAUTHBEARER"),
            (METHOD, "oidc"),
            (ENDPOINT, "https://id.example/token"),
            (CLIENT_ID, "loupe"),
            (CLIENT_SECRET, "s3cret"),
        ];
        let read = properties(&stated).unwrap();
        assert!(read.tokens().is_some());
        assert_eq!(read.given.keys().collect::<Vec<_>>(), ["sasl.mechanism"]);
        assert!(!format!("{read:?}").contains("s3cret"));
        let message = properties(&stated[..4]).unwrap_err().to_string();
        assert_eq!(message, "`sasl.oauthbearer.client.secret` must be given with `sasl.oauthbearer.method` `oidc`");
        assert!(properties(&stated[..1]).unwrap().tokens().is_none());
    }

    #[test]
    fn a_secret_does_not_travel_in_the_clear() {
        let with = |url| properties(&[(METHOD, "oidc"), (ENDPOINT, url), (CLIENT_ID, "l"), (CLIENT_SECRET, "s")]);
        assert!(with("http://127.0.0.1:8090/token").is_ok());
        for url in ["http://id.example/token", "ftp://id.example", "token"] {
            assert!(with(url).unwrap_err().to_string().starts_with(&format!("`{ENDPOINT}` must be an https")), "{url}");
        }
    }
}
