//! The service: consume, fold and write until told to stop, then drain.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use loupe_schemas::avro::codec;
use loupe_service::causes::with_causes;
use loupe_service::config::Validate;
use loupe_service::health::{self, Health};
use loupe_service::lifecycle;
use loupe_service::telemetry::{Metrics, catalogue};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::drive::{Eraser, Erasing, Filler, Pace, Progress, Reader, Writer, condition};
use crate::flush::{self, Breaker, Folder, Reading};
use crate::log::{Consumer, Decoder, Producer};
use crate::metrics::METRICS;
use crate::store::{Blocks, MigrationError, Store};
use crate::watch::{self, Watch};

const RETRY_PAUSE: Duration = Duration::from_secs(1);
const DRAIN_TIMEOUT: Duration = Duration::from_secs(5);

/// Projects until `shutdown`, then drains: what was folded is written and committed before this returns.
///
/// Kafka and ClickHouse may be away at the start and at any time; readiness says which, and work resumes by itself.
///
/// # Errors
/// The configuration breaks a rule, an applied migration was edited, or the address cannot be listened on.
pub async fn run(config: Config, shutdown: CancellationToken) -> anyhow::Result<()> {
    config
        .validate()
        .map_err(|invalid| anyhow::anyhow!("configuration field `{}`: {}", invalid.field, invalid.rule))?;
    let metrics = Metrics::install();
    catalogue::describe(METRICS);
    let health = Health::new(&[condition::CLICKHOUSE, condition::KAFKA, condition::BACKFILL]);
    let listener = lifecycle::bind(config.listen).await?;
    // Health is served until the drain is over, so that whoever waits for it sees it.
    let drained = CancellationToken::new();
    let routes = health::routes(health.clone(), metrics);
    let serving = tokio::spawn(lifecycle::serve(listener, routes, drained.clone(), DRAIN_TIMEOUT));
    let projected = project(&config, &health, &shutdown).await;
    drained.cancel();
    serving.await.context("health server")??;
    projected
}

async fn project(config: &Config, health: &Health, shutdown: &CancellationToken) -> anyhow::Result<()> {
    let store = Store::new(config);
    let Some(blocks) = migrate(&store, config, health, shutdown).await? else { return Ok(()) };
    let consumer = Arc::new(Consumer::new(config).context("Kafka consumer")?);
    let producer = Producer::new(config).context("Kafka producer")?;
    let timeout = Duration::from_millis(config.request_timeout_ms);
    let progress = Arc::new(Progress::default());
    // One flush waits while one is written: decoding and folding of the next overlaps the inserts of this one.
    let (flushes, queue) = mpsc::channel(1);
    let (tell, written) = mpsc::unbounded_channel();
    let eraser = Eraser {
        config: config.clone(),
        store: store.clone(),
        consumer: Arc::clone(&consumer),
        producer: producer.clone(),
        timeout,
    };
    let writer = Writer {
        store: store.clone(),
        producer,
        consumer: Arc::clone(&consumer),
        health: health.clone(),
        timeout,
        written: tell,
        progress: Arc::clone(&progress),
    };
    let writing = tokio::spawn(writer.run(queue, shutdown.clone()));
    let watch = Watch {
        consumer: Arc::clone(&consumer),
        progress: Arc::clone(&progress),
        store: store.clone(),
        health: health.clone(),
    };
    let watching = tokio::spawn(watch.run(shutdown.clone()));
    let filler = Filler { store: store.clone(), health: health.clone(), timeout };
    let filling = tokio::spawn(beside(filler, eraser, Duration::from_secs(config.audit_interval_s), shutdown.clone()));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let decoder = Decoder::new(codec::Decoder::new()).keeping(config.retention());
    let folder = Folder::into_sinks(decoder, config.resident_bytes_max, threads, move || blocks.anew());
    let reading = Reading::new(folder, Breaker::new(config.quarantine_share_max, flush::RECORDS_MIN));
    let pace = Pace::new(config);
    let reader = Reader {
        reading,
        pace,
        consumer,
        store,
        health: health.clone(),
        timeout,
        ahead: None,
        progress,
        flushes,
        written,
        erasing: Erasing::default(),
    };
    reader.run(shutdown).await;
    writing.await.context("writer")?;
    watching.abort();
    filling.abort();
    Ok(())
}

/// What runs beside the flushes. An audit would take what is not filled yet for a difference, and a backfill might write
/// rows of a person who was taken out of them.
async fn beside(filler: Filler, eraser: Eraser, audit_interval: Duration, shutdown: CancellationToken) {
    if !filler.run(&shutdown).await {
        return;
    }
    let erasing = eraser.run(shutdown.clone());
    if audit_interval.is_zero() {
        erasing.await;
    } else {
        tokio::join!(erasing, watch::audit_samples(filler.store, audit_interval, shutdown.clone()));
    }
}

/// Brings the tables and their views up to date, and says where rows are to go; `None` when shutdown came first.
async fn migrate(
    store: &Store,
    config: &Config,
    health: &Health,
    shutdown: &CancellationToken,
) -> anyhow::Result<Option<Blocks>> {
    let up_to_date = async || {
        let step = |step: &'static str| move |cause| MigrationError::Statement { step: step.to_owned(), cause };
        store.migrate().await?;
        store.keep(&config.retention()).await.map_err(step("say how long rows are kept"))?;
        if !config.views_database.is_empty() {
            store.publish_views(&config.views_database).await?;
        }
        store.blocks().await.map_err(step("read the tables' columns"))
    };
    loop {
        match up_to_date().await {
            Ok(blocks) => {
                health.set_ready(condition::CLICKHOUSE);
                return Ok(Some(blocks));
            }
            Err(error @ (MigrationError::Edited { .. } | MigrationError::Form { .. })) => return Err(error.into()),
            Err(error) => {
                let error = with_causes(&error);
                tracing::warn!(error, "the tables cannot be brought up to date; trying again");
                health.set_not_ready(condition::CLICKHOUSE, error);
                tokio::select! {
                    () = tokio::time::sleep(RETRY_PAUSE) => {}
                    () = shutdown.cancelled() => return Ok(None),
                }
            }
        }
    }
}
