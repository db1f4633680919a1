//! Where a collection's events may have been folded: a topic can be given more partitions, and then keys move.

use std::collections::BTreeSet;

use clickhouse::Row;
use loupe_schemas::partition::partition_of;
use loupe_service::clock;
use serde::{Deserialize, Serialize};

use super::Store;

/// A row of `partition_counts`.
#[derive(Debug, Clone, PartialEq, Eq, Row, Serialize, Deserialize)]
struct CountRow {
    partitions: i32,
    seen_at: i64,
}

/// How many partitions the topic of events has had while a database was folded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Homes {
    counts: BTreeSet<i32>,
}

impl Homes {
    /// The partitions that events under a key may have been folded from.
    pub fn of(&self, key: &[u8]) -> impl Iterator<Item = i32> {
        self.counts.iter().map(move |count| partition_of(key, *count))
    }

    /// Whether records under a key were folded from this partition once, by one of the counts.
    #[must_use]
    pub fn has(&self, key: &[u8], partition: i32) -> bool {
        self.of(key).any(|home| home == partition)
    }

    /// The counts themselves, rising.
    pub fn counts(&self) -> impl Iterator<Item = i32> {
        self.counts.iter().copied()
    }

    /// The same with one count more.
    #[must_use]
    pub fn with(mut self, count: i32) -> Self {
        self.counts.insert(count);
        self
    }
}

impl FromIterator<i32> for Homes {
    fn from_iter<C: IntoIterator<Item = i32>>(counts: C) -> Self {
        Self { counts: counts.into_iter().collect() }
    }
}

impl Store {
    /// Where events of this database may have been folded from.
    ///
    /// # Errors
    /// The query failed.
    pub async fn homes(&self) -> clickhouse::error::Result<Homes> {
        let counts = self.database().query("SELECT DISTINCT partitions FROM partition_counts").fetch_all::<i32>();
        Ok(counts.await?.into_iter().collect())
    }

    /// Notes how many partitions the topic of events has, before anything is folded by that.
    ///
    /// # Errors
    /// The query or the insert failed; it may be repeated.
    pub async fn note_partitions(&self, count: i32) -> clickhouse::error::Result<()> {
        if self.homes().await?.counts.contains(&count) {
            return Ok(());
        }
        let row = CountRow { partitions: count, seen_at: clock::now_micros() };
        super::insert(&self.inserting().await?, "partition_counts", &[row]).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_at_home_wherever_a_count_put_it() {
        let key = b"90516387";
        let homes = Homes::from_iter([12, 20]);
        let (before, after) = (partition_of(key, 12), partition_of(key, 20));
        assert_ne!(before, after, "a key that moves");
        assert!(homes.has(key, before) && homes.has(key, after));
        assert_eq!(homes.of(key).collect::<Vec<_>>(), [before, after]);
        let elsewhere = (0..20).find(|partition| ![before, after].contains(partition)).expect("one");
        assert!(!homes.has(key, elsewhere));
        assert!(!Homes::default().has(key, before), "of a database that noted none nothing is known");
    }
}
