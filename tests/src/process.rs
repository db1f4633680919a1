//! The processes of a stack.

use std::io;
use std::path::Path;
use std::process::{Child, Command};
use std::sync::{Mutex, PoisonError, mpsc};

use anyhow::Context;
use loupe_local::process::end_with_parent;
use rustix::process::{Pid, Signal};

/// A process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Its id.
    pub id: u32,
    /// Its command line, word by word.
    pub arguments: Vec<String>,
}

impl Process {
    /// Whether a word of its command line is this one: what a stack's executable is asked to be.
    #[must_use]
    pub fn runs(&self, word: &str) -> bool {
        self.arguments.iter().any(|argument| argument == word)
    }
}

/// Starts a child that is asked to end when this process ends, also when it is killed: a launcher would keep its stack.
///
/// # Errors
/// The executable cannot be run.
pub fn spawn(mut command: Command) -> io::Result<Child> {
    end_with_parent(&mut command);
    on_spawner(move || command.spawn())
}

type Job = Box<dyn FnOnce() + Send>;

/// Runs `job` on a thread that lives as long as the process: the kernel takes the end of the *thread* that started a child for
/// the end of its parent, and every test is a thread of its own.
fn on_spawner<T: Send + 'static>(job: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    static SPAWNER: Mutex<Option<mpsc::Sender<Job>>> = Mutex::new(None);
    let ended = || io::Error::other("the spawner has ended");
    let (answer, answered) = mpsc::channel();
    // Whoever waits is there until it is answered.
    let job: Job = Box::new(move || drop(answer.send(job())));
    let mut spawner = SPAWNER.lock().unwrap_or_else(PoisonError::into_inner);
    if spawner.is_none() {
        let (sender, jobs) = mpsc::channel::<Job>();
        let run = move || jobs.into_iter().for_each(|job| job());
        std::thread::Builder::new().name("spawner".to_owned()).spawn(run)?;
        *spawner = Some(sender);
    }
    spawner.as_ref().ok_or_else(ended)?.send(job).map_err(|_| ended())?;
    drop(spawner);
    answered.recv().map_err(|_| ended())?
}

/// The processes that this one started, of those that still run.
///
/// # Errors
/// There is no `/proc`.
pub fn children_of(parent: u32) -> std::io::Result<Vec<Process>> {
    let mut children = Vec::new();
    for entry in std::fs::read_dir("/proc")? {
        let path = entry?.path();
        let id = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse().ok());
        // A process that ends meanwhile is none of those that still run.
        if let Some(id) = id
            && parent_of(&path) == Some(parent)
            && let Ok(line) = std::fs::read_to_string(path.join("cmdline"))
        {
            let arguments: Vec<String> = line.split('\0').map(ToOwned::to_owned).collect();
            children.push(Process { id, arguments });
        }
    }
    Ok(children)
}

/// A process that does nothing until this is dropped.
#[derive(Debug)]
pub struct Stopped(u32);

impl Stopped {
    /// Stops the child of a process whose command line has this word.
    ///
    /// # Errors
    /// There is none.
    pub fn child_of(parent: u32, word: &str) -> anyhow::Result<Self> {
        let children = children_of(parent)?;
        let child = children.iter().find(|child| child.runs(word)).with_context(|| format!("no child runs {word}"))?;
        signal(child.id, Signal::STOP)?;
        Ok(Self(child.id))
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        // It is gone already when the stack is.
        drop(signal(self.0, Signal::CONT));
    }
}

fn parent_of(path: &Path) -> Option<u32> {
    let status = std::fs::read_to_string(path.join("status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("PPid:")?.trim().parse().ok())
}

/// Ends a process at once, as `kill -9` does.
///
/// # Errors
/// It ended before.
pub fn kill(id: u32) -> anyhow::Result<()> {
    signal(id, Signal::KILL)
}

/// Sends a process a signal.
///
/// # Errors
/// It ended before.
pub fn signal(id: u32, signal: Signal) -> anyhow::Result<()> {
    let id = i32::try_from(id).ok().and_then(Pid::from_raw).context("no process id")?;
    Ok(rustix::process::kill_process(id, signal)?)
}

/// The bytes of memory that a process has now.
///
/// # Errors
/// It ended.
pub fn resident_bytes(id: u32) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    let kibibytes: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kibibytes * 1024)
}

/// The processor time that a process used since its start, all threads together, in seconds.
///
/// # Errors
/// It ended.
pub fn cpu_seconds(id: u32) -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat"))?;
    // The name in parentheses may hold anything; after it the fields are numbered from 3.
    let (_, fields) = stat.rsplit_once(')').context("no name in stat")?;
    let ticks = |field: usize| {
        let text = fields.split_whitespace().nth(field - 3).context("stat is too short")?;
        Ok::<_, anyhow::Error>(text.parse::<u64>()?)
    };
    let (user, system) = (ticks(14)?, ticks(15)?);
    Ok((user + system) as f64 / rustix::param::clock_ticks_per_second() as f64)
}
