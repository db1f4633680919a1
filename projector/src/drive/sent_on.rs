//! What need not be sent on, because the projector of another database did so before.

use loupe_schemas::position::Position;

use crate::log::Record;
use crate::store::Homes;

/// What the projector of the database that is served has passed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct SentOn {
    /// It has passed what lies below.
    pub(crate) below: Position,
    /// Of that it folded what lay at home, even if its home has moved since.
    pub(crate) homes: Homes,
}

impl SentOn {
    /// Whether a record is in the quarantine topic already.
    pub(crate) fn is_quarantined(&self, record: &Record) -> bool {
        self.is_passed(record)
    }

    /// Whether a copy of a record that lies elsewhere than its key belongs is in its key's partition already.
    pub(crate) fn is_rerouted(&self, record: &Record, key: &str) -> bool {
        self.is_passed(record) && !self.homes.has(key.as_bytes(), record.partition)
    }

    fn is_passed(&self, record: &Record) -> bool {
        self.below.next_offset(record.topic, record.partition).is_some_and(|next| record.offset < next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use loupe_schemas::partition::partition_of;
    use loupe_schemas::{Micros, topics};

    const KEY: &str = "90516387";

    fn record(partition: i32, offset: i64) -> Record {
        let topic = &topics::EVENTS;
        Record {
            topic,
            partition,
            offset,
            appended_at: Micros(0),
            key: Vec::new().into(),
            payload: None,
            headers: Vec::new(),
        }
    }

    #[test]
    fn what_another_projector_folded_at_home_has_no_copy_after_its_home_moved() {
        let (home, elsewhere) = (partition_of(KEY.as_bytes(), 12), partition_of(KEY.as_bytes(), 20));
        assert_ne!(home, elsewhere, "a key that moves");
        let mut below = Position::default();
        for partition in 0..20 {
            below.advance(&topics::EVENTS, partition, 10);
        }
        let sent_on = SentOn { below, homes: [12].into_iter().collect() };
        assert!(!sent_on.is_rerouted(&record(home, 9), KEY), "folded where it lies");
        assert!(sent_on.is_rerouted(&record((home + 1) % 12, 9), KEY), "never at home there");
        assert!(!sent_on.is_rerouted(&record((home + 1) % 12, 10), KEY), "nobody has passed it");
        assert!(sent_on.is_quarantined(&record(home, 9)) && !sent_on.is_quarantined(&record(home, 10)));
        assert!(!SentOn::default().is_rerouted(&record(home, 0), KEY));
    }
}
