//! Batches decoded on all threads, which may be done while the batch before is folded.

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

    /// Decodes a batch, given how many partitions the events topic has.
    pub fn batch(&mut self, batch: Batch, event_partitions: i32) -> DecodedBatch {
        let Batch { records, is_backlog, epoch } = batch;
        DecodedBatch { records: self.records(records, event_partitions), event_partitions, is_backlog, epoch }
    }

    fn records(&mut self, records: Vec<Record>, event_partitions: i32) -> Vec<DecodedRecord> {
        let share = records.len().div_ceil(self.decoders.len()).max(SHARE_MIN);
        let parts = self.decoders.iter_mut().zip(records.chunks(share)).collect();
        let decoded = together(parts, records.len(), |(decoder, records)| {
            records.iter().map(|record| decoder.decode(record, event_partitions)).collect::<Vec<_>>()
        });
        let decoded = decoded.into_iter().flatten();
        let said = |(record, decoded): (Record, Decoded)| DecodedRecord { record, decoded };
        records.into_iter().zip(decoded).map(said).collect()
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

    /// One of its decoders, to decode.
    pub(super) fn decoder_mut(&mut self) -> &mut Decoder {
        &mut self.decoders[0]
    }
}
