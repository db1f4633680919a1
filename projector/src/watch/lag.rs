//! How far each partition is behind, as gauges.

use std::collections::BTreeMap;
use std::time::Instant;

use loupe_service::clock;

use crate::drive::Progress;
use crate::log::{Partition, Watermark};

/// Since when each partition that was seen has records that are not written; none while it has not.
#[derive(Default)]
pub(super) struct Lag(BTreeMap<Partition, Option<Instant>>);

impl Lag {
    /// Says it of what is assigned now; what no longer is, is another's to say and stands at 0 here.
    pub(super) fn say(&mut self, marks: &[Watermark], progress: &Progress) {
        let assigned: BTreeMap<Partition, &Watermark> =
            marks.iter().map(|mark| ((mark.topic.name, mark.partition), mark)).collect();
        for partition in assigned.keys() {
            self.0.entry(*partition).or_default();
        }
        for (partition, since) in &mut self.0 {
            let mark = assigned.get(partition);
            let records = mark.map_or(0, |mark| (mark.end - mark.next).max(0));
            if records == 0 {
                *since = None;
            } else {
                since.get_or_insert_with(Instant::now);
            }
            // What waits in Kafka alone, as of a partition that is stopped, was not seen: then it is as old as its lag is.
            let read = mark.filter(|_| records > 0).and_then(|mark| progress.waiting_since(mark.topic, mark.partition));
            let read = read.map_or(0.0, |at| (clock::now_micros() - at.0).max(0) as f64 / 1e6);
            let seconds = since.map_or(0.0, |since| since.elapsed().as_secs_f64()).max(read);
            let labels = [("topic", partition.0.to_owned()), ("partition", partition.1.to_string())];
            metrics::gauge!("loupe_projector_lag_records", &labels).set(records as f64);
            metrics::gauge!("loupe_projector_lag_seconds", &labels).set(seconds);
        }
    }
}
