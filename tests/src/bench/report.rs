//! What was measured, as a table for people.

use std::fmt::Write as _;

use super::{Format, Outcome, Place};

const MIB: f64 = 1024.0 * 1024.0;

/// Who it was, and every run of it.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) name: String,
    /// What the peer read, if it was that.
    pub(super) peer: Option<Format>,
    pub(super) outcomes: Vec<Outcome>,
}

/// Records a second: the slowest run, the median, the fastest.
#[derive(Debug, Clone, Copy)]
struct Rates {
    min: f64,
    median: f64,
    max: f64,
}

impl Row {
    pub(super) fn new(name: impl Into<String>, peer: Option<Format>) -> Self {
        Self { name: name.into(), peer, outcomes: Vec::new() }
    }

    /// Its runs, the slowest first.
    fn by_rate(&self) -> Vec<&Outcome> {
        let mut runs: Vec<&Outcome> = self.outcomes.iter().collect();
        runs.sort_by(|one, other| other.taken.seconds.total_cmp(&one.taken.seconds));
        runs
    }

    fn rates(&self, records: f64) -> Option<Rates> {
        let rates: Vec<f64> = self.by_rate().iter().map(|run| records / run.taken.seconds).collect();
        Some(Rates { min: *rates.first()?, median: rates[rates.len() / 2], max: *rates.last()? })
    }

    fn line(&self, records: f64, distinct: f64, best: [Option<f64>; 2]) -> Option<String> {
        let rates = self.rates(records)?;
        let runs = self.by_rate();
        let median = runs.get(runs.len() / 2)?;
        let of = |best: Option<f64>| best.map_or_else(|| "–".to_owned(), |best| format!("{:.2}", rates.median / best));
        let ratios = best.map(of).join(", ");
        let millions = records / 1e6;
        let cpu = median.taken.cpu;
        let stored = |text: String| if median.written.rows == 0 { "–".to_owned() } else { text };
        let memory =
            if median.memory_max == 0 { "–".into() } else { format!("{:.0}", median.memory_max as f64 / MIB) };
        Some(format!(
            "| {} | {:.0} / **{:.0}** / {:.0} | {ratios} | {:.1} + {:.1} + {:.1} | {} | {} | {} | {memory} |",
            self.name,
            rates.min,
            rates.median,
            rates.max,
            cpu.mover / millions,
            cpu.clickhouse / millions,
            cpu.kafka / millions,
            stored(format!("{:.2}", median.written.rows as f64 / records)),
            stored(format!("{:.0}", median.bytes_at_rest as f64 / distinct)),
            stored(median.written.parts.to_string()),
        ))
    }
}

/// The table of one run over `place`'s events.
pub(super) fn table(place: &Place<'_>, rows: &[Row]) -> String {
    let (records, distinct) = (place.published.records as f64, place.published.distinct as f64);
    let best = |has_all: bool| {
        let peers = rows.iter().filter(|row| row.peer.is_some_and(|format| (format == Format::Whole) == has_all));
        peers.filter_map(|row| Some(row.rates(records)?.median)).max_by(f64::total_cmp)
    };
    let best = [best(false), best(true)];
    let mut text = String::from(
        "| | events/s: min / **median** / max | of the best peer: with four read models, with all | CPU s per million events: mover + ClickHouse + Kafka \
         | rows written per event | bytes at rest per distinct event | parts | MiB held |\n\
         |---|---|---|---|---|---|---|---|\n",
    );
    for line in rows.iter().filter_map(|row| row.line(records, distinct, best)) {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{line}");
    }
    text
}

/// When, on what and over what it was measured.
///
/// # Errors
/// ClickHouse does not say its version.
pub(super) async fn circumstances(place: &Place<'_>, repeats: usize) -> anyhow::Result<String> {
    let engine = place.clickhouse.ask("SELECT version()").await?;
    let kafka = loupe_local::kafka::VERSION;
    let date = loupe_service::clock::now().format("%Y-%m-%d");
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Ok(format!(
        "{date}, {cores} cores with everything on them, engine {engine}, Kafka {kafka}, {repeats} runs each{}:\n{}.",
        settings(place),
        published(place)
    ))
}

/// What the peer was told beside what it always is.
fn settings(place: &Place<'_>) -> String {
    let flush = place.peer_flush_ms.map(|after| format!(", the Kafka engine's blocks end after {after} ms"));
    let views = place.has_parallel_views.then(|| ", views written in parallel".to_owned());
    [flush, views].into_iter().flatten().collect()
}

/// What was published, in a sentence.
pub(super) fn published(place: &Place<'_>) -> String {
    let published = place.published;
    let per = |bytes: u64| bytes as f64 / published.records as f64;
    let flat = Format::ALL.into_iter().zip(published.peer).filter(|(_, bytes)| *bytes > 0);
    let flat: String = flat.map(|(format, bytes)| format!(", {} {:.0}", format.of_records(), per(bytes))).collect();
    format!(
        "{} records of {} distinct events in {} collections; {:.0} bytes a record on Loupe's topic{flat}",
        published.records,
        published.distinct,
        place.collections,
        per(published.bytes),
    )
}
