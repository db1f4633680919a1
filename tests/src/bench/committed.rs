//! How far a consumer group has committed: the one sign of progress that every contestant gives, and gives after its
//! rows are in the tables.

use std::time::{Duration, Instant};

use anyhow::ensure;
use loupe_schemas::topics;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::{ClientConfig, Offset, TopicPartitionList};

const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// A group's commits on one topic.
pub(super) struct Committed {
    consumer: BaseConsumer,
    partitions: TopicPartitionList,
}

impl Committed {
    pub(super) fn of(bootstrap: &str, group: &str, topic: &str) -> anyhow::Result<Self> {
        let consumer: BaseConsumer =
            ClientConfig::new().set("bootstrap.servers", bootstrap).set("group.id", group).create()?;
        let mut partitions = TopicPartitionList::new();
        partitions.add_partition_range(topic, 0, topics::EVENTS.partitions - 1);
        Ok(Self { consumer, partitions })
    }

    fn records(&self) -> anyhow::Result<u64> {
        let committed = self.consumer.committed_offsets(self.partitions.clone(), REQUEST_TIMEOUT)?;
        let offset = |offset| match offset {
            Offset::Offset(next) => u64::try_from(next).unwrap_or(0),
            _ => 0,
        };
        Ok(committed.elements().iter().map(|element| offset(element.offset())).sum())
    }

    /// Waits until `records` are committed.
    pub(super) async fn reaches(&self, records: u64, timeout: Duration) -> anyhow::Result<()> {
        let deadline = Instant::now() + timeout;
        loop {
            let reached = tokio::task::block_in_place(|| self.records())?;
            if reached >= records {
                return Ok(());
            }
            ensure!(Instant::now() < deadline, "{reached} of {records} records were committed in time");
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    }
}
