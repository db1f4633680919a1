//! deploy/compose: held to Compose's own schema, to the services' configuration, and to the files it mounts.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use anyhow::{Context, ensure};
use loupe_tests::deployment::container::{Environment, listens};
use loupe_tests::deployment::{path, schemas, text, yaml};
use loupe_tests::go::PROMTOOL;
use regex::{Captures, Regex};
use serde_json::Value;

const FILE: &str = "deploy/compose/compose.yaml";
const OURS: [&str; 3] = ["ingest", "projector", "query-api"];

/// `${NAME:?why}`, `${NAME:-else}` and `${NAME:+then}`.
static VARIABLE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\$\{(\w+):([?+-])([^}]*)\}").expect("a pattern"));

/// What `.env` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    /// Everything.
    Everything,
    /// What it must.
    Least,
}

fn services(file: &Value) -> anyhow::Result<&serde_json::Map<String, Value>> {
    file["services"].as_object().context("there are services")
}

/// What a service is told, by the image (`deploy/images/Dockerfile`) and by this file.
pub(crate) fn environment(name: &str, service: &Value) -> anyhow::Result<Environment> {
    told(name, service, Said::Everything)
}

fn told(name: &str, service: &Value, said: Said) -> anyhow::Result<Environment> {
    let value_of = |variable: &Captures<'_>| match (&variable[2], said) {
        ("-", Said::Least) | ("+", Said::Everything) => variable[3].to_owned(),
        ("+", Said::Least) => String::new(),
        _ => "a value that .env has".to_owned(),
    };
    let mut environment = crate::images::environment(name)?;
    for (variable, value) in service["environment"].as_object().into_iter().flatten() {
        let value = value.as_str().with_context(|| format!("{variable} of {name} is no text"))?;
        environment.insert(variable.clone(), VARIABLE.replace_all(value, value_of).into_owned());
    }
    Ok(environment)
}

#[tokio::test]
async fn compose_takes_the_file() -> anyhow::Result<()> {
    let schema = jsonschema::validator_for(&schemas::compose().await?)?;
    let file = yaml(FILE)?;
    let errors: Vec<String> =
        schema.iter_errors(&file).map(|error| format!("{}: {error}", error.instance_path())).collect();
    ensure!(errors.is_empty(), "{errors:#?}");
    let mut wrong = file;
    wrong["services"]["ingest"]["enviroment"] = serde_json::json!({});
    ensure!(!schema.is_valid(&wrong), "a misspelt field was taken");
    Ok(())
}

#[test]
fn the_services_take_what_compose_tells_them() -> anyhow::Result<()> {
    let file = yaml(FILE)?;
    for name in OURS {
        let service = &services(&file)?[name];
        let listen = listens(name, &environment(name, service)?)?;
        ensure!(listen.ip().is_unspecified(), "{name} listens on {listen}");
        for published in service["ports"].as_array().into_iter().flatten() {
            let published = published.as_str().context("a port is text")?;
            ensure!(published == format!("127.0.0.1:{0}:{0}", listen.port()), "{name} publishes {published}");
        }
        ensure!(service["read_only"] == true && service["cap_drop"] == serde_json::json!(["ALL"]), "{name}");
        let (file, target) = (&service["build"]["dockerfile"], &service["build"]["target"]);
        ensure!(file == "deploy/images/Dockerfile" && target == name, "{name} is built from {file}, {target}");
    }
    Ok(())
}

#[test]
fn rule_16_the_query_api_reaches_ingest_with_a_key_and_starts_without() -> anyhow::Result<()> {
    let file = yaml(FILE)?;
    let services = services(&file)?;
    let (api, ingest) = (&services["query-api"], &services["ingest"]);
    let with = environment("query-api", api)?;
    let port = listens("ingest", &environment("ingest", ingest)?)?.port();
    ensure!(with.get("LOUPE_QUERY_INGEST_URL") == Some(&format!("http://ingest:{port}")), "{with:?}");
    ensure!(with.get("LOUPE_QUERY_INGEST_KEY").is_some_and(|key| !key.is_empty()), "{with:?}");
    ensure!(api["networks"] == ingest["networks"], "{api} is not where ingest is");
    let without = told("query-api", api, Said::Least)?;
    for name in ["LOUPE_QUERY_INGEST_URL", "LOUPE_QUERY_INGEST_KEY"] {
        ensure!(without.get(name).is_some_and(String::is_empty), "{without:?}");
    }
    listens("query-api", &without)?;
    Ok(())
}

