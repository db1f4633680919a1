//! `downloads/` over rows written by hand.

use loupe_service::keys::{Accounts, Scope};
use serde_json::{Value, json};

use crate::catalogue::{self, action, ana, bob, delivery, download_id};
use crate::happenings::Happenings;
use crate::stage::{COLLECTION, Stage, minutes_ago, with};

/// A photo; an archive that failed and was tried again; a robot's; bytes without a request; a film of now without a
/// client; one clicked and left.
async fn story(name: &str) -> (Stage, String) {
    let stage = Stage::new(name).await;
    catalogue::insert(&stage).await;
    let archive = json!({
        "kind": "archive", "rendition": "original", "format": "zip", "photos": 2, "videos": 1,
        "media_ids": [731, 732, 881], "media_set": 9, "filtered_bytes": 0
    });
    let failed = json!({
        "requested_at": "2026-05-02 11:00:00.000000", "completed_at": null, "idle_status": "failed",
        "failure_code": "origin_error", "failure_http_status": 502, "failure_retryable": true, "size_bytes": null,
        "delivered_bytes": 300, "transferred_bytes": 300, "segments": 1, "cache_hits": 0, "duration_us": 0,
        "first_ttfb_us": 500, "edge_pop": "", "country": ""
    });
    let again = json!({
        "requested_at": "2026-05-03 10:59:59.000000", "day": "2026-05-03", "delivered_bytes": 2000, "size_bytes": 2000,
        "transferred_bytes": 2000, "segments": 3, "cache_hits": 2, "duration_us": 3_000_000, "first_ttfb_us": 310_500
    });
    let robot = json!({
        "requested_at": "2026-05-02 12:00:00.000000", "completed_at": null, "filter_reason": "robot", "client_id": "",
        "identity": 8, "idle_status": "abandoned", "transferred_bytes": 0, "delivered_bytes": 0, "segments": 0,
        "filtered_bytes": 400, "cache_hits": 0, "duration_us": 0, "first_ttfb_us": null
    });
    let bytes_alone = json!({
        "account_id": 1, "collection_id": COLLECTION, "day": "2026-05-02", "download_id": download_id(5),
        "requested_at": "2026-05-02 12:30:00.000000", "transferred_bytes": 777, "filtered_bytes": 33, "version": 1
    });
    let at = minutes_ago(29);
    let running = json!({
        "day": at[..10], "requested_at": at, "last_activity_at": at, "completed_at": null, "kind": "video",
        "rendition": "video_original", "format": "mp4", "photos": 0, "videos": 1, "media_ids": [881], "identity": 3,
        "client_id": "", "transferred_bytes": 10, "delivered_bytes": 10, "filtered_bytes": 0, "segments": 1,
        "cache_hits": 0, "duration_us": 1_000_000, "first_ttfb_us": 20_000
    });
    let left = json!({
        "requested_at": "2026-05-04 10:00:00.000000", "day": "2026-05-04", "client_id": "cl_bob", "identity": 4,
        "identified_by": "pin", "rendition": "web_640", "completed_at": null, "idle_status": "abandoned",
        "transferred_bytes": 0, "delivered_bytes": 0, "filtered_bytes": 0, "segments": 0, "cache_hits": 0,
        "duration_us": 0, "first_ttfb_us": null
    });
    let rows = [
        with(&action(1), json!({"link_id": "sl_1"})),
        with(&with(&action(2), archive.clone()), failed),
        with(&with(&action(3), archive), again),
        with(&action(4), robot),
        bytes_alone,
        with(&action(6), running),
        with(&action(7), left),
    ];
    stage.insert("downloads", &rows).await;
    let members = [(1, 731, "photo"), (3, 731, "photo"), (3, 732, "photo"), (3, 881, "video")];
    let members = members.map(|(number, id, kind)| {
        let day = if number == 1 { "2026-05-02" } else { "2026-05-03" };
        with(&delivery(number), json!({"media_id": id, "media_kind": kind, "day": day}))
    });
    stage.insert("deliveries", &members).await;
    let unattached = json!({
        "account_id": 1, "collection_id": COLLECTION, "slice_day": "2026-05-02", "event_id": download_id(99),
        "type": "TransferSegment", "occurred_at": "2026-05-02 15:00:00.000000", "unattached_bytes": 55, "version": 1
    });
    stage.insert("events", &[unattached]).await;
    let quarter_hour = json!({
        "account_id": 1, "collection_id": COLLECTION, "quarter_hour": "2026-05-02 15:00:00.000000", "kind": "",
        "filtered_bytes": 55, "version": 1
    });
    stage.insert("collection_quarter_hourly", &[quarter_hour]).await;
    let key = stage.known_key(Accounts::one(1), &Scope::ALL).await;
    (stage, key)
}

fn path() -> String {
    format!("/collections/{COLLECTION}/downloads/")
}

