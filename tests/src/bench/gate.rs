//! A gate before a group's partitions: its first member, which reads nothing and does not answer. Kafka waits for it with
//! everybody who joins, and gives nobody anything until it leaves: so all consumers of a contestant begin at once.

use std::time::{Duration, Instant};

use anyhow::ensure;
use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};

const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
const POLL_INTERVAL: Duration = Duration::from_millis(20);
/// Kafka waits five minutes for a member that does not answer.
const JOIN_TIMEOUT: Duration = Duration::from_secs(120);

/// A closed gate; dropping it opens it.
pub(super) struct Gate {
    group: String,
    member: BaseConsumer,
}

impl Gate {
    /// Joins a group that has no members yet.
    pub(super) fn close(bootstrap: &str, group: &str, topic: &str) -> anyhow::Result<Self> {
        // What is committed by nobody it would read from the end, so that nothing is fetched.
        let member: BaseConsumer = ClientConfig::new()
            .set("bootstrap.servers", bootstrap)
            .set("group.id", group)
            .set("enable.auto.commit", "false")
            .set("auto.offset.reset", "latest")
            .create()?;
        member.subscribe(&[topic])?;
        let deadline = Instant::now() + JOIN_TIMEOUT;
        while member.assignment()?.count() == 0 {
            ensure!(Instant::now() < deadline, "no partition was given to the first of {group} in time");
            member.poll(POLL_INTERVAL).transpose()?;
        }
        Ok(Self { group: group.to_owned(), member })
    }

    /// Leaves once so many others have joined; from now on it is not polled, and so answers nothing.
    pub(super) fn open_to(self, others: usize) -> anyhow::Result<()> {
        let deadline = Instant::now() + JOIN_TIMEOUT;
        loop {
            let found = self.member.fetch_group_list(Some(&self.group), REQUEST_TIMEOUT)?;
            let members = found.groups().first().map_or(0, |group| group.members().len());
            if members > others {
                return Ok(());
            }
            ensure!(Instant::now() < deadline, "{members} of {others} and the gate joined {} in time", self.group);
            std::thread::sleep(POLL_INTERVAL);
        }
    }
}
