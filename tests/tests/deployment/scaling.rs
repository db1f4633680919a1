//! Projectors by lag: what KEDA asks Kafka is what the projectors commit there.

use anyhow::{Context, ensure};
use loupe_schemas::topics;
use loupe_tests::deployment::chart::{Tools, objects};
use loupe_tests::deployment::yaml;

use crate::chart::{MOST, text};

#[tokio::test]
async fn the_lag_is_that_of_the_projectors_group() -> anyhow::Result<()> {
    let objects = objects(&Tools::ready().await?.render(MOST).await?)?;
    let find = |kind: &str| objects.iter().find(|object| object["kind"] == kind).context("an object is missing");
    let (scaler, projector) = (find("ScaledObject")?, find("StatefulSet")?);
    let told = projector.pointer("/spec/template/spec/containers/0/env").and_then(|env| env.as_array());
    let told = |name: &str| {
        let variable = told.into_iter().flatten().find(|variable| variable["name"] == name);
        variable.and_then(|variable| variable["value"].as_str()).with_context(|| format!("{name} is not told"))
    };
    let trigger = &scaler["spec"]["triggers"][0];
    let config = serde_json::json!({
        "kafka_bootstrap": told("LOUPE_PROJECTOR_KAFKA_BOOTSTRAP")?,
        "clickhouse_url": told("LOUPE_PROJECTOR_CLICKHOUSE_URL")?,
        "group": told("LOUPE_PROJECTOR_GROUP")?,
        "database": told("LOUPE_PROJECTOR_DATABASE")?,
    });
    let group = serde_json::from_value::<loupe_projector::Config>(config)?.pinned().group;
    ensure!(group == "others.loupe_v2" && text(trigger, "/metadata/consumerGroup")? == group, "{trigger}");
    ensure!(text(trigger, "/metadata/bootstrapServers")? == told("LOUPE_PROJECTOR_KAFKA_BOOTSTRAP")?);
    ensure!(trigger["metadata"]["topic"].is_null(), "the group reads more than one topic");
    Ok(())
}

#[tokio::test]
async fn the_lag_is_that_of_a_rebuilt_database_once_it_is_said() -> anyhow::Result<()> {
    let told = serde_json::json!({
        "kafka_bootstrap": "kafka:9092", "clickhouse_url": "http://clickhouse:8123", "group": "others"
    });
    let group = serde_json::from_value::<loupe_projector::Config>(told)?.of("loupe_v2").group;
    let autoscaling = "autoscaling: {enabled: true, ";
    let values = MOST.replace(autoscaling, &format!("{autoscaling}consumerGroup: {group}, "));
    let objects = objects(&Tools::ready().await?.render(&values).await?)?;
    let scaler = objects.iter().find(|object| object["kind"] == "ScaledObject").context("nothing scales")?;
    ensure!(text(scaler, "/spec/triggers/0/metadata/consumerGroup")? == group, "{scaler}");
    Ok(())
}

#[test]
fn no_projector_is_started_for_nothing() -> anyhow::Result<()> {
    let values = yaml("deploy/helm/values.yaml")?;
    let most = values.pointer("/projector/autoscaling/maxReplicas").and_then(serde_json::Value::as_i64);
    let partitions = topics::EVENTS.partitions + topics::CATALOG.partitions;
    ensure!(most.is_some_and(|most| most <= i64::from(partitions)), "{most:?} projectors of {partitions} partitions");
    Ok(())
}
