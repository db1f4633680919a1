//! Kafka and the engine as a company runs them: over TLS only, and asking everybody who they are.
//!
//! ```text
//! authority  certificates made for one test
//! tokens     an OAuth server whose tokens Kafka verifies
//! ```

pub mod authority;
pub mod tokens;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use loupe_clickhouse_local::library;
use loupe_local::kafka::{self, Kafka, Node, Security, Tokens};
use loupe_local::process::{Child, Launch};
use loupe_local::progress::Progress;
use loupe_local::{cache, ports};
use loupe_service::clock;
use loupe_service::keys::{Accounts, Scope, append, mint};
use tempfile::TempDir;

use authority::{Authority, Issued};
use tokens::{AUDIENCE, ISSUER, OAuthServer};

/// The user that services are in Kafka, and the client that they are to the OAuth server.
pub const USER: &str = "loupe";
/// That user's password in Kafka.
pub const PASSWORD: &str = "kafka's password";
/// The client's secret.
pub const CLIENT_SECRET: &str = "s3cret";
/// The user that services are in ClickHouse.
pub const CLICKHOUSE_USER: &str = "projector";
/// That user's password.
pub const CLICKHOUSE_PASSWORD: &str = "clickhouse's password";

const READY_TIMEOUT: Duration = Duration::from_secs(90);
const STOP_TIMEOUT: Duration = Duration::from_secs(20);
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// Kafka and the engine on free ports, in a directory that goes away with them.
#[derive(Debug)]
pub struct Secure {
    executable: PathBuf,
    /// Who signed the certificates of all servers.
    pub authority: Authority,
    /// Who signed none.
    pub stranger: Authority,
    /// Gives out tokens that live for 20 s.
    pub oauth: OAuthServer,
    /// Kafka's bootstrap servers.
    pub bootstrap: String,
    /// The engine's HTTPS interface.
    pub clickhouse_url: String,
    /// The file of API keys.
    pub keys: PathBuf,
    engine_at: SocketAddr,
    engine_identity: Issued,
    engine: Option<Child>,
    kafka: Option<Child>,
    // Removed last.
    directory: TempDir,
}

/// A service beside it.
#[derive(Debug)]
pub struct Process {
    child: Child,
    /// Where it listens.
    pub url: String,
}

impl Secure {
    /// Starts Kafka, the engine and an OAuth server; services are run by `executable`.
    ///
    /// # Errors
    /// One did not start.
    pub async fn start(executable: &str) -> anyhow::Result<Self> {
        let directory = tempfile::Builder::new().prefix("loupe-test-").tempdir()?;
        let path = directory.path();
        let (authority, stranger) = (Authority::new(path, "authority")?, Authority::new(path, "stranger")?);
        let client = format!("{USER}:{CLIENT_SECRET}");
        let life = Duration::from_secs(20);
        let oauth = OAuthServer::start(path, &authority.issue("oauth")?, &client, life).await?;
        let kafka = Kafka::resolve(&cache::directory()?, &Progress::silent().step("Kafka")).await?;
        let node = Node {
            directory: path.join("kafka"),
            log: path.join("kafka.log"),
            port: ports::free("Kafka")?.port(),
            controller_port: ports::free("Kafka's controller")?.port(),
            security: Some(Security {
                keystore: authority.issue("kafka")?.both,
                truststore: authority.certificate.clone(),
                users: vec![("admin".to_owned(), "adm1n".to_owned()), (USER.to_owned(), PASSWORD.to_owned())],
                tokens: Some(Tokens {
                    keys: oauth.keys.clone(),
                    issuer: ISSUER.to_owned(),
                    audience: AUDIENCE.to_owned(),
                }),
            }),
        };
        let running = kafka.spawn(&node).await?;
        let engine_at = ports::free("the engine")?;
        let mut secure = Self {
            executable: executable.into(),
            bootstrap: node.bootstrap(),
            clickhouse_url: format!("https://{engine_at}"),
            keys: path.join("keys.jsonl"),
            engine_at,
            engine_identity: authority.issue("clickhouse")?,
            authority,
            stranger,
            oauth,
            engine: None,
            kafka: Some(running),
            directory,
        };
        secure.restart_engine(CLICKHOUSE_PASSWORD).await?;
        Ok(secure)
    }

