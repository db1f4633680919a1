//! What ingest is told at start.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use loupe_service::config::{Invalid, Secret, Validate};
use loupe_service::kafka::Properties;
use loupe_service::lifecycle;
use serde::Deserialize;

use crate::http::Limits;
use crate::publisher::{self, PublisherConfig};

/// What the name of every environment variable of ingest starts with.
pub const PREFIX: &str = "LOUPE_INGEST";

const IP_HASH_KEY_BYTES_MIN: usize = 16;
const MIB: usize = 1024 * 1024;

/// The configuration of ingest; the secrets in it are redacted when it is logged.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where HTTP is served.
    #[serde(default = "defaults::listen")]
    pub listen: SocketAddr,
    /// Kafka's bootstrap servers, `host:port` joined by commas.
    pub kafka_bootstrap: String,
    /// The file of hashed API keys; followed when it changes.
    pub keys_file: PathBuf,
    /// Keys the hash of client addresses, at least 16 bytes (rule 17). Changing it makes every anonymous person new.
    pub ip_hash_key: Secret,
    /// The largest body as it is sent, in bytes.
    #[serde(default = "defaults::body_bytes_max")]
    pub encoded_bytes_max: usize,
    /// The largest body after gzip or zstd is undone, in bytes.
    #[serde(default = "defaults::body_bytes_max")]
    pub decoded_bytes_max: usize,
    /// The most events of one request.
    #[serde(default = "defaults::events_per_request_max")]
    pub events_per_request_max: usize,
    /// How many bytes of bodies, encoded and decoded, may be held at a time; beyond it requests are told to come back.
    #[serde(default = "defaults::in_flight_bytes_max")]
    pub in_flight_bytes_max: usize,
    /// How long a body may take to arrive, in milliseconds.
    #[serde(default = "defaults::body_timeout_ms")]
    pub body_timeout_ms: u64,
    /// How long Kafka may take to acknowledge an event, in milliseconds; then the request is answered 503.
    #[serde(default = "defaults::delivery_timeout_ms")]
    pub delivery_timeout_ms: u64,
    /// How long running requests may take to finish when the service stops, in milliseconds.
    #[serde(default = "defaults::drain_timeout_ms")]
    pub drain_timeout_ms: u64,
    /// Replicas of each topic that ingest has to create; existing topics keep theirs.
    #[serde(default = "defaults::topic_replication_factor")]
    pub topic_replication_factor: i32,
    /// How often a canary is put in each partition of the events topic, in seconds, by which readers measure how long the log
    /// takes to show; 0 for never.
    #[serde(default)]
    pub canary_interval_s: u64,
    /// How many connections are served at once; more wait until one ends.
    #[serde(default = "defaults::connections_max")]
    pub connections_max: usize,
    /// How long the head of a request may take, and a connection be idle, in milliseconds.
    #[serde(default = "defaults::head_timeout_ms")]
    pub head_timeout_ms: u64,
    /// Further librdkafka properties, such as `security.protocol` and `sasl.password.file`; never printed.
    #[serde(default)]
    pub kafka: Properties,
}

mod defaults {
    use std::net::SocketAddr;

    use loupe_service::lifecycle;

    use super::MIB;

    pub(super) fn listen() -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], 8081))
    }

    pub(super) fn body_bytes_max() -> usize {
        16 * MIB
    }

    pub(super) fn events_per_request_max() -> usize {
        10_000
    }

    pub(super) fn in_flight_bytes_max() -> usize {
        256 * MIB
    }

    pub(super) fn body_timeout_ms() -> u64 {
        30_000
    }

    pub(super) fn delivery_timeout_ms() -> u64 {
        10_000
    }

    pub(super) fn drain_timeout_ms() -> u64 {
        15_000
    }

    pub(super) fn topic_replication_factor() -> i32 {
        1
    }

    pub(super) fn connections_max() -> usize {
        lifecycle::CONNECTIONS_MAX
    }

    pub(super) fn head_timeout_ms() -> u64 {
        lifecycle::HEAD_TIMEOUT_MS
    }
}

impl Config {
    /// What the publisher needs of it.
    #[must_use]
    pub fn publisher(&self) -> PublisherConfig {
        PublisherConfig {
            delivery_timeout_ms: self.delivery_timeout_ms,
            topic_replication_factor: self.topic_replication_factor,
            properties: self.kafka.clone(),
            ..PublisherConfig::new(&self.kafka_bootstrap)
        }
    }

    /// What bounds connections.
    #[must_use]
    pub fn connections(&self) -> lifecycle::Limits {
        lifecycle::Limits::of(self.connections_max, self.head_timeout_ms)
    }

    /// What bounds a request.
    #[must_use]
    pub fn limits(&self) -> Limits {
        Limits {
            encoded_bytes_max: self.encoded_bytes_max,
            decoded_bytes_max: self.decoded_bytes_max,
            events_per_request_max: self.events_per_request_max,
            in_flight_bytes_max: self.in_flight_bytes_max,
            body_timeout: Duration::from_millis(self.body_timeout_ms),
        }
    }
}

