//! Whether a node answers its clients.

use std::time::{Duration, Instant};

use rdkafka::ClientConfig;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer};

const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(100);

/// Asks for metadata until a broker answers; the error is the last refusal.
pub(super) async fn answers(bootstrap: String, timeout: Duration) -> Result<(), String> {
    tokio::task::spawn_blocking(move || ask(&bootstrap, timeout)).await.map_err(|error| error.to_string())?
}

fn ask(bootstrap: &str, timeout: Duration) -> Result<(), String> {
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", bootstrap)
        .set("reconnect.backoff.max.ms", "200")
        .set_log_level(RDKafkaLogLevel::Emerg)
        .create()
        .map_err(|error| error.to_string())?;
    let begun = Instant::now();
    loop {
        let state = match consumer.fetch_metadata(None, ATTEMPT_TIMEOUT) {
            Ok(metadata) if !metadata.brokers().is_empty() => return Ok(()),
            Ok(_) => "no broker is registered yet".to_owned(),
            Err(error) => error.to_string(),
        };
        if begun.elapsed() >= timeout {
            return Err(state);
        }
        std::thread::sleep(PAUSE);
    }
}