    /// Starts the engine, which asks for this password, in the place of the one that runs.
    ///
    /// # Errors
    /// It did not start.
    pub async fn restart_engine(&mut self, password: &str) -> anyhow::Result<()> {
        if let Some(engine) = self.engine.take() {
            engine.stop(STOP_TIMEOUT).await;
        }
        let cache = cache::directory()?;
        let library = tokio::task::spawn_blocking(move || library::ensure_library(&cache, &|_| {})).await??;
        let mut args: Vec<std::ffi::OsString> =
            vec!["clickhouse".into(), "--data-dir".into(), self.directory.path().join("clickhouse").into()];
        args.extend(["--library".into(), library.into(), "--listen".into(), self.engine_at.to_string().into()]);
        args.extend(["--tls-certificate".into(), self.engine_identity.certificate.clone().into()]);
        args.extend(["--tls-key".into(), self.engine_identity.key.clone().into()]);
        let env = vec![
            ("LOUPE_CLICKHOUSE_USER".to_owned(), CLICKHOUSE_USER.into()),
            ("LOUPE_CLICKHOUSE_PASSWORD".to_owned(), password.into()),
        ];
        let log = self.directory.path().join("clickhouse.log");
        let launch = Launch { name: "the engine", program: self.executable.clone(), args, env, log };
        self.engine = Some(Child::spawn(launch).await?);
        Ok(())
    }

    /// A file of its own with this secret.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn secret(&self, secret: &str) -> anyhow::Result<String> {
        let (_, path) = tempfile::NamedTempFile::new_in(self.directory.path())?.keep()?;
        std::fs::write(&path, format!("{secret}\n"))?;
        Ok(path.to_str().context("the directory's path is no text")?.to_owned())
    }

    /// What a service is told to reach Kafka by SCRAM, with this password, trusting this authority.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn scram(&self, password: &str, authority: &Authority) -> anyhow::Result<String> {
        let file = self.secret(password)?;
        let authority = authority.certificate.display();
        Ok(format!(
            "security.protocol=SASL_SSL,ssl.ca.location={authority},sasl.mechanism=SCRAM-SHA-512,\
             sasl.username={USER},sasl.password.file={file}"
        ))
    }

    /// What a service is told to reach Kafka by tokens, with this secret, trusting this authority of the token endpoint.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn tokens(&self, secret: &str, authority: &Authority) -> anyhow::Result<String> {
        let file = self.secret(secret)?;
        let (kafka, endpoint) = (self.authority.certificate.display(), &self.oauth.endpoint);
        let of_endpoint = authority.certificate.display();
        Ok(format!(
            "security.protocol=SASL_SSL,ssl.ca.location={kafka},sasl.mechanism=OAUTHBEARER,\
             sasl.oauthbearer.method=oidc,sasl.oauthbearer.token.endpoint.url={endpoint},\
             sasl.oauthbearer.client.id={USER},sasl.oauthbearer.client.secret.file={file},\
             https.ca.location={of_endpoint}"
        ))
    }

    /// Mints an API key.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn key(&self, accounts: Accounts, scopes: impl IntoIterator<Item = Scope>) -> anyhow::Result<String> {
        let (token, entry) = mint(accounts, scopes.into_iter().collect::<BTreeSet<_>>(), "of a test", clock::now())?;
        append(&self.keys, &entry)?;
        Ok(token)
    }

    /// Starts ingest with these properties of Kafka.
    ///
    /// # Errors
    /// It cannot be started.
    pub async fn ingest(&self, kafka: &str) -> anyhow::Result<Process> {
        let env = [
            ("KAFKA_BOOTSTRAP", self.bootstrap.clone()),
            ("KAFKA", kafka.to_owned()),
            ("KEYS_FILE", self.keys.display().to_string()),
            ("IP_HASH_KEY_FILE", self.secret("a key that only tests hash with")?),
        ];
        self.service("ingest", "LOUPE_INGEST", &env).await
    }

    /// Starts a projector of this name with these properties of Kafka, and these of ClickHouse beside the URL.
    ///
    /// # Errors
    /// It cannot be started.
    pub async fn projector(&self, name: &str, kafka: &str, clickhouse: &[(&str, String)]) -> anyhow::Result<Process> {
        self.service("projector", "LOUPE_PROJECTOR", &self.projector_settings(name, kafka, clickhouse)).await
    }

    /// What `loupe audit --all` prints when it is told what the projector of this name is.
    ///
    /// # Errors
    /// It fails.
    pub async fn audit(&self, name: &str, kafka: &str, clickhouse: &[(&str, String)]) -> anyhow::Result<String> {
        let settings = self.projector_settings(name, kafka, clickhouse);
        let output = tokio::process::Command::new(&self.executable)
            .args(["audit", "--all"])
            .envs(settings.iter().map(|(field, value)| (format!("LOUPE_PROJECTOR_{field}"), value)))
            .output()
            .await?;
        let printed = String::from_utf8(output.stdout)?;
        ensure!(output.status.success(), "{printed}{}", String::from_utf8_lossy(&output.stderr));
        Ok(printed)
    }

    fn projector_settings<'s>(
        &self,
        name: &str,
        kafka: &str,
        clickhouse: &[(&'s str, String)],
    ) -> Vec<(&'s str, String)> {
        let mut env = vec![
            ("KAFKA_BOOTSTRAP", self.bootstrap.clone()),
            ("KAFKA", kafka.to_owned()),
            ("GROUP", name.to_owned()),
            ("DATABASE", name.to_owned()),
            ("VIEWS_DATABASE", String::new()),
            ("CLICKHOUSE_URL", self.clickhouse_url.clone()),
            ("REQUEST_TIMEOUT_MS", "5000".to_owned()),
            ("FLUSH_INTERVAL_MS", "100".to_owned()),
        ];
        env.extend_from_slice(clickhouse);
        env
    }

    /// Starts a query API on the tables of the projector of this name.
    ///
    /// # Errors
    /// It cannot be started.
    pub async fn query_api(&self, name: &str, clickhouse: &[(&str, String)]) -> anyhow::Result<Process> {
        let mut env = vec![
            ("DATABASE", name.to_owned()),
            ("CLICKHOUSE_URL", self.clickhouse_url.clone()),
            ("KEYS_FILE", self.keys.display().to_string()),
            ("CURSOR_KEY_FILE", self.secret("a key that only tests sign with")?),
        ];
        env.extend_from_slice(clickhouse);
        self.service("query-api", "LOUPE_QUERY", &env).await
    }

    /// What a service is told to reach ClickHouse with this password, trusting this authority.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn clickhouse(&self, password: &str, authority: &Authority) -> anyhow::Result<[(&'static str, String); 3]> {
        let file = self.secret(password)?;
        Ok([
            ("CLICKHOUSE_USER", CLICKHOUSE_USER.to_owned()),
            ("CLICKHOUSE_PASSWORD_FILE", file),
            ("CLICKHOUSE_CA_FILE", authority.certificate.display().to_string()),
        ])
    }

    async fn service(&self, name: &'static str, prefix: &str, env: &[(&str, String)]) -> anyhow::Result<Process> {
        let listen = ports::free(name)?;
        let mut env: Vec<(String, std::ffi::OsString)> =
            env.iter().map(|(field, value)| (format!("{prefix}_{field}"), value.into())).collect();
        env.push((format!("{prefix}_LISTEN"), listen.to_string().into()));
        let log = self.directory.path().join(format!("{name}-{}.log", listen.port()));
        let launch = Launch { name, program: self.executable.clone(), args: vec![name.into()], env, log };
        Ok(Process { child: Child::spawn(launch).await?, url: format!("http://{listen}") })
    }

    /// Stops the engine and Kafka in order.
    pub async fn stop(mut self) {
        for (child, timeout) in [(self.engine.take(), STOP_TIMEOUT), (self.kafka.take(), kafka::STOP_TIMEOUT)] {
            if let Some(child) = child {
                child.stop(timeout).await;
            }
        }
    }

    /// The directory of all its files.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }
}

