//! Chance: every draw of the demo comes from here, so that one seed gives one day.

use loupe_schemas::Micros;
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use uuid::{Builder, Uuid};

/// A seeded source of draws.
pub(super) struct Dice {
    rng: SmallRng,
}

impl Dice {
    /// The draws of `seed`.
    pub(super) fn new(seed: u64) -> Self {
        Self { rng: SmallRng::seed_from_u64(seed) }
    }

    /// The draws of the `index`-th thing of a `family`, independent of how many other draws were made.
    pub(super) fn of(seed: u64, family: u64, index: u64) -> Self {
        Self::new(mix(mix(seed ^ mix(family)) ^ index))
    }

    /// True with probability `p`.
    pub(super) fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// A number in 0..1.
    pub(super) fn unit(&mut self) -> f64 {
        self.rng.random::<f64>()
    }

    /// A number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: u64, high: u64) -> u64 {
        self.rng.random_range(low..=high.max(low))
    }

    /// A number from `low` to below `high`.
    pub(super) fn float(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// An index below `len`, each as likely; 0 when `len` is 0.
    pub(super) fn index(&mut self, len: usize) -> usize {
        if len < 2 { 0 } else { self.rng.random_range(0..len) }
    }

    /// An index below `len`, where the k-th is about 1/k as likely as the first: a few are very popular.
    pub(super) fn zipf(&mut self, len: usize) -> usize {
        let rank = ((len.max(1) as f64 + 1.0).powf(self.unit()) - 1.0).floor();
        (rank as usize).min(len.saturating_sub(1))
    }

    /// One of `choices`, which must not be empty.
    pub(super) fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.index(choices.len())]
    }

    /// One of `choices` by weight, which must not be empty.
    pub(super) fn weighted<T: Copy>(&mut self, choices: &[(T, u32)]) -> T {
        let total: u64 = choices.iter().map(|(_, weight)| u64::from(*weight)).sum();
        let mut left = self.between(0, total.saturating_sub(1));
        for (choice, weight) in choices {
            if left < u64::from(*weight) {
                return *choice;
            }
            left -= u64::from(*weight);
        }
        choices[choices.len() - 1].0
    }

    /// How often something with mean `mean` happens before it stops: many short runs, a few long ones.
    pub(super) fn run(&mut self, mean: f64, most: u64) -> u64 {
        let drawn = -(1.0 - self.unit()).ln() * mean;
        (drawn.round() as u64).clamp(1, most)
    }

    /// A positive number around `median`, `spread` being the standard deviation of its logarithm.
    pub(super) fn lognormal(&mut self, median: f64, spread: f64) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        let normal = radius * (std::f64::consts::TAU * self.unit()).cos();
        median * (spread * normal).exp()
    }

    /// Bytes without meaning, for keys and hashes.
    pub(super) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.rng.fill(&mut bytes);
        bytes
    }

    /// Letters and digits without meaning.
    pub(super) fn token(&mut self, len: usize) -> String {
        const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        (0..len).map(|_| char::from(ALPHABET[self.index(ALPHABET.len())])).collect()
    }

    /// A UUIDv7 whose time is `at`, cut to milliseconds.
    pub(super) fn id_at(&mut self, at: Micros) -> Uuid {
        let millis = u64::try_from(at.0 / 1_000).unwrap_or(0);
        Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid()
    }

    /// A UUID without a time.
    pub(super) fn id(&mut self) -> Uuid {
        Builder::from_random_bytes(self.bytes()).into_uuid()
    }

    /// Shuffles `things` in place.
    pub(super) fn shuffle<T>(&mut self, things: &mut [T]) {
        for last in (1..things.len()).rev() {
            let other = self.index(last + 1);
            things.swap(last, other);
        }
    }
}

/// Spreads a number over all 64 bits, so that neighbouring seeds have nothing in common.
pub(super) const fn mix(value: u64) -> u64 {
    let mut mixed = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}
