//! `favorites` over rows written by hand.

use loupe_service::keys::{Accounts, Scope};
use serde_json::{Value, json};

use crate::catalogue::{self, ana};
use crate::stage::{COLLECTION, Stage, with};

fn favorite(list: &str, media_id: u64) -> Value {
    json!({"account_id": 1, "collection_id": COLLECTION, "list_id": list, "media_id": media_id})
}

fn at(hour: u32) -> String {
    format!("2026-05-02 {hour:02}:00:00.000000")
}

fn added(hour: u32, client_id: &str, by: &str, kind: &str) -> Value {
    json!({"added": [at(hour), hour, client_id, by, kind]})
}

/// A photo added, removed and added again with a note; a film on the same list; the photo on an anonymous visitor's
/// list; one added and removed; one only ever removed.
async fn story(name: &str) -> (Stage, String) {
    let stage = Stage::new(name).await;
    catalogue::insert(&stage).await;
    let rows = [
        with(&favorite("fl_1", 731), added(10, "cl_ana", "login", "photo")),
        with(&favorite("fl_1", 731), json!({"removed": [at(11), 11]})),
        with(&favorite("fl_1", 731), added(12, "cl_ana", "email", "photo")),
        with(&favorite("fl_1", 731), json!({"noted": [at(12), 12, "Please brighten"]})),
        with(&favorite("fl_1", 881), added(12, "cl_ana", "email", "video")),
        with(&favorite("fl_2", 731), added(14, "", "none", "photo")),
        with(&favorite("fl_2", 732), added(15, "cl_bob", "pin", "photo")),
        with(&favorite("fl_2", 732), json!({"removed": [at(16), 16]})),
        with(&favorite("fl_2", 733), json!({"removed": [at(16), 17]})),
    ];
    for row in rows {
        stage.insert("favorites", &[row]).await;
    }
    let list = json!({
        "account_id": 1, "collection_id": COLLECTION, "list_id": "fl_1", "state": [at(9), 1, "Album picks", 40],
        "submitted": [at(18), 5], "reopened": [at(17), 4]
    });
    stage.insert("favorite_lists", &[list]).await;
    let key = stage.known_key(Accounts::one(1), &Scope::ALL).await;
    (stage, key)
}

