//! Serves one ClickHouse engine over one data directory.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Parser;
use loupe_clickhouse_local::{Access, Config, library, run};
use loupe_service::{lifecycle, telemetry};

/// The ClickHouse engine behind ClickHouse's HTTP interface, for one machine.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Arguments {
    /// Where tables live; created when missing.
    #[arg(long)]
    data_dir: PathBuf,
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:8123")]
    listen: SocketAddr,
    /// Where the engine's library is kept once fetched; `$LOUPE_CACHE_DIR`, else `loupe` in the user's cache directory.
    #[arg(long)]
    cache_dir: Option<PathBuf>,
    /// An option of the engine, such as `max_server_memory_usage=2000000000`; may be repeated.
    #[arg(long = "option", value_parser = name_and_value)]
    options: Vec<(String, String)>,
    #[command(flatten)]
    access: Access,
}

fn name_and_value(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("an option is written name=value")?;
    Ok((name.to_owned(), value.to_owned()))
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let Arguments { data_dir, listen, cache_dir, options, access } = Arguments::parse();
    let _telemetry = telemetry::init("clickhouse")?;
    let cache_dir = cache_dir.map_or_else(library::default_cache_dir, Ok)?;
    let library =
        tokio::task::spawn_blocking(move || library::ensure_library(&cache_dir, &|line| eprintln!("{line}"))).await??;
    let shutdown = lifecycle::shutdown_token()?;
    let mut config = Config::new(data_dir, library, listen);
    (config.engine_options, config.access) = (options, access);
    run(config, shutdown.cancelled_owned()).await?;
    Ok(())
}
