//! Publishes events to Kafka: the library that ingest itself and any edge written in Rust use.
//!
//! A publisher is idempotent and waits for every in-sync replica (`acks=all`), so an acknowledged event is durable and
//! a retry inside the client writes no copy. A retry by the caller may write a copy, which changes no number, since it
//! carries the same event id (rule 10).

mod canary;
mod deliveries;
mod edge_sequence;
mod error;
mod producer;
mod record;
mod topics;

pub use edge_sequence::EdgeSequence;
pub use error::{PublishError, TopicsError};
pub use producer::{Delivered, Publication, Publisher};
pub use record::{HEADER_ACCOUNT_ID, HEADER_EVENT_ID, HEADER_OCCURRED_AT, HEADER_TYPE};
pub use topics::TopicFinding;

use loupe_service::kafka::Properties;
use rdkafka::ClientConfig;

/// The largest record of the topics that events go to, in bytes (their `max.message.bytes`).
pub const RECORD_BYTES_MAX: usize = 4_194_304;

/// Properties that [`PublisherConfig::properties`] may not set, because durability, order and routing rest on them.
pub const RESERVED_PROPERTIES: [&str; 9] = [
    "acks",
    "request.required.acks",
    "bootstrap.servers",
    "metadata.broker.list",
    "delivery.timeout.ms",
    "enable.idempotence",
    "message.max.bytes",
    "message.timeout.ms",
    "partitioner",
];

/// How to reach Kafka, and the bounds of a [`Publisher`].
#[derive(Debug, Clone)]
pub struct PublisherConfig {
    /// Bootstrap servers, `host:port` joined by commas.
    pub bootstrap: String,
    /// What Kafka's logs and quotas call this client.
    pub client_id: String,
    /// How long an event may wait for its acknowledgement, in milliseconds, room in the queue included twice at most.
    pub delivery_timeout_ms: u64,
    /// The most records waiting to be sent or acknowledged; publishing waits for room beyond it.
    pub queue_records_max: u32,
    /// The most KiB waiting to be sent or acknowledged; publishing waits for room beyond it.
    pub queue_kib_max: u32,
    /// Replicas of each topic that has to be created.
    pub topic_replication_factor: i32,
    /// Further librdkafka properties, all but the [`RESERVED_PROPERTIES`].
    pub properties: Properties,
}

impl PublisherConfig {
    /// The defaults for these bootstrap servers.
    pub fn new(bootstrap: impl Into<String>) -> Self {
        Self {
            bootstrap: bootstrap.into(),
            client_id: "loupe-publisher".to_owned(),
            delivery_timeout_ms: 10_000,
            queue_records_max: 100_000,
            queue_kib_max: 131_072,
            topic_replication_factor: 1,
            properties: Properties::default(),
        }
    }

    /// What every client of the publisher shares: where Kafka is, and the caller's own properties.
    fn client(&self) -> ClientConfig {
        let mut client = ClientConfig::new();
        client.set("client.id", &self.client_id).set("reconnect.backoff.max.ms", "1000");
        for (name, value) in &self.properties {
            if is_shared(name) {
                client.set(name, value.expose());
            }
        }
        client.set("bootstrap.servers", &self.bootstrap);
        client
    }

    fn producer(&self) -> ClientConfig {
        let mut producer = self.client();
        producer.set("compression.type", "lz4").set("linger.ms", "5");
        // Once a topic has more partitions, an event goes where projectors look for it within seconds, not five minutes.
        producer.set("topic.metadata.refresh.interval.ms", "10000");
        self.properties.set_on(&mut producer);
        producer
            .set("bootstrap.servers", &self.bootstrap)
            .set("enable.idempotence", "true")
            .set("acks", "all")
            // What Java's default partitioner computes, so that every producer puts a collection in the same partition.
            .set("partitioner", "murmur2_random")
            .set("message.timeout.ms", self.delivery_timeout_ms.to_string())
            .set("message.max.bytes", RECORD_BYTES_MAX.to_string())
            .set("queue.buffering.max.messages", self.queue_records_max.to_string())
            .set("queue.buffering.max.kbytes", self.queue_kib_max.to_string());
        producer
    }
}

/// Whether a property is about the connection, and so concerns the administrative client too.
fn is_shared(name: &str) -> bool {
    ["security.", "sasl.", "ssl.", "socket.", "broker.", "client.", "reconnect.", "enable.ssl."]
        .iter()
        .any(|prefix| name.starts_with(prefix))
}
