//! What goes wrong, by a seed.

use std::fmt;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use rustix::process::{Pid, Resource, Rlimit, Signal};

use super::RECOVERY_TIMEOUT;
use super::proxy::{Proxy, Weather};
use crate::process::{self, Process};
use crate::service::Service;
use crate::stack::Stack;

const ENGINE: &str = "clickhouse";
/// The parts of a stack, each by a word of its command line.
const PARTS: [(&str, &str); 5] = [
    ("the projector", "projector"),
    ("ingest", "ingest"),
    ("the engine", ENGINE),
    ("the broker", "kafka.Kafka"),
    ("the query API", "query-api"),
];
const GROUP: &str = "loupe-projector";
const DATABASE: &str = "loupe_v1";
/// No file of the engine may grow beyond this while its disk is full.
const FULL_DISK_BYTES: u64 = 4 << 10;
/// The launcher gives a part up that ends six times within a minute; nobody kills that often by mistake.
const ENDS_A_MINUTE_MAX: usize = 4;
/// Between two faults, at least and at most.
const PAUSE_MS: (u64, u64) = (300, 2_500);

/// How often what went wrong.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tally {
    /// Processes killed with SIGKILL.
    pub kills: u32,
    /// Processes stopped for seconds and continued.
    pub stops: u32,
    /// Times the connection between a projector and ClickHouse was cut, slow or mute.
    pub weathers: u32,
    /// Projectors added to the group or taken from it.
    pub rebalances: u32,
    /// Times the engine could write no more to its disk.
    pub full_disks: u32,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kills, stops, weathers, rebalances, full_disks } = self;
        write!(
            f,
            "{kills} kills, {stops} stops, {weathers} bad connections, {rebalances} projectors added or removed, \
             {full_disks} full disks"
        )
    }
}

/// Makes things go wrong.
pub(super) struct Faults<'s> {
    stack: &'s Stack,
    proxy: Proxy,
    /// A projector beside the stack's, whose ClickHouse is behind the proxy.
    second: Option<Service>,
    chance: u64,
    /// The part that was killed last: they take turns.
    turn: usize,
    /// What ended, by the word of its command line, and when.
    ends: Vec<(&'static str, Instant)>,
    pub(super) tally: Tally,
}

impl<'s> Faults<'s> {
    pub(super) async fn new(stack: &'s Stack, seed: u64) -> anyhow::Result<Self> {
        let address = stack.addresses.clickhouse_url.trim_start_matches("http://").trim_end_matches('/');
        let address: SocketAddr = address.parse().context("ClickHouse's address")?;
        let proxy = Proxy::start(address).await?;
        let chance = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut faults =
            Self { stack, proxy, second: None, chance, turn: 0, ends: Vec::new(), tally: Tally::default() };
        faults.add()?;
        Ok(faults)
    }

    fn below(&mut self, options: u64) -> u64 {
        self.chance ^= self.chance << 13;
        self.chance ^= self.chance >> 7;
        self.chance ^= self.chance << 17;
        self.chance % options
    }

    /// One thing goes wrong, after a pause.
    pub(super) async fn one(&mut self, say: &(dyn Fn(&str) + Sync)) -> anyhow::Result<()> {
        let pause = PAUSE_MS.0 + self.below(PAUSE_MS.1 - PAUSE_MS.0);
        tokio::time::sleep(Duration::from_millis(pause)).await;
        match self.below(10) {
            0..=4 => self.kill(say)?,
            5 | 6 => self.halt(say).await?,
            7 => self.weather(say).await,
            8 => self.rebalance(say)?,
            _ => self.fill_disk(say).await?,
        }
        Ok(())
    }

    fn kill(&mut self, say: &(dyn Fn(&str) + Sync)) -> anyhow::Result<()> {
        self.turn += 1 + usize::try_from(self.below(2))?;
        let (name, word) = PARTS[self.turn % PARTS.len()];
        // A part that is on its way back cannot be killed; another fault comes soon.
        if self.may_end(word)
            && let Some(part) = self.part(word)?
            && process::kill(part.id).is_ok()
        {
            self.ends.push((word, Instant::now()));
            self.tally.kills += 1;
            say(&format!("killed {name} ({} of all)", self.tally.kills));
        }
        Ok(())
    }

