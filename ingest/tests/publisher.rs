//! The publisher against librdkafka's own mock of a Kafka cluster, which speaks the real protocol.

use std::time::{Duration, Instant};

use loupe_ingest::publisher::{EdgeSequence, PublishError, Publisher, PublisherConfig};
use loupe_schemas::avro::codec::Decoder;
use loupe_schemas::event::{Actor, Head, MediaSeen};
use loupe_schemas::ids::{AccountId, BootId, CollectionId, EventId, MediaId};
use loupe_schemas::topics::{self, CATALOG, EVENTS, Topic};
use loupe_schemas::{Event, Fact, Micros};
use loupe_service::clock;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::{Headers, OwnedMessage};
use rdkafka::mocking::MockCluster;
use rdkafka::producer::DefaultProducerContext;
use rdkafka::types::{RDKafkaApiKey, RDKafkaRespErr};
use rdkafka::{ClientConfig, Message, Offset, TopicPartitionList};

type Cluster = MockCluster<'static, DefaultProducerContext>;

const SHORT_MS: u64 = 1_500;

fn cluster() -> Cluster {
    let cluster = MockCluster::new(1).unwrap();
    for topic in topics::ALL {
        cluster.create_topic(topic.name, topic.partitions, 1).unwrap();
    }
    cluster
}

fn publisher(bootstrap: &str) -> Publisher {
    let config = PublisherConfig { delivery_timeout_ms: SHORT_MS, ..PublisherConfig::new(bootstrap) };
    Publisher::new(config).unwrap()
}

fn event(collection_id: u64, fact: Fact, edge: &EdgeSequence) -> Event {
    let head = Head {
        event_id: EventId(clock::new_id()),
        occurred_at: Micros(1_777_745_053_000_000),
        edge: Some(edge.stamp()),
        account_id: AccountId(1),
        collection_id: Some(CollectionId(collection_id)),
        actor: Some(Actor { ip_key: vec![1, 2, 3], ..Actor::default() }),
    };
    Event { head, fact }
}

fn edge() -> EdgeSequence {
    EdgeSequence::new("FRA", "edge-1", BootId(clock::new_boot_id()))
}

fn viewed(collection_id: u64) -> Event {
    event(collection_id, Fact::PhotoViewed(MediaSeen { media_id: MediaId(7), media_kind: None }), &edge())
}

/// The first `count` records of a partition.
fn records(cluster: &Cluster, topic: &Topic, partition: i32, count: usize) -> Vec<OwnedMessage> {
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", cluster.bootstrap_servers())
        .set("group.id", "test")
        .create()
        .unwrap();
    let mut partitions = TopicPartitionList::new();
    partitions.add_partition_offset(topic.name, partition, Offset::Beginning).unwrap();
    consumer.assign(&partitions).unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    let mut records = Vec::new();
    while records.len() < count {
        assert!(Instant::now() < deadline, "{} of {count} records came", records.len());
        if let Some(Ok(record)) = consumer.poll(Duration::from_millis(100)) {
            records.push(record.detach());
        }
    }
    records
}

#[tokio::test]
async fn the_facts_of_a_collection_are_in_one_partition_in_order_and_read_back() {
    let cluster = cluster();
    let (publisher, edge) = (publisher(&cluster.bootstrap_servers()), edge());
    let fact = || Fact::PhotoViewed(MediaSeen { media_id: MediaId(7), media_kind: None });
    let events: Vec<Event> = (0..300).map(|_| event(90_516_387, fact(), &edge)).collect();
    let publication = publisher.publish_all(&events).await;
    let delivered: Vec<_> = publication.results.into_iter().map(Result::unwrap).collect();
    assert!(delivered.iter().all(|delivered| delivered.topic == &EVENTS && delivered.partition == 7));
    assert!(delivered.iter().map(|delivered| delivered.offset).eq(0..300));
    assert_eq!(publication.position.to_string(), "e7:300");
    let decoder = Decoder::new();
    let read = records(&cluster, &EVENTS, 7, 300);
    let read: Vec<Event> = read.iter().map(|record| *decoder.decode(record.payload().unwrap()).unwrap()).collect();
    assert_eq!(read, events);
    assert!(read.iter().map(|event| event.head.edge.as_ref().unwrap().seq).eq(0..300));
}

#[tokio::test]
async fn partitions_are_those_of_javas_default_partitioner() {
    let cluster = cluster();
    let publisher = publisher(&cluster.bootstrap_servers());
    // toPositive(murmur2(key)) % 12, whose murmur2 of "21" is -973932308 as in Kafka's own test.
    for (collection_id, partition) in [(21, 0), (1, 3), (2, 8), (90_516_387, 7), (u64::MAX, 1)] {
        assert_eq!(publisher.publish(&viewed(collection_id)).await.unwrap().partition, partition, "{collection_id}");
    }
}

