//! Records out: what could not become an event, and what lay in the wrong partition. Both are durable before the
//! offset they came from is committed.

use std::time::Duration;

use futures::future::try_join_all;
use loupe_schemas::topics;
use rdkafka::error::KafkaError;
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{FutureProducer, FutureRecord};

use super::consumer::{Record, client_config};
use super::decode::Rejected;
use crate::config::Config;

const ENQUEUE_TIMEOUT: Duration = Duration::from_secs(10);

/// An idempotent producer of quarantined and rerouted records.
pub struct Producer(FutureProducer);

impl Producer {
    /// A producer that acknowledges when all in-sync replicas have the record.
    ///
    /// # Errors
    /// A librdkafka property that does not exist or does not hold together.
    pub fn new(config: &Config) -> Result<Self, KafkaError> {
        let mut client = client_config(config);
        client
            .set("acks", "all")
            .set("enable.idempotence", "true")
            .set("partitioner", "murmur2_random")
            .set("message.timeout.ms", "30000");
        for (name, value) in &config.kafka {
            client.set(name, value.expose());
        }
        Ok(Self(client.create()?))
    }

    /// Sends records to the quarantine topic, byte for byte, with reason and coordinates.
    ///
    /// # Errors
    /// The first record Kafka did not take; sending all of them again is safe.
    pub async fn quarantine(&self, rejected: &[(Record, Rejected)]) -> Result<(), KafkaError> {
        let sends = rejected.iter().map(|(record, rejected)| async move {
            let (partition, offset) = (record.partition.to_string(), record.offset.to_string());
            let header = |key, value| Header { key, value: Some(value) };
            let headers = OwnedHeaders::new()
                .insert(header("reason", rejected.reason.as_bytes()))
                .insert(header("field", rejected.field.as_bytes()))
                .insert(header("message", rejected.message.as_bytes()))
                .insert(header("topic", record.topic.name.as_bytes()))
                .insert(header("partition", partition.as_bytes()))
                .insert(header("offset", offset.as_bytes()));
            let out = FutureRecord::<[u8], [u8]>::to(topics::QUARANTINE.name).key(&record.key[..]).headers(headers);
            self.send(match &record.payload {
                Some(payload) => out.payload(&payload[..]),
                None => out,
            })
            .await
        });
        try_join_all(sends).await.map(drop)
    }

    /// Sends records to the partition their collection belongs to.
    ///
    /// # Errors
    /// The first record Kafka did not take; sending all of them again is safe, since a repeat is a duplicate.
    pub async fn reroute(&self, misrouted: &[(Record, String)]) -> Result<(), KafkaError> {
        let sends = misrouted.iter().map(|(record, key)| async move {
            let payload = record.payload.as_deref().unwrap_or_default();
            self.send(FutureRecord::to(topics::EVENTS.name).key(key.as_bytes()).payload(payload)).await
        });
        try_join_all(sends).await.map(drop)
    }

    async fn send(&self, record: FutureRecord<'_, [u8], [u8]>) -> Result<(), KafkaError> {
        self.0.send(record, ENQUEUE_TIMEOUT).await.map(drop).map_err(|(error, _)| error)
    }
}
