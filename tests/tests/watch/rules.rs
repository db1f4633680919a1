//! Alerts: promtool checks and plays them, each has its page, and they look at what there is.

use std::collections::BTreeSet;

use anyhow::{Context, ensure};
use loupe_tests::go::PROMTOOL;

use crate::{queries, root};

const RULES: &str = include_str!("../../../deploy/prometheus/rules/loupe.yml");
const TESTS: &str = include_str!("../../../deploy/prometheus/tests/loupe.yml");

/// The values of a key in a YAML file in which it stands on lines of its own.
fn values<'y>(yaml: &'y str, key: &str) -> Vec<&'y str> {
    let value = |line: &'y str| line.trim_start().trim_start_matches("- ").strip_prefix(key)?.strip_prefix(": ");
    yaml.lines().filter_map(value).collect()
}

#[tokio::test]
async fn every_alert_fires_when_it_should_and_not_when_it_should_not() -> anyhow::Result<()> {
    let folder = root().join("deploy/prometheus");
    PROMTOOL.run(&folder, &["check", "rules", "rules/loupe.yml"]).await?;
    PROMTOOL.run(&folder, &["test", "rules", "tests/loupe.yml"]).await?;
    let alerts: BTreeSet<&str> = values(RULES, "alert").into_iter().collect();
    let played: BTreeSet<&str> = values(TESTS, "alertname").into_iter().collect();
    ensure!(alerts == played, "alerts {alerts:?}, of which {played:?} are played");
    for alert in alerts {
        let name = format!("alertname: {alert}\n");
        let told = TESTS.match_indices(&name).filter(|(at, _)| {
            let rest = &TESTS[*at..];
            let expected =
                rest.find("exp_alerts:").map_or("", |at| rest[at + "exp_alerts:".len()..].trim_start_matches(' '));
            expected.starts_with('\n')
        });
        ensure!(told.count() > 0, "{alert} is never played to fire");
    }
    Ok(())
}

#[test]
fn every_alert_has_a_runbook_that_says_what_to_do() -> anyhow::Result<()> {
    let alerts = values(RULES, "alert");
    let pages: BTreeSet<String> = std::fs::read_dir(root().join("docs/runbooks"))?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .filter(|name: &anyhow::Result<String>| name.as_ref().map_or(true, |name| name != "README.md"))
        .collect::<anyhow::Result<_>>()?;
    let wanted: BTreeSet<String> = alerts.iter().map(|alert| format!("{alert}.md")).collect();
    ensure!(pages == wanted, "pages {pages:?}, alerts {wanted:?}");
    ensure!(values(RULES, "runbook_url").len() == alerts.len(), "an alert has no runbook_url");
    for (alert, url) in alerts.iter().zip(values(RULES, "runbook_url")) {
        let page = std::fs::read_to_string(root().join(url)).with_context(|| url.to_owned())?;
        ensure!(page.starts_with(&format!("# {alert}\n")), "{url} is not about {alert}");
        for part in ["## What it means", "## Look", "## Mend"] {
            ensure!(page.contains(part), "{url} has no part {part:?}");
        }
    }
    Ok(())
}

#[test]
fn rules_look_at_what_there_is() -> anyhow::Result<()> {
    // Expressions go on in indented lines; what they name is the same however they are cut.
    let (_, rules) = RULES.split_once("groups:").context("no groups")?;
    for block in rules.split("- alert:").flat_map(|part| part.split("- record:")) {
        let expression = block.split_once("expr:").map_or("", |(_, rest)| rest);
        let end = ["\n        for:", "\n        labels:", "\n      -", "\n      #"];
        let end = end.iter().filter_map(|end| expression.find(end)).min().unwrap_or(expression.len());
        queries::check(&expression[..end])?;
    }
    Ok(())
}
