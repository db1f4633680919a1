//! Inputs that are almost right: what strangers send is a good input gone wrong more often than noise.

/// Words and numbers that decoders stumble over.
const EVIL: [&[u8]; 24] = [
    b"\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
    b"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01",
    b"\xfe\xff\xff\xff\x0f",
    b"\x00",
    b"\x01",
    b"\xc3\x01",
    b"\xed\xa0\x80",
    b"-1",
    b"18446744073709551616",
    b"-9223372036854775808",
    b"1e999",
    b"null",
    b"true",
    b"{}",
    b"[]",
    b"[[[[[[[[[[[[[[[[",
    b"\"\\ud800\"",
    b"\\u0000",
    b"0000-00-00T00:00:00Z",
    b"9999-12-31T23:59:60.999999999+24:00",
    b"%00",
    b"%ff%fe",
    b"&cursor=",
    b",,,,",
];

/// A source of chance that repeats.
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    /// The chance of an input's number.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
    }

    /// A number below `options`.
    pub fn below(&mut self, options: usize) -> usize {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) as usize % options.max(1)
    }

    /// One of some.
    pub fn of<'a, T>(&mut self, options: &'a [T]) -> &'a T {
        &options[self.below(options.len())]
    }
}

/// Spoils an input in a few places; now and then in none.
pub(super) fn spoil(input: &mut Vec<u8>, other: &[u8], chance: &mut Chance) {
    for _ in 0..chance.below(5) {
        let at = chance.below(input.len() + 1);
        let end = at + chance.below(input.len() - at + 1).min(1 + chance.below(24));
        match chance.below(8) {
            0 if at < input.len() => input[at] ^= 1 << chance.below(8),
            1 if at < input.len() => input[at] = u8::try_from(chance.below(256)).unwrap_or(0),
            2 => drop(input.drain(at..end)),
            3 => {
                let copy = input[at..end].to_vec();
                drop(input.splice(at..at, copy));
            }
            4 => input.truncate(at),
            5 => {
                let from = chance.below(other.len() + 1);
                let to = from + chance.below(other.len() - from + 1);
                drop(input.splice(at..end, other[from..to].iter().copied()));
            }
            6 => drop(input.splice(at..end, chance.of(&EVIL).iter().copied())),
            _ => drop(input.splice(at..at, chance.of(&EVIL).iter().copied())),
        }
    }
}
