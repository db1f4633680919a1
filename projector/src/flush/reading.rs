//! The reading half of a flush, as a state machine without I/O: what it wants next, and what became of it.
//!
//! A want that could not be met stays: whoever drives the machine tries again, so nothing is skipped by mistake.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use loupe_schemas::ids::AccountId;
use loupe_schemas::position::Position;
use loupe_schemas::topics::Topic;

use super::Flush;
use super::breaker::{Breaker, Lift, Stop};
use super::decoding::{DecodedBatch, Decoding};
use super::folder::{Folder, Size};
use super::refold::{Refold, UnreadableState};
use crate::fold::erasures::Erasures;
use crate::fold::rows::{Rows, Sink};
use crate::fold::slice_key::SliceKey;
use crate::log::{Assignment, Batch, DecodedRecord, Partition, Record};

/// What the machine wants next.
#[derive(Debug, Clone, PartialEq)]
pub enum Want {
    /// Records, from all assigned partitions that are not paused.
    Batch,
    /// What is assigned in this epoch, and how far it was committed.
    Assignment {
        /// The epoch of the batch that is waiting.
        epoch: u64,
    },
    /// No more records of these partitions.
    Pause(Vec<Stop>),
    /// Records of these partitions again, from these offsets on.
    Resume(Vec<(&'static Topic, i32, i64)>),
    /// The stored events of these slices, from a store that has seen all of this position.
    Slices {
        /// The slices that are not resident.
        keys: Arc<Vec<SliceKey>>,
        /// What is known to be durable.
        at_least: Position,
    },
    /// To hand over a flush.
    HandOver,
}

/// An event as the store has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// Its payload.
    pub payload: Vec<u8>,
    /// The offset it was folded first at.
    pub log_offset: i64,
}

/// Why stored slices are of no use; they are wanted still.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnusableSlices {
    /// A replica that is behind. Folding on top of it would forget events.
    #[error("the tables lack {missing} records that were committed: a replica is behind, or tables were lost")]
    Stale {
        /// How many records it lacks.
        missing: i64,
    },
    /// An event this version cannot read.
    #[error(transparent)]
    Unreadable(#[from] UnreadableState),
}

#[derive(Debug)]
enum State<R> {
    Batch,
    Assignment(DecodedBatch),
    Pause { stops: Vec<Stop>, decoded: Vec<DecodedRecord> },
    Slices { keys: Arc<Vec<SliceKey>>, decoded: Vec<DecodedRecord> },
    HandOver(Box<Flush<R>>),
}

/// The reading half.
pub struct Reading<S: Sink = Rows> {
    folder: Folder<S>,
    breaker: Breaker,
    epoch: u64,
    event_partitions: i32,
    /// What is known to be durable: what was committed when this epoch began, and what was written since.
    durable: Position,
    /// The number of the last flush written.
    written: u64,
    /// The partitions of which something was read in this epoch.
    begun: BTreeSet<Partition>,
    resumes: Vec<(&'static Topic, i32, i64)>,
    /// What is left of a batch that has made a flush full, until that is handed over.
    rest: Vec<DecodedRecord>,
    state: State<S::Joined>,
}

impl<S: Sink> Reading<S> {
    /// A machine without state.
    #[must_use]
    pub fn new(folder: Folder<S>, breaker: Breaker) -> Self {
        Self {
            folder,
            breaker,
            epoch: 0,
            event_partitions: 0,
            durable: Position::default(),
            written: 0,
            begun: BTreeSet::new(),
            resumes: Vec::new(),
            rest: Vec::new(),
            state: State::Batch,
        }
    }

    /// What decodes batches as this does, for whoever does so while the batch before is folded.
    #[must_use]
    pub fn decoding(&self) -> Decoding {
        self.folder.decoding.clone()
    }

    /// How many partitions the events topic was found to have last; 0 when it was never looked up.
    #[must_use]
    pub const fn event_partitions(&self) -> i32 {
        self.event_partitions
    }

