//! Folding slices at the same time: a slice has one shard, and a shard one thread.

use loupe_schemas::Event;
use rustc_hash::{FxHashMap, FxHashSet};

use super::resident::Shard;
use crate::fold::events::EventRow;
use crate::fold::filter::UserAgentClass;
use crate::fold::rows::Rows;
use crate::fold::slice::Folded;
use crate::fold::slice_key::SliceKey;

/// Fewer records than this are not worth a thread.
pub(super) const SHARE_MIN: usize = 2_000;

/// An event on its way to its slice.
pub(super) struct Due {
    pub(super) key: SliceKey,
    pub(super) event: Box<Event>,
    pub(super) class: UserAgentClass,
    pub(super) content: u64,
    pub(super) payload: Vec<u8>,
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

/// What folding the events of one shard gave so far, in one flush.
#[derive(Default)]
pub(super) struct ShardFold {
    pub(super) rows: Rows,
    /// By topic and partition.
    pub(super) counts: FxHashMap<(&'static str, i32), Counts>,
    /// The slices whose rows are still to be taken.
    touched: FxHashSet<SliceKey>,
}

impl ShardFold {
    /// Adds to the metrics.
    pub(super) fn publish(&self) {
        let sum = |of: fn(&Counts) -> u64| self.counts.values().map(of).sum();
        metrics::counter!("loupe_projector_events_total").increment(sum(|counts| counts.events));
        metrics::counter!("loupe_projector_duplicates_total").increment(sum(|counts| counts.duplicates));
        metrics::counter!("loupe_projector_event_id_collisions_total").increment(sum(|counts| counts.collisions));
    }
}

/// Folds the events due in each shard, in their order, for flush `number`.
pub(super) fn fold(shards: &mut [Shard], folds: &mut [ShardFold], due: Vec<Vec<Due>>, number: u64) {
    let records = due.iter().map(Vec::len).sum();
    let work = shards.iter_mut().zip(folds).zip(due).filter(|(_, due)| !due.is_empty()).collect();
    together(work, records, |((shard, fold), due)| fold_one(shard, fold, due, number));
}

fn fold_one(shard: &mut Shard, done: &mut ShardFold, due: Vec<Due>, number: u64) {
    for Due { key, event, class, content, payload, place, offset } in due {
        let counts = done.counts.entry(place).or_default();
        match shard.touch(key, number).fold(&event, class, content, &mut done.rows) {
            Folded::New => {
                counts.events += 1;
                done.touched.insert(key);
                done.rows.events.extend(EventRow::new(&event, payload, offset));
            }
            Folded::Duplicate => counts.duplicates += 1,
            Folded::Collision => counts.collisions += 1,
        }
    }
}

/// Takes the rows of every slice that flush `number` touched.
pub(super) fn finish(shards: &mut [Shard], folds: &mut [ShardFold], number: u64) {
    let records = folds.iter().map(|fold| fold.rows.events.len()).sum();
    let work = shards.iter_mut().zip(folds).filter(|(_, fold)| !fold.touched.is_empty()).collect();
    together(work, records, |(shard, fold)| finish_one(shard, fold, number));
}

fn finish_one(shard: &mut Shard, done: &mut ShardFold, number: u64) {
    let mut touched: Vec<SliceKey> = done.touched.drain().collect();
    touched.sort_unstable();
    done.rows.deliveries.reserve(shard.last_deliveries);
    for key in touched {
        shard.touch(key, number).take_rows(0, &mut done.rows);
    }
    shard.last_deliveries = done.rows.deliveries.len();
}

/// Works on every part, each on a thread of its own but the last, which is done on this one; all on this one when they
/// are of few records.
pub(super) fn together<P: Send, R: Send>(mut parts: Vec<P>, records: usize, work: impl Fn(P) -> R + Sync) -> Vec<R> {
    if records < SHARE_MIN {
        return parts.into_iter().map(work).collect();
    }
    let Some(last) = parts.pop() else { return Vec::new() };
    std::thread::scope(|scope| {
        let work = &work;
        let others: Vec<_> = parts.into_iter().map(|part| scope.spawn(move || work(part))).collect();
        let own = work(last);
        let others =
            others.into_iter().map(|other| other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        let mut done: Vec<R> = others.collect();
        done.push(own);
        done
    })
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
