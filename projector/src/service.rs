//! The service: consume, fold and write until told to stop, then drain.

use std::time::Duration;

use anyhow::Context;
use loupe_service::config::Validate;
use loupe_service::health::{self, Health};
use loupe_service::lifecycle;
use loupe_service::telemetry::{Metrics, catalogue};
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::drive::{SentOn, condition};
use crate::metrics::METRICS;
use crate::projection::{Projection, insist};
use crate::store::Store;

const DRAIN_TIMEOUT: Duration = Duration::from_secs(5);
/// How often it is looked which database is served.
const LOOK_EVERY: Duration = Duration::from_secs(1);
const LOOK_TIMEOUT: Duration = Duration::from_secs(30);

/// Projects until `shutdown`, then drains: what was folded is written and committed before this returns, as far as ClickHouse
/// and Kafka take it within 25 s; the rest is read again.
///
/// Without a configured database it writes the one that is served, and when another is switched to, that one from where
/// its own offsets are. Kafka and ClickHouse may be away at the start and at any time; readiness says which, and work
/// resumes by itself.
///
/// # Errors
/// The configuration breaks a rule, an applied migration was edited, or the address cannot be listened on.
pub async fn run(config: Config, shutdown: CancellationToken) -> anyhow::Result<()> {
    config
        .validate()
        .map_err(|invalid| anyhow::anyhow!("configuration field `{}`: {}", invalid.field, invalid.rule))?;
    let metrics = Metrics::install();
    catalogue::describe(METRICS);
    let health = Health::new(&[condition::CLICKHOUSE, condition::KAFKA, condition::BACKFILL]);
    let listener = lifecycle::bind(config.listen).await?;
    // Health is served until the drain is over, so that whoever waits for it sees it.
    let drained = CancellationToken::new();
    let routes = health::routes(health.clone(), metrics);
    let serving = tokio::spawn(lifecycle::serve(listener, routes, drained.clone(), DRAIN_TIMEOUT));
    let projected = if config.database.is_some() || config.views_database.is_empty() {
        project(&config.pinned(), &health, &shutdown).await
    } else {
        project_what_is_served(&config, &health, &shutdown).await
    };
    drained.cancel();
    serving.await.context("health server")??;
    projected
}

async fn project(config: &Config, health: &Health, shutdown: &CancellationToken) -> anyhow::Result<()> {
    let projection =
        Projection { config, health: health.clone(), views: &config.views_database, sent_on: SentOn::default() };
    projection.run(shutdown).await
}

async fn project_what_is_served(config: &Config, health: &Health, shutdown: &CancellationToken) -> anyhow::Result<()> {
    let (store, views) = (Store::new(config), &config.views_database);
    if insist(|| store.make_served(views), health, shutdown).await?.is_none() {
        return Ok(());
    }
    while !shutdown.is_cancelled() {
        let Some(served) = insist(|| store.served(views), health, shutdown).await? else { break };
        let until_another = shutdown.child_token();
        let watching = tokio::spawn(switched(store.clone(), views.clone(), served.clone(), until_another.clone()));
        tracing::info!(database = served, "this database is served");
        let projected = project(&config.of(&served), health, &until_another).await;
        watching.abort();
        projected?;
    }
    Ok(())
}

/// Cancels the token once another database is served than this one.
async fn switched(store: Store, views: String, served: String, until_another: CancellationToken) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        match tokio::time::timeout(LOOK_TIMEOUT, store.served(&views)).await {
            Ok(Ok(now)) if now != served => {
                tracing::info!(database = now, before = served, "another database is served from now on");
                return until_another.cancel();
            }
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::debug!(%error, "it cannot be seen which database is served"),
            Err(_) => tracing::debug!("ClickHouse does not say which database is served"),
        }
    }
}
