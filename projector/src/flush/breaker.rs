//! The breaker: when too much of a partition is no event, it stops before more is quarantined, until a person lifts it.
//!
//! After a bad deploy of producers a projector would otherwise drain a whole topic into quarantine.

use std::collections::BTreeMap;

use loupe_schemas::topics::Topic;

use crate::log::{Decoded, DecodedRecord, Partition};

/// Fewer records say nothing about a partition.
pub const RECORDS_MIN: u64 = 100;
/// Both counts are halved here, so that what was long ago weighs little.
const RECORDS_MAX: u64 = 1_000;

/// Why a partition is stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// The topic.
    pub topic: &'static Topic,
    /// The partition.
    pub partition: i32,
    /// The first offset that is not folded; nothing from here on is quarantined.
    pub offset: i64,
    /// How many of the last records are no events.
    pub rejected: u64,
    /// How many records that is out of.
    pub records: u64,
    /// What is wrong with one of them.
    pub example: String,
}

impl std::fmt::Display for Stop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { topic, partition, offset, rejected, records, example } = self;
        let topic = topic.name;
        write!(
            f,
            "{topic}/{partition} is stopped at offset {offset}: {rejected} of its last {records} records are no events, \
             such as \"{example}\"; `loupe quarantine lift {topic}/{partition}` lets them pass into quarantine"
        )
    }
}

/// A person's word that a partition's records may pass into quarantine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lift {
    /// The topic's name.
    pub topic: String,
    /// The partition.
    pub partition: i32,
    /// Records below this offset pass.
    pub up_to: i64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Recent {
    records: u64,
    rejected: u64,
}

impl Recent {
    fn add(&mut self, records: u64, rejected: u64) {
        self.records += records;
        self.rejected += rejected;
        while self.records > RECORDS_MAX {
            self.records /= 2;
            self.rejected /= 2;
        }
    }
}

/// Judges every partition by its last thousand records or so.
#[derive(Debug)]
pub struct Breaker {
    share_max: f64,
    records_min: u64,
    recent: BTreeMap<Partition, Recent>,
    lifted: BTreeMap<Partition, i64>,
    stopped: BTreeMap<Partition, Stop>,
}

impl Breaker {
    /// A breaker that stops a partition when more than `share_max` of it is no event, once it has seen `records_min`.
    #[must_use]
    pub const fn new(share_max: f64, records_min: u64) -> Self {
        Self { share_max, records_min, recent: BTreeMap::new(), lifted: BTreeMap::new(), stopped: BTreeMap::new() }
    }

    /// Takes in what a batch says; the partitions that stop at it. Their records are not to be folded.
    pub fn judge(&mut self, decoded: &[DecodedRecord]) -> Vec<Stop> {
        let mut batch: BTreeMap<Partition, (Recent, i64, Option<&DecodedRecord>)> = BTreeMap::new();
        for run in decoded.chunk_by(DecodedRecord::is_beside) {
            let first = &run[0].record;
            let partition = first.place();
            let (counts, _, example) = batch.entry(partition).or_insert((Recent::default(), first.offset, None));
            let lifted = self.lifted.get(&partition);
            for record in run {
                let passes = lifted.is_some_and(|up_to| record.record.offset < *up_to);
                // Nobody sent a canary by mistake, so it vouches for nobody.
                if !passes && !matches!(record.decoded, Decoded::Canary(_)) {
                    let is_rejected = matches!(record.decoded, Decoded::Rejected(_));
                    counts.records += 1;
                    counts.rejected += u64::from(is_rejected);
                    if is_rejected {
                        example.get_or_insert(record);
                    }
                }
            }
        }
        let mut stops = Vec::new();
        for (partition, (counts, offset, example)) in batch {
            let mut recent = self.recent.get(&partition).copied().unwrap_or_default();
            recent.add(counts.records, counts.rejected);
            let share = recent.rejected as f64 / recent.records.max(1) as f64;
            let is_over = recent.records >= self.records_min && share > self.share_max;
            match example.filter(|_| is_over) {
                Some(example) => {
                    let stop = Stop {
                        topic: example.record.topic,
                        partition: partition.1,
                        offset,
                        rejected: recent.rejected,
                        records: recent.records,
                        example: reason(example),
                    };
                    self.stopped.insert(partition, stop.clone());
                    stops.push(stop);
                }
                None => {
                    self.recent.insert(partition, recent);
                }
            }
        }
        stops
    }

