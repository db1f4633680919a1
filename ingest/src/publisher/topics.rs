//! Creates the topics that are missing, and says which existing ones differ from what Loupe relies on.

use std::collections::HashMap;
use std::time::Duration;

use loupe_schemas::topics::{self, Topic};
use loupe_service::kafka::{Context, give_token};
use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, ResourceSpecifier, TopicReplication};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};

use super::TopicsError;

const TIMESTAMP_TYPE: &str = "message.timestamp.type";
const CLEANUP_POLICY: &str = "cleanup.policy";
const IN_SYNC_MIN: &str = "min.insync.replicas";
/// Settings of which more than is wanted does no harm, and of which less does none; of all others it is this or nothing.
const AT_LEAST: [&str; 2] = ["max.message.bytes", IN_SYNC_MIN];
/// Kept for longer than these say, records outlive who was erased.
const AT_MOST: [&str; 3] = ["retention.ms", "segment.ms", "max.compaction.lag.ms"];

/// A setting of an existing topic that differs from what Loupe relies on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicFinding {
    /// The topic.
    pub topic: &'static str,
    /// The setting, by Kafka's name.
    pub setting: &'static str,
    /// What it must be.
    pub expected: String,
    /// What it is.
    pub actual: String,
}

/// How topics are administered.
pub(super) struct Administrator {
    pub(super) client: ClientConfig,
    pub(super) context: Context,
    pub(super) timeout: Duration,
}

impl Administrator {
    fn connect(&self) -> Result<AdminClient<Context>, TopicsError> {
        let admin = self.client.create_with_context::<_, AdminClient<Context>>(self.context.clone());
        let admin = admin.map_err(|error| self.away(&error))?;
        // At hand as a rule: the producer, which has just been answered, uses the same.
        give_token(admin.inner()).map_err(|error| self.away(&error))?;
        Ok(admin)
    }

    fn away(&self, error: &KafkaError) -> TopicsError {
        TopicsError::Away(self.context.because(error))
    }

    fn options(&self) -> AdminOptions {
        AdminOptions::new().request_timeout(Some(self.timeout)).operation_timeout(Some(self.timeout))
    }
}

/// Creates each of our topics that `existing` lacks. Two processes may do so at once.
pub(super) async fn create_missing(
    administrator: &Administrator,
    existing: &HashMap<String, i32>,
    replication_factor: i32,
) -> Result<(), TopicsError> {
    let missing: Vec<&Topic> = topics::ALL.into_iter().filter(|topic| !existing.contains_key(topic.name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let admin = administrator.connect()?;
    let in_sync = in_sync_min(replication_factor);
    let new = |topic: &&Topic| new_topic(topic, replication_factor, in_sync.as_deref());
    let wanted: Vec<NewTopic<'_>> = missing.iter().map(new).collect();
    let results = admin.create_topics(&wanted, &administrator.options()).await;
    let results = results.map_err(|error| administrator.away(&error))?;
    for result in results {
        match result {
            Ok(topic) => tracing::info!(topic, "created"),
            Err((_, RDKafkaErrorCode::TopicAlreadyExists)) => {}
            Err((topic, code)) => return Err(TopicsError::NotCreated { topic, code }),
        }
    }
    Ok(())
}

/// The settings that differ, of topics with so many replicas: broker time (retention must not follow event time) and
/// compaction, which correctness rests on; what is acknowledged, how large a record may be and how long it is kept.
pub(super) async fn differing(
    administrator: &Administrator,
    replicas: &HashMap<String, i32>,
) -> Result<Vec<TopicFinding>, TopicsError> {
    let admin = administrator.connect()?;
    let resources: Vec<_> = topics::ALL.iter().map(|topic| ResourceSpecifier::Topic(topic.name)).collect();
    let described = admin.describe_configs(&resources, &administrator.options()).await;
    let described = described.map_err(|error| administrator.away(&error))?;
    let mut findings = Vec::new();
    for (topic, described) in topics::ALL.into_iter().zip(described) {
        let described = match described {
            Ok(described) => described,
            Err(code) => {
                tracing::warn!(topic = topic.name, %code, "settings cannot be read");
                continue;
            }
        };
        let actual = |setting: &str| described.get(setting).and_then(|entry| entry.value.clone());
        findings.extend(differing_of(topic, replicas.get(topic.name).copied().unwrap_or(0), actual)?);
    }
    Ok(findings)
}

/// The settings that differ of one topic.
fn differing_of(
    topic: &'static Topic,
    replicas: i32,
    actual: impl Fn(&str) -> Option<String>,
) -> Result<Vec<TopicFinding>, TopicsError> {
    let in_sync = in_sync_min(replicas);
    let wanted = topic.settings.iter().copied().chain(in_sync.as_deref().map(|least| (IN_SYNC_MIN, least)));
    let mut findings = Vec::new();
    for (setting, expected) in wanted {
        let Some(actual) = actual(setting) else {
            // A topic just created is described without its settings until the broker has them.
            if [TIMESTAMP_TYPE, CLEANUP_POLICY].contains(&setting) {
                return Err(TopicsError::NotDescribed { topic: topic.name, setting });
            }
            continue;
        };
        let bounds = actual.parse::<i64>().ok().zip(expected.parse::<i64>().ok());
        let (is_right, expected) = match bounds {
            Some((is, wanted)) if AT_LEAST.contains(&setting) => (is >= wanted, format!("{expected} or more")),
            // -1 is without end.
            Some((is, wanted)) if AT_MOST.contains(&setting) => {
                ((0..=wanted).contains(&is), format!("{expected} or less"))
            }
            _ => (actual == expected, expected.to_owned()),
        };
        if !is_right {
            findings.push(TopicFinding { topic: topic.name, setting, expected, actual });
        }
    }
    Ok(findings)
}

/// How many replicas have to be in sync: `acks=all` waits for those that are, which may be the leader alone. Of two replicas a
/// majority is both, and one broker that is away would stop everything.
fn in_sync_min(replication_factor: i32) -> Option<String> {
    (replication_factor > 2).then(|| (replication_factor / 2 + 1).to_string())
}

fn new_topic<'s>(topic: &Topic, replication_factor: i32, in_sync_min: Option<&'s str>) -> NewTopic<'s> {
    let new = NewTopic::new(topic_name(topic), topic.partitions, TopicReplication::Fixed(replication_factor));
    let in_sync_min = in_sync_min.map(|least| (IN_SYNC_MIN, least));
    topic.settings.iter().copied().chain(in_sync_min).fold(new, |new, (name, value)| new.set(name, value))
}

