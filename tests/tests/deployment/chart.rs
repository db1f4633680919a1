//! The Helm chart: linted, its objects held to Kubernetes' schemas, and each to the others and to the services.

use std::collections::BTreeSet;

use anyhow::{Context, ensure};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use loupe_service::health::{self, Health};
use loupe_service::telemetry::Metrics;
use loupe_tests::deployment::chart::{Tools, objects};
use loupe_tests::deployment::container::{Environment, listens};
use serde_json::Value;
use tower::ServiceExt;

/// What has to be said.
pub(crate) const LEAST: &str = "
kafka: {bootstrap: 'kafka-1:9092,kafka-2:9092'}
clickhouse: {url: 'http://clickhouse:8123'}
";
/// Everything that can be said.
pub(crate) const MOST: &str = "
nameOverride: counts
image: {registry: registry.example/loupe, tag: '1.2.3', pullSecrets: [{name: registry}]}
kafka: {bootstrap: 'kafka-1:9092,kafka-2:9092', replicationFactor: 2, group: others}
clickhouse: {url: 'https://clickhouse:8443', cluster: main, database: loupe_v2, viewsDatabase: ''}
ingest:
  replicas: 3
  env: {LOUPE_INGEST_EVENTS_PER_REQUEST_MAX: '500', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', LOUPE_LOG: debug}
  autoscaling: {enabled: false}
  disruptionBudget: {maxUnavailable: 50%}
  from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: edges}}}]
  nodeSelector: {disk: fast}
  tolerations: [{key: loupe, operator: Exists}]
  podAnnotations: {example.org/note: 'yes'}
projector:
  env: {LOUPE_PROJECTOR_FLUSH_INTERVAL_MS: '1000'}
  autoscaling: {enabled: true, maxReplicas: 16, authentication: kafka-credentials}
queryApi:
  env: {LOUPE_QUERY_REQUESTS_PER_MINUTE: '600'}
  from: [{ipBlock: {cidr: 10.0.0.0/8}}]
networkPolicies:
  kafka: {to: [{podSelector: {matchLabels: {app: kafka}}}], ports: [9092, 9094]}
  clickhouse: {ports: [8443]}
  metricsFrom: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}}]
  traces: {to: [{podSelector: {}}], ports: [{protocol: TCP, port: 4318}]}
  egress: [{to: [{ipBlock: {cidr: 10.1.0.0/16}}], ports: [{protocol: TCP, port: 443}]}]
erasure: {enabled: true}
podMonitor: {enabled: true, labels: {release: prometheus}}
";

/// The text at a pointer.
pub(crate) fn text<'v>(value: &'v Value, pointer: &str) -> anyhow::Result<&'v str> {
    value.pointer(pointer).and_then(Value::as_str).with_context(|| format!("no text at {pointer} in {value}"))
}

fn of_kind<'o>(objects: &'o [Value], kind: &str) -> Vec<&'o Value> {
    objects.iter().filter(|object| object["kind"] == kind).collect()
}

/// What runs pods.
pub(crate) fn workloads(objects: &[Value]) -> Vec<&Value> {
    [of_kind(objects, "Deployment"), of_kind(objects, "StatefulSet")].concat()
}

/// The one container of a workload.
pub(crate) fn container(workload: &Value) -> anyhow::Result<&Value> {
    match workload.pointer("/spec/template/spec/containers").and_then(Value::as_array).map(Vec::as_slice) {
        Some([container]) => Ok(container),
        _ => anyhow::bail!("not one container: {workload}"),
    }
}

/// What a container is told, secrets and names of pods stood in for.
pub(crate) fn environment(container: &Value) -> anyhow::Result<Environment> {
    let variables = container["env"].as_array().context("a container has variables")?;
    let mut environment = Environment::new();
    for variable in variables {
        let name = text(variable, "/name")?.to_owned();
        let value = match variable["value"].as_str() {
            Some(value) => value.to_owned(),
            None => {
                ensure!(variable["valueFrom"].is_object(), "{name} has no value");
                "a value that is kept elsewhere".to_owned()
            }
        };
        ensure!(environment.insert(name.clone(), value).is_none(), "{name} is set twice");
    }
    Ok(environment)
}

