//! The tables that a set of events must leave, worked out at once: what an audit and every test compare with.

use std::collections::BTreeMap;

use bytes::Bytes;
use loupe_schemas::{Event, Fact};
use xxhash_rust::xxh3::xxh3_64;

use super::catalogue;
use super::edge_sequences::EdgeSequenceRow;
use super::erasures::{ErasureRow, Erasures};
use super::events::{EventRow, NO_OFFSET};
use super::filter::{ActorClass, Lists};
use super::lattice::Tables;
use super::rows::Rows;
use super::slice::{Folded, Slice};
use super::slice_key::SliceKey;

/// Folds events, each with its payload, in whatever order they come, repeated or not, by the
/// current definition.
#[must_use]
pub fn recompute<'a>(events: impl IntoIterator<Item = (&'a Event, &'a [u8])>) -> Tables {
    recompute_by(&Lists::default(), events)
}

/// The same by the lists of another definition.
#[must_use]
pub fn recompute_by<'a>(lists: &Lists, events: impl IntoIterator<Item = (&'a Event, &'a [u8])>) -> Tables {
    let mut tables = Tables::default();
    let mut slices: BTreeMap<SliceKey, Slice> = BTreeMap::new();
    for (event, payload) in events {
        let mut rows = Rows::default();
        if let Some(edge) = &event.head.edge {
            rows.edge_sequences.push(EdgeSequenceRow::new(edge, event.head.occurred_at));
        }
        if !catalogue::fold(event, &mut rows)
            && let Some(key) = SliceKey::of(event)
        {
            let class = event.head.actor.as_ref().map_or(ActorClass::NOBODY, |actor| lists.class_of(actor));
            let slice = slices.entry(key).or_insert_with(|| Slice::new(key));
            if slice.fold(event, class, xxh3_64(payload), &mut rows) == Folded::New {
                rows.events.extend(EventRow::new(event, Bytes::copy_from_slice(payload), NO_OFFSET));
            }
        }
        tables.write(&rows);
    }
    let mut rows = Rows::default();
    slices.values_mut().for_each(|slice| slice.take_rows(&mut rows));
    tables.write(&rows);
    tables
}

/// The same events, each with its payload, without whom one of them erases: what the tables hold once that is done.
#[must_use]
pub fn without_erased(mut events: Vec<(Event, Vec<u8>)>) -> Vec<(Event, Vec<u8>)> {
    let mut erasures = Erasures::default();
    for (event, _) in &events {
        if let Fact::ClientErased(client_id) = &event.fact {
            erasures.insert(&ErasureRow::new(&event.head, client_id));
        }
    }
    for (event, payload) in &mut events {
        if let Some(replacement) = erasures.replacement(event, &Lists::default()) {
            (*event, *payload) = replacement;
        }
    }
    events
}
