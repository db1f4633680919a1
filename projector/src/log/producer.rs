//! Records out: what could not become an event, and what lay in the wrong partition. Both are durable before the
//! offset they came from is committed.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use futures::future::try_join_all;
use loupe_schemas::Text;
use loupe_schemas::ids::AccountId;
use loupe_schemas::topics::{self, Topic};
use loupe_service::kafka::{Context, Properties, give_token};
use rdkafka::admin::{AdminClient, AdminOptions};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{FutureProducer, FutureRecord, Producer as _};
use rdkafka::{ClientConfig, Offset, TopicPartitionList};
use uuid::Uuid;

use super::consumer::{Record, client_config};
use super::decode::Rejected;
use crate::config::Config;

const ENQUEUE_TIMEOUT: Duration = Duration::from_secs(10);
/// What a fetch may have at most (`receive.message.max.bytes`), so no record that was read is larger.
const RECORD_BYTES_MAX: &str = "100000000";
/// In place of a payload that the quarantine topic does not take: how many bytes the table has of it.
const PAYLOAD_BYTES: &str = "loupe.payload_bytes";

/// An idempotent producer of quarantined and rerouted records.
#[derive(Clone)]
pub struct Producer {
    /// Shared by its clones: one that met a fatal error is replaced for all of them.
    inner: Arc<RwLock<FutureProducer<Context>>>,
    client: ClientConfig,
    properties: Properties,
}

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
            // Whatever a consumer was given is sent on: librdkafka judges by what a record takes uncompressed, Kafka does not.
            .set("message.max.bytes", RECORD_BYTES_MAX)
            .set("compression.type", "lz4")
            // A record is sent on to where it belongs once the topic has grown, not to where it came from.
            .set("topic.metadata.refresh.interval.ms", "2000")
            .set("message.timeout.ms", "30000");
        config.kafka.set_on(&mut client);
        let inner = client.create_with_context(Context::new(&config.kafka))?;
        Ok(Self { inner: Arc::new(RwLock::new(inner)), client, properties: config.kafka.clone() })
    }

    /// Sends records to the quarantine topic, byte for byte with their own headers, and with further ones by the
    /// names that Kafka Connect gives to dead letters, so that its tools can read them. Of one that is too large for the topic
    /// with them, the headers are sent, and one more that says how many bytes the table has.
    ///
    /// # Errors
    /// The first record Kafka did not take; sending all of them again is safe.
    pub async fn quarantine(&self, rejected: impl IntoIterator<Item = &(Record, Rejected)>) -> Result<(), KafkaError> {
        let sends = rejected.into_iter().map(|(record, rejected)| async move {
            let headers = dead_letter_headers(record, rejected);
            let Some(payload) = &record.payload else { return self.dead_letter(record, None, headers).await };
            match self.dead_letter(record, Some(payload), headers.clone()).await {
                Err(error) if error.rdkafka_error_code() == Some(RDKafkaErrorCode::MessageSizeTooLarge) => {
                    let bytes = payload.len().to_string();
                    let headers = headers.insert(Header { key: PAYLOAD_BYTES, value: Some(&bytes) });
                    self.dead_letter(record, None, headers).await
                }
                sent => sent,
            }
        });
        try_join_all(sends).await.map(drop)
    }

    async fn dead_letter(
        &self,
        record: &Record,
        payload: Option<&[u8]>,
        headers: OwnedHeaders,
    ) -> Result<(), KafkaError> {
        let out = FutureRecord::to(topics::QUARANTINE.name).key(&record.key[..]).headers(headers);
        self.send(match payload {
            Some(payload) => out.payload(payload),
            None => out,
        })
        .await
    }

    /// Sends records to the partition their collection belongs to.
    ///
    /// # Errors
    /// The first record Kafka did not take; sending all of them again is safe, since a repeat is a duplicate.
    pub async fn reroute(&self, misrouted: impl IntoIterator<Item = &(Record, Text)>) -> Result<(), KafkaError> {
        let sends = misrouted.into_iter().map(|(record, key)| async move {
            self.publish(&topics::EVENTS, key, record.payload.as_deref().unwrap_or_default()).await
        });
        try_join_all(sends).await.map(drop)
    }

    /// Sends a payload to the partition of its key, and waits until all in-sync replicas have it.
    ///
    /// # Errors
    /// Kafka did not take it; sending it again is safe, since a repeat is a duplicate.
    pub async fn publish(&self, topic: &Topic, key: &str, payload: &[u8]) -> Result<(), KafkaError> {
        self.send(FutureRecord::to(topic.name).key(key.as_bytes()).payload(payload)).await
    }

    /// Has the catalogue's topic forget an erased client: a tombstone under the client's key, which folds as the erasure it
    /// stands for (rule 94).
    ///
    /// # Errors
    /// Kafka did not take it; sending it again is safe.
    pub async fn erased(
        &self,
        key: &str,
        account_id: AccountId,
        (occurred_at, event_id): (i64, u128),
    ) -> Result<(), KafkaError> {
        let of = [
            ("type", "ClientErased".to_owned()),
            ("event_id", Uuid::from_u128(event_id).to_string()),
            ("occurred_at", occurred_at.to_string()),
            ("account_id", account_id.to_string()),
        ];
        let headers = of
            .iter()
            .fold(OwnedHeaders::new(), |headers, (key, value)| headers.insert(Header { key, value: Some(value) }));
        self.send(FutureRecord::to(topics::CATALOG.name).key(key.as_bytes()).headers(headers)).await
    }

    /// Deletes the records of a partition before an offset.
    ///
    /// # Errors
    /// Kafka refused; asking again is safe.
    pub async fn delete_before(&self, topic: &Topic, partition: i32, offset: i64) -> Result<(), KafkaError> {
        let admin: AdminClient<Context> = self.client.create_with_context(Context::new(&self.properties))?;
        give_token(admin.inner())?;
        let mut list = TopicPartitionList::new();
        list.add_partition_offset(topic.name, partition, Offset::Offset(offset))?;
        let options = AdminOptions::new().operation_timeout(Some(ENQUEUE_TIMEOUT));
        for element in admin.delete_records(&list, &options).await?.elements() {
            element.error()?;
        }
        Ok(())
    }

    async fn send(&self, record: FutureRecord<'_, [u8], [u8]>) -> Result<(), KafkaError> {
        let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner).clone();
        inner.send(record, ENQUEUE_TIMEOUT).await.map(drop).map_err(|(error, _)| {
            self.replace_after_fatal_error();
            error
        })
    }

    /// An idempotent producer that met a fatal error refuses everything from then on: only a new one goes on.
    fn replace_after_fatal_error(&self) {
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        let Some((code, reason)) = inner.client().fatal_error() else { return };
        match self.client.create_with_context(Context::new(&self.properties)) {
            Ok(fresh) => {
                tracing::error!(%code, reason, "the producer met a fatal error and is replaced");
                *inner = fresh;
            }
            Err(error) => {
                tracing::error!(%code, reason, %error, "the producer met a fatal error and cannot be replaced")
            }
        }
    }
}

