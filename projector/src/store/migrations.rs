//! Numbered `.sql` files, applied in order, recorded in the database, refused when an applied one was edited.

use clickhouse::Row;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use super::Store;
use super::cluster::{Ddl, UnknownForm, on_cluster};
use crate::served::{Named, UnknownDefinition};

/// A migration: its number and name, and its one statement.
struct Migration {
    number: u32,
    name: &'static str,
    statement: &'static str,
}

macro_rules! migrations {
    ($($number:literal $name:literal $path:literal),+ $(,)?) => {
        &[$(Migration { number: $number, name: $name, statement: include_str!($path) }),+]
    };
}

/// What was applied, which has to be there before anything is.
const RECORD: Migration = Migration {
    number: 0,
    name: "migrations",
    statement: "CREATE TABLE IF NOT EXISTS migrations (number UInt32, name String, content UInt128) \
                ENGINE = ReplacingMergeTree ORDER BY number",
};

/// Every migration, in the order they are applied in. Each lies in the folder of the read model it makes; new ones go at the
/// end, but for one that makes in new databases what an earlier one made otherwise.
const MIGRATIONS: &[Migration] = migrations![
    55 "events_in_order" "../fold/events/0055_events_in_order.sql",
    1 "events" "../fold/events/0001_events.sql",
    2 "downloads" "../fold/downloads/0002_downloads.sql",
    3 "deliveries" "../fold/deliveries/0003_deliveries.sql",
    4 "media_daily" "../fold/media_daily/0004_media_daily.sql",
    5 "collection_quarter_hourly" "../fold/collection_quarter_hourly/0005_collection_quarter_hourly.sql",
    6 "client_daily" "../fold/client_daily/0006_client_daily.sql",
    7 "link_daily" "../fold/link_daily/0007_link_daily.sql",
    8 "favorites" "../fold/favorites/0008_favorites.sql",
    9 "favorite_lists" "../fold/favorite_lists/0009_favorite_lists.sql",
    10 "stars" "../fold/stars/0010_stars.sql",
    11 "share_links" "../fold/share_links/0011_share_links.sql",
    12 "link_visitors" "../fold/link_visitors/0012_link_visitors.sql",
    13 "collections" "../fold/collections/0013_collections.sql",
    14 "collection_first_upserts" "../fold/collections/0014_collection_first_upserts.sql",
    15 "galleries" "../fold/galleries/0015_galleries.sql",
    16 "media" "../fold/media/0016_media.sql",
    17 "clients" "../fold/clients/0017_clients.sql",
    18 "quarantine" "../fold/quarantine/0018_quarantine.sql",
    19 "ledger" "../fold/ledger/0019_ledger.sql",
    20 "positions" "../fold/ledger/0020_positions.sql",
    21 "positions_of_ledger" "../fold/ledger/0021_positions_of_ledger.sql",
    22 "edge_sequences" "../fold/edge_sequences/0022_edge_sequences.sql",
    23 "erasures" "../fold/erasures/0023_erasures.sql",
    24 "quarantine_origin" "../fold/quarantine/0024_quarantine_origin.sql",
    25 "quarantine_replays" "../fold/quarantine/0025_quarantine_replays.sql",
    26 "breaker_lifts" "../fold/quarantine/0026_breaker_lifts.sql",
    27 "edge_sequence_times" "../fold/edge_sequences/0027_edge_sequence_times.sql",
    28 "watermarks" "../fold/ledger/0028_watermarks.sql",
    29 "identity_daily" "../fold/identity_daily/0029_identity_daily.sql",
    30 "backfills" "../backfill/0030_backfills.sql",
    31 "client_daily_ends" "../fold/client_daily/0031_client_daily_ends.sql",
    32 "events_log_offset" "../fold/events/0032_events_log_offset.sql",
    33 "events_log_offset_index" "../fold/events/0033_events_log_offset_index.sql",
    34 "events_settings" "../fold/events/0034_events_settings.sql",
    35 "downloads_settings" "../fold/downloads/0035_downloads_settings.sql",
    36 "deliveries_settings" "../fold/deliveries/0036_deliveries_settings.sql",
    37 "media_daily_settings" "../fold/media_daily/0037_media_daily_settings.sql",
    38 "collection_quarter_hourly_settings" "../fold/collection_quarter_hourly/0038_collection_quarter_hourly_settings.sql",
    39 "identity_daily_settings" "../fold/identity_daily/0039_identity_daily_settings.sql",
    40 "ledger_canaries" "../fold/ledger/0040_ledger_canaries.sql",
    41 "canaries" "../fold/ledger/0041_canaries.sql",
    42 "canaries_of_ledger" "../fold/ledger/0042_canaries_of_ledger.sql",
    43 "erasure_steps" "../erase/0043_erasure_steps.sql",
    44 "definition" "../served/0044_definition.sql",
    45 "partition_counts" "../fold/ledger/0045_partition_counts.sql",
    46 "collection_latest_upserts" "../fold/collections/0046_collection_latest_upserts.sql",
    47 "collection_latest_upserts_so_far" "../fold/collections/0047_collection_latest_upserts_so_far.sql",
    48 "events_merges" "../fold/events/0048_events_merges.sql",
    49 "deliveries_merges" "../fold/deliveries/0049_deliveries_merges.sql",
    50 "downloads_merges" "../fold/downloads/0050_downloads_merges.sql",
    51 "media_daily_merges" "../fold/media_daily/0051_media_daily_merges.sql",
    52 "identity_daily_merges" "../fold/identity_daily/0052_identity_daily_merges.sql",
    53 "favorites_merges" "../fold/favorites/0053_favorites_merges.sql",
    54 "link_visitors_merges" "../fold/link_visitors/0054_link_visitors_merges.sql",
];

