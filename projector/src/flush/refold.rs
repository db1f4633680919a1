//! Slices from their stored events: what they say, and every row that follows.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
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

/// Slices on their way from their stored events, which come in parts and in any order.
#[derive(Debug)]
pub struct Refold {
    erasures: Arc<Erasures>,
    /// Each with the rows that it does not hold itself.
    slices: BTreeMap<SliceKey, (Slice, Rows)>,
    arrivals: Arrivals,
}

impl Refold {
    /// Slices of which no event has come.
    pub(crate) fn new(erasures: Arc<Erasures>, slices: &[SliceKey]) -> Self {
        let slices = slices.iter().map(|key| (*key, (Slice::new(*key), Rows::default()))).collect();
        Self { erasures, slices, arrivals: Arrivals::default() }
    }

    /// Folds some of their stored events; those of other slices are passed over.
    ///
    /// # Errors
    /// An event that cannot be read; what was folded is of no use then.
    pub(crate) fn fold(
        &mut self,
        decoder: &mut Decoder,
        stored: &[StoredEvent],
        meant: Meant<'_>,
    ) -> Result<(), UnreadableState> {
        for StoredEvent { payload, log_offset } in stored {
            let event = decoder.decode_stored(payload).map_err(|error| UnreadableState(error.to_string()))?;
            let found = SliceKey::of(&event).and_then(|key| Some((key, self.slices.get_mut(&key)?)));
            let Some((key, (slice, rows))) = found else { continue };
            if let Meant::Anew(is_meant) = meant {
                if !is_meant(&key, *log_offset) {
                    continue;
                }
                event.head.edge.iter().for_each(|edge| self.arrivals.add(edge, event.head.occurred_at));
            }
            let class = decoder.class_of(&event);
            match self.erasures.replacement(&event, decoder.lists()) {
                Some((event, payload)) => {
                    slice.fold(&event, class, xxh3_64(&payload), rows);
                    rows.events.extend(EventRow::replaced(&event, payload.into(), *log_offset));
                }
                None => {
                    slice.fold(&event, class, xxh3_64(payload), rows);
                    if matches!(meant, Meant::Anew(_)) {
                        rows.events.extend(EventRow::new(&event, Bytes::copy_from_slice(payload), *log_offset));
                    }
                }
            }
        }
        Ok(())
    }

    /// All rows that follow from what was folded.
    pub(crate) fn into_rows(self) -> Rows {
        let mut all = Rows { edge_sequences: self.arrivals.into_rows(), ..Rows::default() };
        for (mut slice, rows) in self.slices.into_values() {
            all.append(rows);
            slice.take_rows(&mut all);
        }
        all
    }

    /// The states, and the rows of those with events of erased clients. The others' are in the tables.
    pub(crate) fn into_states(self) -> (Vec<Slice>, Rows) {
        let mut of_erased = Rows::default();
        let state = |(mut slice, rows): (Slice, Rows)| {
            if slice.generation() > 0 {
                of_erased.append(rows);
                slice.take_rows(&mut of_erased);
            } else {
                slice.take_rows_by(&mut Rows::default(), Rows::clear);
            }
            slice
        };
        (self.slices.into_values().map(state).collect(), of_erased)
    }
}
