//! Quarantined records that are to be in the table no longer.

use clickhouse::Row;
use loupe_schemas::topics;
use serde::Deserialize;

use crate::store::Store;

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
        let found: Vec<Quarantined> = self.database().query(&query).fetch_all().await?;
        let decoder = self.decoder().await?;
        let is_gone = |record: &Quarantined| {
            topics::by_name(&record.topic)
                .and_then(|topic| passed.next_offset(topic, record.partition))
                .is_some_and(|next| record.offset < next)
                && decoder.decode_stored(&record.payload).is_err()
        };
        let gone: Vec<Place> = found.into_iter().filter(is_gone).map(Place::from).collect();
        self.delete_quarantined(&gone).await?;
        Ok(gone.len())
    }

    /// Deletes quarantined records from the table.
    ///
    /// # Errors
    /// A statement failed; it may be repeated.
    pub(crate) async fn delete_quarantined(&self, places: &[Place]) -> clickhouse::error::Result<()> {
        for Place { topic, partition, offset } in places {
            let query = "ALTER TABLE quarantine DELETE \
                         WHERE topic = {topic:String} AND partition = {partition:Int32} AND offset = {offset:Int64}";
            let query = self.database().query_raw(query).param("topic", topic).param("partition", partition);
            query.param("offset", offset).with_setting("mutations_sync", "2").execute().await?;
        }
        Ok(())
    }
}
