//! The peer: ClickHouse's own Kafka engine with materialized views, into `events` and four read models with approximate
//! uniques. It counts a record that comes twice twice, and of an archive it knows one medium.

use std::time::Duration;

use anyhow::ensure;

use super::committed::Committed;
use super::flat;
use super::gate::Gate;
use super::traffic::{FLAT_AVRO, FLAT_JSON};
use super::usage::{Measurement, Watched};
use super::{Outcome, Place, Written};
use crate::clickhouse::ClickHouse;

const DATABASE: &str = "bench_peer";
/// The engine ends a block after ten polls that brought nothing: at its default of half a second it would wait for 5 s with
/// the last block of the log, which is none of its work.
const POLL_TIMEOUT_MS: u64 = 50;
const POLL_INTERVAL: Duration = Duration::from_millis(5);
const ASSIGNMENT_TIMEOUT: Duration = Duration::from_secs(60);

/// How the peer is set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Setup {
    pub(super) consumers: u32,
    pub(super) format: Format,
}

/// What the peer reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// `AvroConfluent`.
    Avro,
    /// `JSONEachRow`.
    Json,
}

/// What the views write, but for the table's name, its key and the views' query.
struct View {
    table: &'static str,
    columns: &'static str,
    key: &'static str,
    query: &'static str,
}

const COUNTERS: &str = "attempts SimpleAggregateFunction(sum, UInt64), downloads SimpleAggregateFunction(sum, UInt64), \
    bytes SimpleAggregateFunction(sum, UInt64), views SimpleAggregateFunction(sum, UInt64), \
    favorites SimpleAggregateFunction(sum, UInt64)";
const COUNTED: &str = "countIf(type = 'DownloadRequested') AS attempts, \
    countIf(type = 'TransferSegment' AND purpose = 'download' AND completed) AS downloads, \
    toUInt64(sumIf(body_bytes, purpose = 'download')) AS bytes, countIf(type IN ('PhotoViewed', 'VideoPlayed')) AS views, \
    countIf(type = 'FavoriteAdded') AS favorites";

const VIEWS: [View; 4] = [
    View {
        table: "media_daily",
        columns: "day Date, media_id UInt64, rendition LowCardinality(String), people AggregateFunction(uniq, String),",
        key: "account_id, collection_id, day, media_id, rendition",
        query: "SELECT account_id, collection_id, toDate(occurred_at) AS day, media_id, rendition, \
            uniqState(client_id) AS people, $counted FROM $events WHERE media_id > 0 GROUP BY ALL",
    },
    View {
        table: "collection_quarter_hourly",
        columns: "quarter_hour DateTime('UTC'), kind LowCardinality(String), people AggregateFunction(uniq, String),",
        key: "account_id, collection_id, quarter_hour, kind",
        query: "SELECT account_id, collection_id, toStartOfFifteenMinutes(toDateTime(occurred_at, 'UTC')) AS quarter_hour, \
            kind, uniqState(client_id) AS people, $counted FROM $events GROUP BY ALL",
    },
    View {
        table: "client_daily",
        columns: "client_id String, day Date, first_at SimpleAggregateFunction(min, DateTime64(6, 'UTC')), \
            last_at SimpleAggregateFunction(max, DateTime64(6, 'UTC')),",
        key: "account_id, collection_id, client_id, day",
        query: "SELECT account_id, collection_id, client_id, toDate(e.occurred_at) AS day, min(e.occurred_at) AS first_at, \
            max(e.occurred_at) AS last_at, $counted FROM $events AS e GROUP BY ALL",
    },
    View {
        table: "downloads",
        columns: "day Date, download_id String, media_id SimpleAggregateFunction(max, UInt64), \
            client_id SimpleAggregateFunction(max, String), kind SimpleAggregateFunction(max, String), \
            rendition SimpleAggregateFunction(max, String), object_bytes SimpleAggregateFunction(max, Int64), \
            segments SimpleAggregateFunction(sum, UInt64), first_at SimpleAggregateFunction(min, DateTime64(6, 'UTC')), \
            last_at SimpleAggregateFunction(max, DateTime64(6, 'UTC')),",
        key: "account_id, collection_id, day, download_id",
        query: "SELECT account_id, collection_id, toDate(e.occurred_at) AS day, download_id, max(e.media_id) AS media_id, \
            max(e.client_id) AS client_id, max(toString(e.kind)) AS kind, max(toString(e.rendition)) AS rendition, \
            max(e.object_bytes) AS object_bytes, countIf(type = 'TransferSegment') AS segments, \
            min(e.occurred_at) AS first_at, max(e.occurred_at) AS last_at, $counted FROM $events AS e \
            WHERE download_id != '' GROUP BY ALL",
    },
];

impl Setup {
    /// What a table of results calls it.
    pub(super) fn name(self) -> String {
        let format = match self.format {
            Format::Avro => "Avro",
            Format::Json => "JSON",
        };
        let plural = if self.consumers == 1 { "" } else { "s" };
        format!("Kafka engine, {format}, {} consumer{plural}", self.consumers)
    }