    /// What is wanted next.
    #[must_use]
    pub fn want(&self) -> Want {
        match &self.state {
            State::Batch if !self.resumes.is_empty() => Want::Resume(self.resumes.clone()),
            State::Batch => Want::Batch,
            State::Assignment(batch) => Want::Assignment { epoch: batch.epoch },
            State::Pause { stops, .. } => Want::Pause(stops.clone()),
            State::Slices { keys, .. } => Want::Slices { keys: Arc::clone(keys), at_least: self.durable.clone() },
            State::HandOver(_) => Want::HandOver,
        }
    }

    /// Records were read, and are to be decoded here.
    pub fn batch(&mut self, batch: Batch) {
        let decoded = self.folder.decoding.batch(batch, self.event_partitions);
        self.decoded(decoded);
    }

    /// Records were read and decoded. A batch of another epoch makes everything resident void: another projector may have
    /// folded on.
    pub fn decoded(&mut self, batch: DecodedBatch) {
        if batch.epoch == self.epoch {
            self.begin(batch);
        } else {
            self.state = State::Assignment(batch);
        }
    }

    /// The assignment was looked up.
    pub fn assignment(&mut self, assignment: &Assignment) {
        let State::Assignment(batch) = std::mem::replace(&mut self.state, State::Batch) else { return };
        self.epoch = batch.epoch;
        self.event_partitions = assignment.event_partitions;
        self.durable = assignment.committed.clone();
        self.folder.reset(assignment.start.clone());
        self.breaker.reset();
        self.begun.clear();
        self.resumes.clear();
        self.begin(batch);
    }

    fn begin(&mut self, mut batch: DecodedBatch) {
        if batch.event_partitions != self.event_partitions {
            batch = self.folder.decoding.again(batch, self.event_partitions);
        }
        let mut decoded = batch.records;
        self.begin_partitions(&mut decoded);
        // A stopped partition is read again from where it stopped: what was on its way meanwhile is dropped.
        decoded.retain(|DecodedRecord { record, .. }| !self.breaker.is_stopped(record.topic, record.partition));
        let stops = self.breaker.judge(&decoded);
        if stops.is_empty() {
            self.fold(decoded);
        } else {
            self.state = State::Pause { stops, decoded };
        }
    }

    /// Begins each partition where the assignment says. Reading may have begun later: a commit that another sent late goes
    /// back, and did so before the assignment was looked up. What lies between would be taken for folded, and the store
    /// for one that knows it; so it is read, once. Of what is left, the log has no more: offsets have gaps.
    fn begin_partitions(&mut self, decoded: &mut Vec<DecodedRecord>) {
        let mut ahead = BTreeSet::new();
        for run in decoded.chunk_by(DecodedRecord::is_beside) {
            let first = &run[0].record;
            if self.begun.insert(first.place())
                && let Some(expected) = self.folder.expected(first.topic, first.partition)
                && expected < first.offset
            {
                ahead.insert(first.place());
                self.resumes.push((first.topic, first.partition, expected));
            }
        }
        decoded.retain(|DecodedRecord { record, .. }| !ahead.contains(&record.place()));
    }

    /// How large the flush under way is, when no want has to be met before it can be closed.
    #[must_use]
    pub fn pending(&self) -> Option<Size> {
        if matches!(self.state, State::Batch) { self.folder.pending() } else { None }
    }

    /// Closes the flush under way, which then wants to be handed over.
    pub fn close(&mut self) {
        if self.pending().is_none() {
            return;
        }
        if let Some(flush) = self.folder.finish() {
            self.state = State::HandOver(Box::new(flush));
        }
        // Here and nowhere else: between finding what is missing and taking its rows nothing may go, nor what the rest of a batch
        // would want again at once.
        if self.rest.is_empty() {
            self.folder.evict(self.written);
        }
    }

    /// Folds records whose slices are resident into the flush under way; wants slices first when some are not.
    fn fold(&mut self, decoded: Vec<DecodedRecord>) {
        let keys = self.folder.missing(&decoded);
        if keys.is_empty() {
            self.fold_until_full(decoded);
        } else {
            self.state = State::Slices { keys: Arc::new(keys), decoded };
        }
    }

    /// Folds records whose slices are resident into the flush under way; once that is full it wants to be handed over, before
    /// the rest.
    fn fold_until_full(&mut self, mut decoded: Vec<DecodedRecord>) {
        self.rest = decoded.split_off(self.folder.until_full(&decoded));
        self.folder.fold(decoded, self.epoch);
        if !self.rest.is_empty() {
            self.close();
        }
    }