    /// Whether the partition is stopped.
    #[must_use]
    pub fn is_stopped(&self, topic: &Topic, partition: i32) -> bool {
        self.stopped.contains_key(&(topic.name, partition))
    }

    /// The partitions that are stopped.
    pub fn stops(&self) -> impl Iterator<Item = &Stop> {
        self.stopped.values()
    }

    /// Lets records below an offset pass; the stop that ends, if the partition was stopped below it.
    pub fn lift(&mut self, lift: &Lift) -> Option<Stop> {
        let topic = loupe_schemas::topics::by_name(&lift.topic)?;
        let partition = (topic.name, lift.partition);
        let up_to = self.lifted.entry(partition).or_insert(lift.up_to);
        *up_to = lift.up_to.max(*up_to);
        if self.stopped.get(&partition)?.offset >= *up_to {
            return None;
        }
        self.recent.remove(&partition);
        self.stopped.remove(&partition)
    }

    /// Forgets stops and counts: whoever holds a partition now judges it anew. What was lifted stays so.
    pub fn reset(&mut self) {
        self.recent.clear();
        self.stopped.clear();
    }
}

fn reason(record: &DecodedRecord) -> String {
    match &record.decoded {
        Decoded::Rejected(rejected) => rejected.message.clone(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::log::{Record, Rejected};
    use loupe_schemas::{Micros, Text, topics};

    fn records(range: std::ops::Range<i64>, bad_every: i64) -> Vec<DecodedRecord> {
        let one = |offset| DecodedRecord {
            record: Record {
                topic: &topics::EVENTS,
                partition: 3,
                offset,
                appended_at: Micros(0),
                key: Bytes::new(),
                payload: None,
                headers: Vec::new(),
            },
            decoded: if offset % bad_every == 0 {
                let rejected = Rejected::new("unknown_schema", "", "no schema is known by this fingerprint");
                Decoded::Rejected(Box::new(rejected))
            } else {
                Decoded::Misrouted { key: Text::default() }
            },
        };
        range.map(one).collect()
    }

    #[test]
    fn a_partition_stops_once_enough_records_say_so_and_not_before() {
        let mut breaker = Breaker::new(0.5, RECORDS_MIN);
        assert_eq!(breaker.judge(&records(0..60, 1)), [], "60 records say nothing yet");
        let stops = breaker.judge(&records(60..120, 1));
        assert_eq!((stops[0].offset, stops[0].rejected, stops[0].records), (60, 120, 120));
        assert!(breaker.is_stopped(&topics::EVENTS, 3) && !breaker.is_stopped(&topics::EVENTS, 2));
        assert!(stops[0].to_string().contains("loupe quarantine lift gallery.events.v1/3"), "{}", stops[0]);
    }

    #[test]
    fn a_share_below_the_limit_never_stops() {
        let mut breaker = Breaker::new(0.5, RECORDS_MIN);
        for batch in 0..50 {
            assert_eq!(breaker.judge(&records(batch * 100..(batch + 1) * 100, 2)), []);
        }
    }

    #[test]
    fn what_was_good_long_ago_does_not_hide_what_is_bad_now() {
        let mut breaker = Breaker::new(0.5, RECORDS_MIN);
        assert_eq!(breaker.judge(&records(1..100_000, i64::MAX)), []);
        let stopped = (0..20).any(|batch| !breaker.judge(&records(batch * 100..(batch + 1) * 100, 1)).is_empty());
        assert!(stopped);
    }

    #[test]
    fn a_person_lifts_it_up_to_an_offset() {
        let mut breaker = Breaker::new(0.5, RECORDS_MIN);
        assert_eq!(breaker.judge(&records(0..200, 1)).len(), 1);
        let lift = |up_to| Lift { topic: topics::EVENTS.name.to_owned(), partition: 3, up_to };
        assert_eq!(breaker.lift(&lift(0)), None, "below where it stopped");
        assert_eq!(breaker.lift(&lift(250)).expect("it was stopped").offset, 0);
        assert_eq!(breaker.judge(&records(0..250, 1)), [], "these may pass");
        assert_eq!(breaker.judge(&records(250..350, 1)).len(), 1, "these may not");
    }
}
