//! `GET /analytics/compare`: some collections side by side.

use loupe_service::keys::Scope;
use loupe_service::problem::Problem;
use serde::Serialize;
use utoipa::ToSchema;

use crate::figures::{self, Figures, NamedCollection, Ratios, Totals, over_figures};
use crate::json::{Row, number, quotient, text_of, time_of};
use crate::parameters::catalogue::PERIOD;
use crate::parameters::{Grain, Selection, Takes};
use crate::resource::{Report, Resource};
use crate::store::Store;

const ROWS: &str = over_figures!(include_str!("rows.sql"));

/// The report on some collections.
pub(crate) struct Compare;

impl Resource for Compare {
    const NAME: &'static str = "analytics_compare";
    const ABOUT: &'static str = "Some collections side by side: figures, shares of their sum, and against their mean.";
    const SCOPE: Scope = Scope::AnalyticsRead;
    const TAKES: Takes = Takes { groups: &[PERIOD, &["ids", "format"]], words: &[], sorts: &[], grain: Grain::Day };
}

impl Report for Compare {
    const COLUMNS: &'static [&'static str] = &[
        "collection/id",
        "collection/name",
        "published_at",
        "figures/visits",
        "share/visits",
        "index/visits",
        "figures/views",
        "share/views",
        "index/views",
        "figures/plays",
        "share/plays",
        "index/plays",
        "figures/link_opens",
        "share/link_opens",
        "index/link_opens",
        "figures/favorites",
        "share/favorites",
        "index/favorites",
        "figures/attempts",
        "share/attempts",
        "index/attempts",
        "figures/downloads",
        "share/downloads",
        "index/downloads",
        "figures/by_type/photo",
        "figures/by_type/video",
        "figures/by_type/archive",
        "figures/unique_downloads",
        "share/unique_downloads",
        "index/unique_downloads",
        "figures/deliveries/photos",
        "figures/deliveries/videos",
        "figures/transferred_bytes",
        "share/transferred_bytes",
        "index/transferred_bytes",
        "figures/clients",
        "share/clients",
        "index/clients",
    ];
    type Data = Comparison;
    type Members = Members;

    async fn answer(store: &Store, selection: &Selection) -> Result<(Comparison, Members), Problem> {
        let rows = store.rows(ROWS, selection).await?;
        // They are different ones, and each that exists has a row.
        if rows.len() < selection.collections.len() {
            return Err(Problem::not_found("there is no such collection"));
        }
        let compared = Selection { collections: ids(&rows), ..selection.clone() };
        // No collection at all would read as every one of them.
        let summary = match rows.len() {
            0 => Totals { collections: 0, active_collections: 0, figures: Figures::of(&Row::new()) },
            _ => figures::total(store, &compared).await?,
        };
        Ok((compare(&rows), Members { summary }))
    }
}

fn ids(rows: &[Row]) -> Vec<u64> {
    rows.iter().map(|row| number(row, "collection_id")).collect()
}

fn compare(rows: &[Row]) -> Comparison {
    let figures: Vec<Figures> = rows.iter().map(Figures::of).collect();
    let sums = sums(rows);
    let count = rows.len() as u64;
    let compared = rows.iter().zip(figures).map(|(row, figures)| Compared {
        collection: NamedCollection { id: number(row, "collection_id"), name: text_of(row, "collection_name") },
        published_at: time_of(row, "published_us"),
        share: figures.with(&sums, quotient),
        // Against the mean: the figure times their number by their sum.
        index: figures.with(&sums, |own, sum| quotient(own.saturating_mul(count), sum)),
        figures,
    });
    Comparison(compared.collect())
}

/// The sums of the figures, of clients too, so that shares of them add up to 1 (rule 117).
fn sums(rows: &[Row]) -> Figures {
    let mut sums = Row::new();
    for (name, value) in rows.iter().flatten().filter(|(name, _)| name.ends_with("_n")) {
        let sum = number(&sums, name) + value.as_u64().unwrap_or(0);
        sums.insert(name.clone(), sum.into());
    }
    Figures::of(&sums)
}

/// The compared collections, in the order they were named.
#[derive(Serialize, ToSchema)]
pub(crate) struct Comparison(Vec<Compared>);

/// A collection beside the others.
#[derive(Serialize, ToSchema)]
struct Compared {
    collection: NamedCollection,
    /// When it was published (rule 92); null when the catalogue never knew it.
    #[schema(format = DateTime)]
    published_at: Option<String>,
    figures: Figures,
    /// Each figure by the sum over the compared collections (rule 117).
    share: Ratios,
    /// Each figure by the mean over the compared collections; 1 is the mean (rule 117).
    index: Ratios,
}

/// The members beside `data` and `meta`.
#[derive(Serialize, ToSchema)]
pub(crate) struct Members {
    /// The compared collections together.
    summary: Totals,
}
