//! What an erasure leaves on disk: nothing, in any file of the stack but the segments of the topic of events, which its
//! retention bounds (docs/ERASURE.md).

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use loupe_projector::fold::identity::Identity;
use loupe_schemas::event::Actor;
use loupe_schemas::ids::ClientId;
use loupe_schemas::topics;
use loupe_tests::PATIENCE;
use loupe_tests::clickhouse::ClickHouse;
use loupe_tests::client::Client;
use loupe_tests::foreign::ForeignProducer;
use loupe_tests::stack::Stack;
use loupe_tests::traces::{Search, Traces};
use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, AlterConfig, ResourceSpecifier};
use rdkafka::client::DefaultClientContext;
use serde_json::json;

use super::erasure::{ACCOUNT, ANA, TRACES, tables};

/// Ana's address as an edge hashed it.
const IP_KEY: [u8; 8] = [0xa1; 8];
/// Cleaning takes some rounds of a second each.
const CLEAN_WITHIN: Duration = Duration::from_secs(600);

/// All files of a stack, to be searched for Ana.
pub(super) struct Files<'s> {
    stack: &'s Stack,
    traces: Traces,
}

impl<'s> Files<'s> {
    pub(super) fn of(stack: &'s Stack) -> anyhow::Result<Self> {
        let actor = Actor { client_id: ClientId::new(ANA), ..Actor::default() };
        let identity = Identity::of(&actor).0.to_le_bytes();
        let texts = TRACES.iter().map(|trace| (*trace, trace.as_bytes()));
        let hashes = [("her address, hashed", &IP_KEY[..]), ("her identity", &identity[..])];
        Ok(Self { stack, traces: Traces::new(texts.chain(hashes))? })
    }

    fn search(&self) -> anyhow::Result<Search> {
        let is_of_events = |path: &Path| lies_in(path, topics::EVENTS.name);
        let directory = self.stack.data_dir();
        let root = directory.parent().context("the stack's directory")?;
        tokio::task::block_in_place(|| self.traces.search(root, &is_of_events))
    }

    /// Fails unless what is searched for is found wherever it is before the erasure: a search that is blind finds nothing.
    pub(super) async fn expect_named(&self) -> anyhow::Result<()> {
        let of_engine =
            [ANA, "ana@ex.com", "Ana Ruiz", "vs_ana", "Brighter still", "her address, hashed", "her identity"];
        let of_catalogue = [ANA, "ana@ex.com", "Ana Ruiz"].map(|trace| (topics::CATALOG.name, trace));
        let of_quarantine = [ANA, "ana@ex.com"].map(|trace| (topics::QUARANTINE.name, trace));
        let of_engine = of_engine.map(|trace| ("clickhouse", trace));
        let expected: Vec<_> = of_engine.into_iter().chain(of_catalogue).chain(of_quarantine).collect();
        self.until(|search| {
            let blind = expected.iter().find(|(place, trace)| !search.has(trace, |path| lies_in(path, place)));
            blind.map(|(place, trace)| format!("{trace} is not found in {place}: {search:?}"))
        })
        .await
    }

    /// Waits until no file names Ana, with a broker and an engine that wait no longer than they must.
    pub(super) async fn expect_clean(&self, client: &mut Client) -> anyhow::Result<()> {
        let bootstrap = &self.stack.addresses.kafka_bootstrap;
        let engine = ClickHouse::new(&self.stack.addresses.clickhouse_url);
        hurry_broker(bootstrap).await?;
        let mut producer = ForeignProducer::connect(bootstrap, "murmur2_random")?;
        let deadline = Instant::now() + CLEAN_WITHIN;
        for round in 0.. {
            let search = self.search()?;
            if search.is_clean() {
                ensure!(search.decompressed > 100, "hardly a file was decompressed: {search:?}");
                return Ok(());
            }
            ensure!(Instant::now() < deadline, "files keep {search:#?}");
            wake(&engine).await?;
            // The last segment of a partition is never cleaned: a record more, and it is not the last.
            roll(client, round).await?;
            producer.send_bytes(topics::QUARANTINE.name, "roll", Some(b"a record of nobody")).await?;
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        Ok(())
    }

    async fn until(&self, lacks: impl Fn(&Search) -> Option<String>) -> anyhow::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while let Some(lacking) = lacks(&self.search()?) {
            ensure!(Instant::now() < deadline, "{lacking}");
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        Ok(())
    }
}

/// Whether a file lies in the folder of that name, or in one of a topic's partitions.
fn lies_in(path: &Path, name: &str) -> bool {
    let folders = path.iter().filter_map(|folder| folder.to_str());
    folders
        .into_iter()
        .any(|folder| folder.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('-')))
}

/// Has the engine drop at once the parts that were rewritten: it looks after a table that little happens to every five minutes.
async fn wake(engine: &ClickHouse) -> anyhow::Result<()> {
    for table in tables(engine).await? {
        engine.ask(&format!("ALTER TABLE {table} MODIFY SETTING old_parts_lifetime = 1")).await?;
        engine.ask(&format!("SYSTEM START CLEANUP {table}")).await?;
    }
    Ok(())
}

/// Lets the broker clean the topics at once instead of within a day or more.
async fn hurry_broker(bootstrap: &str) -> anyhow::Result<()> {
    let admin: AdminClient<DefaultClientContext> = ClientConfig::new().set("bootstrap.servers", bootstrap).create()?;
    let of_both = [
        ("message.timestamp.type", "LogAppendTime"),
        ("max.message.bytes", "4194304"),
        ("segment.ms", "500"),
        ("file.delete.delay.ms", "100"),
        ("min.cleanable.dirty.ratio", "0.0"),
        ("max.compaction.lag.ms", "500"),
        ("delete.retention.ms", "0"),
    ];
    // Whoever cleans by key looks for deleted records as well, and oftener than every five minutes.
    let policies = [(topics::CATALOG.name, "compact"), (topics::QUARANTINE.name, "compact,delete")];
    let mut changes = vec![AlterConfig::new(ResourceSpecifier::Broker(1)).set("log.cleaner.backoff.ms", "500")];
    for (topic, policy) in policies {
        let change = AlterConfig::new(ResourceSpecifier::Topic(topic)).set("cleanup.policy", policy);
        changes.push(of_both.into_iter().fold(change, |change, (name, value)| change.set(name, value)));
    }
    for change in &changes {
        for altered in admin.alter_configs([change], &AdminOptions::new()).await? {
            altered.map_err(|(_, code)| code)?;
        }
    }
    Ok(())
}

/// A catalogue entry of nobody in each partition of the topic, so that its segments roll.
async fn roll(client: &mut Client, round: u32) -> anyhow::Result<()> {
    let gallery = |number: u32| {
        json!({
            "type": "GalleryUpserted", "event_id": format!("019de9dd-3690-7ef1-8039-{:012x}", round * 100 + number),
            "occurred_at": "2026-05-02T18:04:42Z", "account_id": ACCOUNT, "collection_id": 777,
            "gallery_id": number + 1, "name": format!("round {round}"),
        })
    };
    client.publish(&(0..40).map(gallery).collect::<Vec<_>>()).await
}
