//! Runs ingest alone, configured by `LOUPE_INGEST_…` variables or the file `LOUPE_INGEST_CONFIG_FILE` names.

use loupe_ingest::config::{self, Config};
use loupe_service::{config as settings, lifecycle, telemetry};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let config: Config = settings::load(config::PREFIX, None)?;
    let _telemetry = telemetry::init("ingest")?;
    tracing::info!(?config, "configured");
    let shutdown = lifecycle::shutdown_token()?;
    loupe_ingest::run(config, shutdown).await
}
