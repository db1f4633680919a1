//! `/analytics/portfolio` and `/analytics/collections` over events written by hand.

use loupe_service::keys::{Accounts, Scope};
use serde_json::{Value, json};

use crate::happenings::{Happenings, of};
use crate::stage::{COLLECTION, Stage};

pub(crate) const OTHER: u64 = 78;
const IDLE: u64 = 79;
pub(crate) const PERIOD: &str = "from=2026-05-02T00:00:00Z&to=2026-05-04T00:00:00Z";

/// A wedding and a baptism in two days, a little of the wedding in the two days before, and a collection where nothing
/// ever happened.
pub(crate) async fn story(name: &str) -> (Stage, String) {
    let stage = Stage::new(name).await;
    let mut story = Happenings::default();
    story.collection(COLLECTION, "Smith Wedding", "2026-04-30T09:00:00Z");
    story.collection(OTHER, "Baptism", "2026-05-01T09:00:00Z");
    story.collection(IDLE, "Attic", "2026-04-02T09:00:00Z");
    story.visit("2026-05-01T10:00:00Z", COLLECTION, "cl_ana", &[11]);
    story.download("2026-05-01T11:00:00Z", COLLECTION, "cl_ana", &of("photo", "web_640", &[(11, "photo")]), 100);
    story.visit("2026-05-02T10:00:00Z", COLLECTION, "cl_ana", &[11, 12]);
    for at in ["2026-05-02T11:00:00Z", "2026-05-02T12:00:00Z"] {
        story.download(at, COLLECTION, "cl_ana", &of("photo", "high_res", &[(11, "photo")]), 100);
    }
    // Half an archive: its first medium arrived.
    let archive = of("archive", "original", &[(11, "photo"), (12, "photo"), (13, "video")]);
    story.download("2026-05-03T09:00:00Z", COLLECTION, "vs_1", &archive, 150);
    story.link("2026-05-02T13:00:00Z", COLLECTION, "owner", "sl_1", json!({}));
    story.add(
        "2026-05-03T05:00:00Z",
        COLLECTION,
        "vs_2",
        json!({"type": "LinkOpened", "link_id": "sl_1", "opener": "human"}),
    );
    story.visit("2026-05-02T23:30:00Z", OTHER, "cl_ana", &[]);
    story.visit("2026-05-03T01:00:00Z", OTHER, "cl_bob", &[21]);
    story.favorite("2026-05-03T02:00:00Z", OTHER, "cl_bob", "fl_1", (21, "photo"));
    story.favorite("2026-05-03T02:10:00Z", OTHER, "cl_bob", "fl_2", (21, "photo"));
    let removed = json!({"type": "FavoriteRemoved", "list_id": "fl_2", "media_id": 21});
    story.add("2026-05-03T02:20:00Z", OTHER, "cl_bob", removed);
    story.download("2026-05-03T03:00:00Z", OTHER, "cl_bob", &of("video", "video_1080p", &[(22, "video")]), 100);
    // What rule 1 filters counts nowhere.
    story.visit("2026-05-03T04:00:00Z", OTHER, "robot", &[21]);
    story.download("2026-05-03T04:30:00Z", OTHER, "robot", &of("photo", "original", &[(21, "photo")]), 100);
    story.fold(&stage).await;
    let key = stage.known_key(Accounts::one(1), &Scope::ALL).await;
    (stage, key)
}

pub(crate) fn wedding() -> Value {
    json!({
        "visits": 1, "views": 2, "plays": 0, "link_opens": 1, "favorites": 0, "attempts": 3, "downloads": 2,
        "by_type": {"photo": 2, "video": 0, "archive": 0}, "unique_downloads": 1,
        "deliveries": {"photos": 3, "videos": 0}, "transferred_bytes": 350, "clients": 1
    })
}

pub(crate) fn baptism() -> Value {
    json!({
        "visits": 2, "views": 1, "plays": 0, "link_opens": 0, "favorites": 1, "attempts": 1, "downloads": 1,
        "by_type": {"photo": 0, "video": 1, "archive": 0}, "unique_downloads": 1,
        "deliveries": {"photos": 0, "videos": 1}, "transferred_bytes": 100, "clients": 2
    })
}

