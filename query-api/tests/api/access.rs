//! Who may ask what, and what a key without a scope does not see.

use loupe_service::keys::{Accounts, Scope};
use serde_json::json;

use crate::happenings::Happenings;
use crate::stage::{COLLECTION, Stage};

const READS: [(&str, Scope); 6] = [
    ("photo_downloads", Scope::DownloadsRead),
    ("gallery_video_downloads", Scope::DownloadsRead),
    ("downloads", Scope::DownloadsRead),
    ("photo_sharing_links", Scope::LinksRead),
    ("favorites", Scope::FavoritesRead),
    ("starred", Scope::FavoritesRead),
];

fn path(list: &str, collection: u64) -> String {
    match list {
        "starred" => "/photos/starred".to_owned(),
        _ => format!("/collections/{collection}/{list}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_102_another_accounts_collection_does_not_exist() {
    let stage = Stage::new("tenancy").await;
    stage.favorites(0, 1).await;
    let other = stage.known_key(Accounts::one(2), &Scope::ALL).await;
    for (list, _) in READS.iter().filter(|(list, _)| *list != "starred") {
        assert_eq!(stage.json(&path(list, COLLECTION), &other).await.0, 404, "{list} of another account");
        assert_eq!(stage.json(&path(list, 1), &other).await.0, 404, "{list} of nobody");
        let (status, body) = stage.json(&format!("{}?account_id=1", path(list, COLLECTION)), &other).await;
        assert_eq!(status, 404, "{body}");
    }
    let (_, starred) = stage.json("/photos/starred", &other).await;
    assert_eq!(starred["meta"]["total"], 0);
    let wrong = stage.json("/collections/seven/favorites", &other).await;
    assert_eq!((wrong.0, &wrong.1["error"]["details"]["parameter"]), (400, &"collection_id".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_102_a_collection_exists_beyond_its_events() {
    // Rows that name people may be kept for longer than numbers or for shorter, what is current is kept for good.
    let gone: [(&[&str], _); 3] = [
        (&["identity_daily", "link_visitors"], [true; 4]),
        (&["collection_quarter_hourly", "link_daily"], [true, true, false, false]),
        (&["collection_quarter_hourly", "link_daily", "identity_daily"], [false, true, false, false]),
    ];
    for (number, (tables, exist)) in gone.into_iter().enumerate() {
        let stage = Stage::new(&format!("expired_{number}")).await;
        let mut story = Happenings::default();
        let opened = |opener: &str| json!({"type": "LinkOpened", "link_id": "sl_1", "opener": opener});
        story.visit("2026-05-01T10:00:00Z", 1, "vs_1", &[]);
        story.add("2026-05-01T10:00:00Z", 2, "vs_1", opened("human"));
        story.add("2026-05-01T10:00:00Z", 3, "vs_1", opened("preview"));
        let preview = json!({
            "type": "TransferSegment", "method": "GET", "status": 200, "object_bytes": 9, "body_bytes": 9,
            "completed": true, "end_reason": "ok", "ttfb_us": 1, "duration_us": 1, "purpose": "preview",
        });
        story.add("2026-05-01T10:00:00Z", 4, "vs_1", preview);
        story.fold(&stage).await;
        for table in tables.iter().chain(&["events"]) {
            stage.sql(&format!("TRUNCATE TABLE {table}")).await;
        }
        let key = stage.known_key(Accounts::one(1), &Scope::ALL).await;
        for (collection, exists) in (1..).zip(exist) {
            let (status, _) = stage.json(&format!("/collections/{collection}/analytics"), &key).await;
            assert_eq!(status, if exists { 200 } else { 404 }, "{collection} without {tables:?}");
        }
        let portfolio = stage.body("/analytics/portfolio", &key).await;
        let counted = exist.iter().filter(|exists| **exists).count();
        assert_eq!(portfolio["data"]["collections"], counted, "rule 115: without {tables:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_all_accounts_names_the_one_it_asks_about() {
    let stage = Stage::new("all_accounts").await;
    stage.favorites(0, 1).await;
    let all = stage.known_key(Accounts::All, &Scope::ALL).await;
    let (status, body) = stage.json(&path("favorites", COLLECTION), &all).await;
    assert_eq!((status, &body["error"]["details"]["parameter"]), (400, &"account_id".into()));
    let asked = format!("{}?account_id=1", path("favorites", COLLECTION));
    assert_eq!(stage.json(&asked, &all).await.1["meta"]["total"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_list_needs_its_scope_and_a_key() {
    let stage = Stage::new("scopes").await;
    stage.favorites(0, 1).await;
    for (list, scope) in READS {
        let others: Vec<Scope> = Scope::ALL.into_iter().filter(|other| *other != scope).collect();
        let (with, without) =
            (stage.known_key(Accounts::one(1), &[scope]).await, stage.known_key(Accounts::one(1), &others).await);
        let path = path(list, COLLECTION);
        assert_eq!(stage.json(&path, &with).await.0, 200, "{list}");
        let (status, body) = stage.json(&path, &without).await;
        assert_eq!((status, &body["error"]["details"]["required_scope"]), (403, &scope.as_str().into()), "{list}");
        assert_eq!(stage.json(&path, "lp_nobody").await.0, 401, "{list}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_and_links_are_masked_without_their_scopes() {
    let stage = Stage::new("masks").await;
    stage.favorites(0, 1).await;
    stage
        .sql("INSERT INTO clients (account_id, client_id, email, name, version) VALUES (1, 'cl_1', 'ana@ex.com', 'Ana', 1)")
        .await;
    stage
        .sql(&format!(
            "INSERT INTO share_links (account_id, collection_id, link_id, created, terms, revoked_at) SELECT 1, \
             {COLLECTION}, 'sl_1', (toDateTime64('2026-05-02 12:00:00', 6, 'UTC'), 1, 5, 'https://g.example/s/7Hk2', \
             'cl_1', 'email'), (toDateTime64('2026-05-02 12:00:00', 6, 'UTC'), 1, -1, '{{}}'), \
             toDateTime64('2299-12-31 00:00:00', 6, 'UTC')"
        ))
        .await;
    let reads = [Scope::FavoritesRead, Scope::LinksRead];
    let plain = stage.known_key(Accounts::one(1), &reads).await;
    let full =
        stage.known_key(Accounts::one(1), &[&reads[..], &[Scope::ClientsPii, Scope::LinksSecret]].concat()).await;
    for (key, email, url) in
        [(&plain, "a***@ex.com", "https://g.example/***"), (&full, "ana@ex.com", "https://g.example/s/7Hk2")]
    {
        let (_, favorites) = stage.json(&path("favorites", COLLECTION), key).await;
        assert_eq!(favorites["data"][0]["client"]["email"], email);
        let (_, links) = stage.json(&path("photo_sharing_links", COLLECTION), key).await;
        assert_eq!((&links["data"][0]["url"], &links["data"][0]["created_by"]["email"]), (&url.into(), &email.into()));
        let csv = stage.get(&format!("{}?format=csv", path("photo_sharing_links", COLLECTION)), key);
        let csv = csv.send().await.unwrap().text().await.unwrap();
        assert!(csv.contains(url) && csv.contains(email), "{csv}");
        assert_eq!(csv.contains("7Hk2"), key == &full);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_16_an_erased_client_is_a_random_id_and_nothing_else() {
    let stage = Stage::new("erased").await;
    stage.favorites(0, 2).await;
    stage
        .sql(
            "INSERT INTO erasures (account_id, client_hash, erased) SELECT 1, xxh3_128('cl_1'), \
             (toDateTime64('2026-05-03 12:00:00', 6, 'UTC'), 7)",
        )
        .await;
    let key = stage.known_key(Accounts::one(1), &Scope::ALL).await;
    let place = format!("cl_erased_{:032x}", 7);
    let (_, body) = stage.json(&path("favorites", COLLECTION), &key).await;
    let client = serde_json::json!({"id": place, "email": null, "name": null, "identified_by": "email"});
    assert_eq!(body["data"][0]["client"], client);
    assert_eq!(body["summary"]["by_client"], serde_json::json!([{"client": client, "favorites": 2}]));
    assert_eq!(body["summary"]["clients"], 1, "no count changes");
    for (asked, total) in [(place.as_str(), 2), ("cl_1", 0), ("cl_2", 0)] {
        let (_, body) = stage.json(&format!("{}?client_id={asked}", path("favorites", COLLECTION)), &key).await;
        assert_eq!(body["meta"]["total"], total, "{asked}");
    }
}