fn topic_name(topic: &Topic) -> &'static str {
    topic.name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_acknowledged_is_on_a_majority_of_three_replicas() {
        let least = |replicas| {
            let in_sync = in_sync_min(replicas);
            let new = new_topic(&topics::EVENTS, replicas, in_sync.as_deref());
            new.config.into_iter().find(|(name, _)| *name == "min.insync.replicas").map(|(_, value)| value.to_owned())
        };
        assert_eq!([1, 2, 3].map(least), [None, None, Some("2".to_owned())]);
    }

    /// What is found of the topic of events when it is as Loupe makes it, but for these settings.
    fn found(replicas: i32, changed: &[(&str, &str)]) -> Vec<(&'static str, String)> {
        let actual = |setting: &str| {
            let made = topics::EVENTS.settings.iter().find(|(name, _)| *name == setting);
            let changed = changed.iter().find(|(name, _)| *name == setting);
            changed.or(made).map(|(_, value)| (*value).to_owned())
        };
        let found = differing_of(&topics::EVENTS, replicas, actual).unwrap();
        found.into_iter().map(|finding| (finding.setting, finding.expected)).collect()
    }

    #[test]
    fn settings_that_promises_rest_on_are_missed() {
        assert_eq!(found(1, &[(IN_SYNC_MIN, "1")]), []);
        assert_eq!(found(2, &[(IN_SYNC_MIN, "1")]), []);
        assert_eq!(found(3, &[(IN_SYNC_MIN, "1")]), [(IN_SYNC_MIN, "2 or more".to_owned())]);
        assert_eq!(found(3, &[(IN_SYNC_MIN, "2")]), []);
        assert_eq!(found(5, &[(IN_SYNC_MIN, "2")]), [(IN_SYNC_MIN, "3 or more".to_owned())]);
        for (setting, harmless, harmful) in [
            ("max.message.bytes", "8388608", "1048588"),
            ("segment.ms", "3600000", "604800000"),
            ("retention.ms", "604800000", "5184000000"),
            ("retention.ms", "2592000000", "-1"),
            ("cleanup.policy", "delete", "compact"),
        ] {
            assert_eq!(found(1, &[(setting, harmless)]), []);
            let found = found(1, &[(setting, harmful)]);
            assert!(matches!(found[..], [(found, _)] if found == setting), "{found:?}");
        }
    }
}