#[tokio::test]
async fn helm_and_kubernetes_take_the_chart() -> anyhow::Result<()> {
    let tools = Tools::ready().await?;
    for values in [LEAST, MOST] {
        tools.lint(values).await?;
        tools.conform(&tools.render(values).await?).await?;
    }
    Ok(())
}

#[tokio::test]
async fn what_is_misspelt_is_refused() -> anyhow::Result<()> {
    let tools = Tools::ready().await?;
    let rendered = tools.render(MOST).await?;
    for (right, wrong) in [
        ("readinessProbe", "readynessProbe"),
        ("lagThreshold: \"", "lagThreshold: 1 #"),
        ("maxReplicaCount", "maxReplicasCount"),
        ("podMetricsEndpoints", "podMetricEndpoints"),
        ("unhealthyPodEvictionPolicy", "unhealthyPodEviction"),
        ("policyTypes: [Ingress, Egress]", "policyTypes: Ingress"),
    ] {
        ensure!(rendered.contains(right), "the chart has no {right}");
        ensure!(tools.conform(&rendered.replace(right, wrong)).await.is_err(), "{wrong} was taken");
    }
    for values in [
        "kafka: {bootstrap: 'k:9092'}\nclickhouse: {url: clickhouse}",
        "kafka: {bootstrap: 'k:9092'}",
        "kafka: {bootstrap: 'k:9092'}\nclickhouse: {url: 'http://c:8123'}\ningest: {replica: 3}",
    ] {
        ensure!(tools.render(values).await.is_err(), "these values were taken: {values}");
    }
    Ok(())
}

#[tokio::test]
async fn the_services_take_what_the_chart_tells_them() -> anyhow::Result<()> {
    let tools = Tools::ready().await?;
    for values in [LEAST, MOST] {
        let objects = objects(&tools.render(values).await?)?;
        let workloads = workloads(&objects);
        ensure!(workloads.len() == 3, "{workloads:?}");
        for workload in workloads {
            let container = container(workload)?;
            let service = text(container, "/name")?;
            let listen = listens(service, &environment(container)?)?;
            ensure!(listen.ip().is_unspecified(), "{service} listens on {listen} alone");
            ensure!(container["ports"][0]["containerPort"] == listen.port(), "{service} listens on {listen}");
            for mount in container["volumeMounts"].as_array().into_iter().flatten() {
                let file = environment(container)?.into_iter().find(|(name, _)| name.ends_with("_KEYS_FILE"));
                let (_, file) = file.context("only keys are mounted")?;
                ensure!(file.starts_with(text(mount, "/mountPath")?), "{service} reads {file}");
            }
        }
    }
    let wrong = MOST.replace("LOUPE_QUERY_REQUESTS_PER_MINUTE", "LOUPE_QUERY_REQUESTS_PER_MINUT");
    let objects = objects(&tools.render(&wrong).await?)?;
    let taken = workloads(&objects).into_iter().map(container).map(|container| {
        let container = container?;
        listens(text(container, "/name")?, &environment(container)?)
    });
    ensure!(taken.filter(Result::is_err).count() == 1, "a variable that no service knows was taken");
    Ok(())
}

/// The objects of one kind for a service.
fn of_service<'o>(objects: &'o [Value], kind: &str, service: &str) -> anyhow::Result<&'o Value> {
    let mut found = of_kind(objects, kind).into_iter();
    found
        .find(|object| object["metadata"]["labels"]["app.kubernetes.io/component"] == service)
        .with_context(|| format!("{service} has no {kind}"))
}

/// Whether an entry of a NetworkPolicy's `from` or `to` is a service's pods and nobody else.
fn is_pods_of(entry: &Value, objects: &[Value], service: &str) -> anyhow::Result<bool> {
    let policy = of_service(objects, "NetworkPolicy", service)?;
    Ok(entry["podSelector"] == policy["spec"]["podSelector"] && entry.as_object().is_some_and(|entry| entry.len() == 1))
}

