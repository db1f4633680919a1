//! Quarantined records that are to be in the table no longer.

use std::collections::BTreeMap;

use clickhouse::Row;
use loupe_schemas::topics;
use serde::Deserialize;

use crate::store::Store;

/// Offsets in one statement: a parameter has at most 128 KiB.
const OFFSETS_MAX: usize = 1_000;

/// Where a record lies on the log.
#[derive(Debug, Row, Deserialize)]
pub(crate) struct Place {
    topic: String,
    partition: i32,
    offset: i64,
}

#[derive(Debug, Row, Deserialize)]
struct Quarantined {
    topic: String,
    partition: i32,
    offset: i64,
    #[serde(with = "serde_bytes")]
    payload: Vec<u8>,
}

impl From<Quarantined> for Place {
    fn from(Quarantined { topic, partition, offset, .. }: Quarantined) -> Self {
        Self { topic, partition, offset }
    }
}

impl Store {
    /// Deletes the records that are no events to anybody and that `before` has no more, of those that it had: they named
    /// somebody who was erased since, or were past their time. The log had them still.
    ///
    /// # Errors
    /// A statement failed; it may be repeated.
    pub(crate) async fn forget_quarantined_of(&self, before: &Self) -> anyhow::Result<usize> {
        let passed = before.position().await?;
        let query = format!(
            "SELECT topic, partition, offset, payload FROM quarantine \
             WHERE (topic, partition, offset) NOT IN (SELECT topic, partition, offset FROM `{}`.quarantine)",
            before.name()
        );
        let decoder = self.decoder().await?;
        let is_gone = |record: &Quarantined| {
            topics::by_name(&record.topic)
                .and_then(|topic| passed.next_offset(topic, record.partition))
                .is_some_and(|next| record.offset < next)
                && decoder.decode_stored(&record.payload).is_err()
        };
        // One by one: payloads of all of them might not fit into memory.
        let mut found = self.database().query(&query).fetch::<Quarantined>()?;
        let mut gone = Vec::new();
        while let Some(record) = found.next().await? {
            if is_gone(&record) {
                gone.push(Place::from(record));
            }
        }
        self.delete_quarantined(&gone).await?;
        Ok(gone.len())
    }

    /// Deletes quarantined records from the table.
    ///
    /// # Errors
    /// A statement failed; it may be repeated.
    pub(crate) async fn delete_quarantined(&self, places: &[Place]) -> clickhouse::error::Result<()> {
        let mut partitions: BTreeMap<(&str, i32), Vec<i64>> = BTreeMap::new();
        for Place { topic, partition, offset } in places {
            partitions.entry((topic, *partition)).or_default().push(*offset);
        }
        let query = "ALTER TABLE quarantine DELETE WHERE topic = {topic:String} AND partition = {partition:Int32} \
                     AND has({offsets:Array(Int64)}, offset)";
        // Each statement rewrites parts before it returns, so there are as few as may be.
        for ((topic, partition), offsets) in partitions {
            for offsets in offsets.chunks(OFFSETS_MAX) {
                let query = self.database().query_raw(query).param("topic", topic).param("partition", partition);
                query.param("offsets", offsets).with_setting("mutations_sync", "2").execute().await?;
            }
        }
        Ok(())
    }
}
