//! The statements of the Grafana dashboard, with its macros and variables put in as its data source does.

use anyhow::{Context, ensure};
use loupe_tests::clickhouse::ClickHouse;
use loupe_tests::stack::Stack;
use serde_json::Value;

const DASHBOARD: &str = include_str!("../../../deploy/grafana/downloads.json");

/// What Grafana's data source sends for a statement, about everything there is.
fn expanded(statement: &str, collections: &str) -> String {
    let mut text = statement.replace("${account}", "1").replace("${collection:csv}", collections);
    for (macro_name, meaning) in [
        ("$__timeFilter", "($ >= toDateTime(0) AND $ <= toDateTime(4000000000))"),
        ("$__dateFilter", "($ >= toDate(0) AND $ <= toDate('2100-01-01'))"),
        ("$__timeInterval", "toStartOfInterval(toDateTime($), INTERVAL 3600 second)"),
    ] {
        while let Some((before, rest)) = text.split_once(&format!("{macro_name}(")) {
            let (column, after) = rest.split_once(')').unwrap_or((rest, ""));
            text = format!("{before}{}{after}", meaning.replace('$', column));
        }
    }
    text
}

#[tokio::test]
async fn every_panel_of_the_dashboard_shows_something() -> anyhow::Result<()> {
    let stack = Stack::shared(env!("CARGO_BIN_EXE_loupe-stack"))?;
    crate::played(&stack).await?;
    let clickhouse = ClickHouse::new(&stack.addresses.clickhouse_url);
    let dashboard: Value = serde_json::from_str(DASHBOARD)?;
    let variables = dashboard["templating"]["list"].as_array().context("variables")?;
    let collections = variables.iter().find(|one| one["name"] == "collection").context("collections")?;
    let listed = clickhouse.ask(&expanded(collections["query"].as_str().context("a query")?, "")).await?;
    let ids: Vec<&str> = listed.lines().filter_map(|line| line.split('\t').next()).collect();
    ensure!(!ids.is_empty(), "the variable finds no collections");
    let panels = dashboard["panels"].as_array().context("panels")?;
    ensure!(panels.len() > 8, "only {} panels", panels.len());
    for panel in panels {
        let statement = panel["targets"][0]["rawSql"].as_str().context("a statement")?;
        let answer =
            clickhouse.ask(&expanded(statement, &ids.join(","))).await.with_context(|| panel["title"].to_string())?;
        ensure!(!answer.is_empty(), "{} shows nothing", panel["title"]);
        ensure!(panel["description"].as_str().is_some_and(|text| !text.is_empty()), "{} says nothing", panel["title"]);
    }
    Ok(())
}
