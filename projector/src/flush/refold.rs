//! Slices from their stored events: what they say, and every row that follows.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use loupe_schemas::Event;
use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

use super::decoding::Decoding;
use super::reading::StoredEvent;
use super::shard::together;
use crate::fold::edge_sequences::Arrivals;
use crate::fold::erasures::Erasures;
use crate::fold::events::EventRow;
use crate::fold::filter::ActorClass;
use crate::fold::rows::Rows;
use crate::fold::slice::Slice;
use crate::fold::slice_key::SliceKey;
use crate::log::Decoder;

/// A stored event that this version cannot read: a newer one wrote it. To go on without it would forget it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a stored event cannot be read: {0}; is this version older than the one that stored it?")]
pub struct UnreadableState(String);

/// So many events are decoded before they are folded.
const AT_A_TIME: usize = 20_000;

/// Which stored events are folded, and which of them are written again.
#[derive(Clone, Copy)]
pub(crate) enum Meant<'a> {
    /// All are folded where they are stored; those that name a person who is erased by now are written.
    Here,
    /// Those for which it holds, by slice and offset, are folded, and written as if they had just been read.
    Anew(&'a (dyn Fn(&SliceKey, i64) -> bool + Sync)),
}

/// What a stored event says, and its row when that is written again.
struct Told {
    event: Box<Event>,
    class: ActorClass,
    content: u64,
    row: Option<EventRow>,
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

    /// Folds some of their stored events; those of other slices are passed over. Slices are folded at the same time.
    ///
    /// # Errors
    /// An event that cannot be read; what was folded is of no use then.
    pub(crate) fn fold(
        &mut self,
        decoding: &mut Decoding,
        stored: &[StoredEvent],
        meant: Meant<'_>,
    ) -> Result<(), UnreadableState> {
        // Decoded they take many times the memory of what is stored, and however many come, live flushes share the threads.
        stored.chunks(AT_A_TIME).try_for_each(|some| self.fold_some(decoding, some, meant))
    }

    fn fold_some(
        &mut self,
        decoding: &mut Decoding,
        stored: &[StoredEvent],
        meant: Meant<'_>,
    ) -> Result<(), UnreadableState> {
        let told: Vec<_> = decoding.each(stored, |decoder, stored| self.told(decoder, stored, meant)).collect();
        let mut due: FxHashMap<SliceKey, Vec<Told>> = FxHashMap::default();
        for told in told {
            let Some((key, told)) = told? else { continue };
            if let (Meant::Anew(_), Some(edge)) = (meant, &told.event.head.edge) {
                self.arrivals.add(edge, told.event.head.occurred_at);
            }
            due.entry(key).or_default().push(told);
        }
        let work = self.slices.iter_mut().filter_map(|(key, slice)| Some((slice, due.remove(key)?))).collect();
        together(work, stored.len(), |((slice, rows), due): (&mut (Slice, Rows), Vec<Told>)| {
            for Told { event, class, content, row } in due {
                slice.fold(&event, class, content, rows);
                rows.events.extend(row);
            }
        });
        Ok(())
    }

    /// What a stored event says, when it is meant and of one of the slices.
    fn told(
        &self,
        decoder: &mut Decoder,
        StoredEvent { payload, log_offset }: &StoredEvent,
        meant: Meant<'_>,
    ) -> Result<Option<(SliceKey, Told)>, UnreadableState> {
        let event = decoder.decode_stored(payload).map_err(|error| UnreadableState(error.to_string()))?;
        let Some(key) = SliceKey::of(&event).filter(|key| self.slices.contains_key(key)) else { return Ok(None) };
        if let Meant::Anew(is_meant) = meant
            && !is_meant(&key, *log_offset)
        {
            return Ok(None);
        }
        let class = decoder.class_of(&event);
        let told = match self.erasures.replacement(&event, decoder.lists()) {
            Some((event, payload)) => {
                let content = xxh3_64(&payload);
                let row = EventRow::replaced(&event, payload.into(), *log_offset);
                Told { event: Box::new(event), class, content, row }
            }
            None => {
                let is_written = matches!(meant, Meant::Anew(_));
                let row = is_written.then(|| EventRow::new(&event, Bytes::copy_from_slice(payload), *log_offset));
                Told { event, class, content: xxh3_64(payload), row: row.flatten() }
            }
        };
        Ok(Some((key, told)))
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

#[cfg(test)]
mod tests {
    use loupe_schemas::avro::codec::{Encoder, Framing};
    use loupe_schemas::examples::{self, Variation};
    use loupe_schemas::ids::ClientId;

    use super::*;
    use crate::fold::erasures::{ErasureRow, client_hash};

    /// Events of some slices, enough for several threads.
    fn stored() -> (Vec<SliceKey>, Vec<StoredEvent>) {
        let encoder = Encoder::new(Framing::SingleObject);
        let all = examples::events();
        let (mut keys, mut stored) = (Vec::new(), Vec::new());
        for (number, example) in (0..9_000_u32).zip(all.iter().cycle()) {
            let [moment, collection, _, _] = (number / 7).to_le_bytes();
            let (collection, actor) = ((number % 5) as u8 ^ collection & 1, (number % 3) as u8);
            let event = examples::vary(example, Variation { number, moment, collection, download: moment, actor });
            let Some(key) = SliceKey::of(&event).filter(|_| !event.fact.event_type().is_catalogue()) else { continue };
            let mut payload = Vec::new();
            encoder.encode(&event, &mut payload).expect("a record");
            keys.push(key);
            stored.push(StoredEvent { payload, log_offset: number.into() });
        }
        keys.sort_unstable();
        keys.dedup();
        (keys, stored)
    }

    #[test]
    fn what_slices_say_does_not_depend_on_parts_and_threads() {
        let (keys, stored) = stored();
        let mut erasures = Erasures::default();
        for key in &keys {
            let client_hash = client_hash(&ClientId::new("cl_0").expect("an id"));
            erasures.insert(&ErasureRow { account_id: key.account_id.0, client_hash, erased: (1, 1) });
        }
        let erasures = Arc::new(erasures);
        let is_even = |_: &SliceKey, offset: i64| offset % 2 == 0;
        for meant in [Meant::Here, Meant::Anew(&is_even)] {
            let folded = |part: usize, threads: usize| {
                let mut decoding = Decoding::new(Decoder::default(), threads);
                let mut refold = Refold::new(Arc::clone(&erasures), &keys);
                for part in stored.chunks(part) {
                    refold.fold(&mut decoding, part, meant).expect("events of this version");
                }
                refold.into_rows()
            };
            let (little, much) = (folded(500, 1), folded(usize::MAX, 3));
            assert!(keys.len() > 3 && little.events.len() > 1_000 && little.deliveries.len() > 100);
            assert_eq!(little, much);
        }
    }
}
