//! The tables on a cluster of ClickHouse servers: the same statements, made into those for every node.
//!
//! What belongs to accounts is sharded by account: each shard has a replicated table `NAME_local`, and `NAME`, which
//! readers and writers use, is `Distributed` over them. So every row of an account lies in one shard, and a statement
//! about an account is answered by it alone. What belongs to the pipeline itself (the ledger, quarantine, migrations) is
//! small and lies on every node, replicated among all. What a statement says beside that is left as it is.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

/// The end of the names of a sharded table's parts.
const LOCAL: &str = "_local";
/// What a row is placed by: every row that says whose it is has this column.
const ACCOUNT: &str = "account_id";
/// Which shard an account lies in. A hash, so that accounts numbered in order spread.
const SHARDING: &str = "sipHash64(account_id)";
/// Where in Keeper the replicas of a shard's table meet, and each one's name there; ClickHouse's own macros.
const SHARDED: (&str, &str) = ("/clickhouse/tables/{shard}/{database}/{table}", "{replica}");
/// The same for a table that every node has whole.
const EVERYWHERE: (&str, &str) = ("/clickhouse/tables/all/{database}/{table}", "{shard}-{replica}");

/// A statement in a form that this module does not know, by its beginning.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no form of this statement for a cluster is known: {0}")]
pub struct UnknownForm(String);

/// Makes statements about the tables of one database into those for where they run: one node, or a cluster.
#[derive(Debug)]
pub(super) struct Ddl<'c> {
    cluster: Option<&'c str>,
    database: &'c str,
    /// The sharded tables among those that were made so far.
    sharded: BTreeSet<String>,
}

/// The name of a sharded table's parts.
pub(crate) fn parts(table: &str) -> String {
    format!("{table}{LOCAL}")
}

/// An `ALTER TABLE` of a table that belongs to accounts, for where its rows lie: the parts, on every shard. What it reads
/// beside, of the same account, lies in the same shard.
pub(crate) fn on_parts(cluster: Option<&str>, database: &str, statement: &str) -> String {
    static TABLE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b(ALTER TABLE|FROM) (\w+)").expect("a pattern"));
    let text = without_heading(statement);
    if cluster.is_none() || !text.starts_with("ALTER TABLE ") {
        return statement.to_owned();
    }
    let everywhere = on_cluster(cluster);
    let place = |found: &regex::Captures<'_>| {
        let (words, name) = (&found[1], &found[2]);
        let everywhere = if words == "FROM" { "" } else { &everywhere };
        format!("{words} `{database}`.{name}{LOCAL}{everywhere}")
    };
    TABLE.replace_all(text, place).into_owned()
}

/// ` ON CLUSTER …`, or nothing on one node.
pub(crate) fn on_cluster(cluster: Option<&str>) -> String {
    cluster.map(|name| format!(" ON CLUSTER `{name}`")).unwrap_or_default()
}

impl<'c> Ddl<'c> {
    /// For a database with no tables yet.
    pub(super) const fn new(cluster: Option<&'c str>, database: &'c str) -> Self {
        Self { cluster, database, sharded: BTreeSet::new() }
    }

