//! The whole stack: up in order, kept running, down in order.

use std::path::{Path, PathBuf};

use anyhow::Context;
use loupe_clickhouse_local::library;
use loupe_service::clock;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::demo::SHOWCASE_COLLECTION;
use crate::kafka::{self, Kafka};
use crate::keys::OWNER_ACCOUNT;
use crate::lock::DirectoryLock;
use crate::member::{Member, Running};
use crate::options::{Traffic, Up};
use crate::ports::Ports;
use crate::progress::Progress;
use crate::services::Plan;
use crate::{cache, keys, traffic};

const DESCRIPTION_FILE: &str = "stack.json";

/// What other programs need to know of a running stack: the content of `stack.json` in its data directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    /// Where events are published.
    pub ingest_url: String,
    /// Where questions are asked.
    pub query_url: String,
    /// The projector's health and metrics.
    pub projector_url: String,
    /// ClickHouse's HTTP interface.
    pub clickhouse_url: String,
    /// Kafka.
    pub kafka_bootstrap: String,
    /// API keys.
    pub keys: DescribedKeys,
}

/// The two keys that every stack has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DescribedKeys {
    /// May publish for all accounts.
    pub edge: String,
    /// Reads account 1 with all scopes.
    pub owner: String,
}

/// What the stack that runs in `data_dir` says of itself.
///
/// # Errors
/// None runs there, or it is still starting.
pub fn description(data_dir: &Path) -> anyhow::Result<Description> {
    let path = data_dir.join(DESCRIPTION_FILE);
    let bytes = std::fs::read(&path).with_context(|| {
        format!("no stack runs in {}, or it is still starting: name its --data-dir", data_dir.display())
    })?;
    serde_json::from_slice(&bytes).with_context(|| format!("{} is damaged", path.display()))
}

/// Brings the stack up, plays traffic, and keeps everything running until `shutdown`; then stops it in order.
///
/// # Errors
/// A part cannot be fetched or started or kept running, or the data directory is another stack's.
pub async fn run(options: &Up, progress: &Progress, shutdown: CancellationToken) -> anyhow::Result<()> {
    let data_dir = options.data.path()?;
    let logs = data_dir.join("logs");
    std::fs::create_dir_all(&logs).with_context(|| format!("cannot make {}", logs.display()))?;
    let _lock = DirectoryLock::take(&data_dir)?;
    let description = data_dir.join(DESCRIPTION_FILE);
    remove(&description)?;
    let (failures, mut failed) = mpsc::channel(8);
    let mut running = Vec::new();
    let lived = tokio::select! {
        () = shutdown.cancelled() => Ok(()),
        lived = live(options, data_dir, progress, &mut running, failures) => lived,
        Some(failure) = failed.recv() => Err(failure),
    };
    remove(&description)?;
    let step = progress.step("Stopping");
    // What was started last depends on what was started first, but ingest goes before those that read its events.
    while let Some((name, member)) = running.pop() {
        step.note(name);
        Running::stop(member).await;
    }
    step.done("everything is stored");
    lived
}

