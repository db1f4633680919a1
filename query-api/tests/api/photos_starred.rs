//! `/photos/starred` over rows written by hand.

use loupe_service::keys::{Accounts, Scope};
use serde_json::{Value, json};

use crate::catalogue;
use crate::happenings::Happenings;
use crate::stage::{COLLECTION, Stage, with};

const OTHER: u64 = 78;

fn row(collection: u64, own: Value) -> Value {
    with(&json!({"account_id": 1, "collection_id": collection}), own)
}

fn favorite(collection: u64, list: &str, media_id: u64, at: &str, client: &str, kind: &str) -> Value {
    let at = format!("2026-05-{at}.000000");
    row(collection, json!({"list_id": list, "media_id": media_id, "added": [at, media_id, client, "email", kind]}))
}

fn star(collection: u64, media_id: u64, at: &str) -> Value {
    row(collection, json!({"media_id": media_id, "starred": [format!("2026-05-{at}.000000"), media_id]}))
}

async fn story(name: &str) -> (Stage, String) {
    let stage = Stage::new(name).await;
    catalogue::insert(&stage).await;
    let published = json!({"name": "Smith Wedding", "published_at": "2026-05-01 00:00:00.000000", "version": 1});
    stage.insert("collections", &[row(COLLECTION, published)]).await;
    let upserts = [(COLLECTION, "2026-04-01"), (OTHER, "2026-05-02")];
    let upserts = upserts.map(|(id, day)| {
        let at = format!("{day} 00:00:00.000000");
        row(id, json!({"first_upserted_at": at, "latest": [at, 1, -1]}))
    });
    stage.insert("collection_first_upserts", &upserts).await;
    let unstarred = json!({"media_id": 732, "unstarred": ["2026-05-02 11:00:00.000000", 9]});
    let stars =
        [star(COLLECTION, 731, "02 10:00:00"), star(COLLECTION, 732, "02 10:00:00"), star(OTHER, 741, "03 09:00:00")];
    stage.insert("stars", &stars).await;
    stage.insert("stars", &[row(COLLECTION, unstarred)]).await;
    let removed = json!({"list_id": "fl_3", "media_id": 731, "removed": ["2026-05-02 23:00:00.000000", 9]});
    let favorites = [
        favorite(COLLECTION, "fl_1", 731, "02 20:30:00", "cl_ana", "photo"),
        favorite(COLLECTION, "fl_2", 731, "02 21:30:00", "cl_bob", "photo"),
        favorite(COLLECTION, "fl_3", 731, "02 22:30:00", "cl_bob", "photo"),
        favorite(COLLECTION, "fl_1", 732, "03 20:30:00", "cl_ana", "photo"),
        favorite(COLLECTION, "fl_1", 881, "03 20:30:00", "cl_ana", "video"),
        favorite(OTHER, "fl_9", 742, "02 03:00:00", "cl_ana", "photo"),
    ];
    stage.insert("favorites", &favorites).await;
    stage.insert("favorites", &[row(COLLECTION, removed)]).await;
    let daily = |media_id: u64, day: &str, rendition: &str, downloads: u64, views: u64| {
        row(
            COLLECTION,
            json!({"media_id": media_id, "day": day, "rendition": rendition, "downloads": downloads,
                               "views": views, "version": 1}),
        )
    };
    let days = [
        daily(731, "2026-05-02", "high_res", 8, 0),
        daily(731, "2026-05-03", "web_640", 2, 0),
        daily(731, "2026-05-03", "", 0, 100),
        daily(732, "2026-05-02", "high_res", 5, 0),
    ];
    stage.insert("media_daily", &days).await;
    let link = |id: &str| {
        row(
            COLLECTION,
            json!({
                "link_id": id, "created": ["2026-05-02 10:00:00.000000", 1, 731, "https://g.example/s/1", "", "none"]
            }),
        )
    };
    stage.insert("share_links", &[link("sl_1"), link("sl_2")]).await;
    let key = stage.known_key(Accounts::one(1), &[Scope::FavoritesRead]).await;
    (stage, key)
}

#[tokio::test(flavor = "multi_thread")]
async fn photos_starred_show_every_field() {
    let (stage, key) = story("star_fields").await;
    let body = stage.body("/photos/starred", &key).await;
    let ids: Vec<&Value> = body["data"].as_array().unwrap().iter().map(|row| &row["photo"]["id"]).collect();
    assert_eq!(ids, [732, 741, 731, 742], "rule 2: by the later of both times");
    let starred = json!({
        "photo": {"id": 731, "collection_id": COLLECTION, "collection_name": "Smith Wedding", "gallery_id": 12,
                  "filename": "DSC_0412.jpg", "tags": ["wedding", "party"]},
        "starred_by_owner": true, "starred_at": "2026-05-02T10:00:00.000000Z", "client_favorites": 2,
        "last_favorited_at": "2026-05-02T21:30:00.000000Z", "downloads": 10, "shares": 2, "views": 100,
        "popularity": {"score": 1.0, "rank": 1}
    });
    assert_eq!(body["data"][2], starred, "rules 87 to 89");
    let liked = json!({
        "photo": {"id": 742, "collection_id": OTHER, "collection_name": null, "gallery_id": null, "filename": null,
                  "tags": null},
        "starred_by_owner": false, "starred_at": null, "client_favorites": 1,
        "last_favorited_at": "2026-05-02T03:00:00.000000Z", "downloads": 0, "shares": 0, "views": 0,
        "popularity": {"score": 0.2, "rank": 3}
    });
    assert_eq!(body["data"][3], liked, "rules 87 and 95");
    assert_eq!(body["data"][0]["popularity"], json!({"score": 0.35, "rank": 2}));
    assert_eq!(body["data"][1]["popularity"], json!({"score": 0.0, "rank": 4}));
}

