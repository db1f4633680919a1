//! Creates the topics that are missing, and says which existing ones differ from what Loupe relies on.

use std::collections::HashSet;
use std::time::Duration;

use loupe_schemas::topics::{self, Topic};
use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, ResourceSpecifier, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::error::RDKafkaErrorCode;

use super::TopicsError;

const TIMESTAMP_TYPE: &str = "message.timestamp.type";
const CLEANUP_POLICY: &str = "cleanup.policy";

/// A setting of an existing topic that differs from what Loupe relies on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicFinding {
    /// The topic.
    pub topic: &'static str,
    /// The setting, by Kafka's name.
    pub setting: &'static str,
    /// What it must be.
    pub expected: &'static str,
    /// What it is.
    pub actual: String,
}

/// Creates each of our topics that `existing` lacks. Two processes may do so at once.
pub(super) async fn create_missing(
    client: &ClientConfig,
    existing: &HashSet<String>,
    replication_factor: i32,
    timeout: Duration,
) -> Result<(), TopicsError> {
    let missing: Vec<&Topic> = topics::ALL.into_iter().filter(|topic| !existing.contains(topic.name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let admin: AdminClient<DefaultClientContext> = client.create().map_err(TopicsError::Away)?;
    let wanted: Vec<NewTopic<'_>> = missing.iter().map(|topic| new_topic(topic, replication_factor)).collect();
    let results = admin.create_topics(&wanted, &options(timeout)).await.map_err(TopicsError::Away)?;
    for result in results {
        match result {
            Ok(topic) => tracing::info!(topic, "created"),
            Err((_, RDKafkaErrorCode::TopicAlreadyExists)) => {}
            Err((topic, code)) => return Err(TopicsError::NotCreated { topic, code }),
        }
    }
    Ok(())
}

/// The settings correctness rests on that differ: broker time (retention must not follow event time) and compaction.
pub(super) async fn differing(client: &ClientConfig, timeout: Duration) -> Result<Vec<TopicFinding>, TopicsError> {
    let admin: AdminClient<DefaultClientContext> = client.create().map_err(TopicsError::Away)?;
    let resources: Vec<_> = topics::ALL.iter().map(|topic| ResourceSpecifier::Topic(topic.name)).collect();
    let described = admin.describe_configs(&resources, &options(timeout)).await.map_err(TopicsError::Away)?;
    let mut findings = Vec::new();
    for (topic, described) in topics::ALL.into_iter().zip(described) {
        let described = match described {
            Ok(described) => described,
            Err(code) => {
                tracing::warn!(topic = topic.name, %code, "settings cannot be read");
                continue;
            }
        };
        for (setting, expected) in
            topic.settings.iter().filter(|(name, _)| [TIMESTAMP_TYPE, CLEANUP_POLICY].contains(name))
        {
            let actual = described.get(setting).and_then(|entry| entry.value.clone());
            // A topic just created is described without its settings until the broker has them.
            let actual = actual.ok_or(TopicsError::NotDescribed { topic: topic.name, setting })?;
            if actual != *expected {
                findings.push(TopicFinding { topic: topic.name, setting, expected, actual });
            }
        }
    }
    Ok(findings)
}

fn new_topic(topic: &Topic, replication_factor: i32) -> NewTopic<'static> {
    let new = NewTopic::new(topic_name(topic), topic.partitions, TopicReplication::Fixed(replication_factor));
    topic.settings.iter().fold(new, |new, (name, value)| new.set(name, value))
}

fn topic_name(topic: &Topic) -> &'static str {
    topic.name
}

fn options(timeout: Duration) -> AdminOptions {
    AdminOptions::new().request_timeout(Some(timeout)).operation_timeout(Some(timeout))
}