impl Process {
    /// Waits until it says that it is ready.
    ///
    /// # Errors
    /// It does not in time; the error is what it says instead.
    pub async fn ready(&self) -> anyhow::Result<()> {
        self.until("readiness", |is_ready, _| is_ready).await
    }

    /// Waits until it says that it is not ready, in words that hold these.
    ///
    /// # Errors
    /// It does not in time; the error is what it says instead.
    pub async fn complains(&self, words: &[&str]) -> anyhow::Result<()> {
        let complains = |is_ready: bool, says: &str| !is_ready && words.iter().all(|word| says.contains(word));
        self.until(&format!("a complaint of {words:?}"), complains).await
    }

    async fn until(&self, what: &str, is_so: impl Fn(bool, &str) -> bool) -> anyhow::Result<()> {
        let deadline = Instant::now() + READY_TIMEOUT;
        let mut last = "no answer".to_owned();
        loop {
            if let Ok(answer) = reqwest::get(format!("{}/readyz", self.url)).await {
                let is_ready = answer.status().is_success();
                last = answer.text().await?;
                if is_so(is_ready, &last) {
                    return Ok(());
                }
            }
            if Instant::now() > deadline {
                bail!("{} at {} shows no {what}: {last}", self.child.name(), self.url);
            }
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    }

    /// Stops it in order.
    pub async fn stop(self) {
        self.child.stop(STOP_TIMEOUT).await;
    }
}
