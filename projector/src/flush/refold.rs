//! Slices from their stored events: what they say, and every row that follows.

use std::collections::BTreeMap;

use xxhash_rust::xxh3::xxh3_64;

use super::reading::StoredEvent;
use crate::fold::edge_sequences::Arrivals;
use crate::fold::erasures::Erasures;
use crate::fold::events::EventRow;
use crate::fold::rows::Rows;
use crate::fold::slice::Slice;
use crate::fold::slice_key::SliceKey;
use crate::log::Decoder;

/// A stored event that this version cannot read: a newer one wrote it. To go on without it would forget it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a stored event cannot be read: {0}; is this version older than the one that stored it?")]
pub struct UnreadableState(String);

/// Which stored events are folded, and which of them are written again.
#[derive(Clone, Copy)]
pub(crate) enum Meant<'a> {
    /// All are folded where they are stored; those that name a person who is erased by now are written.
    Here,
    /// Those for which it holds, by slice and offset, are folded, and written as if they had just been read.
    Anew(&'a (dyn Fn(&SliceKey, i64) -> bool + Sync)),
}

/// The states of slices, from their stored events in any order, and all rows that follow from them.
///
/// # Errors
/// An event that cannot be read.
pub(crate) fn refold(
    decoder: &mut Decoder,
    erasures: &Erasures,
    slices: &[SliceKey],
    stored: &[StoredEvent],
    meant: Meant<'_>,
) -> Result<(Vec<Slice>, Rows), UnreadableState> {
    let mut states: BTreeMap<SliceKey, Slice> = slices.iter().map(|key| (*key, Slice::new(*key))).collect();
    let (mut rows, mut arrivals) = (Rows::default(), Arrivals::default());
    for StoredEvent { payload, log_offset } in stored {
        let event = decoder.decode_stored(payload).map_err(|error| UnreadableState(error.to_string()))?;
        let Some((key, slice)) = SliceKey::of(&event).and_then(|key| Some((key, states.get_mut(&key)?))) else {
            continue;
        };
        if let Meant::Anew(is_meant) = meant {
            if !is_meant(&key, *log_offset) {
                continue;
            }
            event.head.edge.iter().for_each(|edge| arrivals.add(edge, event.head.occurred_at));
        }
        let class = decoder.class_of(&event);
        match erasures.replacement(&event) {
            Some((event, payload)) => {
                slice.fold(&event, class, xxh3_64(&payload), &mut rows);
                rows.events.extend(EventRow::replaced(&event, payload, *log_offset));
            }
            None => {
                slice.fold(&event, class, xxh3_64(payload), &mut rows);
                if matches!(meant, Meant::Anew(_)) {
                    rows.events.extend(EventRow::new(&event, payload.clone(), *log_offset));
                }
            }
        }
    }
    rows.edge_sequences = arrivals.into_rows();
    let mut states: Vec<Slice> = states.into_values().collect();
    states.iter_mut().for_each(|slice| slice.take_rows(&mut rows));
    Ok((states, rows))
}
