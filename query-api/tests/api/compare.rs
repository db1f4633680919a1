//! `/analytics/compare` over events written by hand.

use loupe_service::keys::{Accounts, Scope};
use serde_json::{Value, json};

use crate::portfolio::{OTHER, PERIOD, baptism, both, story, wedding};
use crate::stage::COLLECTION;

#[tokio::test(flavor = "multi_thread")]
async fn rule_117_collections_stand_side_by_side_with_shares_and_indexes() {
    let (stage, key) = story("compare").await;
    let body = stage.body(&format!("/analytics/compare?{PERIOD}&ids={OTHER},{COLLECTION}"), &key).await;
    let expected = json!([
        {
            "collection": {"id": OTHER, "name": "Baptism"}, "published_at": "2026-05-01T09:00:00.000000Z",
            "figures": baptism(),
            "share": {
                "visits": 0.667, "views": 0.333, "plays": null, "link_opens": 0.0, "favorites": 1.0, "attempts": 0.25,
                "downloads": 0.333, "by_type": {"photo": 0.0, "video": 1.0, "archive": null}, "unique_downloads": 0.5,
                "deliveries": {"photos": 0.0, "videos": 1.0}, "transferred_bytes": 0.222, "clients": 0.667
            },
            "index": {
                "visits": 1.333, "views": 0.667, "plays": null, "link_opens": 0.0, "favorites": 2.0, "attempts": 0.5,
                "downloads": 0.667, "by_type": {"photo": 0.0, "video": 2.0, "archive": null}, "unique_downloads": 1.0,
                "deliveries": {"photos": 0.0, "videos": 2.0}, "transferred_bytes": 0.444, "clients": 1.333
            }
        },
        {
            "collection": {"id": COLLECTION, "name": "Smith Wedding"}, "published_at": "2026-04-30T09:00:00.000000Z",
            "figures": wedding(),
            "share": {
                "visits": 0.333, "views": 0.667, "plays": null, "link_opens": 1.0, "favorites": 0.0, "attempts": 0.75,
                "downloads": 0.667, "by_type": {"photo": 1.0, "video": 0.0, "archive": null}, "unique_downloads": 0.5,
                "deliveries": {"photos": 1.0, "videos": 0.0}, "transferred_bytes": 0.778, "clients": 0.333
            },
            "index": {
                "visits": 0.667, "views": 1.333, "plays": null, "link_opens": 2.0, "favorites": 0.0, "attempts": 1.5,
                "downloads": 1.333, "by_type": {"photo": 2.0, "video": 0.0, "archive": null}, "unique_downloads": 1.0,
                "deliveries": {"photos": 2.0, "videos": 0.0}, "transferred_bytes": 1.556, "clients": 0.667
            }
        }
    ]);
    assert_eq!(body["data"], expected);
    let summary = json!({"collections": 2, "active_collections": 2, "figures": both()});
    assert_eq!(body["summary"], summary, "a client of both is one");
    let csv = stage.get(&format!("/analytics/compare?{PERIOD}&ids={OTHER},{COLLECTION}&format=csv"), &key);
    let csv = csv.send().await.unwrap().text().await.unwrap();
    let lines: Vec<&str> = csv.lines().collect();
    assert!(
        lines[0].starts_with("collection_id,collection_name,published_at,figures_visits,share_visits,index_visits")
    );
    assert!(lines.len() == 3 && lines[1].starts_with("78,Baptism,2026-05-01T09:00:00.000000Z,2,0.667,1.333"), "{csv}");
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_117_without_ids_those_with_the_most_downloads_are_compared() {
    let (stage, key) = story("compare_all").await;
    let body = stage.body(&format!("/analytics/compare?{PERIOD}"), &key).await;
    let ids: Vec<&Value> = body["data"].as_array().unwrap().iter().map(|row| &row["collection"]["id"]).collect();
    assert_eq!(ids, [COLLECTION, OTHER, 79]);
    assert_eq!(body["data"][0]["index"]["downloads"], 2.0, "two of three, times three");
    let stranger = stage.known_key(Accounts::one(2), &Scope::ALL).await;
    let body = stage.body("/analytics/compare", &stranger).await;
    assert_eq!((&body["data"], &body["summary"]["collections"]), (&json!([]), &0.into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_compared_is_refused() {
    let (stage, key) = story("compare_wrong").await;
    let many: Vec<String> = (1..=21).map(|id: u64| id.to_string()).collect();
    for ids in ["77", "77,77", "77,x", "77,", &many.join(",")] {
        let (status, body) = stage.json(&format!("/analytics/compare?ids={ids}"), &key).await;
        assert_eq!((status, &body["error"]["details"]["parameter"]), (400, &"ids".into()), "{ids}: {body}");
    }
    assert_eq!(stage.json("/analytics/compare?ids=77,999", &key).await.0, 404, "unknown");
    let stranger = stage.known_key(Accounts::one(2), &Scope::ALL).await;
    assert_eq!(stage.json("/analytics/compare?ids=77,78", &stranger).await.0, 404, "another account's");
}
