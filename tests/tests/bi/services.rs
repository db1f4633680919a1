//! What OPERATIONS says that the services may do: an engine whose one user may do this and nothing else, asked by the real
//! services.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use loupe_clickhouse_local::library;
use loupe_local::ports;
use loupe_tests::clickhouse::ClickHouse;
use loupe_tests::client::Client;
use loupe_tests::process;
use loupe_tests::service::Service;
use loupe_tests::stack::{self, Stack};
use tempfile::TempDir;

use crate::rights::{OPERATIONS, documented};

const READY_TIMEOUT: Duration = Duration::from_secs(60);
const POLL_INTERVAL: Duration = Duration::from_millis(50);
const GROUP: &str = "of-an-engine-with-rights";

/// The rights of a user, but for those of a cluster, as statements of `users.xml`, which names none.
fn rights_of(user: &str) -> Vec<String> {
    let to_user = format!(" TO {user}");
    let grants = documented(OPERATIONS).into_iter();
    let grants = grants.filter_map(|statement| Some(statement.strip_suffix(&to_user)?.to_owned()));
    grants.filter(|grant| !grant.contains("REMOTE")).collect()
}

/// An engine process whose user has some rights, on data that outlives it.
struct Engine {
    child: Child,
    clickhouse: ClickHouse,
}

impl Engine {
    /// Starts it with these rights, and settings of the user's profile as XML.
    async fn start(stack: &Stack, directory: &Path, rights: &[String], profile: &str) -> anyhow::Result<Self> {
        let users = directory.join("users.xml");
        let grants: String = rights.iter().map(|right| format!("<query>{right}</query>")).collect();
        let user =
            "<password></password><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota>";
        let user = format!("<users><default>{user}<grants>{grants}</grants></default></users>");
        let text = format!(
            "<clickhouse><profiles><default>{profile}</default></profiles><quotas><default/></quotas>{user}</clickhouse>"
        );
        std::fs::write(&users, text)?;
        // The engine reads the configuration that lies where it is started.
        let config = format!("<clickhouse><users_config>{}</users_config></clickhouse>", users.display());
        std::fs::write(directory.join("config.xml"), config)?;
        let listen = ports::free("the engine")?;
        let mut command = Command::new(std::path::absolute(stack.executable())?);
        command.arg("clickhouse").arg("--data-dir").arg(directory.join("clickhouse")).current_dir(directory);
        command.arg("--library").arg(engine_library().await?).arg("--listen").arg(listen.to_string());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = process::spawn(command)?;
        let engine = Self { child, clickhouse: ClickHouse::new(&format!("http://{listen}")) };
        let deadline = Instant::now() + READY_TIMEOUT;
        while let Err(error) = engine.clickhouse.ask("SELECT 1").await {
            ensure!(Instant::now() < deadline, "the engine does not answer: {error:#}");
            tokio::time::sleep(POLL_INTERVAL).await;
        }
        let shown = engine.clickhouse.ask("SHOW GRANTS").await?;
        ensure!(shown.lines().count() == rights.len(), "the engine has other rights: {shown}");
        Ok(engine)
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        stack::stop(&mut self.child);
    }
}

async fn engine_library() -> anyhow::Result<PathBuf> {
    let fetch = || library::ensure_library(&library::default_cache_dir()?, &|line| println!("{line}"));
    Ok(tokio::task::spawn_blocking(fetch).await??)
}

/// A projector of what is served, which makes everything, and a rebuild of it.
async fn project_and_rebuild(stack: &Stack, url: &str) -> anyhow::Result<()> {
    let settings = [("DATABASE", ""), ("VIEWS_DATABASE", "loupe"), ("FLUSH_INTERVAL_MS", "100")];
    let mut projector = Service::projector_with(stack, GROUP, "", url, &settings, None)?;
    projector.ready().await?;
    let mut rebuild = Command::new(stack.executable());
    rebuild.arg("rebuild").env("LOUPE_PROJECTOR_CLICKHOUSE_URL", url).env("LOUPE_PROJECTOR_GROUP", GROUP);
    let rebuild = rebuild.env("LOUPE_PROJECTOR_KAFKA_BOOTSTRAP", &stack.addresses.kafka_bootstrap).output()?;
    ensure!(rebuild.status.success(), "{rebuild:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_services_do_their_work_with_the_documented_rights() -> anyhow::Result<()> {
    let stack = Stack::shared(env!("CARGO_BIN_EXE_loupe-stack"))?;
    crate::played(&stack).await?;
    let directory = TempDir::new()?;
    {
        let engine = Engine::start(&stack, directory.path(), &rights_of("loupe_projector"), "").await?;
        project_and_rebuild(&stack, &engine.clickhouse.url).await?;
        let elsewhere = engine.clickhouse.ask("CREATE DATABASE elsewhere").await.err().context("it may do anything")?;
        ensure!(elsewhere.to_string().contains("ACCESS_DENIED"), "{elsewhere:#}");
    }
    let profile = "<readonly>2</readonly>";
    let engine = Engine::start(&stack, directory.path(), &rights_of("loupe_reader"), profile).await?;
    let latest = "SELECT database FROM loupe.served ORDER BY step DESC LIMIT 1";
    ensure!(engine.clickhouse.ask(latest).await? == "loupe_v2", "the rebuilt database is not served");
    ensure!(engine.clickhouse.number("SELECT count() FROM loupe_v2.events").await? > 0, "nothing was folded");
    let here = [("CLICKHOUSE_URL", engine.clickhouse.url.as_str())];
    let mut api = Service::query_api_with(&stack, "", &here)?;
    api.ready().await?;
    let client = Client::new(&stack).asking(&api.url);
    for path in ["/freshness", "/analytics/portfolio"] {
        let answer = client.ask(&stack.addresses.keys.owner, path).await?;
        ensure!(answer.status == 200, "{path}: {}", answer.text);
    }
    drop((api, engine));

    // With rights on the first database's tables alone it is not even known what is served.
    let first = ["GRANT SELECT ON loupe_v1.*".to_owned()];
    let engine = Engine::start(&stack, directory.path(), &first, profile).await?;
    for needed in ["EXISTS TABLE loupe.served", "SELECT count() FROM loupe_v2.events"] {
        let refused = engine.clickhouse.ask(needed).await.err().with_context(|| format!("{needed} is allowed"))?;
        ensure!(refused.to_string().contains("ACCESS_DENIED"), "{refused:#}");
    }
    Ok(())
}
