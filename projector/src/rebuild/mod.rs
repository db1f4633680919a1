//! Folds the whole log into another database beside the one that is served, and takes its place.
//!
//! ```text
//! begin ─► carry: what the log has no more ─► fold: the log, as ever ─► compare ─► serve
//! back  ───────────────────────────────────► fold: what came since  ────────────► serve
//! ```
//! The fold is the projection that the service runs, with a consumer group of its own: it commits as it goes, so a rebuild
//! that is killed goes on from there, and one that has caught up keeps up until it is served. From then on the projectors
//! take over its group. The database from before keeps its group too, and so can be gone back to.

mod carry;
mod compare;
mod databases;
mod days;
mod fingerprint;

pub use carry::Carried;
pub use compare::{FieldChange, Report, TableReport};

use std::time::Duration;

use anyhow::{Context, bail, ensure};
use loupe_schemas::position::Position;
use loupe_service::health::Health;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::drive::{SentOn, condition};
use crate::log::{self, Bounds};
use crate::projection::Projection;
use crate::served::Named;
use crate::store::{Homes, Ledger, LedgerState, Store};

/// How often it is looked how far the fold is.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// A database on its way to be served.
pub struct Rebuild {
    /// The configuration of a projector of the new database.
    config: Config,
    /// The database that is served.
    from: Store,
    /// The one that is to take its place.
    to: Store,
    /// The definition that the new one follows.
    definition: String,
    is_new: bool,
}

/// How far a fold is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Far {
    /// Records of the log that are in the tables.
    pub done: u64,
    /// Records of the log.
    pub total: u64,
    /// Why it does not go on, as a projector's `/readyz` says it.
    pub failing: Vec<String>,
}

/// A fold that is running; it keeps up with the log until it is ended.
pub struct Fold {
    health: Health,
    stop: CancellationToken,
    task: JoinHandle<anyhow::Result<()>>,
}

impl Rebuild {
    /// Begins the next database, or goes on with the one that was begun. Without a definition it follows the program's
    /// own; where one of a text is served, that one still.
    ///
    /// # Errors
    /// The configuration pins a database, another definition was begun, or ClickHouse or Kafka do not answer.
    pub async fn begin(config: &Config, definition: Option<Named>) -> anyhow::Result<Self> {
        let from = served(config).await?;
        let begun = databases::begun(&from, &config.views_database).await?;
        let is_new = begun.is_none();
        let definition = match definition {
            Some(definition) => definition,
            None => wanted(&from, begun.as_deref()).await?,
        };
        let name = match begun {
            Some(begun) => begun,
            None => databases::next(&from, &config.views_database).await?,
        };
        // Rows are kept and records refused as the served database's projectors do it, whatever this program was told.
        let config = of(config, &name).keeping(from.retention().await?);
        let to = Store::new(&config);
        if is_new {
            // Offsets of a database that was dropped would make this one begin in the middle.
            forget_group(&config).await?;
        }
        to.migrate_by(Some(&definition)).await.with_context(|| format!("the database {name}"))?;
        let named = to.named_definition().await?.unwrap_or_else(Named::current);
        ensure!(
            named == definition,
            "{name} was begun by definition {}, and not by this {}: `--discard` drops it",
            named.version,
            definition.version
        );
        Ok(Self { config, from, to, definition: named.version, is_new })
    }

    /// The way back to the database that was served before.
    ///
    /// # Errors
    /// The configuration pins a database, none was served before, or it is gone.
    pub async fn back(config: &Config) -> anyhow::Result<Self> {
        let from = served(config).await?;
        let name = databases::before(&from, &config.views_database).await?;
        // Rows are kept and records refused as the served database's projectors do it, whatever this program was told.
        let config = of(config, &name).keeping(from.retention().await?);
        let to = Store::new(&config);
        let definition = to.definition().await?.version;
        to.migrate().await.with_context(|| format!("the database {name}"))?;
        // Whoever rebuilds from it, audits it or follows a stream is to know where the log's records were at home, and since when.
        carry::partition_counts(&from, &to).await?;
        // Nobody may have folded it for longer than the log tells of deletions.
        carry::compacted(&from, &to).await?;
        Ok(Self { config, from, to, definition, is_new: false })
    }

    /// Drops the database that was begun and never served, with its consumer group; its name.
    ///
    /// # Errors
    /// There is none, its fold is still running, or ClickHouse or Kafka do not answer.
    pub async fn discard(config: &Config) -> anyhow::Result<String> {
        let from = served(config).await?;
        let Some(begun) = databases::begun(&from, &config.views_database).await? else {
            bail!("no database was begun that was not served: there is nothing to discard");
        };
        let config = of(config, &begun);
        forget_group(&config).await?;
        databases::drop(&Store::new(&config)).await?;
        Ok(begun)
    }

    /// The database that is served.
    #[must_use]
    pub fn from(&self) -> &str {
        self.from.name()
    }

    /// The database that is to take its place.
    #[must_use]
    pub fn to(&self) -> &str {
        self.to.name()
    }

