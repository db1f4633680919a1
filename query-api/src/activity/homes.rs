//! Where a collection's events lie: in the partition that its key leads to, which is another one once the topic has more.

use std::sync::Arc;
use std::time::{Duration, Instant};

use loupe_schemas::partition::partition_of;
use loupe_schemas::topics;
use loupe_service::problem::Problem;
use tokio::sync::Mutex;

use crate::json::Row;
use crate::parameters::{DAY_US, Selection};
use crate::store::Store;

/// How often it is looked whether the topic was given more partitions.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How many partitions the topic of events has had, looked at once for all streams.
#[derive(Debug, Default)]
pub(crate) struct Counts(Mutex<Option<Looked>>);

#[derive(Debug)]
struct Looked {
    at: Instant,
    database: String,
    counts: Arc<[Count]>,
}

/// A number of partitions, and when it was seen first, in microseconds.
#[derive(Debug, Clone, Copy)]
struct Count {
    partitions: i32,
    seen_at: i64,
}

impl Counts {
    /// Where the events of the selected collection lie and lay, as far as a database was lately seen to say.
    ///
    /// # Errors
    /// The statement failed, and nothing is known of the database from before.
    pub(super) async fn homes(&self, store: &Store, database: &str, selection: &Selection) -> Result<Homes, Problem> {
        let counts = self.of(store, database, selection).await?;
        Ok(Homes::of(selection.collection, &counts))
    }

    async fn of(&self, store: &Store, database: &str, selection: &Selection) -> Result<Arc<[Count]>, Problem> {
        let mut looked = self.0.lock().await;
        let known = looked.as_ref().filter(|looked| looked.database == database);
        if let Some(known) = known.filter(|known| known.at.elapsed() < LOOK_EVERY) {
            return Ok(Arc::clone(&known.counts));
        }
        let known = known.map(|known| Arc::clone(&known.counts));
        // No account's turn is waited for: every stream wants to know.
        let rows = store.of(database).rows(include_str!("partitions.sql"), selection).await;
        // Counts only grow, so those from before hold for what was seen by then.
        let counts = match (rows, known) {
            (Ok(rows), _) => rows.iter().filter_map(Count::of).collect(),
            (Err(_), Some(known)) => known,
            (Err(problem), None) => return Err(problem),
        };
        *looked = Some(Looked { at: Instant::now(), database: database.to_owned(), counts: Arc::clone(&counts) });
        Ok(counts)
    }
}

impl Count {
    fn of(row: &Row) -> Option<Self> {
        let partitions = i32::try_from(row.get("partitions")?.as_i64()?).ok()?;
        Some(Self { partitions, seen_at: row.get("seen_us")?.as_i64()? })
    }
}

/// A partition in which a collection's events lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Home {
    pub(super) partition: i32,
    /// Events that happened before, in microseconds, were told from where the collection lay then.
    pub(super) since: i64,
}

/// The partitions in which a collection's events lay, and lie now.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Homes {
    /// Those that it has left, the first one first.
    left: Vec<Home>,
    pub(super) now: Home,
}

impl Homes {
    /// The homes of a collection by these counts, which rise.
    fn of(collection: u64, counts: &[Count]) -> Self {
        let key = collection.to_string();
        let home = |partitions, since| Home { partition: partition_of(key.as_bytes(), partitions), since };
        let first = counts.first().map_or(topics::EVENTS.partitions, |count| count.partitions);
        let mut homes = Self { left: Vec::new(), now: home(first, 0) };
        for count in counts {
            // An offset does not say of which partition it is, so only time tells what was folded before; an edge may have
            // kept an event back for as long as its day was not closed (rule 7).
            let next = home(count.partitions, count.seen_at - DAY_US);
            if next.partition != homes.now.partition {
                homes.left.push(std::mem::replace(&mut homes.now, next));
            }
        }
        homes
    }

    /// The home in a partition; in one where the collection never lay nothing was told from elsewhere.
    pub(super) fn at(&self, partition: i32) -> Home {
        let mut homes = self.left.iter().chain([&self.now]).rev();
        homes.find(|home| home.partition == partition).copied().unwrap_or(Home { partition, since: 0 })
    }

    /// Where the collection went from a partition; none while it lies there.
    pub(super) fn after(&self, partition: i32) -> Option<Home> {
        if partition == self.now.partition {
            return None;
        }
        let left = self.left.iter().rposition(|home| home.partition == partition);
        Some(left.and_then(|at| self.left.get(at + 1)).copied().unwrap_or(self.now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLLECTION: u64 = 90_516_387;

    fn partition(partitions: i32) -> i32 {
        partition_of(COLLECTION.to_string().as_bytes(), partitions)
    }

    /// By counts of which each is seen a day after the one before.
    fn homes(counts: &[i32]) -> Homes {
        let count = |(partitions, day)| Count { partitions, seen_at: day * DAY_US };
        Homes::of(COLLECTION, &counts.iter().copied().zip(1..).map(count).collect::<Vec<_>>())
    }

    #[test]
    fn a_collection_stays_until_a_count_leads_elsewhere() {
        let first = Home { partition: partition(topics::EVENTS.partitions), since: 0 };
        assert_eq!(homes(&[]), Homes { left: vec![], now: first }, "a topic as we make it");
        let same = (13..).find(|count| partition(*count) == partition(12)).unwrap();
        let stays = homes(&[12, same]);
        assert_eq!((stays.now, stays.after(partition(12))), (first, None));
        assert_ne!(partition(12), partition(20), "a key that moves");
        let moves = homes(&[12, 20]);
        assert_eq!(moves.now, Home { partition: partition(20), since: DAY_US });
        assert_eq!((moves.after(partition(12)), moves.after(partition(20))), (Some(moves.now), None));
        assert_eq!((moves.at(partition(12)), moves.at(partition(20))), (first, moves.now));
    }

    #[test]
    fn one_who_was_away_for_long_goes_wherever_the_collection_went() {
        let third = (21..).find(|count| ![partition(12), partition(20)].contains(&partition(*count))).unwrap();
        let homes = homes(&[12, 20, third]);
        let second = homes.after(partition(12)).unwrap();
        assert_eq!(second, Home { partition: partition(20), since: DAY_US });
        assert_eq!(homes.after(second.partition), Some(homes.now));
        let nowhere = (0..).find(|it| ![12, 20, third].map(partition).contains(it)).unwrap();
        assert_eq!((homes.at(nowhere).since, homes.after(nowhere)), (0, Some(homes.now)));
    }
}
