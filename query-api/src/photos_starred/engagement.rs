//! When clients choose their favourites (rule 91).

use chrono::{Datelike, Timelike};
use chrono_tz::Tz;
use serde_json::Value;

use super::{HourFavorites, WeekdayFavorites};
use crate::json::{Row, number, quarter_hour_in};

const HOUR_US: i64 = 3_600_000_000;
const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Favourites by hour and weekday of `tz`, zero-filled.
pub(super) fn by_hour_and_weekday<'a>(
    rows: impl Iterator<Item = &'a Row>,
    tz: Tz,
) -> (Vec<HourFavorites>, Vec<WeekdayFavorites>) {
    let (mut by_hour, mut by_weekday) = ([0; 24], [0; 7]);
    for row in rows {
        let Some(at) = quarter_hour_in(row, "quarter_hour", tz) else { continue };
        let favorites = number(row, "favorites_n");
        by_hour[at.hour() as usize] += favorites;
        by_weekday[at.weekday().num_days_from_monday() as usize] += favorites;
    }
    let hours = (0..).zip(by_hour).map(|(hour, favorites)| HourFavorites { hour, favorites });
    let weekdays = WEEKDAYS.into_iter().zip(by_weekday);
    let weekdays = weekdays.map(|(weekday, favorites)| WeekdayFavorites { weekday, favorites });
    (hours.collect(), weekdays.collect())
}

/// The median over collections of the hours from publication to the first favourite, half up to one decimal.
pub(super) fn median_hours_to_first_favorite<'a>(collections: impl Iterator<Item = &'a Row>) -> Option<f64> {
    let micros = collections.filter_map(|row| {
        let column = |name: &str| row.get(name).and_then(Value::as_i64);
        let first = column("first_favorite_us").filter(|at| *at > 0)?;
        Some((first - column("published_us")?).max(0))
    });
    let mut micros: Vec<i64> = micros.collect();
    micros.sort_unstable();
    let middle = micros.len() / 2;
    let doubled = match micros.len() {
        0 => return None,
        count if count % 2 == 1 => 2 * micros[middle],
        _ => micros[middle - 1] + micros[middle],
    };
    // Tenths of an hour, half up, of a number that is twice the median.
    let tenths = (doubled * 10 + HOUR_US) / (2 * HOUR_US);
    Some(tenths as f64 / 10.0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn row(value: Value) -> Row {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn rule_91_hours_and_weekdays_are_those_of_the_zone() {
        // 2026-05-02 (a Saturday) 22:30 UTC is Sunday 00:30 in Berlin and Sunday 04:15 in Kathmandu.
        let rows = [row(json!({"quarter_hour": 1_777_761_000 / 900, "favorites_n": 3}))];
        for (tz, hour, weekday) in [("UTC", 22, 5), ("Europe/Berlin", 0, 6), ("Asia/Kathmandu", 4, 6)] {
            let (hours, weekdays) = by_hour_and_weekday(rows.iter(), tz.parse().unwrap());
            assert_eq!(hours.len(), 24);
            assert_eq!(hours[hour], HourFavorites { hour: hour as u64, favorites: 3 }, "{tz}");
            assert_eq!(weekdays[weekday], WeekdayFavorites { weekday: WEEKDAYS[weekday], favorites: 3 }, "{tz}");
        }
    }

    #[test]
    fn rule_91_the_median_is_of_collections_with_both_times() {
        let of = |hours: f64| row(json!({"published_us": 0, "first_favorite_us": (hours * HOUR_US as f64) as i64}));
        let median = |rows: &[Row]| median_hours_to_first_favorite(rows.iter());
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[of(5.25)]), Some(5.3));
        assert_eq!(median(&[of(1.0), of(9.0), of(2.5)]), Some(2.5));
        assert_eq!(median(&[of(1.0), of(2.0)]), Some(1.5));
        assert_eq!(median(&[row(json!({"published_us": 10, "first_favorite_us": 5}))]), Some(0.0));
        assert_eq!(median(&[row(json!({"published_us": null, "first_favorite_us": 5}))]), None);
    }
}
