//! What the processes of a stack used, and what a measurement took.

use std::time::Instant;

use anyhow::Context;

use crate::process::{self, Process};

/// The processor seconds of the stack's parts.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Cpu {
    /// Kafka.
    pub(super) kafka: f64,
    /// ClickHouse.
    pub(super) clickhouse: f64,
    /// The process that moves the events, when it is neither of the two.
    pub(super) mover: f64,
}

/// The processes whose use is measured.
#[derive(Debug, Clone, Copy)]
pub(super) struct Watched {
    kafka: u32,
    clickhouse: u32,
    mover: Option<u32>,
}

impl Watched {
    /// Kafka and ClickHouse among the children of a stack.
    pub(super) fn of(children: &[Process]) -> anyhow::Result<Self> {
        let find = |word: &str| {
            let mut found = children.iter().filter(|child| child.runs(word));
            found.next().map(|child| child.id).with_context(|| format!("no process of the stack runs {word}"))
        };
        Ok(Self { kafka: find("kafka.Kafka")?, clickhouse: find("clickhouse")?, mover: None })
    }

    /// The same, and one more process.
    pub(super) const fn with(self, mover: u32) -> Self {
        Self { mover: Some(mover), ..self }
    }

    fn cpu(self) -> anyhow::Result<Cpu> {
        let mover = self.mover.map(process::cpu_seconds).transpose()?.unwrap_or_default();
        Ok(Cpu { kafka: process::cpu_seconds(self.kafka)?, clickhouse: process::cpu_seconds(self.clickhouse)?, mover })
    }
}

/// A measurement under way.
pub(super) struct Measurement {
    watched: Watched,
    start: Instant,
    before: Cpu,
}

/// What a measurement took.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Taken {
    /// From start to end.
    pub(super) seconds: f64,
    /// By part.
    pub(super) cpu: Cpu,
}

impl Measurement {
    pub(super) fn start(watched: Watched) -> anyhow::Result<Self> {
        Ok(Self { watched, start: Instant::now(), before: watched.cpu()? })
    }

    pub(super) fn stop(self) -> anyhow::Result<Taken> {
        let seconds = self.start.elapsed().as_secs_f64();
        let after = self.watched.cpu()?;
        let cpu = Cpu {
            kafka: after.kafka - self.before.kafka,
            clickhouse: after.clickhouse - self.before.clickhouse,
            mover: after.mover - self.before.mover,
        };
        Ok(Taken { seconds, cpu })
    }
}
