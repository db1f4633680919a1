//! A short run of the fuzzer: `cargo run --release -p tests --bin fuzz -- --inputs N` is a long one.

use loupe_tests::fuzz::Fuzzer;

const INPUTS: u64 = 40_000;

#[test]
fn whatever_bytes_come_nothing_panics_and_every_input_is_accounted_for() {
    let mut fuzzer = Fuzzer::new().expect("a fuzzer");
    for number in 0..INPUTS {
        fuzzer.feed(number).unwrap_or_else(|failure| panic!("{failure}"));
    }
    let tally = fuzzer.tally;
    assert_eq!(tally.taken + tally.rejected, INPUTS);
    assert!(tally.taken > INPUTS / 10 && tally.rejected > INPUTS / 10, "it is one-sided: {tally:?}");
}