    /// Has the peer read every record of a topic into a fresh database.
    pub(super) async fn run(self, place: &Place<'_>, watched: Watched, run: usize) -> anyhow::Result<Outcome> {
        let clickhouse = &place.clickhouse;
        clickhouse.ask(&format!("CREATE DATABASE {DATABASE}")).await?;
        let (topic, format) = match self.format {
            Format::Avro => (FLAT_AVRO, "AvroConfluent"),
            Format::Json => (FLAT_JSON, "JSONEachRow"),
        };
        let group = format!("peer-{format}-{}-{run}", self.consumers);
        self.create_tables(place, topic, format, &group).await?;
        let committed = Committed::of(&place.bootstrap, &group, topic)?;
        let gate = tokio::task::block_in_place(|| Gate::close(&place.bootstrap, &group, topic))?;
        let rows_before = clickhouse.inserted_rows().await?;
        clickhouse
            .ask(&format!(
                "CREATE MATERIALIZED VIEW {DATABASE}.reading TO {DATABASE}.events AS SELECT * REPLACE (\
                 toUUID(event_id) AS event_id, fromUnixTimestamp64Micro(occurred_at, 'UTC') AS occurred_at) \
                 FROM {DATABASE}.kafka"
            ))
            .await?;
        tokio::task::block_in_place(|| gate.open_to(self.consumers as usize))?;
        assigned(clickhouse, self.consumers).await?;
        let measurement = Measurement::start(watched)?;
        committed.reaches(place.published.records, place.timeout).await?;
        let taken = measurement.stop()?;
        let written = Written::of(clickhouse, DATABASE, rows_before).await?;
        let bytes_at_rest = clickhouse.bytes_at_rest(DATABASE).await?;
        clickhouse.put_aside(DATABASE).await?;
        Ok(Outcome { taken, written, bytes_at_rest, memory_max: 0 })
    }

    async fn create_tables(self, place: &Place<'_>, topic: &str, format: &str, group: &str) -> anyhow::Result<()> {
        let clickhouse = &place.clickhouse;
        let threads = u32::from(self.consumers > 1);
        // The engine's default is 7.5 s.
        let flush = place.peer_flush_ms.map(|after| format!(", kafka_flush_interval_ms = {after}")).unwrap_or_default();
        let kafka = format!(
            "CREATE TABLE {DATABASE}.kafka ({}) ENGINE = Kafka SETTINGS kafka_broker_list = '{}', \
             kafka_topic_list = '{topic}', kafka_group_name = '{group}', kafka_format = '{format}', \
             format_avro_schema_registry_url = 'http://{}', kafka_num_consumers = {}, \
             kafka_max_block_size = 524288, kafka_poll_max_batch_size = 65536, kafka_poll_timeout_ms = {POLL_TIMEOUT_MS}, \
             kafka_thread_per_consumer = {threads}{flush}",
            flat::read_columns(),
            place.bootstrap,
            place.registry.address,
            self.consumers,
        );
        clickhouse.ask(&kafka).await?;
        let events = format!(
            "CREATE TABLE {DATABASE}.events ({}) ENGINE = ReplacingMergeTree PARTITION BY toYear(occurred_at) \
             ORDER BY (account_id, collection_id, toDate(occurred_at), toUInt128(event_id)) SETTINGS index_granularity = 2048",
            flat::stored_columns()
        );
        clickhouse.ask(&events).await?;
        for view in &VIEWS {
            let View { table, columns, key, query } = view;
            clickhouse
                .ask(&format!(
                    "CREATE TABLE {DATABASE}.{table} (account_id UInt64, collection_id UInt64, {columns} {COUNTERS}) \
                     ENGINE = AggregatingMergeTree ORDER BY ({key}) SETTINGS index_granularity = 2048"
                ))
                .await?;
            let query = query.replace("$counted", COUNTED).replace("$events", &format!("{DATABASE}.events"));
            clickhouse
                .ask(&format!("CREATE MATERIALIZED VIEW {DATABASE}.{table}_view TO {DATABASE}.{table} AS {query}"))
                .await?;
        }
        Ok(())
    }
}

/// Waits until Kafka gave each of the engine's consumers partitions.
async fn assigned(clickhouse: &ClickHouse, consumers: u32) -> anyhow::Result<()> {
    let statement = format!(
        "SELECT countIf(notEmpty(assignments.partition_id)) FROM system.kafka_consumers WHERE database = '{DATABASE}'"
    );
    let waiting = async {
        while clickhouse.number(&statement).await? < u64::from(consumers) {
            tokio::time::sleep(POLL_INTERVAL).await;
        }
        Ok::<_, anyhow::Error>(())
    };
    let assigned = tokio::time::timeout(ASSIGNMENT_TIMEOUT, waiting).await;
    ensure!(assigned.is_ok(), "the Kafka engine was assigned nothing in time");
    assigned?
}
