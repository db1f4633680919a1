//! The windows of beacons that counted in a slice: who, what kind, which medium, which half-minute (rule 69).

use loupe_schemas::ids::MediaId;
use xxhash_rust::xxh3::xxh3_128;

use super::identity::Identity;
use super::names::Names;

/// What a beacon is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Beacon {
    /// Somebody came.
    Visit,
    /// A photo was looked at.
    View(MediaId),
    /// A video was played.
    Play(MediaId),
}

/// Distinct windows, by their names. Two thirds of all events are views.
#[derive(Debug, Clone, Default)]
pub struct Windows(Set);

type Set = Names<0>;

impl Windows {
    /// Takes a beacon at a half-minute; whether it is the first of its window.
    pub fn insert(&mut self, identity: Identity, beacon: Beacon, half_minute: i64) -> bool {
        self.0.insert(Set::entry(hash(identity, beacon, half_minute), 0)).is_none()
    }

    /// How much memory they take, in bytes.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.0.bytes()
    }
}

fn hash(identity: Identity, beacon: Beacon, half_minute: i64) -> u128 {
    let (kind, medium) = match beacon {
        Beacon::Visit => (0u8, 0),
        Beacon::View(media_id) => (1, media_id.0),
        Beacon::Play(media_id) => (2, media_id.0),
    };
    let mut bytes = [0; 33];
    bytes[..16].copy_from_slice(&identity.0.to_le_bytes());
    bytes[16..24].copy_from_slice(&medium.to_le_bytes());
    bytes[24..32].copy_from_slice(&half_minute.to_le_bytes());
    bytes[32] = kind;
    xxh3_128(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_69_a_window_is_who_what_which_and_when() {
        let mut windows = Windows::default();
        let (anna, ben) = (Identity(1), Identity(2));
        let all = [
            (anna, Beacon::Visit, 7),
            (ben, Beacon::Visit, 7),
            (anna, Beacon::Visit, 8),
            (anna, Beacon::View(MediaId(0)), 7),
            (anna, Beacon::View(MediaId(3)), 7),
            (anna, Beacon::Play(MediaId(3)), 7),
        ];
        for (identity, beacon, at) in all {
            assert!(windows.insert(identity, beacon, at), "{beacon:?} at {at} is new");
        }
        for (identity, beacon, at) in all {
            assert!(!windows.insert(identity, beacon, at), "{beacon:?} at {at} was there");
        }
    }
}
