//! Folding slices at the same time: a slice has one shard, and a shard one thread.

use bytes::Bytes;
use loupe_schemas::Event;
use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
use rustc_hash::{FxHashMap, FxHashSet};

use super::resident::Shard;
use crate::fold::events::EventRow;
use crate::fold::filter::ActorClass;
use crate::fold::rows::{Rows, Sink};
use crate::fold::slice::{Folded, Slice};
use crate::fold::slice_key::SliceKey;
use crate::log::Partition;

/// Fewer records than this are not worth a thread.
pub(super) const SHARE_MIN: usize = 2_000;

/// An event on its way to its slice.
pub(super) struct Due {
    pub(super) event: Box<Event>,
    pub(super) class: ActorClass,
    pub(super) content: u64,
    pub(super) payload: Bytes,
    /// Of its row in `events`.
    pub(super) version: u64,
    /// The topic and partition it came from.
    pub(super) place: Partition,
    pub(super) offset: i64,
}

/// The events that are due in the slices of one shard, in their order within each slice. What a slice consists of is in the
/// processor's cache for all of its events then.
#[derive(Default)]
pub(super) struct Dues {
    of: Vec<(SliceKey, Vec<Due>)>,
    /// The place of each slice among them.
    places: FxHashMap<SliceKey, usize>,
}

impl Dues {
    /// One more.
    pub(super) fn push(&mut self, key: SliceKey, due: Due) {
        let place = *self.places.entry(key).or_insert_with(|| {
            self.of.push((key, Vec::new()));
            self.of.len() - 1
        });
        self.of[place].1.push(due);
    }

    fn len(&self) -> usize {
        self.of.iter().map(|(_, due)| due.len()).sum()
    }
}

/// What became of a partition's events.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    pub(super) events: u64,
    pub(super) duplicates: u64,
    pub(super) collisions: u64,
}

/// So many rows are handed on at a time: few enough to be still in the processor's cache.
const ROWS_AT_A_TIME: usize = 1_000;

/// What folding the events of one shard gave so far, in one flush.
pub(super) struct ShardFold<S> {
    /// Rows on their way to the sink.
    rows: Rows,
    pub(super) sink: S,
    /// By partition.
    pub(super) counts: Vec<(Partition, Counts)>,
    /// Which of them was last looked for: nearly all events of a slice come from one partition.
    last: usize,
    /// The slices with events that were new, whose rows are still to be taken.
    touched: FxHashSet<SliceKey>,
    /// About how many rows those have.
    pub(super) due_rows: usize,
}

impl<S: Sink> ShardFold<S> {
    /// Nothing yet, and where its rows are to go.
    pub(super) fn new(sink: S) -> Self {
        let (counts, touched) = (Vec::new(), FxHashSet::default());
        Self { rows: Rows::default(), sink, counts, last: 0, touched, due_rows: 0 }
    }

    fn counts(&mut self, of: Partition) -> &mut Counts {
        if self.counts.get(self.last).is_none_or(|(place, _)| *place != of) {
            self.last = self.counts.iter().position(|(place, _)| *place == of).unwrap_or(self.counts.len());
            if self.last == self.counts.len() {
                self.counts.push((of, Counts::default()));
            }
        }
        &mut self.counts[self.last].1
    }

    fn fold(&mut self, slice: &mut Slice, due: Due) {
        let Due { event, class, content, payload, version, place, offset } = due;
        let folded = slice.fold(&event, class, content, &mut self.rows);
        let counts = self.counts(place);
        match folded {
            Folded::New => {
                counts.events += 1;
                let row = EventRow::new(&event, payload, offset);
                self.rows.events.extend(row.map(|row| EventRow { version, ..row }));
            }
            Folded::Duplicate => counts.duplicates += 1,
            Folded::Collision => counts.collisions += 1,
        }
        if self.rows.events.len() >= ROWS_AT_A_TIME {
            self.sink.take(&mut self.rows);
        }
    }

    /// Adds to the metrics.
    pub(super) fn publish(&self) {
        let sum = |of: fn(&Counts) -> u64| self.counts.iter().map(|(_, counts)| of(counts)).sum();
        metrics::counter!("loupe_projector_events_total").increment(sum(|counts| counts.events));
        metrics::counter!("loupe_projector_duplicates_total").increment(sum(|counts| counts.duplicates));
        metrics::counter!("loupe_projector_event_id_collisions_total").increment(sum(|counts| counts.collisions));
    }
}

/// Folds the events due in each shard, in their order within each slice, for flush `number`.
pub(super) fn fold<S: Sink>(shards: &mut [Shard], folds: &mut [ShardFold<S>], due: Vec<Dues>, number: u64) {
    let records = due.iter().map(Dues::len).sum();
    let work = shards.iter_mut().zip(folds).zip(due).filter(|(_, due)| due.len() > 0).collect();
    together(work, records, |((shard, fold), due)| fold_one(shard, fold, due, number));
}

fn fold_one<S: Sink>(shard: &mut Shard, done: &mut ShardFold<S>, dues: Dues, number: u64) {
    for (key, due) in dues.of {
        let slice = shard.touch(key, number);
        let (events, due_rows) = (slice.events(), slice.due_rows());
        for due in due {
            done.fold(slice, due);
        }
        done.due_rows += slice.due_rows() - due_rows;
        if slice.events() > events {
            done.touched.insert(key);
        }
    }
}

/// Takes the rows of every slice with events that were new to flush `number`.
pub(super) fn finish<S: Sink>(shards: &mut [Shard], folds: &mut [ShardFold<S>], number: u64) {
    let records = folds.iter().flat_map(|fold| &fold.counts).map(|(_, counts)| counts.events as usize).sum();
    let work = shards.iter_mut().zip(folds).filter(|(_, fold)| !fold.touched.is_empty()).collect();
    together(work, records, |(shard, fold)| finish_one(shard, fold, number));
}

fn finish_one<S: Sink>(shard: &mut Shard, done: &mut ShardFold<S>, number: u64) {
    let mut touched: Vec<SliceKey> = done.touched.drain().collect();
    touched.sort_unstable();
    let ShardFold { rows, sink, .. } = done;
    for key in touched {
        shard.touch(key, number).take_rows_by(rows, |rows| {
            if rows.len() >= ROWS_AT_A_TIME {
                sink.take(rows);
            }
        });
    }
    sink.take(rows);
}

/// Works on every part, each on a thread of its own; all on this one when they are of few records.
pub(super) fn together<P: Send, R: Send>(parts: Vec<P>, records: usize, work: impl Fn(P) -> R + Sync + Send) -> Vec<R> {
    if records < SHARE_MIN {
        return parts.into_iter().map(work).collect();
    }
    parts.into_par_iter().with_max_len(1).map(work).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_answered_in_their_order() {
        for (parts, records) in (0..5).flat_map(|parts| [(parts, 0), (parts, SHARE_MIN)]) {
            let doubled = together((0..parts).collect(), records, |part| part * 2);
            assert_eq!(doubled, (0..parts).map(|part| part * 2).collect::<Vec<_>>());
        }
    }
}
