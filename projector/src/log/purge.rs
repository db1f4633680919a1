//! Finds quarantined records that name an erased person, so that they can be deleted from their topic.

use std::time::Duration;

use loupe_schemas::topics;
use loupe_service::kafka::Context;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{BorrowedMessage, Headers as _, Message as _};
use rdkafka::{Offset, TopicPartitionList};

use super::scan::{REQUEST_TIMEOUT, consumer};
use crate::config::Config;

/// A topic that is silent for so long before its end is broken off.
const SILENCE_MAX: Duration = Duration::from_secs(30);
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
    Ok(last_naming(&consumer, names, end)?.map(|offset| (PARTITION, offset + 1)))
}

fn last_naming(consumer: &BaseConsumer<Context>, names: &[String], end: i64) -> Result<Option<i64>, KafkaError> {
    let mut last = None;
    loop {
        match consumer.poll(SILENCE_MAX) {
            None => return Err(KafkaError::MessageConsumption(RDKafkaErrorCode::OperationTimedOut)),
            Some(Err(KafkaError::PartitionEOF(_))) => return Ok(last),
            Some(Err(error)) => return Err(error),
            Some(Ok(message)) => {
                if is_naming(&message, names) {
                    last = Some(message.offset());
                }
                if message.offset() + 1 >= end {
                    return Ok(last);
                }
            }
        }
    }
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