fn dead_letter_headers(record: &Record, rejected: &Rejected) -> OwnedHeaders {
    let (partition, offset) = (record.partition.to_string(), record.offset.to_string());
    let appended_at = record.appended_at.0.to_string();
    let message = if rejected.field.is_empty() {
        rejected.message.clone()
    } else {
        format!("{}: {}", rejected.field, rejected.message)
    };
    let own = record
        .headers
        .iter()
        .fold(OwnedHeaders::new(), |headers, (key, value)| headers.insert(Header { key, value: Some(value) }));
    let added: [(&str, &[u8]); 9] = [
        ("__connect.errors.topic", record.topic.name.as_bytes()),
        ("__connect.errors.partition", partition.as_bytes()),
        ("__connect.errors.offset", offset.as_bytes()),
        ("__connect.errors.connector.name", b"loupe-projector"),
        ("__connect.errors.stage", b"VALUE_CONVERTER"),
        ("__connect.errors.exception.class.name", rejected.reason.as_bytes()),
        ("__connect.errors.exception.message", message.as_bytes()),
        // Rule 9 judges by when the record was first received, whenever it is looked at again.
        ("loupe.appended_at_us", appended_at.as_bytes()),
        ("loupe.edge_node", rejected.edge_node.as_bytes()),
    ];
    added.into_iter().fold(own, |headers, (key, value)| headers.insert(Header { key, value: Some(value) }))
}
