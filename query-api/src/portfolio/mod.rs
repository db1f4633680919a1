//! `GET /analytics/portfolio`: all collections of the account together, and how that compares with the period before.

use loupe_service::keys::Scope;
use loupe_service::problem::Problem;
use serde::Serialize;
use utoipa::ToSchema;

use crate::figures::{self, Figures, Ratios, Totals};
use crate::json::{printed, quotient};
use crate::parameters::catalogue::PERIOD;
use crate::parameters::{Grain, Selection, Takes, YEAR_1_US};
use crate::resource::{NoMembers, Report, Resource};
use crate::store::Store;

/// The report on all collections.
pub(crate) struct PortfolioReport;

impl Resource for PortfolioReport {
    const NAME: &'static str = "analytics_portfolio";
    const ABOUT: &'static str = "All collections of the account together, beside the period before.";
    const SCOPE: Scope = Scope::AnalyticsRead;
    const TAKES: Takes = Takes { groups: &[PERIOD], words: &[], sorts: &[], grain: Grain::Day };
}

impl Report for PortfolioReport {
    type Data = Portfolio;
    type Members = NoMembers;

    async fn answer(store: &Store, selection: &Selection) -> Result<(Portfolio, NoMembers), Problem> {
        let before = before(selection);
        let previous = async {
            match &before {
                Some(before) => figures::total(store, before).await.map(Some),
                None => Ok(None),
            }
        };
        let (totals, previous) = tokio::try_join!(figures::total(store, selection), previous)?;
        let change = previous.as_ref().map(|previous| PortfolioChange {
            active_collections: change(totals.active_collections, previous.active_collections),
            figures: totals.figures.with(&previous.figures, change),
        });
        let previous = previous.zip(before).map(|(previous, before)| PreviousPeriod {
            from: before.from.map(printed),
            to: before.to.map(printed),
            active_collections: previous.active_collections,
            figures: previous.figures,
        });
        Ok((Portfolio { totals, previous, change }, NoMembers {}))
    }
}

/// The period of equal length just before, when both bounds are given (rule 116).
fn before(selection: &Selection) -> Option<Selection> {
    let (from, to) = selection.from.zip(selection.to)?;
    // Nothing is before the first year, and a time before it would not print.
    let start = from.saturating_sub(to.saturating_sub(from)).max(YEAR_1_US);
    Some(Selection { from: Some(start), to: Some(from), ..selection.clone() })
}

/// How a figure changed: their ratio, half up to three decimals, less 1 (rule 116).
fn change(now: u64, before: u64) -> Option<f64> {
    // Thousandths are taken apart as whole numbers, so that 1.2 − 1 prints as 0.2.
    quotient(now, before).map(|ratio| ((ratio * 1000.0).round() - 1000.0) / 1000.0)
}

/// All collections of the account together.
#[derive(Serialize, ToSchema)]
pub(crate) struct Portfolio {
    #[serde(flatten)]
    totals: Totals,
    /// The period of equal length just before; null unless `from` and `to` are given (rule 116).
    previous: Option<PreviousPeriod>,
    /// What changed since that period; null without one (rule 116).
    change: Option<PortfolioChange>,
}

/// The same of the period before.
#[derive(Serialize, ToSchema)]
struct PreviousPeriod {
    /// Its lower bound.
    #[schema(format = DateTime)]
    from: Option<String>,
    /// Its upper bound, which is `from` of what was asked for.
    #[schema(format = DateTime)]
    to: Option<String>,
    /// Collections with a counted deed in it (rule 115).
    active_collections: u64,
    figures: Figures,
}

/// The ratio of each figure to that of the period before, less 1: 0.25 is a quarter more, −1 is nothing left (rule 116).
#[derive(Serialize, ToSchema)]
struct PortfolioChange {
    /// Of `active_collections`.
    active_collections: Option<f64>,
    figures: Ratios,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_116_a_change_is_a_rounded_ratio_less_one() {
        assert_eq!((change(6, 5), change(2, 3), change(3, 3)), (Some(0.2), Some(-0.333), Some(0.0)));
        assert_eq!((change(0, 3), change(3, 0), change(0, 0)), (Some(-1.0), None, None));
    }

    #[test]
    fn rule_116_the_period_before_is_as_long_and_ends_where_this_begins() {
        let of = |from, to| before(&Selection { from, to, ..Selection::default() }).map(|s| (s.from, s.to));
        assert_eq!(of(Some(100), Some(130)), Some((Some(70), Some(100))));
        assert_eq!((of(None, Some(1)), of(Some(1), None)), (None, None));
    }
}
