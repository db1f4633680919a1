//! Files and secrets that the chart hands to the services: the example of docs/SECURITY.md.

use anyhow::{Context, ensure};
use loupe_tests::deployment::chart::{Tools, objects};
use loupe_tests::deployment::container::listens;
use loupe_tests::deployment::path;
use loupe_tests::secure::authority::Authority;
use serde_json::{Value, json};

use crate::chart::{LEAST, container, environment, text, workloads};

/// Where the example has its files.
const MOUNTED: &str = "/tls";

/// The values that the document has under a heading.
fn example(document: &str, heading: &str) -> anyhow::Result<String> {
    let document = std::fs::read_to_string(path(document))?;
    let (_, below) = document.split_once(heading).with_context(|| format!("there is no {heading}"))?;
    let (_, values) = below.split_once("```yaml\n").context("it has no values")?;
    let (values, _) = values.split_once("```").context("they do not end")?;
    Ok(values.to_owned())
}

#[tokio::test]
async fn the_example_of_tls_mounts_what_the_services_read() -> anyhow::Result<()> {
    let tools = Tools::ready().await?;
    let values = example("docs/SECURITY.md", "## In the chart")?;
    tools.lint(&values).await?;
    let rendered = tools.render(&values).await?;
    tools.conform(&rendered).await?;

    let directory = tempfile::tempdir()?;
    let authority = Authority::new(directory.path(), "authority")?;
    for name in ["kafka-ca.pem", "clickhouse-ca.pem"] {
        std::fs::copy(&authority.certificate, directory.path().join(name))?;
    }
    std::fs::write(directory.path().join("kafka-password"), "secret")?;
    let here = directory.path().to_str().context("a path of letters")?;
    for workload in workloads(&objects(&rendered)?) {
        let container = container(workload)?;
        let mut told = environment(container)?;
        let mut files = 0;
        for value in told.values_mut() {
            files += value.matches(MOUNTED).count();
            *value = value.replace(MOUNTED, here);
        }
        ensure!(files > 0, "{told:?} reads no file");
        listens(text(container, "/name")?, &told)?;
        let mounts = container["volumeMounts"].as_array().context("something is mounted")?;
        let mount = mounts.iter().find(|mount| mount["mountPath"] == MOUNTED).context("its files are not")?;
        ensure!(mount["readOnly"] == true, "{mount}");
        let volumes = workload.pointer("/spec/template/spec/volumes").and_then(Value::as_array);
        let volume = volumes.into_iter().flatten().find(|volume| volume["name"] == mount["name"]);
        ensure!(volume.is_some_and(|volume| volume["secret"]["secretName"] == "loupe-tls"), "{workload}");
    }
    Ok(())
}

#[tokio::test]
async fn variables_come_from_secrets_too() -> anyhow::Result<()> {
    let tools = Tools::ready().await?;
    let reference = json!({"secretKeyRef": {"name": "kafka", "key": "properties"}});
    let whole = json!([{"secretRef": {"name": "more"}}]);
    for (service, values) in [("ingest", "ingest"), ("projector", "projector"), ("query-api", "queryApi")] {
        let told = json!({values: {"env": {"LOUPE_ANY": {"valueFrom": reference}}, "envFrom": whole}});
        let rendered = tools.render(&format!("{LEAST}{values}: {}\n", told[values])).await?;
        tools.conform(&rendered).await?;
        let objects = objects(&rendered)?;
        let containers = workloads(&objects).into_iter().map(container).collect::<anyhow::Result<Vec<_>>>()?;
        let told = containers.into_iter().find(|container| container["name"] == service).context("it is there")?;
        let variables = told["env"].as_array().context("it has variables")?;
        let variable = variables.iter().find(|variable| variable["name"] == "LOUPE_ANY");
        ensure!(variable.is_some_and(|variable| variable["valueFrom"] == reference), "{told}");
        ensure!(told["envFrom"] == whole, "{told}");
    }
    for wrong in [
        "env: {LOUPE_ANY: {value: x}}",
        "env: {LOUPE_ANY: {valueFrom: {}}}",
        "extraVolumes: [{secret: {secretName: x}}]",
        "extraVolumes: [{name: keys, emptyDir: {}}]",
        "extraVolumeMounts: [{name: tls}]",
        "volumes: []",
    ] {
        ensure!(tools.render(&format!("{LEAST}projector: {{{wrong}}}\n")).await.is_err(), "this was taken: {wrong}");
    }
    Ok(())
}