#[tokio::test(flavor = "multi_thread")]
async fn downloads_show_every_field() {
    let (stage, key) = story("action_fields").await;
    let body = stage.body(&format!("{}?sort=requested_at", path()), &key).await;
    let photo = json!({
        "id": download_id(1), "type": "photo", "status": "completed", "failure": null,
        "requested_at": "2026-05-02T10:00:00.000000Z", "client": ana(), "items": {"photos": 1, "videos": 0},
        "items_url": format!("/downloads/{}/items", download_id(1)),
        "file": {"rendition": "high_res", "format": "jpeg", "size_bytes": 1000},
        "transfer": {"transferred_bytes": 1200, "delivered_bytes": 1000, "duration_ms": 2000, "ttfb_ms": 84,
                     "avg_bits_per_second": 4800, "segments": 2, "cache_hit_ratio": 0.5, "edge_pop": "FRA",
                     "country": "DE"}
    });
    assert_eq!(body["data"][0], photo);
    let failed = json!({
        "id": download_id(2), "type": "archive", "status": "failed",
        "failure": {"code": "origin_error", "http_status": 502, "retryable": true, "retried_as": download_id(3)},
        "requested_at": "2026-05-02T11:00:00.000000Z", "client": ana(), "items": {"photos": 2, "videos": 1},
        "items_url": format!("/downloads/{}/items", download_id(2)),
        "file": {"rendition": "original", "format": "zip", "size_bytes": null},
        "transfer": {"transferred_bytes": 300, "delivered_bytes": 300, "duration_ms": 0, "ttfb_ms": 1,
                     "avg_bits_per_second": null, "segments": 1, "cache_hit_ratio": 0.0, "edge_pop": null,
                     "country": null}
    });
    assert_eq!(body["data"][1], failed);
    let again = &body["data"][2]["transfer"];
    assert_eq!(
        (&again["avg_bits_per_second"], &again["cache_hit_ratio"]),
        (&5333.into(), &0.67.into()),
        "rules 61, 64"
    );
    assert_eq!(body["data"][3]["transfer"]["cache_hit_ratio"], Value::Null, "no segment");
    assert_eq!(body["data"][4]["status"], "in_progress");
    let timeline = &body["client_timeline"];
    let of: Vec<&Value> = timeline.as_array().unwrap().iter().map(|client| &client["client"]).collect();
    assert_eq!(of, [&Value::Null, &bob(), &ana()], "rule 68: by the last action, latest first");
    let event = |number: u64, at: &str, kind: &str, status: &str| json!({"at": format!("2026-05-{at}.000000Z"), "type": kind, "download_id": download_id(number), "status": status});
    let of_ana = json!({
        "client": ana(), "first_at": "2026-05-02T10:00:00.000000Z", "last_at": "2026-05-03T10:59:59.000000Z",
        "events": [event(1, "02T10:00:00", "photo", "completed"), event(2, "02T11:00:00", "archive", "failed"),
                   event(3, "03T10:59:59", "archive", "completed")]
    });
    assert_eq!(timeline[2], of_ana);
    let page = stage.body(&format!("{}?sort=requested_at&limit=1", path()), &key).await;
    assert_eq!(page["client_timeline"].as_array().unwrap().len(), 1, "rule 68: of this page");
}

