//! `photo_sharing_links` over rows written by hand.

use loupe_service::keys::{Accounts, Scope};
use serde_json::{Value, json};

use crate::catalogue::{self, ana};
use crate::stage::{COLLECTION, Stage, with};

const FAR_US: i64 = 4_102_444_800_000_000;
const PAST_US: i64 = 1_777_852_800_000_000;

fn at(hour: u32) -> String {
    format!("2026-05-02 {hour:02}:00:00.000000")
}

fn permissions(max_opens: Option<u64>, max_downloads: Option<u64>, download: &str) -> Value {
    json!({"view": true, "download": download, "favorite": false, "reshare": false, "watermark": true,
           "password_required": true, "max_opens": max_opens, "max_downloads": max_downloads})
}

fn link(id: &str, own: Value) -> Value {
    with(&json!({"account_id": 1, "collection_id": COLLECTION, "link_id": id}), own)
}

fn terms(hour: u32, expires_at: i64, permissions: &Value) -> Value {
    json!({"terms": [at(hour), hour, expires_at, permissions.to_string()]})
}

fn created(hour: u32, client_id: &str) -> Value {
    json!({"created": [at(hour), hour, 731, "https://g.example/s/7Hk2", client_id, "email"]})
}

/// One in use and changed once, one expired, one exhausted, one revoked after it expired, one never created.
async fn story(name: &str) -> (Stage, String) {
    let stage = Stage::new(name).await;
    catalogue::insert(&stage).await;
    let rows = [
        link("sl_a", created(10, "cl_ana")),
        link("sl_a", terms(10, PAST_US, &permissions(Some(1), None, "none"))),
        link("sl_a", terms(11, FAR_US, &permissions(None, Some(10), "web_2048"))),
        link("sl_b", created(11, "")),
        link("sl_b", terms(11, PAST_US, &permissions(None, None, "none"))),
        link("sl_c", created(12, "cl_ana")),
        link("sl_c", terms(12, -1, &permissions(Some(2), None, "none"))),
        link("sl_d", created(12, "cl_ana")),
        link("sl_d", terms(12, PAST_US, &permissions(None, None, "none"))),
        link("sl_d", json!({"revoked_at": "2026-05-06 00:00:00.000000"})),
        link("sl_d", json!({"revoked_at": "2026-05-05 00:00:00.000000"})),
        link("sl_e", terms(12, -1, &permissions(None, None, "none"))),
    ];
    for row in rows {
        stage.insert("share_links", &[row]).await;
    }
    let first_day = json!({
        "day": "2026-05-02", "opens": 20, "link_previews": 9, "bot_opens": 4, "denied_expired": 1,
        "denied_bad_password": 1, "downloads": 4, "unique_downloads": 3, "transferred_bytes": 8_000_000,
        "first_opened_at": at(13), "last_opened_at": at(14), "referrers": {"instagram.com": 4, "b.example": 2},
        "countries": {"DE": 12, "unknown": 8}, "version": 2
    });
    let second_day = json!({
        "day": "2026-05-03", "opens": 11, "denied_expired": 1, "denied_quota": 3, "denied_revoked": 2, "downloads": 2,
        "unique_downloads": 2, "transferred_bytes": 123_456, "first_opened_at": "2026-05-03 00:00:00.000000",
        "last_opened_at": "2026-05-03 09:00:00.000000", "referrers": {"instagram.com": 3, "a.example": 2},
        "countries": {"DE": 8, "US": 3}, "version": 1
    });
    let exhausted = json!({"day": "2026-05-02", "opens": 2, "countries": {"unknown": 2}, "version": 1});
    let older = json!({"day": "2026-05-02", "opens": 1, "version": 1});
    stage.insert("link_daily", &[link("sl_a", first_day)]).await;
    stage.insert("link_daily", &[link("sl_a", older), link("sl_a", second_day), link("sl_c", exhausted)]).await;
    let visitors = [1, 2, 3].map(|identity| link("sl_a", json!({"identity": identity})));
    stage.insert("link_visitors", &visitors).await;
    stage.insert("link_visitors", &visitors[1..]).await;
    let key = stage.known_key(Accounts::one(1), &Scope::ALL).await;
    (stage, key)
}

