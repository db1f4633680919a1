//! Runs the query API alone, configured by `LOUPE_QUERY_…` variables or the file `LOUPE_QUERY_CONFIG_FILE` names.

use loupe_query_api::{Config, PREFIX};
use loupe_service::{config as settings, lifecycle, telemetry};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let config: Config = settings::load(PREFIX, None)?;
    let _telemetry = telemetry::init("query-api")?;
    tracing::info!(?config, "configured");
    let shutdown = lifecycle::shutdown_token()?;
    loupe_query_api::run(config, shutdown).await
}
