//! Every statement in both forms, as the engine parses it.

use anyhow::ensure;
use loupe_projector::{store, views};
use loupe_tests::clickhouse::ClickHouse;
use loupe_tests::stack::Stack;

use crate::two_shards::CLUSTER;

/// Every statement that makes tables and views where the tables are.
fn statements(cluster: Option<&str>) -> anyhow::Result<Vec<String>> {
    let mut statements = store::definition(cluster, "loupe_v1")?;
    let switching = views::Tables::Switching { before: "loupe_v1", next: "loupe_v2" };
    for tables in [views::Tables::Of("loupe_v1"), switching] {
        statements.extend(views::statements("loupe", tables, cluster).map(|(_, statement)| statement));
    }
    Ok(statements)
}

#[tokio::test]
async fn the_engine_parses_every_statement_in_both_forms() -> anyhow::Result<()> {
    let stack = Stack::shared(env!("CARGO_BIN_EXE_loupe-stack"))?;
    let clickhouse = ClickHouse::new(&stack.addresses.clickhouse_url);
    for cluster in [None, Some(CLUSTER)] {
        let statements = statements(cluster)?;
        ensure!(statements.len() > 50, "{}", statements.len());
        for statement in statements {
            let quoted = statement.replace('\\', "\\\\").replace('\'', "\\'");
            let parsed = clickhouse.ask(&format!("SELECT formatQuery('{quoted}')")).await?;
            // On a cluster whatever makes a table says where, but for changes that replicas pass on themselves, and rows.
            let is_everywhere = statement.contains(" ON CLUSTER `main`");
            let is_passed_on = statement.contains("ALTER TABLE ") || statement.starts_with("INSERT INTO ");
            ensure!(is_everywhere == cluster.is_some() || is_passed_on, "{statement}");
            if let Some((_, engine)) = statement.split_once("ENGINE = ") {
                let is_of_a_cluster = engine.starts_with("Replicated") || engine.starts_with("Distributed(");
                ensure!(is_of_a_cluster == cluster.is_some(), "{statement}");
                let name = engine.split(|letter: char| !letter.is_ascii_alphanumeric()).next().unwrap_or_default();
                ensure!(parsed.contains(&format!("ENGINE = {name}")), "{statement}: {parsed}");
            }
        }
    }
    Ok(())
}
