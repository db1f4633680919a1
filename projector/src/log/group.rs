//! The consumer group, for who is no member of it.

use std::time::Duration;

use loupe_service::kafka::{Context, give_token};
use rdkafka::admin::{AdminClient, AdminOptions};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use tokio::time::Instant;

use super::consumer::{SESSION_TIMEOUT, client_config};
use super::scan::REQUEST_TIMEOUT;
use crate::config::Config;

const ASK_EVERY: Duration = Duration::from_millis(500);

/// Makes Kafka forget the committed offsets of the configured group, if it has any. Waits for members whose sessions end: one
/// that was killed, or whose leaving the broker did not hear, counts as one until then.
///
/// # Errors
/// Kafka cannot be reached, or the group keeps having members.
pub async fn forget_group(config: &Config) -> Result<(), KafkaError> {
    let mut client = client_config(config);
    config.kafka.set_on(&mut client);
    let admin: AdminClient<Context> = client.create_with_context(Context::new(&config.kafka))?;
    give_token(admin.inner())?;
    let options = AdminOptions::new().request_timeout(Some(REQUEST_TIMEOUT));
    // A broker ends sessions when it comes to it.
    let deadline = Instant::now() + SESSION_TIMEOUT * 3;
    loop {
        match admin.delete_groups(&[&config.group], &options).await?.into_iter().next() {
            None | Some(Ok(_) | Err((_, RDKafkaErrorCode::GroupIdNotFound))) => return Ok(()),
            Some(Err((_, RDKafkaErrorCode::NonEmptyGroup))) if Instant::now() < deadline => {
                tokio::time::sleep(ASK_EVERY).await;
            }
            Some(Err((_, code))) => return Err(KafkaError::AdminOp(code)),
        }
    }
}