#[tokio::test(flavor = "multi_thread")]
async fn downloads_sum_up_the_selection() {
    let (stage, key) = story("action_summary").await;
    let summary = json!({
        "attempts": 5, "downloads": 2, "unique_downloads": 2, "by_type": {"photo": 1, "video": 0, "archive": 1},
        "deliveries": {"photos": 3, "videos": 1},
        "by_status": {"requested": 0, "preparing": 0, "in_progress": 1, "completed": 2, "partial": 0, "failed": 1,
                      "abandoned": 1},
        "success_rate": 0.667,
        "bandwidth": {"transferred_bytes": 3510, "delivered_bytes": 3310, "filtered_bytes": 538,
                      "unattributed_bytes": 777, "p50_bits_per_second": 4800, "p95_ttfb_ms": 311}
    });
    let body = stage.body(&path(), &key).await;
    assert_eq!(body["summary"], summary);
    let body = stage.body(&format!("{}?include=filtered", path()), &key).await;
    assert_eq!((&body["summary"], &body["meta"]["total"]), (&summary, &6.into()), "rule 5");
    let bandwidth = |transferred: u64, delivered: u64, filtered: u64, p50: Value, p95: Value| {
        json!({"transferred_bytes": transferred, "delivered_bytes": delivered, "filtered_bytes": filtered,
               "unattributed_bytes": 0, "p50_bits_per_second": p50, "p95_ttfb_ms": p95})
    };
    for (query, expected) in [
        ("client_id=cl_bob", bandwidth(0, 0, 0, Value::Null, Value::Null)),
        // The robot asked for a photo in this rendition too.
        ("rendition=high_res", bandwidth(1200, 1000, 450, 4800.into(), 84.into())),
        ("from=2026-05-03T00:00:00Z&to=2026-05-04T00:00:00Z", bandwidth(2000, 2000, 0, 5333.into(), 311.into())),
    ] {
        let body = stage.body(&format!("{}?{query}", path()), &key).await;
        assert_eq!(body["summary"]["bandwidth"], expected, "rule 67: {query}");
    }
    let timed = stage.body(&format!("{}?from=2026-05-02T12:30:00Z&to=2026-05-02T15:00:00Z", path()), &key).await;
    let bandwidth = &timed["summary"]["bandwidth"];
    assert_eq!((&bandwidth["filtered_bytes"], &bandwidth["unattributed_bytes"]), (&33.into(), &777.into()), "rule 67");
    assert_eq!(timed["summary"]["success_rate"], Value::Null, "rule 61");
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_53_what_was_denied_is_not_worth_another_try_however_it_is_stored() {
    let stage = Stage::new("action_denied").await;
    let prepared = |number: u64, code: &str| {
        let failed = json!({
            "kind": "archive", "completed_at": null, "idle_status": "failed", "failure_code": code,
            "failure_retryable": true, "media_set": number
        });
        with(&action(number), failed)
    };
    stage.insert("downloads", &[prepared(1, "denied"), prepared(2, "source_missing")]).await;
    let key = stage.known_key(Accounts::one(1), &Scope::ALL).await;
    let body = stage.body(&format!("{}?sort=requested_at", path()), &key).await;
    let failures = [("denied", false), ("source_missing", true)].map(
        |(code, retryable)| json!({"code": code, "http_status": null, "retryable": retryable, "retried_as": null}),
    );
    assert_eq!([&body["data"][0]["failure"], &body["data"][1]["failure"]], failures.each_ref());
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_67_bytes_without_an_action_count_in_whole_quarters_of_an_hour_once_their_events_are_gone() {
    let stage = Stage::new("action_quarters").await;
    let mut story = Happenings::default();
    let sent = [("09:59:59", 1), ("10:00:00", 10), ("10:14:59", 100), ("10:15:00", 1_000), ("10:31:00", 10_000)];
    for (time, body_bytes) in sent {
        let preview = json!({
            "type": "TransferSegment", "method": "GET", "status": 200, "object_bytes": body_bytes,
            "body_bytes": body_bytes, "completed": true, "end_reason": "ok", "ttfb_us": 1, "duration_us": 1,
            "purpose": "preview",
        });
        story.add(&format!("2026-05-02T{time}Z"), COLLECTION, "vs_1", preview);
    }
    story.fold(&stage).await;
    let key = stage.known_key(Accounts::one(1), &Scope::ALL).await;
    // With the events and without: what lies in a quarter of an hour that a bound cuts is told apart by them alone.
    let bounds = [
        ("from=2026-05-02T00:00:00Z", 11_111, 11_111),
        ("to=2026-05-02T10:15:00Z", 111, 111),
        ("from=2026-05-02T10:00:00Z&to=2026-05-02T10:30:00Z", 1_110, 1_110),
        ("from=2026-05-02T10:00:00.000001Z&to=2026-05-02T10:32:00Z", 11_100, 1_000),
        ("from=2026-05-02T10:14:00Z&to=2026-05-02T10:14:59.000001Z", 100, 0),
        ("from=2026-05-02T10:15:00Z&to=2026-05-02T10:15:00Z", 0, 0),
    ];
    for (query, with_events, _) in bounds {
        let body = stage.body(&format!("{}?{query}", path()), &key).await;
        assert_eq!(body["summary"]["bandwidth"]["filtered_bytes"], with_events, "{query}");
    }
    stage.sql("TRUNCATE TABLE events").await;
    for (query, _, without) in bounds {
        let body = stage.body(&format!("{}?{query}", path()), &key).await;
        assert_eq!(body["summary"]["bandwidth"]["filtered_bytes"], without, "without events: {query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_63_downloads_are_selected_by_an_item_that_meets_all() {
    let (stage, key) = story("action_filters").await;
    let expected = [
        ("", 5),
        ("client_id=cl_ana", 3),
        ("client_id=cl_ana,cl_bob", 4),
        ("media_id=732", 2),
        ("media_id=732,731", 4),
        ("gallery_id=13", 3),
        ("gallery_id=12&media_id=731", 4),
        ("gallery_id=13&media_id=731", 0),
        ("rendition=web_640,original", 3),
        ("status=failed", 1),
        ("status=abandoned,in_progress", 2),
        ("link_id=sl_1", 1),
        ("include=filtered", 6),
        ("from=2026-05-02T11:00:00Z&to=2026-05-03T10:59:59Z", 1),
    ];
    stage.assert_totals(&path(), &key, &expected).await;
    stage.assert_pages(&path(), &key).await;
    let slashless = stage.body(&format!("/api/v1/collections/{COLLECTION}/downloads"), &key).await;
    assert_eq!(slashless["meta"]["total"], 5);
}
