//! Folds the slices of a season back from their stored events, as a projector does that comes back, in turn on one thread and
//! on as many as there are cores; says how many events a second those are.

use std::time::Instant;

use anyhow::Context;
use clap::Parser;
use loupe_local::demo::Generator;
use loupe_projector::flush::{Folder, StoredEvent};
use loupe_projector::fold::slice_key::SliceKey;
use loupe_projector::log::Decoder;
use loupe_schemas::avro::codec::{Encoder, Framing};

const SEED: u64 = 1;

/// What reading slices back takes besides ClickHouse.
#[derive(Debug, Parser)]
struct Options {
    /// How many events the slices have.
    #[arg(long, default_value_t = 1_000_000)]
    events: u64,
    /// How often either is done.
    #[arg(long, default_value_t = 3)]
    repeats: u32,
}

fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let (keys, stored) = stored(options.events)?;
    let cores = std::thread::available_parallelism()?.get();
    println!("{:>8} {:>12}", "threads", "events/s");
    for threads in (0..options.repeats).flat_map(|_| [1, cores]) {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
        let begun = Instant::now();
        let folded = pool.install(|| refold(&keys, &stored, threads))?;
        println!("{threads:>8} {:>12.0}", folded as f64 / begun.elapsed().as_secs_f64());
    }
    Ok(())
}

/// A season's events as `events` has them, slice by slice, and the slices.
fn stored(events: u64) -> anyhow::Result<(Vec<SliceKey>, Vec<StoredEvent>)> {
    let encoder = Encoder::new(Framing::SingleObject);
    let mut stored = Vec::new();
    let season = Generator::new(loupe_service::clock::now(), events, SEED);
    for (log_offset, event) in (0..).zip(season.filter(|event| !event.fact.event_type().is_catalogue())) {
        let Some(key) = SliceKey::of(&event) else { continue };
        let mut payload = Vec::new();
        encoder.encode(&event, &mut payload)?;
        stored.push((key, StoredEvent { payload, log_offset }));
    }
    stored.sort_by_key(|(key, _)| *key);
    let mut keys: Vec<SliceKey> = stored.iter().map(|(key, _)| *key).collect();
    keys.dedup();
    Ok((keys, stored.into_iter().map(|(_, event)| event).collect()))
}

/// Folds all of them back.
fn refold(keys: &[SliceKey], stored: &[StoredEvent], threads: usize) -> anyhow::Result<usize> {
    let mut folder = Folder::new(Decoder::default(), usize::MAX, threads);
    let mut refold = folder.refold(keys);
    folder.stored(&mut refold, stored).context("an event of this version")?;
    folder.restore(refold, 1);
    let (slices, _) = folder.resident();
    anyhow::ensure!(slices == keys.len(), "{slices} of {} slices", keys.len());
    Ok(stored.len())
}
