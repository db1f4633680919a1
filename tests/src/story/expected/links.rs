//! `photo_sharing_links`.

use serde_json::{Value, json};

use super::{ana, at, meta};

/// What a link permits: those that it does not name are false or absent.
fn permissions(own: Value) -> Value {
    let mut all = json!({
        "view": true, "download": null, "favorite": false, "reshare": false, "watermark": false,
        "password_required": false, "max_opens": null, "max_downloads": null,
    });
    if let (Value::Object(all), Value::Object(own)) = (&mut all, own) {
        all.extend(own);
    }
    all
}

/// A usage of so many opens, all of them from the US and without a referrer, and nothing else.
fn usage(opens: u64, when: Option<&str>, denied: Value) -> Value {
    json!({
        "opens": opens, "unique_visitors": opens, "downloads": 0, "unique_downloads": 0, "downloads_remaining": null,
        "transferred_bytes": 0, "link_previews": 0, "bot_opens": 0, "denied": denied,
        "first_opened_at": super::maybe_at(when), "last_opened_at": super::maybe_at(when), "top_referrers": [],
        "countries": if opens > 0 { json!({"US": opens}) } else { json!({}) },
    })
}

fn denied(expired: u64, bad_password: u64, quota: u64, revoked: u64) -> Value {
    json!({"expired": expired, "bad_password": bad_password, "quota": quota, "revoked": revoked})
}

fn url(link_id: &str) -> String {
    format!("https://g.example/s/{link_id}")
}

/// Rows by created_at descending; a link opened but never created is not listed (rule 77).
pub(super) fn all() -> Value {
    // max_opens is 1 and it was opened once (rule 75).
    let four = json!({
        "id": "sl_four", "url": url("sl_four"), "photo_id": 503, "created_at": at("29T09:00:00"), "created_by": null,
        "status": "exhausted", "expires_at": null, "revoked_at": null, "permissions": permissions(json!({"max_opens": 1})),
        "usage": usage(1, Some("29T10:00:00"), denied(0, 0, 1, 0)),
    });
    // Revoked outranks expired, and revoked_at is the first of two (rule 75). It is of a film (rule 79).
    let three = json!({
        "id": "sl_three", "url": url("sl_three"), "photo_id": 601, "created_at": at("29T08:00:00"), "created_by": ana(),
        "status": "revoked", "expires_at": at("29T09:00:00"), "revoked_at": at("30T08:00:00"),
        "permissions": permissions(json!({"download": "video_1080p"})), "usage": usage(0, None, denied(0, 0, 0, 1)),
    });
    // Expired outranks exhausted. Of five denials for expiry one is by a scanner and one by a robot (rule 71): BEN's two
    // within ten seconds are two events. Its creator has no client_id (rule 78).
    let two = json!({
        "id": "sl_two", "url": url("sl_two"), "photo_id": 501, "created_at": at("28T14:00:00"), "created_by": null,
        "status": "expired", "expires_at": at("29T00:00:00"), "revoked_at": null,
        "permissions": permissions(json!({"password_required": true, "max_opens": 1})),
        "usage": usage(1, Some("28T18:00:00"), denied(2, 1, 0, 0)),
    });
    json!({
        "data": [four, three, two, one()],
        "summary": {"active": 1, "expired": 1, "exhausted": 1, "revoked": 1, "opens": 6, "downloads": 2},
        "meta": meta(4),
    })
}

fn one() -> Value {
    json!({
        "id": "sl_one", "url": url("sl_one"), "photo_id": 502, "created_at": at("28T12:00:00"), "created_by": ana(),
        "status": "active", "expires_at": null, "revoked_at": null,
        // Of the update, whole: favorite was true before it (rule 76).
        "permissions": permissions(json!({
            "download": "original", "reshare": true, "watermark": true, "max_opens": 100, "max_downloads": 3,
        })),
        "usage": {
            // BEN 1, GUEST 2 half-minutes of 3 events, nobody 1 (rule 69); three identities (rule 72).
            "opens": 4, "unique_visitors": 3,
            // 4 and 6 completed, 5 did not; 3 − 2 remain; 3500 + 0 + 6000 bytes (rule 74).
            "downloads": 2, "unique_downloads": 2, "downloads_remaining": 1, "transferred_bytes": 9500,
            // By user agent and by the edge's word; a scanner, a robot, a data centre (rule 30).
            "link_previews": 2, "bot_opens": 3, "denied": denied(0, 0, 0, 0),
            "first_opened_at": at("29T11:59:00"), "last_opened_at": at("30T08:00:00"),
            "top_referrers": [{"host": "instagram.com", "opens": 1}, {"host": "whatsapp.com", "opens": 1}],
            "countries": {"US": 3, "unknown": 1},
        },
    })
}
