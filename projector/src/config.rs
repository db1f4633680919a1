//! What the projector is told at start.

use std::net::SocketAddr;

use loupe_service::config::{Invalid, Secret, Validate};
use loupe_service::kafka::Properties;
use loupe_service::pem::Authorities;
use serde::Deserialize;

use crate::log::RESERVED_PROPERTIES;
use crate::retention::{EVENTS_DAYS_MIN, Retention};
use crate::served;

/// What the name of every environment variable of the projector starts with.
pub const PREFIX: &str = "LOUPE_PROJECTOR";

/// The configuration of the projector; the secrets in it are redacted when it is logged.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where `/livez`, `/readyz` and `/metrics` are served.
    #[serde(default = "defaults::listen")]
    pub listen: SocketAddr,
    /// Kafka's bootstrap servers, `host:port` joined by commas.
    pub kafka_bootstrap: String,
    /// The consumer group; projectors of one group share the partitions. A database that a rebuild made has its own, with the
    /// database's name behind this.
    #[serde(default = "defaults::group")]
    pub group: String,
    /// ClickHouse's HTTP interface, for example `http://127.0.0.1:8123`.
    pub clickhouse_url: String,
    /// The database to write, created when absent; absent for the one that is served, which changes when a rebuilt one
    /// takes its place.
    #[serde(default)]
    pub database: Option<String>,
    /// The database of the views for BI tools, which are made to read this projector's tables at its start, and of the
    /// table that says which database is served; empty for neither.
    #[serde(default = "defaults::views_database")]
    pub views_database: String,
    /// The cluster that the tables are on, by its name in ClickHouse (`system.clusters`): sharded by account and
    /// replicated; empty for a single node.
    #[serde(default)]
    pub cluster: String,
    /// The ClickHouse user, when it has one.
    #[serde(default)]
    pub clickhouse_user: Option<String>,
    /// The ClickHouse password, when it has one.
    #[serde(default)]
    pub clickhouse_password: Option<Secret>,
    /// A PEM file of the authorities that ClickHouse's certificate may be signed by, with an `https` URL; the system's
    /// when absent.
    #[serde(default)]
    pub clickhouse_ca_file: Option<Authorities>,
    /// The shortest time between two flushes, in milliseconds: what a record waits at most, beside the flush before its.
    #[serde(default = "defaults::flush_interval_ms")]
    pub flush_interval_ms: u64,
    /// The most records of one flush.
    #[serde(default = "defaults::flush_records_max")]
    pub flush_records_max: usize,
    /// The most payload bytes of one flush.
    #[serde(default = "defaults::flush_bytes_max")]
    pub flush_bytes_max: usize,
    /// How many bytes of slice states stay resident, about; the least recently touched go first.
    #[serde(default = "defaults::resident_bytes_max")]
    pub resident_bytes_max: usize,
    /// The breaker: a partition stops when more than this share of its last 100 to 1,000 records is no event.
    #[serde(default = "defaults::quarantine_share_max")]
    pub quarantine_share_max: f64,
    /// How long ClickHouse or Kafka may take to answer before the request is made again, in milliseconds; doubled
    /// while it stays silent.
    #[serde(default = "defaults::request_timeout_ms")]
    pub request_timeout_ms: u64,
    /// How often a collection at random is recomputed from `events` and compared, in seconds; 0 for never.
    #[serde(default = "defaults::audit_interval_s")]
    pub audit_interval_s: u64,
    /// How many days `events` are kept, from which slices are rebuilt; 0 for good, else 70 at least. What is more than this
    /// less 35 days late is quarantined.
    #[serde(default)]
    pub retention_events_days: u32,
    /// How many days rows are kept that tell what somebody did: `downloads`, `deliveries`, `identity_daily`; 0 for good, else
    /// no fewer than `retention_events_days`.
    #[serde(default)]
    pub retention_people_days: u32,
    /// How many days numbers are kept that name nobody: `media_daily`, `collection_quarter_hourly`, `link_daily`; 0 for
    /// good, else no fewer than `retention_events_days`.
    #[serde(default)]
    pub retention_aggregates_days: u32,
    /// How many days the bytes of what is no event are kept; 0 for good.
    #[serde(default)]
    pub retention_quarantine_days: u32,
    /// Names this projector within its group, so that after a crash it takes up its partitions at once instead of
    /// after the session timeout; unique, and the same after a restart.
    #[serde(default)]
    pub group_instance_id: Option<String>,
    /// Further librdkafka properties, such as `security.protocol` and `sasl.password.file`, all but the
    /// [`RESERVED_PROPERTIES`]; never printed.
    #[serde(default)]
    pub kafka: Properties,
}

