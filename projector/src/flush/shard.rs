//! Folding slices at the same time: a slice has one shard, and a shard one thread.

use bytes::Bytes;
use loupe_schemas::Event;
use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
use rustc_hash::{FxHashMap, FxHashSet};

use super::resident::Shard;
use crate::fold::events::EventRow;
use crate::fold::filter::ActorClass;
use crate::fold::rows::{Rows, Sink};
use crate::fold::slice::Folded;
use crate::fold::slice_key::SliceKey;

/// Fewer records than this are not worth a thread.
pub(super) const SHARE_MIN: usize = 2_000;

/// An event on its way to its slice.
pub(super) struct Due {
    pub(super) key: SliceKey,
    pub(super) event: Box<Event>,
    pub(super) class: ActorClass,
    pub(super) content: u64,
    pub(super) payload: Bytes,
    /// Of its row in `events`.
    pub(super) version: u64,
    /// The topic and partition it came from.
    pub(super) place: (&'static str, i32),
    pub(super) offset: i64,
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
    /// By topic and partition.
    pub(super) counts: FxHashMap<(&'static str, i32), Counts>,
    /// The slices whose rows are still to be taken.
    touched: FxHashSet<SliceKey>,
    /// About how many rows those have.
    pub(super) due_rows: usize,
}

impl<S: Sink> ShardFold<S> {
    /// Nothing yet, and where its rows are to go.
    pub(super) fn new(sink: S) -> Self {
        let (counts, touched) = (FxHashMap::default(), FxHashSet::default());
        Self { rows: Rows::default(), sink, counts, touched, due_rows: 0 }
    }

    /// Adds to the metrics.
    pub(super) fn publish(&self) {
        let sum = |of: fn(&Counts) -> u64| self.counts.values().map(of).sum();
        metrics::counter!("loupe_projector_events_total").increment(sum(|counts| counts.events));
        metrics::counter!("loupe_projector_duplicates_total").increment(sum(|counts| counts.duplicates));
        metrics::counter!("loupe_projector_event_id_collisions_total").increment(sum(|counts| counts.collisions));
    }
}

/// Folds the events due in each shard, in their order, for flush `number`.
pub(super) fn fold<S: Sink>(shards: &mut [Shard], folds: &mut [ShardFold<S>], due: Vec<Vec<Due>>, number: u64) {
    let records = due.iter().map(Vec::len).sum();
    let work = shards.iter_mut().zip(folds).zip(due).filter(|(_, due)| !due.is_empty()).collect();
    together(work, records, |((shard, fold), due)| fold_one(shard, fold, due, number));
}

fn fold_one<S: Sink>(shard: &mut Shard, done: &mut ShardFold<S>, due: Vec<Due>, number: u64) {
    for Due { key, event, class, content, payload, version, place, offset } in due {
        let counts = done.counts.entry(place).or_default();
        let slice = shard.touch(key, number);
        let before = slice.due_rows();
        let folded = slice.fold(&event, class, content, &mut done.rows);
        done.due_rows += slice.due_rows() - before;
        match folded {
            Folded::New => {
                counts.events += 1;
                done.touched.insert(key);
                let row = EventRow::new(&event, payload, offset);
                done.rows.events.extend(row.map(|row| EventRow { version, ..row }));
            }
            Folded::Duplicate => counts.duplicates += 1,
            Folded::Collision => counts.collisions += 1,
        }
        if done.rows.events.len() >= ROWS_AT_A_TIME {
            done.sink.take(&mut done.rows);
        }
    }
}

/// Takes the rows of every slice that flush `number` touched.
pub(super) fn finish<S: Sink>(shards: &mut [Shard], folds: &mut [ShardFold<S>], number: u64) {
    let records = folds.iter().flat_map(|fold| fold.counts.values()).map(|counts| counts.events as usize).sum();
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
