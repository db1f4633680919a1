//! The whole stack in a child process.

use std::fmt::Write as _;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde::Deserialize;
use tempfile::TempDir;

use crate::process;

/// A start with an empty cache fetches Kafka and the engine first.
const START_TIMEOUT: Duration = Duration::from_secs(15 * 60);
const STOP_TIMEOUT: Duration = Duration::from_secs(60);
const POLL_INTERVAL: Duration = Duration::from_millis(50);
const TAIL_LINES: usize = 40;

static SHARED: Mutex<Weak<Stack>> = Mutex::new(Weak::new());

/// A running stack on free ports in a directory of its own; dropping it stops it and removes its data.
#[derive(Debug)]
pub struct Stack {
    child: Child,
    directory: Arc<TempDir>,
    executable: PathBuf,
    /// Where it is, and its two keys.
    pub addresses: Addresses,
}

/// What `stack.json` says.
#[derive(Debug, Clone, Deserialize)]
pub struct Addresses {
    /// Base URL of ingest.
    pub ingest_url: String,
    /// Base URL of the query API.
    pub query_url: String,
    /// The projector's health and metrics.
    pub projector_url: String,
    /// ClickHouse's HTTP interface.
    pub clickhouse_url: String,
    /// Kafka's bootstrap servers.
    pub kafka_bootstrap: String,
    /// The two keys every stack has.
    pub keys: Keys,
}

/// The keys of `stack.json`.
#[derive(Debug, Clone, Deserialize)]
pub struct Keys {
    /// May publish for all accounts.
    pub edge: String,
    /// Reads account 1 with all scopes.
    pub owner: String,
}

impl Stack {
    /// The stack that all tests of this executable share; the last test to finish stops it.
    ///
    /// # Errors
    /// It did not start.
    pub fn shared(executable: &str) -> anyhow::Result<Arc<Self>> {
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = shared.upgrade() {
            return Ok(running);
        }
        let started = Arc::new(Self::start(executable)?);
        *shared = Arc::downgrade(&started);
        Ok(started)
    }

    /// Starts a stack in a fresh directory and waits until it is ready.
    ///
    /// # Errors
    /// It did not start; the error shows its output and the end of its logs.
    pub fn start(executable: &str) -> anyhow::Result<Self> {
        Self::start_with(Path::new(executable), &[])
    }

    /// The same, with settings of its services as environment variables.
    ///
    /// # Errors
    /// It did not start; the error shows its output and the end of its logs.
    pub fn start_with(executable: &Path, variables: &[(&str, &str)]) -> anyhow::Result<Self> {
        let directory = Arc::new(tempfile::Builder::new().prefix("loupe-test-").tempdir()?);
        Self::start_told(executable, directory, variables)
    }

    /// Stops it and starts it again with its data.
    ///
    /// # Errors
    /// It did not start again.
    pub fn restart(self) -> anyhow::Result<Self> {
        let executable = self.executable.clone();
        Self::start_in(&executable, self.stop())
    }

    /// The same, with settings of its services as environment variables.
    ///
    /// # Errors
    /// It did not start again.
    pub fn restart_told(self, variables: &[(&str, &str)]) -> anyhow::Result<Self> {
        let executable = self.executable.clone();
        Self::start_told(&executable, self.stop(), variables)
    }

    /// Stops it and returns its directory, in which its data directory is `data`.
    #[must_use]
    pub fn stop(self) -> Arc<TempDir> {
        Arc::clone(&self.directory)
    }

    /// Starts a stack on the data directory `data` of a directory.
    ///
    /// # Errors
    /// It did not start; the error shows its output and the end of its logs.
    pub fn start_in(executable: &Path, directory: Arc<TempDir>) -> anyhow::Result<Self> {
        Self::start_told(executable, directory, &[])
    }

