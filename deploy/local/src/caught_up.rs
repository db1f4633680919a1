//! Whether the tables hold everything that is in the log.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use anyhow::Context;
use loupe_schemas::topics;
use rdkafka::ClientConfig;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer};

const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
const SILENCE_MAX: Duration = Duration::from_secs(120);
const PAUSE: Duration = Duration::from_millis(200);
const SERVED: &str = "SELECT database FROM loupe.served ORDER BY step DESC, served_from DESC LIMIT 1";
/// The database that is served before anybody has switched to another.
const FIRST_DATABASE: &str = "loupe_v1";

/// How many records of the log are not in the tables yet, by the ledger.
///
/// # Errors
/// Kafka or ClickHouse does not answer.
pub async fn records_left(bootstrap: &str, clickhouse_url: &str) -> anyhow::Result<u64> {
    let bootstrap = bootstrap.to_owned();
    let ends = tokio::task::spawn_blocking(move || ends(&bootstrap)).await?.context("cannot read Kafka's offsets")?;
    let http = reqwest::Client::builder().no_proxy().timeout(REQUEST_TIMEOUT).build()?;
    let ask = async |statement: String| {
        http.post(clickhouse_url).body(statement).send().await?.error_for_status()?.text().await
    };
    let served = ask(SERVED.to_owned()).await?;
    let served = if served.is_empty() { FIRST_DATABASE } else { served.trim_end() };
    let positions =
        format!("SELECT topic, partition, max(next_offset) FROM {served}.positions GROUP BY topic, partition");
    let answer = ask(positions).await?;
    let positions = parse(&answer).context("ClickHouse's answer is not what was asked for")?;
    let left = ends.into_iter().map(|(partition, (low, high))| {
        let next = positions.get(&partition).copied().unwrap_or(low);
        u64::try_from(high - next).unwrap_or(0)
    });
    Ok(left.sum())
}

/// Waits until nothing is left; `progress` hears how much is.
///
/// # Errors
/// Kafka or ClickHouse does not answer for two minutes.
pub async fn wait(bootstrap: &str, clickhouse_url: &str, progress: &(dyn Fn(u64) + Sync)) -> anyhow::Result<()> {
    let mut answered_at = Instant::now();
    loop {
        match records_left(bootstrap, clickhouse_url).await {
            Ok(0) => return Ok(()),
            Ok(left) => {
                answered_at = Instant::now();
                progress(left);
            }
            // A process that ended is started again meanwhile.
            Err(error) if answered_at.elapsed() > SILENCE_MAX => return Err(error),
            Err(error) => tracing::warn!(%error, "cannot see how much is left; asking again"),
        }
        tokio::time::sleep(PAUSE).await;
    }
}

type Partition = (String, i32);

/// First and next offset of every partition of both topics.
fn ends(bootstrap: &str) -> anyhow::Result<HashMap<Partition, (i64, i64)>> {
    let consumer: BaseConsumer =
        ClientConfig::new().set("bootstrap.servers", bootstrap).set_log_level(RDKafkaLogLevel::Emerg).create()?;
    let mut ends = HashMap::new();
    for topic in [topics::EVENTS.name, topics::CATALOG.name] {
        let metadata = consumer.fetch_metadata(Some(topic), REQUEST_TIMEOUT)?;
        for partition in metadata.topics().iter().flat_map(|topic| topic.partitions()) {
            let marks = consumer.fetch_watermarks(topic, partition.id(), REQUEST_TIMEOUT)?;
            ends.insert((topic.to_owned(), partition.id()), marks);
        }
    }
    Ok(ends)
}

fn parse(answer: &str) -> Option<HashMap<Partition, i64>> {
    answer
        .lines()
        .map(|line| {
            let mut fields = line.split('\t');
            let topic = fields.next()?.to_owned();
            Some(((topic, fields.next()?.parse().ok()?), fields.next()?.parse().ok()?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_read_by_partition() {
        let positions = parse("gallery.events.v1\t7\t59\ngallery.catalog.v1\t0\t4\n").unwrap();
        assert_eq!(positions[&("gallery.events.v1".to_owned(), 7)], 59);
        assert_eq!(positions.len(), 2);
        assert_eq!(parse("Code: 60"), None);
    }
}
