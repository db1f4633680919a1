//! `GET /collections/{id}/analytics`: the collection's figures, and how far its visitors came.

use loupe_service::keys::Scope;
use loupe_service::problem::Problem;
use serde::Serialize;
use utoipa::ToSchema;

use crate::figures::{self, Figures};
use crate::json::{number, quotient};
use crate::parameters::catalogue::PERIOD;
use crate::parameters::{Grain, Selection, Takes};
use crate::resource::{NoMembers, Report, Resource};
use crate::store::Store;

const FUNNEL: &str = include_str!("funnel.sql");

/// The report on one collection.
pub(crate) struct CollectionAnalytics;

impl Resource for CollectionAnalytics {
    const NAME: &'static str = "collection_analytics";
    const ABOUT: &'static str = "The figures of a collection, and how far its visitors came.";
    const SCOPE: Scope = Scope::AnalyticsRead;
    const TAKES: Takes = Takes { groups: &[PERIOD], words: &[], sorts: &[], grain: Grain::Day };
}

impl Report for CollectionAnalytics {
    type Data = Analytics;
    type Members = NoMembers;

    async fn answer(store: &Store, selection: &Selection) -> Result<(Analytics, NoMembers), Problem> {
        let (totals, funnel) = tokio::try_join!(figures::total(store, selection), store.row(FUNNEL, selection))?;
        let reached = STEPS.map(|(step, column)| (step, number(&funnel, column)));
        Ok((Analytics { totals: totals.figures, funnel: steps(&reached) }, NoMembers {}))
    }
}

const STEPS: [(&str, &str); 4] =
    [("visited", "visited_n"), ("viewed", "viewed_n"), ("favorited", "favorited_n"), ("downloaded", "downloaded_n")];

/// The steps with their shares of the step before and of the first (rule 106).
fn steps(reached: &[(&'static str, u64)]) -> Vec<FunnelStep> {
    let first = reached.first().map_or(0, |(_, identities)| *identities);
    let before = std::iter::once(None).chain(reached.iter().map(|(_, identities)| Some(*identities)));
    let step = |((step, identities), before): (&(&'static str, u64), Option<u64>)| FunnelStep {
        step,
        identities: *identities,
        share_of_previous: before.and_then(|before| quotient(*identities, before)),
        share_of_first: quotient(*identities, first),
    };
    reached.iter().zip(before).map(step).collect()
}

/// One collection in a period.
#[derive(Serialize, ToSchema)]
pub(crate) struct Analytics {
    totals: Figures,
    /// From the first step to the last; no step has more identities than the one before (rule 106).
    funnel: Vec<FunnelStep>,
}

/// A step of the funnel.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
struct FunnelStep {
    /// `visited`, `viewed`, `favorited` or `downloaded`.
    #[schema(example = "viewed")]
    step: &'static str,
    /// Distinct identities (rule 12) that came so far or further in the period.
    identities: u64,
    /// Of the identities of the step before; null at the first step.
    share_of_previous: Option<f64>,
    /// Of the identities of the first step; null when nobody came.
    share_of_first: Option<f64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_106_shares_are_of_the_step_before_and_of_the_first() {
        let shares = |reached: &[(&'static str, u64)]| -> Vec<_> {
            steps(reached).iter().map(|step| (step.share_of_previous, step.share_of_first)).collect()
        };
        let reached = [("visited", 8), ("viewed", 6), ("favorited", 0), ("downloaded", 0)];
        let expected = [(None, Some(1.0)), (Some(0.75), Some(0.75)), (Some(0.0), Some(0.0)), (None, Some(0.0))];
        assert_eq!(shares(&reached), expected);
        assert_eq!(shares(&[("visited", 0), ("viewed", 0)]), [(None, None), (None, None)]);
    }
}
