//! Feeds as many hostile inputs as asked to decoders, request bodies, query strings and cursors, on all cores.

use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use loupe_tests::fuzz::Fuzzer;

/// Inputs between two looks at the counter.
const SHARE: u64 = 1_000;

/// Feeds hostile inputs to everything that reads what strangers write.
#[derive(Debug, Parser)]
struct Options {
    /// How many inputs.
    #[arg(long, default_value_t = 1_000_000)]
    inputs: u64,
    /// The number of the first; a failing one is repeated with `--first N --inputs 1`.
    #[arg(long, default_value_t = 0)]
    first: u64,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let style = "{bar:40} {human_pos}/{human_len} inputs, {per_sec}, {eta} left";
    let style = ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new(options.inputs).with_style(style);
    let (next, end) = (AtomicU64::new(options.first), options.first + options.inputs);
    let (taken, rejected) = (AtomicU64::new(0), AtomicU64::new(0));
    let failures: Mutex<Vec<String>> = Mutex::new(Vec::new());
    let fail = |failure: String| failures.lock().map_or((), |mut failures| failures.push(failure));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                let mut fuzzer = match Fuzzer::new() {
                    Ok(fuzzer) => fuzzer,
                    Err(error) => return fail(format!("{error:#}")),
                };
                while failures.lock().is_ok_and(|failures| failures.is_empty()) {
                    let first = next.fetch_add(SHARE, Ordering::Relaxed);
                    if first >= end {
                        break;
                    }
                    for number in first..end.min(first + SHARE) {
                        if let Err(failure) = fuzzer.feed(number) {
                            return fail(failure);
                        }
                    }
                    bar.inc(SHARE.min(end - first));
                }
                taken.fetch_add(fuzzer.tally.taken, Ordering::Relaxed);
                rejected.fetch_add(fuzzer.tally.rejected, Ordering::Relaxed);
            });
        }
    });
    bar.finish();
    let failures = failures.into_inner().unwrap_or_default();
    failures.iter().for_each(|failure| println!("{failure}"));
    let (taken, rejected) = (taken.into_inner(), rejected.into_inner());
    println!(
        "{} inputs: {taken} taken, {rejected} rejected with a reason, {} failures",
        taken + rejected,
        failures.len()
    );
    if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