#[tokio::test(flavor = "multi_thread")]
async fn photo_sharing_links_show_every_field_and_sum_up() {
    let (stage, key) = story("link_fields").await;
    let path = format!("/collections/{COLLECTION}/photo_sharing_links");
    let body = stage.body(&format!("{path}?sort=created_at"), &key).await;
    let first = json!({
        "id": "sl_a", "url": "https://g.example/s/7Hk2", "photo_id": 731, "created_at": "2026-05-02T10:00:00.000000Z",
        "created_by": ana(), "status": "active", "expires_at": "2100-01-01T00:00:00.000000Z", "revoked_at": null,
        "permissions": permissions(None, Some(10), "web_2048"),
        "usage": {
            "opens": 31, "unique_visitors": 3, "downloads": 6, "unique_downloads": 5, "downloads_remaining": 4,
            "transferred_bytes": 8_123_456, "link_previews": 9, "bot_opens": 4,
            "denied": {"expired": 2, "bad_password": 1, "quota": 3, "revoked": 2},
            "first_opened_at": "2026-05-02T13:00:00.000000Z", "last_opened_at": "2026-05-03T09:00:00.000000Z",
            "top_referrers": [{"host": "instagram.com", "opens": 7}, {"host": "a.example", "opens": 2},
                              {"host": "b.example", "opens": 2}],
            "countries": {"DE": 20, "US": 3, "unknown": 8}
        }
    });
    assert_eq!(body["data"][0], first, "rules 72 to 76");
    let unused = json!({
        "opens": 0, "unique_visitors": 0, "downloads": 0, "unique_downloads": 0, "downloads_remaining": null,
        "transferred_bytes": 0, "link_previews": 0, "bot_opens": 0,
        "denied": {"expired": 0, "bad_password": 0, "quota": 0, "revoked": 0},
        "first_opened_at": null, "last_opened_at": null, "top_referrers": [], "countries": {}
    });
    let expired = &body["data"][1];
    assert_eq!(
        (&expired["status"], &expired["created_by"], &expired["usage"]),
        (&"expired".into(), &Value::Null, &unused)
    );
    let exhausted = &body["data"][2];
    assert_eq!((&exhausted["status"], &exhausted["expires_at"]), (&"exhausted".into(), &Value::Null), "rule 75");
    let revoked = &body["data"][3];
    assert_eq!(
        (&revoked["status"], &revoked["revoked_at"]),
        (&"revoked".into(), &"2026-05-05T00:00:00.000000Z".into())
    );
    let summary = json!({"active": 1, "expired": 1, "exhausted": 1, "revoked": 1, "opens": 33, "downloads": 6});
    assert_eq!((&body["summary"], &body["meta"]["total"]), (&summary, &4.into()), "rule 77");
}

#[tokio::test(flavor = "multi_thread")]
async fn photo_sharing_links_are_selected_by_every_parameter() {
    let (stage, key) = story("link_filters").await;
    let path = format!("/collections/{COLLECTION}/photo_sharing_links");
    let expected = [
        ("", 4),
        ("status=active", 1),
        ("status=expired,revoked", 2),
        ("status=exhausted", 1),
        ("client_id=cl_ana", 3),
        ("link_id=sl_a,sl_b", 2),
        ("link_id=sl_e", 0),
        ("media_id=731", 4),
        ("media_id=732", 0),
        ("gallery_id=12", 4),
        ("gallery_id=13", 0),
        ("from=2026-05-02T11:00:00Z&to=2026-05-02T12:00:00Z", 1),
    ];
    stage.assert_totals(&path, &key, &expected).await;
    stage.assert_pages(&path, &key).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn times_that_have_no_year_are_printed_as_the_nearest_that_have_one() {
    let (stage, key) = story("link_eternal").await;
    let ends = [
        ("sl_x", i64::MAX, "9999-12-31T23:59:59.999999Z", "active"),
        // The last second of 9999, written west of Greenwich.
        ("sl_y", 253_402_329_599_000_000, "9999-12-31T23:59:59.999999Z", "active"),
        // The zero time of Go.
        ("sl_z", -62_135_596_800_000_000, "0001-01-01T00:00:00.000000Z", "expired"),
    ];
    for (id, expires_at, ..) in ends {
        stage.insert("share_links", &[link(id, created(12, "cl_ana"))]).await;
        stage.insert("share_links", &[link(id, terms(12, expires_at, &permissions(None, None, "none")))]).await;
    }
    let path = format!("/collections/{COLLECTION}/photo_sharing_links");
    let body = stage.body(&path, &key).await;
    for (id, _, expires_at, status) in ends {
        let row = body["data"].as_array().unwrap().iter().find(|row| row["id"] == id).expect("a link");
        assert_eq!((&row["expires_at"], &row["status"]), (&expires_at.into(), &status.into()), "{id}");
    }
    for format in ["parquet", "parquet&limit=50"] {
        let answer = stage.get(&format!("{path}?format={format}"), &key).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{format}");
        assert!(answer.bytes().await.unwrap().ends_with(b"PAR1"), "{format} ends before its end");
    }
}
