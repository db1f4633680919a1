//! `photo_downloads` over rows written by hand.

use loupe_service::keys::{Accounts, Scope};
use serde_json::{Value, json};

use crate::catalogue::{self, ana, bob, delivery, download_id};
use crate::stage::{COLLECTION, Stage, minutes_ago, with};

/// One alone, an archive of two, one half received without a client, one of an unknown medium the next day, a robot's,
/// two of now (one idle), one that an earlier request took back, a film.
async fn story(name: &str) -> (Stage, String) {
    let stage = Stage::new(name).await;
    catalogue::insert(&stage).await;
    let archive = json!({"source": "archive", "format": "zip", "requested_at": "2026-05-02 10:05:00.000000"});
    let half = json!({
        "rendition": "web_640", "identity": 2, "client_id": "", "identified_by": "none", "completed_at": null,
        "requested_at": "2026-05-02 11:00:00.000000", "delivered_bytes": 500, "size_bytes": 1000, "span_bytes": 1000
    });
    let unknown = json!({
        "media_id": 999, "source": "archive", "format": "zip", "rendition": "original", "identity": 2, "paid": true,
        "client_id": "cl_bob", "identified_by": "pin", "requested_at": "2026-05-03 00:00:00.000000",
        "day": "2026-05-03", "destination": "dropbox", "size_bytes": 77
    });
    let open = |minutes: i64| {
        let at = minutes_ago(minutes);
        json!({"day": at[..10], "requested_at": at, "last_activity_at": at, "completed_at": null, "media_id": 732,
               "rendition": "web_2048", "format": "webp"})
    };
    let taken_back = with(&delivery(7), json!({"media_id": 733}));
    let rows = [
        with(&delivery(1), json!({"pin_used": true, "link_id": "sl_1"})),
        with(&delivery(2), archive.clone()),
        with(&with(&delivery(2), archive), json!({"media_id": 732})),
        with(&delivery(3), half),
        with(&delivery(4), unknown),
        with(&delivery(5), json!({"filter_reason": "robot"})),
        with(&delivery(6), open(29)),
        with(&delivery(8), open(31)),
        taken_back.clone(),
        with(&delivery(9), json!({"media_id": 881, "media_kind": "video"})),
        with(&delivery(10), json!({"collection_id": 78})),
        with(&delivery(11), json!({"account_id": 2})),
    ];
    stage.insert("deliveries", &rows).await;
    stage.insert("deliveries", &[with(&taken_back, json!({"version": 2, "is_deleted": 1}))]).await;
    let key = stage.known_key(Accounts::one(1), &Scope::ALL).await;
    (stage, key)
}

fn path() -> String {
    format!("/collections/{COLLECTION}/photo_downloads")
}

#[tokio::test(flavor = "multi_thread")]
async fn photo_downloads_show_every_field() {
    let (stage, key) = story("photo_fields").await;
    let body = stage.body(&format!("{}?sort=requested_at", path()), &key).await;
    let first = json!({
        "id": format!("dv_{}_731", download_id(1)), "download_id": download_id(1), "status": "completed",
        "requested_at": "2026-05-02T10:00:00.000000Z", "completed_at": "2026-05-02T10:00:02.000000Z", "client": ana(),
        "photo": {"id": 731, "gallery_id": 12, "gallery_name": "Ceremony", "filename": "DSC_0412.jpg",
                  "download_count": 2, "unique_download_count": 1},
        "file": {"rendition": "high_res", "format": "jpeg", "width": 3600, "height": 2400, "size_bytes": 4_812_331},
        "source": "single", "destination": "device", "pin_used": true, "link_id": "sl_1", "paid": false
    });
    assert_eq!(body["data"][0], first);
    let half = &body["data"][3];
    assert_eq!(
        (&half["client"], &half["status"], &half["completed_at"]),
        (&Value::Null, &"partial".into(), &Value::Null)
    );
    assert_eq!((&half["file"]["width"], &half["file"]["height"]), (&640.into(), &427.into()), "rule 60");
    let unknown = json!({
        "id": format!("dv_{}_999", download_id(4)), "download_id": download_id(4), "status": "completed",
        "requested_at": "2026-05-03T00:00:00.000000Z", "completed_at": "2026-05-02T10:00:02.000000Z", "client": bob(),
        "photo": {"id": 999, "gallery_id": null, "gallery_name": null, "filename": null, "download_count": 1,
                  "unique_download_count": 1},
        "file": {"rendition": "original", "format": "unknown", "width": null, "height": null, "size_bytes": 77},
        "source": "archive", "destination": "dropbox", "pin_used": false, "link_id": null, "paid": true
    });
    assert_eq!(body["data"][4], unknown, "rules 15, 58 and 95");
    let statuses: Vec<&Value> = body["data"].as_array().unwrap().iter().map(|row| &row["status"]).collect();
    let expected = ["completed", "completed", "completed", "partial", "completed", "partial", "in_progress"];
    assert_eq!(statuses, expected, "rule 6: idle after 30 minutes");
}

