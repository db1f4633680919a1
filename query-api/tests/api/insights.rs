//! `/insights/content` and `/insights/store_candidates` over events written by hand.

use loupe_service::keys::{Accounts, Scope};
use serde_json::{Value, json};

use crate::happenings::{Asked, Happenings, of};
use crate::stage::{COLLECTION, Stage};

/// Views, plays, favourites and downloads of four media of the catalogue, and of one that it does not have.
pub(crate) async fn content(name: &str) -> (Stage, String) {
    let stage = Stage::new(name).await;
    let mut story = Happenings::default();
    story.collection(COLLECTION, "Smith Wedding", "2026-04-30T09:00:00Z");
    story.gallery(COLLECTION, 5, &[(11, "photo", 6, 4, &["wedding", "party"]), (12, "photo", 4, 6, &["wedding"])]);
    story.gallery(COLLECTION, 6, &[(13, "photo", 4, 4, &["party"]), (14, "video", 16, 9, &[])]);
    story.visit("2026-05-02T10:00:00Z", COLLECTION, "cl_ana", &[11]);
    story.visit("2026-05-02T11:00:00Z", COLLECTION, "vs_1", &[11]);
    story.visit("2026-05-02T11:30:00Z", COLLECTION, "robot", &[13]);
    let pair = [(11, "photo"), (12, "photo")];
    story.download("2026-05-02T12:00:00Z", COLLECTION, "cl_ana", &of("archive", "original", &pair), 200);
    story.download("2026-05-02T13:00:00Z", COLLECTION, "cl_bob", &of("photo", "web_640", &[(11, "photo")]), 100);
    story.download("2026-05-02T13:30:00Z", COLLECTION, "cl_bob", &of("photo", "web_640", &[(13, "photo")]), 10);
    story.favorite("2026-05-02T14:00:00Z", COLLECTION, "cl_ana", "fl_1", (19, "photo"));
    story.favorite("2026-05-02T14:00:01Z", COLLECTION, "cl_bob", "fl_2", (12, "photo"));
    story.visit("2026-05-05T10:00:00Z", COLLECTION, "cl_ana", &[13]);
    story.fold(&stage).await;
    let key = stage.known_key(Accounts::one(1), &Scope::ALL).await;
    (stage, key)
}

