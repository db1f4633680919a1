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

/// The statements that make every view in the database `views` read the tables in `tables`, on a single node or on a
/// cluster's every one.
pub fn statements(views: &str, tables: &str, cluster: Option<&str>) -> impl Iterator<Item = (&'static str, String)> {
    let everywhere = on_cluster(cluster);
    VIEWS.iter().map(move |(name, statement)| {
        let heading = format!("{{views}}.{name}\n");
        let statement = statement.replacen(&heading, &format!("{{views}}.{name}{everywhere}\n"), 1);
        let statement = statement.replace("{erased}", ERASED.trim_end());
        (*name, statement.replace("{views}", &format!("`{views}`")).replace("{tables}", &format!("`{tables}`")))
    })
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

    /// Makes every view in the database `views` read this store's tables, each in one step: whoever reads sees the one or
    /// the other.
    ///
    /// # Errors
    /// ClickHouse refused a statement or could not be reached.
    pub async fn publish_views(&self, views: &str) -> Result<(), MigrationError> {
        self.make_database(views).await?;
        for (name, statement) in statements(views, self.name(), self.cluster()) {
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
        for (name, statement) in statements("views_of", "tables_of", None) {
            assert!(statement.starts_with(&format!("CREATE OR REPLACE VIEW `views_of`.{name}\n")), "{statement}");
            assert!(statement.contains("FROM `tables_of`.") && !statement.contains('{'), "{statement}");
        }
        for (name, statement) in statements("views_of", "tables_of", Some("main")) {
            let heading = format!("CREATE OR REPLACE VIEW `views_of`.{name} ON CLUSTER `main`\n");
            assert!(statement.starts_with(&heading), "{statement}");
        }
    }
}