    /// What is folded after the flush that waits to be handed over, of the batch that made it full.
    #[must_use]
    pub fn rest(&self) -> &[DecodedRecord] {
        &self.rest
    }

    /// The partitions were paused: the rest of the batch goes on without them.
    pub fn paused(&mut self) {
        let State::Pause { stops, mut decoded } = std::mem::replace(&mut self.state, State::Batch) else { return };
        // Also without one that was lifted meanwhile: it is read again from where it stopped.
        let is_of = |stop: &Stop, record: &Record| (stop.topic.name, stop.partition) == record.place();
        decoded.retain(|DecodedRecord { record, .. }| !stops.iter().any(|stop| is_of(stop, record)));
        self.fold(decoded);
    }

    /// The partitions were resumed.
    pub fn resumed(&mut self) {
        self.resumes.clear();
    }

    /// What the stored events of the wanted slices are to be handed to, part by part: of large slices they take many times
    /// the memory of what they say. Begun anew when not all of them could be read.
    #[must_use]
    pub fn refold(&self) -> Refold {
        let keys: &[SliceKey] = if let State::Slices { keys, .. } = &self.state { keys } else { &[] };
        self.folder.refold(keys)
    }

    /// Some of the stored events of the wanted slices were read.
    ///
    /// # Errors
    /// One of them cannot be used, and all are wanted still.
    pub fn stored(&mut self, refold: &mut Refold, events: &[StoredEvent]) -> Result<(), UnusableSlices> {
        Ok(self.folder.stored(refold, events)?)
    }

    /// All stored events of the wanted slices were read, from a store that has seen all of `position`.
    ///
    /// # Errors
    /// They are of no use, and wanted still.
    pub fn slices(&mut self, refold: Refold, position: &Position) -> Result<(), UnusableSlices> {
        if !matches!(self.state, State::Slices { .. }) {
            return Ok(());
        }
        let missing = position.missing(&self.durable);
        if missing > 0 {
            return Err(UnusableSlices::Stale { missing });
        }
        self.folder.restore(refold, self.epoch);
        if let State::Slices { decoded, .. } = std::mem::replace(&mut self.state, State::Batch) {
            self.fold_until_full(decoded);
        }
        Ok(())
    }

    /// Learns who is erased. When that says of accounts that what is resident of them may be otherwise, they are to be
    /// forgotten ([`Self::forget`]) before anything more is folded.
    pub fn learn(&mut self, erasures: Arc<Erasures>) -> BTreeSet<AccountId> {
        self.folder.learn(erasures)
    }

    /// Who is erased, as far as is known here.
    #[must_use]
    pub fn erasures(&self) -> &Arc<Erasures> {
        self.folder.erasures()
    }

    /// Forgets what is resident of accounts, once every flush is written.
    pub fn forget(&mut self, accounts: &BTreeSet<AccountId>) {
        self.folder.forget(accounts);
    }

    /// Wants these slices, to write them anew where they are of erased clients; only when a batch is wanted else.
    pub fn reread(&mut self, keys: Vec<SliceKey>) {
        if matches!(self.state, State::Batch) && !keys.is_empty() {
            self.state = State::Slices { keys: Arc::new(keys), decoded: Vec::new() };
        }
    }

    /// The flush, when one is to be handed over. The rest of a batch that made it full goes into the next.
    pub fn hand_over(&mut self) -> Option<Flush<S::Joined>> {
        match std::mem::replace(&mut self.state, State::Batch) {
            State::HandOver(flush) => {
                let rest = std::mem::take(&mut self.rest);
                if !rest.is_empty() {
                    // Its slices may have gone meanwhile.
                    self.fold(rest);
                }
                Some(*flush)
            }
            other => {
                self.state = other;
                None
            }
        }
    }

    /// A flush was written: its events can be read back, so its slices may go from memory.
    pub fn written(&mut self, written: &Written) {
        if written.epoch == self.epoch {
            for (topic, partition, next) in &written.next {
                self.durable.advance(topic, *partition, *next);
            }
        }
        self.written = self.written.max(written.number);
    }

