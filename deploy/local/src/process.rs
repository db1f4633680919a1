//! The child processes of a stack: each with a log file, none outliving the stack.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Seek, SeekFrom};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::{OnceLock, mpsc as blocking};
use std::time::Duration;

use rustix::process::{Pid, Signal, getppid, kill_process_group, set_parent_process_death_signal};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot, watch};

const LAST_LINES_MAX: usize = 20;
const LAST_BYTES_MAX: u64 = 16 << 10;
/// How long a child whose stack went away without stopping it may take to end.
const ABANDONED_TIMEOUT: Duration = Duration::from_secs(5);

/// What to run.
#[derive(Debug, Clone)]
pub struct Launch {
    /// What people call it.
    pub name: &'static str,
    /// The executable.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
    /// Variables added to the environment of this process.
    pub env: Vec<(String, OsString)>,
    /// Receives its standard output and error; the log of the run before is kept beside it as `.1`.
    pub log: PathBuf,
}

/// A running child.
#[derive(Debug)]
pub struct Child {
    name: &'static str,
    id: u32,
    log: PathBuf,
    signals: mpsc::Sender<Signal>,
    exit: watch::Receiver<Option<ExitStatus>>,
}

/// A child that ended when it should not have, or would not start.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    /// The executable cannot be run.
    #[error("cannot start {name} ({program}): {cause}")]
    Spawn {
        /// What people call it.
        name: &'static str,
        /// The executable.
        program: String,
        /// What the operating system says.
        cause: io::Error,
    },
    /// It ended by itself.
    #[error("{name} ended ({status}){tail}")]
    Ended {
        /// What people call it.
        name: &'static str,
        /// How it ended.
        status: String,
        /// The last lines of its log, indented.
        tail: String,
    },
    /// It runs, but was not ready in time.
    #[error("{name} was not ready after {timeout_s} s: {state}{tail}")]
    NotReady {
        /// What people call it.
        name: &'static str,
        /// How long it was waited for, in seconds.
        timeout_s: u64,
        /// The last answer to the question whether it is ready.
        state: String,
        /// The last lines of its log, indented.
        tail: String,
    },
}

impl Child {
    /// Starts `launch`.
    ///
    /// # Errors
    /// The log cannot be written or the executable not run.
    pub async fn spawn(launch: Launch) -> Result<Self, ProcessError> {
        let (name, log, program) = (launch.name, launch.log.clone(), launch.program.display().to_string());
        let failed = |cause| ProcessError::Spawn { name, program: program.clone(), cause };
        let child = on_spawner(move || start(&launch)).await.and_then(|started| started).map_err(failed)?;
        let id = child.id().ok_or_else(|| failed(io::Error::other("it has no process id")))?;
        let (signals, received) = mpsc::channel(4);
        let (report, exit) = watch::channel(None);
        tokio::spawn(supervise(child, id, received, report));
        Ok(Self { name, id, log, signals, exit })
    }

    /// What people call it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.id
    }

    /// Waits for its end.
    pub async fn ended(&self) -> Option<ExitStatus> {
        let mut exit = self.exit.clone();
        let status = exit.wait_for(Option::is_some).await.ok()?;
        *status
    }

    /// Waits for its end and describes it as the failure it is for a child that should run.
    pub async fn failed(&self) -> ProcessError {
        let status = self.ended().await.map_or_else(|| "unknown status".to_owned(), |status| status.to_string());
        ProcessError::Ended { name: self.name, status, tail: self.tail() }
    }

    /// The failure of a child that runs but was not ready in time.
    #[must_use]
    pub fn not_ready(&self, timeout: Duration, state: impl Into<String>) -> ProcessError {
        ProcessError::NotReady { name: self.name, timeout_s: timeout.as_secs(), state: state.into(), tail: self.tail() }
    }

    /// Asks it to end (SIGTERM) and, when it has not after `timeout`, ends it (SIGKILL); true when it ended by itself.
    pub async fn stop(self, timeout: Duration) -> bool {
        // A closed channel means that it has ended already.
        let _ended = self.signals.send(Signal::TERM).await;
        if tokio::time::timeout(timeout, self.ended()).await.is_ok() {
            return true;
        }
        tracing::warn!(child = self.name, ?timeout, "did not stop in time and is killed");
        self.kill().await;
        false
    }

    /// Ends it at once (SIGKILL), as a crash would.
    pub async fn kill(self) {
        let _ended = self.signals.send(Signal::KILL).await;
        self.ended().await;
    }

    fn tail(&self) -> String {
        tail(&self.log)
    }
}

