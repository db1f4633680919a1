//! Why an event was not published.

use loupe_schemas::avro::codec::EncodeError;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};

/// Why one event was not published.
#[derive(Debug, Clone, thiserror::Error)]
pub enum PublishError {
    /// The event has no topic and key, which the rules would have said (rule 93).
    #[error("the event names no collection, so it has no record key (rule 93)")]
    NoKey,
    /// The event has no Avro form.
    #[error("the event cannot be written as Avro: {0}")]
    Unencodable(#[from] EncodeError),
    /// The record is larger than the topics take.
    #[error("the event takes {bytes} bytes as a record; the topics take at most {bytes_max}")]
    TooLarge {
        /// The record's size in bytes.
        bytes: usize,
        /// What the topics take, in bytes.
        bytes_max: usize,
    },
    /// The queue to Kafka stayed full for the delivery timeout.
    #[error("the queue to Kafka stayed full")]
    QueueFull,
    /// Kafka did not acknowledge the record in time, or refused it.
    #[error("Kafka did not take the event: {0}")]
    Kafka(KafkaError),
    /// The producer was closed before Kafka answered.
    #[error("the producer closed before Kafka answered")]
    Closed,
}

impl PublishError {
    /// Whether the same event may be accepted later; if not, retrying is in vain.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::NoKey | Self::Unencodable(_) | Self::TooLarge { .. } => false,
            Self::Kafka(error) => error.rdkafka_error_code() != Some(RDKafkaErrorCode::MessageSizeTooLarge),
            Self::QueueFull | Self::Closed => true,
        }
    }
}

/// Why the topics could not be ensured.
#[derive(Debug, Clone, thiserror::Error)]
pub enum TopicsError {
    /// No broker answers, and why.
    #[error("no broker answers: {0}")]
    Away(String),
    /// A topic is missing and could not be created.
    #[error("topic {topic} cannot be created: {code}")]
    NotCreated {
        /// The topic.
        topic: String,
        /// What Kafka says.
        code: RDKafkaErrorCode,
    },
    /// The broker does not know a setting yet.
    #[error("topic {topic} is described without {setting}")]
    NotDescribed {
        /// The topic.
        topic: &'static str,
        /// The setting, by Kafka's name.
        setting: &'static str,
    },
    /// The question itself could not be asked.
    #[error("the question to Kafka was abandoned")]
    Abandoned,
}