    /// The version of the definition that the new database follows.
    #[must_use]
    pub fn definition(&self) -> &str {
        &self.definition
    }

    /// Whether the database was made just now, and not gone on with.
    #[must_use]
    pub const fn is_new(&self) -> bool {
        self.is_new
    }

    /// Whether both databases follow one definition: then nothing should differ.
    ///
    /// # Errors
    /// A definition cannot be read.
    pub async fn is_same_definition(&self) -> anyhow::Result<bool> {
        Ok(self.from.named_definition().await? == self.to.named_definition().await?)
    }

    /// Brings into the new database what the log does not tell any more; done again, it changes nothing. `say` hears how
    /// far it is.
    ///
    /// # Errors
    /// ClickHouse or Kafka do not answer, or an event cannot be read.
    pub async fn carry(&self, say: &dyn Fn(Carried)) -> anyhow::Result<()> {
        carry::carry(&self.config, &self.from, &self.to, say).await
    }

    /// Begins to fold the log into the new database, from where its consumer group is.
    ///
    /// # Errors
    /// It cannot be asked how far the served database is.
    pub async fn fold(&self, shutdown: &CancellationToken) -> anyhow::Result<Fold> {
        let below = position(&self.from).await?;
        // Asked afterwards: a count is noted before anything is passed by it.
        let sent_on = SentOn { below, homes: homes(&self.from).await? };
        let health = Health::new(&[condition::CLICKHOUSE, condition::KAFKA]);
        let stop = shutdown.child_token();
        let (config, token, its_health) = (self.config.clone(), stop.clone(), health.clone());
        let task = tokio::spawn(async move {
            let projection = Projection { config: &config, health: its_health, views: "", sent_on };
            projection.run(&token).await
        });
        Ok(Fold { health, stop, task })
    }

    /// Waits until the new database has all that was in the log a moment ago, with what was sent on of that, and all that the
    /// served one has; `say` hears how far it is. False when the fold was ended before.
    ///
    /// # Errors
    /// The fold ended by itself.
    pub async fn catch_up(&self, fold: &Fold, say: &dyn Fn(&Far)) -> anyhow::Result<bool> {
        let mut goal: Option<Position> = None;
        // What is sent on, on the way to the first goal, lies behind it, and before the second.
        let mut goals = 0;
        loop {
            ensure!(!fold.task.is_finished(), "the fold into {} ended", self.to());
            if fold.stop.is_cancelled() {
                return Ok(false);
            }
            match self.look().await {
                Ok((bounds, reached, served)) => {
                    say(&far(&bounds, &reached, fold));
                    let is_there = goal.as_ref().is_some_and(|goal| reached.covers(goal));
                    if is_there && goals >= 2 && reached.covers(&served) {
                        return Ok(true);
                    }
                    if goal.is_none() || is_there {
                        goal = Some(ends(&bounds));
                        goals += 1;
                    }
                }
                Err(error) => say(&Far { failing: vec![format!("{error:#}")], ..Far::default() }),
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK_EVERY) => {}
                () = fold.stop.cancelled() => return Ok(false),
            }
        }
    }

    async fn look(&self) -> anyhow::Result<(Vec<Bounds>, Position, Position)> {
        let (reached, served) = (position(&self.to).await?, position(&self.from).await?);
        // Asked last: what was sent on by then is in the log.
        let bounds = tokio::task::block_in_place(|| log::bounds(&self.config)).context("Kafka")?;
        Ok((bounds, reached, served))
    }

    /// How many offsets no range of the new database's ledger names, although the served one's names them or the log has
    /// them: 0, or the new database is not to be served.
    ///
    /// # Errors
    /// ClickHouse or Kafka do not answer.
    pub async fn unaccounted(&self) -> anyhow::Result<i64> {
        let bounds = tokio::task::block_in_place(|| log::bounds(&self.config)).context("Kafka")?;
        let (new, old) = (self.to.ledger().await?, self.from.ledger().await?);
        Ok(bounds.iter().map(|bounds| unaccounted(*bounds, &new, &old)).sum())
    }

    /// Compares the tables of both databases: slices of days before `until` (a UTC day, itself excluded), as far as both keep
    /// them, and what belongs to no day. `say` hears how many of how many looks are taken.
    ///
    /// # Errors
    /// A table cannot be read.
    pub async fn compare(
        &self,
        until: loupe_schemas::time::Day,
        say: &(dyn Fn(usize, usize) + Sync),
    ) -> anyhow::Result<Report> {
        // Differences that pass are of writers that are not equally far; a definition that differs makes the others.
        let is_same = self.is_same_definition().await?;
        compare::compare(&self.from, &self.to, until, is_same, say).await
    }

    /// Serves the new database: one row, which the query API and the projectors follow; then the views.
    ///
    /// # Errors
    /// ClickHouse does not answer. Then it may be served or not; to do it again does no harm.
    pub async fn serve(&self) -> anyhow::Result<()> {
        // The log brought them back, and nobody would ever look for them again (rule 16).
        self.to.forget_quarantined_of(&self.from).await.context("quarantined records that are gone")?;
        Ok(self.to.serve(&self.config.views_database, &self.definition).await?)
    }
}

