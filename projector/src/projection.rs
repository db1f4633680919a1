//! One projection: the log into one database, by the definition that the database names, until told to stop.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use loupe_service::causes::with_causes;
use loupe_service::health::Health;
use loupe_service::lifecycle::drained;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::drive::{Eraser, Erasing, Filler, Outstanding, Pace, Progress, Reader, SentOn, Source, Writer, condition};
use crate::flush::{self, Breaker, Folder, Reading};
use crate::log::{Consumer, Decoder, Producer};
use crate::served;
use crate::store::{Blocks, MigrationError, Store};
use crate::views::Tables;
use crate::watch::{self, Watch};

const RETRY_PAUSE: Duration = Duration::from_secs(1);
/// While partitions change hands so much longer, a group stands still; a flush takes a second or two.
const GIVE_UP_TIMEOUT: Duration = Duration::from_secs(30);

/// Processes are killed 40 s after they were told to stop, or later, and to leave the consumer group takes some of that.
const DRAIN_MAX: Duration = Duration::from_secs(25);

/// A projection into the configured database.
pub(crate) struct Projection<'c> {
    pub(crate) config: &'c Config,
    pub(crate) health: Health,
    /// The database of the views that are made to read the tables; empty for none.
    pub(crate) views: &'c str,
    /// What the projector of another database has sent on before.
    pub(crate) sent_on: SentOn,
}

impl Projection<'_> {
    /// Projects until `shutdown`, then drains: what was folded is written and committed before this returns, as far as
    /// that takes no longer than [`DRAIN_MAX`]; the rest is read again.
    ///
    /// # Errors
    /// An applied migration was edited, or Kafka's client refuses its configuration.
    pub(crate) async fn run(self, shutdown: &CancellationToken) -> anyhow::Result<()> {
        let Self { config, health, views, sent_on } = self;
        let store = Store::new(config);
        let Some((blocks, decoder)) = migrate(&store, config, views, &health, shutdown).await? else { return Ok(()) };
        let outstanding = Arc::new(Outstanding::default());
        let consumer = consumer(config, Arc::clone(&outstanding))?;
        let producer = Producer::new(config).context("Kafka producer")?;
        let timeout = Duration::from_millis(config.request_timeout_ms);
        let progress = Arc::new(Progress::default());
        // One flush waits while one is written: decoding and folding of the next overlaps the inserts of this one.
        let (flushes, queue) = mpsc::channel(1);
        let (tell, written) = mpsc::unbounded_channel();
        let eraser = Arc::new(Eraser {
            config: config.clone(),
            store: store.clone(),
            is_served: !views.is_empty() && served::number(store.name()).is_some(),
            consumer: Arc::clone(&consumer),
            producer: producer.clone(),
            timeout,
        });
        let writer = Writer {
            store: store.clone(),
            producer,
            consumer: Arc::clone(&consumer),
            health: health.clone(),
            timeout,
            written: tell,
            progress: Arc::clone(&progress),
            outstanding: Arc::clone(&outstanding),
            sent_on,
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
        let audit_interval = Duration::from_secs(config.audit_interval_s);
        // A task of its own, for what is read of Kafka to erase or to audit blocks all of the task it is read in.
        let counting = tokio::spawn(Arc::clone(&eraser).count());
        let filling = tokio::spawn(in_turn(filler, eraser, audit_interval, shutdown.clone()));
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let folder = Folder::into_sinks(decoder, config.resident_bytes_max, threads, move || blocks.anew());
        let reading = Reading::new(folder, Breaker::new(config.quarantine_share_max, flush::RECORDS_MIN));
        let pace = Pace::new(config);
        let source = Source::new(Arc::clone(&consumer), reading.decoding());
        let reader = Reader {
            reading,
            pace,
            consumer,
            source,
            store,
            health,
            timeout,
            ahead: None,
            progress,
            outstanding: Arc::clone(&outstanding),
            flushes,
            written,
            erasing: Erasing::default(),
        };
        let ended = run_to_end(reader, writing, &outstanding, shutdown).await;
        watching.abort();
        counting.abort();
        filling.abort();
        ended
    }
}

/// Runs both halves until `shutdown`, and until what was folded by then is written or given up.
async fn run_to_end(
    reader: Reader,
    writing: JoinHandle<()>,
    outstanding: &Outstanding,
    shutdown: &CancellationToken,
) -> anyhow::Result<()> {
    let writer = writing.abort_handle();
    let halves = async {
        reader.run(shutdown).await;
        writing.await
    };
    if let Some(written) = drained(halves, shutdown, DRAIN_MAX).await {
        return written.context("writer");
    }
    tracing::warn!(within = ?DRAIN_MAX, "what was folded could not be written: it is given up, and read again");
    // Nobody waits for it when partitions are given up.
    outstanding.end();
    writer.abort();
    Ok(())
}

/// A consumer that gives no partition up before what was handed over is written.
fn consumer(config: &Config, outstanding: Arc<Outstanding>) -> anyhow::Result<Arc<Consumer>> {
    let before_giving_up = move || {
        if !outstanding.wait(GIVE_UP_TIMEOUT) {
            tracing::warn!("partitions are given up before all that was read of them is written");
        }
    };
    Ok(Arc::new(Consumer::new(config, before_giving_up).context("Kafka consumer")?))
}

/// What runs beside the flushes, in turn: an audit would take what is not filled yet for a difference, and a backfill might
/// write rows of a person who was taken out of them.
async fn in_turn(filler: Filler, eraser: Arc<Eraser>, audit_interval: Duration, shutdown: CancellationToken) {
    if !filler.run(&shutdown).await {
        return;
    }
    let erasing = eraser.run(&shutdown);
    if audit_interval.is_zero() {
        erasing.await;
    } else {
        tokio::join!(erasing, watch::audit_samples(filler.store, audit_interval, shutdown.clone()));
    }
}

/// Brings the tables and their views up to date, and says where rows are to go and by what records are judged; `None`
/// when shutdown came first.
async fn migrate(
    store: &Store,
    config: &Config,
    views: &str,
    health: &Health,
    shutdown: &CancellationToken,
) -> anyhow::Result<Option<(Blocks, Decoder)>> {
    insist(|| up_to_date(store, config, views), health, shutdown).await
}

async fn up_to_date(store: &Store, config: &Config, views: &str) -> Result<(Blocks, Decoder), MigrationError> {
    let step = |step: &'static str| move |cause| MigrationError::Statement { step: step.to_owned(), cause };
    store.migrate().await?;
    store.keep(&config.retention()).await.map_err(step("say how long rows are kept"))?;
    if !views.is_empty() {
        store.publish_views(views, Tables::Of(store.name())).await?;
    }
    let decoder = store.decoder().await?.keeping(config.retention());
    Ok((store.blocks().await.map_err(step("read the tables' columns"))?, decoder))
}

/// Tries until ClickHouse does it; `None` when shutdown came first.
pub(crate) async fn insist<T, A>(
    attempt: impl Fn() -> A,
    health: &Health,
    shutdown: &CancellationToken,
) -> anyhow::Result<Option<T>>
where
    A: Future<Output = Result<T, MigrationError>>,
{
    loop {
        // A ClickHouse that takes the statement and is silent keeps nobody from stopping.
        let Some(attempted) = shutdown.run_until_cancelled(attempt()).await else { return Ok(None) };
        match attempted {
            Ok(done) => {
                health.set_ready(condition::CLICKHOUSE);
                return Ok(Some(done));
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
