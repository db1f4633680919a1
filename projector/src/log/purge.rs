//! Finds quarantined records that name an erased person, so that they can be deleted from their topic.

use std::collections::BTreeMap;

use loupe_schemas::topics;
use rdkafka::consumer::Consumer as _;
use rdkafka::error::KafkaError;
use rdkafka::message::{BorrowedMessage, Headers as _, Message as _};
use rdkafka::{Offset, TopicPartitionList};

use super::scan::{REQUEST_TIMEOUT, consumer, read};
use crate::config::Config;

/// The quarantine topic has one partition.
const PARTITION: i32 = 0;

/// The partition of the quarantine topic and the offset before which all records that hold one of these texts lie;
/// none when there are none. Kafka deletes records only from the beginning up to an offset: others among them stay in the
/// table `quarantine`, byte for byte.
///
/// # Errors
/// Kafka cannot be reached, or falls silent before the end.
pub fn forget_quarantined(config: &Config, names: &[String]) -> Result<Option<(i32, i64)>, KafkaError> {
    let consumer = consumer(config)?;
    let (first, end) = consumer.fetch_watermarks(topics::QUARANTINE.name, PARTITION, REQUEST_TIMEOUT)?;
    if first >= end {
        return Ok(None);
    }
    let mut list = TopicPartitionList::new();
    list.add_partition_offset(topics::QUARANTINE.name, PARTITION, Offset::Offset(first))?;
    consumer.assign(&list)?;
    let mut last = None;
    read(&consumer, BTreeMap::from([(PARTITION, end)]), |message| {
        if is_naming(message, names) {
            last = Some(message.offset());
        }
    })?;
    Ok(last.map(|offset| (PARTITION, offset + 1)))
}

fn is_naming(message: &BorrowedMessage<'_>, names: &[String]) -> bool {
    let holds = |bytes: &[u8]| names.iter().any(|name| holds(bytes, name.as_bytes()));
    let in_headers =
        |headers: &rdkafka::message::BorrowedHeaders| headers.iter().any(|header| header.value.is_some_and(holds));
    message.payload().is_some_and(holds)
        || message.key().is_some_and(holds)
        || message.headers().is_some_and(in_headers)
}

fn holds(bytes: &[u8], name: &[u8]) -> bool {
    !name.is_empty() && bytes.windows(name.len()).any(|window| window == name)
}
