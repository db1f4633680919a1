//! The log outside of any group: what it holds, and its records from the beginning up to a position.

use std::collections::BTreeMap;
use std::time::Duration;

use loupe_schemas::position::Position;
use loupe_schemas::topics::{self, Topic};
use loupe_service::kafka::{Context, give_token};
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{BorrowedMessage, Message as _};
use rdkafka::{Offset, TopicPartitionList};

use super::consumer::client_config;
use crate::config::Config;

pub(super) const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// A partition that is silent for so long before its end is broken off.
const SILENCE_MAX: Duration = Duration::from_secs(30);

/// What was read.
#[derive(Debug, Clone, Copy)]
pub struct Scanned {
    /// How many partitions the events topic has.
    pub event_partitions: i32,
    /// Whether nothing was deleted from the events topic's beginning.
    pub is_whole: bool,
}

/// The offset after the last record of a partition.
///
/// # Errors
/// Kafka cannot be reached, or has no such partition.
pub fn end_offset(config: &Config, topic: &str, partition: i32) -> Result<i64, KafkaError> {
    Ok(consumer(config)?.fetch_watermarks(topic, partition, REQUEST_TIMEOUT)?.1)
}

/// What Kafka has of a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// The topic.
    pub topic: &'static Topic,
    /// The partition.
    pub partition: i32,
    /// The offset of the oldest record that is still there.
    pub first: i64,
    /// The offset that the next record will have.
    pub end: i64,
}

/// What Kafka has of every partition of the topics that are folded. Blocks the thread.
///
/// # Errors
/// Kafka cannot be reached, or does not know a topic.
pub fn bounds(config: &Config) -> Result<Vec<Bounds>, KafkaError> {
    let consumer = consumer(config)?;
    let mut found = Vec::new();
    for topic in [&topics::EVENTS, &topics::CATALOG] {
        let count = partitions(&consumer, topic)?;
        if count == 0 {
            return Err(KafkaError::MetadataFetch(RDKafkaErrorCode::UnknownTopicOrPartition));
        }
        for partition in 0..count {
            let (first, end) = consumer.fetch_watermarks(topic.name, partition, REQUEST_TIMEOUT)?;
            found.push(Bounds { topic, partition, first, end });
        }
    }
    Ok(found)
}

pub(super) fn consumer(config: &Config) -> Result<BaseConsumer<Context>, KafkaError> {
    let mut client = client_config(config);
    client
        .set("group.id", format!("{}-scan", config.group))
        .set("enable.auto.commit", "false")
        .set("enable.partition.eof", "true");
    config.kafka.set_on(&mut client);
    let consumer: BaseConsumer<Context> = client.create_with_context(Context::new(&config.kafka))?;
    // It is asked before it is polled.
    give_token(consumer.client())?;
    Ok(consumer)
}

/// Reads both topics up to `until` and shows each record, in order within each partition.
///
/// # Errors
/// Kafka cannot be reached, or falls silent before the end.
pub fn scan(
    config: &Config,
    until: &Position,
    mut see: impl FnMut(&BorrowedMessage<'_>),
) -> Result<Scanned, KafkaError> {
    let consumer = consumer(config)?;
    let mut scanned = Scanned { event_partitions: 0, is_whole: true };
    for topic in [&topics::EVENTS, &topics::CATALOG] {
        let partitions = partitions(&consumer, topic)?;
        let mut ends = BTreeMap::new();
        let mut list = TopicPartitionList::new();
        for partition in 0..partitions {
            let (first, end) = consumer.fetch_watermarks(topic.name, partition, REQUEST_TIMEOUT)?;
            let end = until.next_offset(topic, partition).unwrap_or(0).min(end);
            if topic == &topics::EVENTS {
                scanned.event_partitions = partitions;
                scanned.is_whole &= first == 0;
            }
            if first < end {
                ends.insert(partition, end);
                list.add_partition_offset(topic.name, partition, Offset::Offset(first))?;
            }
        }
        consumer.assign(&list)?;
        read(&consumer, ends, &mut see)?;
    }
    Ok(scanned)
}

/// Reads the assigned partitions of one topic up to their ends, and shows each record that lies before.
pub(super) fn read(
    consumer: &BaseConsumer<Context>,
    mut ends: BTreeMap<i32, i64>,
    mut see: impl FnMut(&BorrowedMessage<'_>),
) -> Result<(), KafkaError> {
    let silent = KafkaError::MessageConsumption(RDKafkaErrorCode::OperationTimedOut);
    while !ends.is_empty() {
        match consumer.poll(SILENCE_MAX) {
            None => return Err(silent),
            // The last records before an end may have been compacted away: then the end of the partition tells.
            Some(Err(KafkaError::PartitionEOF(partition))) => {
                ends.remove(&partition);
            }
            Some(Err(error)) => return Err(error),
            Some(Ok(message)) => {
                let Some(end) = ends.get(&message.partition()).copied() else { continue };
                if message.offset() < end {
                    see(&message);
                }
                if message.offset() + 1 >= end {
                    ends.remove(&message.partition());
                }
            }
        }
    }
    Ok(())
}

fn partitions(consumer: &BaseConsumer<Context>, topic: &'static Topic) -> Result<i32, KafkaError> {
    let metadata = consumer.fetch_metadata(Some(topic.name), REQUEST_TIMEOUT)?;
    let found = metadata.topics().iter().find(|found| found.name() == topic.name);
    Ok(found.map_or(0, |found| i32::try_from(found.partitions().len()).unwrap_or(0)))
}