#[tokio::test(flavor = "multi_thread")]
async fn photo_downloads_sum_up_the_selection() {
    let (stage, key) = story("photo_summary").await;
    let day = |time: &str| format!("2026-05-0{time}.000000Z");
    let photo = |id: u64, count: u64, first: &str, last: &str| {
        json!({"photo_id": id, "download_count": count, "unique_download_count": 1, "first_at": day(first),
               "last_at": day(last)})
    };
    let mut summary = json!({
        "attempts": 7, "downloads": 4, "unique_downloads": 3, "photos": 3, "clients": 2,
        "by_source": {"single": 1, "archive": 3},
        "by_photo": [photo(731, 2, "2T10:00:00", "2T10:05:00"), photo(732, 1, "2T10:05:00", "2T10:05:00"),
                     photo(999, 1, "3T00:00:00", "3T00:00:00")],
        "by_rendition": {"high_res": 3, "original": 1}, "by_format": {"jpeg": 3, "unknown": 1}
    });
    let body = stage.body(&path(), &key).await;
    assert_eq!(body["summary"], summary);
    let filtered = stage.body(&format!("{}?include=filtered&sort=requested_at", path()), &key).await;
    assert_eq!((&filtered["summary"], &filtered["meta"]["total"]), (&summary, &8.into()), "rule 5");
    assert_eq!(
        (&filtered["data"][0]["filter_reason"], &filtered["data"][1]["filter_reason"]),
        (&Value::Null, &"robot".into())
    );
    let archives = stage.body(&format!("{}?source=archive&to=2026-05-03T00:00:00Z", path()), &key).await;
    summary = json!({
        "attempts": 2, "downloads": 2, "unique_downloads": 2, "photos": 2, "clients": 1,
        "by_source": {"single": 0, "archive": 2},
        "by_photo": [photo(731, 1, "2T10:05:00", "2T10:05:00"), photo(732, 1, "2T10:05:00", "2T10:05:00")],
        "by_rendition": {"high_res": 2}, "by_format": {"jpeg": 2}
    });
    assert_eq!(archives["summary"], summary, "rule 3");
    assert_eq!(archives["data"][1]["photo"]["download_count"], 1, "rule 3: of the same selection");
    assert_eq!(archives["meta"]["to"], "2026-05-03T00:00:00.000000Z");
    assert_eq!(archives["meta"]["from"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_105_photo_downloads_are_selected_by_every_parameter() {
    let (stage, key) = story("photo_filters").await;
    let expected = [
        ("", 7),
        ("client_id=cl_ana", 5),
        ("client_id=cl_ana,cl_bob", 6),
        ("client_id=cl_nobody", 0),
        ("gallery_id=12", 3),
        ("gallery_id=12,13", 6),
        ("media_id=732", 3),
        ("media_id=732,999", 4),
        ("rendition=web_640", 1),
        ("rendition=web_640,web_2048", 3),
        ("status=completed", 4),
        ("status=partial,in_progress", 3),
        ("status=in_progress", 1),
        ("status=failed", 0),
        ("source=single", 4),
        ("source=single,archive", 7),
        ("link_id=sl_1", 1),
        ("include=filtered", 8),
        ("from=2026-05-03T00:00:00Z", 3),
        ("from=2026-05-03T02:00:00%2B02:00", 3),
        ("to=2026-05-03T00:00:00Z", 4),
        ("from=2026-05-02T10:00:00Z&to=2026-05-02T10:05:00Z", 1),
        ("from=2026-05-02T10:00:00Z&to=2026-05-02T10:00:00Z", 0),
        ("from=0001-01-01T00:00:00Z&to=9999-01-01T00:00:00Z", 7),
        ("client_id=cl_ana&gallery_id=12&source=archive", 1),
    ];
    stage.assert_totals(&path(), &key, &expected).await;
    stage.assert_pages(&path(), &key).await;
}
