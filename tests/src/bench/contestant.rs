//! Who is measured.

use super::limit::Recording;
use super::peer::{Format, Setup};
use super::usage::Watched;
use super::{Outcome, Place, Plan, consume, ours};

/// One who is measured.
pub(super) enum Contestant {
    /// The Kafka engine.
    Peer(Setup),
    /// The projector.
    Ours,
    /// The projector's inserts.
    Limit(Recording),
    /// librdkafka.
    Consume,
}

impl Contestant {
    /// Everybody the plan wants.
    pub(super) async fn all(plan: &Plan, place: &Place<'_>, watched: Watched) -> anyhow::Result<Vec<Self>> {
        let mut all = Vec::new();
        let setups = plan.formats.iter().flat_map(|&format| [1, 2].map(|consumers| Setup { consumers, format }));
        all.extend(setups.map(Self::Peer));
        // First of those that read its topic, as the peer's single consumer is of its: what was not read for minutes is not in
        // memory any more.
        all.push(Self::Consume);
        all.push(Self::Ours);
        if plan.with_limit {
            all.push(Self::Limit(Recording::make(place, watched).await?));
        }
        Ok(all)
    }

    /// What a table of results calls it.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Peer(setup) => setup.name(),
            Self::Ours => "Loupe's projector".to_owned(),
            Self::Limit(_) => "its inserts alone".to_owned(),
            Self::Consume => "librdkafka, only reading".to_owned(),
        }
    }

    /// What the peer reads, if it is that.
    pub(super) const fn peer(&self) -> Option<Format> {
        match self {
            Self::Peer(setup) => Some(setup.format),
            _ => None,
        }
    }

    /// Measures it for the `run`th time.
    pub(super) async fn run(&self, place: &Place<'_>, watched: Watched, run: usize) -> anyhow::Result<Outcome> {
        match self {
            Self::Peer(setup) => setup.run(place, watched, run).await,
            Self::Ours => ours::run(place, watched, &run.to_string(), &place.clickhouse.url).await,
            Self::Limit(recording) => recording.replay(place, watched).await,
            Self::Consume => tokio::task::block_in_place(|| consume::run(place, watched)),
        }
    }
}
