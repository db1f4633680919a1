//! `/clients/{id}/preferences` over events written by hand.

use loupe_service::keys::{Accounts, Scope};
use serde_json::{Value, json};

use crate::catalogue::ana;
use crate::happenings::{Happenings, later, of};
use crate::stage::{COLLECTION, Stage};

/// Ana's 24 deeds and Bob's 6.
pub(crate) async fn story(name: &str) -> (Stage, String) {
    let stage = Stage::new(name).await;
    let mut story = Happenings::default();
    story.ana(COLLECTION);
    story.gallery(COLLECTION, 5, &[(11, "photo", 6, 4, &["wedding", "party"]), (12, "photo", 4, 6, &["wedding"])]);
    story.gallery(COLLECTION, 6, &[(13, "photo", 4, 4, &["party"])]);
    for (second, media_id) in (0..).zip([11, 12, 13, 19]) {
        let at = later("2026-05-02T20:30:00Z", second);
        story.favorite(&at, COLLECTION, "cl_ana", "fl_1", (media_id, "photo"));
    }
    let pair = [(11, "photo"), (12, "photo")];
    for number in 0..10 {
        let rendition = if number < 8 { "original" } else { "web_2048" };
        let at = later("2026-05-02T08:00:00Z", number * 60);
        story.download(&at, COLLECTION, "cl_ana", &of("archive", rendition, &pair), 200);
    }
    story.favorite("2026-05-02T20:31:00Z", COLLECTION, "cl_bob", "fl_2", (13, "photo"));
    for number in 0..5 {
        let at = later("2026-05-02T08:30:00Z", number * 60);
        story.download(&at, COLLECTION, "cl_bob", &of("photo", "original", &[(13, "photo")]), 100);
    }
    // Neither what is filtered nor what did not arrive is a deed.
    story.download("2026-05-02T09:00:00Z", COLLECTION, "robot", &of("photo", "original", &[(13, "photo")]), 100);
    story.download("2026-05-02T09:10:00Z", COLLECTION, "cl_ana", &of("photo", "original", &[(13, "photo")]), 50);
    story.fold(&stage).await;
    let key = stage.known_key(Accounts::one(1), &Scope::ALL).await;
    (stage, key)
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_118_a_clients_shares_stand_beside_the_accounts() {
    let (stage, key) = story("preferences").await;
    let body = stage.body("/clients/cl_ana/preferences?tz=Europe/Berlin", &key).await;
    let hour = |hour: u64| match hour {
        10 => json!({"hour": 10, "deeds": 20, "share": 0.833, "lift": 1.0}),
        22 => json!({"hour": 22, "deeds": 4, "share": 0.167, "lift": 1.0}),
        _ => json!({"hour": hour, "deeds": 0, "share": 0.0, "lift": null}),
    };
    let expected = json!({
        "client": ana(), "timezone": "Europe/Berlin", "deeds": 24, "favorites": 4, "deliveries": 20,
        "suppressed": false,
        "by_gallery": [
            {"collection_id": COLLECTION, "gallery_id": 5, "gallery_name": "Gallery 5", "deeds": 22, "share": 0.917,
             "lift": 1.25},
            {"collection_id": null, "gallery_id": null, "gallery_name": null, "deeds": 1, "share": 0.042, "lift": 1.25},
            {"collection_id": COLLECTION, "gallery_id": 6, "gallery_name": "Gallery 6", "deeds": 1, "share": 0.042,
             "lift": 0.179},
        ],
        "by_tag": [
            {"tag": "wedding", "deeds": 22, "share": 0.917, "lift": 1.25},
            {"tag": "party", "deeds": 12, "share": 0.5, "lift": 0.833},
        ],
        "by_rendition": [
            {"rendition": "original", "deeds": 16, "share": 0.8, "lift": 0.952},
            {"rendition": "web_2048", "deeds": 4, "share": 0.2, "lift": 1.25},
        ],
        "by_hour": (0..24).map(hour).collect::<Value>(),
    });
    assert_eq!(body["data"], expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_119_few_deeds_have_no_shares() {
    let (stage, key) = story("preferences_few").await;
    let body = stage.body("/clients/cl_bob/preferences", &key).await;
    let bob = json!({"id": "cl_bob", "email": null, "name": null, "identified_by": "email"});
    let expected = json!({
        "client": bob, "timezone": "UTC", "deeds": 6, "favorites": 1, "deliveries": 5, "suppressed": true
    });
    assert_eq!(body["data"], expected);
    let one_short = stage.body("/clients/cl_ana/preferences?from=2026-05-02T08:01:00Z", &key).await;
    assert_eq!((&one_short["data"]["deeds"], &one_short["data"]["deliveries"]), (&22.into(), &18.into()));
    assert_eq!(one_short["data"]["suppressed"], false);
    assert!(one_short["data"].get("by_rendition").is_none(), "18 deliveries alone are too few");
    assert!(one_short["data"].get("by_tag").is_some());
    let none = stage.body("/clients/cl_ana/preferences?to=2026-05-02T08:00:00Z", &key).await;
    assert_eq!((&none["data"]["deeds"], &none["data"]["suppressed"]), (&0.into(), &true.into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_16_an_erased_client_is_found_by_their_place_alone() {
    let (stage, key) = story("preferences_erased").await;
    let mut erasure = Happenings::default();
    erasure.add("2026-05-03T00:00:00Z", COLLECTION, "owner", json!({"type": "ClientErased", "client_id": "cl_ana"}));
    erasure.fold(&stage).await;
    assert_eq!(stage.json("/clients/cl_ana/preferences", &key).await.0, 404);
    let downloads = stage.body(&format!("/collections/{COLLECTION}/downloads"), &key).await;
    let rows = downloads["data"].as_array().unwrap();
    let place = rows.iter().find_map(|row| row["client"]["id"].as_str().filter(|id| id.starts_with("cl_erased_")));
    let path = format!("/clients/{}/preferences", place.unwrap());
    let data = stage.body(&path, &key).await["data"].clone();
    let client = json!({"id": place, "email": null, "name": null, "identified_by": "email"});
    assert_eq!((&data["client"], &data["deeds"]), (&client, &24.into()), "no count changes");
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_118_a_client_who_did_nothing_here_is_not_found() {
    let (stage, key) = story("preferences_nobody").await;
    assert_eq!(stage.json("/clients/cl_eve/preferences", &key).await.0, 404);
    assert_eq!(stage.json("/clients/vs_1/preferences", &key).await.0, 404, "a visitor is no client");
    let stranger = stage.known_key(Accounts::one(2), &Scope::ALL).await;
    assert_eq!(stage.json("/clients/cl_ana/preferences", &stranger).await.0, 404);
    let plain = stage.known_key(Accounts::one(1), &[Scope::AnalyticsRead]).await;
    let body = stage.body("/clients/cl_ana/preferences", &plain).await;
    assert_eq!(body["data"]["client"]["email"], "a***@ex.com");
}
