//! The peer: ClickHouse's own Kafka engine with materialized views, into `events` and read models with approximate uniques:
//! four of them from 26 fields, in which an archive has one medium, or all that the projector has, from a record that has
//! room for them. It counts a record that comes twice twice.

mod views;

use std::time::Duration;

use anyhow::ensure;

use super::committed::Committed;
use super::gate::Gate;
use super::usage::{Measurement, Watched};
use super::{Outcome, Place, Written};
use super::{flat, whole};
use crate::clickhouse::ClickHouse;
use views::Views;

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
pub enum Format {
    /// 26 fields as `AvroConfluent`.
    Avro,
    /// 26 fields as `JSONEachRow`.
    Json,
    /// The whole record, into all read models, as `AvroConfluent`.
    Whole,
}

/// What a format comes to: where it is read from, and what is made of it.
struct Model {
    /// What the engine calls the format.
    name: &'static str,
    views: Views,
    read_columns: String,
    stored_columns: String,
    /// The columns of a row that was read, by their stored names.
    renamed: String,
}

impl Format {
    /// Every format, in the order of their numbers.
    pub const ALL: [Self; 3] = [Self::Avro, Self::Json, Self::Whole];

    /// The topic of records in this format.
    pub(super) const fn topic(self) -> &'static str {
        match self {
            Self::Avro => "bench.flat.avro",
            Self::Json => "bench.flat.json",
            Self::Whole => "bench.whole.avro",
        }
    }

    /// What a table of results calls its records.
    pub(super) const fn of_records(self) -> &'static str {
        match self {
            Self::Avro => "flat as Avro",
            Self::Json => "flat as JSON",
            Self::Whole => "whole as Avro",
        }
    }

    fn model(self) -> Model {
        match self {
            Self::Avro | Self::Json => Model {
                name: if self == Self::Avro { "AvroConfluent" } else { "JSONEachRow" },
                views: views::FOUR,
                read_columns: flat::read_columns(),
                stored_columns: flat::stored_columns(),
                renamed: "*".to_owned(),
            },
            Self::Whole => Model {
                name: "AvroConfluent",
                views: views::ALL,
                read_columns: whole::read_columns(),
                stored_columns: whole::stored_columns(),
                renamed: whole::renamed(),
            },
        }
    }
}

impl Setup {
    /// What a table of results calls it.
    pub(super) fn name(self) -> String {
        let (format, models) = match self.format {
            Format::Avro => ("Avro", ""),
            Format::Json => ("JSON", ""),
            Format::Whole => ("Avro", ", all read models"),
        };
        let plural = if self.consumers == 1 { "" } else { "s" };
        format!("Kafka engine, {format}, {} consumer{plural}{models}", self.consumers)
    }

    /// Has the peer read every record of a topic into a fresh database.
    pub(super) async fn run(self, place: &Place<'_>, watched: Watched, run: usize) -> anyhow::Result<Outcome> {
        let clickhouse = &place.clickhouse;
        clickhouse.ask(&format!("CREATE DATABASE {DATABASE}")).await?;
        let model = self.format.model();
        let topic = self.format.topic();
        let group = format!("peer-{topic}-{}-{run}", self.consumers);
        self.create_tables(place, &model, &group).await?;
        let committed = Committed::of(&place.bootstrap, &group, topic)?;
        let gate = tokio::task::block_in_place(|| Gate::close(&place.bootstrap, &group, topic))?;
        let rows_before = clickhouse.inserted_rows().await?;
        clickhouse
            .ask(&format!(
                "CREATE MATERIALIZED VIEW {DATABASE}.reading TO {DATABASE}.events AS SELECT * REPLACE (\
                 toUUID(event_id) AS event_id, fromUnixTimestamp64Micro(occurred_at, 'UTC') AS occurred_at) \
                 FROM (SELECT {} FROM {DATABASE}.kafka)",
                model.renamed
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

    async fn create_tables(self, place: &Place<'_>, model: &Model, group: &str) -> anyhow::Result<()> {
        let Model { name, views, read_columns, stored_columns, .. } = model;
        let topic = self.format.topic();
        let clickhouse = &place.clickhouse;
        let threads = u32::from(self.consumers > 1);
        // The engine's default is 7.5 s.
        let flush = place.peer_flush_ms.map(|after| format!(", kafka_flush_interval_ms = {after}")).unwrap_or_default();
        let kafka = format!(
            "CREATE TABLE {DATABASE}.kafka ({read_columns}) ENGINE = Kafka SETTINGS kafka_broker_list = '{}', \
             kafka_topic_list = '{topic}', kafka_group_name = '{group}', kafka_format = '{name}', \
             format_avro_schema_registry_url = 'http://{}', kafka_num_consumers = {}, \
             kafka_max_block_size = 524288, kafka_poll_max_batch_size = 65536, kafka_poll_timeout_ms = {POLL_TIMEOUT_MS}, \
             kafka_thread_per_consumer = {threads}{flush}",
            place.bootstrap, place.registry.address, self.consumers,
        );
        clickhouse.ask(&kafka).await?;
        let events = format!(
            "CREATE TABLE {DATABASE}.events ({stored_columns}) ENGINE = ReplacingMergeTree PARTITION BY toYear(occurred_at) \
             ORDER BY (account_id, collection_id, toDate(occurred_at), toUInt128(event_id)) SETTINGS index_granularity = 2048"
        );
        clickhouse.ask(&events).await?;
        let events = format!("{DATABASE}.events");
        for view in views.views {
            let (table, key, columns) = (view.table, view.key, views.columns(view));
            clickhouse
                .ask(&format!(
                    "CREATE TABLE {DATABASE}.{table} (account_id UInt64, collection_id UInt64, {columns}) \
                     ENGINE = AggregatingMergeTree ORDER BY (account_id, collection_id, {key}) \
                     SETTINGS index_granularity = 2048"
                ))
                .await?;
            let query = views.query(view, &events);
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