#[tokio::test(flavor = "multi_thread")]
async fn favorites_show_every_field_and_sum_up() {
    let (stage, key) = story("favorite_fields").await;
    let path = format!("/collections/{COLLECTION}/favorites");
    let body = stage.body(&format!("{path}?sort=favorited_at"), &key).await;
    let list = json!({"id": "fl_1", "name": "Album picks", "status": "submitted",
                      "submitted_at": "2026-05-02T18:00:00.000000Z", "selected": 2, "max_selections": 40});
    let first = json!({
        "id": "fv_fl_1_731", "list": list, "client": ana(),
        "media": {"type": "photo", "id": 731, "gallery_id": 12, "filename": "DSC_0412.jpg", "favorite_count": 2},
        "favorited_at": "2026-05-02T12:00:00.000000Z", "removed_at": null, "note": "Please brighten"
    });
    assert_eq!(body["data"][0], first, "rules 82, 85 and 86");
    assert_eq!(
        body["data"][1]["media"],
        json!({
            "type": "video", "id": 881, "gallery_id": 13, "filename": "film.mov", "favorite_count": 1
        })
    );
    let anonymous = &body["data"][2];
    assert_eq!((&anonymous["client"], &anonymous["note"]), (&Value::Null, &Value::Null));
    let nameless = json!({"id": "fl_2", "name": null, "status": "open", "submitted_at": null, "selected": 1,
                          "max_selections": null});
    assert_eq!(anonymous["list"], nameless, "rule 85");
    let summary = json!({
        "favorites": 3, "clients": 1, "lists": 2,
        "by_media": [{"type": "photo", "id": 731, "favorite_count": 2, "unique_clients": 1},
                     {"type": "video", "id": 881, "favorite_count": 1, "unique_clients": 1}],
        "by_client": [{"client": ana(), "favorites": 2}, {"client": null, "favorites": 1}]
    });
    assert_eq!(body["summary"], summary, "rules 13, 14 and 81");
    let all = stage.body(&format!("{path}?state=all"), &key).await;
    assert_eq!(all["summary"], summary, "rule 83");
    let removed = &all["data"][0];
    assert_eq!(
        (&removed["id"], &removed["removed_at"]),
        (&"fv_fl_2_732".into(), &"2026-05-02T16:00:00.000000Z".into())
    );
    assert_eq!(
        (&removed["media"]["favorite_count"], &removed["favorited_at"]),
        (&0.into(), &"2026-05-02T15:00:00.000000Z".into())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_14_every_client_is_listed_however_many_there_are() {
    const CLIENTS: u64 = 4_000;
    let stage = Stage::new("favorite_crowd").await;
    let client_id = |number: u64| format!("cl_{number:030}");
    let rows = |number| with(&favorite(&format!("fl_{number}"), 731), added(10, &client_id(number), "login", "photo"));
    stage.insert("favorites", &(0..CLIENTS).map(rows).collect::<Vec<_>>()).await;
    let last = client_id(CLIENTS - 1);
    let named = json!({"account_id": 1, "client_id": last, "email": "ana@ex.com", "name": "Ana Ruiz", "version": "1",
                       "occurred_at": at(9), "is_deleted": 0});
    stage.insert("clients", &[named]).await;
    let key = stage.known_key(Accounts::one(1), &Scope::ALL).await;
    let body = stage.body(&format!("/collections/{COLLECTION}/favorites?limit=1"), &key).await;
    let by_client = body["summary"]["by_client"].as_array().unwrap();
    assert_eq!(by_client.len() as u64, CLIENTS);
    let named: Vec<&Value> = by_client.iter().filter(|row| !row["client"]["name"].is_null()).collect();
    assert!(named.len() == 1 && named[0]["client"]["id"] == last.as_str(), "{named:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn favorites_are_selected_by_every_parameter() {
    let (stage, key) = story("favorite_filters").await;
    let path = format!("/collections/{COLLECTION}/favorites");
    let expected = [
        ("", 3),
        ("state=current", 3),
        ("state=all", 4),
        ("client_id=cl_ana", 2),
        ("client_id=cl_bob", 0),
        ("client_id=cl_bob&state=all", 1),
        ("media_id=731", 2),
        ("media_id=731,881", 3),
        ("gallery_id=13", 1),
        ("from=2026-05-02T12:00:00Z&to=2026-05-02T14:00:00Z", 2),
        ("from=2026-05-02T12:00:00.000001Z", 1),
    ];
    stage.assert_totals(&path, &key, &expected).await;
    stage.assert_pages(&path, &key).await;
    let one = stage.body(&format!("{path}?gallery_id=13"), &key).await;
    assert_eq!(one["data"][0]["list"]["selected"], 2, "rule 85: regardless of filters");
}

#[tokio::test(flavor = "multi_thread")]
async fn opaque_ids_of_any_character_are_paged_and_found() {
    let stage = Stage::new("opaque").await;
    let ids = ["it's \\ \"odd\"", "tab\tand\nline", "percent % ? {x:String} `", "ümlaut ", "cr\r.\\0"];
    for id in ids {
        stage.insert("favorites", &[with(&favorite(id, 731), added(10, id, "email", "photo"))]).await;
    }
    let key = stage.known_key(Accounts::one(1), &[Scope::FavoritesRead]).await;
    let path = format!("/collections/{COLLECTION}/favorites");
    stage.assert_pages(&path, &key).await;
    for id in ids {
        let query: String = id.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let body = stage.body(&format!("{path}?client_id={query}"), &key).await;
        assert_eq!((&body["meta"]["total"], &body["data"][0]["list"]["id"]), (&1.into(), &id.into()), "{id:?}: {body}");
    }
}
