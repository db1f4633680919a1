//! `bench run`: how fast events get from Kafka into ClickHouse, beside ClickHouse's own Kafka engine. Without `run` it is
//! the stack's own executable, which starts its services as itself.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use loupe_tests::bench::Format;
use loupe_tests::{bench, program};

/// Measures the projector against ClickHouse's own Kafka engine over the same events, and prints a table in Markdown.
#[derive(Debug, Parser)]
struct Options {
    /// About how many distinct events are published.
    #[arg(long, default_value_t = 2_000_000)]
    events: u64,
    /// How often everybody runs.
    #[arg(long, default_value_t = 3)]
    repeats: usize,
    /// Leaves ClickHouse's Kafka engine out.
    #[arg(long)]
    no_peer: bool,
    /// After how long at most the Kafka engine ends a block; the engine's own default unless said.
    #[arg(long)]
    peer_flush_ms: Option<u64>,
    /// Has ClickHouse write materialized views in parallel, for whoever uses them.
    #[arg(long)]
    parallel_views: bool,
    /// Leaves the Kafka engine's JSON out.
    #[arg(long)]
    no_json: bool,
    /// Leaves the Kafka engine with all read models out.
    #[arg(long)]
    no_whole: bool,
    /// Leaves the projector's inserts alone out, which are held in memory: about 1 KiB an event.
    #[arg(long)]
    no_limit: bool,
    /// Puts the figures into this page, between its marks.
    #[arg(long)]
    write: Option<PathBuf>,
    /// Measures the projector of another build, by the path of its `projector`; `loupe` is a whole stack.
    #[arg(long)]
    projector: Option<PathBuf>,
}

fn main() -> ExitCode {
    match bench::engine::run() {
        None => program::main(run),
        Some(Ok(())) => ExitCode::SUCCESS,
        Some(Err(error)) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: Options) -> anyhow::Result<()> {
    let executable = std::env::current_exe()?;
    let plan = bench::Plan {
        events: options.events,
        repeats: options.repeats,
        formats: formats(&options),
        peer_flush_ms: options.peer_flush_ms,
        has_parallel_views: options.parallel_views,
        with_limit: !options.no_limit,
        page: options.write,
        projector: options.projector,
    };
    let say = |line: &str| println!("{line}");
    let table = tokio::runtime::Runtime::new()?.block_on(bench::run(&executable, plan, &say))?;
    println!("\n{table}");
    Ok(())
}

fn formats(options: &Options) -> Vec<Format> {
    let is_wanted = |format: &Format| match format {
        Format::Avro => true,
        Format::Json => !options.no_json,
        Format::Whole => !options.no_whole,
    };
    if options.no_peer { Vec::new() } else { Format::ALL.into_iter().filter(is_wanted).collect() }
}
