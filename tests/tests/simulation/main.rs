//! Exact under simulated fire: some thousand seeds here, as many as asked with `cargo run --release -p tests --bin
//! simulate -- --seeds N`.

use loupe_tests::simulate::{Mistake, run_recorded, run_seed, shrink};

const SEEDS: u64 = 3_000;
/// Every mistake shows within so many seeds.
const SEEDS_UNTIL_BITTEN: u64 = 3_000;
const SHRINK_ATTEMPTS: usize = 300;

#[test]
fn whatever_goes_wrong_the_tables_are_those_of_the_set_of_events() {
    let mut events = 0;
    for seed in 0..SEEDS {
        let outcome = run_seed(seed, None);
        assert_eq!(outcome.failure, None, "seed {seed}");
        events += outcome.events;
    }
    assert!(events > SEEDS as usize * 10, "only {events} events");
}

#[test]
fn a_seed_and_its_recorded_decisions_reproduce_a_run() {
    let [one, again] = [7, 7].map(|seed| run_seed(seed, Some(Mistake::DeltaRows)));
    assert_eq!(one.choices, again.choices);
    let recorded = run_recorded(&one.choices, Some(Mistake::DeltaRows));
    assert_eq!((recorded.failure, recorded.choices), (one.failure, one.choices));
    assert!(!recorded.story.is_empty());
}

#[test]
fn every_deliberate_mistake_is_found_and_its_schedule_shrunk() {
    for mistake in Mistake::ALL {
        let found = (0..SEEDS_UNTIL_BITTEN).find(|seed| run_seed(*seed, Some(mistake)).failure.is_some());
        let seed = found.unwrap_or_else(|| panic!("{mistake:?} is not found within {SEEDS_UNTIL_BITTEN} seeds"));
        let failing = run_seed(seed, Some(mistake));
        let short = shrink(&failing.choices, Some(mistake), SHRINK_ATTEMPTS);
        println!("{mistake:?}: seed {seed}, {} decisions shrunk to {}", failing.choices.len(), short.len());
        assert!(short.len() < failing.choices.len(), "{mistake:?} shrinks");
        assert!(run_recorded(&short, Some(mistake)).failure.is_some(), "{mistake:?} fails when shrunk");
        assert_eq!(run_recorded(&short, None).failure, None, "without {mistake:?} the same schedule is harmless");
    }
}
