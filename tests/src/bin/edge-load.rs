//! `edge-load run`: how many events ingest takes, and how soon they are in the API's answers. Without `run` it is the
//! stack's own executable, which starts its services as itself.

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use loupe_tests::{edge_load, program};

/// Measures ingest beside librdkafka, and the time from an event's 2xx until a reader has it.
#[derive(Debug, Parser)]
struct Options {
    /// Events a second of the steady load.
    #[arg(long, default_value_t = 10_000)]
    rate: u64,
    /// Seconds of each measurement.
    #[arg(long, default_value_t = 30)]
    seconds: u64,
    /// Events that wait to be folded while freshness is measured a second time.
    #[arg(long, default_value_t = 5_000_000)]
    backlog: u64,
}

fn main() -> ExitCode {
    program::main(run)
}

fn run(options: Options) -> anyhow::Result<()> {
    let executable = std::env::current_exe()?;
    let say = |line: &str| println!("{line}");
    let Options { rate, seconds, backlog } = options;
    let plan = edge_load::Plan { rate, lasts: Duration::from_secs(seconds), backlog };
    tokio::runtime::Runtime::new()?.block_on(edge_load::run(&executable, plan, &say))
}