fn figures(own: Value, media: u64, views: u64, favorites: u64, downloads: u64, rate: Option<f64>, never: u64) -> Value {
    let figures = json!({
        "media": media, "views": views, "plays": 0, "favorites": favorites, "downloads": downloads,
        "downloads_per_100_media": rate, "never_touched": never
    });
    crate::stage::with(&own, figures)
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_127_content_is_grouped_and_rule_128_ranked() {
    let (stage, key) = content("content").await;
    let body = stage.body("/insights/content?from=2026-05-02T00:00:00Z&to=2026-05-03T00:00:00Z", &key).await;
    let gallery =
        |id: u64| json!({"collection_id": COLLECTION, "gallery_id": id, "gallery_name": format!("Gallery {id}")});
    let nowhere = json!({"collection_id": null, "gallery_id": null, "gallery_name": null});
    let kind = |kind: &str| json!({"kind": kind});
    let orientation = |orientation: &str| json!({"orientation": orientation});
    let collection = json!({"id": COLLECTION, "name": "Smith Wedding"});
    let top = |id: u64, kind: &str, gallery: Option<u64>, views: u64, favorites: u64, downloads: u64| {
        json!({"id": id, "kind": kind, "gallery_id": gallery, "filename": gallery.map(|_| format!("{id}.jpg")),
               "collection": collection, "views": views, "plays": 0, "favorites": favorites, "downloads": downloads})
    };
    let expected = json!({
        "totals": figures(json!({}), 4, 2, 2, 3, Some(75.0), 2),
        "by_tag": [
            figures(json!({"tag": "wedding"}), 2, 2, 1, 3, Some(150.0), 0),
            figures(json!({"tag": "party"}), 2, 2, 0, 2, Some(100.0), 1),
        ],
        "by_gallery": [
            figures(gallery(5), 2, 2, 1, 3, Some(150.0), 0),
            figures(nowhere, 0, 0, 1, 0, None, 0),
            figures(gallery(6), 2, 0, 0, 0, Some(0.0), 2),
        ],
        "by_kind": [
            figures(kind("photo"), 3, 2, 1, 3, Some(100.0), 1),
            figures(kind("video"), 1, 0, 0, 0, Some(0.0), 1),
            figures(kind("unknown"), 0, 0, 1, 0, None, 0),
        ],
        "by_orientation": [
            figures(orientation("landscape"), 2, 2, 0, 2, Some(100.0), 1),
            figures(orientation("portrait"), 1, 0, 1, 1, Some(100.0), 0),
            figures(orientation("square"), 1, 0, 0, 0, Some(0.0), 1),
            figures(orientation("unknown"), 0, 0, 1, 0, None, 0),
        ],
        "top": [
            top(11, "photo", Some(5), 2, 0, 2),
            top(12, "photo", Some(5), 0, 1, 1),
            top(19, "unknown", None, 0, 1, 0),
        ]
    });
    assert_eq!(body["data"], expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_127_content_agrees_with_the_lists_and_its_buckets_add_up() {
    let (stage, key) = content("content_sums").await;
    let data = stage.body("/insights/content", &key).await["data"].clone();
    for group in ["by_gallery", "by_kind", "by_orientation"] {
        for name in ["media", "views", "plays", "favorites", "downloads", "never_touched"] {
            let sum: u64 = data[group].as_array().unwrap().iter().map(|row| row[name].as_u64().unwrap()).sum();
            assert_eq!(data["totals"][name], sum, "{group}: {name}");
        }
    }
    assert_eq!(data["totals"]["never_touched"], 1, "13 was viewed later, 14 never");
    let path = |list: &str| format!("/collections/{COLLECTION}/{list}");
    let photos = stage.body(&path("photo_downloads"), &key).await["summary"]["downloads"].clone();
    let favorites = stage.body(&path("favorites"), &key).await["summary"]["favorites"].clone();
    assert_eq!((&data["totals"]["downloads"], &data["totals"]["favorites"]), (&photos, &favorites));
}

pub(crate) async fn prints(name: &str) -> (Stage, String) {
    let stage = Stage::new(name).await;
    let mut story = Happenings::default();
    let photos = [11, 12, 13, 15, 17].map(|id| (id, "photo", 6, 4, &["wedding"][..]));
    story.gallery(COLLECTION, 5, &photos);
    story.gallery(COLLECTION, 6, &[(14, "video", 16, 9, &[])]);
    let mut like = |who: &str, media: (u64, &str), list: &str, second: u64| {
        story.favorite(&format!("2026-05-02T12:00:{second:02}Z"), COLLECTION, who, list, media);
    };
    for (second, id) in (0..).zip([11, 12, 13, 15, 17]) {
        like("cl_ana", (id, "photo"), "fl_1", second);
    }
    like("cl_bob", (11, "photo"), "fl_2", 10);
    like("cl_bob", (13, "photo"), "fl_2", 11);
    like("cl_ana", (15, "photo"), "fl_3", 12);
    like("cl_ana", (14, "video"), "fl_1", 13);
    like("cl_bob", (14, "video"), "fl_2", 14);
    let mut take = |who: &str, id: u64, rendition: &str, minute: u64, paid: bool| {
        let media = [(id, "photo")];
        let asked = Asked { paid, ..of("photo", rendition, &media) };
        story.download(&format!("2026-05-02T13:{minute:02}:00Z"), COLLECTION, who, &asked, 100);
    };
    take("vs_1", 12, "high_res", 0, false);
    take("vs_2", 12, "original", 1, false);
    take("vs_2", 12, "web_640", 2, false);
    take("cl_ana", 13, "original", 3, true);
    take("vs_1", 16, "original", 4, false);
    take("vs_2", 16, "original", 5, false);
    take("vs_1", 17, "web_640", 6, false);
    take("vs_2", 17, "web_640", 7, false);
    take("robot", 17, "original", 8, false);
    story.fold(&stage).await;
    let key = stage.known_key(Accounts::one(1), &Scope::ALL).await;
    (stage, key)
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_125_candidates_are_loved_by_several_and_rule_126_scored() {
    let (stage, key) = prints("store_candidates").await;
    let body = stage.body("/insights/store_candidates", &key).await;
    let collection = json!({"id": COLLECTION, "name": null});
    let photo = |id: u64| json!({"id": id, "gallery_id": 5, "filename": format!("{id}.jpg"), "tags": ["wedding"]});
    let expected = json!([
        {"photo": photo(12), "collection": collection, "favorites": 1, "favorite_clients": 1,
         "last_favorited_at": "2026-05-02T12:00:01.000000Z", "downloads": 2, "downloaders": 2,
         "reasons": ["favorite_and_downloaded"], "score": 0.7, "rank": 1},
        {"photo": photo(11), "collection": collection, "favorites": 2, "favorite_clients": 2,
         "last_favorited_at": "2026-05-02T12:00:10.000000Z", "downloads": 0, "downloaders": 0,
         "reasons": ["several_clients"], "score": 0.6, "rank": 2},
    ]);
    assert_eq!(body["data"], expected);
    let summary = json!({"candidates": 2, "collections": 1, "several_clients": 1, "favorite_and_downloaded": 1});
    assert_eq!((&body["summary"], &body["meta"]["total"]), (&summary, &2.into()));
    let expected = [
        ("", 2),
        ("media_id=12,13,14,15,16,17", 1),
        ("gallery_id=5", 2),
        ("gallery_id=6", 0),
        ("from=2026-05-02T12:00:10Z", 1),
        ("to=2026-05-02T12:00:10Z", 1),
    ];
    stage.assert_totals("/insights/store_candidates", &key, &expected).await;
    stage.assert_pages("/insights/store_candidates", &key).await;
    let latest = stage.body("/insights/store_candidates?sort=-last_favorited_at&gallery_id=5", &key).await;
    assert_eq!((&latest["data"][0]["photo"]["id"], &latest["data"][0]["rank"]), (&11.into(), &2.into()));
}