#[tokio::test]
async fn rule_16_the_query_api_reaches_ingest_once_erasures_are_wanted() -> anyhow::Result<()> {
    let tools = Tools::ready().await?;
    let objects = objects(&tools.render(MOST).await?)?;
    let told = container(of_service(&objects, "Deployment", "query-api")?)?;
    let (service, ingest) = (of_service(&objects, "Service", "ingest")?, of_service(&objects, "Deployment", "ingest")?);
    let port = &service["spec"]["ports"][0]["port"];
    let url = format!("http://{}:{port}", text(service, "/metadata/name")?);
    ensure!(environment(told)?.get("LOUPE_QUERY_INGEST_URL") == Some(&url), "{told}");
    let variables = told["env"].as_array().into_iter().flatten();
    let key = variables.into_iter().find(|variable| variable["name"] == "LOUPE_QUERY_INGEST_KEY");
    let secret = key.and_then(|key| key.pointer("/valueFrom/secretKeyRef"));
    ensure!(secret == Some(&serde_json::json!({"name": "loupe", "key": "ingest-key"})), "{key:?}");

    // Both ends allow it, although `ingest.from` names the edges alone.
    let rules = |service: &str, way: &str| -> anyhow::Result<Vec<Value>> {
        let policy = of_service(&objects, "NetworkPolicy", service)?;
        Ok(policy["spec"][way].as_array().context("a policy has rules")?.clone())
    };
    let mut out = rules("query-api", "egress")?.into_iter();
    let out = out.find(|rule| is_pods_of(&rule["to"][0], &objects, "ingest").is_ok_and(|is_ingest| is_ingest));
    let out = out.context("query-api may not ask ingest")?;
    ensure!(out["ports"] == serde_json::json!([{"protocol": "TCP", "port": port}]), "{out}");
    ensure!(container(ingest)?["ports"][0]["containerPort"] == *port, "{ingest}");
    let asked = &rules("ingest", "ingress")?[0]["from"];
    let callers = asked.as_array().context("somebody may ask")?;
    ensure!(callers.len() == 2 && is_pods_of(&callers[1], &objects, "query-api")?, "{asked}");
    Ok(())
}

#[tokio::test]
async fn the_services_go_where_they_are_let() -> anyhow::Result<()> {
    let objects = objects(&Tools::ready().await?.render(MOST).await?)?;
    let endpoint = serde_json::json!({
        "to": [{"ipBlock": {"cidr": "10.1.0.0/16"}}], "ports": [{"protocol": "TCP", "port": 443}]
    });
    for policy in of_kind(&objects, "NetworkPolicy") {
        let rules = policy["spec"]["egress"].as_array().context("it may ask somebody")?;
        ensure!(rules.contains(&endpoint), "{policy}");
    }
    Ok(())
}

