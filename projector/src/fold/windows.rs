//! The windows of beacons that counted in a slice: who, what kind, which medium, which half-minute (rule 69).

use rustc_hash::FxHashSet;

use super::memory;
use super::names::Names;

/// What a beacon is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Beacon<M> {
    /// Somebody came.
    Visit,
    /// A photo was looked at.
    View(M),
    /// A video was played.
    Play(M),
}

impl<M> Beacon<M> {
    /// The same with its medium told otherwise.
    pub fn map<N>(self, other: impl FnOnce(M) -> N) -> Beacon<N> {
        match self {
            Self::Visit => Beacon::Visit,
            Self::View(medium) => Beacon::View(other(medium)),
            Self::Play(medium) => Beacon::Play(other(medium)),
        }
    }
}

/// A window of beacons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Window {
    /// Who, by their number in the slice.
    pub who: u32,
    /// What it is about, a medium by its number in the slice.
    pub what: Beacon<u32>,
    /// Which half-minute of the slice's day.
    pub half_minute: i64,
}

/// How many bits of a short window say which half-minute of a day, who, which medium, and whether it was played.
const HALF_MINUTE_BITS: u32 = 12;
const WHO_BITS: u32 = 20;
const MEDIUM_BITS: u32 = 15;
const BITS: u32 = HALF_MINUTE_BITS + WHO_BITS + MEDIUM_BITS + 1;

/// Distinct windows. Two thirds of all events are views.
#[derive(Debug, Clone, Default)]
pub struct Windows {
    /// Those that 48 bits say: of the first million visitors and the first 32,766 media.
    short: Short,
    /// The others.
    long: FxHashSet<Window>,
}

type Short = Names<{ (BITS / u8::BITS) as usize }, 0>;

impl Windows {
    /// Takes a window; whether it is the first time.
    pub fn insert(&mut self, window: Window) -> bool {
        match window.bits() {
            Some(bits) => self.short.insert(Short::entry(spread(bits).into(), 0)).is_none(),
            None => self.long.insert(window),
        }
    }

    /// How much memory they take, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.short.bytes() + memory::table::<Window>(self.long.capacity())
    }
}

impl Window {
    /// All of it in a few bits, which are never all zero; `None` when it takes more.
    fn bits(&self) -> Option<u64> {
        // No medium is 0, and the others are one more than they are.
        let (medium, is_played) = match self.what {
            Beacon::Visit => (0, 0),
            Beacon::View(medium) => (u64::from(medium) + 1, 0),
            Beacon::Play(medium) => (u64::from(medium) + 1, 1),
        };
        let (half_minute, who) = (u64::try_from(self.half_minute).ok()?, u64::from(self.who));
        // The last half-minute that 12 bits say is of no day, so that there is one more than any.
        let is_short = half_minute < (1 << HALF_MINUTE_BITS) - 1 && who >> WHO_BITS == 0 && medium >> MEDIUM_BITS == 0;
        let bits = ((half_minute << WHO_BITS | who) << MEDIUM_BITS | medium) << 1 | is_played;
        is_short.then(|| bits + 1)
    }
}

/// Spreads what lies close over all numbers of so many bits, as a set of names wants it. Two never become one, since each step
/// can be undone, and zero alone stays zero.
const fn spread(bits: u64) -> u64 {
    const ALL: u64 = (1 << BITS) - 1;
    const HALF: u32 = BITS / 2;
    let bits = (bits ^ bits >> HALF).wrapping_mul(0xBF58_476D_1CE4_E5B9) & ALL;
    let bits = (bits ^ bits >> HALF).wrapping_mul(0x94D0_49BB_1331_11EB) & ALL;
    bits ^ bits >> HALF
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    fn window(who: u32, what: Beacon<u32>, half_minute: i64) -> Window {
        Window { who, what, half_minute }
    }

    /// Numbers on both sides of what fits.
    fn around(bits: u32) -> impl Strategy<Value = u32> + Clone {
        let first_long = 1_u32 << bits;
        prop_oneof![0_u32..4, first_long - 3..first_long + 2, u32::MAX - 1..=u32::MAX]
    }

    fn any_window() -> impl Strategy<Value = Window> {
        let medium = around(MEDIUM_BITS);
        let what =
            prop_oneof![Just(Beacon::Visit), medium.clone().prop_map(Beacon::View), medium.prop_map(Beacon::Play)];
        let half_minute = prop_oneof![-1_i64..3, 2_878..2_882_i64, 4_093..4_098_i64];
        (around(WHO_BITS), what, half_minute).prop_map(|(who, what, half_minute)| Window { who, what, half_minute })
    }

    proptest! {
        #[test]
        fn windows_are_told_apart_whether_they_are_short_or_long(all in prop::collection::vec(any_window(), 0..600)) {
            let (mut windows, mut known) = (Windows::default(), HashSet::new());
            for window in all {
                prop_assert_eq!(windows.insert(window), known.insert(window), "{:?}", window);
            }
        }
    }

    #[test]
    fn rule_69_a_window_is_who_what_which_and_when() {
        let mut windows = Windows::default();
        let (anna, ben) = (0, 1);
        let all = [
            window(anna, Beacon::Visit, 7),
            window(ben, Beacon::Visit, 7),
            window(anna, Beacon::Visit, 8),
            window(anna, Beacon::View(0), 7),
            window(anna, Beacon::View(3), 7),
            window(anna, Beacon::Play(3), 7),
        ];
        for window in all {
            assert!(windows.insert(window), "{window:?} is new");
        }
        for window in all {
            assert!(!windows.insert(window), "{window:?} was there");
        }
    }

    #[test]
    fn a_days_windows_take_eight_bytes_each() {
        let mut windows = Windows::default();
        for who in 0..500 {
            for medium in 0..100 {
                assert!(windows.insert(window(who, Beacon::View(medium), i64::from(who) * 5 + i64::from(medium % 7))));
            }
        }
        let each = windows.bytes() as f64 / 50_000.0;
        assert!(windows.long.is_empty() && (6.0..8.5).contains(&each), "{each} bytes for each of six");
    }
}
