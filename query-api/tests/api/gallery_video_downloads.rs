//! `gallery_video_downloads` over rows written by hand.

use loupe_service::keys::{Accounts, Scope};
use serde_json::{Value, json};

use crate::catalogue::{self, action, ana, delivery, download_id};
use crate::stage::{COLLECTION, Stage, with};

/// A film resumed once and left, one whole in an archive, one not begun by an anonymous visitor.
async fn story(name: &str) -> (Stage, String) {
    let stage = Stage::new(name).await;
    catalogue::insert(&stage).await;
    let film = json!({
        "media_id": 881, "media_kind": "video", "rendition": "video_original", "format": "mp4", "completed_at": null,
        "size_bytes": 2_147_483_648_u64, "span_bytes": 2_147_483_648_u64, "delivered_bytes": 1_318_554_959, "resumes": 1,
        "last_activity_at": "2026-05-02 10:09:00.000000"
    });
    let archived = json!({
        "media_id": 881, "media_kind": "video", "rendition": "high_res", "source": "archive", "format": "zip",
        "requested_at": "2026-05-02 12:00:00.000000"
    });
    let not_begun = json!({
        "requested_at": "2026-05-02 13:00:00.000000", "client_id": "", "identified_by": "none", "identity": 2,
        "delivered_bytes": 0, "idle_status": "abandoned", "resumes": 0, "rendition": "video_720p"
    });
    let rows = [
        with(&delivery(1), film.clone()),
        with(&delivery(2), archived),
        with(&with(&delivery(3), film), not_begun),
        with(&delivery(4), json!({})),
    ];
    stage.insert("deliveries", &rows).await;
    let history = json!({
        "kind": "video", "media_ids": [881],
        "history_at": ["2026-05-02 10:04:00.000000", "2026-05-02 10:09:00.000000"], "history_range_start": [0, null],
        "history_range_end": [899_999_999, null], "history_body_bytes": [900_000_000, 418_554_959],
        "history_http_status": [206, 200], "history_end_reason": ["client_abort", "timeout"]
    });
    stage.insert("downloads", &[with(&action(1), history)]).await;
    let key = stage.known_key(Accounts::one(1), &Scope::ALL).await;
    (stage, key)
}

fn path() -> String {
    format!("/collections/{COLLECTION}/gallery_video_downloads")
}

#[tokio::test(flavor = "multi_thread")]
async fn gallery_video_downloads_show_how_far_and_by_which_ranges() {
    let (stage, key) = story("video_fields").await;
    let path = path();
    let body = stage.body(&format!("{path}?sort=requested_at"), &key).await;
    let first = json!({
        "id": format!("dv_{}_881", download_id(1)), "download_id": download_id(1), "source": "single",
        "status": "partial", "requested_at": "2026-05-02T10:00:00.000000Z", "client": ana(),
        "video": {"id": 881, "gallery_id": 13, "filename": "film.mov", "duration_seconds": 214.2, "width": 3840,
                  "height": 2160, "codec": "h264", "container": "mov", "download_count": 1},
        "file": {"rendition": "video_original", "format": "mp4", "size_bytes": 2_147_483_648_u64},
        "completion": {"complete": false, "percent": 61.3, "delivered_bytes": 1_318_554_959, "resumes": 1,
                       "last_activity_at": "2026-05-02T10:09:00.000000Z"},
        "history": [
            {"at": "2026-05-02T10:04:00.000000Z", "range_start": 0, "range_end": 899_999_999, "body_bytes": 900_000_000,
             "http_status": 206, "end_reason": "client_abort"},
            {"at": "2026-05-02T10:09:00.000000Z", "range_start": null, "range_end": null, "body_bytes": 418_554_959,
             "http_status": 200, "end_reason": "timeout"}
        ]
    });
    assert_eq!(body["data"][0], first);
    let archived = &body["data"][1];
    assert_eq!(
        (&archived["file"]["format"], &archived["completion"]["percent"]),
        (&"mov".into(), &100.0.into()),
        "rule 58"
    );
    assert_eq!((&archived["completion"]["complete"], &archived["history"]), (&true.into(), &json!([])));
    assert_eq!((&body["data"][2]["status"], &body["data"][2]["client"]), (&"abandoned".into(), &Value::Null));
    let summary = json!({
        "attempts": 3, "downloads": 1, "unique_downloads": 1, "completion_rate": 0.333,
        "by_source": {"single": 0, "archive": 1},
        "by_client": [{"client": ana(), "attempts": 2, "downloads": 1}, {"client": null, "attempts": 1, "downloads": 0}]
    });
    assert_eq!(body["summary"], summary);
}

#[tokio::test(flavor = "multi_thread")]
async fn gallery_video_downloads_are_selected_by_every_parameter() {
    let (stage, key) = story("video_filters").await;
    let path = path();
    let expected = [
        ("", 3),
        ("client_id=cl_ana", 2),
        ("gallery_id=12", 0),
        ("gallery_id=13", 3),
        ("media_id=881", 3),
        ("rendition=video_720p", 1),
        ("status=abandoned", 1),
        ("source=archive", 1),
        ("link_id=sl_1", 0),
        ("from=2026-05-02T12:00:00Z&to=2026-05-02T13:00:00Z", 1),
    ];
    stage.assert_totals(&path, &key, &expected).await;
    stage.assert_pages(&path, &key).await;
    let nothing = stage.body(&format!("{path}?media_id=1"), &key).await;
    assert_eq!(nothing["summary"]["completion_rate"], Value::Null, "rule 61");
}
