//! How far this process is, for those who watch it: what is written, and since when the rest waits.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use loupe_schemas::Micros;
use loupe_schemas::position::Position;
use loupe_schemas::topics::Topic;

use crate::flush::Written;
use crate::log::{DecodedRecord, Partition};

#[derive(Debug, Default)]
struct State {
    epoch: u64,
    reached: Position,
    /// For each partition the flushes that are under way, and when Kafka took the first record of each.
    waiting: BTreeMap<Partition, VecDeque<(u64, Micros)>>,
}

/// Shared by the two halves, which report, and the watch, which asks.
#[derive(Debug, Default)]
pub(crate) struct Progress(Mutex<State>);

impl Progress {
    fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Records were read in an epoch that become part of flush `number`, unless that is full before.
    pub(crate) fn read(&self, epoch: u64, records: &[DecodedRecord], number: u64) {
        self.with(|state| {
            if state.epoch != epoch {
                *state = State { epoch, ..State::default() };
            }
            for run in records.chunk_by(DecodedRecord::is_beside) {
                let first = &run[0].record;
                let flushes = state.waiting.entry(first.place()).or_default();
                if flushes.back().is_none_or(|(last, _)| *last != number) {
                    flushes.push_back((number, first.appended_at));
                }
            }
        });
    }

    /// A flush was written.
    pub(crate) fn written(&self, written: &Written) {
        self.with(|state| {
            for (topic, partition, next) in &written.next {
                state.reached.advance(topic, *partition, *next);
            }
            if written.epoch == state.epoch {
                for flushes in state.waiting.values_mut() {
                    while flushes.front().is_some_and(|(number, _)| *number <= written.number) {
                        flushes.pop_front();
                    }
                }
            }
        });
    }

    /// The next offset of each partition this process has written something of.
    pub(crate) fn reached(&self) -> Position {
        self.with(|state| state.reached.clone())
    }

    /// When Kafka took the first record of a partition that was read and is not written.
    pub(crate) fn waiting_since(&self, topic: &Topic, partition: i32) -> Option<Micros> {
        self.with(|state| {
            let place = state.waiting.iter().find(|((name, number), _)| *name == topic.name && *number == partition)?;
            place.1.front().map(|(_, at)| *at)
        })
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::flush::{DecodedBatch, Decoding};
    use crate::log::{Batch, Decoder, Record};
    use loupe_schemas::topics;

    fn batch(epoch: u64, offset: i64) -> DecodedBatch {
        let record = Record {
            topic: &topics::EVENTS,
            partition: 1,
            offset,
            appended_at: Micros(offset * 10),
            key: Bytes::new(),
            payload: None,
            headers: Vec::new(),
        };
        let batch = Batch { records: vec![record], is_backlog: false, epoch };
        Decoding::new(Decoder::default(), 1).batch(batch, 1)
    }

    #[test]
    fn what_waits_is_the_first_record_that_is_not_written() {
        let progress = Progress::default();
        let since = || progress.waiting_since(&topics::EVENTS, 1);
        let read = |epoch, offset, number| progress.read(epoch, &batch(epoch, offset).records, number);
        read(1, 5, 1);
        read(1, 6, 2);
        assert_eq!(since(), Some(Micros(50)));
        progress.written(&Written { number: 1, epoch: 1, next: vec![(&topics::EVENTS, 1, 6)] });
        assert_eq!(since(), Some(Micros(60)));
        assert_eq!(progress.reached().next_offset(&topics::EVENTS, 1), Some(6));
        read(2, 6, 3);
        progress.written(&Written { number: 2, epoch: 1, next: Vec::new() });
        assert_eq!(since(), Some(Micros(60)), "a flush of an earlier assignment says nothing of this one");
        progress.written(&Written { number: 3, epoch: 2, next: Vec::new() });
        assert_eq!(since(), None);
    }
}