#[tokio::test]
async fn prometheus_is_let_in_where_it_is_told_of_pods() -> anyhow::Result<()> {
    let tools = Tools::ready().await?;
    let told = |policies: &str| format!("{LEAST}podMonitor: {{enabled: true}}\nnetworkPolicies: {policies}\n");
    ensure!(tools.render(&told("{}")).await.is_err(), "a PodMonitor of pods that let nobody in was taken");
    for policies in ["{enabled: false}", "{metricsFrom: [{podSelector: {}}]}"] {
        tools.render(&told(policies)).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_release_without_a_key_for_erasures_stays_as_it_is() -> anyhow::Result<()> {
    let tools = Tools::ready().await?;
    // `--reuse-values` of a release that is older than the value has none of it.
    for values in [LEAST.to_owned(), format!("{LEAST}erasure: null\n")] {
        let objects = objects(&tools.render(&values).await?)?;
        let told = environment(container(of_service(&objects, "Deployment", "query-api")?)?)?;
        ensure!(!told.keys().any(|name| name.starts_with("LOUPE_QUERY_INGEST")), "{told:?}");
        let policy = of_service(&objects, "NetworkPolicy", "query-api")?;
        let out = policy["spec"]["egress"].as_array().context("it may ask somebody")?;
        ensure!(out.iter().all(|rule| rule["to"].is_null()), "{policy}");
    }
    Ok(())
}

#[tokio::test]
async fn probes_ask_for_what_the_services_answer() -> anyhow::Result<()> {
    let tools = Tools::ready().await?;
    let objects = objects(&tools.render(MOST).await?)?;
    let routes = health::routes(Health::new(&["something"]), Metrics::install());
    let status = async |path: &str| -> anyhow::Result<StatusCode> {
        Ok(routes.clone().oneshot(Request::get(path).body(Body::empty())?).await?.status())
    };
    for workload in workloads(&objects) {
        let container = container(workload)?;
        for probe in ["livenessProbe", "startupProbe"] {
            let path = text(container, &format!("/{probe}/httpGet/path"))?;
            ensure!(status(path).await? == StatusCode::OK, "{probe} of {container}");
        }
        // It is not ready yet, which only readiness may say.
        let path = text(container, "/readinessProbe/httpGet/path")?;
        ensure!(status(path).await? == StatusCode::SERVICE_UNAVAILABLE, "{container}");
    }
    let monitors = of_kind(&objects, "PodMonitor");
    ensure!(monitors.len() == 1);
    ensure!(status(text(monitors[0], "/spec/podMetricsEndpoints/0/path")?).await? == StatusCode::OK);
    Ok(())
}

#[tokio::test]
async fn containers_are_bounded_and_may_do_little() -> anyhow::Result<()> {
    let objects = objects(&Tools::ready().await?.render(LEAST).await?)?;
    for workload in workloads(&objects) {
        let pod = &workload["spec"]["template"]["spec"];
        let container = container(workload)?;
        ensure!(pod["securityContext"]["runAsNonRoot"] == true && pod["automountServiceAccountToken"] == false);
        ensure!(pod["securityContext"]["seccompProfile"]["type"] == "RuntimeDefault");
        let security = &container["securityContext"];
        ensure!(security["readOnlyRootFilesystem"] == true && security["allowPrivilegeEscalation"] == false);
        ensure!(security["capabilities"]["drop"] == serde_json::json!(["ALL"]), "{security}");
        for pointer in ["/resources/requests/cpu", "/resources/requests/memory", "/resources/limits/memory"] {
            text(container, pointer)?;
        }
        let image = text(container, "/image")?;
        ensure!(image.rsplit_once(':').is_some_and(|(_, tag)| tag != "latest"), "{image}");
    }
    Ok(())
}

#[tokio::test]
async fn every_object_finds_its_pods() -> anyhow::Result<()> {
    for values in [LEAST, MOST] {
        let objects = objects(&Tools::ready().await?.render(values).await?)?;
        let workloads = workloads(&objects);
        let found = |selector: &Value| {
            let wanted = selector.as_object().cloned().unwrap_or_default();
            let matching = workloads.iter().filter(|workload| {
                let labels = &workload["spec"]["template"]["metadata"]["labels"];
                wanted.iter().all(|(name, value)| &labels[name] == value)
            });
            matching.count()
        };
        for (kind, pointer) in [
            ("Service", "/spec/selector"),
            ("PodDisruptionBudget", "/spec/selector/matchLabels"),
            ("NetworkPolicy", "/spec/podSelector/matchLabels"),
        ] {
            let of_kind = of_kind(&objects, kind);
            ensure!(of_kind.len() == 3, "{} of {kind}", of_kind.len());
            let names: BTreeSet<_> = of_kind.iter().map(|object| object["metadata"]["name"].to_string()).collect();
            ensure!(names.len() == 3, "{names:?}");
            for object in of_kind {
                let selector = object.pointer(pointer).with_context(|| format!("{kind} selects nothing"))?;
                ensure!(found(selector) == 1, "{kind} {selector}");
            }
        }
        let scalers = [of_kind(&objects, "HorizontalPodAutoscaler"), of_kind(&objects, "ScaledObject")].concat();
        ensure!(scalers.len() == 2);
        for scaler in scalers {
            let target = &scaler["spec"]["scaleTargetRef"];
            let scaled = workloads
                .iter()
                .find(|workload| workload["kind"] == target["kind"] && workload["metadata"]["name"] == target["name"]);
            let scaled = scaled.with_context(|| format!("{target} is not there"))?;
            ensure!(scaled["spec"]["replicas"].is_null(), "an upgrade would undo what {target} was scaled to");
        }
    }
    Ok(())
}
