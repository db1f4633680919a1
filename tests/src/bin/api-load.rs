//! `api-load run`: measures the query API over a collection of a million favourites. Without `run` it is the stack's own
//! executable, which starts its services as itself.

use std::process::ExitCode;

use clap::Parser;
use loupe_tests::{api_load, program};

/// Measures what a 304 costs, what an export holds, and what one account's load does to another's.
#[derive(Debug, Parser)]
struct Options {
    /// Rows of the large collection.
    #[arg(long, default_value_t = 1_000_000)]
    rows: u64,
    /// Requests of each measurement.
    #[arg(long, default_value_t = 300)]
    requests: usize,
}

fn main() -> ExitCode {
    program::main(run)
}

fn run(options: Options) -> anyhow::Result<()> {
    let executable = std::env::current_exe()?;
    let say = |line: &str| println!("{line}");
    let plan = api_load::Plan { rows: options.rows, requests: options.requests };
    tokio::runtime::Runtime::new()?.block_on(api_load::run(&executable, plan, &say))
}
