//! The life of a stack as its user sees it: start, a second start, a key, stop, resume, a crash.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

const LOUPE: &str = env!("CARGO_BIN_EXE_loupe");
/// A start with an empty cache fetches Kafka and the engine first.
const START_TIMEOUT: Duration = Duration::from_secs(15 * 60);
const STOP_TIMEOUT: Duration = Duration::from_secs(90);
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// What stops, in this order.
const ALL: [&str; 5] = ["ingest", "the projector", "the query API", "the ClickHouse engine", "Kafka"];

/// A launcher; dropping it ends it and, by that, all of its stack.
struct Launcher {
    child: Child,
    output: PathBuf,
}

impl Launcher {
    fn start(data_dir: &Path, traffic: &[&str]) -> Self {
        let output = data_dir.with_extension("output");
        let file = File::create(&output).unwrap();
        let mut command = Command::new(LOUPE);
        command.args(["--ports", "free", "--data-dir"]).arg(data_dir).args(traffic);
        command.stdin(Stdio::null()).stdout(file.try_clone().unwrap()).stderr(file);
        Self { child: command.spawn().unwrap(), output }
    }

    fn output(&self) -> String {
        std::fs::read_to_string(&self.output).unwrap()
    }

    /// Waits until `condition` holds while the launcher runs.
    fn await_that(&mut self, what: &str, condition: impl Fn(&str) -> bool) {
        let deadline = Instant::now() + START_TIMEOUT;
        while !condition(&self.output()) {
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none() && Instant::now() < deadline, "not {what} ({ended:?}):\n{}", self.output());
            std::thread::sleep(POLL_INTERVAL);
        }
    }

    fn ready(&mut self, data_dir: &Path) {
        self.await_that("ready", |output| output.contains("Ctrl-C stops everything"));
        let text = std::fs::read(data_dir.join("stack.json")).expect("a stack that is ready says where it is");
        let stack: serde_json::Value = serde_json::from_slice(&text).unwrap();
        assert!(stack["query_url"].is_string() && stack["keys"]["edge"].is_string(), "{stack}");
    }

    fn stop(&mut self, signal: Signal) -> ExitStatus {
        kill_process(pid(self.child.id()), signal).unwrap();
        let deadline = Instant::now() + STOP_TIMEOUT;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "it did not stop:\n{}", self.output());
            std::thread::sleep(POLL_INTERVAL);
        }
    }

    /// The commands that it prints, each run as it is pasted, but failing when the answer is an error.
    fn paste_examples(&self) -> Vec<String> {
        let output = self.output();
        let lines: Vec<_> = output.lines().filter_map(|line| line.strip_prefix("  curl ")).collect();
        assert_eq!(lines.len(), 3, "{output}");
        let run = |line: &&str| printed(&Command::new("sh").arg("-c").arg(format!("curl -f {line}")).output().unwrap());
        lines.iter().map(run).collect()
    }

    fn children(&self) -> Vec<u32> {
        processes().into_iter().filter(|(_, parent)| *parent == self.child.id()).map(|(id, _)| id).collect()
    }
}

impl Drop for Launcher {
    fn drop(&mut self) {
        // It may have ended already, which is as good.
        let _ended = (self.child.kill(), self.child.wait());
    }
}

fn pid(id: u32) -> Pid {
    Pid::from_raw(i32::try_from(id).unwrap()).unwrap()
}

/// Every process that runs, with its parent.
fn processes() -> Vec<(u32, u32)> {
    let entries = std::fs::read_dir("/proc").unwrap();
    let stat = |entry: std::io::Result<std::fs::DirEntry>| {
        let path = entry.ok()?.path();
        let id = path.file_name()?.to_str()?.parse().ok()?;
        let status = std::fs::read_to_string(path.join("status")).ok()?;
        let field = |name: &str| status.lines().find_map(|line| Some(line.strip_prefix(name)?.trim().to_owned()));
        // A process that ended and was not waited for runs no more.
        (!field("State:")?.starts_with('Z')).then_some((id, field("PPid:")?.parse().ok()?))
    };
    entries.filter_map(stat).collect()
}