#[tokio::test(flavor = "multi_thread")]
async fn photos_starred_are_analysed() {
    let (stage, key) = story("star_analytics").await;
    let body = stage.body("/photos/starred?tz=Europe/Berlin", &key).await;
    let hours = [(5, 1), (22, 2), (23, 1)];
    let hour = |hour: u64| {
        let favorites = hours.iter().find(|(known, _)| *known == hour).map_or(0, |(_, favorites)| *favorites);
        json!({"hour": hour, "favorites": favorites})
    };
    let weekday = |weekday: &str| {
        let favorites = match weekday {
            "sat" => 3,
            "sun" => 1,
            _ => 0,
        };
        json!({"weekday": weekday, "favorites": favorites})
    };
    let weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map(weekday);
    let popular = [(731, 1.0), (732, 0.35), (742, 0.2), (741, 0.0)];
    let popular = popular.map(|(id, score)| json!({"photo_id": id, "score": score}));
    let analytics = json!({
        "collections": [
            {"collection_id": COLLECTION, "starred": 1, "client_favorites": 3, "favorite_rate": 0.667},
            {"collection_id": OTHER, "starred": 1, "client_favorites": 1, "favorite_rate": null}
        ],
        "popular": popular,
        "engagement_patterns": {
            "timezone": "Europe/Berlin",
            "by_hour": (0..24).map(hour).collect::<Value>(),
            "by_weekday": weekdays,
            "median_hours_publish_to_first_favorite": 23.8, "repeat_clients": 1,
            "by_tag": [{"tag": "wedding", "favorites": 3}, {"tag": "party", "favorites": 2}]
        }
    });
    assert_eq!(body["analytics"], analytics, "rules 89 to 92");
    let owned = stage.body("/photos/starred?by=owner&media_id=731", &key).await;
    assert_eq!(owned["analytics"]["engagement_patterns"]["repeat_clients"], 0, "rule 3: of the selected rows");
    assert_eq!(owned["analytics"]["collections"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_94_a_deleted_collection_was_published_when_it_was() {
    const UNNAMED: u64 = 79;
    const UNKNOWN: u64 = 80;
    let stage = Stage::new("star_deleted").await;
    let mut story = Happenings::default();
    let upserted = json!({"type": "CollectionUpserted", "name": "Smith Wedding"});
    let published = with(&upserted, json!({"published_at": "2026-05-03T00:00:00Z"}));
    story.add("2026-04-30T00:00:00Z", COLLECTION, "owner", upserted.clone());
    story.add("2026-05-01T00:00:00Z", COLLECTION, "owner", published);
    story.add("2026-05-02T00:00:00Z", UNNAMED, "owner", upserted);
    story.favorite("2026-05-04T00:00:00Z", COLLECTION, "cl_ana", "fl_1", (11, "photo"));
    story.favorite("2026-05-04T00:00:00Z", UNKNOWN, "cl_ana", "fl_1", (21, "photo"));
    story.fold(&stage).await;
    // Deleted before there was a note of what that takes: as it was answered ever since.
    let deleted = json!({"occurred_at": "2026-05-02 00:00:00.000000", "version": 9, "is_deleted": 1});
    stage.insert("collections", &[row(OTHER, deleted)]).await;
    let first = json!({"first_upserted_at": "2026-05-01 00:00:00.000000"});
    stage.insert("collection_first_upserts", &[row(OTHER, first)]).await;
    let key = stage.known_key(Accounts::one(1), &Scope::ALL).await;
    let told = async || {
        let list = stage.body("/analytics/collections?sort=published_at", &key).await;
        let times: Vec<Value> = list["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| json!([row["collection"]["id"], row["collection"]["name"], row["published_at"]]))
            .collect();
        let starred = stage.body("/photos/starred", &key).await;
        (times, starred["analytics"]["engagement_patterns"]["median_hours_publish_to_first_favorite"].clone())
    };
    let expected = |name: Option<&str>| {
        let times = vec![
            json!([UNKNOWN, null, null]),
            json!([OTHER, null, "2026-05-01T00:00:00.000000Z"]),
            json!([UNNAMED, name, "2026-05-02T00:00:00.000000Z"]),
            json!([COLLECTION, name, "2026-05-03T00:00:00.000000Z"]),
        ];
        (times, json!(24.0))
    };
    assert_eq!(told().await, expected(Some("Smith Wedding")));
    let mut end = Happenings::default();
    for collection in [COLLECTION, UNNAMED] {
        end.add("2026-06-01T00:00:00Z", collection, "owner", json!({"type": "CollectionDeleted"}));
    }
    end.fold(&stage).await;
    assert_eq!(told().await, expected(None));
}

#[tokio::test(flavor = "multi_thread")]
async fn photos_starred_are_selected_by_every_parameter() {
    let (stage, key) = story("star_filters").await;
    let expected = [
        ("", 4),
        ("by=any", 4),
        ("by=owner", 2),
        ("by=clients", 3),
        ("media_id=731,742", 2),
        ("gallery_id=12", 1),
        ("gallery_id=12,13", 2),
        ("from=2026-05-02T21:30:00Z&to=2026-05-03T20:30:00Z", 2),
    ];
    stage.assert_totals("/photos/starred", &key, &expected).await;
    stage.assert_pages("/api/v1/photos/starred", &key).await;
}
