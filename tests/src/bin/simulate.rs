//! Runs as many seeds of the simulation as asked, on all cores; prints a failing one and its shrunk schedule.

use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use loupe_tests::simulate::{self, Failure};

const SHRINK_ATTEMPTS: usize = 20_000;

/// Simulates projectors, a log and a store that misbehave by a seed, and compares every table with the set of events.
#[derive(Debug, Parser)]
struct Options {
    /// How many seeds to run.
    #[arg(long, default_value_t = 100_000)]
    seeds: u64,
    /// The first seed.
    #[arg(long, default_value_t = 0)]
    first: u64,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let style = "{bar:40} {human_pos}/{human_len} seeds, {per_sec}, {eta} left";
    let style = ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new(options.seeds).with_style(style);
    let (next, end) = (AtomicU64::new(options.first), options.first + options.seeds);
    let (events, records) = (AtomicU64::new(0), AtomicU64::new(0));
    let failing: Mutex<Option<u64>> = Mutex::new(None);
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while failing.lock().is_ok_and(|failing| failing.is_none()) {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end {
                        return;
                    }
                    let outcome = simulate::run_seed(seed, None);
                    events.fetch_add(outcome.events as u64, Ordering::Relaxed);
                    records.fetch_add(outcome.records as u64, Ordering::Relaxed);
                    if outcome.failure.is_some()
                        && let Ok(mut failing) = failing.lock()
                    {
                        failing.get_or_insert(seed);
                    }
                    bar.inc(1);
                }
            });
        }
    });
    bar.finish();
    match failing.into_inner() {
        Ok(Some(seed)) => {
            explain(seed);
            ExitCode::FAILURE
        }
        _ => {
            let (events, records) = (events.into_inner(), records.into_inner());
            println!("{} seeds: {events} events in {records} records, 0 missing, 0 extra", options.seeds);
            ExitCode::SUCCESS
        }
    }
}

fn explain(seed: u64) {
    println!("seed {seed} fails; shrinking its schedule");
    let failing = simulate::run_seed(seed, None);
    let short = simulate::shrink(&failing.choices, None, SHRINK_ATTEMPTS);
    let outcome = simulate::run_recorded(&short, None);
    println!("{} of {} decisions are left:", short.len(), failing.choices.len());
    outcome.story.iter().for_each(|line| println!("  {line}"));
    match outcome.failure {
        Some(Failure::Tables(differences)) => {
            for difference in differences {
                println!("{} {}", difference.table, difference.key);
                difference.fields().iter().for_each(|field| println!("  {field}"));
            }
        }
        other => println!("{other:?}"),
    }
}