    /// A person lifted a breaker; its partition is wanted again.
    pub fn lift(&mut self, lift: &Lift) {
        if let Some(stop) = self.breaker.lift(lift) {
            self.resumes.push((stop.topic, stop.partition, stop.offset));
        }
    }

    /// The epoch that the last batch was read in.
    #[must_use]
    pub const fn epoch(&self) -> u64 {
        self.epoch
    }

    /// The number of the flush that the next batch becomes part of.
    #[must_use]
    pub const fn next_number(&self) -> u64 {
        self.folder.next_number()
    }

    /// The number of the last flush that was written.
    #[must_use]
    pub const fn last_written(&self) -> u64 {
        self.written
    }

    /// The partitions that are stopped.
    pub fn stops(&self) -> impl Iterator<Item = &Stop> {
        self.breaker.stops()
    }

    /// The first offset of each partition that waits for its want to be met.
    #[must_use]
    pub fn waiting(&self) -> Vec<(&'static Topic, i32, i64)> {
        let mut first: BTreeMap<Partition, (&'static Topic, i32, i64)> = BTreeMap::new();
        let mut add = |record: &Record| {
            first.entry(record.place()).or_insert((record.topic, record.partition, record.offset));
        };
        match &self.state {
            State::Assignment(DecodedBatch { records: decoded, .. })
            | State::Pause { decoded, .. }
            | State::Slices { decoded, .. } => {
                decoded.iter().for_each(|record| add(&record.record));
            }
            State::Batch | State::HandOver(_) => {}
        }
        first.into_values().collect()
    }

    /// How many slices are resident, and their bytes.
    #[must_use]
    pub fn resident(&self) -> (usize, usize) {
        self.folder.resident()
    }
}

/// What the reading half needs to know of a flush that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The flush's number.
    pub number: u64,
    /// The epoch its records were read in.
    pub epoch: u64,
    /// The next offset of each partition.
    pub next: Vec<(&'static Topic, i32, i64)>,
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::flush::RECORDS_MIN;
    use crate::log::Decoder;
    use loupe_schemas::avro::codec::{Encoder, Framing};
    use loupe_schemas::examples::{self, Variation};
    use loupe_schemas::{Event, Fact, Micros, topics};

    /// Records that are no events, which need no slices.
    fn batch(offsets: std::ops::Range<i64>) -> Batch {
        let record = |offset| Record {
            topic: &topics::EVENTS,
            partition: 0,
            offset,
            appended_at: Micros(0),
            key: Bytes::new(),
            payload: None,
            headers: Vec::new(),
        };
        Batch { records: offsets.map(record).collect(), is_backlog: false, epoch: 1 }
    }

    /// A machine that read records from 4 on, and then learnt that 3 was to be next.
    fn ahead() -> Reading {
        let mut reading = Reading::new(Folder::new(Decoder::default(), usize::MAX, 1), Breaker::new(1.0, RECORDS_MIN));
        reading.batch(batch(4..6));
        let mut start = Position::default();
        start.advance(&topics::EVENTS, 0, 3);
        reading.assignment(&Assignment { event_partitions: 1, committed: start.clone(), start });
        assert_eq!(reading.want(), Want::Resume(vec![(&topics::EVENTS, 0, 3)]));
        reading.resumed();
        reading
    }

    fn ranges(mut reading: Reading) -> Vec<(i64, i64)> {
        reading.close();
        let ledger = reading.hand_over().map(|flush| flush.ledger).unwrap_or_default();
        ledger.into_iter().map(|row| (row.first_offset, row.last_offset)).collect()
    }

    /// Ten records from an offset on, each an event of a download: of the first alone, or each of another.
    fn of_downloads(first: u8, is_one: bool, is_meant: impl Fn(&Fact) -> bool) -> Batch {
        let example = examples::events().iter().find(|event| is_meant(&event.fact)).expect("an example");
        let encoder = Encoder::new(Framing::SingleObject);
        let record = |number: u8| {
            let download = if is_one { 0 } else { number };
            let number = u32::from(first + number);
            let event: Event =
                examples::vary(example, Variation { number, moment: 0, collection: 0, download, actor: 0 });
            let (topic, key) = topics::route(&event).expect("a topic");
            let mut payload = Vec::new();
            encoder.encode(&event, &mut payload).expect("a record");
            Record {
                topic,
                partition: 0,
                offset: i64::from(number),
                appended_at: Micros(examples::BASE.0 + 3_600_000_000),
                key: key.as_bytes().to_vec().into(),
                payload: Some(payload.into()),
                headers: Vec::new(),
            }
        };
        Batch { records: (0..10).map(record).collect(), is_backlog: false, epoch: 1 }
    }

    /// The offsets of each flush, and its rows of downloads.
    fn flushes(reading: &mut Reading) -> Vec<(i64, i64, usize)> {
        let mut flushes = Vec::new();
        loop {
            match reading.want() {
                Want::Batch if reading.pending().is_none() => return flushes,
                Want::Batch => reading.close(),
                Want::Assignment { .. } => {
                    reading.assignment(&Assignment { event_partitions: 1, ..Assignment::default() });
                }
                Want::Slices { .. } => {
                    let nothing = reading.refold();
                    reading.slices(nothing, &Position::default()).expect("nothing is stored");
                }
                Want::HandOver => {
                    let flush = reading.hand_over().expect("a flush");
                    let rows = flush.rows.downloads.len() + flush.rows.deliveries.len();
                    flushes.extend(flush.ledger.iter().map(|range| (range.first_offset, range.last_offset, rows)));
                }
                want => panic!("{want:?}"),
            }
        }
    }

    #[test]
    fn a_batch_that_makes_more_rows_than_a_flush_has_goes_into_several() {
        let folder = Folder::new(Decoder::default(), usize::MAX, 2).full_at(7);
        let mut reading = Reading::new(folder, Breaker::new(1.0, RECORDS_MIN));
        // Two media each: three rows a download, whether it was asked for just now or lies at rest.
        let is_archive = |fact: &Fact| matches!(fact, Fact::DownloadRequested(asked) if asked.items.len() == 2);
        let is_segment = |fact: &Fact| matches!(fact, Fact::TransferSegment(_)) && fact.download_id().is_some();
        reading.batch(of_downloads(0, false, is_archive));
        assert_eq!(flushes(&mut reading), [(0, 2, 9), (3, 5, 9), (6, 8, 9), (9, 9, 3)]);
        reading.batch(of_downloads(10, false, is_segment));
        assert_eq!(flushes(&mut reading), [(10, 12, 9), (13, 15, 9), (16, 18, 9), (19, 19, 3)]);
        reading.batch(of_downloads(20, true, is_segment));
        assert_eq!(flushes(&mut reading), [(20, 29, 3)], "whatever touches it");
    }

    #[test]
    fn a_partition_is_read_from_where_the_assignment_says() {
        let mut reading = ahead();
        reading.batch(batch(3..6));
        reading.batch(batch(6..8));
        assert_eq!(ranges(reading), [(3, 7)], "one flush of two batches");
    }

    #[test]
    fn what_is_lifted_before_it_was_paused_is_counted_once() {
        let mut reading = Reading::new(Folder::new(Decoder::default(), usize::MAX, 1), Breaker::new(0.5, 1));
        reading.batch(batch(0..2));
        reading.assignment(&Assignment { event_partitions: 1, ..Assignment::default() });
        assert!(matches!(reading.want(), Want::Pause(_)));
        reading.lift(&Lift { topic: topics::EVENTS.name.to_owned(), partition: 0, up_to: 2 });
        reading.paused();
        assert_eq!(reading.want(), Want::Resume(vec![(&topics::EVENTS, 0, 0)]));
        reading.resumed();
        reading.batch(batch(0..2));
        reading.close();
        let ledger = reading.hand_over().map(|flush| flush.ledger).unwrap_or_default();
        let counted = ledger.iter().map(|row| (row.first_offset, row.last_offset, row.quarantined));
        assert_eq!(counted.collect::<Vec<_>>(), [(0, 1, 2)]);
    }

    #[test]
    fn what_the_log_no_longer_has_is_asked_for_once() {
        let mut reading = ahead();
        reading.batch(batch(4..6));
        assert_eq!(reading.want(), Want::Batch);
        assert_eq!(ranges(reading), [(3, 5)]);
    }
}
