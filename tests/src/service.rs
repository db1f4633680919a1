//! One more ingest, projector or query API beside the stack, run by the same executable as a process of its own.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use loupe_local::ports;

use crate::process;
use crate::scrape;
use crate::stack::{self, Stack};

const READY_TIMEOUT: Duration = Duration::from_secs(60);
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// A service process; dropping it stops it.
#[derive(Debug)]
pub struct Service {
    child: Child,
    /// Base URL of what it listens on.
    pub url: String,
}

impl Service {
    /// Starts an ingest with settings of its own: names of its environment without `LOUPE_INGEST_`, and their values.
    ///
    /// # Errors
    /// The process cannot be started.
    pub fn ingest_with(stack: &Stack, settings: &[(&str, &str)]) -> anyhow::Result<Self> {
        let mut command = service_of(stack, "ingest");
        command
            .env("LOUPE_INGEST_KAFKA_BOOTSTRAP", &stack.addresses.kafka_bootstrap)
            .env("LOUPE_INGEST_KEYS_FILE", stack.data_dir().join("keys.jsonl"))
            .env("LOUPE_INGEST_IP_HASH_KEY", "a key that only tests hash with")
            .envs(settings.iter().map(|(name, value)| (format!("LOUPE_INGEST_{name}"), value)));
        Self::start(stack, "ingest", "LOUPE_INGEST", command)
    }

    /// Starts a projector of this consumer group that writes this database.
    ///
    /// # Errors
    /// The process cannot be started.
    pub fn projector(stack: &Stack, group: &str, database: &str) -> anyhow::Result<Self> {
        Self::projector_at(stack, group, database, &stack.addresses.clickhouse_url)
    }

    /// Starts a projector that finds ClickHouse at this URL.
    ///
    /// # Errors
    /// The process cannot be started.
    pub fn projector_at(stack: &Stack, group: &str, database: &str, clickhouse_url: &str) -> anyhow::Result<Self> {
        let settings = [("REQUEST_TIMEOUT_MS", "5000"), ("FLUSH_INTERVAL_MS", "100")];
        Self::projector_with(stack, group, database, clickhouse_url, &settings, None)
    }

    /// The same with settings of its own: names of its environment without `LOUPE_PROJECTOR_`, and their values; run by
    /// a projector's executable of another build, when one is given.
    ///
    /// # Errors
    /// The process cannot be started.
    pub fn projector_with(
        stack: &Stack,
        group: &str,
        database: &str,
        clickhouse_url: &str,
        settings: &[(&str, &str)],
        executable: Option<&Path>,
    ) -> anyhow::Result<Self> {
        let mut command = match executable {
            Some(executable) => Command::new(executable),
            None => service_of(stack, "projector"),
        };
        command
            .env("LOUPE_PROJECTOR_KAFKA_BOOTSTRAP", &stack.addresses.kafka_bootstrap)
            .env("LOUPE_PROJECTOR_CLICKHOUSE_URL", clickhouse_url)
            .env("LOUPE_PROJECTOR_GROUP", group)
            .env("LOUPE_PROJECTOR_DATABASE", database)
            // The views are those of the stack's own tables.
            .env("LOUPE_PROJECTOR_VIEWS_DATABASE", "")
            .envs(settings.iter().map(|(name, value)| (format!("LOUPE_PROJECTOR_{name}"), value)));
        Self::start(stack, "projector", "LOUPE_PROJECTOR", command)
    }

    /// Starts a query API that reads this database and knows the stack's keys.
    ///
    /// # Errors
    /// The process cannot be started.
    pub fn query_api(stack: &Stack, database: &str) -> anyhow::Result<Self> {
        Self::query_api_with(stack, database, &[])
    }

    /// The same with settings of its own: names of its environment without `LOUPE_QUERY_`, and their values.
    ///
    /// # Errors
    /// The process cannot be started.
    pub fn query_api_with(stack: &Stack, database: &str, settings: &[(&str, &str)]) -> anyhow::Result<Self> {
        let mut command = service_of(stack, "query-api");
        command
            .env("LOUPE_QUERY_CLICKHOUSE_URL", &stack.addresses.clickhouse_url)
            .env("LOUPE_QUERY_DATABASE", database)
            .env("LOUPE_QUERY_KEYS_FILE", stack.data_dir().join("keys.jsonl"))
            .env("LOUPE_QUERY_CURSOR_KEY", "a key that only tests sign cursors with")
            .envs(settings.iter().map(|(name, value)| (format!("LOUPE_QUERY_{name}"), value)));
        Self::start(stack, "query-api", "LOUPE_QUERY", command)
    }

    fn start(stack: &Stack, name: &'static str, prefix: &str, mut command: Command) -> anyhow::Result<Self> {
        let listen = ports::free(name)?;
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(stack.data_dir().join(format!("{name}-{}.log", listen.port())))?;
        command.env(format!("{prefix}_LISTEN"), listen.to_string());
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let child = process::spawn(command).with_context(|| format!("cannot start the {name}"))?;
        Ok(Self { child, url: format!("http://{listen}") })
    }

    /// The id of its process.
    #[must_use]
    pub fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it says that it is ready.
    ///
    /// # Errors
    /// It ended, or was not ready in time.
    pub async fn ready(&mut self) -> anyhow::Result<()> {
        let deadline = Instant::now() + READY_TIMEOUT;
        let mut last = String::from("no answer");
        loop {
            if let Some(status) = self.child.try_wait()? {
                bail!("the service ended before it was ready: {status}");
            }
            match reqwest::get(format!("{}/readyz", self.url)).await {
                Ok(answer) if answer.status().is_success() => return Ok(()),
                Ok(answer) => last = answer.text().await?,
                Err(_) => {}
            }
            if Instant::now() > deadline {
                bail!("the service at {} was not ready in time: {last}", self.url);
            }
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    }

    /// Ends it as a power cut does: nothing is finished, flushed or committed.
    ///
    /// # Errors
    /// It had ended already.
    pub fn kill(mut self) -> anyhow::Result<()> {
        if let Some(status) = self.child.try_wait()? {
            bail!("the service had ended by itself: {status}");
        }
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// The sum of a counter's series in its metrics; 0 when there is none.
    ///
    /// # Errors
    /// It does not answer.
    pub async fn counter(&self, name: &str) -> anyhow::Result<f64> {
        Ok(scrape::Scraped::of(&self.url).await?.sum(name))
    }
}

/// The command that runs a service of the stack's own executable.
fn service_of(stack: &Stack, name: &str) -> Command {
    let mut command = Command::new(stack.executable());
    command.arg(name);
    command
}

impl Drop for Service {
    fn drop(&mut self) {
        stack::stop(&mut self.child);
    }
}
