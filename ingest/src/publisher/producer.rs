//! The publisher itself.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use loupe_schemas::Event;
use loupe_schemas::avro::codec::{Encoder, Framing};
use loupe_schemas::canary::Canary;
use loupe_schemas::position::Position;
use loupe_schemas::topics::{EVENTS, Topic};
use loupe_service::kafka::Context;
use rdkafka::client::{ClientContext, OAuthToken};
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::DeliveryResult;
use rdkafka::producer::{Producer, ProducerContext, ThreadedProducer};
use tokio::time::Instant;

use super::deliveries::{Deliveries, Ticket};
use super::record::Record;
use super::topics::{self, Administrator};
use super::{PublishError, PublisherConfig, TopicFinding, TopicsError, canary};

const QUEUE_RETRY_INTERVAL: Duration = Duration::from_millis(10);
/// How long metadata and topic creation may take.
const ADMIN_TIMEOUT: Duration = Duration::from_secs(5);

/// Where Kafka put an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivered {
    /// The topic.
    pub topic: &'static Topic,
    /// The partition.
    pub partition: i32,
    /// The offset of its record.
    pub offset: i64,
}

/// What became of a batch.
#[derive(Debug, Default)]
pub struct Publication {
    /// One result for each event, in their order.
    pub results: Vec<Result<Delivered, PublishError>>,
    /// What a reader must have seen to see every delivered event (rule 101).
    pub position: Position,
}

impl Publication {
    fn of(results: Vec<Result<Delivered, PublishError>>) -> Self {
        let mut position = Position::default();
        for delivered in results.iter().flatten() {
            position.advance(delivered.topic, delivered.partition, delivered.offset + 1);
        }
        Self { results, position }
    }
}

/// Publishes events to Kafka, idempotently and acknowledged by every in-sync replica; shared between tasks.
pub struct Publisher {
    config: PublisherConfig,
    encoder: Encoder,
    context: Context,
    producer: RwLock<Arc<ThreadedProducer<Deliver>>>,
}

impl std::fmt::Debug for Publisher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Publisher").field("config", &self.config).finish_non_exhaustive()
    }
}

impl Publisher {
    /// A publisher that connects in the background; Kafka need not be there yet.
    ///
    /// # Errors
    /// A property that librdkafka does not know, or a value it refuses.
    pub fn new(config: PublisherConfig) -> Result<Self, KafkaError> {
        let context = Context::new(&config.properties);
        let producer = RwLock::new(create(&config, &context)?);
        let encoder = Encoder::new(Framing::SingleObject);
        Ok(Self { config, encoder, context, producer })
    }

    /// Publishes one event and waits until it is durable, for at most twice the delivery timeout: once for room in the
    /// queue, once for the acknowledgement.
    ///
    /// # Errors
    /// See [`PublishError::is_retryable`]. After a retryable error the event may still have been written.
    pub async fn publish(&self, event: &Event) -> Result<Delivered, PublishError> {
        let mut publication = self.publish_all(std::slice::from_ref(event)).await;
        publication.results.pop().unwrap_or(Err(PublishError::Closed))
    }

    /// Publishes events in their order and waits until each is durable or refused.
    ///
    /// An event that can never be published fails alone; after a retryable failure to enqueue one, the rest is not tried.
    pub async fn publish_all(&self, events: &[Event]) -> Publication {
        let producer = self.producer();
        let deadline = Instant::now() + Duration::from_millis(self.config.delivery_timeout_ms);
        let (deliveries, told) = Deliveries::new(events.len());
        let mut stopped: Option<PublishError> = None;
        for (index, event) in events.iter().enumerate() {
            let enqueued = match &stopped {
                Some(error) => Err(error.clone()),
                None => self.enqueue(&producer, event, (&deliveries, index), deadline).await,
            };
            if let Err(error) = enqueued {
                stopped = stopped.or_else(|| error.is_retryable().then(|| error.clone()));
                deliveries.put(index, Err(error));
            }
        }
        // From here on only tickets keep it.
        drop(deliveries);
        let publication = Publication::of(told.await.unwrap_or_default());
        if publication.results.iter().any(Result::is_err) {
            self.replace_after_fatal_error();
        }
        publication
    }

    /// Publishes a canary to each partition of the events topic and waits until each is durable or refused.
    ///
    /// # Errors
    /// No broker answers within seconds.
    pub async fn publish_canaries(&self, canary: Canary) -> Result<Publication, PublishError> {
        let producer = self.producer();
        let asked = Arc::clone(&producer);
        let partitions = tokio::task::spawn_blocking(move || event_partitions(&asked));
        let partitions = partitions.await.map_err(|_| PublishError::Closed)?.map_err(PublishError::Kafka)?;
        let (deliveries, told) = Deliveries::new(partitions.len());
        for (index, partition) in partitions.into_iter().enumerate() {
            let ticket = deliveries.ticket(index, &EVENTS);
            if let Err((error, _)) = producer.send(canary::record(canary, partition, ticket)) {
                deliveries.put(index, Err(PublishError::Kafka(error)));
            }
        }
        drop(deliveries);
        Ok(Publication::of(told.await.unwrap_or_default()))
    }

