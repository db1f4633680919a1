//! `api-growth run`: how long answers take as the tables grow, beside their statements sent bare. Without `run` it is the
//! stack's own executable, which starts its services as itself.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use loupe_tests::{api_growth, program};

/// Measures every route over tables that grow, beside its own statements sent bare.
#[derive(Debug, Parser)]
struct Options {
    /// About how many events the projector folds.
    #[arg(long, default_value_t = 1_000_000)]
    events: u64,
    /// How many times as many the tables hold, one after the other.
    #[arg(long, value_delimiter = ',', default_value = "1,10,100")]
    times: Vec<u64>,
    /// Requests of each route about each of three collections.
    #[arg(long, default_value_t = 20)]
    requests: usize,
    /// Puts the figures into this page, between its marks.
    #[arg(long)]
    write: Option<PathBuf>,
}

fn main() -> ExitCode {
    program::main(run)
}

fn run(options: Options) -> anyhow::Result<()> {
    let executable = std::env::current_exe()?;
    let Options { events, times, requests, write } = options;
    let plan = api_growth::Plan { events, times, requests, page: write };
    let say = |line: &str| println!("{line}");
    let table = tokio::runtime::Runtime::new()?.block_on(api_growth::run(&executable, plan, &say))?;
    println!("\n{table}");
    Ok(())
}
