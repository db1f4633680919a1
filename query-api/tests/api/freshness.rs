//! How far the projection is, and what of each edge never arrived.

use loupe_service::keys::{Accounts, Scope};
use serde_json::{Value, json};

use crate::stage::Stage;

const BOOT: &str = "6f3f4a52-7a0c-4b5e-9d54-0d3c5a7f1e10";
const ALL: &str = "18446744073709551615";

#[tokio::test(flavor = "multi_thread")]
async fn it_says_what_is_missing_of_partitions_and_of_edges() {
    let stage = Stage::new("freshness").await;
    let key = stage.known_key(Accounts::one(1), &[Scope::AnalyticsRead]).await;
    let empty = stage.body("/freshness", &key).await;
    assert_eq!((&empty["unaccounted_offsets"], &empty["edges"]), (&json!(0), &json!([])), "{empty}");
    let range = |partition: u64, first: u64, last: u64| json!({"topic": "gallery.events.v1", "partition": partition, "first_offset": first, "last_offset": last});
    // Partition 0 is covered by ranges that overlap and repeat; 1 lacks 5 to 6, and 0 to 1 which Kafka has still.
    let ranges = [range(0, 0, 9), range(0, 5, 19), range(0, 0, 9), range(1, 2, 4), range(1, 7, 9), range(1, 3, 3)];
    stage.insert("ledger", &ranges).await;
    let mark = |partition: u64, next: u64, end: u64, waiting: &str| {
        json!({
            "topic": "gallery.events.v1", "partition": partition, "first_offset": 0, "next_offset": next,
            "end_offset": end, "waiting_since": waiting, "records_per_second": 4.0,
            "observed_at": "2026-05-02 18:00:00.000000",
        })
    };
    let marks = [mark(0, 20, 20, "1970-01-01 00:00:00"), mark(1, 10, 50, "2026-05-02 17:59:00")];
    stage.insert("watermarks", &marks).await;
    let run = |node: &str, chunk: u64, bits: &str, at: &str| json!({"node": node, "boot_id": BOOT, "chunk": chunk, "arrived": bits, "last_at": at});
    let edges = [
        run("fra-12", 0, ALL, "2026-05-02 12:04:09"),
        run("fra-12", 1, "7", "2026-05-02 12:04:10"),
        run("syd-3", 0, ALL, "2026-05-02 11:00:00"),
        run("syd-3", 1, "9", "2026-05-02 12:00:00"),
        run("syd-3", 3, "1", "2026-05-02 12:30:00"),
    ];
    stage.insert("edge_sequences", &edges).await;

    let found = stage.body("/api/v1/freshness", &key).await;
    assert_eq!(found["unaccounted_offsets"], 4, "{found}");
    assert_eq!(found["partitions"][0]["unaccounted_offsets"], 0);
    assert_eq!(found["lag_records"], 40);
    assert_eq!(found["seconds_to_drain"], 5.0);
    assert_eq!(found["oldest_uncommitted_at"], "2026-05-02T17:59:00.000000Z");
    assert!(found["oldest_uncommitted_seconds"].as_f64().is_some_and(|seconds| seconds > 60.0));
    // fra-12 is whole and long silent, so that it is shown no more; what is missing of syd-3 stays.
    let [syd] = &found["edges"].as_array().expect("edges")[..] else { panic!("{found}") };
    // Of its second row 0 and 3 arrived; the third never came; of the fourth 0 arrived.
    assert_eq!((&syd["arrived"], &syd["missing"]), (&json!(64 + 2 + 1), &json!(62 + 64)));
    assert_eq!(syd["missing_ranges"], json!([[65, 66], [68, 191]]));
    assert_eq!(syd["complete_to"], "2026-05-02T11:00:00.000000Z");
    assert_eq!(syd["summary"], "syd-3: 126 missing, complete to 2026-05-02T11:00:00.000000Z");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recent_edge_is_complete_to_its_last_event() {
    let stage = Stage::new("freshness_recent").await;
    let key = stage.known_key(Accounts::one(1), &[Scope::AnalyticsRead]).await;
    let insert = format!("INSERT INTO edge_sequences SELECT 'ams-1', '{BOOT}', 0, 15, now64(6)");
    stage.sql(&insert).await;
    let found = stage.body("/freshness", &key).await;
    let run = &found["edges"][0];
    assert_eq!((&run["node"], &run["missing"], &run["missing_ranges"]), (&json!("ams-1"), &json!(0), &json!([])));
    assert!(run["summary"].as_str().is_some_and(|text| text.starts_with("ams-1: complete to 20")), "{run}");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_takes_a_key_that_may_read_analytics() {
    let stage = Stage::new("freshness_access").await;
    let key = stage.known_key(Accounts::one(1), &[Scope::LinksRead]).await;
    let (status, body): (u16, Value) = stage.json("/freshness", &key).await;
    assert_eq!((status, &body["error"]["code"]), (403, &json!("insufficient_scope")), "{body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_63_it_takes_no_parameter() {
    let stage = Stage::new("freshness_parameters").await;
    let key = stage.known_key(Accounts::one(1), &[Scope::AnalyticsRead]).await;
    let (status, body) = stage.json("/freshness?form=x", &key).await;
    assert_eq!((status, &body["error"]["details"]["parameter"]), (400, &json!("form")), "{body}");
    assert_eq!(body["instance"], "/freshness");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_of_an_edge_is_measured_until_it_has_come() {
    let stage = Stage::new("freshness_gauges").await;
    let says = async |line: &str| {
        for _ in 0..600 {
            let text = reqwest::get(format!("{}/metrics", stage.url)).await.unwrap().text().await.unwrap();
            if text.lines().any(|found| found == line) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        panic!("{line} is not among the metrics");
    };
    // More runs of an earlier edge than /freshness lists, each without its first event.
    let runs = "INSERT INTO edge_sequences SELECT 'arn-1', generateUUIDv4(number), 0, 2, now64(6) FROM numbers(1001)";
    stage.sql(runs).await;
    let row = |bits: &str| json!({"node": "zrh-9", "boot_id": BOOT, "chunk": 0, "arrived": bits, "last_at": "2026-05-02 12:00:00"});
    stage.insert("edge_sequences", &[row("9")]).await;
    says("loupe_query_edge_missing_events{node=\"arn-1\"} 1001").await;
    says("loupe_query_edge_missing_events{node=\"zrh-9\"} 2").await;
    // Whole and long silent, it is no longer among those that are spoken of.
    stage.insert("edge_sequences", &[row("6")]).await;
    says("loupe_query_edge_missing_events{node=\"zrh-9\"} 0").await;
}