    /// What to run in the place of a migration's statement, in order; all migrations before it were asked for before.
    /// Running them again changes nothing, if running the statement again does not.
    ///
    /// # Errors
    /// The statement is of a form that has none for a cluster yet.
    pub(super) fn statements(&mut self, statement: &str) -> Result<Vec<String>, UnknownForm> {
        let Some(cluster) = self.cluster else { return Ok(vec![statement.to_owned()]) };
        let text = without_heading(statement);
        if let Some((name, rest)) = named(text, "CREATE TABLE IF NOT EXISTS ") {
            let is_sharded = rest.lines().any(|line| line.split_whitespace().next() == Some(ACCOUNT));
            if is_sharded {
                self.sharded.insert(name.to_owned());
            }
            let (place, local) = if is_sharded { (SHARDED, LOCAL) } else { (EVERYWHERE, "") };
            let body = replicated(rest, place).ok_or_else(|| unknown(text))?;
            let create = format!("CREATE TABLE IF NOT EXISTS {name}{local} ON CLUSTER `{cluster}`{body}");
            return Ok(self.with_distributed(cluster, name, create));
        }
        if let Some((name, rest)) = named(text, "ALTER TABLE ") {
            // Replicas pass it on among themselves: sent to each shard, it would meet itself in a table of all.
            let target = if self.sharded.contains(name) {
                format!("{name}{LOCAL} ON CLUSTER `{cluster}`")
            } else {
                name.to_owned()
            };
            return Ok(self.with_distributed(cluster, name, format!("ALTER TABLE {target}{rest}")));
        }
        if let Some((name, rest)) = named(text, "DROP TABLE IF EXISTS ") {
            let drop = |local: &str| format!("DROP TABLE IF EXISTS {name}{local} ON CLUSTER `{cluster}`{rest}");
            return Ok(if self.sharded.remove(name) { vec![drop(""), drop(LOCAL)] } else { vec![drop("")] });
        }
        if let Some((name, rest)) = named(text, "CREATE MATERIALIZED VIEW IF NOT EXISTS ") {
            // It sees what is inserted on its node, into a table of every node; one of a shard would need other names.
            let reads_sharded = self.sharded.iter().any(|table| rest.contains(&format!(" {table} ")));
            if reads_sharded {
                return Err(unknown(text));
            }
            return Ok(vec![format!("CREATE MATERIALIZED VIEW IF NOT EXISTS {name} ON CLUSTER `{cluster}`{rest}")]);
        }
        if named(text, "INSERT INTO ").is_some() {
            // The tables before the parts are read and written, by whichever node is asked.
            return Ok(vec![text.to_owned()]);
        }
        Err(unknown(text))
    }

    /// After what was done to a sharded table's parts, the table before them with the columns they have now: it has no
    /// rows of its own, so it is made anew.
    fn with_distributed(&self, cluster: &str, name: &str, done: String) -> Vec<String> {
        if !self.sharded.contains(name) {
            return vec![done];
        }
        let database = self.database;
        let distributed = format!(
            "CREATE OR REPLACE TABLE {name} ON CLUSTER `{cluster}` AS {name}{LOCAL} \
             ENGINE = Distributed('{cluster}', '{database}', '{name}{LOCAL}', {SHARDING})"
        );
        vec![done, distributed]
    }
}

/// A statement without the comments it begins with.
fn without_heading(statement: &str) -> &str {
    let mut text = statement.trim();
    while text.starts_with("--") {
        text = text.split_once('\n').map_or("", |(_, rest)| rest.trim_start());
    }
    text
}

/// The name that follows these words, and what comes after it.
fn named<'s>(text: &'s str, words: &str) -> Option<(&'s str, &'s str)> {
    let rest = text.strip_prefix(words)?;
    Some(rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len())))
}

/// The table with the replicated engine of the same name, which meets the other replicas at `place`.
fn replicated(body: &str, place: (&str, &str)) -> Option<String> {
    const ENGINE: &str = "ENGINE = ";
    let (columns, engine) = body.split_once(ENGINE)?;
    let end = engine.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(engine.len());
    let (family, rest) = engine.split_at(end);
    if !family.ends_with("MergeTree") {
        return None;
    }
    let (path, replica) = place;
    let rest = match rest.strip_prefix('(') {
        Some(arguments) => format!(", {arguments}"),
        None => format!("){rest}"),
    };
    Some(format!("{columns}{ENGINE}Replicated{family}('{path}', '{replica}'{rest}"))
}

