//! Folds a season's events into slice states and says how much memory they take, beside what they say they take.

use std::collections::BTreeMap;
use std::process::{Command, ExitCode};

use anyhow::{Context, ensure};
use clap::Parser;
use loupe_local::demo::Generator;
use loupe_projector::fold::filter::ActorClass;
use loupe_projector::fold::rows::Rows;
use loupe_projector::fold::slice::Slice;
use loupe_projector::fold::slice_key::SliceKey;
use loupe_schemas::event::EventType;

const SEED: u64 = 1;
/// As many events as a large flush has: after so many, rows are taken.
const FLUSH: u64 = 200_000;
/// Has the allocator give back at once what is freed: what a flush leaves behind would be taken for slices otherwise, a
/// quarter of them again.
const GIVE_BACK: (&str, &str) = ("_RJEM_MALLOC_CONF", "dirty_decay_ms:0,muzzy_decay_ms:0");

/// How much memory resident slices take for each event in them.
#[derive(Debug, Parser)]
struct Options {
    /// How many events to fold.
    #[arg(long, default_value_t = 2_000_000)]
    events: u64,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let done = if std::env::var_os(GIVE_BACK.0).is_some() { run(&options) } else { again() };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the program once more, as the allocator is to be: it reads its settings before `main`.
fn again() -> anyhow::Result<()> {
    let mut program = Command::new(std::env::current_exe()?);
    let status = program.args(std::env::args_os().skip(1)).env(GIVE_BACK.0, GIVE_BACK.1).status()?;
    ensure!(status.success(), "it ended with {status}");
    Ok(())
}

fn run(options: &Options) -> anyhow::Result<()> {
    let now = loupe_service::clock::now();
    let mut slices: BTreeMap<SliceKey, Slice> = BTreeMap::new();
    let mut mix: BTreeMap<EventType, u64> = BTreeMap::new();
    let mut rows = Rows::default();
    let mut generator = Generator::new(now, options.events, SEED);
    // What the generator itself holds is not the slices'.
    let first = generator.next().context("no event")?;
    let before = resident_bytes()?;
    let mut events: u64 = 0;
    for event in std::iter::once(first).chain(generator) {
        let Some(key) = SliceKey::of(&event) else { continue };
        let class = event.head.actor.as_ref().map_or(ActorClass::NOBODY, ActorClass::of);
        slices.entry(key).or_insert_with(|| Slice::new(key)).fold(&event, class, 0, &mut rows);
        *mix.entry(event.fact.event_type()).or_default() += 1;
        events += 1;
        if events.is_multiple_of(FLUSH) {
            slices.values_mut().for_each(|slice| slice.take_rows_by(&mut rows, Rows::clear));
        }
        rows.clear();
    }
    slices.values_mut().for_each(|slice| slice.take_rows_by(&mut rows, Rows::clear));
    drop(rows);
    let taken = resident_bytes()?.saturating_sub(before);
    let said: usize = slices.values().map(Slice::state_bytes).sum();
    for (kind, count) in mix {
        println!("{:>6.2}% {}", 100.0 * count as f64 / events as f64, kind.as_str());
    }
    println!("{events} events in {} slices", slices.len());
    println!("{:.1} bytes an event by the slices' own account", said as f64 / events as f64);
    println!("{:.1} bytes an event of the process", taken as f64 / events as f64);
    Ok(())
}

/// The process's resident set in bytes.
fn resident_bytes() -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS in /proc/self/status")?;
    let kilobytes: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kilobytes * 1024)
}