    fn start_told(executable: &Path, directory: Arc<TempDir>, variables: &[(&str, &str)]) -> anyhow::Result<Self> {
        let stale = directory.path().join("data/stack.json");
        if stale.exists() {
            std::fs::remove_file(stale)?;
        }
        let output = File::options().create(true).append(true).open(directory.path().join("output"))?;
        let mut command = Command::new(executable);
        command
            .args(["--traffic", "none", "--ports", "free", "--data-dir"])
            .arg(directory.path().join("data"))
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output);
        let mut child = process::spawn(command).with_context(|| format!("cannot start {}", executable.display()))?;
        match await_addresses(&mut child, directory.path()) {
            Ok(addresses) => Ok(Self { child, directory, executable: executable.to_owned(), addresses }),
            Err(error) => {
                stop(&mut child);
                Err(error.context(tails(directory.path())))
            }
        }
    }

    /// Its data directory.
    #[must_use]
    pub fn data_dir(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    /// The executable that it runs.
    #[must_use]
    pub fn executable(&self) -> &Path {
        &self.executable
    }

    /// `loupe …` against it, still to be run.
    #[must_use]
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.executable);
        command.args(words).arg("--data-dir").arg(self.data_dir());
        command
    }

    /// The id of its process, whose children are its services.
    #[must_use]
    pub fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// Mints a key for an account.
    ///
    /// # Errors
    /// The stack refused.
    pub fn key(&self, account: u64, scopes: &str) -> anyhow::Result<String> {
        let output = Command::new(&self.executable)
            .args(["key", "add", "--account", &account.to_string(), "--scopes", scopes, "--data-dir"])
            .arg(self.data_dir())
            .stdin(Stdio::null())
            .output()?;
        let printed = String::from_utf8(output.stdout)?;
        let key = printed.split_whitespace().find(|word| word.starts_with("lp_"));
        key.map(ToOwned::to_owned)
            .with_context(|| format!("`key add` printed no key: {printed}{}", String::from_utf8_lossy(&output.stderr)))
    }

    /// Every line of its output and logs that reports a panic.
    ///
    /// # Errors
    /// A log cannot be read.
    pub fn panics(&self) -> anyhow::Result<Vec<String>> {
        let mut found = Vec::new();
        for file in logs(self.directory.path()) {
            let text = String::from_utf8_lossy(&std::fs::read(&file)?).into_owned();
            let lines = text.lines().filter(|line| line.contains("panicked"));
            found.extend(lines.map(|line| format!("{}: {line}", file.display())));
        }
        Ok(found)
    }

    /// The end of its output and of every log, for a test that failed.
    #[must_use]
    pub fn tails(&self) -> String {
        tails(self.directory.path())
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        stop(&mut self.child);
    }
}

fn await_addresses(child: &mut Child, directory: &Path) -> anyhow::Result<Addresses> {
    let file = directory.join("data/stack.json");
    let deadline = Instant::now() + START_TIMEOUT;
    loop {
        // The file may be caught half-written; it is complete once it parses.
        if let Some(addresses) = std::fs::read(&file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
            return Ok(addresses);
        }
        if let Some(status) = child.try_wait()? {
            bail!("the stack ended before it was ready: {status}");
        }
        if Instant::now() > deadline {
            bail!("the stack was not ready within {} s", START_TIMEOUT.as_secs());
        }
        std::thread::sleep(POLL_INTERVAL);
    }
}

/// Asks a child to end, as Ctrl-C or a supervisor does, and ends it when it does not.
pub fn stop(child: &mut Child) {
    let asked = rustix::process::kill_process(rustix::process::Pid::from_child(child), rustix::process::Signal::TERM);
    let deadline = Instant::now() + STOP_TIMEOUT;
    while asked.is_ok() && Instant::now() < deadline {
        match child.try_wait() {
            Ok(None) => std::thread::sleep(POLL_INTERVAL),
            _ => return,
        }
    }
    // It is gone already or does not listen: either way there is nothing more to ask for.
    drop(child.kill());
    drop(child.wait());
}

/// The output of the stack and every log in its data directory.
fn logs(directory: &Path) -> Vec<PathBuf> {
    let mut found = vec![directory.join("output")];
    let mut folders = vec![directory.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten();
        for path in entries.map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "log") && is_ours(&path) {
                found.push(path);
            }
        }
    }
    found
}

/// Kafka names its segments `.log` too.
fn is_ours(path: &Path) -> bool {
    path.file_stem().and_then(|stem| stem.to_str()).is_some_and(|stem| !stem.bytes().all(|byte| byte.is_ascii_digit()))
}

fn tails(directory: &Path) -> String {
    let mut text = String::new();
    for file in logs(directory) {
        let content = std::fs::read(&file).unwrap_or_default();
        let content = String::from_utf8_lossy(&content).into_owned();
        let lines: Vec<&str> = content.lines().collect();
        let tail = &lines[lines.len().saturating_sub(TAIL_LINES)..];
        // Writing to a string cannot fail.
        let _ = writeln!(text, "--- {}\n{}", file.display(), tail.join("\n"));
    }
    text
}