/// The last lines of a log, as they are appended to a message.
fn tail(log: &Path) -> String {
    match last_lines(log) {
        Ok(lines) if lines.is_empty() => format!("; its log {} is empty", log.display()),
        Ok(lines) => {
            let lines: Vec<_> = lines.iter().map(|line| format!("  | {line}")).collect();
            format!("; the last lines of {}:\n{}", log.display(), lines.join("\n"))
        }
        Err(error) => format!("; its log {} cannot be read: {error}", log.display()),
    }
}

fn last_lines(log: &Path) -> io::Result<Vec<String>> {
    let mut file = File::open(log)?;
    let len = file.metadata()?.len();
    file.seek(SeekFrom::Start(len.saturating_sub(LAST_BYTES_MAX)))?;
    let mut lines = VecDeque::new();
    for line in BufReader::new(file).split(b'\n') {
        lines.push_back(String::from_utf8_lossy(&line?).into_owned());
        if lines.len() > LAST_LINES_MAX {
            lines.pop_front();
        }
    }
    Ok(lines.into())
}

fn start(launch: &Launch) -> io::Result<tokio::process::Child> {
    if launch.log.exists() {
        std::fs::rename(&launch.log, launch.log.with_extension("log.1"))?;
    }
    let log = File::options().create(true).append(true).open(&launch.log)?;
    let mut command = std::process::Command::new(&launch.program);
    command.args(&launch.args).envs(launch.env.iter().map(|(name, value)| (name, value)));
    command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
    // Ctrl-C at a terminal reaches the whole foreground group: in groups of their own, children are stopped in order.
    command.process_group(0);
    end_with_parent(&mut command);
    tokio::process::Command::from(command).kill_on_drop(true).spawn()
}

/// Has the kernel send SIGTERM to the child when this process ends, however it ends; the thread that starts the child must live
/// as long, since the kernel takes its end for the parent's.
pub fn end_with_parent(command: &mut std::process::Command) {
    let parent = i32::try_from(std::process::id()).ok().and_then(Pid::from_raw);
    let before_exec = move || {
        set_parent_process_death_signal(Some(Signal::TERM))?;
        // The parent may have ended before the call above, which then never fires.
        if getppid() == parent { Ok(()) } else { Err(io::Error::from(io::ErrorKind::BrokenPipe)) }
    };
    #[expect(unsafe_code, reason = "between fork and exec it makes two system calls and allocates nothing")]
    // SAFETY: the closure only makes async-signal-safe system calls.
    unsafe {
        command.pre_exec(before_exec);
    }
}

/// Owns the child, so that no signal is sent to an id that the kernel has given to another process since.
async fn supervise(
    mut child: tokio::process::Child,
    id: u32,
    mut signals: mpsc::Receiver<Signal>,
    exit: watch::Sender<Option<ExitStatus>>,
) {
    let mut abandoned = false;
    let status = loop {
        tokio::select! {
            status = child.wait() => break status,
            signal = signals.recv(), if !abandoned => match signal {
                Some(signal) => send(id, signal),
                None => {
                    abandoned = true;
                    send(id, Signal::TERM);
                }
            },
            () = tokio::time::sleep(ABANDONED_TIMEOUT), if abandoned => send(id, Signal::KILL),
        }
    };
    match status {
        Ok(status) => exit.send_modify(|exit| *exit = Some(status)),
        Err(error) => tracing::error!(%error, process = id, "cannot learn how a child ended"),
    }
}

fn send(id: u32, signal: Signal) {
    let Some(group) = i32::try_from(id).ok().and_then(Pid::from_raw) else { return };
    if let Err(error) = kill_process_group(group, signal) {
        tracing::warn!(%error, process = id, "cannot signal a child");
    }
}