type Members = Vec<(&'static str, Running)>;

/// Does not return while all is well.
async fn live(
    options: &Up,
    data_dir: PathBuf,
    progress: &Progress,
    running: &mut Members,
    failures: mpsc::Sender<anyhow::Error>,
) -> anyhow::Result<()> {
    let (plan, kafka) = prepare(options, data_dir, progress).await?;
    // The services come after what they talk to: a Kafka client that finds nobody pauses longer and longer.
    let waves = [
        vec![("Kafka", plan.kafka(kafka)), ("the ClickHouse engine", plan.engine()?)],
        // Each of these waits for what it needs of the others: ingest makes the topics, the projector the tables.
        vec![("the query API", plan.query_api()?), ("the projector", plan.projector()?), ("ingest", plan.ingest()?)],
    ];
    for wave in waves {
        start(wave, progress, running, &failures).await?;
    }
    let description = describe(&plan);
    if options.traffic == Traffic::Demo {
        traffic::play(&plan, options.events, clock::now(), progress).await?;
    }
    let bytes = serde_json::to_vec_pretty(&description)?;
    let path = plan.data_dir.join(DESCRIPTION_FILE);
    keys::write_private(&path, &bytes).with_context(|| format!("cannot write {}", path.display()))?;
    progress.line(&welcome(&description, &plan.data_dir, traffic::was_played(&plan.data_dir)?));
    std::future::pending().await
}

/// Starts these at once and waits until all are ready.
async fn start(
    members: Vec<(&'static str, Member)>,
    progress: &Progress,
    running: &mut Members,
    failures: &mpsc::Sender<anyhow::Error>,
) -> anyhow::Result<()> {
    let mut starting = Vec::with_capacity(members.len());
    for (name, member) in members {
        let step = progress.step(&format!("Starting {name}"));
        // Known at once, so that a stop in the middle of the start is as orderly as any.
        let (member, started) = member.run(progress.clone(), failures.clone());
        running.push((name, member));
        starting.push((started, step));
    }
    for (started, step) in starting {
        started.ready().await?;
        step.done("ready");
    }
    Ok(())
}

/// Fetches what is missing and decides on ports and keys.
async fn prepare(options: &Up, data_dir: PathBuf, progress: &Progress) -> anyhow::Result<(Plan, Kafka)> {
    let cache = cache::directory()?;
    let step = progress.step(&format!("Apache Kafka {}", kafka::VERSION));
    let kafka = Kafka::resolve(&cache, &step).await?;
    step.done("in the cache");
    let step = progress.step(&format!("ClickHouse engine {}", library::VERSION));
    let (sender, mut notes) = mpsc::unbounded_channel();
    let note = move |line: &str| drop(sender.send(line.to_owned()));
    let resolving = tokio::task::spawn_blocking(move || library::ensure_library(&cache, &note));
    while let Some(line) = notes.recv().await {
        step.note(&line);
    }
    let library = resolving.await??;
    step.done("in the cache");
    let secrets = keys::ensure(&data_dir, clock::now())?;
    let ports = Ports::choose(options.ports)?;
    Ok((Plan { data_dir, ports, secrets, library }, kafka))
}

fn describe(plan: &Plan) -> Description {
    Description {
        ingest_url: Plan::url(plan.ports.ingest),
        query_url: Plan::url(plan.ports.query_api),
        projector_url: Plan::url(plan.ports.projector),
        clickhouse_url: Plan::url(plan.ports.clickhouse),
        kafka_bootstrap: plan.node().bootstrap(),
        keys: DescribedKeys { edge: plan.secrets.edge_key.clone(), owner: plan.secrets.owner_key.clone() },
    }
}

/// Three commands to begin with: questions about the demo day, or else an event to ask about.
fn examples(stack: &Description, has_demo: bool) -> [String; 3] {
    let Description { ingest_url, query_url, clickhouse_url, keys, .. } = stack;
    let ask = |path: &str| format!("  curl -s -H 'Authorization: Bearer {}' '{query_url}{path}'", keys.owner);
    let collection = format!("/collections/{SHOWCASE_COLLECTION}");
    let starred = ask("/photos/starred?limit=3");
    if has_demo {
        let photos = ask(&format!("{collection}/photo_downloads?limit=3"));
        return [photos, ask(&format!("{collection}/gallery_video_downloads?limit=1")), starred];
    }
    let (id, at) = (clock::new_id(), clock::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true));
    let event = format!(
        r#"{{"type":"CollectionUpserted","event_id":"{id}","occurred_at":"{at}","account_id":{OWNER_ACCOUNT},"collection_id":{SHOWCASE_COLLECTION},"name":"Smith Wedding"}}"#
    );
    let (bearer, json) = (&keys.edge, "Content-Type: application/json");
    let publish =
        format!("  curl -s -H 'Authorization: Bearer {bearer}' -H '{json}' -d '{event}' '{ingest_url}/v1/events'");
    // Questions about the new collection are answered once it is projected, so these two do not ask about it.
    [publish, starred, format!("  curl -s '{clickhouse_url}' -d 'SELECT count() FROM loupe_v1.events'")]
}

fn welcome(stack: &Description, data_dir: &Path, has_demo: bool) -> String {
    let Description { ingest_url, query_url, clickhouse_url, kafka_bootstrap, keys, .. } = stack;
    let [first, second, third] = examples(stack, has_demo);
    format!(
        "
Loupe is up.

  dashboard    {query_url}/dashboard
  query API    {query_url}
  ingest       {ingest_url}
  ClickHouse   {clickhouse_url}
  Kafka        {kafka_bootstrap}
  data, logs   {}

  API key of account {OWNER_ACCOUNT}, all scopes: {}
  API key to publish with, all accounts: {}

Try:
{first}
{second}
{third}

Ctrl-C stops everything; the next start resumes with the data.",
        data_dir.display(),
        keys.owner,
        keys.edge,
    )
}

fn remove(path: &Path) -> anyhow::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", path.display()))
        }
        _ => Ok(()),
    }
}