impl Fold {
    /// Ends the fold: what was folded is written and committed, so that it goes on from there.
    ///
    /// # Errors
    /// It had failed before.
    pub async fn end(self) -> anyhow::Result<()> {
        self.stop.cancel();
        self.task.await.context("the fold")?
    }
}

/// The store of the database that is served.
async fn served(config: &Config) -> anyhow::Result<Store> {
    let views = &config.views_database;
    if let Some(pinned) = &config.database {
        bail!(
            "the configuration field `database` pins {pinned}: without it, projectors and query API follow a rebuild"
        );
    }
    ensure!(!views.is_empty(), "the configuration field `views_database` must name where it is said what is served");
    let store = Store::new(config);
    store.make_served(views).await?;
    let served = store.served(views).await?;
    Ok(store.of(&served))
}

/// The definition that is meant when none is said: that of the database that was begun, else a text that is served, else
/// the program's own.
async fn wanted(from: &Store, begun: Option<&str>) -> anyhow::Result<Named> {
    if let Some(begun) = begun
        // Killed early, it may not have said.
        && let Ok(Some(named)) = from.of(begun).named_definition().await
    {
        return Ok(named);
    }
    let served = from.named_definition().await.context("the definition of the database that is served")?;
    Ok(served.filter(|named| !named.text.is_empty()).unwrap_or_else(Named::current))
}

/// The configuration of a fold into a database beside the projectors.
fn of(config: &Config, database: &str) -> Config {
    // A name within the group is a projector's; audits are for those who stay.
    Config { group_instance_id: None, audit_interval_s: 0, ..config.of(database) }
}

async fn forget_group(config: &Config) -> anyhow::Result<()> {
    log::forget_group(config).await.with_context(|| {
        format!(
            "the consumer group {}; it is not empty while a fold into {} is running",
            config.group,
            config.database()
        )
    })
}

async fn position(store: &Store) -> anyhow::Result<Position> {
    store.position().await.with_context(|| format!("how far {} is", store.name()))
}

async fn homes(store: &Store) -> anyhow::Result<Homes> {
    store.homes().await.with_context(|| format!("how many partitions events of {} were folded from", store.name()))
}

fn ends(bounds: &[Bounds]) -> Position {
    let mut ends = Position::default();
    for Bounds { topic, partition, end, .. } in bounds {
        ends.advance(topic, *partition, *end);
    }
    ends
}

fn far(bounds: &[Bounds], reached: &Position, fold: &Fold) -> Far {
    let sum = |of: &dyn Fn(&Bounds) -> i64| bounds.iter().map(of).sum::<i64>().unsigned_abs();
    let next = |bounds: &Bounds| reached.next_offset(bounds.topic, bounds.partition).unwrap_or(bounds.first);
    Far {
        done: sum(&|bounds| next(bounds).clamp(bounds.first, bounds.end) - bounds.first),
        total: sum(&|bounds| bounds.end - bounds.first),
        failing: fold.health.failing().into_iter().map(|one| format!("{}: {}", one.condition, one.reason)).collect(),
    }
}

fn unaccounted(bounds: Bounds, new: &Ledger, old: &Ledger) -> i64 {
    let place = (bounds.topic.name.to_owned(), bounds.partition);
    let before = old.get(&place).copied().unwrap_or(LedgerState { first_offset: bounds.first, missing: 0, ranges: 0 });
    let begins = before.first_offset.min(bounds.first);
    match new.get(&place) {
        Some(state) => (state.first_offset - begins).max(0) + (state.missing - before.missing).max(0),
        None => bounds.end - begins,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use loupe_schemas::topics;

    #[test]
    fn what_the_served_ledger_names_or_the_log_has_is_to_be_named() {
        let bounds = |first, end| Bounds { topic: &topics::EVENTS, partition: 0, first, end };
        let ledger = |first_offset, missing| {
            BTreeMap::from([((topics::EVENTS.name.to_owned(), 0), LedgerState { first_offset, missing, ranges: 1 })])
        };
        let nothing = BTreeMap::new();
        assert_eq!(unaccounted(bounds(0, 0), &nothing, &nothing), 0);
        assert_eq!(unaccounted(bounds(0, 9), &nothing, &nothing), 9);
        assert_eq!(unaccounted(bounds(5, 9), &ledger(0, 0), &ledger(0, 0)), 0, "carried");
        assert_eq!(unaccounted(bounds(5, 9), &ledger(5, 0), &ledger(0, 0)), 5, "not carried");
        assert_eq!(unaccounted(bounds(5, 9), &ledger(0, 2), &ledger(0, 0)), 2, "the log let go meanwhile");
        assert_eq!(unaccounted(bounds(5, 9), &ledger(0, 2), &ledger(0, 2)), 0, "lost before");
    }
}