type Job = Box<dyn FnOnce() + Send>;

/// Runs `job` on a thread that lives as long as the process: the kernel takes the end of the *thread* that started a
/// child for the end of its parent, and worker threads come and go.
async fn on_spawner<T: Send + 'static>(job: impl FnOnce() -> T + Send + 'static) -> io::Result<T> {
    static SPAWNER: OnceLock<Result<blocking::Sender<Job>, io::ErrorKind>> = OnceLock::new();
    let spawner = SPAWNER.get_or_init(|| {
        let (sender, jobs) = blocking::channel::<Job>();
        let run = move || jobs.into_iter().for_each(|job| job());
        std::thread::Builder::new().name("spawner".to_owned()).spawn(run).map_err(|error| error.kind())?;
        Ok(sender)
    });
    let spawner = spawner.as_ref().map_err(|kind| io::Error::from(*kind))?;
    let (answer, answered) = oneshot::channel();
    let runtime = Handle::current();
    let job = move || {
        let _entered = runtime.enter();
        // Nobody waits any more when starting was cancelled; what was started ends with its handle.
        let _cancelled = answer.send(job());
    };
    spawner.send(Box::new(job)).map_err(|_| io::Error::other("the spawner has ended"))?;
    answered.await.map_err(|_| io::Error::other("the spawner has ended"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(directory: &Path, script: &str) -> Launch {
        Launch {
            name: "shell",
            program: "sh".into(),
            args: vec!["-c".into(), script.into()],
            env: vec![("GREETING".to_owned(), "hello".into())],
            log: directory.join("shell.log"),
        }
    }

    #[tokio::test]
    async fn a_failure_shows_the_last_lines_of_the_log() {
        let directory = tempfile::tempdir().unwrap();
        let launch = shell(directory.path(), "for i in $(seq 30); do echo line $i; done; echo $GREETING >&2; exit 3");
        let message = Child::spawn(launch).await.unwrap().failed().await.to_string();
        assert!(message.starts_with("shell ended (exit status: 3); the last lines of "), "{message}");
        assert!(message.ends_with("  | line 30\n  | hello") && !message.contains("line 11\n"), "{message}");
    }

    #[tokio::test]
    async fn the_log_of_the_run_before_is_kept() {
        let directory = tempfile::tempdir().unwrap();
        for word in ["first", "second"] {
            Child::spawn(shell(directory.path(), &format!("echo {word}"))).await.unwrap().ended().await.unwrap();
        }
        let read = |name: &str| std::fs::read_to_string(directory.path().join(name)).unwrap();
        assert_eq!((read("shell.log").as_str(), read("shell.log.1").as_str()), ("second\n", "first\n"));
    }

    #[tokio::test]
    async fn a_child_is_asked_to_stop_and_then_made_to() {
        let directory = tempfile::tempdir().unwrap();
        let polite = Child::spawn(shell(directory.path(), "sleep 600")).await.unwrap();
        assert!(polite.stop(Duration::from_secs(10)).await);
        let stubborn = shell(directory.path(), "trap '' TERM; echo deaf; while :; do sleep 1; done");
        let stubborn = Child::spawn(stubborn).await.unwrap();
        while !tail(&directory.path().join("shell.log")).contains("deaf") {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(!stubborn.stop(Duration::from_millis(50)).await);
    }

    #[tokio::test]
    async fn a_child_ends_with_its_handle() {
        let directory = tempfile::tempdir().unwrap();
        let child = Child::spawn(shell(directory.path(), "sleep 600")).await.unwrap();
        let mut exit = child.exit.clone();
        drop(child);
        tokio::time::timeout(Duration::from_secs(10), exit.wait_for(Option::is_some)).await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn an_absent_executable_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let launch = Launch { program: "absent-executable".into(), ..shell(directory.path(), "") };
        let message = Child::spawn(launch).await.unwrap_err().to_string();
        assert!(message.starts_with("cannot start shell (absent-executable): "), "{message}");
    }
}
