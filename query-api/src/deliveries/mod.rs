//! What the two lists of deliveries share: the selection, the rows, and how a file and a status are shown.

use loupe_schemas::event::Rendition;
use loupe_service::problem::Problem;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::json::{Row, number, text};
use crate::parameters::catalogue::{MEDIA, PAGED, PERIOD};
use crate::parameters::{Grain, Selection, Takes};
use crate::store::Store;

/// The statuses of a download, as `status` takes them.
pub(crate) const STATUSES: [&str; 7] =
    ["requested", "preparing", "in_progress", "completed", "partial", "failed", "abandoned"];
/// What lists of deliveries take.
pub(crate) const TAKES: Takes = Takes {
    groups: &[PAGED, PERIOD, MEDIA, &["client_id", "rendition", "status", "source", "link_id", "include"]],
    words: &[("status", &STATUSES)],
    sorts: &["requested_at"],
    grain: Grain::Microsecond,
};

/// A statement over the selected deliveries.
macro_rules! over_deliveries {
    ($($part:expr),+) => { concat!(include_str!("../deliveries/selection.sql"), $($part),+) };
}
pub(crate) use over_deliveries;

const SUMMARY: &str = over_deliveries!(include_str!("summary.sql"));
/// The pages of lists of deliveries.
pub(crate) const PAGES: [&str; 2] = [
    over_deliveries!(include_str!("page.sql"), include_str!("../page/ascending.sql")),
    over_deliveries!(include_str!("page.sql"), include_str!("../page/descending.sql")),
];

pub(crate) async fn totals(store: &Store, selection: &Selection) -> Result<Row, Problem> {
    store.row(SUMMARY, selection).await
}

/// The id of a delivery.
pub(crate) fn id(row: &Row) -> String {
    format!("dv_{}_{}", text(row, "sort_id"), number(row, "sort_number"))
}

/// Completed deliveries by source; both are always there (rule 56).
#[derive(Serialize, ToSchema)]
pub(crate) struct BySource {
    single: u64,
    archive: u64,
}

pub(crate) fn by_source(totals: &Row) -> BySource {
    BySource { single: number(totals, "single"), archive: number(totals, "archive") }
}

/// Width and height of a photo in a rendition, null when unknown (rule 60).
pub(crate) fn size(row: &Row) -> (Option<u64>, Option<u64>) {
    let catalogued = |column| row.get(column).and_then(Value::as_u64).filter(|pixels| *pixels > 0);
    let (Some(width), Some(height)) = (catalogued("width"), catalogued("height")) else { return (None, None) };
    let long_edge_max = match Rendition::parse(text(row, "rendition")) {
        Some(Rendition::Original) => return (Some(width), Some(height)),
        Some(Rendition::HighRes) => 3600,
        Some(Rendition::Web2048) => 2048,
        Some(Rendition::Web1024) => 1024,
        Some(Rendition::Web640) => 640,
        _ => return (None, None),
    };
    let long_edge = width.max(height);
    let scaled = |pixels: u64| match long_edge <= long_edge_max {
        true => pixels,
        false => (pixels * long_edge_max * 2 + long_edge) / (long_edge * 2),
    };
    (Some(scaled(width)), Some(scaled(height)))
}

/// `delivered ÷ span` in percent, rounded down to one decimal, so that 100 means complete (rules 39 and 42).
pub(crate) fn percent(row: &Row) -> f64 {
    let (delivered, span) = (number(row, "delivered_bytes"), number(row, "span_bytes"));
    match (span, text(row, "status") == "completed") {
        (_, true) => 100.0,
        (0, false) => 0.0,
        _ => (u128::from(delivered.min(span)) * 1000 / u128::from(span)) as f64 / 10.0,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn row(value: Value) -> Row {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn rule_60_photos_are_scaled_to_their_long_edge() {
        let of = |rendition: &str, width: u64, height: u64| {
            size(&row(json!({"rendition": rendition, "width": width, "height": height})))
        };
        assert_eq!(of("original", 6000, 4000), (Some(6000), Some(4000)));
        assert_eq!(of("high_res", 6000, 4000), (Some(3600), Some(2400)));
        assert_eq!(of("high_res", 3000, 2000), (Some(3000), Some(2000)));
        assert_eq!(of("web_640", 3999, 6000), (Some(427), Some(640)));
        assert_eq!(of("web_640", 0, 0), (None, None));
        assert_eq!(of("unknown", 10, 10), (None, None));
    }

    #[test]
    fn rule_42_percent_is_rounded_down() {
        let of = |delivered: u64, span: u64, status: &str| {
            percent(&row(json!({"delivered_bytes": delivered, "span_bytes": span, "status": status})))
        };
        assert_eq!(of(9_999, 10_000, "partial"), 99.9);
        assert_eq!(of(1_318_554_959, 2_147_483_648, "partial"), 61.3);
        assert_eq!(of(0, 0, "completed"), 100.0);
        assert_eq!(of(0, 0, "requested"), 0.0);
    }
}
