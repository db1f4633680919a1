//! The limit: the projector's own inserts, recorded on their way and sent again by a client that does nothing else.

use anyhow::ensure;
use futures::future::try_join_all;

use super::usage::{Measurement, Watched};
use super::{Outcome, Place, Written, ours};
use crate::oracle;
use crate::recorder::{Recorder, Statement};

const DATABASE: &str = "bench_limit";

/// Records one run of the projector.
pub(super) struct Recording(Vec<Statement>);

impl Recording {
    pub(super) async fn make(place: &Place<'_>, watched: Watched) -> anyhow::Result<Self> {
        let recorder = Recorder::start(&place.clickhouse.url, |query| query.contains("INSERT")).await?;
        ours::run(place, watched, "recorded", &recorder.url).await?;
        let mut inserts = recorder.take();
        ensure!(inserts.iter().any(|insert| is_into(insert, "ledger")), "no insert into the ledger was recorded");
        for insert in &mut inserts {
            insert.query = insert.query.replace(ours::DATABASE, DATABASE);
        }
        Ok(Self(inserts))
    }

    /// Sends what was recorded into fresh tables: those of one flush together but for `events` and the ledger.
    pub(super) async fn replay(&self, place: &Place<'_>, watched: Watched) -> anyhow::Result<Outcome> {
        let clickhouse = &place.clickhouse;
        clickhouse.put_aside(DATABASE).await?;
        oracle::store(place.stack, DATABASE)?.migrate().await?;
        let rows_before = clickhouse.inserted_rows().await?;
        let http = reqwest::Client::new();
        // This process is what moves the events here.
        let measurement = Measurement::start(watched.with(std::process::id()))?;
        let mut flush = Vec::new();
        for insert in &self.0 {
            if is_into(insert, "events") || is_into(insert, "ledger") {
                try_join_all(flush.drain(..).map(|insert: &Statement| insert.send(&http, &clickhouse.url))).await?;
                insert.send(&http, &clickhouse.url).await?;
            } else {
                flush.push(insert);
            }
        }
        let taken = measurement.stop()?;
        let written = Written::of(clickhouse, DATABASE, rows_before).await?;
        let bytes_at_rest = clickhouse.bytes_at_rest(DATABASE).await?;
        clickhouse.put_aside(DATABASE).await?;
        Ok(Outcome { taken, written, bytes_at_rest, memory_max: 0 })
    }
}

fn is_into(insert: &Statement, table: &str) -> bool {
    insert.query.contains(&format!("INSERT%20INTO%20%60{table}%60"))
        || insert.query.contains(&format!("INSERT+INTO+%60{table}%60"))
}
