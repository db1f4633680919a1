//! Parts that answers share: times, clients, ratios, masks.

use chrono::DateTime;
use chrono_tz::Tz;
use loupe_schemas::Micros;
use serde_json::{Map, Value, json};

use crate::parameters::{YEAR_1_US, YEAR_10000_US};

/// A row of a statement's result, by column name.
pub(crate) type Row = Map<String, Value>;

/// A time in microseconds as answers print it. What RFC 3339 has no year for is printed as the nearest time that it has one
/// for: an edge may say `expires_at` of never and of always so.
pub(crate) fn printed(at: i64) -> String {
    Micros(at.clamp(YEAR_1_US, YEAR_10000_US - 1)).to_string()
}

/// A time column in microseconds as answers print it, none when it is null.
pub(crate) fn time_of(row: &Row, column: &str) -> Option<String> {
    row.get(column).and_then(Value::as_i64).map(printed)
}

/// A text column, none when it is null or empty.
pub(crate) fn text_of(row: &Row, column: &str) -> Option<String> {
    Some(text(row, column)).filter(|text| !text.is_empty()).map(ToOwned::to_owned)
}

/// A text column, none when it is null.
pub(crate) fn name_of(row: &Row, column: &str) -> Option<String> {
    row.get(column).and_then(Value::as_str).map(ToOwned::to_owned)
}

/// A column of texts, none when it is null.
pub(crate) fn texts_of(row: &Row, column: &str) -> Option<Vec<String>> {
    let texts = row.get(column).and_then(Value::as_array)?.iter().filter_map(Value::as_str);
    Some(texts.map(ToOwned::to_owned).collect())
}

/// A column of rows, empty when it is null.
pub(crate) fn rows_of<'a>(row: &'a Row, column: &str) -> impl Iterator<Item = &'a Row> + Clone {
    row.get(column).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object)
}

/// A number column, none when it is null.
pub(crate) fn number_of(row: &Row, column: &str) -> Option<u64> {
    row.get(column).and_then(Value::as_u64)
}

/// A column of quarter hours since 1970 as clocks of a zone show it: every zone's offset is whole ones (rule 91).
pub(crate) fn quarter_hour_in(row: &Row, column: &str, tz: Tz) -> Option<DateTime<Tz>> {
    const QUARTER_HOUR_S: i64 = 900;
    let quarter_hours = row.get(column).and_then(Value::as_i64)?;
    Some(DateTime::from_timestamp(quarter_hours.checked_mul(QUARTER_HOUR_S)?, 0)?.with_timezone(&tz))
}

/// A column that is true or false.
pub(crate) fn flag(row: &Row, column: &str) -> bool {
    row.get(column).is_some_and(|value| value.as_bool().unwrap_or_else(|| value.as_u64() == Some(1)))
}

/// A column, null when the row has none.
pub(crate) fn of(row: &Row, column: &str) -> Value {
    row.get(column).cloned().unwrap_or_default()
}

pub(crate) fn number(row: &Row, column: &str) -> u64 {
    row.get(column).and_then(Value::as_u64).unwrap_or(0)
}

pub(crate) fn text<'a>(row: &'a Row, column: &str) -> &'a str {
    row.get(column).and_then(Value::as_str).unwrap_or_default()
}

/// `part ÷ whole`, half up to a power of ten, null when the divisor is 0 (rule 61).
pub(crate) fn ratio(part: u64, whole: u64, scale: u32) -> Value {
    if whole == 0 {
        return Value::Null;
    }
    let (part, whole, scale) = (u128::from(part), u128::from(whole), u128::from(scale));
    json!(((part * scale * 2 + whole) / (whole * 2)) as f64 / scale as f64)
}

/// The same, of a type (rule 61).
pub(crate) fn quotient(part: u64, whole: u64) -> Option<f64> {
    ratio(part, whole, 1000).as_f64()
}

/// A link's URL without what opens it.
pub(crate) fn masked_url(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return "***".to_owned() };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    format!("{scheme}://{}/***", authority.rsplit('@').next().unwrap_or_default())
}

/// A spreadsheet takes such a cell for a formula unless an apostrophe leads it.
pub(crate) fn csv_cell(value: &Value) -> String {
    let cell = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_61_ratios_round_half_up() {
        assert_eq!(ratio(2, 3, 1000), json!(0.667));
        assert_eq!(ratio(1, 2000, 1000), json!(0.001));
        assert_eq!(ratio(1, 0, 1000), Value::Null);
    }

    #[test]
    fn links_are_masked_and_formulas_escaped() {
        assert_eq!(masked_url("https://u:p@g.example/s/7Hk2?k=1"), "https://g.example/***");
        for cell in ["=1", "+1", "-1", "@x", "\tx", "\rx"] {
            assert_eq!(csv_cell(&json!(cell)), format!("'{cell}"));
        }
    }
}
