//! The items of a download at rest: each by how it differs from the one before it.
//!
//! The media of an archive are mostly neighbours, and each begins in it where the last one ended or a header later, so that
//! of five numbers only the bytes say something new.

use loupe_schemas::event::{Item, MediaKind};
use loupe_schemas::ids::MediaId;
use serde::{Deserialize, Serialize};

use super::packed::{difference, symbol};

const HAS_OFFSET: u8 = 1;
const HAS_LENGTH: u8 = 2;
/// What `form` holds of the kind is above these.
const KIND_SHIFT: u32 = 2;

/// An [`Item`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PackedItem {
    /// The place of the kind among all kinds, and whether offset and length are given.
    form: u8,
    /// From the medium before.
    medium: i64,
    bytes: u64,
    /// From where the last item with an offset ended.
    offset: i64,
    /// From the bytes.
    length: i64,
}

/// An item, and the bytes of those after it which differ from the one before in the same way, each of the next medium.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Run {
    first: PackedItem,
    next: Vec<u64>,
}

impl PackedItem {
    /// The next medium, with so many bytes, told from this one as this one was from the one before.
    const fn next(self, bytes: u64) -> Self {
        Self { medium: 1, bytes, ..self }
    }
}

impl Run {
    /// How many items it is.
    pub(super) fn len(&self) -> usize {
        1 + self.next.len()
    }

    fn items(self) -> impl Iterator<Item = PackedItem> {
        let Self { first, next } = self;
        std::iter::once(first).chain(next.into_iter().map(move |bytes| first.next(bytes)))
    }
}

/// What an item is told from.
#[derive(Default)]
struct Before {
    medium: u64,
    end: u64,
}

impl Before {
    fn pack(&mut self, item: &Item) -> PackedItem {
        let has = |number: Option<u64>, flag| if number.is_some() { flag } else { 0 };
        let form =
            (item.kind as u8) << KIND_SHIFT | has(item.zip_offset, HAS_OFFSET) | has(item.zip_length, HAS_LENGTH);
        let packed = PackedItem {
            form,
            medium: difference(item.media_id.0, self.medium),
            bytes: item.bytes,
            offset: item.zip_offset.map_or(0, |offset| difference(offset, self.end)),
            length: item.zip_length.map_or(0, |length| difference(length, item.bytes)),
        };
        self.pass(item);
        packed
    }

    fn unpack(&mut self, packed: PackedItem) -> Item {
        let PackedItem { form, medium, bytes, offset, length } = packed;
        let item = Item {
            media_id: MediaId(self.medium.wrapping_add_signed(medium)),
            kind: symbol(MediaKind::ALL, form >> KIND_SHIFT),
            bytes,
            zip_offset: (form & HAS_OFFSET != 0).then(|| self.end.wrapping_add_signed(offset)),
            zip_length: (form & HAS_LENGTH != 0).then(|| bytes.wrapping_add_signed(length)),
        };
        self.pass(&item);
        item
    }

    fn pass(&mut self, item: &Item) {
        self.medium = item.media_id.0;
        if let Some(offset) = item.zip_offset {
            self.end = offset.wrapping_add(item.zip_length.unwrap_or(item.bytes));
        }
    }
}

/// The items in their order, packed.
pub(super) fn pack(items: &[Item]) -> Vec<Run> {
    let (mut before, mut runs) = (Before::default(), Vec::<Run>::new());
    for item in items {
        let item = before.pack(item);
        match runs.last_mut() {
            Some(run) if run.first.next(item.bytes) == item => run.next.push(item.bytes),
            _ => runs.push(Run { first: item, next: Vec::new() }),
        }
    }
    runs
}

/// What was packed.
pub(super) fn unpack(runs: Vec<Run>) -> Vec<Item> {
    let mut before = Before::default();
    runs.into_iter().flat_map(Run::items).map(|item| before.unpack(item)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Of few numbers, so that some items follow from the one before and others do not.
    fn any_item() -> impl Strategy<Value = Item> {
        let kind = prop::sample::select(MediaKind::ALL);
        let number = || prop_oneof![6 => 0..3_u64, 1 => any::<u64>(), 1 => Just(u64::MAX)];
        (number(), kind, number(), prop::option::of(number()), prop::option::of(number())).prop_map(
            |(medium, kind, bytes, zip_offset, zip_length)| Item {
                media_id: MediaId(medium),
                kind,
                bytes,
                zip_offset,
                zip_length,
            },
        )
    }

    proptest! {
        #[test]
        fn what_is_packed_is_what_comes_out(items in prop::collection::vec(any_item(), 0..20)) {
            prop_assert_eq!(unpack(pack(&items)), items);
        }
    }

    /// What each of a thousand items of an archive takes, of media so many apart, where each begins.
    fn each(step: u64, mut zip_offset: impl FnMut(u64, u64) -> u64) -> f64 {
        let item = |number: u64| {
            let bytes = 9_000_000 + 1_000 * (number % 7);
            Item {
                media_id: MediaId(731_100_245 + step * number),
                kind: MediaKind::Photo,
                bytes,
                zip_offset: Some(zip_offset(number, bytes)),
                zip_length: None,
            }
        };
        let items: Vec<Item> = (0..1_000).map(item).collect();
        postcard::to_stdvec(&pack(&items)).expect("packs").len() as f64 / 1_000.0
    }

    #[test]
    fn an_item_of_an_archive_takes_a_fifth_of_its_memory() {
        let each = each(3, |number, _| 9_004_100 * number);
        assert!(each * 5.0 < size_of::<Item>() as f64, "{each} of {}", size_of::<Item>());
    }

    #[test]
    fn an_item_next_to_its_neighbour_takes_little_more_than_its_bytes() {
        let mut end = 0;
        let each = each(1, |_, bytes| {
            let start = end + 62;
            end = start + bytes;
            start
        });
        assert!(each < 4.1, "{each} of {}", size_of::<Item>());
    }
}
