//! What a consumer does when partitions change hands.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use loupe_service::kafka::Context;
use rdkafka::client::OAuthToken;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, ConsumerContext, Rebalance};
use rdkafka::error::KafkaError;
use rdkafka::{ClientContext, TopicPartitionList};

/// Counts assignments: a rebalance may hand our partitions to another and back.
pub(super) struct Epochs {
    epoch: Arc<AtomicU64>,
    context: Context,
    before_giving_up: Box<dyn Fn() + Send + Sync>,
}

impl Epochs {
    pub(super) fn new(
        epoch: Arc<AtomicU64>,
        context: Context,
        before_giving_up: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        Self { epoch, context, before_giving_up: Box::new(before_giving_up) }
    }
}

impl ClientContext for Epochs {
    const ENABLE_REFRESH_OAUTH_TOKEN: bool = Context::ENABLE_REFRESH_OAUTH_TOKEN;

    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        self.context.log(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.context.error(error, reason);
    }

    fn generate_oauth_token(&self, config: Option<&str>) -> Result<OAuthToken, Box<dyn std::error::Error>> {
        self.context.generate_oauth_token(config)
    }
}

impl ConsumerContext for Epochs {
    fn pre_rebalance(&self, _: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        let epoch = self.epoch.fetch_add(1, Ordering::SeqCst) + 1;
        match rebalance {
            Rebalance::Assign(list) => tracing::info!(epoch, partitions = named(list), "partitions are assigned"),
            Rebalance::Revoke(list) => {
                tracing::info!(epoch, partitions = named(list), "partitions are given up");
                (self.before_giving_up)();
            }
            Rebalance::Error(error) => {
                tracing::warn!(epoch, %error, "all partitions are given up: they could not change hands");
                (self.before_giving_up)();
            }
        }
    }

    fn post_rebalance(&self, _: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        let partitions = match rebalance {
            Rebalance::Assign(assigned) => assigned.count(),
            Rebalance::Revoke(_) | Rebalance::Error(_) => 0,
        };
        metrics::gauge!("loupe_projector_partitions").set(partitions as f64);
    }
}

/// Partitions by topic, neighbours joined: `gallery.catalog.v1/0-3, gallery.events.v1/0-6, gallery.events.v1/8`.
fn named(list: &TopicPartitionList) -> String {
    let mut partitions: Vec<_> =
        list.elements().iter().map(|element| (element.topic().to_owned(), element.partition())).collect();
    partitions.sort_unstable();
    let runs = partitions.chunk_by(|before, after| before.0 == after.0 && before.1 + 1 == after.1);
    let named = runs.map(|run| match run {
        [(topic, only)] => format!("{topic}/{only}"),
        [(topic, first), .., (_, last)] => format!("{topic}/{first}-{last}"),
        [] => String::new(),
    });
    named.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbouring_partitions_are_joined() {
        let mut list = TopicPartitionList::new();
        for (topic, partition) in [("b", 3), ("b", 0), ("a", 5), ("b", 1), ("b", 2), ("a", 7)] {
            list.add_partition(topic, partition);
        }
        assert_eq!(named(&list), "a/5, a/7, b/0-3");
        assert_eq!(named(&TopicPartitionList::new()), "");
    }
}