#[test]
fn everything_that_is_named_is_there() -> anyhow::Result<()> {
    let file = yaml(FILE)?;
    let source = text(FILE)?;
    let example = text("deploy/compose/.env.example")?;
    for variable in VARIABLE.captures_iter(&source) {
        let is_asked_for = example
            .lines()
            .any(|line| line.trim_start_matches("# ").split_once('=').is_some_and(|(name, _)| name == &variable[1]));
        ensure!(is_asked_for, ".env.example lacks {}", &variable[1]);
    }
    let services = services(&file)?;
    for (name, service) in services {
        let image = service["image"].as_str().with_context(|| format!("{name} has no image"))?;
        let is_pinned = image.rsplit_once(':').is_some_and(|(_, tag)| tag.starts_with(|first: char| first != 'l'));
        ensure!(is_pinned || image.starts_with("loupe/"), "{name} is of any version: {image}");
        ensure!(service["mem_limit"].is_string(), "{name} may take all memory");
        for other in service["depends_on"].as_object().into_iter().flatten().map(|(other, _)| other) {
            ensure!(services[other]["healthcheck"].is_object(), "{name} waits for {other}, which nobody asks");
        }
        for volume in service["volumes"].as_array().into_iter().flatten() {
            let volume = volume.as_str().context("a volume is text")?;
            let (from, _) = volume.split_once(':').with_context(|| volume.to_owned())?;
            let is_there = match from.strip_prefix('.') {
                Some(_) => path("deploy/compose").join(from).exists(),
                None => file["volumes"].as_object().is_some_and(|volumes| volumes.contains_key(from)),
            };
            ensure!(is_there, "{name} mounts {from}, which is not there");
        }
    }
    Ok(())
}

#[tokio::test]
async fn prometheus_takes_its_file() -> anyhow::Result<()> {
    let folder = path("deploy/prometheus");
    let told = PROMTOOL.run(&folder, &["check", "config", "prometheus.yml"]).await?;
    ensure!(told.contains("rules/loupe.yml"), "the rules are not among it: {told}");
    Ok(())
}

#[test]
fn prometheus_asks_every_service_where_it_listens() -> anyhow::Result<()> {
    let file = yaml(FILE)?;
    let asked = yaml("deploy/prometheus/prometheus.yml")?;
    let mut jobs = BTreeSet::new();
    for job in asked["scrape_configs"].as_array().context("there are jobs")? {
        let name = job["job_name"].as_str().context("a job has a name")?;
        let target =
            job.pointer("/static_configs/0/targets/0").and_then(Value::as_str).context("a job has a target")?;
        let (host, port) = target.split_once(':').context("a target has a port")?;
        ensure!(host == name.trim_start_matches("loupe-") && services(&file)?.contains_key(host), "{target}");
        if OURS.contains(&host) {
            // As alerts and dashboards name it.
            ensure!(name == format!("loupe-{host}"), "{name}");
            let listen = listens(host, &environment(host, &services(&file)?[host])?)?;
            ensure!(listen.port().to_string() == port, "{host} listens on {listen}, not {port}");
        } else {
            ensure!(text("deploy/clickhouse/server.xml")?.contains(&format!("<port>{port}</port>")), "{target}");
        }
        jobs.insert(host);
    }
    ensure!(OURS.iter().all(|name| jobs.contains(name)), "{jobs:?}");
    Ok(())
}

#[test]
fn grafana_knows_its_data_sources_by_the_names_of_compose() -> anyhow::Result<()> {
    let file = yaml(FILE)?;
    let sources = yaml("deploy/compose/grafana/datasources.yaml")?;
    let sources = sources["datasources"].as_array().context("there are data sources")?;
    ensure!(sources.len() == 2);
    for source in sources {
        let host = source.pointer("/jsonData/host").and_then(Value::as_str);
        let url = source["url"].as_str().and_then(|url| url.strip_prefix("http://")?.split(':').next());
        let host = host.or(url).context("a source is somewhere")?;
        ensure!(services(&file)?.contains_key(host), "{source}");
    }
    let dashboards = yaml("deploy/compose/grafana/dashboards.yaml")?;
    let folder = dashboards.pointer("/providers/0/options/path").and_then(Value::as_str).context("a folder")?;
    let mounted = format!("../grafana:{folder}:ro");
    let volumes = services(&file)?["grafana"]["volumes"].as_array().context("volumes")?;
    ensure!(volumes.iter().any(|volume| *volume == mounted), "{folder} is not mounted");
    Ok(())
}
