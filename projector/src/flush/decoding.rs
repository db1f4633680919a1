//! Batches decoded on all threads, which may be done while the batch before is folded, and what is stored.

use std::iter::Flatten;
use std::vec::IntoIter;

use super::shard::{SHARE_MIN, together};
use crate::log::{Batch, Decoded, DecodedRecord, Decoder, Record};

/// A thread that comes late to a part is waited for; it is not waited for long when parts are small.
const PARTS_A_THREAD: usize = 4;

/// A batch, and what its records say.
#[derive(Debug)]
pub struct DecodedBatch {
    /// The records, in order within each partition.
    pub records: Vec<DecodedRecord>,
    /// How many partitions the events topic was taken to have. When it has others, records belong elsewhere.
    pub event_partitions: i32,
    /// As of the [`Batch`].
    pub is_backlog: bool,
    /// As of the [`Batch`].
    pub epoch: u64,
}

/// Decodes batches.
#[derive(Clone)]
pub struct Decoding {
    /// One for each part of a batch that is decoded beside the others.
    decoders: Vec<Decoder>,
}

impl Decoding {
    /// Decodes large batches on so many threads. How many there are changes nothing of what records say.
    #[must_use]
    pub fn new(decoder: Decoder, threads: usize) -> Self {
        Self { decoders: vec![decoder; PARTS_A_THREAD * threads.max(1)] }
    }

    /// The same on as many threads as there are cores.
    #[must_use]
    pub fn on_all_cores(decoder: Decoder) -> Self {
        Self::new(decoder, std::thread::available_parallelism().map_or(1, usize::from))
    }

    /// Decodes a batch, given how many partitions the events topic has.
    pub fn batch(&mut self, batch: Batch, event_partitions: i32) -> DecodedBatch {
        let Batch { records, is_backlog, epoch } = batch;
        DecodedBatch { records: self.records(records, event_partitions), event_partitions, is_backlog, epoch }
    }

    fn records(&mut self, records: Vec<Record>, event_partitions: i32) -> Vec<DecodedRecord> {
        let decoded = self.each(&records, |decoder, record| decoder.decode(record, event_partitions));
        let said = |(record, decoded): (Record, Decoded)| DecodedRecord { record, decoded };
        records.into_iter().zip(decoded).map(said).collect()
    }

    /// What is made of each of these, in their order.
    pub(super) fn each<T: Sync, R: Send>(
        &mut self,
        of: &[T],
        make: impl Fn(&mut Decoder, &T) -> R + Sync + Send,
    ) -> Flatten<IntoIter<Vec<R>>> {
        let share = of.len().div_ceil(self.decoders.len()).max(SHARE_MIN);
        let parts = self.decoders.iter_mut().zip(of.chunks(share)).collect();
        let made =
            together(parts, of.len(), |(decoder, of)| of.iter().map(|one| make(decoder, one)).collect::<Vec<_>>());
        made.into_iter().flatten()
    }

    /// Decodes a batch again, given that the events topic has another number of partitions.
    pub(super) fn again(&mut self, batch: DecodedBatch, event_partitions: i32) -> DecodedBatch {
        let DecodedBatch { records, is_backlog, epoch, .. } = batch;
        let records = records.into_iter().map(|decoded| decoded.record).collect();
        self.batch(Batch { records, is_backlog, epoch }, event_partitions)
    }

    /// One of its decoders.
    pub(super) fn decoder(&self) -> &Decoder {
        &self.decoders[0]
    }
}
