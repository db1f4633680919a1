//! That answers about some days read those days: the tables are sorted by day, and each statement may read a fifth of a year.

use loupe_service::keys::{Accounts, Scope};
use serde_json::json;

use crate::stage::{COLLECTION, Stage};

/// The id and the time of the download of this number among `a_year`.
fn of_a_year(number: i64) -> (String, String) {
    let milliseconds = 1_735_689_600_000 + number * 600_000;
    let hex = format!("{milliseconds:012x}");
    let id = format!("{}-{}-7000-8000-{number:012}", &hex[..8], &hex[8..]);
    (id, loupe_schemas::Micros(milliseconds * 1_000).to_string())
}

/// A film that one visitor asks for every ten minutes of 2025, in vain.
async fn a_year(name: &str) -> (Stage, String) {
    let stage = Stage::with(name, json!({"query_rows_max": 10_000})).await;
    let key = stage.known_key(Accounts::one(1), &Scope::ALL).await;
    // Whether there is a collection is looked for once, wherever it may be named.
    stage.insert("collections", &[json!({"account_id": 1, "collection_id": COLLECTION, "version": 1})]).await;
    stage.body(&format!("/collections/{COLLECTION}/downloads"), &key).await;
    let rows = "SELECT 1 AS account_id, 77 AS collection_id, toDate(requested_at) AS day, 1 AS identity, 1 AS version, \
        toDateTime64('2025-01-01 00:00:00', 6, 'UTC') + number * 600 AS requested_at, requested_at AS last_activity_at, \
        lower(leftPad(hex(toUnixTimestamp64Milli(requested_at)), 12, '0')) AS ms, leftPad(toString(number), 12, '0') AS last, \
        toUUID(concat(left(ms, 8), '-', right(ms, 4), '-7000-8000-', last)) AS download_id, \
        'failed' AS idle_status, 'video' AS kind FROM numbers(50000)";
    let shared =
        "account_id, collection_id, day, download_id, requested_at, identity, idle_status, last_activity_at, version";
    let history = "history_at, history_range_start, history_range_end, history_body_bytes, history_http_status, history_end_reason";
    stage
        .sql(&format!(
            "INSERT INTO downloads ({shared}, has_request, kind, media_ids, {history}) \
             SELECT {shared}, true, kind, [13], [requested_at], [NULL], [NULL], [7], [502], ['origin_error'] FROM ({rows})"
        ))
        .await;
    // Bytes of no action, one for each film (rule 28).
    stage
        .sql(&format!(
            "INSERT INTO events (account_id, collection_id, slice_day, event_id, occurred_at, unattached_bytes) \
        SELECT account_id, collection_id, day, download_id, requested_at, 1 FROM ({rows})"
        ))
        .await;
    stage
        .sql(&format!(
            "INSERT INTO collection_quarter_hourly (account_id, collection_id, quarter_hour, filtered_bytes, version) \
             SELECT account_id, collection_id, toStartOfFifteenMinutes(requested_at) AS quarter, count(), 1 FROM ({rows}) \
             GROUP BY account_id, collection_id, quarter"
        ))
        .await;
    let deliveries = format!("INSERT INTO deliveries ({shared}, media_id, media_kind)");
    stage.sql(&format!("{deliveries} SELECT {shared}, 13, kind FROM ({rows})")).await;
    (stage, key)
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_1_a_download_is_looked_up_in_the_day_inside_its_id() {
    let (stage, key) = a_year("by_day").await;
    let ((id, at), (next, _)) = (of_a_year(25_000), of_a_year(25_001));
    let detail = stage.body(&format!("/downloads/{id}"), &key).await["data"].clone();
    assert_eq!((&detail["requested_at"], &detail["failure"]["retried_as"]), (&at.clone().into(), &next.into()));
    assert_eq!((&detail["history"][0]["at"], &detail["history"][0]["body_bytes"]), (&at.into(), &7.into()));
    let items = stage.body(&format!("/downloads/{id}/items"), &key).await;
    assert_eq!(items["data"][0]["media"]["id"], 13);
    let (first, last) = (of_a_year(25_000).1, of_a_year(25_300).1);
    let films = format!("/collections/{COLLECTION}/gallery_video_downloads?from={first}&to={last}&limit=1000");
    let films = stage.body(&films, &key).await;
    let films = films["data"].as_array().unwrap();
    assert_eq!(films.len(), 300);
    assert!(films.iter().all(|film| film["history"][0]["at"] == film["requested_at"]), "of several days");
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_53_a_retry_is_found_on_the_next_day() {
    let (stage, key) = a_year("by_next_day").await;
    // The last of 2025-03-01, of which the next is that of midnight.
    let ((id, at), (next, _)) = (of_a_year(60 * 144 - 1), of_a_year(60 * 144));
    assert!(at.ends_with("T23:50:00.000000Z"), "{at}");
    let detail = stage.body(&format!("/downloads/{id}"), &key).await;
    assert_eq!(detail["data"]["failure"]["retried_as"], next);
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_67_the_summary_of_some_days_reads_those_days() {
    let (stage, key) = a_year("sum_of_days").await;
    let (first, last) = (of_a_year(25_000).1, of_a_year(25_300).1);
    let body = stage.body(&format!("/collections/{COLLECTION}/downloads?from={first}&to={last}"), &key).await;
    let summary = &body["summary"];
    assert_eq!((&summary["attempts"], &summary["bandwidth"]["filtered_bytes"]), (&300.into(), &300.into()));
}