    async fn halt(&mut self, say: &(dyn Fn(&str) + Sync)) -> anyhow::Result<()> {
        let (name, word) = PARTS[usize::try_from(self.below(PARTS.len() as u64))?];
        let millis = 500 + self.below(6_000);
        if let Some(part) = self.part(word)?
            && process::signal(part.id, Signal::STOP).is_ok()
        {
            tokio::time::sleep(Duration::from_millis(millis)).await;
            // It may have been ended meanwhile by the launcher, which takes a silent one for dead.
            drop(process::signal(part.id, Signal::CONT));
            self.tally.stops += 1;
            say(&format!("stopped {name} for {millis} ms"));
        }
        Ok(())
    }

    async fn weather(&mut self, say: &(dyn Fn(&str) + Sync)) {
        // The connection is the second projector's.
        if self.second.is_none() {
            return;
        }
        let weather = [Weather::Slow, Weather::Cut, Weather::Mute][usize::try_from(self.below(3)).unwrap_or(0)];
        let millis = 500 + self.below(5_000);
        self.proxy.set(weather);
        tokio::time::sleep(Duration::from_millis(millis)).await;
        self.proxy.set(Weather::Fair);
        self.tally.weathers += 1;
        say(&format!("{weather:?} connection for {millis} ms"));
    }

    fn rebalance(&mut self, say: &(dyn Fn(&str) + Sync)) -> anyhow::Result<()> {
        match self.second.take() {
            // Half of them leave in order, half as a power cut would have it.
            Some(second) if self.below(2) == 0 => {
                if second.kill().is_ok() {
                    self.tally.kills += 1;
                }
                say("killed the second projector");
            }
            Some(second) => {
                drop(second);
                say("took the second projector away");
            }
            None => {
                self.add()?;
                say("added a second projector");
            }
        }
        self.tally.rebalances += 1;
        Ok(())
    }

    fn add(&mut self) -> anyhow::Result<()> {
        let url = format!("http://{}", self.proxy.address);
        self.second = Some(Service::projector_at(self.stack, GROUP, DATABASE, &url)?);
        Ok(())
    }

    async fn fill_disk(&mut self, say: &(dyn Fn(&str) + Sync)) -> anyhow::Result<()> {
        let Some(engine) = self.part(ENGINE)? else { return Ok(()) };
        // A full disk may end the engine too.
        if !self.may_end(ENGINE) {
            return Ok(());
        }
        self.ends.push((ENGINE, Instant::now()));
        let pid = i32::try_from(engine.id).ok().and_then(Pid::from_raw);
        let limit = |bytes| rustix::process::prlimit(pid, Resource::Fsize, Rlimit { current: bytes, maximum: None });
        if limit(Some(FULL_DISK_BYTES)).is_ok() {
            let millis = 500 + self.below(3_000);
            tokio::time::sleep(Duration::from_millis(millis)).await;
            // An engine that died of it comes back with a disk that has room.
            if let Err(error) = limit(None)
                && error != rustix::io::Errno::SRCH
            {
                bail!("the engine's disk stays full: {error}");
            }
            self.tally.full_disks += 1;
            say(&format!("a full disk for {millis} ms"));
        }
        Ok(())
    }

    fn may_end(&self, word: &str) -> bool {
        let recent = |end: &&(&str, Instant)| end.0 == word && end.1.elapsed() < Duration::from_secs(60);
        self.ends.iter().filter(recent).count() < ENDS_A_MINUTE_MAX
    }

    fn part(&self, word: &str) -> anyhow::Result<Option<Process>> {
        let children = process::children_of(self.stack.process_id()).context("cannot list processes")?;
        ensure!(!children.is_empty(), "the stack has given up");
        Ok(children.into_iter().find(|child| child.runs(word)))
    }

    /// Nothing goes wrong any more: waits until the stack's services are ready.
    pub(super) async fn calm(mut self) -> anyhow::Result<Tally> {
        self.proxy.set(Weather::Fair);
        drop(self.second.take());
        let deadline = Instant::now() + RECOVERY_TIMEOUT;
        let urls = [&self.stack.addresses.ingest_url, &self.stack.addresses.query_url];
        for url in urls {
            loop {
                let ready = reqwest::get(format!("{}/readyz", url.trim_end_matches('/'))).await;
                if ready.is_ok_and(|answer| answer.status().is_success()) {
                    break;
                }
                ensure!(Instant::now() < deadline, "{url} does not come back");
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
        Ok(self.tally)
    }
}
