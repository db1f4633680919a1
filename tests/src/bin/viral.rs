//! Folds a season's events into their slices, and the same events into one slice, as if a collection had gone viral in a
//! day; says what an event costs in each.

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use loupe_local::demo::Generator;
use loupe_projector::fold::filter::ActorClass;
use loupe_projector::fold::rows::Rows;
use loupe_projector::fold::slice::Slice;
use loupe_projector::fold::slice_key::SliceKey;
use loupe_schemas::Event;

const SEED: u64 = 1;

/// What an event costs in one large slice, beside what it costs in slices of the season's sizes.
#[derive(Debug, Parser)]
struct Options {
    /// How many events to fold.
    #[arg(long, default_value_t = 5_000_000)]
    events: u64,
    /// After how many events rows are taken.
    #[arg(long, default_value_t = 200_000)]
    flush: usize,
}

/// An event with what the decoder says of it.
struct Decoded {
    key: SliceKey,
    event: Event,
    class: ActorClass,
}

impl Decoded {
    fn of(event: Event) -> Option<Self> {
        let class = event.head.actor.as_ref().map_or(ActorClass::NOBODY, ActorClass::of);
        Some(Self { key: SliceKey::of(&event)?, event, class })
    }
}

/// Slices, and how long folding into them took, their rows included.
#[derive(Default)]
struct Folds {
    slices: BTreeMap<SliceKey, Slice>,
    took: Duration,
}

impl Folds {
    /// Folds a flush, each event into the slice that `key_of` says; nanoseconds an event.
    fn flush(&mut self, events: &[Decoded], key_of: impl Fn(&Decoded) -> SliceKey, rows: &mut Rows) -> u128 {
        let begun = Instant::now();
        let mut touched = BTreeSet::new();
        for decoded in events {
            let key = key_of(decoded);
            self.slices.entry(key).or_insert_with(|| Slice::new(key)).fold(&decoded.event, decoded.class, 0, rows);
            touched.insert(key);
        }
        let touched = self.slices.iter_mut().filter(|(key, _)| touched.contains(key));
        touched.for_each(|(_, slice)| slice.take_rows_by(rows, Rows::clear));
        rows.clear();
        let took = begun.elapsed();
        self.took += took;
        took.as_nanos() / events.len() as u128
    }
}

fn main() -> ExitCode {
    let options = Options::parse();
    let generator = Generator::new(loupe_service::clock::now(), options.events, SEED);
    let mut events = generator.filter_map(Decoded::of).peekable();
    let (mut many, mut one, mut rows) = (Folds::default(), Folds::default(), Rows::default());
    let Some(viral) = events.peek().map(|decoded| decoded.key) else { return ExitCode::FAILURE };
    let mut folded: usize = 0;
    println!("{:>10} {:>16} {:>16}", "events", "of many, ns", "of one, ns");
    while events.peek().is_some() {
        let flush: Vec<Decoded> = events.by_ref().take(options.flush.max(1)).collect();
        folded += flush.len();
        // Whoever is first finds the events out of the cache, so they take turns.
        let is_one_first = (folded / options.flush.max(1)).is_multiple_of(2);
        let early = if is_one_first { one.flush(&flush, |_| viral, &mut rows) } else { 0 };
        let of_many = many.flush(&flush, |decoded| decoded.key, &mut rows);
        let of_one = if is_one_first { early } else { one.flush(&flush, |_| viral, &mut rows) };
        println!("{folded:>10} {of_many:>16} {of_one:>16}");
    }
    let ratio = one.took.as_secs_f64() / many.took.as_secs_f64();
    println!("{folded} events in {} slices and in one: an event of the one takes {ratio:.2} times", many.slices.len());
    ExitCode::SUCCESS
}
