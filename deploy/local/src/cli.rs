//! The command line: the stack, its keys, and its services one by one.

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use loupe_service::config as settings;
use loupe_service::telemetry::{self, Telemetry};
use loupe_service::{clock, lifecycle};
use tokio_util::sync::CancellationToken;

use crate::options::{Cli, Command, Engine, Up};
use crate::progress::Progress;
use crate::{keys, operate, stack};

const BLOCKED_TIMEOUT: Duration = Duration::from_secs(1);

/// Does what the command line says. An error is shown with its causes.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    let ran = runtime.block_on(async {
        match cli.command.unwrap_or(Command::Up(cli.up)) {
            Command::Up(options) => up(&options).await,
            Command::Key(command) => {
                println!("{}", keys::run(&command, clock::now())?);
                Ok(())
            }
            Command::Quarantine(command) => operate::quarantine(command).await,
            Command::Audit(options) => operate::audit(&options).await,
            Command::Rebuild(options) => operate::rebuild(&options, &Progress::on_stdout()).await,
            Command::Rollback(options) => operate::rollback(&options, &Progress::on_stdout()).await,
            Command::Ingest => {
                let (config, shutdown, _telemetry) = service(loupe_ingest::config::PREFIX, "ingest")?;
                loupe_ingest::run(config, shutdown).await
            }
            Command::Projector => {
                let (config, shutdown, _telemetry) = service(loupe_projector::config::PREFIX, "projector")?;
                loupe_projector::run(config, shutdown).await
            }
            Command::QueryApi => {
                let (config, shutdown, _telemetry) = service(loupe_query_api::PREFIX, "query-api")?;
                loupe_query_api::run(config, shutdown).await
            }
            Command::Clickhouse(options) => engine(options).await,
        }
    });
    // A fetch that was interrupted may still block a thread: it must not keep the process.
    runtime.shutdown_timeout(BLOCKED_TIMEOUT);
    ran
}

async fn up(options: &Up) -> anyhow::Result<()> {
    let shutdown = lifecycle::shutdown_token()?;
    stack::run(options, &Progress::on_stdout(), shutdown).await
}

/// What every service begins with: its configuration, logged without secrets, a token that signals cancel, and what
/// exports its last traces when it is dropped.
fn service<C>(prefix: &str, name: &str) -> anyhow::Result<(C, CancellationToken, Telemetry)>
where
    C: serde::de::DeserializeOwned + settings::Validate + std::fmt::Debug,
{
    let config: C = settings::load(prefix, None)?;
    let telemetry = telemetry::init(name)?;
    tracing::info!(?config, "configured");
    Ok((config, lifecycle::shutdown_token()?, telemetry))
}

async fn engine(options: Engine) -> anyhow::Result<()> {
    let _telemetry = telemetry::init("clickhouse")?;
    let shutdown = lifecycle::shutdown_token()?;
    let mut config = loupe_clickhouse_local::Config::new(options.data_dir, options.library, options.listen);
    config.access = options.access;
    Ok(loupe_clickhouse_local::run(config, shutdown.cancelled_owned()).await?)
}
