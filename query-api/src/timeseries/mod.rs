//! `GET /collections/{id}/analytics/timeseries`: one metric in buckets of a time zone, with none left out.

mod interval;

use chrono::DateTime;
use chrono_tz::Tz;
use loupe_service::keys::Scope;
use loupe_service::problem::Problem;
use serde::Serialize;
use utoipa::ToSchema;

use crate::changes::Changes;
use crate::json::{Row, number, printed};
use crate::parameters::catalogue::PERIOD;
use crate::parameters::{Grain, QUARTER_HOUR_US, Selection, Takes, wrong};
use crate::resource::{Report, Resource};
use crate::store::Store;
use interval::Interval;

/// What can be counted; the first is the default (rule 108).
const METRICS: [&str; 16] = [
    "downloads",
    "unique_downloads",
    "attempts",
    "photo_downloads",
    "video_downloads",
    "archive_downloads",
    "photo_deliveries",
    "video_deliveries",
    "transferred_bytes",
    "visits",
    "views",
    "plays",
    "link_opens",
    "favorites",
    "favorites_added",
    "favorites_removed",
];
/// Lengths of buckets; the first is the default.
const INTERVALS: [&str; 4] = ["day", "hour", "week", "month"];
/// More buckets than anybody draws, and as many as are counted quickly.
const BUCKETS_MAX: i64 = 10_000;
const METRIC: &str = "metric";
const INTERVAL: &str = "interval";

/// The report on a metric over time.
pub(crate) struct Timeseries;

impl Resource for Timeseries {
    const NAME: &'static str = "collection_timeseries";
    const ABOUT: &'static str = "A metric of the collection over time, in hours, days, weeks or months of a time zone.";
    const SCOPE: Scope = Scope::AnalyticsRead;
    const TAKES: Takes = Takes {
        groups: &[PERIOD, &[METRIC, INTERVAL, "format"]],
        words: &[(METRIC, &METRICS), (INTERVAL, &INTERVALS)],
        sorts: &[],
        grain: Grain::QuarterHour,
    };
    /// The last bucket is open until it ends, at a whole quarter of an hour at the soonest, and time alone adds the next.
    const CHANGES: Changes = Changes::Every(QUARTER_HOUR_US);
}

impl Report for Timeseries {
    const COLUMNS: &'static [&'static str] = &["start", "end", "local_start", "value", "partial"];
    type Data = TimeseriesBuckets;
    type Members = Members;

    async fn answer(store: &Store, selection: &Selection) -> Result<(TimeseriesBuckets, Members), Problem> {
        let rows = store.rows(statement(selection.word(METRIC)), selection).await?;
        let values: Vec<(i64, u64)> = rows.iter().map(|row| (at(row), number(row, "value_n"))).collect();
        let interval = Interval::of_word(selection.word(INTERVAL));
        let buckets = buckets(&values, interval, selection)?;
        let summary = TimeseriesSummary {
            metric: selection.word(METRIC).to_owned(),
            interval: selection.word(INTERVAL).to_owned(),
            timezone: selection.tz.name().to_owned(),
            total: values.iter().map(|(_, value)| value).sum(),
            buckets: buckets.len() as u64,
        };
        Ok((TimeseriesBuckets(buckets), Members { summary }))
    }
}

fn statement(metric: &str) -> &'static str {
    match metric {
        "unique_downloads" => include_str!("unique_downloads.sql"),
        "photo_deliveries" | "video_deliveries" => include_str!("deliveries.sql"),
        "favorites" => concat!(include_str!("../favorites/current.sql"), include_str!("favorites.sql")),
        _ => include_str!("quarter_hours.sql"),
    }
}

fn at(row: &Row) -> i64 {
    row.get("at_us").and_then(serde_json::Value::as_i64).unwrap_or(0)
}

/// The values of quarter hours, in their order, added up in the buckets of the period (rule 107).
fn buckets(values: &[(i64, u64)], interval: Interval, selection: &Selection) -> Result<Vec<Bucket>, Problem> {
    let Selection { from, to, as_of, tz, .. } = *selection;
    // Without a value nor a bound there is no beginning.
    let Some(begin) = from.or(values.first().map(|(at, _)| *at)) else { return Ok(Vec::new()) };
    let last = values.last().map_or(i64::MIN, |(at, _)| *at);
    let end = to.unwrap_or(last.max(as_of).saturating_add(1));
    let too_many = || {
        let rule = format!("must be longer, or the period shorter: there would be more than {BUCKETS_MAX} buckets");
        wrong(INTERVAL, &rule)
    };
    // Certainly too many, and not worth working out where each begins.
    if end.saturating_sub(begin) / interval.longest_us() > BUCKETS_MAX {
        return Err(too_many());
    }
    let edges = if begin < end { interval.edges(begin, end, tz) } else { Vec::new() };
    if edges.len() as i64 - 1 > BUCKETS_MAX {
        return Err(too_many());
    }
    let mut values = values.iter().peekable();
    let bucket = |edges: &[i64]| {
        let (start, end) = (edges[0], edges[1]);
        let mut value = 0;
        while let Some((_, more)) = values.next_if(|(at, _)| *at < end) {
            value += more;
        }
        let is_cut = from.is_some_and(|from| start < from) || to.is_some_and(|to| to < end);
        Bucket {
            start: printed(start),
            end: printed(end),
            local_start: shown(start, tz),
            value,
            partial: is_cut || as_of < end,
        }
    };
    Ok(edges.windows(2).map(bucket).collect())
}