/// The database that is served before anybody has switched to another.
pub const FIRST_DATABASE: &str = "loupe_v1";

impl Config {
    /// The database to write, as far as it is configured.
    #[must_use]
    pub fn database(&self) -> &str {
        self.database.as_deref().unwrap_or(FIRST_DATABASE)
    }

    /// The same for this database, which has a consumer group of its own: offsets say what one database has.
    #[must_use]
    pub fn of(&self, database: &str) -> Self {
        let group = if database == FIRST_DATABASE { self.group.clone() } else { format!("{}.{database}", self.group) };
        Self { database: Some(database.to_owned()), group, ..self.clone() }
    }

    /// The same for the database that is configured. One that a rebuild made has the group that it has when it is served, since
    /// that of another has passed what this one lacks; one of another name has the configured group for itself.
    #[must_use]
    pub fn pinned(&self) -> Self {
        if served::number(self.database()).is_some() { self.of(self.database()) } else { self.clone() }
    }
}

mod defaults {
    use std::net::SocketAddr;

    pub(super) fn listen() -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], 8082))
    }

    pub(super) fn group() -> String {
        "loupe-projector".to_owned()
    }

    pub(super) fn views_database() -> String {
        "loupe".to_owned()
    }

    pub(super) fn flush_interval_ms() -> u64 {
        500
    }

    pub(super) fn flush_records_max() -> usize {
        200_000
    }

    pub(super) fn flush_bytes_max() -> usize {
        128 << 20
    }

    pub(super) fn resident_bytes_max() -> usize {
        1 << 30
    }

    pub(super) fn audit_interval_s() -> u64 {
        300
    }

    pub(super) fn request_timeout_ms() -> u64 {
        30_000
    }

    pub(super) fn quarantine_share_max() -> f64 {
        0.5
    }
}

impl Config {
    /// How long rows are kept.
    #[must_use]
    pub const fn retention(&self) -> Retention {
        Retention {
            events_days: self.retention_events_days,
            people_days: self.retention_people_days,
            aggregates_days: self.retention_aggregates_days,
            quarantine_days: self.retention_quarantine_days,
        }
    }

    /// The same, keeping rows for this long.
    #[must_use]
    pub(crate) fn keeping(self, retention: Retention) -> Self {
        let Retention { events_days, people_days, aggregates_days, quarantine_days } = retention;
        Self {
            retention_events_days: events_days,
            retention_people_days: people_days,
            retention_aggregates_days: aggregates_days,
            retention_quarantine_days: quarantine_days,
            ..self
        }
    }

    /// A slice of which events are kept is written whole when it is read back, so its rows may not go before them.
    fn validate_retention(&self) -> Result<(), Invalid> {
        let events = self.retention_events_days;
        let is_enough = events == 0 || events >= EVENTS_DAYS_MIN;
        Invalid::unless(is_enough, "retention_events_days", "must be 0, for good, or at least 70")?;
        let rows = [
            (self.retention_people_days, "retention_people_days"),
            (self.retention_aggregates_days, "retention_aggregates_days"),
        ];
        for (days, field) in rows {
            let is_enough = days == 0 || (events > 0 && days >= events);
            Invalid::unless(
                is_enough,
                field,
                "must be 0, for good, or at least retention_events_days, which must be set",
            )?;
        }
        Ok(())
    }
}