fn unknown(text: &str) -> UnknownForm {
    UnknownForm(text.lines().next().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEDGER: &str = "-- Ranges.\nCREATE TABLE IF NOT EXISTS ledger\n(\n    topic String\n)\n\
                          ENGINE = ReplacingMergeTree\nORDER BY topic";
    const STARS: &str = "-- Stars.\n-- Two lines.\nCREATE TABLE IF NOT EXISTS stars\n(\n    account_id  UInt64,\n    \
                         version UInt64\n)\nENGINE = ReplacingMergeTree(version)\nORDER BY account_id";

    fn ddl() -> Ddl<'static> {
        Ddl::new(Some("main"), "loupe_v1")
    }

    #[test]
    fn on_one_node_a_statement_is_what_it_is() {
        assert_eq!(Ddl::new(None, "loupe_v1").statements(STARS).unwrap(), [STARS]);
    }

    #[test]
    fn what_belongs_to_accounts_is_sharded_by_account() {
        assert_eq!(
            ddl().statements(STARS).unwrap(),
            [
                "CREATE TABLE IF NOT EXISTS stars_local ON CLUSTER `main`\n(\n    account_id  UInt64,\n    version \
                 UInt64\n)\nENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', \
                 '{replica}', version)\nORDER BY account_id",
                "CREATE OR REPLACE TABLE stars ON CLUSTER `main` AS stars_local \
                 ENGINE = Distributed('main', 'loupe_v1', 'stars_local', sipHash64(account_id))",
            ]
        );
    }

    #[test]
    fn what_belongs_to_the_pipeline_is_on_every_node() {
        assert_eq!(
            ddl().statements(LEDGER).unwrap(),
            ["CREATE TABLE IF NOT EXISTS ledger ON CLUSTER `main`\n(\n    topic String\n)\n\
              ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/all/{database}/{table}', \
              '{shard}-{replica}')\nORDER BY topic"]
        );
    }

    #[test]
    fn a_change_reaches_the_parts_and_then_the_table_before_them() {
        let mut ddl = ddl();
        ddl.statements(STARS).unwrap();
        ddl.statements(LEDGER).unwrap();
        let changed = ddl.statements("-- Why.\nALTER TABLE stars\n    ADD COLUMN IF NOT EXISTS at Date").unwrap();
        assert_eq!(changed[0], "ALTER TABLE stars_local ON CLUSTER `main`\n    ADD COLUMN IF NOT EXISTS at Date");
        assert!(changed[1].starts_with("CREATE OR REPLACE TABLE stars ON CLUSTER"), "{changed:?}");
        let changed = ddl.statements("ALTER TABLE ledger ADD COLUMN IF NOT EXISTS at Date").unwrap();
        assert_eq!(changed, ["ALTER TABLE ledger ADD COLUMN IF NOT EXISTS at Date"]);
        let dropped = ddl.statements("DROP TABLE IF EXISTS stars SETTINGS max_table_size_to_drop = 0").unwrap();
        assert_eq!(
            dropped,
            ["", "_local"].map(|local| format!(
                "DROP TABLE IF EXISTS stars{local} ON CLUSTER `main` SETTINGS max_table_size_to_drop = 0"
            ))
        );
    }

    #[test]
    fn rows_are_added_by_one_node_whatever_shard_is_theirs() {
        let mut ddl = ddl();
        ddl.statements(STARS).unwrap();
        let copied = "INSERT INTO stars (account_id)\nSELECT account_id FROM stars FINAL";
        assert_eq!(ddl.statements(&format!("-- Why.\n{copied}")).unwrap(), [copied]);
    }

    #[test]
    fn rows_are_changed_where_they_lie() {
        let erase = "-- Why.\nALTER TABLE events\nDELETE WHERE id IN (SELECT id FROM events WHERE version > 0)";
        assert_eq!(on_parts(None, "loupe_v1", erase), erase);
        assert_eq!(
            on_parts(Some("main"), "loupe_v1", erase),
            "ALTER TABLE `loupe_v1`.events_local ON CLUSTER `main`\nDELETE WHERE id IN (SELECT id FROM \
             `loupe_v1`.events_local WHERE version > 0)"
        );
        let copy = "INSERT INTO visitors SELECT id FROM visitors";
        assert_eq!(on_parts(Some("main"), "loupe_v1", copy), copy);
    }

    #[test]
    fn a_form_without_one_for_a_cluster_is_refused() {
        let mut ddl = ddl();
        ddl.statements(STARS).unwrap();
        for statement in [
            "RENAME TABLE stars TO moons",
            "CREATE TABLE IF NOT EXISTS notes\n(\n    text String\n)\nENGINE = Log",
            "CREATE MATERIALIZED VIEW IF NOT EXISTS v TO ledger AS SELECT 1 FROM stars GROUP BY 1",
        ] {
            let error = ddl.statements(statement).unwrap_err().to_string();
            assert!(error.ends_with(statement.lines().next().unwrap()), "{error}");
        }
    }
}
