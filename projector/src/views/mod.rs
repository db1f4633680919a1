//! The views that BI tools read: stable names over the tables of one version, without what only the fold needs to know.
//!
//! They hide `FINAL`, versions and tuples, show an erased client by the id in their place (rule 16), and say of every
//! column what it means and in which unit. `docs/BI.md` is about them.

use crate::store::{MigrationError, Store, on_cluster};

/// Who was erased, as the views join it.
const ERASED: &str = include_str!("erased.sql");

macro_rules! views {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!($name, ".sql")))),+]
    };
}

/// Every view and the statement that makes it.
const VIEWS: &[(&str, &str)] = views![
    "clients",
    "collection_quarter_hours",
    "collections",
    "deliveries",
    "downloads",
    "favorite_lists",
    "favorites",
    "freshness",
    "galleries",
    "link_days",
    "media",
    "media_days",
    "share_links",
    "stars",
    "visitor_days",
];

/// What stands between a view's columns, what it selects, and what it means.
const AS: &str = "\nAS ";
const COMMENT: &str = "\nCOMMENT ";

/// Which tables views read.
#[derive(Debug, Clone, Copy)]
pub enum Tables<'d> {
    /// Those of one database.
    Of(&'d str),
    /// Those of `next` once a row of `served` names it, and those of `before` until then: whatever reads several views at
    /// once reads one database, since that row is one.
    Switching {
        /// The database that is served.
        before: &'d str,
        /// The one that is about to be.
        next: &'d str,
    },
}

/// The statements that make every view in the database `views` read these tables, on a single node or on a cluster's
/// every one.
pub fn statements(
    views: &str,
    tables: Tables<'_>,
    cluster: Option<&str>,
) -> impl Iterator<Item = (&'static str, String)> {
    let everywhere = on_cluster(cluster);
    VIEWS.iter().map(move |(name, statement)| {
        let heading = format!("{{views}}.{name}\n");
        let statement = statement.replacen(&heading, &format!("{{views}}.{name}{everywhere}\n"), 1);
        let statement = statement.replace("{erased}", ERASED.trim_end());
        let (columns, rest) = statement.split_once(AS).unwrap_or((&statement, ""));
        let (select, comment) = rest.rsplit_once(COMMENT).unwrap_or((rest, "''"));
        let select = match tables {
            Tables::Of(database) => of(database, select),
            Tables::Switching { before, next } => {
                let latest = "(SELECT argMax(database, (step, served_from)) FROM {views}.served)";
                let part = |database: &str, is_next: &str| {
                    format!("SELECT * FROM (\n{}\n)\nWHERE {latest} {is_next} '{next}'", of(database, select))
                };
                format!("{}\nUNION ALL\n{}", part(before, "!="), part(next, "="))
            }
        };
        (*name, format!("{columns}{AS}{select}{COMMENT}{comment}").replace("{views}", &format!("`{views}`")))
    })
}

/// A statement about the tables of this database.
fn of(database: &str, statement: &str) -> String {
    statement.replace("{tables}", &format!("`{database}`"))
}

impl Store {
    /// Makes the database of the views, when there is none.
    ///
    /// # Errors
    /// ClickHouse refused the statement or could not be reached.
    pub(crate) async fn make_database(&self, views: &str) -> Result<(), MigrationError> {
        let create = format!("CREATE DATABASE IF NOT EXISTS `{views}`{}", on_cluster(self.cluster()));
        self.execute("create the database of views", &create).await
    }

    /// Makes every view in the database `views` read these tables, one after the other.
    ///
    /// # Errors
    /// ClickHouse refused a statement or could not be reached.
    pub async fn publish_views(&self, views: &str, tables: Tables<'_>) -> Result<(), MigrationError> {
        self.make_database(views).await?;
        for (name, statement) in statements(views, tables, self.cluster()) {
            self.execute(&format!("the view {name}"), &statement).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_a_view_and_no_placeholder_is_left() {
        let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/views")).unwrap();
        let names =
            files.filter_map(|file| file.unwrap().file_name().to_str()?.strip_suffix(".sql").map(str::to_owned));
        let mut names: Vec<String> = names.filter(|name| name != "erased").collect();
        names.sort_unstable();
        assert_eq!(names, VIEWS.iter().map(|(name, _)| *name).collect::<Vec<_>>());
        let switching = Tables::Switching { before: "tables_before", next: "tables_of" };
        for tables in [Tables::Of("tables_of"), switching] {
            for (name, statement) in statements("views_of", tables, None) {
                assert!(statement.starts_with(&format!("CREATE OR REPLACE VIEW `views_of`.{name}\n")), "{statement}");
                assert!(statement.contains("FROM `tables_of`.") && !statement.contains('{'), "{statement}");
                assert_eq!(statement.contains("FROM `tables_before`."), statement.contains("UNION ALL"), "{statement}");
            }
        }
        for (name, statement) in statements("views_of", Tables::Of("tables_of"), Some("main")) {
            let heading = format!("CREATE OR REPLACE VIEW `views_of`.{name} ON CLUSTER `main`\n");
            assert!(statement.starts_with(&heading), "{statement}");
        }
    }
}