#[tokio::test]
async fn rule_94_a_deletion_arrives_as_a_tombstone_with_headers() {
    let cluster = cluster();
    let publisher = publisher(&cluster.bootstrap_servers());
    let deleted = event(10, Fact::CollectionDeleted(()), &edge());
    let delivered = publisher.publish(&deleted).await.unwrap();
    assert_eq!(delivered.topic, &CATALOG);
    let record = &records(&cluster, &CATALOG, delivered.partition, 1)[0];
    assert_eq!((record.payload(), record.key()), (None, Some(&b"collection/1/10"[..])));
    let headers = record.headers().unwrap();
    let header = |name: &str| headers.iter().find(|header| header.key == name).and_then(|header| header.value).unwrap();
    assert_eq!(header("type"), b"CollectionDeleted");
    assert_eq!(header("event_id"), deleted.head.event_id.to_string().as_bytes());
    assert_eq!(header("occurred_at"), b"1777745053000000");
    assert_eq!(header("account_id"), b"1");
}

#[tokio::test]
async fn an_event_that_cannot_be_published_fails_alone() {
    let cluster = cluster();
    let publisher = publisher(&cluster.bootstrap_servers());
    let mut lost = viewed(1);
    lost.head.collection_id = None;
    let publication = publisher.publish_all(&[viewed(1), lost, viewed(1)]).await;
    assert!(publication.results[0].is_ok() && publication.results[2].is_ok());
    assert!(matches!(publication.results[1], Err(PublishError::NoKey)));
    assert_eq!(publication.position.to_string(), "e3:2");
}

#[tokio::test]
async fn while_kafka_is_away_publishing_fails_in_bounded_time_and_works_again_after() {
    let cluster = cluster();
    let publisher = publisher(&cluster.bootstrap_servers());
    publisher.publish(&viewed(1)).await.unwrap();
    cluster.broker_down(1).unwrap();
    let started = Instant::now();
    let publication = publisher.publish_all(&[viewed(1), viewed(1)]).await;
    assert!(publication.results.iter().all(|result| result.as_ref().is_err_and(PublishError::is_retryable)));
    assert_eq!(publication.position.to_string(), "");
    assert!(started.elapsed() < Duration::from_millis(4 * SHORT_MS), "{:?}", started.elapsed());
    cluster.broker_up(1).unwrap();
    let deadline = Instant::now() + Duration::from_secs(30);
    while publisher.publish(&viewed(1)).await.is_err() {
        assert!(Instant::now() < deadline, "it never recovered");
    }
    publisher.flush(Duration::from_secs(5)).await.unwrap();
}

#[tokio::test]
async fn a_full_queue_is_waited_for_and_then_refused() {
    // Nothing listens on the discard port of this machine, so nothing leaves the queue before its timeout.
    let config =
        PublisherConfig { delivery_timeout_ms: SHORT_MS, queue_records_max: 2, ..PublisherConfig::new("127.0.0.1:9") };
    let publisher = Publisher::new(config).unwrap();
    let events: Vec<Event> = (0..6).map(|_| viewed(1)).collect();
    let started = Instant::now();
    let publication = publisher.publish_all(&events).await;
    assert!(started.elapsed() < Duration::from_millis(4 * SHORT_MS), "{:?}", started.elapsed());
    assert_eq!(publication.results.len(), 6);
    assert!(publication.results.iter().all(|result| result.as_ref().is_err_and(PublishError::is_retryable)));
}

#[tokio::test]
async fn a_producer_that_met_a_fatal_error_is_replaced() {
    let cluster = cluster();
    let refused = [RDKafkaRespErr::RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED];
    cluster.request_errors(RDKafkaApiKey::InitProducerId, &refused);
    let publisher = publisher(&cluster.bootstrap_servers());
    let error = publisher.publish(&viewed(1)).await.unwrap_err();
    assert!(error.is_retryable(), "{error}");
    publisher.publish(&viewed(1)).await.unwrap();
}

#[tokio::test]
async fn topics_that_exist_are_left_alone_and_no_broker_is_an_error() {
    let cluster = cluster();
    publisher(&cluster.bootstrap_servers()).ensure_topics().await.unwrap();
    let error = publisher("127.0.0.1:9").ensure_topics().await.unwrap_err().to_string();
    assert!(error.starts_with("no broker answers: "), "{error}");
}
