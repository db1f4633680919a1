//! Reading alone: librdkafka hands over every record, and nobody looks at it.

use std::time::Duration;

use anyhow::ensure;
use loupe_schemas::topics;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::{ClientConfig, Offset, TopicPartitionList};

use super::usage::{Measurement, Watched};
use super::{Outcome, Place};

const POLL_TIMEOUT: Duration = Duration::from_secs(10);

/// Reads every record of Loupe's topic.
pub(super) fn run(place: &Place<'_>, watched: Watched) -> anyhow::Result<Outcome> {
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", &place.bootstrap)
        .set("group.id", "bench-consume")
        .set("enable.auto.commit", "false")
        .set("queued.min.messages", "200000")
        .set("queued.max.messages.kbytes", "131072")
        .create()?;
    let mut partitions = TopicPartitionList::new();
    for partition in 0..topics::EVENTS.partitions {
        partitions.add_partition_offset(topics::EVENTS.name, partition, Offset::Beginning)?;
    }
    let measurement = Measurement::start(watched.with(std::process::id()))?;
    consumer.assign(&partitions)?;
    let (mut records, mut bytes) = (0, 0);
    while records < place.published.records {
        let message = consumer.poll(POLL_TIMEOUT);
        ensure!(message.is_some(), "only {records} of {} records came", place.published.records);
        bytes += message.transpose()?.map_or(0, |message| message.payload_len() as u64);
        records += 1;
    }
    let taken = measurement.stop()?;
    ensure!(bytes == place.published.bytes, "{bytes} of {} bytes came", place.published.bytes);
    Ok(Outcome { taken, ..Outcome::default() })
}
