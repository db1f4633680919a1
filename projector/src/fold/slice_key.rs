//! What names a slice, and which slice an event belongs to.

use loupe_schemas::Event;
use loupe_schemas::ids::{AccountId, CollectionId};
use loupe_schemas::time::Day;

/// Names a slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SliceKey {
    /// The tenant.
    pub account_id: AccountId,
    /// The collection.
    pub collection_id: CollectionId,
    /// The UTC day.
    pub day: Day,
}

impl SliceKey {
    /// The slice an event belongs to; `None` for an event without a collection.
    #[must_use]
    pub fn of(event: &Event) -> Option<Self> {
        let collection_id = event.head.collection_id?;
        Some(Self { account_id: event.head.account_id, collection_id, day: event.slice_day() })
    }
}
