//! The dashboards of metrics: each expression is PromQL, and names what there is.

use anyhow::{Context, ensure};
use loupe_tests::go::PROMTOOL;
use serde_json::Value;

use crate::queries;

const DASHBOARDS: [(&str, &str); 3] = [
    ("pipeline", include_str!("../../../deploy/grafana/pipeline.json")),
    ("api", include_str!("../../../deploy/grafana/api.json")),
    ("edges", include_str!("../../../deploy/grafana/edges.json")),
];

/// The expressions of a dashboard's panels, as Grafana sends them.
fn expressions(dashboard: &Value) -> anyhow::Result<Vec<String>> {
    let mut found = Vec::new();
    for panel in dashboard["panels"].as_array().context("no panels")? {
        ensure!(panel["description"].as_str().is_some_and(|text| !text.is_empty()), "{} says nothing", panel["title"]);
        ensure!(panel["fieldConfig"]["defaults"]["unit"].is_string(), "{} has no unit", panel["title"]);
        for target in panel["targets"].as_array().context("no targets")? {
            let expression = target["expr"].as_str().with_context(|| format!("{} asks nothing", panel["title"]))?;
            found.push(expression.replace("$__rate_interval", "5m").replace("$instance", ".*"));
        }
    }
    Ok(found)
}

#[tokio::test]
async fn every_panel_asks_for_what_there_is() -> anyhow::Result<()> {
    for (name, text) in DASHBOARDS {
        let dashboard: Value = serde_json::from_str(text).context(name)?;
        ensure!(dashboard["uid"] == format!("loupe-{name}"), "{name} has the uid {}", dashboard["uid"]);
        let expressions = expressions(&dashboard).context(name)?;
        ensure!(expressions.len() > 3, "{name} asks only {} questions", expressions.len());
        let mut rules = String::from("groups:\n  - name: panels\n    rules:\n");
        for (number, expression) in expressions.iter().enumerate() {
            queries::check(expression).context(name)?;
            // JSON is YAML, and a rule is refused whose expression is not PromQL.
            let quoted = serde_json::to_string(expression)?;
            rules.push_str(&format!("      - record: panel:{name}:{number}\n        expr: {quoted}\n"));
        }
        let folder = tempfile::tempdir()?;
        std::fs::write(folder.path().join("panels.yml"), rules)?;
        PROMTOOL.run(folder.path(), &["check", "rules", "panels.yml"]).await.context(name)?;
    }
    Ok(())
}
