//! Every metric is written down, and what is exposed is what is written down.

use std::collections::BTreeMap;

use anyhow::{Context, ensure};
use loupe_service::telemetry::catalogue::{Kind, Metric};
use loupe_tests::scrape::Scraped;
use loupe_tests::season;

use crate::queries::all;

const PAGE: &str = include_str!("../../../docs/METRICS.md");

fn line(metric: &Metric) -> String {
    let labels: Vec<String> = metric.labels.iter().map(|label| format!("`{label}`")).collect();
    let labels = if labels.is_empty() { " ".to_owned() } else { format!(" {} ", labels.join(", ")) };
    format!("| `{}` | {} |{labels}| {} |", metric.name, metric.kind.as_str(), metric.help)
}

#[test]
fn the_page_says_of_every_metric_what_the_code_does_and_of_no_other() {
    let written: Vec<&str> = PAGE.lines().filter(|line| line.starts_with("| `loupe_")).collect();
    let meant: Vec<String> = all().map(line).collect();
    assert_eq!(written, meant);
}

#[test]
fn names_say_what_they_are() {
    for metric in all() {
        let name = metric.name;
        assert_eq!(metric.kind == Kind::Counter, name.ends_with("_total"), "{name}");
        assert!(metric.kind != Kind::Histogram || name.ends_with("_seconds"), "{name}");
        assert!(!["_ms", "_millis", "_us", "_kb", "_mb", "_percent"].iter().any(|end| name.ends_with(end)), "{name}");
        assert!(metric.help.ends_with('.'), "{name}: {}", metric.help);
    }
}

#[tokio::test]
async fn what_a_stack_exposes_is_on_the_page_and_counters_begin_at_0() -> anyhow::Result<()> {
    let stack = crate::stack()?;
    season::of_the_day_before_yesterday(&stack, crate::EVENTS).await?;
    let metrics: BTreeMap<&str, &Metric> = all().map(|metric| (metric.name, metric)).collect();
    let addresses = &stack.addresses;
    for (service, url) in
        [("ingest", &addresses.ingest_url), ("projector", &addresses.projector_url), ("query", &addresses.query_url)]
    {
        let scraped = Scraped::of(url).await?;
        for (name, kind) in scraped.types.iter().filter(|(name, _)| !name.starts_with("process_")) {
            let metric =
                metrics.get(name.as_str()).with_context(|| format!("{service} exposes {name}, which nobody lists"))?;
            ensure!(kind == metric.kind.as_str(), "{name} is a {kind}");
        }
        for series in scraped.series.iter().filter(|series| !series.name.starts_with("process_")) {
            let ends = ["_bucket", "_sum", "_count"];
            let name =
                ends.iter().find_map(|end| series.name.strip_suffix(end).filter(|name| metrics.contains_key(name)));
            let metric = metrics.get(name.unwrap_or(&series.name)).with_context(|| series.name.clone())?;
            let labels: Vec<&str> = series.labels.keys().map(String::as_str).filter(|label| *label != "le").collect();
            let mut known = metric.labels.to_vec();
            known.sort_unstable();
            ensure!(labels == known, "{} has the labels {labels:?}", series.name);
        }
        let prefix = format!("loupe_{service}_");
        for metric in all().filter(|metric| metric.name.starts_with(&prefix)) {
            if metric.kind == Kind::Counter && metric.labels.is_empty() {
                ensure!(scraped.named(metric.name).count() == 1, "{} does not begin at 0", metric.name);
            }
        }
        ensure!(scraped.named("process_resident_memory_bytes").count() == 1, "{service} says nothing of its memory");
        ensure!(scraped.named("loupe_ready").all(|series| series.value == 1.0), "{service} is not ready");
    }
    Ok(())
}
