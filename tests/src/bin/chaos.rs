//! `chaos run --kills 100`: kills a stack's processes at random under load and compares everything with what was
//! acknowledged. Without `run` it is the stack's own executable, which starts its services as itself.

use std::process::ExitCode;

use clap::Parser;
use loupe_tests::chaos::{self, Plan};
use loupe_tests::program;

/// Kills, stops and cuts a stack under load, and compares every table and every list at the end.
#[derive(Debug, Parser)]
struct Options {
    /// How many processes are killed.
    #[arg(long, default_value_t = 100)]
    kills: u32,
    /// Decides what goes wrong, and when.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// About how many events are published meanwhile.
    #[arg(long, default_value_t = 40_000)]
    events: u64,
}

fn main() -> ExitCode {
    program::main(run)
}

fn run(options: Options) -> anyhow::Result<()> {
    let executable = std::env::current_exe()?;
    let plan = Plan { kills: options.kills, seed: options.seed, events: options.events };
    let say = |line: &str| println!("{line}");
    let report = tokio::runtime::Runtime::new()?.block_on(chaos::run(&executable, plan, &say))?;
    println!("{}; {} of the kills while every edge published", report.faults, report.kills_under_load);
    println!(
        "{} events acknowledged after {} repeated requests; {} rows and {} answers compared: 0 missing, 0 extra",
        report.events, report.retries, report.rows, report.answers
    );
    Ok(())
}
