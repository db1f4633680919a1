//! The stack's engine with a setting of the bench's: what the Kafka engine writes with is a setting of the whole engine,
//! which neither a table nor a statement can change.

use clap::Parser;
use loupe_local::options::{Cli, Command};
use loupe_service::{lifecycle, telemetry};

/// The variable that says so to the engine among the stack's services.
pub(super) const PARALLEL_VIEWS: &str = "LOUPE_BENCH_PARALLEL_VIEWS";

/// Runs the engine if this process is to be one whose materialized views are written in parallel; otherwise nothing.
#[must_use]
pub fn run() -> Option<anyhow::Result<()>> {
    std::env::var_os(PARALLEL_VIEWS)?;
    let Ok(Cli { command: Some(Command::Clickhouse(options)), .. }) = Cli::try_parse() else { return None };
    let mut config = loupe_clickhouse_local::Config::new(options.data_dir, options.library, options.listen);
    config.access = options.access;
    config.engine_options.push(("parallel_view_processing".to_owned(), "1".to_owned()));
    Some(serve(config))
}

fn serve(config: loupe_clickhouse_local::Config) -> anyhow::Result<()> {
    tokio::runtime::Runtime::new()?.block_on(async {
        let _telemetry = telemetry::init("clickhouse")?;
        let shutdown = lifecycle::shutdown_token()?;
        Ok(loupe_clickhouse_local::run(config, shutdown.cancelled_owned()).await?)
    })
}
