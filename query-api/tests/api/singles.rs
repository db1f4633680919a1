//! One client, one download, one photo, over events written by hand.

use loupe_service::keys::{Accounts, Scope};
use serde_json::{Value, json};

use crate::happenings::{Happenings, of};
use crate::portfolio::PERIOD;
use crate::stage::{COLLECTION, Stage};

/// Ana and a visitor at a wedding; the ids of an archive that arrived by half and of a photo that arrived whole.
pub(crate) async fn story(name: &str) -> (Stage, String, [String; 2]) {
    let stage = Stage::new(name).await;
    let mut story = Happenings::default();
    story.collection(COLLECTION, "Smith Wedding", "2026-04-30T09:00:00Z");
    let media: [(u64, &str, u64, u64, &[&str]); 3] =
        [(11, "photo", 6000, 4000, &["couple"]), (12, "photo", 4000, 6000, &[]), (13, "video", 1920, 1080, &[])];
    story.gallery(COLLECTION, 5, &media);
    story.ana(COLLECTION);
    story.visit("2026-05-02T10:00:00Z", COLLECTION, "cl_ana", &[11, 12]);
    let archive = of("archive", "original", &[(11, "photo"), (12, "photo"), (13, "video")]);
    let half = story.download("2026-05-02T11:00:00Z", COLLECTION, "cl_ana", &archive, 150);
    let photo = of("photo", "high_res", &[(11, "photo")]);
    let whole = story.download("2026-05-02T12:00:00Z", COLLECTION, "cl_ana", &photo, 100);
    story.favorite("2026-05-02T13:00:00Z", COLLECTION, "cl_ana", "fl_1", (11, "photo"));
    story.favorite("2026-05-02T13:01:00Z", COLLECTION, "cl_ana", "fl_1", (12, "photo"));
    let removed = json!({"type": "FavoriteRemoved", "list_id": "fl_1", "media_id": 12});
    story.add("2026-05-02T14:00:00Z", COLLECTION, "cl_ana", removed);
    story.link("2026-05-02T15:00:00Z", COLLECTION, "cl_ana", "sl_1", json!({}));
    let opened = json!({"type": "LinkOpened", "link_id": "sl_1", "opener": "human"});
    story.add("2026-05-03T05:00:00Z", COLLECTION, "vs_1", opened);
    story.visit("2026-05-03T05:10:00Z", COLLECTION, "vs_2", &[11]);
    story.download("2026-05-03T05:20:00Z", COLLECTION, "vs_2", &photo, 100);
    story.visit("2026-05-03T06:00:00Z", COLLECTION, "robot", &[11]);
    story.fold(&stage).await;
    let key = stage.known_key(Accounts::one(1), &Scope::ALL).await;
    (stage, key, [half, whole])
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_110_clients_of_a_collection_sum_to_its_figures() {
    let (stage, key, _) = story("clients_of").await;
    let path = format!("/collections/{COLLECTION}/clients");
    let body = stage.body(&format!("{path}?{PERIOD}"), &key).await;
    let ana = json!({"id": "cl_ana", "email": "ana@ex.com", "name": "Ana Ruiz", "identified_by": "email"});
    assert_eq!(
        body["data"],
        json!([
            {"client": null, "first_at": "2026-05-03T05:00:00.000000Z", "last_at": "2026-05-03T05:20:00.000000Z", "visits": 1,
             "views": 1, "plays": 0, "link_opens": 1, "favorites": 0, "attempts": 1, "downloads": 1, "unique_downloads": 1,
             "deliveries": 1},
            {"client": ana, "first_at": "2026-05-02T10:00:00.000000Z", "last_at": "2026-05-02T14:00:00.000000Z", "visits": 1,
             "views": 2, "plays": 0, "link_opens": 0, "favorites": 1, "attempts": 2, "downloads": 1, "unique_downloads": 1,
             "deliveries": 2},
        ])
    );
    let expected = json!({"clients": 1, "visits": 2, "views": 3, "plays": 0, "link_opens": 1, "favorites": 1, "attempts": 3,
                          "downloads": 2, "unique_downloads": 2, "deliveries": 3});
    assert_eq!(body["summary"], expected);
    let first = |body: &Value| body["data"][0]["client"]["id"].clone();
    assert_eq!(first(&stage.body(&format!("{path}?sort=-views"), &key).await), "cl_ana");
    let only = stage.body(&format!("{path}?client_id=cl_ana"), &key).await;
    assert_eq!((first(&only), &only["meta"]["total"]), ("cl_ana".into(), &1.into()));
    stage.assert_pages(&path, &key).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_111_the_timeline_of_a_client() {
    let (stage, key, [half, whole]) = story("timeline").await;
    let path = format!("/collections/{COLLECTION}/clients/cl_ana/timeline");
    let body = stage.body(&path, &key).await;
    let shown: Vec<Value> = body["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| json!([entry["at"].as_str().unwrap()[11..16], entry["type"], entry["media_id"], entry["status"]]))
        .collect();
    let expected = json!([
        ["15:00", "shared", 11, null],
        ["14:00", "unfavorited", 12, null],
        ["14:00", "looked", null, null],
        ["13:01", "favorited", 12, null],
        ["13:00", "favorited", 11, null],
        ["12:00", "downloaded", 11, "completed"],
        ["11:00", "downloaded", null, "partial"],
    ]);
    assert_eq!(Value::from(shown), expected);
    let looked = &body["data"][2];
    let counts = [&looked["visits"], &looked["views"], &looked["plays"], &looked["link_opens"]];
    assert_eq!(counts, [1, 2, 0, 0]);
    assert_eq!((&body["data"][5]["download_id"], &body["data"][6]["download_id"]), (&whole.into(), &half.into()));
    assert_eq!((&body["data"][0]["link_id"], &body["data"][1]["list_id"]), (&"sl_1".into(), &"fl_1".into()));
    let summary = json!({"looked": 1, "downloaded": 2, "favorited": 2, "unfavorited": 1, "shared": 1});
    assert_eq!(body["summary"], summary);
    stage.assert_totals(&path, &key, &[("from=2026-05-02T13:30:00Z", 3), ("to=2026-05-02T11:00:00Z", 0)]).await;
    stage.assert_pages(&path, &key).await;
    for format in ["json", "csv"] {
        let unknown = format!("/collections/{COLLECTION}/clients/cl_nobody/timeline?format={format}");
        assert_eq!(stage.json(&unknown, &key).await.0, 404, "{format}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_112_a_download_and_what_arrived_of_each_item() {
    let (stage, key, [half, _]) = story("proof").await;
    let detail = stage.body(&format!("/downloads/{half}"), &key).await["data"].clone();
    let listed = stage.body(&format!("/collections/{COLLECTION}/downloads?include=filtered"), &key).await;
    let mut row = listed["data"].as_array().unwrap().iter().find(|row| row["id"] == half.as_str()).unwrap().clone();
    row["collection_id"] = COLLECTION.into();
    row["history"] = json!([{"at": "2026-05-02T11:00:01.000000Z", "range_start": 0, "range_end": 149, "body_bytes": 150,
                             "http_status": 206, "end_reason": "ok"}]);
    assert_eq!(detail, row);
    let body = stage.body(&format!("/downloads/{half}/items"), &key).await;
    let item = |id: u64, kind: &str, status: &str, completed_at: Value, format: &str, delivered: u64, percent: f64| {
        json!({"media": {"id": id, "type": kind, "gallery_id": 5, "gallery_name": "Gallery 5", "filename": format!("{id}.jpg")},
               "status": status, "completed_at": completed_at,
               "file": {"rendition": "original", "format": format, "size_bytes": 100},
               "delivered_bytes": delivered, "percent": percent})
    };
    let items = json!([
        item(11, "photo", "completed", "2026-05-02T11:00:01.000000Z".into(), "jpeg", 100, 100.0),
        item(12, "photo", "partial", Value::Null, "jpeg", 50, 50.0),
        item(13, "video", "partial", Value::Null, "jpeg", 0, 0.0),
    ]);
    assert_eq!(body["data"], items);
    let summary = json!({"items": 3, "completed": 1, "size_bytes": 300, "delivered_bytes": 150});
    assert_eq!(body["summary"], summary);
    for (sort, is_reversed) in [("media", false), ("occurred_at", false), ("-media", true)] {
        let mut sorted = stage.body(&format!("/downloads/{half}/items?sort={sort}"), &key).await["data"].clone();
        let rows = sorted.as_array_mut().unwrap();
        if is_reversed {
            rows.reverse();
        }
        assert_eq!(sorted, items, "by {sort}");
    }
    stage.assert_pages(&format!("/downloads/{half}/items"), &key).await;
    let other = stage.known_key(Accounts::one(2), &Scope::ALL).await;
    for path in [format!("/downloads/{half}"), format!("/downloads/{half}/items?format=csv")] {
        assert_eq!(stage.json(&path, &other).await.0, 404, "{path}");
    }
    let unknown = format!("/downloads/{}", uuid::Uuid::nil());
    assert_eq!(stage.json(&unknown, &key).await.0, 404);
    assert_eq!(stage.json("/downloads/seven", &key).await.0, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_113_everything_of_one_photo() {
    let (stage, key, _) = story("photo_stats").await;
    let body = stage.body("/photos/11/stats", &key).await;
    assert_eq!(
        body["data"],
        json!({
            "photo": {"id": 11, "type": "photo", "collection": {"id": COLLECTION, "name": "Smith Wedding"}, "gallery_id": 5,
                      "filename": "11.jpg", "format": "jpeg", "width": 6000, "height": 4000, "tags": ["couple"]},
            "starred_by_owner": false, "attempts": 3, "downloads": 3, "unique_downloads": 3, "clients": 1,
            "by_source": {"single": 2, "archive": 1}, "by_rendition": {"high_res": 2, "original": 1},
            "first_downloaded_at": "2026-05-02T11:00:00.000000Z", "last_downloaded_at": "2026-05-03T05:20:00.000000Z",
            "views": 2, "plays": 0, "favorites": 1, "favorite_clients": 1, "shares": 1, "link_opens": 1,
        })
    );
    let starred = stage.body("/photos/starred?media_id=11", &key).await["data"][0].clone();
    for (left, right) in
        [("downloads", "downloads"), ("views", "views"), ("shares", "shares"), ("favorites", "client_favorites")]
    {
        assert_eq!(body["data"][left], starred[right], "rule 88: {left}");
    }
    let day = stage.body("/photos/11/stats?from=2026-05-03T00:00:00Z&to=2026-05-04T00:00:00Z", &key).await;
    let of_day = |name: &str| day["data"][name].clone();
    assert_eq!([of_day("downloads"), of_day("favorites"), of_day("link_opens"), of_day("shares")], [1, 0, 1, 0]);
    assert_eq!(stage.json("/photos/999/stats", &key).await.0, 404);
}
