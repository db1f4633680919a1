//! The engine and the services: this executable again, each as a hidden subcommand in a process of its own.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context;

use crate::kafka::{self, Kafka, Node};
use crate::keys::{self, Secrets};
use crate::member::Member;
use crate::ports::{Ports, loopback};
use crate::process::{Child, Launch};

const READY_TIMEOUT: Duration = Duration::from_secs(120);
const READY_PAUSE: Duration = Duration::from_millis(50);
const PROBE_TIMEOUT: Duration = Duration::from_secs(5);
/// Longer than any service drains.
const STOP_TIMEOUT: Duration = Duration::from_secs(40);

/// Everything the processes of one stack are told.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Holds what the stack keeps.
    pub data_dir: PathBuf,
    /// Where everything listens.
    pub ports: Ports,
    /// Keys to hash and sign with.
    pub secrets: Secrets,
    /// The engine's shared library.
    pub library: PathBuf,
}

impl Plan {
    /// Where logs are.
    #[must_use]
    pub fn logs(&self) -> PathBuf {
        self.data_dir.join("logs")
    }

    /// The URL of the service on `port`.
    #[must_use]
    pub fn url(port: u16) -> String {
        format!("http://{}", loopback(port))
    }

    /// Kafka's place in the stack.
    #[must_use]
    pub fn node(&self) -> Node {
        Node {
            directory: self.data_dir.join("kafka"),
            log: self.logs().join("kafka.log"),
            port: self.ports.kafka,
            controller_port: self.ports.kafka_controller,
            security: None,
        }
    }

    /// Kafka itself.
    #[must_use]
    pub fn kafka(&self, kafka: Kafka) -> Member {
        let node = self.node();
        let bootstrap = node.bootstrap();
        let spawn = move || {
            let (kafka, node) = (kafka.clone(), node.clone());
            Box::pin(async move { kafka.spawn(&node).await }) as _
        };
        let ready = move || Box::pin(Kafka::answers(bootstrap.clone())) as _;
        Member {
            name: "Kafka",
            spawn: Box::new(spawn),
            ready: Box::new(ready),
            ready_timeout: kafka::READY_TIMEOUT,
            stop_timeout: kafka::STOP_TIMEOUT,
        }
    }

    /// The ClickHouse engine.
    ///
    /// # Errors
    /// This executable cannot be found.
    pub fn engine(&self) -> anyhow::Result<Member> {
        let args = [
            "--data-dir".into(),
            self.data_dir.join("clickhouse").into(),
            "--library".into(),
            self.library.clone().into(),
            "--listen".into(),
            loopback(self.ports.clickhouse).to_string().into(),
        ];
        self.member(
            "the ClickHouse engine",
            "clickhouse",
            &args,
            &[],
            format!("{}/ping", Self::url(self.ports.clickhouse)),
        )
    }

    /// Ingest, which also creates the topics.
    ///
    /// # Errors
    /// This executable cannot be found.
    pub fn ingest(&self) -> anyhow::Result<Member> {
        let env = [
            ("LOUPE_INGEST_LISTEN", loopback(self.ports.ingest).to_string().into()),
            ("LOUPE_INGEST_KAFKA_BOOTSTRAP", self.node().bootstrap().into()),
            ("LOUPE_INGEST_KEYS_FILE", self.keys_file().into()),
            ("LOUPE_INGEST_IP_HASH_KEY", self.secrets.ip_hash_key.clone().into()),
        ];
        self.member("ingest", "ingest", &[], &env, ready_url(self.ports.ingest))
    }

    /// The projector, which also creates the tables.
    ///
    /// # Errors
    /// This executable cannot be found.
    pub fn projector(&self) -> anyhow::Result<Member> {
        let env = [
            ("LOUPE_PROJECTOR_LISTEN", loopback(self.ports.projector).to_string().into()),
            ("LOUPE_PROJECTOR_KAFKA_BOOTSTRAP", self.node().bootstrap().into()),
            ("LOUPE_PROJECTOR_CLICKHOUSE_URL", Self::url(self.ports.clickhouse).into()),
            ("LOUPE_PROJECTOR_GROUP_INSTANCE_ID", "local".into()),
        ];
        self.member("the projector", "projector", &[], &env, ready_url(self.ports.projector))
    }

    /// The query API.
    ///
    /// # Errors
    /// This executable cannot be found.
    pub fn query_api(&self) -> anyhow::Result<Member> {
        let env = [
            ("LOUPE_QUERY_LISTEN", loopback(self.ports.query_api).to_string().into()),
            ("LOUPE_QUERY_CLICKHOUSE_URL", Self::url(self.ports.clickhouse).into()),
            ("LOUPE_QUERY_KEYS_FILE", self.keys_file().into()),
            ("LOUPE_QUERY_CURSOR_KEY", self.secrets.cursor_key.clone().into()),
            ("LOUPE_QUERY_INGEST_URL", Self::url(self.ports.ingest).into()),
            ("LOUPE_QUERY_INGEST_KEY", self.secrets.edge_key.clone().into()),
        ];
        self.member("the query API", "query-api", &[], &env, ready_url(self.ports.query_api))
    }

    fn keys_file(&self) -> PathBuf {
        keys::file(&self.data_dir)
    }

    fn member(
        &self,
        name: &'static str,
        subcommand: &'static str,
        args: &[OsString],
        env: &[(&str, OsString)],
        ready_url: String,
    ) -> anyhow::Result<Member> {
        let program = std::env::current_exe().context("cannot find this executable")?;
        let args = std::iter::once(subcommand.into()).chain(args.iter().cloned()).collect();
        let env = env.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let log = log_file(&self.logs(), subcommand);
        let launch = Launch { name, program, args, env, log };
        let spawn = move || {
            let launch = launch.clone();
            Box::pin(async move { Ok(Child::spawn(launch).await?) }) as _
        };
        let ready = move || {
            let url = ready_url.clone();
            Box::pin(async move { ready(&url).await }) as _
        };
        Ok(Member {
            name,
            spawn: Box::new(spawn),
            ready: Box::new(ready),
            ready_timeout: READY_TIMEOUT,
            stop_timeout: STOP_TIMEOUT,
        })
    }
}

fn ready_url(port: u16) -> String {
    format!("{}/readyz", Plan::url(port))
}

fn log_file(logs: &Path, subcommand: &str) -> PathBuf {
    logs.join(format!("{subcommand}.log"))
}

/// Asks until the answer is a success; the error is the last answer.
async fn ready(url: &str) -> Result<(), String> {
    let client = reqwest::Client::builder().no_proxy().timeout(PROBE_TIMEOUT).build();
    let client = client.map_err(|error| error.to_string())?;
    let begun = Instant::now();
    loop {
        let state = match client.get(url).send().await {
            Ok(response) if response.status().is_success() => return Ok(()),
            Ok(response) => response.text().await.unwrap_or_default(),
            Err(error) => error.to_string(),
        };
        if begun.elapsed() > READY_TIMEOUT {
            return Err(state);
        }
        tokio::time::sleep(READY_PAUSE).await;
    }
}
