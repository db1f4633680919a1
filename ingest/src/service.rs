//! The service: publisher, HTTP and health, from start to drained stop.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use loupe_service::config::Validate;
use loupe_service::health::{self, Health};
use loupe_service::keys::KeyStore;
use loupe_service::lifecycle::{self, Server};
use loupe_service::telemetry::{Metrics, catalogue};
use tokio_util::sync::CancellationToken;

use crate::canary;
use crate::config::Config;
use crate::http::{self, App, InFlight, IpHasher, KAFKA_CONDITION};
use crate::metrics::METRICS;
use crate::publisher::Publisher;

/// How often Kafka is asked whether it is there while it is.
const PROBE_INTERVAL: Duration = Duration::from_secs(5);
/// How often it is asked while it is away.
const RETRY_INTERVAL: Duration = Duration::from_secs(1);
const GAUGE_INTERVAL: Duration = Duration::from_secs(1);

/// Serves ingest until `shutdown`, then drains: what was accepted is acknowledged before this returns.
///
/// Kafka may be away at the start; requests are answered 503 until it is there and has our topics.
///
/// # Errors
/// The configuration breaks a rule, the key file is absent or bad, or the address cannot be listened on.
pub async fn run(config: Config, shutdown: CancellationToken) -> anyhow::Result<()> {
    config
        .validate()
        .map_err(|invalid| anyhow::anyhow!("configuration field `{}`: {}", invalid.field, invalid.rule))?;
    let metrics = Metrics::install();
    catalogue::describe(METRICS);
    let keys = KeyStore::open(&config.keys_file).context("API keys")?;
    let publisher = Arc::new(Publisher::new(config.publisher()).context("Kafka producer")?);
    let health = Health::new(&[KAFKA_CONDITION]);
    let limits = config.limits();
    let app = App {
        sink: publisher.clone(),
        keys: keys.clone(),
        ip_hasher: IpHasher::new(&config.ip_hash_key),
        limits,
        in_flight: InFlight::new(limits.in_flight_bytes_max),
        health: health.clone(),
    };
    let listener = lifecycle::bind(config.listen).await?;
    let background = shutdown.child_token();
    let _stop_background = background.clone().drop_guard();
    tokio::spawn(keys.watch(background.clone()));
    tokio::spawn(watch_kafka(publisher.clone(), health.clone(), background.clone()));
    if config.canary_interval_s > 0 {
        let interval = Duration::from_secs(config.canary_interval_s);
        tokio::spawn(canary::publish(publisher.clone(), interval, background.clone()));
    }
    tokio::spawn(watch_in_flight(app.in_flight.clone(), background));
    let router = Router::new().merge(health::routes(health, metrics)).merge(http::router(app));
    let drain_timeout = Duration::from_millis(config.drain_timeout_ms);
    let server = Server { router, limits: config.connections(), identity: None, drain_timeout };
    server.serve(listener, shutdown).await?;
    publisher.flush(Duration::from_millis(config.delivery_timeout_ms)).await.context("flushing to Kafka")
}

/// Keeps the readiness condition true to whether Kafka answers and has our topics.
async fn watch_kafka(publisher: Arc<Publisher>, health: Health, shutdown: CancellationToken) {
    let mut checked_settings = false;
    loop {
        let pause = match publisher.ensure_topics().await {
            Ok(()) => {
                health.set_ready(KAFKA_CONDITION);
                if !checked_settings {
                    checked_settings = warn_of_differing_settings(&publisher).await;
                }
                PROBE_INTERVAL
            }
            Err(error) => {
                health.set_not_ready(KAFKA_CONDITION, error.to_string());
                RETRY_INTERVAL
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = shutdown.cancelled() => return,
        }
    }
}

/// Whether the settings could be read.
async fn warn_of_differing_settings(publisher: &Publisher) -> bool {
    match publisher.topic_findings().await {
        Ok(findings) => {
            for finding in findings {
                let (topic, setting) = (finding.topic, finding.setting);
                let (expected, actual) = (finding.expected, finding.actual);
                tracing::warn!(topic, setting, expected, actual, "this topic is not set as Loupe needs it");
            }
            true
        }
        Err(error) => {
            tracing::info!(%error, "topic settings cannot be read yet");
            false
        }
    }
}

async fn watch_in_flight(in_flight: InFlight, shutdown: CancellationToken) {
    let gauge = metrics::gauge!("loupe_ingest_in_flight_bytes");
    while !shutdown.is_cancelled() {
        gauge.set(in_flight.bytes() as f64);
        tokio::select! {
            () = tokio::time::sleep(GAUGE_INTERVAL) => {}
            () = shutdown.cancelled() => return,
        }
    }
}
