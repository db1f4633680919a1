//! Runs the projector alone, configured by `LOUPE_PROJECTOR_…` variables or the file `LOUPE_PROJECTOR_CONFIG_FILE`
//! names.

use loupe_projector::config::{self, Config};
use loupe_service::{config as settings, lifecycle, telemetry};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let config: Config = settings::load(config::PREFIX, None)?;
    let _telemetry = telemetry::init("projector")?;
    tracing::info!(?config, "configured");
    let shutdown = lifecycle::shutdown_token()?;
    loupe_projector::run(config, shutdown).await
}
