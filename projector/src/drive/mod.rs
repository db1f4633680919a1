//! Drives the two halves of the flush with Kafka and ClickHouse: every want is tried until it is met.

mod ahead;
mod eraser;
mod erasing;
mod filler;
mod outstanding;
mod pace;
mod patience;
mod progress;
mod reader;
mod sent_on;
mod writer;

pub(crate) use ahead::Source;
pub(crate) use eraser::Eraser;
pub(crate) use erasing::Erasing;
pub(crate) use filler::Filler;
pub(crate) use outstanding::Outstanding;
pub(crate) use pace::Pace;
pub(crate) use progress::Progress;
pub(crate) use reader::Reader;
pub(crate) use sent_on::SentOn;
pub(crate) use writer::Writer;

use loupe_schemas::topics::Topic;

/// The names of readiness conditions.
pub(crate) mod condition {
    /// Rows can be written.
    pub(crate) const CLICKHOUSE: &str = "clickhouse";
    /// Records can be read and sent.
    pub(crate) const KAFKA: &str = "kafka";
    /// Slices can be read back.
    pub(crate) const STATES: &str = "states";
    /// Every read model has the rows of events from before it.
    pub(crate) const BACKFILL: &str = "backfill";
    /// No partition is stopped by the breaker.
    pub(crate) const BREAKER: &str = "breaker";
}

const PARTITIONS_SHOWN: usize = 8;

/// Which partitions wait, and from which offsets: `gallery.events.v1/3 at 1205, gallery.events.v1/4 at 77`.
fn waiting(partitions: &[(&'static Topic, i32, i64)]) -> String {
    let shown = partitions.iter().take(PARTITIONS_SHOWN);
    let mut text: Vec<String> =
        shown.map(|(topic, partition, offset)| format!("{}/{partition} at {offset}", topic.name)).collect();
    if partitions.len() > PARTITIONS_SHOWN {
        text.push(format!("{} more", partitions.len() - PARTITIONS_SHOWN));
    }
    text.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use loupe_schemas::topics;

    #[test]
    fn it_is_said_which_partitions_wait() {
        let of = |count| (0..count).map(|number| (&topics::EVENTS, number, i64::from(number) * 10)).collect::<Vec<_>>();
        assert_eq!(waiting(&of(2)), "gallery.events.v1/0 at 0, gallery.events.v1/1 at 10");
        assert!(waiting(&of(12)).ends_with("gallery.events.v1/7 at 70, 4 more"));
    }
}