impl Validate for Config {
    fn validate(&self) -> Result<(), Invalid> {
        Invalid::unless(!self.kafka_bootstrap.trim().is_empty(), "kafka_bootstrap", "must name at least one broker")?;
        Invalid::unless(
            self.ip_hash_key.expose().len() >= IP_HASH_KEY_BYTES_MIN,
            "ip_hash_key",
            "must have at least 16 bytes (rule 17)",
        )?;
        Invalid::unless(self.encoded_bytes_max > 0, "encoded_bytes_max", "must be at least 1")?;
        Invalid::unless(self.decoded_bytes_max > 0, "decoded_bytes_max", "must be at least 1")?;
        Invalid::unless(self.events_per_request_max > 0, "events_per_request_max", "must be at least 1")?;
        // A request of the largest size would otherwise never be admitted, however often it is retried.
        Invalid::unless(
            self.in_flight_bytes_max >= self.encoded_bytes_max.saturating_add(self.decoded_bytes_max),
            "in_flight_bytes_max",
            "must be at least encoded_bytes_max + decoded_bytes_max",
        )?;
        Invalid::unless(
            self.in_flight_bytes_max <= tokio::sync::Semaphore::MAX_PERMITS,
            "in_flight_bytes_max",
            "is too large",
        )?;
        Invalid::unless(self.body_timeout_ms > 0, "body_timeout_ms", "must be at least 1")?;
        Invalid::unless(self.connections_max > 0, "connections_max", "must be at least 1")?;
        Invalid::unless(self.head_timeout_ms > 0, "head_timeout_ms", "must be at least 1")?;
        Invalid::unless(
            (100..=300_000).contains(&self.delivery_timeout_ms),
            "delivery_timeout_ms",
            "must lie between 100 and 300000",
        )?;
        Invalid::unless(
            (1..=i32::from(i16::MAX)).contains(&self.topic_replication_factor),
            "topic_replication_factor",
            "must lie between 1 and 32767",
        )?;
        self.kafka.leave_alone(&publisher::RESERVED_PROPERTIES, "the publisher's")
    }
}

#[cfg(test)]
mod tests {
    use loupe_service::config::load_from;

    use super::*;

    const REQUIRED: [(&str, &str); 3] = [
        ("LOUPE_INGEST_KAFKA_BOOTSTRAP", "127.0.0.1:9092"),
        ("LOUPE_INGEST_KEYS_FILE", "keys.jsonl"),
        ("LOUPE_INGEST_IP_HASH_KEY", "0123456789abcdef"),
    ];

    fn load(extra: &[(&str, &str)]) -> Result<Config, String> {
        let pairs = REQUIRED.iter().filter(|(name, _)| extra.iter().all(|(other, _)| other != name)).chain(extra);
        load_from(PREFIX, None, pairs.map(|(name, value)| ((*name).into(), (*value).into())))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn three_values_are_required_and_the_rest_has_defaults() {
        let config = load(&[]).unwrap();
        assert_eq!(config.decoded_bytes_max, 16_777_216);
        assert_eq!(config.topic_replication_factor, 1);
        let error = load_from::<Config>(PREFIX, None, []).unwrap_err().to_string();
        assert!(error.contains("`kafka_bootstrap` is missing"), "{error}");
    }

    #[test]
    fn each_broken_rule_names_its_field() {
        for (variable, value, expected) in [
            ("LOUPE_INGEST_IP_HASH_KEY", "short", "`ip_hash_key`"),
            ("LOUPE_INGEST_KAFKA_BOOTSTRAP", " ", "`kafka_bootstrap`"),
            ("LOUPE_INGEST_DECODED_BYTES_MAX", "0", "`decoded_bytes_max`"),
            ("LOUPE_INGEST_ENCODED_BYTES_MAX", "0", "`encoded_bytes_max`"),
            ("LOUPE_INGEST_EVENTS_PER_REQUEST_MAX", "0", "`events_per_request_max`"),
            ("LOUPE_INGEST_IN_FLIGHT_BYTES_MAX", "1000", "`in_flight_bytes_max`"),
            ("LOUPE_INGEST_BODY_TIMEOUT_MS", "0", "`body_timeout_ms`"),
            ("LOUPE_INGEST_CONNECTIONS_MAX", "0", "`connections_max`"),
            ("LOUPE_INGEST_HEAD_TIMEOUT_MS", "0", "`head_timeout_ms`"),
            ("LOUPE_INGEST_KAFKA", "acks=1", "`kafka`"),
            ("LOUPE_INGEST_KAFKA", "sasl.password.file=/nowhere", "`kafka`"),
            ("LOUPE_INGEST_DELIVERY_TIMEOUT_MS", "1", "`delivery_timeout_ms`"),
            ("LOUPE_INGEST_TOPIC_REPLICATION_FACTOR", "0", "`topic_replication_factor`"),
        ] {
            let error = load(&[(variable, value)]).unwrap_err();
            assert!(error.contains(expected), "{variable}: {error}");
        }
    }

    #[test]
    fn properties_the_promises_rest_on_cannot_be_changed() {
        assert!(load(&[("LOUPE_INGEST_KAFKA", "sasl.password=hunter2")]).is_ok());
        let error = load(&[("LOUPE_INGEST_KAFKA", "sasl.password=hunter2,acks=1")]).unwrap_err();
        assert!(error.contains("`kafka`") && error.contains("must not set `acks`"), "{error}");
    }

    #[test]
    fn no_secret_is_printed() {
        let config = load(&[("LOUPE_INGEST_KAFKA", "sasl.password=hunter2")]).unwrap();
        let printed = format!("{config:?}");
        assert!(!printed.contains("hunter2") && !printed.contains("0123456789abcdef"), "{printed}");
    }
}