fn printed(output: &Output) -> String {
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{}: {text}", output.status);
    text
}

/// Asserts that exactly these stopped, one after the other.
fn stopped_in_order(output: &str, expected: &[&str]) {
    let stopping = output.split_once("Stopping").expect("it says that it stops").1;
    let lines: Vec<_> = stopping.lines().map(str::trim).filter(|line| ALL.contains(line)).collect();
    assert_eq!(lines, expected, "{output}");
    assert!(stopping.contains("✓ Stopping"), "{output}");
}

#[test]
fn a_stack_lives_alone_stops_in_order_resumes_and_leaves_nothing_behind() {
    let directory = tempfile::tempdir().unwrap();
    let data_dir = directory.path().join("data");
    let description = data_dir.join("stack.json");

    let mut first = Launcher::start(&data_dir, &["--traffic", "none"]);
    first.ready(&data_dir);
    let second = Command::new(LOUPE).args(["--ports", "free", "--data-dir"]).arg(&data_dir).output().unwrap();
    let message = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(!second.status.success() && message.contains("another stack"), "{message}");
    assert!(description.exists(), "a start that is refused leaves the running stack's description alone");
    assert!(first.paste_examples()[0].contains("\"accepted\":1"));
    let key = ["key", "add", "--account", "1", "--scopes", "downloads:read", "--data-dir"];
    let key = printed(&Command::new(LOUPE).args(key).arg(&data_dir).output().unwrap());
    assert!(key.starts_with("lp_") && key.lines().count() == 1, "{key}");
    assert_eq!(first.stop(Signal::TERM).code(), Some(0));
    stopped_in_order(&first.output(), &ALL);
    assert!(!description.exists(), "a stack that stopped is nowhere");

    let mut second = Launcher::start(&data_dir, &["--traffic", "demo", "--events", "2000"]);
    second.ready(&data_dir);
    let answers = second.paste_examples();
    assert!(answers[0].contains("\"download_id\""), "the day has downloads: {}", answers[0]);
    assert_eq!(second.stop(Signal::INT).code(), Some(0));
    stopped_in_order(&second.output(), &ALL);

    let mut third = Launcher::start(&data_dir, &[]);
    third.ready(&data_dir);
    assert!(third.output().contains("was played before"), "{}", third.output());
    let total = |answer: &str| serde_json::from_str::<serde_json::Value>(answer).unwrap()["meta"]["total"].clone();
    assert_eq!(total(&third.paste_examples()[0]), total(&answers[0]), "the day is there, once");

    let children = third.children();
    assert_eq!(children.len(), 5, "{:?}", processes());
    third.stop(Signal::KILL);
    let deadline = Instant::now() + STOP_TIMEOUT;
    let runs = || processes().into_iter().filter(|(id, _)| children.contains(id)).collect::<Vec<_>>();
    while !runs().is_empty() {
        assert!(Instant::now() < deadline, "processes outlive their launcher: {:?}", runs());
        std::thread::sleep(POLL_INTERVAL);
    }
}

#[test]
fn a_start_that_is_interrupted_stops_in_order() {
    let directory = tempfile::tempdir().unwrap();
    let data_dir = directory.path().join("data");
    let mut launcher = Launcher::start(&data_dir, &["--traffic", "none"]);
    launcher.await_that("starting", |output| output.contains("Starting the ClickHouse engine"));
    let children = launcher.children();
    assert_eq!(launcher.stop(Signal::INT).code(), Some(0));
    stopped_in_order(&launcher.output(), &ALL[3..]);
    assert!(!data_dir.join("stack.json").exists());
    assert!(!processes().iter().any(|(id, _)| children.contains(id)), "{children:?}");
}