    /// Creates the topics that are missing, with their settings; also tells whether Kafka is there.
    ///
    /// # Errors
    /// No broker answers within seconds, or a topic is missing and cannot be created.
    pub async fn ensure_topics(&self) -> Result<(), TopicsError> {
        let existing = self.existing_topics().await?;
        self.context.is_well();
        topics::create_missing(&self.administrator(), &existing, self.config.topic_replication_factor).await
    }

    /// Which settings of our topics differ from what Loupe relies on.
    ///
    /// # Errors
    /// No broker answers within seconds.
    pub async fn topic_findings(&self) -> Result<Vec<TopicFinding>, TopicsError> {
        let replicas = self.existing_topics().await?;
        topics::differing(&self.administrator(), &replicas).await
    }

    async fn existing_topics(&self) -> Result<HashMap<String, i32>, TopicsError> {
        let producer = self.producer();
        let existing = tokio::task::spawn_blocking(move || existing_topics(&producer));
        let existing = existing.await.map_err(|_| TopicsError::Abandoned)?;
        existing.map_err(|error| TopicsError::Away(self.context.because(&error)))
    }

    fn administrator(&self) -> Administrator {
        Administrator { client: self.config.client(), context: self.context.clone(), timeout: ADMIN_TIMEOUT }
    }

    /// Waits until what was enqueued is acknowledged or given up; to be called before the process ends.
    ///
    /// # Errors
    /// `timeout` passed first.
    pub async fn flush(&self, timeout: Duration) -> Result<(), PublishError> {
        let producer = self.producer();
        match tokio::task::spawn_blocking(move || producer.flush(timeout)).await {
            Ok(flushed) => flushed.map_err(PublishError::Kafka),
            Err(_) => Err(PublishError::Closed),
        }
    }

    fn producer(&self) -> Arc<ThreadedProducer<Deliver>> {
        Arc::clone(&self.producer.read().unwrap_or_else(PoisonError::into_inner))
    }

    async fn enqueue(
        &self,
        producer: &ThreadedProducer<Deliver>,
        event: &Event,
        (deliveries, index): (&Arc<Deliveries>, usize),
        deadline: Instant,
    ) -> Result<(), PublishError> {
        let record = Record::of(event, &self.encoder)?;
        loop {
            match producer.send(record.for_librdkafka(deliveries.ticket(index, record.topic))) {
                Ok(()) => return Ok(()),
                Err((error, _)) if error.rdkafka_error_code() == Some(RDKafkaErrorCode::QueueFull) => {
                    if Instant::now() >= deadline {
                        return Err(PublishError::QueueFull);
                    }
                    tokio::time::sleep(QUEUE_RETRY_INTERVAL).await;
                }
                Err((error, _)) => return Err(PublishError::Kafka(error)),
            }
        }
    }

    /// An idempotent producer that met a fatal error refuses everything from then on: only a new one goes on.
    fn replace_after_fatal_error(&self) {
        let mut producer = self.producer.write().unwrap_or_else(PoisonError::into_inner);
        let Some((code, reason)) = producer.client().fatal_error() else { return };
        match create(&self.config, &self.context) {
            Ok(fresh) => {
                tracing::error!(%code, reason, "the producer met a fatal error and is replaced");
                *producer = fresh;
            }
            Err(error) => {
                tracing::error!(%code, reason, %error, "the producer met a fatal error and cannot be replaced")
            }
        }
    }
}

fn create(config: &PublisherConfig, context: &Context) -> Result<Arc<ThreadedProducer<Deliver>>, KafkaError> {
    config.producer().create_with_context(Deliver(context.clone())).map(Arc::new)
}

fn event_partitions(producer: &ThreadedProducer<Deliver>) -> Result<Vec<i32>, KafkaError> {
    let metadata = producer.client().fetch_metadata(Some(EVENTS.name), ADMIN_TIMEOUT)?;
    let partitions = metadata.topics().iter().flat_map(|topic| topic.partitions());
    Ok(partitions.map(|partition| partition.id()).collect())
}

/// The topics there are, and how many replicas each partition of them has.
fn existing_topics(producer: &ThreadedProducer<Deliver>) -> Result<HashMap<String, i32>, KafkaError> {
    let metadata = producer.client().fetch_metadata(None, ADMIN_TIMEOUT)?;
    let usable = metadata.topics().iter().filter(|topic| topic.error().is_none());
    let named = usable.map(|topic| {
        let replicas = topic.partitions().iter().map(|partition| partition.replicas().len()).min().unwrap_or(0);
        (topic.name().to_owned(), i32::try_from(replicas).unwrap_or(i32::MAX))
    });
    Ok(named.collect())
}

/// Takes what becomes of records, and leaves the rest to what every client of Kafka does.
struct Deliver(Context);

impl ProducerContext for Deliver {
    type DeliveryOpaque = Box<Ticket>;

    fn delivery(&self, result: &DeliveryResult<'_>, ticket: Box<Ticket>) {
        ticket.redeem(result);
    }
}

impl ClientContext for Deliver {
    const ENABLE_REFRESH_OAUTH_TOKEN: bool = Context::ENABLE_REFRESH_OAUTH_TOKEN;

    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        self.0.log(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.0.error(error, reason);
    }

    fn generate_oauth_token(&self, config: Option<&str>) -> Result<OAuthToken, Box<dyn std::error::Error>> {
        self.0.generate_oauth_token(config)
    }
}
