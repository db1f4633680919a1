//! What the ledger says about the log.

use std::collections::BTreeMap;

use clickhouse::Row;
use loupe_schemas::topics::Topic;
use serde::Deserialize;

use super::{LedgerRow, Store};

/// So many ranges are joined at a time.
const JOINED_MAX: u64 = 100_000;

#[derive(Debug, Row, Deserialize)]
struct Unaccounted {
    topic: String,
    partition: i32,
    begun_at: i64,
    missing: i64,
    ranges: u64,
}

/// What the ledger says about a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedgerState {
    /// The first offset any range names.
    pub first_offset: i64,
    /// How many offsets between the first and the last no range names.
    pub missing: i64,
    /// How many ranges there are.
    pub ranges: u64,
}

/// What it says about each partition, by topic and partition.
pub type Ledger = BTreeMap<(String, i32), LedgerState>;

impl Store {
    /// What the ledger says.
    ///
    /// # Errors
    /// The query failed.
    pub async fn ledger(&self) -> clickhouse::error::Result<Ledger> {
        let rows: Vec<Unaccounted> = self.database().query(include_str!("unaccounted.sql")).fetch_all().await?;
        let state = |row: Unaccounted| {
            let state = LedgerState { first_offset: row.begun_at, missing: row.missing, ranges: row.ranges };
            ((row.topic, row.partition), state)
        };
        Ok(rows.into_iter().map(state).collect())
    }

    /// Joins the earliest ranges of a partition, as far as each follows the one before, so that the ledger does not grow for as
    /// long as there are flushes; how many ranges fewer there are.
    ///
    /// # Errors
    /// A statement failed; it may be repeated: what joins ranges is written before they go.
    pub async fn join_ranges(&self, topic: &Topic, partition: i32, ranges: u64) -> clickhouse::error::Result<usize> {
        let query = "SELECT ?fields FROM ledger FINAL WHERE topic = ? AND partition = ? \
                     ORDER BY first_offset, last_offset DESC LIMIT ?";
        let query = self.database().query(query).bind(topic.name).bind(partition).bind(ranges.min(JOINED_MAX));
        let earliest: Vec<LedgerRow> = query.fetch_all().await?;
        let before = earliest.len();
        let (joined, after) = joined(earliest);
        self.write_ledger(&joined).await?;
        for LedgerRow { first_offset, last_offset, .. } in &joined {
            let statement = "ALTER TABLE ledger DELETE \
                             WHERE topic = {topic:String} AND partition = {partition:Int32} \
                               AND first_offset >= {first:Int64} AND last_offset <= {last:Int64} \
                               AND (first_offset, last_offset) != ({first:Int64}, {last:Int64})";
            let query = self.database().query_raw(statement).param("topic", topic.name).param("partition", partition);
            let query = query.param("first", first_offset).param("last", last_offset);
            query.with_setting("mutations_sync", "2").execute().await?;
        }
        Ok(before - after)
    }
}

/// The ranges that join some of these, and how many there are then. They come by their first offset, of several the longest
/// first: a range within the one before it, which may have joined it already, is counted there.
fn joined(ranges: Vec<LedgerRow>) -> (Vec<LedgerRow>, usize) {
    let mut all: Vec<(LedgerRow, bool)> = Vec::new();
    for range in ranges {
        match all.last_mut() {
            Some((last, is_joined)) if range.first_offset <= last.last_offset + 1 => {
                *is_joined = true;
                if range.last_offset > last.last_offset {
                    last.last_offset = range.last_offset;
                    last.folded += range.folded;
                    last.duplicate += range.duplicate;
                    last.quarantined += range.quarantined;
                    last.rerouted += range.rerouted;
                    last.canaries += range.canaries;
                    last.canary_at = last.canary_at.max(range.canary_at);
                }
            }
            _ => all.push((range, false)),
        }
    }
    let after = all.len();
    (all.into_iter().filter(|(_, is_joined)| *is_joined).map(|(range, _)| range).collect(), after)
}