/// Why the tables cannot be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    /// ClickHouse refused a statement or could not be reached.
    #[error("{step}: {cause}")]
    Statement {
        /// What was being done.
        step: String,
        /// What ClickHouse said.
        #[source]
        cause: clickhouse::error::Error,
    },
    /// The cluster is not as it must be, or cannot be asked about.
    #[error(transparent)]
    Cluster(#[from] clickhouse::error::Error),
    /// A migration has no form for a cluster.
    #[error("migration {number:04}_{name}: {cause}")]
    Form {
        /// The migration's number.
        number: u32,
        /// The migration's name.
        name: &'static str,
        /// Which statement.
        cause: UnknownForm,
    },
    /// A file that was applied has another content now.
    #[error("migration {number:04}_{name} was edited after it was applied; add a new migration instead")]
    Edited {
        /// The migration's number.
        number: u32,
        /// The migration's name.
        name: String,
    },
    /// The tables follow a definition that this program cannot fold by.
    #[error(transparent)]
    Definition(#[from] UnknownDefinition),
}

#[derive(Debug, Row, Serialize, Deserialize)]
struct Applied {
    number: u32,
    name: String,
    content: u128,
}

impl Store {
    /// Creates the database and applies what is not applied yet. Two projectors may do so at once.
    ///
    /// # Errors
    /// A statement that failed, or an applied migration that was edited since.
    pub async fn migrate(&self) -> Result<(), MigrationError> {
        self.migrate_by(None).await
    }

    /// The same for a database that, when it is new, is to follow this definition; none for the program's own.
    ///
    /// # Errors
    /// As [`Self::migrate`].
    pub async fn migrate_by(&self, definition: Option<&Named>) -> Result<(), MigrationError> {
        // What the cluster lacks is said before anything is made on it.
        self.inserting().await?;
        let cluster = self.cluster.as_deref();
        let create = format!("CREATE DATABASE IF NOT EXISTS `{}`{}", self.database, on_cluster(cluster));
        self.execute("create the database", &create).await?;
        let client = self.database();
        let mut ddl = Ddl::new(cluster, &self.database);
        for statement in form(&mut ddl, &RECORD)? {
            run(&client, "create the table of migrations", &statement).await?;
        }
        let applied = "SELECT ?fields FROM migrations FINAL ORDER BY number";
        let applied: Vec<Applied> = client
            .query(applied)
            .fetch_all()
            .await
            .map_err(|cause| MigrationError::Statement { step: "read applied migrations".to_owned(), cause })?;
        for migration in MIGRATIONS {
            let content = xxh3_128(migration.statement.as_bytes());
            let statements = form(&mut ddl, migration)?;
            match applied.iter().find(|row| row.number == migration.number) {
                Some(row) if row.content == content => {}
                Some(row) => return Err(MigrationError::Edited { number: row.number, name: row.name.clone() }),
                None => self.apply(migration, content, &statements).await?,
            }
        }
        for Applied { number, name, .. } in applied.iter().filter(|row| is_later(row.number)) {
            tracing::warn!(
                migration = format!("{number:04}_{name}"),
                "a newer version applied this: it is left alone, and what it makes is not written"
            );
        }
        let named = self.name_definition(definition).await;
        named.map_err(|cause| MigrationError::Statement { step: "name the definition".to_owned(), cause })
    }

    async fn apply(&self, migration: &Migration, content: u128, statements: &[String]) -> Result<(), MigrationError> {
        let step = format!("migration {:04}_{}", migration.number, migration.name);
        let client = self.inserting().await?;
        for statement in statements {
            run(&client, &step, statement).await?;
        }
        let row = Applied { number: migration.number, name: migration.name.to_owned(), content };
        super::insert::insert(&client, "migrations", &[row])
            .await
            .map_err(|cause| MigrationError::Statement { step: step.clone(), cause })?;
        tracing::info!(step, "applied");
        Ok(())
    }

    /// Makes a table whose name says its database, by its statement for a single node.
    pub(crate) async fn make(&self, step: &'static str, statement: &str) -> Result<(), MigrationError> {
        let statements = Ddl::new(self.cluster.as_deref(), &self.database).statements(statement);
        let statements = statements.map_err(|cause| MigrationError::Form { number: 0, name: step, cause })?;
        for statement in statements {
            run(&self.client, step, &statement).await?;
        }
        Ok(())
    }

    /// Runs a statement that names the databases it is about.
    pub(crate) async fn execute(&self, step: &str, statement: &str) -> Result<(), MigrationError> {
        run(&self.client, step, statement).await
    }
}

/// Whether a migration is of a version that is newer than this one.
fn is_later(number: u32) -> bool {
    MIGRATIONS.iter().all(|migration| number > migration.number)
}

/// The statements that do what a migration says where the tables are.
fn form(ddl: &mut Ddl<'_>, migration: &Migration) -> Result<Vec<String>, MigrationError> {
    let Migration { number, name, statement } = *migration;
    ddl.statements(statement).map_err(|cause| MigrationError::Form { number, name, cause })
}

/// Every statement that makes the tables of `database`, in order, as run on a cluster of this name or on a single node.
///
/// # Errors
/// A migration has no form for a cluster.
pub fn definition(cluster: Option<&str>, database: &str) -> Result<Vec<String>, MigrationError> {
    let mut ddl = Ddl::new(cluster, database);
    let mut statements = vec![format!("CREATE DATABASE IF NOT EXISTS `{database}`{}", on_cluster(cluster))];
    for migration in std::iter::once(&RECORD).chain(MIGRATIONS) {
        statements.extend(form(&mut ddl, migration)?);
    }
    Ok(statements)
}

async fn run(client: &clickhouse::Client, step: &str, statement: &str) -> Result<(), MigrationError> {
    let done = client.query(&statement.replace('?', "??")).execute().await;
    done.map_err(|cause| MigrationError::Statement { step: step.to_owned(), cause })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_are_numbered_without_gaps() {
        let mut numbers: Vec<u32> = MIGRATIONS.iter().map(|migration| migration.number).collect();
        numbers.sort_unstable();
        let expected: Vec<u32> = (1..).take(MIGRATIONS.len()).collect();
        assert_eq!(numbers, expected);
    }
}
