//! How much memory states take, about: enough to keep within a budget without asking the allocator.

use loupe_schemas::Text;

/// What the standard hash tables leave empty at least: an eighth.
const LOAD: (usize, usize) = (8, 7);
/// What an allocation costs beside its contents, rounded up to the allocator's next size.
pub(super) const ALLOCATION: usize = 16;

/// A hash table with room for so many entries of a type: a byte for each beside it says whether it is taken.
#[must_use]
pub(super) const fn table<T>(capacity: usize) -> usize {
    capacity * LOAD.0 / LOAD.1 * (size_of::<T>() + 1)
}

/// What a text takes beside itself: nothing while it lies in its value.
#[must_use]
pub(super) fn text(text: &Text) -> usize {
    if text.is_heap_allocated() { text.len() + ALLOCATION } else { 0 }
}

/// So many places more has a full list of so many that grows by a quarter.
pub(super) const fn growth(places: usize) -> usize {
    1 + places / 4
}

/// Makes room for one more: for a quarter more at once. A vector of itself begins with room for four and doubles, while most
/// of ours have one entry, and there are millions.
pub(super) fn grow_a_little<T>(list: &mut Vec<T>) {
    if list.len() == list.capacity() {
        list.reserve_exact(growth(list.len()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_a_power_of_two_of_places() {
        assert_eq!(table::<u64>(7), 8 * 9);
        assert_eq!(table::<[u32; 5]>(14_680_064), 16_777_216 * 21);
        assert_eq!(table::<u64>(0), 0);
    }
}
