//! docs/SIZING.md: its table is what its arithmetic makes of the figures in docs/BENCHMARKS.md.

use anyhow::{Context, ensure};
use loupe_schemas::topics;
use loupe_tests::deployment::text;
use regex::Regex;

/// The busiest second has so many times the events of the day's mean.
const PEAK: f64 = 5.0;
/// At the peak so much of a core may be used.
const USED: f64 = 0.5;
/// What a ClickHouse server's disk may hold of one copy.
const SERVER_BYTES: f64 = 4e12;
/// Below one projector of these there is nobody to take over.
const PROJECTORS_MIN: u64 = 2;
const DAYS: [(&str, f64); 4] = [("1 million", 1e6), ("10 million", 1e7), ("100 million", 1e8), ("1 billion", 1e9)];

/// What was measured (docs/BENCHMARKS.md).
struct Measured {
    /// Of a core, for a million events.
    ingest_seconds: f64,
    projector_seconds: f64,
    clickhouse_seconds: f64,
    kafka_seconds: f64,
    /// On the whole machine.
    projected_per_second: f64,
    /// Of an event, merged, in ClickHouse; of a record in Kafka.
    event_bytes: f64,
    record_bytes: f64,
}

fn number(page: &str, pattern: &str) -> anyhow::Result<f64> {
    let found = Regex::new(pattern)?.captures(page).with_context(|| format!("BENCHMARKS.md has no {pattern}"))?;
    Ok(found[1].replace(',', "").parse()?)
}

impl Measured {
    fn read() -> anyhow::Result<Self> {
        let page = text("docs/BENCHMARKS.md")?;
        let row =
            page.lines().find(|line| line.starts_with("| Loupe's projector |")).context("no row of the projector")?;
        let [projector_seconds, clickhouse_seconds, kafka_seconds] = [
            number(row, r"\| ([\d.]+) \+ [\d.]+ \+ [\d.]+ \|")?,
            number(row, r"\| [\d.]+ \+ ([\d.]+) \+ [\d.]+ \|")?,
            number(row, r"\| [\d.]+ \+ [\d.]+ \+ ([\d.]+) \|")?,
        ];
        // Batches of 100, both cores taken, whoever sends them included, and folding them, which is counted apart.
        let both_cores = 2e6 / number(&page, r"\| batches of 100 \| ([\d,]+) \|")?;
        Ok(Self {
            ingest_seconds: both_cores - projector_seconds - clickhouse_seconds - kafka_seconds,
            projector_seconds,
            clickhouse_seconds,
            kafka_seconds,
            projected_per_second: number(row, r"\*\*(\d+)\*\*")?,
            event_bytes: number(row, r"\d \| ([\d]+) \| \d+ \| \d+ \|$")?,
            record_bytes: number(&page, r"(\d+) bytes a record on Loupe's topic")?,
        })
    }

    /// The table's line for so many events a day.
    fn line(&self, name: &str, per_day: f64) -> String {
        let mean = per_day / 86_400.0;
        let peak = mean * PEAK;
        let cores = |seconds: f64| format!("{:.1}", (peak * seconds / 1e6 / USED * 10.0).ceil() / 10.0);
        let year = per_day * 365.0 * self.event_bytes;
        let log = per_day * retention_days() * self.record_bytes;
        let projectors = ((peak / self.projected_per_second / USED).ceil() as u64).max(PROJECTORS_MIN);
        let shards = (year / SERVER_BYTES).ceil();
        format!(
            "| {name} | {mean:.0} | {peak:.0} | {} | {} | {} | {} | {} | {} | {} | {projectors} | {shards} |",
            cores(self.ingest_seconds),
            cores(self.projector_seconds),
            cores(self.clickhouse_seconds),
            cores(self.kafka_seconds),
            disk(year),
            disk(log),
            topics::EVENTS.partitions,
        )
    }
}

/// How long the topic of events keeps records.
fn retention_days() -> f64 {
    let settings = topics::EVENTS.settings.iter();
    let kept =
        settings.clone().find(|(name, _)| *name == "retention.ms").and_then(|(_, value)| value.parse::<f64>().ok());
    kept.unwrap_or(f64::NAN) / 86_400_000.0
}

fn disk(bytes: f64) -> String {
    if bytes < 1e12 {
        format!("{:.0} GB", (bytes / 1e9).ceil())
    } else {
        format!("{:.1} TB", (bytes / 1e11).ceil() / 10.0)
    }
}

#[test]
fn the_table_is_what_the_measured_figures_make() -> anyhow::Result<()> {
    let measured = Measured::read()?;
    let page = text("docs/SIZING.md")?;
    let expected: Vec<String> = DAYS.into_iter().map(|(name, per_day)| measured.line(name, per_day)).collect();
    let missing: Vec<&String> =
        expected.iter().filter(|line| !page.lines().any(|found| found == line.as_str())).collect();
    ensure!(missing.is_empty(), "docs/SIZING.md should have\n{}", expected.join("\n"));
    for (said, is) in [
        (format!("{:.1} core seconds", measured.ingest_seconds), "ingest"),
        (format!("{:.1} for the projector", measured.projector_seconds), "the projector"),
        (format!("{:.1} for ClickHouse", measured.clickhouse_seconds), "ClickHouse"),
        (format!("{:.1} for Kafka", measured.kafka_seconds), "Kafka"),
        (format!("{} bytes an event", measured.event_bytes), "bytes in ClickHouse"),
        (format!("{} bytes a record", measured.record_bytes), "bytes in Kafka"),
        (format!("{} days", retention_days()), "the log's retention"),
    ] {
        ensure!(page.contains(&said), "docs/SIZING.md says of {is} something else than \"{said}\"");
    }
    Ok(())
}
