//! Records straight into Kafka, as many as it takes.

use std::time::Duration;

use loupe_schemas::partition::partition_of;
use loupe_schemas::topics;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{BaseRecord, DefaultProducerContext, ThreadedProducer};

const FULL_PAUSE: Duration = Duration::from_millis(2);

/// Hands a record over once there is room for it, to the partition that Loupe's publishers would choose for its key.
///
/// # Errors
/// librdkafka refused it.
pub fn send(
    producer: &ThreadedProducer<DefaultProducerContext>,
    topic: &str,
    key: &str,
    payload: &[u8],
) -> anyhow::Result<()> {
    let partition = partition_of(key.as_bytes(), topics::EVENTS.partitions);
    hand_over(producer, BaseRecord::to(topic).partition(partition).key(key).payload(payload))
}

/// The same for a record without a key, to a partition of the caller's choice.
///
/// # Errors
/// librdkafka refused it.
pub fn send_to(
    producer: &ThreadedProducer<DefaultProducerContext>,
    topic: &str,
    partition: i32,
    payload: &[u8],
) -> anyhow::Result<()> {
    hand_over(producer, BaseRecord::<str, [u8]>::to(topic).partition(partition).payload(payload))
}

fn hand_over(
    producer: &ThreadedProducer<DefaultProducerContext>,
    mut record: BaseRecord<'_, str, [u8]>,
) -> anyhow::Result<()> {
    loop {
        match producer.send(record) {
            Ok(()) => return Ok(()),
            Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), same)) => {
                std::thread::sleep(FULL_PAUSE);
                record = same;
            }
            Err((error, _)) => return Err(error.into()),
        }
    }
}