impl Validate for Config {
    fn validate(&self) -> Result<(), Invalid> {
        let is_name =
            |text: &str| !text.is_empty() && text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
        Invalid::unless(!self.kafka_bootstrap.is_empty(), "kafka_bootstrap", "must name at least one broker")?;
        Invalid::unless(!self.group.is_empty(), "group", "must not be empty")?;
        let is_http = self.clickhouse_url.starts_with("http://") || self.clickhouse_url.starts_with("https://");
        Invalid::unless(is_http, "clickhouse_url", "must be an http or https URL")?;
        Invalid::unless(
            self.database.as_deref().is_none_or(is_name),
            "database",
            "must be letters, digits and underscores",
        )?;
        Invalid::unless(
            self.views_database.is_empty() || is_name(&self.views_database) && self.views_database != self.database(),
            "views_database",
            "must be letters, digits and underscores, and another than `database`; empty for no views",
        )?;
        Invalid::unless(
            self.cluster.is_empty() || is_name(&self.cluster),
            "cluster",
            "must be letters, digits and underscores; empty for a single node",
        )?;
        Invalid::unless(self.flush_interval_ms >= 10, "flush_interval_ms", "must be at least 10")?;
        Invalid::unless(
            (1..=1_000_000).contains(&self.flush_records_max),
            "flush_records_max",
            "must be 1 to 1000000, so that an insert is one block",
        )?;
        Invalid::unless(self.flush_bytes_max >= 1 << 20, "flush_bytes_max", "must be at least 1048576")?;
        self.validate_retention()?;
        Invalid::unless(self.request_timeout_ms >= 100, "request_timeout_ms", "must be at least 100")?;
        Invalid::unless(
            (0.0..=1.0).contains(&self.quarantine_share_max),
            "quarantine_share_max",
            "must lie between 0 and 1",
        )?;
        self.kafka.leave_alone(&RESERVED_PROPERTIES, "the projector's")
    }
}

#[cfg(test)]
mod tests {
    use loupe_service::config::load_from;

    use super::*;

    #[test]
    fn a_pinned_database_has_the_group_that_it_is_served_by() {
        let config = |database: Option<&str>| {
            let told = serde_json::json!({
                "kafka_bootstrap": "127.0.0.1:9092", "clickhouse_url": "http://127.0.0.1:8123", "database": database
            });
            serde_json::from_value::<Config>(told).unwrap()
        };
        for database in [None, Some("loupe_v1"), Some("aside")] {
            assert_eq!(config(database).pinned().group, "loupe-projector", "{database:?}");
        }
        let pinned = config(Some("loupe_v2")).pinned();
        assert_eq!(pinned.group, "loupe-projector.loupe_v2");
        assert_eq!(pinned.group, config(None).of("loupe_v2").group);
    }

    #[test]
    fn what_the_projectors_promises_rest_on_is_not_to_be_set() {
        let load = |properties: &str| {
            let given = [("KAFKA_BOOTSTRAP", "127.0.0.1:9092"), ("CLICKHOUSE_URL", "http://127.0.0.1:8123")];
            let pairs = given.into_iter().chain([("KAFKA", properties)]);
            let loaded = load_from::<Config>(
                PREFIX,
                None,
                pairs.map(|(name, value)| (format!("{PREFIX}_{name}").into(), value.into())),
            );
            loaded.map_err(|error| error.to_string())
        };
        for name in RESERVED_PROPERTIES {
            // A value that librdkafka takes, of whatever type the property is.
            let value =
                ["true", "1", "5000", "earliest", "consumer", "range", "random"].into_iter().find_map(|value| {
                    load(&format!("{name}={value}")).err().filter(|error| error.contains("must not set"))
                });
            assert!(value.is_some_and(|error| error.contains(&format!("must not set `{name}`"))), "{name}");
        }
        assert!(load("client.rack=a").is_ok());
    }
}