/// A time as clocks of the zone show it, with the offset from UTC.
fn shown(at: i64, tz: Tz) -> String {
    let at = DateTime::from_timestamp_micros(at).unwrap_or_default();
    at.with_timezone(&tz).to_rfc3339_opts(chrono::SecondsFormat::Secs, false)
}

/// The buckets of the period, without a gap.
#[derive(Serialize, ToSchema)]
pub(crate) struct TimeseriesBuckets(Vec<Bucket>);

/// A metric in one span of time.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Bucket {
    /// Its first instant.
    #[schema(format = DateTime)]
    start: String,
    /// The first instant after it.
    #[schema(format = DateTime)]
    end: String,
    /// `start` as clocks of the zone show it.
    #[schema(format = DateTime, example = "2026-05-02T00:00:00+02:00")]
    local_start: String,
    /// The metric within the bucket and the period; 0 when nothing happened.
    value: u64,
    /// Whether the bucket had not ended at `as_of`, or reaches out of the period (rule 107).
    partial: bool,
}

/// The members beside `data` and `meta`.
#[derive(Serialize, ToSchema)]
pub(crate) struct Members {
    summary: TimeseriesSummary,
}

/// All buckets together.
#[derive(Serialize, ToSchema)]
struct TimeseriesSummary {
    #[schema(example = "downloads")]
    metric: String,
    #[schema(example = "day")]
    interval: String,
    #[schema(example = "Europe/Berlin")]
    timezone: String,
    /// The metric in the whole period, which is the sum of the buckets (rule 108).
    total: u64,
    /// How many buckets there are.
    buckets: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR_US: i64 = 3_600_000_000;

    fn of(values: &[(i64, u64)], from: Option<i64>, to: Option<i64>, as_of: i64) -> Vec<(u64, bool)> {
        let selection = Selection { from, to, as_of, ..Selection::default() };
        let buckets = buckets(values, Interval::Hour, &selection).unwrap();
        buckets.iter().map(|bucket| (bucket.value, bucket.partial)).collect()
    }

    #[test]
    fn rule_107_buckets_without_anything_are_there_and_open_or_cut_ones_are_partial() {
        let values = [(0, 1), (HOUR_US / 4, 2), (3 * HOUR_US, 4)];
        let all = [(3, false), (0, false), (0, false), (4, true)];
        assert_eq!(of(&values, None, None, 3 * HOUR_US + 1), all);
        assert_eq!(of(&values, None, None, 4 * HOUR_US)[3], (4, false), "an ended bucket is whole");
        assert_eq!(of(&values, None, Some(4 * HOUR_US), 4 * HOUR_US)[3], (4, false));
        let cut = of(&values[1..], Some(HOUR_US / 4), Some(3 * HOUR_US + HOUR_US / 4), 9 * HOUR_US);
        assert_eq!(cut, [(2, true), (0, false), (0, false), (4, true)]);
    }

    #[test]
    fn rule_107_a_period_without_anything_is_all_zero_and_no_period_is_nothing() {
        assert_eq!(of(&[], Some(0), Some(2 * HOUR_US), 9 * HOUR_US), [(0, false), (0, false)]);
        assert_eq!(of(&[], None, None, 9 * HOUR_US), []);
        assert_eq!(of(&[], Some(HOUR_US), Some(HOUR_US), 9 * HOUR_US), []);
        assert_eq!(of(&[], Some(HOUR_US), None, 0), [], "a period that has not begun");
    }

    #[test]
    fn rule_107_ten_thousand_buckets_are_answered_and_one_more_is_refused() {
        let ends = [(Interval::Hour, HOUR_US), (Interval::Day, 24 * HOUR_US), (Interval::Week, 7 * 24 * HOUR_US)];
        // 1970 began with a Thursday; the first Monday of it is a first day of all of these.
        let from = 4 * 24 * HOUR_US;
        for (interval, bucket_us) in ends {
            let to = |buckets: i64| from + buckets * bucket_us;
            let until = |to| Selection { from: Some(from), to: Some(to), as_of: to, ..Selection::default() };
            assert_eq!(buckets(&[], interval, &until(to(10_000))).unwrap().len(), 10_000, "{interval:?}");
            for too_long in [to(10_000) + HOUR_US / 4, to(1_000_000)] {
                let problem = buckets(&[], interval, &until(too_long)).unwrap_err();
                assert!(problem.status() == 400 && problem.message().starts_with("interval "), "{problem}");
            }
        }
    }
}