pub(crate) fn both() -> Value {
    json!({
        "visits": 3, "views": 3, "plays": 0, "link_opens": 1, "favorites": 1, "attempts": 4, "downloads": 3,
        "by_type": {"photo": 2, "video": 1, "archive": 0}, "unique_downloads": 2,
        "deliveries": {"photos": 3, "videos": 1}, "transferred_bytes": 450, "clients": 2
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_115_the_portfolio_is_all_collections_and_rule_116_the_period_before() {
    let (stage, key) = story("portfolio").await;
    let body = stage.body(&format!("/analytics/portfolio?{PERIOD}"), &key).await;
    let expected = json!({
        "collections": 3, "active_collections": 2, "figures": both(),
        "previous": {
            "from": "2026-04-30T00:00:00.000000Z", "to": "2026-05-02T00:00:00.000000Z", "active_collections": 1,
            "figures": {
                "visits": 1, "views": 1, "plays": 0, "link_opens": 0, "favorites": 0, "attempts": 1, "downloads": 1,
                "by_type": {"photo": 1, "video": 0, "archive": 0}, "unique_downloads": 1,
                "deliveries": {"photos": 1, "videos": 0}, "transferred_bytes": 100, "clients": 1
            }
        },
        "change": {
            "active_collections": 1.0,
            "figures": {
                "visits": 2.0, "views": 2.0, "plays": null, "link_opens": null, "favorites": null, "attempts": 3.0,
                "downloads": 2.0, "by_type": {"photo": 1.0, "video": null, "archive": null}, "unique_downloads": 1.0,
                "deliveries": {"photos": 2.0, "videos": null}, "transferred_bytes": 3.5, "clients": 1.0
            }
        }
    });
    assert_eq!(body["data"], expected);
    let open = stage.body("/analytics/portfolio?tz=Europe/Berlin", &key).await["data"].clone();
    assert_eq!((&open["previous"], &open["change"]), (&Value::Null, &Value::Null), "rule 116: without both bounds");
    assert_eq!((&open["figures"]["downloads"], &open["figures"]["clients"]), (&4.into(), &2.into()));
    let empty = stage.body("/analytics/portfolio?from=2026-05-02T00:00:00Z&to=2026-05-02T00:00:00Z", &key).await;
    assert_eq!((&empty["data"]["active_collections"], &empty["data"]["figures"]["visits"]), (&0.into(), &0.into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_114_bounds_inside_a_day_are_refused_and_named() {
    let stage = Stage::new("portfolio_grain").await;
    let key = stage.known_key(Accounts::one(1), &Scope::ALL).await;
    for path in ["/analytics/portfolio", "/analytics/collections", "/analytics/compare", "/insights/content"] {
        for (query, named) in [
            ("from=2026-05-02T12:00:00Z", "from"),
            ("from=2026-05-02T00:00:00Z&to=2026-05-03T00:00:00.000001Z", "to"),
            ("to=2026-05-03T00:00:00%2B02:00", "to"),
        ] {
            let (status, body) = stage.json(&format!("{path}?{query}"), &key).await;
            assert_eq!(
                (status, &body["error"]["details"]["parameter"]),
                (400, &named.into()),
                "{path}?{query}: {body}"
            );
            assert!(body["detail"].as_str().unwrap().contains("00:00 UTC"), "{body}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_114_collections_show_every_field_and_add_up() {
    let (stage, key) = story("portfolio_list").await;
    let body = stage.body(&format!("/analytics/collections?{PERIOD}"), &key).await;
    let expected = json!([
        {"collection": {"id": COLLECTION, "name": "Smith Wedding"}, "published_at": "2026-04-30T09:00:00.000000Z",
         "is_active": true, "first_activity_at": "2026-05-02T10:00:00.000000Z",
         "last_activity_at": "2026-05-03T09:00:00.000000Z", "figures": wedding()},
        {"collection": {"id": OTHER, "name": "Baptism"}, "published_at": "2026-05-01T09:00:00.000000Z",
         "is_active": true, "first_activity_at": "2026-05-02T23:30:00.000000Z",
         "last_activity_at": "2026-05-03T03:00:00.000000Z", "figures": baptism()},
        {"collection": {"id": IDLE, "name": "Attic"}, "published_at": "2026-04-02T09:00:00.000000Z",
         "is_active": false, "first_activity_at": null, "last_activity_at": null,
         "figures": {"visits": 0, "views": 0, "plays": 0, "link_opens": 0, "favorites": 0, "attempts": 0,
                     "downloads": 0, "by_type": {"photo": 0, "video": 0, "archive": 0}, "unique_downloads": 0,
                     "deliveries": {"photos": 0, "videos": 0}, "transferred_bytes": 0, "clients": 0}},
    ]);
    assert_eq!(body["data"], expected);
    assert_eq!(body["summary"], json!({"collections": 3, "active_collections": 2, "figures": both()}), "rule 115");
    assert_eq!(body["meta"]["total"], 3);
    let portfolio = stage.body(&format!("/analytics/portfolio?{PERIOD}"), &key).await;
    assert_eq!(body["summary"]["figures"], portfolio["data"]["figures"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_114_figures_are_those_of_the_lists() {
    let (stage, key) = story("portfolio_lists").await;
    let body = stage.body(&format!("/analytics/collections?{PERIOD}"), &key).await;
    for row in body["data"].as_array().unwrap() {
        let (id, figures) = (&row["collection"]["id"], &row["figures"]);
        let summary =
            async |list: &str| stage.body(&format!("/collections/{id}/{list}?{PERIOD}"), &key).await["summary"].clone();
        let downloads = summary("downloads").await;
        for name in ["attempts", "downloads", "unique_downloads", "by_type", "deliveries"] {
            assert_eq!(figures[name], downloads[name], "{id}: {name}");
        }
        assert_eq!(figures["transferred_bytes"], downloads["bandwidth"]["transferred_bytes"], "{id}");
        assert_eq!(figures["deliveries"]["photos"], summary("photo_downloads").await["downloads"], "{id}");
        assert_eq!(figures["deliveries"]["videos"], summary("gallery_video_downloads").await["downloads"], "{id}");
        assert_eq!(figures["favorites"], summary("favorites").await["favorites"], "{id}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn collections_are_sorted_by_every_field_and_paged() {
    let (stage, key) = story("portfolio_sorts").await;
    let ids = async |query: &str| -> Vec<u64> {
        let body = stage.body(&format!("/analytics/collections?{PERIOD}&{query}"), &key).await;
        body["data"].as_array().unwrap().iter().map(|row| row["collection"]["id"].as_u64().unwrap()).collect()
    };
    for (sort, expected) in [
        ("name", [IDLE, OTHER, COLLECTION]),
        ("-name", [COLLECTION, OTHER, IDLE]),
        ("downloads", [IDLE, OTHER, COLLECTION]),
        ("-visits", [OTHER, COLLECTION, IDLE]),
        ("-views", [COLLECTION, OTHER, IDLE]),
        ("-favorites", [OTHER, IDLE, COLLECTION]),
        ("-attempts", [COLLECTION, OTHER, IDLE]),
        ("unique_downloads", [IDLE, COLLECTION, OTHER]),
        ("-transferred_bytes", [COLLECTION, OTHER, IDLE]),
        ("-link_opens", [COLLECTION, IDLE, OTHER]),
        ("-clients", [OTHER, COLLECTION, IDLE]),
        ("-last_activity_at", [COLLECTION, OTHER, IDLE]),
        ("published_at", [IDLE, COLLECTION, OTHER]),
    ] {
        assert_eq!(ids(&format!("sort={sort}")).await, expected, "{sort}");
        let mut seen = Vec::new();
        let mut next = format!("/analytics/collections?{PERIOD}&sort={sort}&limit=1");
        loop {
            let body = stage.body(&next, &key).await;
            seen.push(body["data"][0]["collection"]["id"].as_u64().unwrap());
            let Some(cursor) = body["meta"]["next_cursor"].as_str() else { break };
            next = format!("/analytics/collections?{PERIOD}&sort={sort}&limit=1&cursor={cursor}");
        }
        assert_eq!(seen, expected, "{sort}, page by page");
    }
    stage.assert_pages("/analytics/collections", &key).await;
}
